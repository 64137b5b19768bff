"""Attached parts, and the text of attached letters."""

import base64
import io
import struct
import time
import zipfile
from email.message import EmailMessage

import docx
import pypdf
import pytest

from privbot.mail import letter_text
from privbot.mail.attachments import content, safe_name
from privbot.mail.contract import as_json
from privbot.mail.model import Address, Defect, Mail
from privbot.mail.parse import ParseSettings, parse
from privbot.mail.true_type import true_type

PROGRAM = b"MZ" + b"\0" * 60


def message(*files: tuple[str, str, bytes], text: str = "See the letter.") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Mel <mel@ortega.example>", "Lumen <customer-lumen@harbour.example>", "my data"
    mail["Date"], mail["Message-ID"] = "Fri, 20 Nov 2026 10:00:00 +0100", "<1@ortega.example>"
    mail.set_content(text)
    for name, kind, data in files:
        major, minor = kind.split("/")
        mail.add_attachment(data, maintype=major, subtype=minor, filename=name)
    return mail.as_bytes()


def read(*files: tuple[str, str, bytes]) -> Mail:
    return parse(message(*files), settings=ParseSettings())


def pdf(words: str, password: str | None = None, owner: str | None = None) -> bytes:
    """A one-page PDF written by hand: pypdf reads text but writes none."""
    page = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    if password is None:
        return out
    writer, target = pypdf.PdfWriter(clone_from=io.BytesIO(out)), io.BytesIO()
    writer.encrypt(password, owner, algorithm="AES-256")
    writer.write(target)
    return target.getvalue()


def word(*paragraphs: str) -> bytes:
    document, target = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Customer", "4711"
    document.save(target)
    return target.getvalue()


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return target.getvalue()


def tnef(body: str, name: str, data: bytes) -> bytes:
    """A TNEF stream (MS-OXTNEF): signature, key, and attributes with level, id, length, data and checksum."""

    def attribute(level: int, tag: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, tag, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
        + attribute(1, 0x0002800C, body.encode("cp1252") + b"\0")
        + attribute(2, 0x00069002, b"\0" * 14)
        + attribute(2, 0x00018010, name.encode() + b"\0")
        + attribute(2, 0x0006800F, data)
    )


def test_the_text_of_letters_is_read() -> None:
    mail = read(
        ("letter.pdf", "application/pdf", pdf("Please erase my data")),
        ("letter.docx", "application/octet-stream", word("Please correct my name")),
        ("letter.txt", "text/plain", b"Please send me a copy"),
    )
    assert [attachment.text for attachment in mail.attachments] == [
        "Please erase my data",
        "Please correct my name\nCustomer\t4711",
        "Please send me a copy",
    ]
    assert mail.text == "See the letter."
    assert mail.letter_text.count("Please") == 3
    assert not mail.defects


def test_calendars_and_cards_are_no_letters() -> None:
    assert [
        attachment.text
        for attachment in read(
            ("a.vcf", "text/vcard", b"BEGIN:VCARD"), ("a.ics", "text/calendar", b"BEGIN:VCALENDAR")
        ).attachments
    ] == ["", ""]


def test_encrypted_documents_are_told_but_an_empty_password_is_no_secret() -> None:
    assert Defect.ENCRYPTED in read(("a.pdf", "application/pdf", pdf("secret", "sesame"))).defects
    printable = read(("a.pdf", "application/pdf", pdf("Please erase", "", "owner")))
    assert printable.attachments[0].text == "Please erase"
    assert not printable.defects


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application/pdf", b"%PDF-1.7 broken"),
        ("application/pdf", pdf("")),  # a scan has no text
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", zipped(word__document_xml=b"<broken")),
        ("application/ms-tnef", b"\x78\x9f\x3e\x22" + b"x" * 50),
    ],
)
def test_letters_that_cannot_be_read_are_told(kind: str, data: bytes) -> None:
    mail = read(("letter", kind, data))
    assert Defect.UNREADABLE_ATTACHMENT in mail.defects
    assert mail.attachments[0].size == len(data)


def test_a_zip_bomb_is_not_unfolded() -> None:
    bomb = zipped(word__document_xml=b"0" * 150_000_000)
    started = time.monotonic()
    assert letter_text.take_text(bomb, "docx") == letter_text.Letter()
    assert time.monotonic() - started < letter_text.SECONDS


def test_a_document_that_would_unfold_to_too_much_is_not_read_at_all() -> None:
    target = io.BytesIO(word("Please erase my data"))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros.bin", b"0" * 110_000_000)
    assert letter_text.take_text(target.getvalue(), "docx") == letter_text.Letter()


def test_a_document_that_takes_too_long_or_is_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_text, "SECONDS", 0.001)
    assert letter_text.take_text(pdf("Hello"), "pdf") == letter_text.Letter()
    monkeypatch.setattr(letter_text, "SECONDS", 10)
    monkeypatch.setattr(letter_text, "MAX_BYTES", 10)
    assert letter_text.take_text(pdf("Hello"), "pdf") == letter_text.Letter()


def test_tnef_gives_its_body_and_its_files() -> None:
    raw = message(("winmail.dat", "application/ms-tnef", tnef("Please delete my data", "letter.pdf", pdf("Art. 17"))), text="")
    mail = parse(raw, settings=ParseSettings())
    assert mail.text == "Please delete my data"
    [letter] = mail.attachments
    assert (letter.name, letter.type, letter.text) == ("letter.pdf", "application/pdf", "Art. 17")
    assert content(raw, letter.part) == pdf("Art. 17")


def test_the_bytes_of_an_attachment_are_found_again() -> None:
    raw = message(("a.bin", "application/octet-stream", b"\0\1\2"), ("b.txt", "text/plain", b"two\n"))
    first, second = parse(raw, settings=ParseSettings()).attachments
    assert content(raw, first.part) == b"\0\1\2"
    assert content(raw, second.part).strip() == b"two"
    with pytest.raises(LookupError):
        content(raw, 99)


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("letter.pdf.exe", "application/octet-stream", PROGRAM),
        ("letter.pdf", "application/pdf", PROGRAM),  # a program by its first bytes
        ("letter.js", "text/plain", b"alert(1)"),
        ("letter.docm", "application/octet-stream", b"x"),
        ("letter\u202efdp.exe", "application/octet-stream", b"x"),
        ("letter.zip", "application/zip", zipped(letter_exe=PROGRAM)),
    ],
)
def test_dangerous_attachments_are_told(name: str, kind: str, data: bytes) -> None:
    assert Defect.DANGEROUS_ATTACHMENT in read((name, kind, data)).defects


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\mel\\letter.pdf", "letter.pdf"),
        ("..", ""),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("exe.\u202efdp", "exe.fdp"),
        ('a"<b>|.pdf', "a__b__.pdf"),
        ("履歴書.pdf", "履歴書.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    ("data", "declared", "name", "kind"),
    [
        (b"%PDF-1.7", "image/png", "", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "application/octet-stream", "", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpg", "", "image/jpeg"),
        (b"hello", "application/octet-stream", "a.txt", "text/plain"),
        (b"hello", "application/x-own", "a.txt", "application/x-own"),
        (zipped(a_txt=b""), "application/octet-stream", "", "application/zip"),
        (
            zipped(word__document_xml=b""),
            "application/zip",
            "",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"PK\x03\x04broken", "application/zip", "", "application/zip"),
        (b"BM is how this text begins", "text/plain", "", "text/plain"),
    ],
)
def test_types_are_told_by_the_first_bytes(data: bytes, declared: str, name: str, kind: str) -> None:
    assert true_type(data, declared, name) == kind


@pytest.mark.parametrize(
    "disposition",
    [
        "attachment; filename*=utf-8''%E5%B1%A5%E6%AD%B4%E6%9B%B8.pdf",
        "attachment; filename*0*=utf-8''%E5%B1%A5%E6%AD; filename*1*=%B4%E6%9B%B8.pdf",  # RFC 2231, split mid-character
        'attachment; filename="=?utf-8?b?5bGl5q205pu4LnBkZg==?="',
        "attachment; filename*=iso-2022-jp''%1B$BMzNr=q%1B(B.pdf",
        'attachment; filename="履歴書.pdf"',
    ],
)
def test_file_names_are_decoded_however_they_are_written(disposition: str) -> None:
    raw = f"From: a@b.example\nContent-Type: application/x-own\nContent-Disposition: {disposition}\n\nx".encode()
    assert parse(raw, settings=ParseSettings()).attachments[0].name == "履歴書.pdf"


@pytest.mark.parametrize(
    ("lines", "encrypted"),
    [
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", True),
        ("Content-Type: application/x-pkcs7-mime\n\nx", True),
        ("Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx", False),
        (
            "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--",
            True,
        ),
        ('Content-Type: application/octet-stream; name="a.asc"\n\n-----BEGIN PGP MESSAGE-----\n', True),
    ],
)
def test_encrypted_mails_are_told(lines: str, encrypted: bool) -> None:
    assert (Defect.ENCRYPTED in parse(f"From: a@b.example\n{lines}".encode(), settings=ParseSettings()).defects) is encrypted


def test_an_attached_mail_is_forwarded() -> None:
    inner = message(("a.pdf", "application/pdf", b"%PDF-"), text="Please delete my data")
    raw = (
        b"From: staff@x.example\nContent-Type: multipart/mixed; boundary=zz\n\n--zz\n\nfor you\n--zz\nContent-Type: message/rfc822\n\n"
        + inner
        + b"\n--zz--\n"
    )
    mail = parse(raw, settings=ParseSettings())
    [forward] = mail.forwarded
    assert (forward.sender, forward.subject) == (Address("Mel", "mel@ortega.example"), "my data")
    assert forward.text == "Please delete my data"
    assert (mail.text, [attachment.type for attachment in mail.attachments]) == ("for you", ["message/rfc822"])


def test_base64_with_dirt_and_without_padding_is_read() -> None:
    letters = base64.b64encode(b"Please delete my data").decode().rstrip("=")
    raw = f"From: a@b.example\nContent-Transfer-Encoding: BASE64 \n\n{letters[:7]}\n !{letters[7:]}\n".encode()
    assert parse(raw, settings=ParseSettings()).text == "Please delete my data"
    one_letter_too_many = b"From: a@b.example\nContent-Transfer-Encoding: base64\n\nUGxlYXNlx"
    assert parse(one_letter_too_many, settings=ParseSettings()).text == "Please"


def test_the_mails_of_a_digest_need_no_type() -> None:
    raw = b"From: a@b.example\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: mel@ortega.example\nSubject: x\n\nHello\n--b--\n"
    [forward] = parse(raw, settings=ParseSettings()).forwarded
    assert (forward.sender, forward.text) == (Address("", "mel@ortega.example"), "Hello")


def test_the_line_of_privbot_parse() -> None:
    mail = read(("letter.txt", "text/plain", b"Hello"))
    assert as_json(mail, "a.eml") == {
        "file": "a.eml",
        "from": {"name": "Mel", "address": "mel@ortega.example"},
        "to": [{"name": "Lumen", "address": "customer-lumen@harbour.example"}],
        "subject": "my data",
        "date": "2026-11-20T10:00:00+01:00",
        "message_id": "<1@ortega.example>",
        "text": "See the letter.",
        "attachments": [{"name": "letter.txt", "type": "text/plain", "size": 5}],
        "origin": {"kind": "human", "answerable": True, "reasons": []},
        "defects": [],
    }
