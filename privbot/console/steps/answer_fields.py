"""What an operator writes into an answer, by its letter (`letters.catalogue`): lists as lines, tables with a bar between their columns."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from privbot.config import Recipient as ListedRecipient
from privbot.console.steps.form import IN_THEIR_LANGUAGE, LongText
from privbot.console.words import word
from privbot.letters.catalogue import KINDS
from privbot.letters.draft import MOST_BYTES
from privbot.letters.model import Attachment, Category, Information, Kept, Recipient

INFORMATION = ("purposes", "categories", "recipients", "transfers", "storage", "source", "automated")
"""Art 15(1) GDPR: what an answer tells beside the data; keys of the words' table `information`."""
MAY_SAY: Mapping[str, tuple[str, ...]] = {
    "access-answer": ("information", "attachments"),
    "portability-answer": ("attachments",),
    "know-categories-answer": ("categories",),
    "erasure-done": ("kept", "recipients"),
    "rectification-done": ("corrected", "recipients"),
    "restriction-done": ("recipients",),
    "automated-decision-reviewed": ("finding",),
    "shine-the-light-list": ("categories", "recipients"),
    "appi-disclosure": ("information", "attachments"),
    "appi-stop-use": ("measures", "kept"),
    "complaint-answered": ("finding",),
}
"""Which values each answer has a place for; all others have none."""


class ManyFilesInput(forms.ClearableFileInput):
    """The browser's own chooser, for several files."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files, together no larger than a letter carries."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=ManyFilesInput(), **more)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [super(Files, self).clean(one, initial) for one in (data or [None])]
        found = [one for one in files if one]
        if sum(one.size for one in found) > MOST_BYTES:
            raise forms.ValidationError(_("The files are too large together; send them in several letters."))
        return found


class Table(LongText):
    """One entry a line, its columns parted by a bar."""

    def __init__(self, kind: Callable[..., Any], columns: int, **more: Any) -> None:
        super().__init__(**more)
        self._kind, self._columns = kind, columns

    def clean(self, value: Any) -> tuple[Any, ...]:
        found = []
        for line in _lines(super().clean(value)):
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) > self._columns or not cells[0]:
                raise forms.ValidationError(
                    _("Each line has at most %(columns)s parts, with a bar between them.") % {"columns": self._columns}
                )
            found.append(self._kind(*cells, *([""] * (self._columns - len(cells)))))
        return tuple(found)


class Lines(LongText):
    """One thing a line."""

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(_lines(super().clean(value)))


def answer_fields(letter: str, listed: Sequence[ListedRecipient]) -> dict[str, forms.Field]:
    """The fields of one answer. `listed`: the controller's checklist of recipients, which the letter names unless somebody changes it."""
    made: dict[str, forms.Field] = {}
    needed = KINDS[letter].needs
    for name in MAY_SAY.get(letter, ()):
        if name == "information":
            made |= {
                f"information-{kind}": LongText(label=word("information", kind), required=False, rows=2) for kind in INFORMATION
            }
        else:
            made[name] = MAKERS[name](name in needed)
    if "recipients" in made:
        made["recipients"].initial = "\n".join(one.name for one in listed)
    return made


def values_told(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was written, by field of the LetterContext."""
    values = {
        name: told[name] for name in ("categories", "kept", "recipients", "corrected", "measures", "finding") if told.get(name)
    }
    if "recipients" in told:
        values["recipients"] = told["recipients"]
    information = tuple(Information(kind, told[f"information-{kind}"]) for kind in INFORMATION if told.get(f"information-{kind}"))
    return values | ({"information": information} if information else {})


def attachments_told(told: Mapping[str, Any]) -> list[Attachment]:
    """The files, as a letter carries them. Raises AttachmentRefused."""
    return [Attachment(one.name, _type_of(one.name), one.read()) for one in told.get("attachments", ())]


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _lines(text: str) -> Iterable[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


TOLD_TO_OTHERS = _("One a line: name | address. Drafts to them follow. Left empty, the letter says that nobody had to be told.")
MAKERS: Mapping[str, Callable[[bool], forms.Field]] = {
    "attachments": lambda needed: Files(label=_("Files"), required=needed, help_text=_("A copy of the data; up to 15 MB together.")),
    "categories": lambda needed: Table(
        Category, 4, label=_("Categories of data"), required=needed, help_text=_("One a line: category | sources | purposes | disclosed to")
    ),
    "kept": lambda needed: Table(
        Kept, 2, label=_("What is kept, and why"), required=needed, help_text=_("One a line: what | why. Left empty: nothing is kept.")
    ),
    "recipients": lambda needed: Table(
        Recipient, 2, label=_("Who else is told"), required=needed, help_text=TOLD_TO_OTHERS
    ),
    "corrected": lambda needed: Lines(label=_("What was corrected"), required=needed, help_text=_("One a line.")),
    "measures": lambda needed: Lines(label=_("What was done"), required=needed, help_text=_("One a line.")),
    "finding": lambda needed: LongText(label=_("What was found"), required=needed, help_text=IN_THEIR_LANGUAGE),
}  # fmt: skip
