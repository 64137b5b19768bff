"""The ladder from bytes to characters."""

import pytest

from privbot.mail import headers
from privbot.mail.charset import declared_in_html, decode
from privbot.mail.model import Defect


def iso_2022_jp(text: str) -> bytes:
    """As Japanese mail programs write it (cp50221), by way of cp932, since Python's own codec refuses ① and ㈱."""
    out = b"\x1b$B"
    for first, second in zip(*[iter(text.encode("cp932"))] * 2, strict=True):
        row = (first - (0x70 if first < 0xA0 else 0xB0)) * 2
        out += bytes((row, second - 0x7E) if second >= 0x9F else (row - 1, second - (0x20 if second >= 0x80 else 0x1F)))
    return out + b"\x1b(B"


@pytest.mark.parametrize(
    ("data", "declared", "text", "step", "defects"),
    [
        (b"hello", None, "hello", "utf-8", ()),
        (b"hello", "us-ascii", "hello", "declared", ()),
        ("caf\u00e9".encode("latin-1"), "iso-8859-1", "caf\u00e9", "declared", ()),
        # browsers read latin-1 as cp1252: smart quotes are no control characters
        ("it\u2019s \u20ac5".encode("cp1252"), "ISO-8859-1", "it\u2019s \u20ac5", "browser", (Defect.CHARSET_MISMATCH,)),
        # windows-31j under its Java name, and with characters that strict Shift_JIS does not have
        ("\u2460\u3231\u9ad9".encode("cp932"), "windows-31j", "\u2460\u3231\u9ad9", "browser", ()),
        ("\u2460\u3231\u9ad9".encode("cp932"), "shift_jis", "\u2460\u3231\u9ad9", "browser", ()),
        ("データ".encode("cp932"), "x-sjis", "データ", "browser", ()),
        ("\u4f60\u597d\u9555".encode("gb18030"), "gb2312", "\u4f60\u597d\u9555", "browser", ()),
        ("똠방각하".encode("cp949"), "ks_c_5601-1987", "똠방각하", "browser", ()),
        # 7-bit Japanese: declared, with characters of cp50221, undeclared, and under a wrong label
        ("個人データ".encode("iso2022_jp"), "iso-2022-jp", "個人データ", "declared", ()),
        (iso_2022_jp("個人①㈱髙橋"), "iso-2022-jp", "個人①㈱髙橋", "browser", ()),
        ("個人データ".encode("iso2022_jp"), None, "個人データ", "sniffed", (Defect.CHARSET_MISSING,)),
        ("個人データ".encode("iso2022_jp"), "utf-8", "個人データ", "sniffed", (Defect.CHARSET_MISMATCH,)),
        (b"\x1b(I6@\x1b(B", "iso-2022-jp", "ｶﾀ", "browser", ()),
        # UTF-8 under other labels, and none
        ("für Ärger".encode(), "iso-8859-1", "für Ärger", "utf-8", (Defect.CHARSET_MISMATCH,)),
        ("日本語のメール".encode(), "shift_jis", "日本語のメール", "utf-8", (Defect.CHARSET_MISMATCH,)),
        ("für".encode(), None, "für", "utf-8", (Defect.CHARSET_MISSING,)),
        ("für".encode(), "x-nobody-knows", "für", "utf-8", (Defect.CHARSET_UNKNOWN,)),
        ("für".encode("cp1252"), "utf-8", "für", "cp1252", (Defect.CHARSET_MISMATCH,)),
        ("カタログの停止を希望します".encode("cp932"), "utf-8", "カタログの停止を希望します", "sniffed", (Defect.CHARSET_MISMATCH,)),
        # UTF-7 only where it is declared
        (b"+MEI-", "utf-7", "\u3042", "declared", ()),
        (b"+MEI-", None, "+MEI-", "utf-8", ()),
        # one broken byte does not turn a Japanese letter into mojibake
        ("日本語".encode()[:-1], "utf-8", "日本\ufffd", "declared", (Defect.UNDECODABLE,)),
        (b"\x81\x8d", None, "\ufffd\ufffd", "cp1252", (Defect.CHARSET_MISSING, Defect.UNDECODABLE)),
        # Python's codecs that are no charsets
        (b"hello", "rot13", "hello", "utf-8", (Defect.CHARSET_UNKNOWN,)),
        (b"hello", "zip", "hello", "utf-8", (Defect.CHARSET_UNKNOWN,)),
        (b"hello", "unicode_escape", "hello", "utf-8", (Defect.CHARSET_UNKNOWN,)),
    ],
)  # fmt: skip
def test_ladder(data: bytes, declared: str | None, text: str, step: str, defects: tuple[Defect, ...]) -> None:
    found = decode(data, declared)
    assert (found.text, found.step, found.defects) == (text, step, defects)


def test_lone_surrogates_never_come_out() -> None:
    assert decode(b"+2AA-", "utf-7").text == "\ufffd"


def test_html_names_its_charset_in_its_head() -> None:
    assert declared_in_html(b'<html><head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">') == "Shift_JIS"
    assert declared_in_html(b"<html><head>") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?q?caf=C3=A9_au_lait?=", "café au lait"),
        # a character split over two words, and a base64 group too
        (b"=?utf-8?b?5L2Q5Ly=?= =?utf-8?b?rw==?=", "佐伯"),
        (b"=?utf-8?q?caf=C3?=\r\n =?utf-8?q?=A9?=", "café"),
        (b"=?iso-2022-jp?B?GyRCOEQ/TSVHITwlPxsoQg==?=", "個人データ"),
        ("個人".encode("iso2022_jp"), "個人"),
        # white space between two words goes, beside other text it stays (RFC 2047 section 6.2)
        (b"=?utf-8?q?a?= =?utf-8?q?b?= c =?utf-8?q?d?=", "ab c d"),
        # spaces in a word and missing padding, as programs send them
        (b"=?utf-8?q?hello world?=", "hello world"),
        (b"=?utf-8?b?aGVsbG8?=", "hello"),
        (b"=?utf-8*en?q?hi?=", "hi"),
        ("für dich".encode(), "für dich"),
        (b"=?", "=?"),
        (b"a\x00b", "a b"),
    ],
)
def test_header_values_are_decoded(value: bytes, text: str) -> None:
    assert headers.decoded(value) == text


def test_raw_header_bytes_are_read_in_the_charset_of_the_body() -> None:
    assert headers.decoded("個人データの件".encode("cp932"), "shift_jis") == "個人データの件"
