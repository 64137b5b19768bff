"""Forms of what ends a request, and of what opens it again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privbot.casework.answers import answer_for
from privbot.casework.lifecycle import DECIDES, NEED_USER_VERIFICATION, Denial, Step
from privbot.console.steps.answer_fields import answer_fields, attachments_told, values_told
from privbot.console.steps.form import IN_THEIR_LANGUAGE, About, LongText, StepForm
from privbot.console.words import word
from privbot.law.refusals import refusals
from privbot.worker import steps
from privbot.worker.acting import By


class Fulfil(StepForm):
    """Grant the request, and answer it."""

    code, step = "fulfil", Step.FULFIL
    writes = True
    part = forms.BooleanField(label=_("Only in part"), required=False)
    alternative = forms.BooleanField(label=_("By the other lawful answer: the cost-free opt-out"), required=False)
    uncompared = forms.CharField(
        label=_("Why personal data go out without a comparison with the customer records"), required=False, max_length=500,
        help_text=_("For the file only. Needed where nobody has compared."),
    )  # fmt: skip

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and not about.case.missing

    def prepare(self, about: About) -> None:
        letter = answer_for(about.case.regime, about.case.right)
        if about.case.right != "shine-the-light":
            del self.fields["alternative"]
        if about.settings.customers is None or not letter.personal:
            del self.fields["uncompared"]
        self.fields.update(answer_fields(letter.name, about.settings.recipients))

    def take(self, by: By) -> Any:
        told = self.cleaned_data
        return steps.fulfil(
            self.about.office, self.about.ticket.reference, by=by, right=self.about.row.right, part=told["part"],
            alternative=told.get("alternative", False), uncompared=told.get("uncompared", ""), values=values_told(told),
            attachments=attachments_told(told),
        )  # fmt: skip


class Deny(StepForm):
    """Refuse the request for one of the reasons its law knows."""

    code, step, danger = "deny", Step.DENY, True
    writes = True
    because = forms.ChoiceField(label=_("Reason in law"), widget=forms.RadioSelect)
    reason = LongText(label=_("In detail"), required=False, help_text=IN_THEIR_LANGUAGE)

    def prepare(self, about: About) -> None:
        known = refusals(about.case.regime, about.case.right)
        self.fields["because"].choices = [
            (code, f"{word('refusal', code)} [{rule.source}]")
            for code, rule in known.items()
            if about.role in DECIDES[Denial(rule.outcome)]
        ]

    def take(self, by: By) -> Any:
        told = self.cleaned_data
        return steps.deny(
            self.about.office,
            self.about.ticket.reference,
            told["because"],
            by=by,
            right=self.about.row.right,
            reason=told["reason"],
        )


class Revoke(StepForm):
    """The requester takes the request back."""

    code, step, danger = "revoke", Step.REVOKE, True

    def take(self, by: By) -> Any:
        return steps.revoke(self.about.office, self.about.ticket.reference, by=by, right=self.about.row.right)


class Expire(StepForm):
    """No proof came in time."""

    code, step, danger = "expire", Step.EXPIRE, True

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and about.row.state_reason == NEED_USER_VERIFICATION

    def take(self, by: By) -> Any:
        return steps.expire(self.about.office, self.about.ticket.reference, by=by, right=self.about.row.right)


class Reopen(StepForm):
    """Take up a closed request again."""

    code, step = "reopen", Step.REOPEN

    def take(self, by: By) -> Any:
        return steps.reopen(self.about.office, self.about.ticket.reference, by=by, right=self.about.row.right)
