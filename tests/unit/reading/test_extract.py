"""Who is asking. People and numbers are invented."""

import pytest

from privbot.reading.extract import is_person, parse_date, requester
from privbot.reading.fold import fold


@pytest.mark.parametrize(
    ("body", "header", "name", "source"),
    [
        ("Name: Vera Quist\nPlease delete my data.", "", "Vera Quist", "label"),
        ("Please delete my data.\n\nKind regards\nVera Quist", "", "Vera Quist", "signature"),
        ("Please delete my data. Vera Quist here.", "Vera Quist", "Vera Quist", "signature"),  # the header, found in the body
        ("Hello, my name is Vera Quist and I want out.", "", "Vera Quist", "introduction"),
        ("delete it", "Vera Quist", "Vera Quist", "header"),
        ("氏名：山野 花江\n開示してください。", "", "山野 花江", "label"),
        ("Mit freundlichen Grüßen\nÖzlem Şahin", "", "Özlem Şahin", "signature"),
    ],
)
def test_the_name_is_found_and_says_where_it_stood(body: str, header: str, name: str, source: str) -> None:
    found = requester(body, "en", sender_name=header).name
    assert found is not None
    assert (found.value, found.source) == (name, source)


@pytest.mark.parametrize(
    "text", ["Kundenservice", "Norrick GmbH", "Privacy Team", "Thank you", "株式会社やまの", "a@b.example", "42"]
)
def test_companies_and_formulas_are_nobody(text: str) -> None:
    assert not is_person(text)


def test_a_header_alone_is_a_guess() -> None:
    found = requester("delete it", "en", sender_name="Vera Quist").name
    assert found is not None
    assert found.confidence < 0.5


def test_details_are_taken_with_their_spans() -> None:
    body = (
        "Address: Quellgasse 4, 90409 Nürnberg\nDate of birth: 03.11.1992\nCustomer number: KD-20771\n"
        "Phone: +49 30 901820\nMail: vera@quist.example"
    )
    found = requester(body, "de", sender_address="other@quist.example")
    assert found.addresses[0].value == "Quellgasse 4, 90409 Nürnberg"
    assert found.date_of_birth is not None and found.date_of_birth.value == "1992-11-03"
    assert [(one.value, one.kind) for one in found.ids] == [("KD-20771", "customer")]
    assert [one.value for one in found.phones] == ["+4930901820"]
    assert [one.value for one in found.emails] == ["other@quist.example", "vera@quist.example"]
    for one in (*found.addresses, *found.ids):
        assert body[one.start : one.end] == one.value


def test_a_date_is_no_phone_number() -> None:
    assert not requester("Geburtsdatum: 03.11.1992", "de").phones


def test_wallets_and_ens_names_are_kept() -> None:
    body = "wallet 0x" + "ab" * 20 + " or verafarms.eth"
    assert [one.kind for one in requester(body, "en").wallets] == ["address", "ens"]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("14. 9. 1988", "1988-09-14"),
        ("1988-09-14", "1988-09-14"),
        ("09/14/1988", "1988-09-14"),  # the month can only be first
        ("14 September 1988", "1988-09-14"),
        ("14. März 1988", "1988-03-14"),
        ("14 de mayo de 1988", "1988-05-14"),
        ("1988年9月14日", "1988-09-14"),
    ],
)
def test_dates_are_read(text: str, iso: str) -> None:
    found = parse_date(fold(text).text)
    assert found is not None
    assert found.isoformat() == iso
