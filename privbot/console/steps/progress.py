"""Forms of what happens on the way to an answer: questions, time, money, who takes charge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privbot.casework.lifecycle import UNASSIGNED, Role, Step, extended_to
from privbot.console.steps.form import IN_THEIR_LANGUAGE, About, Day, LongText, StepForm
from privbot.console.words import due_day
from privbot.law.refusals import refusals
from privbot.law.verification import is_free
from privbot.worker import steps
from privbot.worker.acting import By


class Ask(StepForm):
    """Ask back what is meant."""

    code, step = "ask", Step.ASK
    writes = True
    question = LongText(label=_("Your question"), help_text=IN_THEIR_LANGUAGE)

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and not about.row.asking

    def take(self, by: By) -> Any:
        return steps.ask(
            self.about.office, self.about.ticket.reference, self.cleaned_data["question"], by=by, right=self.about.row.right
        )


class Answered(StepForm):
    """The answer to our question is here."""

    code, step = "answered", Step.ANSWERED
    on = Day(label=_("When it came"), help_text=_("Left out: the day of their latest mail since the question, else today."))

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and about.row.asking

    def take(self, by: By) -> Any:
        told = self.cleaned_data
        return steps.answered(self.about.office, self.about.ticket.reference, by=by, right=self.about.row.right, on=told["on"])


class Extend(StepForm):
    """Announce that the answer takes longer."""

    code, step = "extend", Step.EXTEND
    writes = True
    reason = LongText(label=_("Why the answer takes longer"), help_text=IN_THEIR_LANGUAGE)
    override = forms.CharField(
        label=_("Why it is announced although the last day is over"), required=False, max_length=500, help_text=_("For the file only.")
    )  # fmt: skip

    @classmethod
    def offered(cls, about: About) -> bool:
        late = cls._is_late(about)
        return super().offered(about) and not about.case.events.extended and about.case.clocks.extend_by is not None and (
            not late or about.role is Role.LEAD
        )  # fmt: skip

    @staticmethod
    def _is_late(about: About) -> bool:
        last = about.case.clocks.extend_by
        return last is not None and about.today > last

    def prepare(self, about: About) -> None:
        if self._is_late(about):
            self.fields["override"].required = True
        else:
            del self.fields["override"]
        told = gettext("The answer is then due on %(day)s.") % {"day": due_day(extended_to(about.case))}
        self.fields["reason"].help_text = f"{told} {IN_THEIR_LANGUAGE}"

    def take(self, by: By) -> Any:
        told = self.cleaned_data
        return steps.extend(
            self.about.office, self.about.ticket.reference, told["reason"], by=by, right=self.about.row.right,
            override=told.get("override", ""),
        )  # fmt: skip


class Fee(StepForm):
    """Announce a fee."""

    code, step = "fee", Step.FEE
    writes = True
    amount = forms.CharField(label=_("Amount with its currency"), max_length=60, help_text=_("Such as JPY 1,000."))
    reason = LongText(label=_("Why a fee is asked for"), help_text=IN_THEIR_LANGUAGE)

    @classmethod
    def offered(cls, about: About) -> bool:
        instead = any(one.fee_instead for one in refusals(about.case.regime, about.case.right).values())
        return super().offered(about) and (instead or not is_free(about.case.regime, about.case.right))

    def take(self, by: By) -> Any:
        told = self.cleaned_data
        return steps.announce_fee(
            self.about.office, self.about.ticket.reference, told["amount"], told["reason"], by=by, right=self.about.row.right
        )


class FeePaid(StepForm):
    """The fee is here."""

    code, step = "fee-paid", Step.FEE_PAID
    on = Day(label=_("When it was paid"), help_text=_("Left out: today."))

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and about.row.fee_paid_on is None and Step.FEE in about.taken

    def take(self, by: By) -> Any:
        told = self.cleaned_data
        return steps.fee_paid(self.about.office, self.about.ticket.reference, by=by, right=self.about.row.right, on=told["on"])


class Assign(StepForm):
    """Somebody takes charge."""

    code, step = "assign", Step.ASSIGN
    owner = forms.ChoiceField(
        label=_("Who takes charge"), required=False, help_text=_("Left out: nobody; it goes back to the leads.")
    )

    def prepare(self, about: About) -> None:
        """Only people of the team: what is typed here stands in the audit trail for good."""
        self.fields["owner"].choices = [("", gettext("Nobody")), *((name, name) for name in about.people)]
        self.fields["owner"].initial = about.row.owner if about.row.owner in about.people else ""

    def take(self, by: By) -> Any:
        owner = self.cleaned_data["owner"] or UNASSIGNED
        return steps.assign(self.about.office, self.about.ticket.reference, owner, by=by, right=self.about.row.right)
