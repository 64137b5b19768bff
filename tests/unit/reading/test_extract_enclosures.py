"""What attachments are for. All invented."""

import pytest

from privbot.mail.model import Attachment
from privbot.reading.enclosures import find


def _attachment(name: str, type: str = "application/pdf", text: str = "") -> Attachment:
    return Attachment(name=name, type=type, declared_type=type, size=1, part=1, text=text)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("passport.jpg", "identity-document"),
        ("Personalausweis_Vorderseite.pdf", "identity-document"),
        ("運転免許証.jpg", "identity-document"),
        ("Vollmacht-Quist.pdf", "permission"),
        ("letter_of_authority+passport.pdf", "permission"),  # the graver of two
        ("screenshot 2024-05-01.png", "evidence"),
        ("DSAR.pdf", "letter"),
        ("IMG_2041.jpg", ""),  # says nothing
    ],
)
def test_the_name_of_a_file_says_what_it_is(name: str, role: str) -> None:
    type = "image/jpeg" if name.endswith("g") else "application/pdf"
    assert [one.role for one in find([_attachment(name, type)], "")] == [role]


def test_the_text_of_a_document_says_it_where_the_name_does_not() -> None:
    attachment = _attachment("scan0001.pdf", text="POWER OF ATTORNEY\nI, Vera Quist, allow …")
    assert [one.role for one in find([attachment], "")] == ["permission"]


def test_a_lone_picture_is_what_the_mail_calls_it() -> None:
    picture = _attachment("IMG_2041.jpg", "image/jpeg")
    assert [one.role for one in find([picture], "i attach my passport")] == ["identity-document"]
    assert [one.role for one in find([picture, picture], "i attach my passport")] == ["", ""]  # which of the two?


def test_a_long_document_without_such_words_is_a_letter() -> None:
    assert [one.role for one in find([_attachment("1.pdf", text="Dear people of Mossgate, " * 12)], "")] == ["letter"]


def test_the_logo_of_a_signature_is_nothing() -> None:
    assert [one.role for one in find([_attachment("image001.png", "image/png")], "my passport")] == [""]
