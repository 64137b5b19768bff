"""The form for the words of a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privbot.letters import outbox
from privbot.letters.rewording import LONGEST_SUBJECT, LONGEST_TEXT
from privbot.records.models import Letter
from privbot.worker.acting import By
from privbot.worker.editing import edit_and_approve, edit_letter
from privbot.worker.office import Office


class EditDraft(forms.Form):
    """Subject and text. What must come back exactly – reference, code, a text to be signed – stays."""

    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    text = forms.CharField(
        label=_("Text"), widget=forms.Textarea(attrs={"rows": 18, "data-page-key": "e"}), max_length=LONGEST_TEXT, strip=False,
        help_text=_("The formatted letter is made again from this text. Reference, code and a text to be signed must stay as they are."),
    )  # fmt: skip

    def __init__(self, office: Office, letter: Letter, *told: Any) -> None:
        self.office, self.letter = office, letter
        self.words = outbox.words(letter, office.seals)
        initial = {"subject": self.words["subject"], "text": self.words["text"]}
        super().__init__(*told, initial=initial, auto_id=f"draft-{letter.id}-%s", label_suffix="")
        self.fields["text"].widget.attrs["lang"] = letter.language

    def take(self, by: By, *, approve: bool) -> Letter:
        """Write the words down, and send the letter if it is approved as well. Raises TextRefused, UnknownLetter, AlreadyErased,
        ChangedMeanwhile."""
        told = self.cleaned_data
        change = edit_and_approve if approve else edit_letter
        return change(self.office, self.letter.id, told["subject"], told["text"], actor=by.name, seen=by.seen)
