"""A letter and the files that belong to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from privbot.letters.compose import compose
from privbot.letters.draft import MOST_BYTES, Draft
from privbot.letters.errors import AttachmentRefused
from privbot.letters.model import Attachment
from privbot.letters.sample import sample_context

ANSWER = compose("portability-answer", "en", replace(sample_context("en", "portability-answer"), attachments=("your-data.json",)))
FILE = Attachment("your-data.json", "application/json", b"{}")
ADDRESSES = {
    "sender": "privacy@lumen-atelier.example", "sender_name": "Lumen Atelier", "recipient": "mina@okafor.example", "answers": None,
}  # fmt: skip


def test_a_letter_takes_its_files_along_and_stays_personal():
    draft = Draft.of(ANSWER, **ADDRESSES, attachments=[FILE])
    assert draft.attachments == (FILE,)
    assert draft.personal
    assert (draft.name, draft.subject, draft.text) == (ANSWER.name, ANSWER.subject, ANSWER.text)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([], "names your-data.json, and no file came"),
        ([replace(FILE, name="other.json")], "names your-data.json, and other.json came"),
        ([FILE, FILE], "and your-data.json, your-data.json came"),
        ([replace(FILE, content=bytes(MOST_BYTES + 1))], "larger than 15 MB together"),
    ],
)
def test_a_letter_leaves_only_with_the_files_it_names(files, why):
    with pytest.raises(AttachmentRefused, match=why):
        Draft.of(ANSWER, **ADDRESSES, attachments=files)


@pytest.mark.parametrize("name", ["", " ", "../secrets", "a\\b", 'a"b', "a\nBcc: x", "invoice\u202etxt.exe"])
def test_a_file_name_that_could_mislead_is_refused(name):
    with pytest.raises(AttachmentRefused, match="name must be printable"):
        Attachment(name, "text/csv", b"")


@pytest.mark.parametrize("kind", ["json", "text/", "text/csv; x=y", "text/csv\nBcc: x", "a/b/c"])
def test_a_media_type_must_be_one(kind):
    with pytest.raises(AttachmentRefused, match="is not a media type"):
        Attachment("a.csv", kind, b"")
