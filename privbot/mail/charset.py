"""Bytes → characters: the ladder from what a part declares to what its bytes must be.

Steps, in order; each result says which one won: `declared` → `browser` (what browsers mean by the label, WHATWG Encoding
Standard) → `sniffed` (ISO-2022-JP escapes) → `utf-8` → `cp1252`, which always succeeds.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from privbot.mail.model import Defect

DECLARED, BROWSER, SNIFFED, UTF_8, CP1252 = "declared", "browser", "sniffed", "utf-8", "cp1252"

_BROWSER_CODECS = {
    **dict.fromkeys(("iso8859-1", "latin-1", "ascii", "unknown-8bit", "iso-8859-1-windows-3.1-latin-1"), "cp1252"),
    "iso8859-9": "cp1254",
    **dict.fromkeys(("iso8859-11", "tis-620", "windows-874", "dos-874"), "cp874"),
    **dict.fromkeys(("shift_jis", "x-sjis", "windows-31j", "ms_kanji", "ms932", "sjis", "cp943c", "x-ms-cp932"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80", "gb2312-80", "cp936", "hz-gb-2312"), "gb18030"),
    **dict.fromkeys(("euc_kr", "ks_c_5601", "ks_c_5601-1987", "ks_c_5601-1989", "korean", "windows-949"), "cp949"),
    **dict.fromkeys(("big5", "x-x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("euc_jp", "x-euc-jp", "eucjp-ms", "cp51932"), "euc_jisx0213"),
    **dict.fromkeys(("iso2022_jp", "cp50220", "cp50221", "cp50222", "_iso-2022-jp$esc", "csiso2022jp"), "cp50221"),
    **dict.fromkeys(("unicode-1-1-utf-7", "x-unicode-2-0-utf-7"), "utf-7"),
    **dict.fromkeys(("unicode-1-1-utf-8", "utf8mb4", "x-unicode-2-0-utf-8", "unicode"), "utf-8"),
    **dict.fromkeys(("x-mac-roman", "x-macroman"), "mac_roman"),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), "mac_cyrillic"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "logical", "visual"), "iso8859-8"),
}
"""Keys are Python's name of the codec where Python knows the label, else the label itself. cp50221 is `_iso_2022_jp` below."""

_NOT_FOR_MAIL = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
"""Text codecs of Python that are no charsets of mail."""
_WEB_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.I)
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\$\(D|\([JI])")
_ESCAPE = re.compile(rb"\x1b(\$\([A-Z]|[$(][@A-Z])")
_C1_CONTROLS = re.compile(r"[\x80-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_SEVEN_BIT = ("iso2022", "utf-7", "hz")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters, the step that found them, and what was odd about the label."""

    text: str
    step: str
    defects: tuple[Defect, ...] = ()


def decode(data: bytes, declared: str | None) -> Decoded:
    """The characters of `data`; `declared` is the charset parameter as sent, None if there is none. Never raises."""
    found = _climb(data, (declared or "").strip().strip("'\"").lower())
    if _SURROGATES.search(found.text):  # some codecs make lone surrogates (UTF-7); no database takes them
        return Decoded(_SURROGATES.sub("\ufffd", found.text), found.step, (*found.defects, Defect.UNDECODABLE))
    return found


def declared_in_html(data: bytes) -> str | None:
    """The charset that an HTML part names in its own head, where the header named none."""
    found = _WEB_META.search(data, 0, 2048)
    return found.group(1).decode("ascii", "replace") if found else None


def _climb(data: bytes, label: str) -> Decoded:
    codec = _codec(label)
    browser = _BROWSER_CODECS.get(codec or label)
    ascii_only = data.isascii()
    if not label:
        wrong: tuple[Defect, ...] = () if ascii_only and b"\x1b" not in data else (Defect.CHARSET_MISSING,)
    else:
        wrong = (Defect.CHARSET_MISMATCH,) if codec or browser else (Defect.CHARSET_UNKNOWN,)

    seven_bit = bool(codec and codec.startswith(_SEVEN_BIT)) or browser == "cp50221"
    escaped = not seven_bit and _JAPANESE_ESCAPE.search(data) is not None
    if (
        (codec or browser)
        and not escaped
        and not (codec != "utf-8" and not seven_bit and _is_surely_utf_8(data, 1 if browser == "cp1252" else 2))
    ):
        if codec and (text := _strict(data, codec)) is not None and not _C1_CONTROLS.search(text):
            return Decoded(text, DECLARED)
        if browser and (text := _strict(data, browser)) is not None:
            return Decoded(text, BROWSER, wrong if codec in ("iso8859-1", "ascii") else ())
        if (text := _almost(data, browser or codec or "")) is not None:
            return Decoded(text, BROWSER if browser else DECLARED, (Defect.UNDECODABLE,))
    if escaped and (text := _iso_2022_jp(data)) is not None:
        return Decoded(text, SNIFFED, wrong)
    if (text := _strict(data, "utf-8")) is not None:
        # A label that nobody knows, over plain ASCII, did no harm but is still worth telling.
        return Decoded(text, UTF_8, wrong)
    if label == "utf-8" and (text := _mislabelled_japanese(data)) is not None:
        return Decoded(text, SNIFFED, wrong)
    if not label and (text := _almost(data, "utf-8")) is not None:
        return Decoded(text, UTF_8, (*wrong, Defect.UNDECODABLE))
    return _as_cp1252(data, wrong)


def _codec(label: str) -> str | None:
    """Python's name for the charset, or None if it is no charset (Python's codecs include compressors)."""
    if not label or len(label) > 40 or not label.isascii() or "\0" in label:
        return None
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    name = info.name.replace("_", "-") if info.name.startswith("utf_") else info.name
    return name if info._is_text_encoding and name.replace("-", "_") not in _NOT_FOR_MAIL else None


def _strict(data: bytes, codec: str) -> str | None:
    if codec == "cp50221":
        return _iso_2022_jp(data)
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _is_surely_utf_8(data: bytes, at_least: int) -> bool:
    """Enough characters beyond ASCII, and all valid UTF-8: text in another charset is hardly ever that by chance."""
    if data.isascii():
        return False
    text = _strict(data, "utf-8")
    return text is not None and sum(1 for character in text[:20_000] if character > "\x7f") >= at_least


def _almost(data: bytes, codec: str) -> str | None:
    """A multi-byte text with a few broken bytes stays what it was: at most one wrong character in fifty, or one cut off at the
    end."""
    if codec in ("cp1252", "cp1254", "cp874", "cp50221", ""):
        return None
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, ValueError):
        return None
    foreign = sum(1 for character in text if character > "\x7f")
    broken = text.count("\ufffd")
    return text if foreign > broken and broken * 50 <= max(foreign, 50) else None


def _mislabelled_japanese(data: bytes) -> str | None:
    """Shift_JIS under the label UTF-8, as old Japanese mail programs send it: only text that is plainly Japanese."""
    text = _strict(data, "cp932")
    if text is None:
        return None
    foreign = [character for character in text if character > "\x7f"]
    kana = sum("\u3040" <= character <= "\u30ff" for character in foreign)
    half_width = sum("\uff61" <= character <= "\uff9f" for character in foreign)
    return text if kana * 5 >= len(foreign) and half_width * 10 <= len(foreign) else None


def _as_cp1252(data: bytes, wrong: tuple[Defect, ...]) -> Decoded:
    text = _strict(data, "cp1252")
    if text is None:
        return Decoded(data.decode("cp1252", "replace"), CP1252, (*wrong, Defect.UNDECODABLE))
    return Decoded(text, CP1252, wrong)


def _iso_2022_jp(data: bytes) -> str | None:
    """ISO-2022-JP as Japanese mail programs write it (cp50221): with ①, ㈱, 髙 and half-width katakana, which Python's codec
    refuses.

    Each two-byte run is moved to Shift_JIS (JIS X 0208 row and cell, by the rule of RFC 1468's tables) and read as cp932.
    """
    out: list[str] = []
    position, mode = 0, b"(B"
    for escape in (*_ESCAPE.finditer(data), None):
        run = data[position : escape.start() if escape else len(data)]
        if mode in (b"$@", b"$B"):
            text = _jis_run(run)
        elif mode == b"(I":
            text = _strict(bytes(byte | 0x80 if byte > 0x20 else byte for byte in run), "cp932")
        elif mode == b"$(D":
            text = _strict(b"\x1b$(D" + run + b"\x1b(B", "iso2022_jp_1")
        elif mode in (b"(B", b"(J"):
            # Some programs put 8-bit half-width katakana or Shift_JIS beside the escapes.
            text = _strict(run, "cp932")
        else:
            return None
        if text is None:
            return None
        out.append(text)
        if escape:
            position, mode = escape.end(), escape.group(1)
    return "".join(out)


def _jis_run(run: bytes) -> str | None:
    moved = bytearray()
    index = 0
    while index < len(run):
        first = run[index]
        if first <= 0x20:  # a line end inside the run: the escape back to ASCII is missing
            moved.append(first)
            index += 1
            continue
        if index + 1 >= len(run):
            return None
        second = run[index + 1]
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            return None
        moved.append((first + 1) // 2 + (0x70 if first < 0x5F else 0xB0))
        moved.append(second + (0x7E if first % 2 == 0 else 0x1F + (second >= 0x60)))
        index += 2
    return _strict(bytes(moved), "cp932")
