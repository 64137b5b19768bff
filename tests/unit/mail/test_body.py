"""One text out of any nesting of parts."""

import base64
import sys

import pytest

from privbot.mail.hypertext import render
from privbot.mail.model import Defect, Mail
from privbot.mail.parse import ParseSettings, parse

HEAD = "From: Mel <mel@ortega.example>\nSubject: my data\nDate: Fri, 20 Nov 2026 10:00:00 +0000\nMessage-ID: <1@x.example>\n"


def mail(rest: str | bytes, **settings: int) -> Mail:
    return parse(HEAD.encode() + (rest.encode() if isinstance(rest, str) else rest), settings=ParseSettings(**settings))


def multipart(kind: str, *parts: str, boundary: str = "b1") -> str:
    inner = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{inner}--{boundary}--\n'


PLAIN = "Content-Type: text/plain; charset=utf-8\n\nPlease delete my data."
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>Please <b>delete</b> my data.</p>"
LONG_HTML = "Content-Type: text/html; charset=utf-8\n\n<p>Please delete everything that you have stored about me, and tell me when it is done.</p>"


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("\nHello", "Hello"),
        (HTML, "Please delete my data."),
        (multipart("alternative", PLAIN, HTML), "Please delete my data."),
        # the plain part is empty, or only says where the text is
        (multipart("alternative", "Content-Type: text/plain\n\n \n", HTML), "Please delete my data."),
        (
            multipart("alternative", "Content-Type: text/plain\n\nView this mail in a browser.", LONG_HTML),
            "Please delete everything that you have stored about me, and tell me when it is done.",
        ),
        # related inside alternative inside mixed, as most programs send a picture and a file
        (
            multipart("mixed", multipart("alternative", PLAIN, multipart("related", HTML, boundary="b3"), boundary="b2")),
            "Please delete my data.",
        ),
        # several texts in a row are all read
        (multipart("mixed", PLAIN, "Content-Type: text/plain\n\nAnd my account."), "Please delete my data.\n\nAnd my account."),
        (multipart("signed", PLAIN, "Content-Type: application/pgp-signature\n\nxx"), "Please delete my data."),
        # no closing boundary, and no boundary at all
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello", "Hello"),
        ("Content-Type: multipart/mixed\n\nHello", "Hello"),
        # the header was lost on the way
        ("\n--xyz\nContent-Type: text/plain\n\nHello\n--xyz--\n", "Hello"),
    ],
)
def test_text(rest: str, text: str) -> None:
    assert mail(rest).text == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        # RFC 3676: soft breaks, quote depth, space-stuffing, hard breaks
        ("delete \nmy data\nnow", "delete my data\nnow"),
        (" From here", "From here"),
    ],
)
def test_flowed_text_is_joined(body: str, text: str) -> None:
    assert mail(f"Content-Type: text/plain; format=flowed\n\n{body}").text == text


def test_flowed_japanese_loses_the_space_that_only_marks_the_break() -> None:
    assert mail("Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\n\n個人 \nデータ").text == "個人データ"


@pytest.mark.parametrize(
    "body",
    [
        base64.encodebytes(b"Please delete all the data that you hold about me, thank you very much indeed.").decode(),
        "Please delete all my data that you hold about me, it is w=C3=A4re sch=C3=B6n",
    ],
)
def test_lost_transfer_encodings_are_undone(body: str) -> None:
    found = mail(f"Content-Type: text/plain; charset=utf-8\n\n{body}")
    assert found.text.startswith("Please delete all")
    assert "=C3" not in found.text
    assert Defect.UNDECODED_TRANSFER in found.defects


@pytest.mark.parametrize(
    "body", ["Pleasedeletemydataassoonasyoucanandletmeknowwhenitisdone", "see https://x.example/?a=20&b=3D&c=41", "1+1=2\n2=2"]
)
def test_text_that_only_resembles_an_encoding_is_left_alone(body: str) -> None:
    found = mail(f"Content-Type: text/plain; charset=utf-8\n\n{body}")
    assert found.text == body
    assert Defect.UNDECODED_TRANSFER not in found.defects


@pytest.mark.parametrize(
    ("text", "shown", "tricked"),
    [
        ("dele\u200bte my data", "delete my data", True),
        ("de\u202elete", "delete", True),
        ("de\u200dlete", "delete", True),
        ("\ufeffdelete \u200b my data", "delete  my data", False),
        ("Lösch\u00adung", "Löschung", False),  # a soft hyphen is honest typography
        ("می\u200cخواهم", "می\u200cخواهم", False),  # Persian needs its joiner
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469", False),
        ("a\x00b\x07", "ab", False),
    ],
)
def test_invisible_characters_are_taken_out(text: str, shown: str, tricked: bool) -> None:
    found = mail(f"Content-Type: text/plain; charset=utf-8\n\n{text}")
    assert found.text == shown
    assert (Defect.INVISIBLE_CHARACTERS in found.defects) is tricked


HIDDEN = "erase all of it"


@pytest.mark.parametrize(
    "html",
    [
        f'<div style="display: none">{HIDDEN}</div>',
        f'<div style="font-size:0px; color:red">{HIDDEN}</div>',
        f'<span style="visibility:hidden">{HIDDEN}</span>',
        f'<span style="color:#FFFFFF">{HIDDEN}</span>',
        f'<font color="white">{HIDDEN}</font>',
        f'<div style="background:white"><p style="color:white">{HIDDEN}</p></div>',
        f'<div style="max-height:0;overflow:hidden">{HIDDEN}</div>',
        f"<p hidden>{HIDDEN}</p>",
    ],
)
def test_hidden_text_is_set_aside_and_told(html: str) -> None:
    found = mail(f"Content-Type: text/html\n\n<body><p>Hello</p>{html}<p>Bye</p></body>")
    assert HIDDEN not in found.text
    assert "Hello" in found.text and "Bye" in found.text
    assert Defect.HIDDEN_TEXT in found.defects


@pytest.mark.parametrize(
    "html",
    [
        f'<table bgcolor="#003366"><tr><td style="color:white">{HIDDEN}</td></tr></table>',
        f'<div style="background:#036"><p style="color:#fff">{HIDDEN}</p></div>',
        f"<style>.dark {{ background: black }}</style><p class=dark style='color:white'>{HIDDEN}</p>",
        f'<div style="font-size:0"><span style="font-size:14px">{HIDDEN}</span></div>',
        f'<p style="opacity:0.9; font-size:10px">{HIDDEN}</p>',
    ],
)
def test_visible_text_is_not_taken_for_hidden(html: str) -> None:
    found = render(f"<body>{html}</body>")
    assert HIDDEN in found.text
    assert not found.hidden


def test_html_quotes_are_marked_like_those_of_plain_text() -> None:
    found = mail(
        "Content-Type: text/html\n\n<p>Delete my data</p><div class=gmail_quote>On Fri, 20 Nov 2026 at 09:00 Lumen &lt;a@lumen.example&gt; wrote:<br>"
        "<blockquote class=gmail_quote>You may ask for access.<blockquote type=cite>Hi</blockquote></blockquote></div>"
    )
    assert found.text == "Delete my data"
    assert found.quoted.endswith("> You may ask for access.\n> > Hi")


def test_a_blockquote_that_only_indents_is_the_writers_own() -> None:
    assert "Mill Yard 3" in render("<p>My address:</p><blockquote>Mill Yard 3</blockquote>").text
    assert ">" not in render("<blockquote>Mill Yard 3</blockquote>").text


def test_pgp_signed_text_is_unwrapped_and_encrypted_text_told() -> None:
    armour = "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----"
    signed = mail(f"\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nDelete my data\n- -- \nMel\n{armour}")
    assert (signed.text, signed.signature) == ("Delete my data", "--\nMel")
    assert Defect.ENCRYPTED not in signed.defects
    encrypted = mail("\nsee below\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----")
    assert encrypted.text == "see below"
    assert Defect.ENCRYPTED in encrypted.defects


def test_bounds_are_told() -> None:
    assert Defect.TRUNCATED in mail("\n" + "a b " * 100, max_text=50).defects
    assert len(mail("\n" + "a b " * 100, max_text=50).text) <= 50
    assert Defect.TOO_MANY_PARTS in mail(multipart("mixed", *[PLAIN] * 10), max_parts=5).defects
    assert Defect.TOO_DEEP in mail(multipart("mixed", multipart("mixed", PLAIN, boundary="b2")), max_depth=1).defects
    assert Defect.TRUNCATED in parse(b"From: a@b.example\n\nx", settings=ParseSettings(truncated=True)).defects


@pytest.mark.parametrize(("rest", "empty"), [("\n \n", True), ("\nHello", False), ("\n> only a quote", False)])
def test_empty_means_that_nothing_is_there_to_read(rest: str, empty: bool) -> None:
    without_subject = HEAD.replace("Subject: my data\n", "") + rest
    assert (Defect.EMPTY in parse(without_subject.encode(), settings=ParseSettings()).defects) is empty
    assert Defect.EMPTY not in mail(rest).defects


def test_text_nested_deeper_than_the_parser_keeps_is_not_lost() -> None:
    limit = sys.getrecursionlimit()
    # Some libraries raise it; Inscriptis then gets to the bottom of a tree in which libxml2 has left out the words.
    sys.setrecursionlimit(20_000)
    try:
        assert render("Good day. " + "<div>" * 5_000 + "Please delete my data.").text == "Good day. Please delete my data."
    finally:
        sys.setrecursionlimit(limit)
