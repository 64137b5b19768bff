"""Details as people write them, against details as records hold them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privbot.casework import comparison
from privbot.casework.comparison import Claimed, claimed_in, matched
from privbot.casework.customers import CustomerRecord
from privbot.reading.model import Detail, Requester

ON_FILE = CustomerRecord(
    email="mel@ortega.example", name="Melania Ortega", phone="+43 664 1234567", customer_id="CU-20931",
    wallet="0x52908400098527886E0F7030069857D2E4169EE7", postal_address="Lindengasse 12, 1070 Wien", date_of_birth="1980-05-03",
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "on_file"),
    [
        ("MELANIA ORTEGA", "Melania Ortega"),  # case
        ("Ortega, Melania", "Melania Ortega"),  # order
        ("Ｍｅｌａｎｉａ　Ｏｒｔｅｇａ", "Melania Ortega"),  # width
        ("Jörg Müller", "Joerg Mueller"),  # umlauts spelt out
        ("Jorg Muller", "Jörg Müller"),  # and left out
        ("Åse Ødegård", "Aase Oedegaard"),
        ("Łukasz Świątek", "Lukasz Swiatek"),  # accents
        ("山本花", "山本　花"),  # a space that nobody types
        ("Melania Sofia Ortega", "Melania Ortega"),  # a middle name
        ("Pat O’Brien", "Pat OBrien"),
    ],
)
def test_a_name_agrees_however_it_is_written(said, on_file):
    assert comparison.same_name(said, on_file)


@pytest.mark.parametrize(
    ("said", "on_file"),
    [("Mel", "Mel Ortega"), ("Mel Ortega", "Mila Ortega"), ("", ""), ("Ortega", "Ortega Mel"), ("...", "...")],
)
def test_half_a_name_or_another_one_does_not_agree(said, on_file):
    assert not comparison.same_name(said, on_file)


@pytest.mark.parametrize(
    ("said", "on_file", "same"),
    [
        ("0664 1234567", "+43 664 1234567", True),
        ("0043 (664) 123-4567", "+436641234567", True),
        ("(209) 555-0117", "+1 209 555 0117", True),
        ("03-1234-5678", "+81 3 1234 5678", True),
        ("０３１２３４５６７８", "+81 3 1234 5678", True),
        ("0664 1234568", "+43 664 1234567", False),
        ("4567", "+43 664 1234567", False),  # too short to say anything
        ("", "", False),
    ],
)
def test_a_telephone_number_agrees_in_every_form(said, on_file, same):
    assert comparison.same_phone(said, on_file) is same


@pytest.mark.parametrize(
    ("said", "on_file", "same"),
    [
        ("12 Elm St, Oakland, 94607", "12 Elm Street, Oakland CA 94607", True),
        ("1070 Wien, Lindengasse 12", "Lindengasse 12, 1070 Wien", True),
        ("Lindengasse 13, 1070 Wien", "Lindengasse 12, 1070 Wien", False),
        ("Wien", "Wien", False),  # a town is no address
    ],
)
def test_a_postal_address_agrees_by_its_numbers_and_most_of_its_words(said, on_file, same):
    assert comparison.same_postal_address(said, on_file) is same


@pytest.mark.parametrize(
    ("said", "on_file", "same"),
    [
        ("3 May 1980", "1980-05-03", True),
        ("03.05.1980", "1980-05-03", True),
        ("1980年5月3日", "1980-05-03", True),
        ("4 May 1980", "1980-05-03", False),
        ("May", "May", False),
    ],
)
def test_a_date_of_birth_agrees_in_every_form(said, on_file, same):
    assert comparison.same_date(said, on_file) is same


@pytest.mark.parametrize(
    ("said", "on_file", "same"), [("cu 20931", "CU-20931", True), ("20931", "CU-20931", False), ("7", "7", False)]
)
def test_a_number_agrees_whatever_stands_between_its_characters(said, on_file, same):
    assert comparison.same_id(said, on_file) is same


def test_details_of_several_kinds_add_up_and_several_of_one_kind_do_not():
    said = Claimed(names=("Mel Ortega", "Melania Ortega"), emails=("x@y.example", "MEL@ortega.example"), ids=("cu20931",))
    assert matched(said, [ON_FILE]) == 3


def test_details_of_two_customers_are_never_added_up():
    other = CustomerRecord(email="ada@harbour.example", name="Ada Byrne", phone="+44 20 7946 0000")
    said = Claimed(names=("Melania Ortega",), phones=("020 7946 0000",), emails=("ada@harbour.example",))
    assert matched(said, [ON_FILE, other]) == 2
    assert matched(said, []) == 0


def test_what_is_not_on_file_never_agrees():
    assert matched(Claimed(names=("",), emails=("",), wallets=("",)), [CustomerRecord()]) == 0


def test_what_a_mail_says_of_its_writer_is_the_claim():
    requester = Requester(name=Detail("Mel Ortega", "signature", 0.9), phones=(Detail("+436641234567", "body", 0.9),))
    assert claimed_in(requester, address="mel@ortega.example") == Claimed(
        names=("Mel Ortega",), emails=("mel@ortega.example",), phones=("+436641234567",)
    )


@given(st.text(), st.text())
def test_any_text_can_be_compared_and_the_order_does_not_matter(one, other):
    for same in (
        comparison.same_name, comparison.same_email, comparison.same_phone, comparison.same_postal_address, comparison.same_date,
        comparison.same_id, comparison.same_wallet,
    ):  # fmt: skip
        assert same(one, other) == same(other, one)
