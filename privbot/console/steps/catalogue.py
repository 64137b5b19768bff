"""Which forms there are, by the codes in their addresses, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Iterator

from privbot.console.steps import outcome, progress, proof, ticket
from privbot.console.steps.form import About, StepForm
from privbot.console.steps.ticket import TicketForm, Whole

OF_A_REQUEST: dict[str, type[StepForm]] = {
    form.code: form
    for form in (
        outcome.Fulfil, progress.Extend, progress.Ask, progress.Answered, proof.AskIdentity, proof.Compare, proof.DetailsAgree, proof.Seen,
        proof.CodeGiven, proof.SignatureGiven, proof.Registered, proof.NotProven, progress.Fee, progress.FeePaid, outcome.Deny, outcome.Revoke,
        outcome.Expire, outcome.Reopen, progress.Assign,
    )
}  # fmt: skip
OF_A_TICKET: dict[str, type[TicketForm]] = {
    form.code: form for form in (ticket.WriteNote, ticket.Correct, ticket.Relabel, ticket.Split, ticket.Merge)
}


def steps_for(about: About) -> Iterator[StepForm]:
    """The forms that can be used on a request now."""
    return (form(about) for form in OF_A_REQUEST.values() if form.offered(about))


def forms_for(whole: Whole) -> dict[str, TicketForm]:
    """The forms that can be used on a ticket now, by their codes."""
    return {code: form(whole) for code, form in OF_A_TICKET.items() if form.offered(whole)}
