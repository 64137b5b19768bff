"""Whatever the bytes, parsing ends, soon, with a Mail."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from privbot.mail.model import Defect
from privbot.mail.parse import ParseSettings, parse

GOLDEN = [path.read_bytes() for path in sorted((Path(__file__).parents[3] / "fixtures" / "emails").glob("*.eml"))]
# Documents are read in a process of their own, which is slow; they have tests of their own.
QUICK = [raw for raw in GOLDEN if not any(kind in raw.lower() for kind in (b"/pdf", b"tnef", b"officedocument"))]
NASTY = (
    b"\x00",
    b"\xff\xfe",
    b"\x1b$B",
    b"=?x?b?",
    b"?=",
    b"--",
    b"\n\n",
    b"\r",
    b"(" * 40,
    b'"',
    b"<",
    b">",
    b";",
    b"*0*=",
    b"charset=",
    b"=\n",
    b"&#x",
)
SETTINGS = ParseSettings(trusted_hosts=("mx.harbour.example",), own_addresses=frozenset({"privacy@harbour.example"}))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2_000))
@example(b"")
@example(b"\n")
@example(b"From: \xff\n\n\xff")
@example(b"Content-Type: text/plain; charset=utf-7\n\n+2AA-")
@example(b"Content-Type: text/html\n\n<")
@example(b"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n")
def test_random_bytes_are_a_mail(raw: bytes) -> None:
    _is_storable(raw)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_damaged_mails_are_still_mails(seed: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(chance.choice(QUICK))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(raw))
        match chance.randrange(4):
            case 0:
                raw[at] = chance.randrange(256)
            case 1:
                del raw[at : at + chance.randrange(200)]
            case 2:
                raw[at:at] = chance.choice(NASTY)
            case _:
                other = chance.choice(QUICK)
                raw[at:at] = other[: chance.randrange(len(other))]
        raw = raw or bytearray(b"x")
    _is_storable(bytes(raw))


def _is_storable(raw: bytes) -> None:
    """No database takes lone surrogates or NUL."""
    mail = parse(raw, settings=SETTINGS)
    for text in (mail.subject, mail.text, mail.quoted, mail.signature, *(attachment.name for attachment in mail.attachments)):
        text.encode("utf-8")
        assert "\0" not in text


def _nested_multiparts() -> bytes:
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth) for depth in range(1_000))
    return heads + b"\nhello\n" + b"".join(b"--b%d--\n" % depth for depth in reversed(range(1_000)))


HEAD = b"From: a@b.example\nSubject: x\n"
TEXT = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n"
HTML = HEAD + b"Content-Type: text/html; charset=utf-8\n\n"


@pytest.mark.parametrize(
    ("hostile", "defect"),
    [
        pytest.param(lambda: TEXT + b"please delete my data. " * 220_000, Defect.TRUNCATED, id="5 MB in one line"),
        pytest.param(lambda: TEXT + b"please delete my data.\n" * 220_000, Defect.TRUNCATED, id="5 MB in short lines"),
        pytest.param(lambda: TEXT + b"A" * 5_000_000, Defect.TRUNCATED, id="5 MB that could be base64"),
        pytest.param(lambda: TEXT + b"=E3=81=82" * 500_000, Defect.UNDECODED_TRANSFER, id="4 MB of quoted-printable"),
        pytest.param(lambda: TEXT + b"> " * 10_000 + b"x\n", None, id="quoted 10,000 deep"),
        pytest.param(lambda: TEXT + b"> quote\n" * 10_000, None, id="10,000 quoted lines"),
        pytest.param(lambda: TEXT + b"On 1 Jan 2026 at 10:00, a@b.example wrote:\n> q\n" * 10_000, None, id="10,000 quotes"),
        pytest.param(lambda: TEXT + b"From: a@b.example\nSent: 10:00\n" * 16_000, None, id="a head of heads"),
        pytest.param(lambda: TEXT + b"-- \n" * 100_000, None, id="100,000 signatures"),
        pytest.param(_nested_multiparts, Defect.TOO_DEEP, id="multipart 1,000 deep"),
        pytest.param(
            lambda: HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000, Defect.TOO_MANY_PARTS, id="100,000 parts"
        ),
        pytest.param(lambda: HTML + b"<div>" * 100_000 + b"x", None, id="HTML 100,000 deep"),
        pytest.param(lambda: HTML + b"<blockquote type=cite>" * 20_000 + b"x", None, id="HTML quoted 20,000 deep"),
        pytest.param(lambda: HTML + b"<p style='color:#fff'>please</p>" * 150_000, Defect.TRUNCATED, id="5 MB of HTML"),
        pytest.param(lambda: HTML + b"<" * 1_000_000, None, id="a million angle brackets"),
        pytest.param(lambda: HTML + b"<!--" * 200_000, None, id="comments that do not end"),
        pytest.param(lambda: b"X-A: b\n" * 200_000 + b"\nx", Defect.NO_SENDER, id="200,000 headers"),
        pytest.param(lambda: b"no header\n" * 200_000 + b"Subject: x\n\nx", Defect.BROKEN_HEADER, id="200,000 broken headers"),
        pytest.param(lambda: b"From: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nx", None, id="100,000 encoded words"),
        pytest.param(lambda: b"To: " + b"a@b.example, " * 100_000 + b"\n\nx", None, id="100,000 recipients"),
        pytest.param(lambda: b"From: " + b"(" * 1_000_000 + b"\n\nx", Defect.NO_SENDER, id="a million brackets"),
        pytest.param(lambda: b"Received: by x; " + b"(" * 1_000_000 + b"\n\nx", None, id="Received with a million brackets"),
        pytest.param(lambda: HEAD + b"Content-Type: text/plain" + b'; a="' * 20_000 + b"\n\nx", None, id="20,000 parameters"),
        pytest.param(lambda: HEAD + b"Authentication-Results: " + b"(" * 50_000 + b")" * 50_000 + b"\n\nx", None, id="results in brackets"),
        pytest.param(
            lambda: HEAD + b"Content-Type: message/rfc822\n\n" * 5_000 + b"x", None, id="a mail in a mail in a mail, 5,000 times"
        ),
    ],
)  # fmt: skip
def test_hostile_mails_take_bounded_time(hostile: Callable[[], bytes], defect: Defect | None) -> None:
    raw = hostile()
    started = time.process_time()
    mail = parse(raw, settings=SETTINGS)
    assert time.process_time() - started < 5
    assert defect is None or defect in mail.defects
