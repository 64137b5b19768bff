"""Phone numbers. All are from ranges kept for fiction, or invented."""

import pytest

from privbot.reading.extract import requester


@pytest.mark.parametrize(
    ("language", "body", "number"),
    [
        ("en", "ring me on +44 20 7946 0018 please", "+442079460018"),  # with a country code
        ("en", "mobile 07700 900123", "+447700900123"),  # a range that numbering plans call invalid
        ("en", "no more texts to 01632 960418 full stop", "+441632960418"),  # unlabelled, with its trunk zero
        ("en", "Call only 604-555-0142.", "+16045550142"),  # North American grouping
        ("en", "080-5512-4470 takes messages", "+818055124470"),  # a Japanese mobile in an English mail
        ("en", "My number +91 98220 55017 is registered", "+919822055017"),  # "number" names it, the plus sign decides
        ("de", "Burkhard Moos, 0151 5550 8842", "+4915155508842"),
        ("fr", "tél. 06 39 98 77 03", "+33639987703"),
        ("es", "móvil: 650 555 733", "+34650555733"),  # no trunk zero in Spain
        ("nl", "bel me op 06 12345678", "+31612345678"),
        ("sv", "ring 070-174 06 12", "+46701740612"),
        ("da", "tlf. 32 12 34 56", "+4532123456"),
        ("pt", "me liga no (21) 98114-3307", "+5521981143307"),  # Brazil: the area in brackets
        ("pl", "tel. 600 123 456", "+48600123456"),
        ("ja", "電話は0956-55-0143です。", "+81956550143"),  # right behind a Japanese word
        ("ja", "携帯070-5550-9921", "+817055509921"),
    ],
)
def test_phones_are_found_and_written_in_e164(language: str, body: str, number: str) -> None:
    assert [one.value for one in requester(body, language).phones] == [number]


@pytest.mark.parametrize(
    "body",
    [
        "Geburtsdatum: 03.11.1992",  # a date
        "the gender marker on 2024-77-0316",  # a reference: no trunk zero
        "hospital number 943 210 7755",  # a label that says what it is
        "member 0207 946 0018",
        "I rang your hotline 0800 496 0123 twice",  # a hotline is nobody's
        "IBAN DE89 3704 0044 0532 0130 00",
    ],
)
def test_dates_references_and_hotlines_are_no_phones(body: str) -> None:
    assert not requester(body, "en").phones


def test_a_number_that_no_plan_knows_is_less_sure() -> None:
    sure, guess = requester("call +44 20 7946 0018 or write to 07700 900123", "en").phones
    assert sure.confidence > guess.confidence
