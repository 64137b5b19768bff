"""Examples name nobody: what must be gone from a kept text, and what must stay in it."""

from __future__ import annotations

import time

import pytest

from privbot.reading.corpus import read
from privbot.reading.masking import mask
from privbot.reading.reader import Reader
from privbot.resources import corpus

READER = Reader(None)


def masked(body: str, *, subject: str = "", sender: str = "", address: str = "") -> str:
    return mask(READER.read_text(subject, body, sender, address), [sender] if sender else []).text


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        ("My name is Mel Ortega, and I want my data.", "Ortega"),  # introduced
        ("Please delete my data.\n\nKind regards\nMel Ortega", "Mel"),  # signed
        ("Delete it.\nMel Ortega", "Ortega"),  # signed without a formula
        ("My wife wrote:\nKind regards\nVera Quist\nand I agree.\n\nKind regards\nMel Ortega", "Quist"),  # signed by another
        ("Dear Ms Quist, please delete my data.", "Quist"),  # somebody else
        ("Hello Vera,\nplease delete my data.", "Vera"),
        ("Ich sprach mit Herrn Dr. Tinte.", "Tinte"),
        ("先日、逸見様にお願いしました。", "逸見"),
        ("Write to mel.ortega@mail.example please.", "mel.ortega"),
        ("Call me at +44 20 7946 0958.", "7946"),
        ("Call me at (030) 901820-12 at noon.", "901820"),
        ("I was born on 12.03.1985.", "1985"),
        ("Born 12 March 1985 in Graz.", "1985"),
        ("生年月日は1985年3月12日です。", "1985"),
        ("My customer number is KD-48151.", "48151"),
        ("It is about contract 4711/2020-B.", "4711"),
        ("IBAN AT611904300234573201", "1904300"),
        ("I live at 12 Gannet Row, Whitby YO21 1AA.", "Gannet"),
        ("Ich wohne Lindenweg 17, 48149 Münster.", "Lindenweg"),
        ("J'habite 4 rue des Lilas à Lyon.", "Lilas"),
        ("My wallet is 0x52908400098527886E0F7030069857D2E4169EE7.", "52908400"),
        ("My wallet is mel.eth", "mel.eth"),
        ("See https://shop.example/u/mel?id=3", "shop.example"),
    ],
)
def test_what_would_name_somebody_is_gone(body: str, gone: str) -> None:
    assert gone in body
    assert gone not in masked(body)


def test_a_name_goes_wherever_it_stands() -> None:
    text = masked("ortega here. Why is Mel's file lost?\nMEL", subject="Order of Mel Ortega", sender="Mel Ortega")
    assert "mel" not in text.casefold() and "ortega" not in text.casefold()


@pytest.mark.parametrize(
    "kept",
    [
        "Please delete my account and all my data under Art. 17(1)(b) GDPR.",
        "I ask under § 1798.105 and § 1798.110 of the CCPA.",
        "Regulation (EU) 2016/679 and Directive 95/46/EC say so.",
        "個人情報保護法第33条に基づき開示を請求します。",
        "Sehr geehrte Damen und Herren, ich bitte um Auskunft binnen 30 Tagen.",
        "Dear Sir or Madam,",
        "お客様番号を忘れました。",
    ],
)
def test_what_an_example_is_for_stays(kept: str) -> None:
    assert masked(f"{kept}\nThank you for your help with this matter.").splitlines()[1] == kept


def test_particles_of_a_name_are_words_like_others() -> None:
    assert "von" in masked("Ich will die Löschung von allem.", sender="Henrike von Auer")


def test_the_sentence_that_asks_stands_on_a_line_of_its_own_with_its_right() -> None:
    found = mask(
        READER.read_text("Hello", "Nice shop you have there. Please delete my account and\nall of my personal data. Thank you.")
    )
    [line] = [line for line in found.body if line.asks]
    assert line.text == "Please delete my account and all of my personal data."
    assert line.asks == ("erasure",)
    assert [line.text.strip() for line in found.body if not line.asks] == ["Nice shop you have there.", "Thank you."]


def test_one_sentence_may_ask_for_two_rights() -> None:
    found = mask(READER.read_text("", "Hello. I request access to my data and erasure of my data. Thank you."))
    [line] = [line for line in found.body if line.asks]
    assert set(line.asks) == {"access", "erasure"}


def test_a_subject_that_asks_is_marked() -> None:
    assert mask(READER.read_text("Please delete my account", "Thank you very much for your help.")).subject.asks == ("erasure",)


def test_nothing_of_what_clerks_noted_is_left_in_the_mails_of_the_corpus() -> None:
    """Measured on mails that were not written for this: of the senders' names, at most one in fifty is left."""
    mails = [mail for mail in read(corpus() / "tune").mails if len(mail.sender.partition("<")[0].split()) > 1]
    left = 0
    for mail in mails[::4]:
        name = mail.sender.partition("<")[0].strip()
        left += name in mask(READER.read_text(mail.subject, mail.body, name, ""), [name]).text
    assert left * 50 <= len(mails[::4])


@pytest.mark.parametrize(
    "unit", ["x", "a-", "a.", "1", "1 ", "Aa ", "Mr Aa ", "Dear Aa\n", "1a/", "a@", "様子", "rue a ", "http://", "Regards\n"]
)
def test_time_is_bounded_whatever_is_masked(unit: str) -> None:
    reading = READER.read_text("", unit * (16_000 // len(unit)), "Aa Bb")
    begun = time.process_time()
    mask(reading, ["Aa Bb"])
    assert time.process_time() - begun < 2
