"""Forms about who is asking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privbot.casework.answers import first_to_ask
from privbot.casework.lifecycle import NEED_USER_VERIFICATION, Step
from privbot.casework.verification import Kind
from privbot.console.steps.form import About, Day, StepForm
from privbot.console.words import word
from privbot.law.verification import unverified_as
from privbot.worker import identity
from privbot.worker.acting import By


class AskIdentity(StepForm):
    """Ask for the proof that is missing."""

    code, step = "ask-identity", Step.ASK_IDENTITY
    kind = forms.ChoiceField(label=_("What to ask for"), required=False)
    doubt = forms.CharField(
        label=_("What the reasonable doubt is"), required=False, max_length=500,
        help_text=_("Here the law lets us ask only where there is reasonable doubt about who asks (Art 12(6) GDPR)."),
    )  # fmt: skip
    wallet = forms.CharField(
        label=_("Ethereum address on file"), required=False, max_length=42, help_text=_("Only for a text to be signed with a wallet.")
    )  # fmt: skip

    @classmethod
    def offered(cls, about: About) -> bool:
        askable = first_to_ask(about.case.awaited) is not None or about.case.rule.level == "on-doubt"
        return super().offered(about) and askable

    def prepare(self, about: About) -> None:
        kinds = [kind for kind in about.case.awaited if kind is not Kind.POWER_OF_ATTORNEY]
        may_sign = {Kind.MAILBOX, Kind.DETAILS} & set(about.case.awaited)
        self.fields["kind"].choices = [("", _("what comes first")), *((kind.value, word("proof", kind.value)) for kind in kinds)]
        if about.case.rule.level != "on-doubt":
            del self.fields["doubt"]
        if not may_sign:
            del self.fields["wallet"]

    def take(self, by: By) -> Any:
        told = self.cleaned_data
        return identity.ask_identity(
            self.about.office, self.about.ticket.reference, by=by, right=self.about.row.right,
            kind=Kind(told["kind"]) if told["kind"] else None, doubt=told.get("doubt", ""), wallet=told.get("wallet", "").strip(),
        )  # fmt: skip


class Compare(StepForm):
    """Hold what the mails say against the controller's customer records."""

    code, step = "compare", Step.PROVEN

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and about.settings.customers is not None

    def take(self, by: By) -> Any:
        return identity.compare(self.about.office, self.about.ticket.reference, by=by)


class DetailsAgree(StepForm):
    """Somebody compared by hand."""

    code, step = "details-agree", Step.PROVEN
    matched = forms.IntegerField(
        label=_("How many details agree"), min_value=0, max_value=20,
        help_text=_("Compare what the mails say with your records. Only the number is kept, never which."),
    )  # fmt: skip

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and about.case.needs.details > 0

    def take(self, by: By) -> Any:
        return identity.details_agree(self.about.office, self.about.ticket.reference, self.cleaned_data["matched"], by=by)


class Seen(StepForm):
    """An operator has seen a proof that only a person can judge."""

    code, step = "seen", Step.PROVEN
    kinds = forms.MultipleChoiceField(label=_("What you have seen"), widget=forms.CheckboxSelectMultiple)
    on = Day(label=_("When it came"), help_text=_("Clocks that proof moves count from this day. Left out: today."))

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and bool(cls._kinds(about))

    @staticmethod
    def _kinds(about: About) -> list[Kind]:
        possible = set(about.case.missing)
        if about.ticket.agent:
            possible |= {Kind.POWER_OF_ATTORNEY, Kind.PERMISSION}
        return [kind for kind in identity.SEEN_BY_A_PERSON if kind in possible]

    def prepare(self, about: About) -> None:
        self.fields["kinds"].choices = [(kind.value, word("proof", kind.value)) for kind in self._kinds(about)]

    def take(self, by: By) -> Any:
        kinds = [Kind(one) for one in self.cleaned_data["kinds"]]
        return identity.seen(self.about.office, self.about.ticket.reference, kinds, by=by, on=self.cleaned_data["on"])


class CodeGiven(StepForm):
    """The code reached us another way."""

    code, step = "code-given", Step.PROVEN
    returned = forms.CharField(label=_("Code"), max_length=20, help_text=_("Such as by telephone. Five attempts."))

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and Kind.MAILBOX in about.pending

    def take(self, by: By) -> Any:
        return identity.code_given(self.about.office, self.about.ticket.reference, self.cleaned_data["returned"], by=by)


class SignatureGiven(StepForm):
    """The wallet's signature reached us another way."""

    code, step = "signature-given", Step.PROVEN
    signature = forms.CharField(label=_("Signature"), max_length=200, help_text=_("0x and 130 digits."))

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and Kind.WALLET in about.pending

    def take(self, by: By) -> Any:
        return identity.signature_given(self.about.office, self.about.ticket.reference, self.cleaned_data["signature"], by=by)


class Registered(StepForm):
    """Somebody looked the agent up."""

    code, step = "registered", Step.PROVEN
    found = forms.ChoiceField(
        label=_("The agent is registered with the California Secretary of State"), choices=[("yes", _("yes")), ("no", _("no"))],
        widget=forms.RadioSelect,
    )  # fmt: skip

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and about.ticket.agent

    def take(self, by: By) -> Any:
        return identity.registered(self.about.office, self.about.ticket.reference, self.cleaned_data["found"] == "yes", by=by)


class NotProven(StepForm):
    """What was shown does not do."""

    code, step = "not-proven", Step.NOT_PROVEN
    lesser = forms.BooleanField(label=_("Treat it as a request for the categories only (11 CCR §7024)"), required=False)

    @classmethod
    def offered(cls, about: About) -> bool:
        return super().offered(about) and about.row.state_reason == NEED_USER_VERIFICATION

    def prepare(self, about: About) -> None:
        if unverified_as(about.case.regime, about.case.right) is None:
            del self.fields["lesser"]

    def take(self, by: By) -> Any:
        return identity.not_proven(
            self.about.office, self.about.ticket.reference, by=by, right=self.about.row.right, lesser=self.cleaned_data.get("lesser", False)
        )  # fmt: skip
