"""The requester's name, and who is not the requester. People are invented."""

import pytest

from privbot.reading.extract import requester
from privbot.reading.people import is_person, without_title


@pytest.mark.parametrize(
    ("body", "name", "source"),
    [
        ("Name: Vera Quist\nPlease delete my data.", "Vera Quist", "label"),
        ("氏名：山野 花江\n開示してください。", "山野 花江", "label"),
        ("氏名 山 野 花 江 (印)\n開示してください。", "山野花江", "label"),  # as OCR leaves it
        ("Hello, my name is Vera Quist and I want out.", "Vera Quist", "introduction"),
        ("My name is Vera and I want out.\n\nVera Quist", "Vera Quist", "signature"),  # the whole name wins
        ("I am Vera Quist from the choir.", "Vera Quist", "introduction"),
        ("Please delete my data.\n\nKind regards\nVera Quist", "Vera Quist", "signature"),
        ("Delete it.\nVera Quist / 07700 900123", "Vera Quist", "signature"),  # with a phone
        ("Delete it.\nVera Quist, Otley", "Vera Quist", "signature"),  # with a place
        ("Delete it.\nVera Quist (Mrs)", "Vera Quist", "signature"),
        ("Delete it.\nDr. Vera M. Quist", "Vera M. Quist", "signature"),  # title and initial
        ("Delete it.\nTa, Vera", "Vera", "signature"),  # formula and name on one line
        ("Delete it.\nthanks Vera", "Vera", "signature"),
        ("Delete it.\nVera x", "Vera", "signature"),  # a kiss
        ("Delete it.\n\nVera Quist\nSea Point", "Vera Quist", "signature"),  # a place without number below
        ("Bitte löschen.\nMit freundlichen Grüßen\nÖzlem Şahin", "Özlem Şahin", "signature"),
        ("Bitte löschen.\nSchönen Tag, Vera Quist", "Vera Quist", "signature"),  # a wish is nobody
        ("Merci.\nBisous, Vera Quist", "Vera Quist", "signature"),
        ("Gracias.\nVera Quist, vecina", "Vera Quist", "signature"),
        ("Ahoj.\nVera a Roman Quistovi", "Vera a Roman Quistovi", "signature"),  # a couple
        ("Hej.\nHilsner fra Vera", "Vera", "signature"),  # greetings from
        ("Hej.\nVera Quist fra Mosbæk", "Vera Quist", "signature"),  # and where from
        ("Write to me. Vera Quist, 07700 900123", "Vera Quist", "signature"),  # behind a sentence, before a phone
        ("Vi hörs.\nPer Mossberg", "Per Mossberg", "signature"),  # a name that is a word elsewhere
        ("削除してください。\n山野 花江 090-1234-5678", "山野 花江", "signature"),
        ("削除してください。\n盛岡市苔掛町2-14 山野 花江", "山野 花江", "signature"),  # behind the address
        ("会員番号KF-2098の山野 花江です。消してください。", "山野 花江", "introduction"),
        ("はじめまして、山野花江と申します。", "山野花江", "introduction"),
    ],
)  # fmt: skip
def test_the_name_is_found_without_any_header(body: str, name: str, source: str) -> None:
    found = requester(body, "ja" if max(body) > "\u3040" else "en").name
    assert found is not None
    assert (found.value, found.source) == (name, source)


@pytest.mark.parametrize(
    ("body", "header", "name"),
    [
        ("Please delete my data. Vera Quist here.", "Vera Quist", "Vera Quist"),
        ("delete it\nVera", "Vera Quist", "Vera Quist"),  # the header knows the rest
        ("delete it\nV. Quist", "Vera Quist", "Vera Quist"),
        ("delete it\nVera Quist Moss", "Vera Quist", "Vera Quist Moss"),  # the signature knows more
        ("delete it", "Quist, Vera", "Vera Quist"),  # last name first
        ("delete it", "Dr. Vera Quist (via Mossgate)", "Vera Quist"),
        ("delete it\nVera Quist", "Casework", "Vera Quist"),  # an office in the header
        ("delete it\nVera Quist", "ErasePal", "Vera Quist"),  # a product in the header
        ("delete it\nVera Quist", "scan2mail", "Vera Quist"),  # a machine in the header
        ("消してください。山野 花江です。", "山野", "山野 花江"),  # the surname alone in the header
        ("消してください。\n山野 花江", "経理 山野", "山野 花江"),  # with an office before it
    ],
)  # fmt: skip
def test_the_header_and_the_body_complete_each_other(body: str, header: str, name: str) -> None:
    found = requester(body, "ja" if max(body) > "\u3040" else "en", sender_name=header).name
    assert found is not None
    assert found.value == name


@pytest.mark.parametrize(
    "header", ["Casework", "IT Service Desk", "ErasePal", "Norrick GmbH", "Kanzlei Moosbach", "株式会社やまの"]
)
def test_an_organisation_in_the_header_is_nobody(header: str) -> None:
    assert requester("please have a look", "en", sender_name=header).name is None


def test_who_is_quoted_is_not_the_requester() -> None:
    body = "delete it\n\n> Dear customer,\n> my name is Dorrit Norrick, 9 Mill Lane, Otley, LS21 9ZY, member 20-88714\n"
    found = requester(body, "en")
    assert found.name is None
    assert not found.addresses
    assert not found.ids


@pytest.mark.parametrize(
    "text",
    [
        "Kundenservice",
        "Norrick GmbH",
        "Privacy Team",
        "Thank you",
        "株式会社やまの",
        "開示請求",
        "a@b.example",
        "42",
        "Kind regards",
    ],
)
def test_companies_and_formulas_are_nobody(text: str) -> None:
    assert not is_person(text)


@pytest.mark.parametrize(
    "text",
    ["Vera Quist", "Ludmilla van der Moos", "Seán Ó Caoin", "Per Mossberg", "山野 花江", "マルシャン・ヴェラ", "Vera McQuist"],
)
def test_people_of_many_tongues_are_people(text: str) -> None:
    assert is_person(text)


@pytest.mark.parametrize(
    ("titled", "name"),
    [("Prof. Dr. Vera Quist", "Vera Quist"), ("Mme Quist", "Quist"), ("Frau Dr. Quist", "Quist"), ("Vera Quist", "Vera Quist")],
)
def test_titles_are_no_part_of_a_name(titled: str, name: str) -> None:
    assert without_title(titled) == name
