"""Tricks in attached files: names, types, bombs."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from urllib.parse import quote

from tests.hostile.envelope import with_files

PROGRAM = b"MZ" + b"\0" * 62
PICTURE = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0"  # four thousand million dots wide and high
)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='top.ran=1'><script>top.ran=1</script><image href='{canary}/x'/></svg>"
PAGE = b"<!doctype html><script>top.ran=1</script><meta http-equiv=refresh content='0;url={canary}/page'>"


def zipped(*files: tuple[str, bytes], encrypted: bool = False) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    made = bytearray(target.getvalue())
    if encrypted:
        made[6] |= 1
        made[made.find(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def bomb(size: int = 100 << 20) -> bytes:
    """Unfolds to a thousand times its size; made in pieces, so that it does not go off here."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("0.txt", "w", force_zip64=False) as entry:
        for _ in range(size >> 20):
            entry.write(bytes(1 << 20))
    return target.getvalue()


def quine_like(depth: int = 20) -> bytes:
    """Archives in archives."""
    made = b"x"
    for number in range(depth):
        made = zipped((f"{number}.zip", made))
    return made


def long_directory() -> bytes:
    """An archive that is nothing but a table of contents."""
    return zipped(*((f"{number:040}", b"") for number in range(20_000)))


def overlapping(bomb_of: bytes) -> bytes:
    """Many entries of the directory that all point to the same bytes: no file is larger than it says, and together they fill a disk."""
    start = bomb_of.find(b"PK\x01\x02")
    end = bomb_of.find(b"PK\x05\x06")
    entry = bomb_of[start:end]
    count = 500
    tail = bytearray(bomb_of[end:])
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * count).to_bytes(4, "little")
    return bomb_of[:start] + entry * count + bytes(tail)


def pdf(objects: list[bytes]) -> bytes:
    out, offsets = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(out),
    )


def stream(data: bytes, more: bytes = b"", times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data)
    filters = b"[" + b"/FlateDecode " * times + b"]"
    return b"<</Length %d/Filter%s%s>>stream\n%s\nendstream" % (len(data), filters, more, data)


PAGES = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"]
MUCH = b"BT (a) Tj ET\n" * 2_000_000
DEFLATE_BOMB = pdf([*PAGES, stream(MUCH)])
TWICE_DEFLATED = pdf([*PAGES, stream(MUCH, times=2)])
OBJECT_STREAM = pdf([*PAGES, stream(b"5 0 " * 1_000_000, b"/Type/ObjStm/N 1000000/First 4000000")])
PAGE_LOOP = pdf([PAGES[0], b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000000>>"])
PDF_SCRIPT = pdf([b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>", *PAGES[1:]])

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENTITIES = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + number, b"&%c;" % (97 + number) * 10) for number in range(12))
    + b"]><w:document xmlns:w='x'>&m;</w:document>"
)  # each name stands for ten of the one before


def named(name: str) -> str:
    """The parameter as RFC 2231 writes any characters."""
    return f"filename*=utf-8''{quote(name)}"


TRICKS: tuple[tuple[str, str, str, bytes], ...] = (
    # -- names
    ("file name: turned around", named("invoice\u202efdp.exe"), "application/pdf", PROGRAM),
    ("file name: turned around by isolates", named("invoice\u2067fdp.\u2069exe"), "application/pdf", PROGRAM),
    ("file name: a path", 'filename="../../../../etc/cron.d/x"', "text/plain", b"x"),
    ("file name: a path of the other kind", 'filename="..\\\\..\\\\windows\\\\x.dll"', "text/plain", b"x"),
    ("file name: markup", named("\"><script>top.ran=1</script><img src=x onerror=alert(1)>.pdf"), "application/pdf", b"%PDF-1.4"),
    ("file name: header injection", named("a.txt\r\nContent-Type: text/html\r\n\r\n<script>top.ran=1</script>"), "text/plain", b"x"),
    ("file name: formula", named("=cmd|'/c calc'!A0.csv"), "text/csv", b"=cmd|'/c calc'!A0,+1,-1,@x\n"),
    ("file name: template language", named("{{7*7}}{% raw %}.txt"), "text/plain", b"{{7*7}}"),
    ("file name: sixty thousand letters", named("W" * 60_000 + ".pdf"), "application/pdf", b"%PDF-1.4"),
    ("file name: none", "filename=", "application/octet-stream", b"x"),
    ("file name: dots", 'filename=".."', "application/octet-stream", b"x"),
    ("file name: a null", named("a.txt\0.exe"), "text/plain", PROGRAM),
    ("file name: two endings and spaces", 'filename="letter.pdf                                        .exe"', "application/pdf", PROGRAM),
    ("file name: invisible letters", named("let\u200bter\ufeff.p\u2060df"), "application/pdf", b"%PDF-1.4"),
    # -- types
    ("file: program called PDF", "filename=letter.pdf", "application/pdf", PROGRAM),
    ("file: page called picture", "filename=photo.png", "image/png", PAGE),
    ("file: page", "filename=letter.html", "text/html", PAGE),
    ("file: SVG", "filename=logo.svg", "image/svg+xml", SVG),
    ("file: page without a type", "filename=letter", "application/octet-stream", PAGE),
    ("file: a picture without bounds", "filename=huge.png", "image/png", PICTURE),
    ("file: shortcut", "filename=letter.url", "application/internet-shortcut", b"[InternetShortcut]\nURL={canary}/x\n"),
    ("file: type with markup", "filename=x", 'application/x; x="<script>top.ran=1</script>"', b"x"),
    ("file: macros", "filename=letter.docm", WORD, zipped(("word/document.xml", b"<x/>"), ("word/vbaProject.bin", b"x"))),
    # -- bombs
    ("file: zip bomb", "filename=data.zip", "application/zip", bomb()),
    ("file: overlapping zip bomb", "filename=data.zip", "application/zip", overlapping(bomb(4 << 20))),
    ("file: zip in zip in zip", "filename=data.zip", "application/zip", quine_like()),
    ("file: zip of twenty thousand names", "filename=data.zip", "application/zip", long_directory()),
    ("file: zip with a path", "filename=data.zip", "application/zip", zipped(("../../../x.sh", b"x"), ("C:\\x.exe", b"x"))),
    ("file: encrypted zip", "filename=data.zip", "application/zip", zipped(("x.txt", b"x"), encrypted=True)),
    ("file: gzip bomb", "filename=data.gz", "application/gzip", gzip.compress(bytes(60 << 20), 1)),
    ("file: DOCX that is a bomb", "filename=letter.docx", WORD, zipped(("word/document.xml", bytes(101 << 20)))),
    ("file: DOCX of entities", "filename=letter.docx", WORD, zipped(("word/document.xml", ENTITIES), ("[Content_Types].xml", ENTITIES))),
    ("file: PDF deflate bomb", "filename=letter.pdf", "application/pdf", DEFLATE_BOMB),
    ("file: PDF deflated twice", "filename=letter.pdf", "application/pdf", TWICE_DEFLATED),
    ("file: PDF object stream bomb", "filename=letter.pdf", "application/pdf", OBJECT_STREAM),
    ("file: PDF whose pages are in themselves", "filename=letter.pdf", "application/pdf", PAGE_LOOP),
    ("file: PDF with a script", "filename=letter.pdf", "application/pdf", PDF_SCRIPT),
    ("file: winmail.dat of garbage", "filename=winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22" + b"\xff" * 5_000),
)  # fmt: skip


def mails() -> list[tuple[str, bytes]]:
    """Each trick attached to an ordinary request; and the bombs together."""
    made = [(name, with_files((parameter, kind, data))) for name, parameter, kind, data in TRICKS]
    bombs = [(parameter, kind, data) for name, parameter, kind, data in TRICKS if "PDF" in name or "DOCX" in name]
    return [*made, ("file: all documents at once", with_files(*bombs))]
