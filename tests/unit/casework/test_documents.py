"""Identity documents that nobody asked for."""

from __future__ import annotations

import pytest
from builders import a_mail

from privbot.casework.documents import identity_documents
from privbot.mail.model import Attachment


@pytest.mark.parametrize(
    ("name", "type_", "document"),
    [
        ("passport.jpg", "image/jpeg", True),
        ("Mel_ID-card_front.png", "image/png", True),
        ("drivers license.pdf", "application/pdf", True),
        ("Personalausweis_Kopie.pdf", "application/pdf", True),
        ("Führerschein.jpg", "image/jpeg", True),
        ("carte nationale d'identité.pdf", "application/pdf", True),
        ("免許証.jpg", "image/jpeg", True),
        ("dowód osobisty.jpg", "image/jpeg", True),
        ("passport.txt", "text/plain", False),  # a letter about one
        ("password-list.pdf", "application/pdf", False),
        ("IMG_2041.jpg", "image/jpeg", False),  # nobody knows
        ("holiday compass.png", "image/png", False),
        ("", "image/png", False),
    ],
)
def test_a_copy_of_an_identity_document_is_known_by_its_name(name, type_, document):
    mail = a_mail(attachments=(Attachment(name, type_, type_, 1000, 1),))
    assert bool(identity_documents(mail)) is document
