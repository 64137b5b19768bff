"""Two hundred hostile mails made ready for display: nothing but plain words and layout comes out, and none takes long."""

from __future__ import annotations

import time
import unicodedata
from functools import cache
from html.parser import HTMLParser

import pytest

from privbot.mail.display import Display, Oddity, display
from privbot.mail.model import Danger, Defect
from privbot.mail.parse import ParseSettings
from privbot.mail.safe_html import Shortened
from tests.hostile import Hostile, mails

CANARY = "http://canary.invalid"
SECONDS = 15
"""As the console's patience; the slowest takes four on a busy machine."""


@cache
def opened() -> dict[str, tuple[Display, float]]:
    found = {}
    for one in corpus():
        began = time.monotonic()
        shown = display(one.raw, settings=ParseSettings())
        found[one.name] = shown, time.monotonic() - began
    return found


@cache
def corpus() -> list[Hostile]:
    return mails(CANARY)


def shown(name: str) -> Display:
    return opened()[name][0]


class Inside(HTMLParser):
    """What elements and attributes a fragment has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str, str | None]] = set()
        self.others: list[str] = []
        self.depth = self.deepest = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes |= {(tag, name, value) for name, value in attrs}
        if tag not in ("br", "hr"):
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)

    def handle_endtag(self, tag):
        self.depth -= 1

    def handle_comment(self, data):
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def test_there_are_two_hundred_and_they_are_the_same_each_time():
    assert len(corpus()) >= 200
    assert [one.raw for one in mails(CANARY)][:150] == [one.raw for one in corpus()][:150]


def test_only_layout_comes_out_of_any_html():
    for name, (found, _) in opened().items():
        if found.formatted is None:
            continue
        inside = Inside(found.formatted.html)
        assert not inside.elements & {
            "a",
            "img",
            "script",
            "style",
            "iframe",
            "form",
            "input",
            "svg",
            "math",
            "meta",
            "link",
            "base",
            "object",
        }, name
        assert not inside.others, name
        for _, attribute, value in inside.attributes:
            assert attribute in ("class", "dir", "colspan", "rowspan"), name
            assert attribute != "class" or set((value or "").split()) <= {"leads-to", "careful", "picture"}, name
        assert inside.deepest <= 100 and inside.depth == 0, name


def test_no_mail_takes_longer_than_an_operator_waits():
    assert {name: seconds for name, (_, seconds) in opened().items() if seconds > SECONDS} == {}


def test_no_text_that_is_shown_turns_hides_or_towers():
    for name, (found, _) in opened().items():
        mail = found.mail
        texts = [
            mail.subject,
            mail.text,
            mail.quoted,
            mail.sender.name if mail.sender else "",
            *(one.name for one in mail.attachments),
        ]
        texts += [value for _, value in found.header_lines] + ([found.formatted.html] if found.formatted else [])
        for text in texts:
            assert not [
                c for c in text if unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")
            ], name
            assert not [c for c in text if unicodedata.category(c) == "Cc" and c not in "\n\t" and c < "\x80"], name
            assert "\u0300\u0301\u0302\u0315\u031b\u0321" not in text, name


def test_most_of_them_still_say_what_they_ask():
    """A sanitiser that shows nothing would be safe, too."""
    said = [found for found, _ in opened().values() if "erase all my personal data" in found.mail.letter_text]
    assert len(said) >= 200
    formatted = [
        found for found, _ in opened().values() if found.formatted and "erase all my personal data" in found.formatted.html
    ]
    assert len(formatted) >= 130


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("link disguised", "careful"),  # the text names the bank
        ("link with a password part", "careful"),  # what stands before the @ is no host
        ("link to a look-alike", "xn--bnk-6cd.example"),  # the Cyrillic letter shows in the network's spelling
        ("link script", "a program, taken out"),
        ("link script with white space", "a program, taken out"),
        ("link target top", "leads to http://canary.invalid/top"),
        ("picture", "Picture from canary.invalid, not fetched"),
        ("picture as large as a field", "Picture: wide"),
    ],
)
def test_links_and_pictures_are_told_in_words(name, note):
    html = shown(name).formatted.html
    assert note in html


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("hundred thousand nested tags", Shortened.TOO_DEEP),
        ("nested quotes", Shortened.TOO_DEEP),
        ("comments that do not end", Shortened.TOO_LONG),
        ("ampersands", Shortened.TOO_LONG),
    ],
)
def test_what_is_not_shown_whole_says_so(name, reason):
    assert reason in shown(name).formatted.shortened


@pytest.mark.parametrize(
    ("name", "dangers"),
    [
        ("file name: turned around", {Danger.PROGRAM, Danger.DISGUISED}),
        ("file name: turned around by isolates", {Danger.PROGRAM, Danger.DISGUISED}),
        ("file name: two endings and spaces", {Danger.PROGRAM, Danger.DISGUISED}),
        ("file: program called PDF", {Danger.PROGRAM, Danger.OTHER_TYPE}),
        ("file: page called picture", {Danger.ACTIVE}),
        ("file: page", {Danger.ACTIVE}),
        ("file: SVG", {Danger.ACTIVE}),
        ("file: page without a type", {Danger.ACTIVE}),
        ("file: macros", {Danger.PROGRAM, Danger.MACROS}),
        ("file: zip bomb", {Danger.BOMB}),
        ("file: overlapping zip bomb", {Danger.BOMB}),
        ("file: zip of twenty thousand names", {Danger.BOMB}),
        ("file: gzip bomb", {Danger.BOMB}),
        ("file: DOCX that is a bomb", {Danger.BOMB}),
        ("file: zip in zip in zip", {Danger.ARCHIVE_INSIDE}),
        ("file: zip with a path", {Danger.PROGRAM}),
        ("file: encrypted zip", {Danger.ENCRYPTED}),
        ("file: PDF with a script", {Danger.ACTIVE}),
        ("file name: none", set()),
    ],
)
def test_what_is_dangerous_about_a_file_is_told(name, dangers):
    [file] = shown(name).mail.attachments
    assert set(file.dangers) == dangers


def test_dangerous_files_go_to_a_person():
    for name in ("file: zip bomb", "file: macros", "file: program called PDF"):
        assert Defect.DANGEROUS_ATTACHMENT in shown(name).mail.defects


@pytest.mark.parametrize(
    ("name", "oddity"),
    [
        ("sender: another address in the name", Oddity.NAME_IS_ANOTHER_ADDRESS),
        ("header: replies to markup", Oddity.REPLIES_GO_ELSEWHERE),
        ("sender: several, the first harmless", Oddity.SEVERAL_SENDERS),
    ],
)
def test_what_is_odd_about_a_sender_is_told(name, oddity):
    assert oddity in shown(name).oddities


def test_a_forged_proof_proves_nothing():
    assert shown("header: forged proof").proofs == ()


def test_headers_are_bounded():
    found = shown("header: two thousand lines").header_lines
    assert len(found) == 200
    assert all(len(value) <= 1_000 for _, value in shown("header: one line of a million letters").header_lines)
