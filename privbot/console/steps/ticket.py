"""Forms about a ticket whole: notes, what was misread, two people, two tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from privbot.casework.lifecycle import Role
from privbot.console.words import word
from privbot.law.regimes import regime
from privbot.records.cases import Requester
from privbot.records.models import Request, Ticket
from privbot.worker.acting import By
from privbot.worker.merge import merge
from privbot.worker.notes import LONGEST, add_note
from privbot.worker.office import Office
from privbot.worker.relabel import correct_rights
from privbot.worker.requester import FIELDS, SEVERAL, correct_requester, said
from privbot.worker.split import split


@dataclass(frozen=True, slots=True)
class Whole:
    """A ticket before somebody who may work on it."""

    office: Office
    ticket: Ticket
    requester: Requester
    active: Sequence[Request]
    """Its open requests."""
    role: Role


class TicketForm(forms.Form):
    """Something that is done to a ticket."""

    code: ClassVar[str]
    danger: ClassVar[bool] = False

    def __init__(self, whole: Whole, *told: Any, **more: Any) -> None:
        super().__init__(*told, auto_id=f"{self.code}-%s", label_suffix="", **more)
        self.whole = whole
        self.prepare(whole)

    @classmethod
    def offered(cls, whole: Whole) -> bool:
        """Whether it can be done now."""
        return True

    def prepare(self, whole: Whole) -> None:
        """Fit the fields to the ticket."""

    def take(self, by: By) -> Any:
        """Do it. Raises WrongUse."""
        raise NotImplementedError


class WriteNote(TicketForm):
    """A note for colleagues."""

    code = "note"
    words = forms.CharField(
        label=_("Note for colleagues"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST,
        help_text=_("The requester never sees it."),
    )  # fmt: skip

    def take(self, by: By) -> Any:
        return add_note(self.whole.office, self.whole.ticket.reference, self.cleaned_data["words"], by=by)


class Correct(TicketForm):
    """Put right what was read of the requester."""

    code = "correct"

    def prepare(self, whole: Whole) -> None:
        told = asdict(whole.requester)
        for field in FIELDS:
            if field == "address" and whole.role is not Role.LEAD:
                continue
            widget = forms.Textarea(attrs={"rows": 2}) if field in SEVERAL else forms.TextInput()
            hint = _("One a line.") if field in SEVERAL else _("Whoever has it must prove it anew.") if field == "address" else ""
            self.fields[field] = forms.CharField(
                label=word("detail", field), widget=widget, required=field == "address", initial=said(told, field), max_length=2000, help_text=hint
            )  # fmt: skip

    def take(self, by: By) -> Any:
        return correct_requester(self.whole.office, self.whole.ticket.reference, self.cleaned_data, by=by)


class Relabel(TicketForm):
    """Say what is really asked for."""

    code = "relabel"
    regime = forms.ChoiceField(label=_("Law"))
    rights = forms.MultipleChoiceField(label=_("What the mail asks for"), widget=forms.CheckboxSelectMultiple)

    @classmethod
    def offered(cls, whole: Whole) -> bool:
        return bool(whole.active)

    def prepare(self, whole: Whole) -> None:
        laws = whole.office.config.named_controller(whole.ticket.controller).regimes
        granted = dict.fromkeys(right for law in laws for right in regime(law).rights)
        self.fields["regime"].choices = [(law, word("regime", law)) for law in laws]
        self.fields["rights"].choices = [(right, word("right", right)) for right in granted]
        self.fields["regime"].initial = whole.active[0].regime
        self.fields["rights"].initial = [row.right for row in whole.active]

    def take(self, by: By) -> Any:
        told = self.cleaned_data
        return correct_rights(self.whole.office, self.whole.ticket.reference, told["rights"], by=by, regime=told["regime"])


class Split(TicketForm):
    """Some of it was asked for by another person."""

    code = "split"
    rights = forms.MultipleChoiceField(label=_("What the other person asks for"), widget=forms.CheckboxSelectMultiple)
    name = forms.CharField(label=_("Their name, if it is known"), required=False, max_length=200)

    @classmethod
    def offered(cls, whole: Whole) -> bool:
        return len(whole.active) > 1

    def prepare(self, whole: Whole) -> None:
        self.fields["rights"].choices = [(row.right, word("right", row.right)) for row in whole.active]

    def take(self, by: By) -> Any:
        told = self.cleaned_data
        return split(self.whole.office, self.whole.ticket.reference, told["rights"], by=by, name=told["name"])


class Merge(TicketForm):
    """Another ticket of the same requester becomes part of this one."""

    code = "merge"
    other = forms.CharField(
        label=_("Reference of the other ticket"), max_length=24,
        help_text=_("All of it comes here, and its reference keeps working. Of two equal requests the one received first stands."),
    )  # fmt: skip

    def take(self, by: By) -> Any:
        return merge(self.whole.office, self.cleaned_data["other"], self.whole.ticket.reference, by=by)
