"""What the forms of all steps share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from privbot.casework.lifecycle import MAY, Case, Role, State, Step
from privbot.config import Controller
from privbot.records.models import Request, Ticket
from privbot.worker.acting import By
from privbot.worker.office import Office


@dataclass(frozen=True, slots=True)
class About:
    """One request before somebody who may work on it."""

    office: Office
    ticket: Ticket
    row: Request
    case: Case
    today: date
    """In the place of its regime."""
    pending: frozenset[str]
    """Kinds of proof that were asked for and are not here."""
    taken: frozenset[str]
    """Steps that were taken already."""
    role: Role
    people: tuple[str, ...]
    """Names of those who can take charge of it."""

    @property
    def settings(self) -> Controller:
        """Of its controller."""
        return self.office.config.named_controller(self.ticket.controller)


class StepForm(forms.Form):
    """A step on one request. Labels and sentences are for people; codes go no further than the plain functions."""

    code: ClassVar[str]
    """In the address, and in `words`: table `action`."""
    step: ClassVar[Step]
    """By it `lifecycle.MAY` says who may take it when."""
    danger: ClassVar[bool] = False
    """It ends something."""
    writes: ClassVar[bool] = False
    """It writes a letter that can be looked at before; not so one with a code, which is made anew each time."""

    def __init__(self, about: About, *told: Any, **more: Any) -> None:
        super().__init__(*told, auto_id=f"{self.code}-{about.row.id}-%s", label_suffix="", **more)
        self.about = about
        self.prepare(about)

    @classmethod
    def offered(cls, about: About) -> bool:
        """Whether it can be taken now."""
        return about.role in MAY[cls.step][State(about.row.state)]

    def prepare(self, about: About) -> None:
        """Fit the fields to the request."""

    def take(self, by: By) -> Any:
        """Take the step, with what was typed. Raises WrongUse."""
        raise NotImplementedError


class LongText(forms.CharField):
    """Whole sentences, for the requester or for the file."""

    def __init__(self, *, rows: int = 4, **more: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), max_length=2000, **more)


class Day(forms.DateField):
    """A day, by the browser's own calendar."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"], required=False, **more
        )


IN_THEIR_LANGUAGE = _("The requester reads this; write it in their language.")
"""Under each text that goes into a letter."""
