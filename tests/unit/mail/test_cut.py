"""A mail without some of its attachments."""

from __future__ import annotations

import base64

import pytest

from privbot.mail.attachments import content
from privbot.mail.cut import without
from privbot.mail.parse import ParseSettings, parse

SCAN = base64.encodebytes(b"\xff\xd8\xff" + bytes(range(256)) * 4).replace(b"\n", b"\r\n")
MAIL = (
    b"From: Mel Ortega <mel@ortega.example>\r\nTo: customer-lumen@harbour.example\r\nSubject: my data\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease send me a copy.\r\n--b\r\n"
    b'Content-Type: image/jpeg; name="passport.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + SCAN + b"\r\n--b\r\n"
    b'Content-Type: text/csv; name="orders.csv"\r\n\r\norder,day\r\n1,2026-11-20\r\n--b--\r\n'
)


def test_only_the_body_of_the_part_goes_and_every_other_byte_stays():
    cut = without(MAIL, {1})
    assert cut == MAIL.replace(SCAN, b"", 1)
    mail = parse(cut, settings=ParseSettings())
    assert [(one.name, one.size) for one in mail.attachments] == [("passport.jpg", 0), ("orders.csv", len(content(MAIL, 2)))]
    assert mail.text == "Please send me a copy."


def test_the_same_scan_attached_twice_goes_twice():
    twice = MAIL.replace(
        b"\r\n--b--",
        b'\r\n--b\r\nContent-Type: image/jpeg; name="x.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + SCAN + b"\r\n--b--",
    )
    assert SCAN.split()[0] not in without(twice, {1})


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (MAIL, {9}),  # no such part, and nothing packed that could hold it
        (MAIL.replace(b"\r\n", b"\r"), {1}),  # no line feeds: not to be found again
    ],
)
def test_what_cannot_be_found_again_leaves_only_headers(raw, parts):
    assert SCAN.split()[0] not in without(raw, parts)


def test_without_parts_nothing_of_the_scan_is_guessed():
    assert without(MAIL, {0}) == MAIL.replace(b"Please send me a copy.", b"")
