"""What all steps of a request's life share: who takes them, on which request, with which letter – and what stays when one is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from privbot.casework.answers import LetterFor
from privbot.casework.errors import UnverifiedAddress
from privbot.casework.lifecycle import MAY, Case, Dropped, Role, State, Step, Taken
from privbot.casework.model import AddRequest, Controller
from privbot.errors import WrongUse
from privbot.letters.model import Attachment
from privbot.mail.parse import message_id_of
from privbot.records import cases, life, proofs, versions
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import Letter, Request, Ticket
from privbot.worker.acting import Act, By, acting
from privbot.worker.controllers import for_casework
from privbot.worker.kept import task_of
from privbot.worker.office import NO_GRACE, Office
from privbot.worker.writing import put_letter, write_letter

NOT_LEFT = (Letter.State.DRAFT, Letter.State.QUEUED, Letter.State.CLAIMED, Letter.State.UNKNOWN, Letter.State.DEAD)
"""States of a letter that can be kept from leaving, or from leaving again."""
NOT_VERIFIED = "not-verified"
"""The review that asks what becomes of requests whose proof has not come in time."""


class WhichRight(WrongUse):
    """The ticket has several requests; say which one is meant."""

    code = "which-right"
    command = "privbot request … --right RIGHT"


class NoSuchRequest(WrongUse):
    """That ticket has no request for this right."""

    code = "no-such-request"


class DayNotCome(WrongUse):
    """That day has not come yet; say the day on which it arrived, or leave it out."""

    code = "day-not-come"


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was taken."""

    reference: str
    requests: tuple[Request, ...]
    letter: Letter | None = None


@dataclass(slots=True)
class Stepping:
    """One ticket while steps are taken on it, inside one transaction."""

    office: Office
    ticket: Ticket
    controller: Controller
    by: By
    events: list[Event]
    act: Act

    def rows(self) -> list[Request]:
        """All its requests, locked until the transaction ends."""
        rows = self.ticket.requests.select_related("ticket").order_by("id")
        return list(rows.select_for_update(of=("self",)))

    def case(self, row: Request) -> Case:
        """A request as its life sees it."""
        return life.case_of(row, self.controller, proofs.shown_for(row))

    def of_the_same_person(self, row: Request) -> list[Case]:
        """The other active requests of the same person to the same controller."""
        others = Request.objects.filter(controller=row.controller, person_index=row.person_index, state__in=Request.ACTIVE)
        others = others.exclude(person_index="").exclude(id=row.id).select_related("ticket")
        return [life.case_of(other, self.controller, proofs.shown_for(other)) for other in others]

    def choose(self, step: Step, right: str | None) -> Request:
        """The request that is meant: by its right, or because it is the only one that the step is for. One that never was a request of its own is
        meant only where there is no other.

        Raises NoSuchRequest, WhichRight.
        """
        rows = self.rows()
        named = [row for row in rows if right in (None, row.right)]
        if not named:
            raise NoSuchRequest(f"The ticket has no request for {right!r}; it has {', '.join(row.right for row in rows)}.")
        named = [row for row in named if row.state_reason not in list(Dropped)] or named
        meant = [row for row in named if MAY[step][State(row.state)]] or named
        if right is None and len({row.right for row in meant}) > 1:
            raise WhichRight(f"Say which request is meant: {', '.join(row.right for row in meant)}.")
        return next((row for row in reversed(meant) if row.state in Request.ACTIVE), meant[-1])

    def write(
        self, row: Request, taken: Taken, step: Step, *, letter: Letter | None = None, words: Mapping[str, str] | None = None,
        data: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        """Write a step down; what was still asked for ends with the ticket's last request, and the question what becomes of it as well."""
        at = self.office.clock()
        self.events += life.write_step(
            row, taken, step, actor=self.by.name, at=at, seals=self.office.seals, words=words, letter=letter, data=data
        )
        self.wait_no_longer(row)

    def wait_no_longer(self, last: Request) -> None:
        """Where this request was the last open one of the ticket, what was still asked for ends with it, and the question what becomes of it."""
        at = self.office.clock()
        if not self.ticket.requests.filter(state__in=Request.ACTIVE).exists():
            proofs.close_all(self.ticket, actor=self.by.name, now=at)
            for review in self.ticket.reviews.filter(decided_at=None, codes=[NOT_VERIFIED]):
                self.events.append(cases.close_review(review, decision=f"request: {last.state}", actor=self.by.name, now=at))

    def withdraw(self, letters: QuerySet[Letter], why: str) -> list[Letter]:
        """These letters of the ticket never leave, as far as they have not left. `why`: a code for the audit trail. Returns those
        withdrawn, as they were."""
        gone = []
        for letter in letters.filter(state__in=NOT_LEFT).distinct():
            # The state is asked for once more: a worker may have begun to send it at this very moment.
            waits = self.ticket.letters.filter(id=letter.id, state__in=NOT_LEFT)
            if waits.update(state=Letter.State.DISCARDED, held_until=None):
                self.events.append(
                    Event("letter discarded", f"ticket:{self.ticket.reference}", {"letter": letter.id, "why": why})
                )
                gone.append(letter)
        return gone

    def letter(
        self, wanted: LetterFor, cases_told: Sequence[Case], *, more: Mapping[str, Any] | None = None, attachments: Sequence[Attachment] = (),
        recipient: str | None = None, language: str | None = None, approve_first: bool = False,
    ) -> Letter:  # fmt: skip
        """Put a letter about these requests into the outbox: a draft, unless the controller answers by itself and nothing else speaks for an
        operator's approval. Personal data go only where an address has been verified. Raises UnverifiedAddress and what composing raises."""
        office, ticket = self.office, self.ticket
        requester = cases.requester_of(ticket, office.seals)
        rows = list(ticket.requests.select_related("mail").order_by("id"))
        # By its receipt and not by its right: the same right may have been asked and closed before.
        answered = next(row for row in rows if row.received_at == cases_told[0].received)
        context = {**(more or {}), **({"attachments": tuple(file.name for file in attachments)} if attachments else {})}
        composed = write_letter(
            office.config, self.controller, wanted.name, language or ticket.language, reference=ticket.reference,
            requester_name=requester.name if recipient else requester.addressee, requests=[as_told(case) for case in cases_told],
            received=answered.received_at, now=office.clock(), more=context,
        )  # fmt: skip
        if composed.personal and not all(case.evidence.address_is_theirs for case in cases_told):
            raise UnverifiedAddress
        decided = self.by.role is not Role.BOT
        letter, event = put_letter(
            office.config, ticket, answered.mail, composed, recipient=recipient or requester.address, attachments=attachments,
            by_itself=not approve_first and (decided or self._bot_may_write(requester.address)), decided=decided,
            answers=None if recipient else message_id_of(task_of(answered.mail, office.seals).raw),
            seals=office.seals, now=office.clock(), grace=office.grace if decided else NO_GRACE,
        )  # fmt: skip
        self.events.append(event)
        return letter

    def _bot_may_write(self, address: str) -> bool:
        """Whether the bot may write by itself: never on backlog, nor beyond the caps on automatic letters."""
        office, ticket = self.office, self.ticket
        recipient, domain = office.seals.index("address", address), office.seals.index("domain", address.rpartition("@")[2])
        over_limit = cases.limit_reached(ticket.controller, recipient, domain, office.config.limits, office.clock())
        return not ticket.backlog and over_limit is None


@contextmanager
def stepping(office: Office, reference: str, what: str, by: By) -> Iterator[Stepping]:
    """One transaction for one ticket, that can be undone. A refusal leaves nothing but an entry in the audit trail: who tried what, and why not.

    Raises UnknownReference, AlreadyErased, ChangedMeanwhile, and whatever refuses the step.
    """
    ticket: Ticket | None = None
    try:
        with writing():
            ticket = cases.alone_with(reference)
            versions.expect(ticket, by.seen)
            with acting(office, what, f"ticket:{ticket.reference}", by=by, ticket=ticket) as act:
                now = Stepping(office, ticket, for_casework(office.config.named_controller(ticket.controller)), by, [], act)
                yield now
            record(now.events, actor=by.name, now=office.clock())
    except WrongUse as refused:
        note_refusal(office, ticket, what, refused, by)
        raise


def note_refusal(office: Office, ticket: Ticket | None, what: str, refused: WrongUse, by: By) -> None:
    """The audit trail tells that somebody tried. What was typed as a reference is not repeated: it may be anything."""
    told = Event("step refused", f"ticket:{ticket.reference if ticket else 'unknown'}", {"step": what, "why": refused.code})
    with writing():
        record([told], actor=by.name, now=office.clock())


def as_told(case: Case) -> AddRequest:
    """A request as letters speak of it, with its dates as everything that happened has moved them."""
    return AddRequest(case.regime, case.right, case.category, case.clocks, case.rule, case.doubt)
