"""The way of a mail, from kept to answered. Only this module knows all rooms.

keep (intake) → parse → read → triage → record, in one transaction → deliver (outbox)
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError

from privbot.casework.comparison import same_spelling
from privbot.casework.documents import identity_documents
from privbot.casework.errors import AlreadyActive
from privbot.casework.lifecycle import ANSWERED_FIRST, WAITS, Role
from privbot.casework.model import (
    Action,
    AddRequest,
    AttachToTicket,
    ConfirmMailbox,
    ConfirmWallet,
    Controller,
    CountFailedProof,
    Escalate,
    History,
    HoldForReview,
    Ignore,
    OpenTicket,
    SendLetter,
    TakeAnswer,
)
from privbot.casework.thread import tokens_in
from privbot.casework.triage import held_as_active, triage
from privbot.casework.verification import Kind
from privbot.config import Config
from privbot.errors import FaultOfContent, FaultOfWorld, PrivbotError
from privbot.letters.errors import LetterIncomplete, OverrideRefused, WordMissing
from privbot.mail.model import Authentication, Mail
from privbot.reading.contract import as_json as reading_as_json
from privbot.reading.model import Reading
from privbot.records import cases, proofs, search
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import IncomingMail, Letter, Request, Ticket
from privbot.records.sealing import KeyDestroyed, SealBroken, Seals
from privbot.worker import proving
from privbot.worker.controllers import ControllerTakenOut, for_casework
from privbot.worker.indexing import words_to_find
from privbot.worker.kept import task_of
from privbot.worker.understanding import MailKilledReader, NotUnderstood, Task, Understanding, Understood, place_of
from privbot.worker.writing import put_letter, write_letter

log = structlog.get_logger()

MAX_TRIES = 3
"""Tries for a fault of content, before the mail is quarantined."""
BATCH = 50
BATCH_BYTES = 16 * 1024 * 1024
ACTOR = "privbot"


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one mail; for the demo's terminal and for tests."""

    mail_id: int
    controller: str
    mail: Mail
    reading: Reading
    actions: tuple[Action, ...]
    reference: str | None = None
    letter: Letter | None = None
    also: tuple[str, ...] = ()
    """The references of further tickets: an agent's mail for several consumers becomes one for each."""


@dataclass
class Pipeline:
    """Everything that a mail meets on its way. Safe to use from several threads."""

    config: Config
    seals: Seals
    understanding: Understanding
    clock: Callable[[], datetime]
    stopping: threading.Event

    def __post_init__(self) -> None:
        self._controllers = {one.id: for_casework(one) for one in self.config.controller}

    def handle_kept(self, mailbox: str, *, on_handled: Callable[[Handled], None] = lambda handled: None) -> int:
        """Handle what is kept of one mailbox, oldest first; returns how many, when nothing is left or the worker is told to stop."""
        handled = 0
        batch = _next_batch(mailbox, 0)
        while batch and not self.stopping.is_set():
            # Tickets seal with keys of their own, which must be safe in the key store first: one commit for the whole batch.
            self.seals.reserve(len(batch))
            readable = [(kept, task) for kept in batch if (task := self._opened(kept))]
            results = self.understanding.all(task for _, task in readable)
            for (kept, _), understood in zip(readable, results, strict=True):
                if done := self._handle(kept, understood):
                    handled += 1
                    on_handled(done)
                if self.stopping.is_set():
                    return handled
            batch = _next_batch(mailbox, batch[-1].id)
        return handled

    def understand(self, kept: IncomingMail) -> Understood:
        """What the pure rooms say about one kept mail, again. Raises FaultOfContent."""
        [understood] = self.understanding.all([task_of(kept, self.seals)])
        if isinstance(understood, FaultOfContent):
            raise understood
        return understood

    def _handle(self, kept: IncomingMail, understood: Understood | FaultOfContent) -> Handled | None:
        """Take one mail all the way. None if another worker had it, or it could not be worked on."""
        if isinstance(understood, FaultOfContent):
            if not (self.stopping.is_set() and isinstance(understood, MailKilledReader)):
                self._fault_of_content(kept, understood)
            return None
        try:
            return self._record(kept, understood.mail, understood.reading, self._controllers[understood.controller])
        except (FaultOfWorld, OperationalError, InterfaceError, OSError):
            # The database, the disk or the machine: not this mail's fault. It waits, untouched.
            raise
        except (LetterIncomplete, OverrideRefused, WordMissing) as fault:
            # A letter's own wording is broken: our fault and not this mail's. It stays kept, and is told of until somebody mends the letter.
            log.error("letter cannot be written", mail=kept.id, fault=fault.code)
            return None
        except Exception as fault:
            self._fault_of_content(kept, fault)
            return None

    def _opened(self, kept: IncomingMail) -> Task | None:
        """The task of understanding a kept mail; None if its seal does not open, which is a fault of this mail alone."""
        try:
            return task_of(kept, self.seals)
        except (KeyDestroyed, SealBroken) as fault:
            self._fault_of_content(kept, fault)
            return None

    def controller(self, identifier: str) -> Controller:
        """A controller as casework knows it. Raises ControllerTakenOut."""
        if identifier not in self._controllers:
            raise ControllerTakenOut
        return self._controllers[identifier]

    # -- recording ----------------------------------------------------------------------------------------------------

    def _record(self, kept: IncomingMail, mail: Mail, reading: Reading, controller: Controller) -> Handled | None:
        """Decide and write. Where the database knows a request of the same person that we did not find, a person decides."""
        try:
            return self._decide(kept, mail, reading, controller, triage)
        except AlreadyActive:
            return self._decide(kept, mail, reading, controller, held_as_active)

    def _decide(
        self, kept: IncomingMail, mail: Mail, reading: Reading, controller: Controller,
        decide: Callable[[Mail, Reading, History, Controller], list[Action]],
    ) -> Handled | None:  # fmt: skip
        """In one transaction: either all of it happened, or the mail still waits. Raises AlreadyActive."""
        with writing():
            claimed = IncomingMail.objects.filter(id=kept.id, state=IncomingMail.State.KEPT).update(
                state=IncomingMail.State.HANDLED
            )
            if not claimed:
                return None
            self._note(kept, mail, reading, controller)
            search.index_mail(kept, words_to_find(mail), self.seals)
            cases.one_sender_at_a_time(kept.sender_index)
            actions = decide(mail, reading, self.history(kept, mail, reading, controller), controller)
            events: list[Event] = []
            handled = self.carry_out(kept, mail, reading, controller, actions, events)
            record(events, actor=ACTOR, now=self.clock())
            return handled

    def _note(self, kept: IncomingMail, mail: Mail, reading: Reading, controller: Controller) -> None:
        sender = mail.sender.address if mail.sender else ""
        kept.state = IncomingMail.State.HANDLED
        kept.handled_at = self.clock()
        kept.controller = controller.id
        kept.origin = mail.origin.kind.value
        kept.language = reading.language[:8]
        kept.identity_documents = len(identity_documents(mail))
        kept.model = reading.model[:60]
        kept.sender_index = self.seals.index("address", sender)
        kept.likeness_index = self.seals.index("likeness", cases.likeness(mail.message_id or mail.sha256, sender, mail.text))
        told = json.dumps(reading_as_json(reading, str(kept.id)), ensure_ascii=False)
        kept.searchable = True
        kept.sealed_reading = self.seals.seal(kept.key, "reading", told.encode())

    def person_index(self, kept: IncomingMail, mail: Mail, reading: Reading) -> str:
        """Of whose data a mail is about: its sender's – or, for an agent's mail, the consumer's. A name alone is no person: many have the same one,
        so that a consumer without an address is known within this mail only."""
        if not reading.agent:
            return kept.sender_index
        own = mail.sender.address if mail.sender else ""
        address = next((one.value.lower() for one in reading.requester.emails if one.value.lower() != own), None)
        if address:
            return self.seals.index("address", address)
        name = reading.requester.name
        return self.seals.index("name", f"{same_spelling(name.value) if name else ''}\0{kept.id}")

    def history(self, kept: IncomingMail, mail: Mail, reading: Reading, controller: Controller) -> History:
        """What the records know that matters for this mail."""
        thread = None
        for token in tokens_in(mail):
            if self.seals.token_is_ours(token.signed, token.token):
                thread = cases.ticket_of_token(controller.id, token.reference, kept.sender_index, self.seals)
                break
        address = mail.sender.address if mail.sender else ""
        # What a reply adds is about the person whom its ticket is about, who for an agent's ticket is not the sender.
        own = thread is not None and thread.sender_matches and not reading.agent
        person = (
            cases.person_of(cases.by_reference(thread.reference)) if thread and own else self.person_index(kept, mail, reading)
        )
        return History(
            received=kept.received_at,
            backlog=kept.backlog,
            duplicate=cases.was_handled_before(kept),
            thread=thread,
            tickets=tuple(cases.tickets_of(controller.id, kept.sender_index, person, self.seals)) if address else (),
            over_limit=cases.limit_reached(
                controller.id,
                kept.sender_index,
                self.seals.index("domain", address.rpartition("@")[2]),
                self.config.limits,
                self.clock(),
            ),
        )

    def carry_out(
        self, kept: IncomingMail, mail: Mail, reading: Reading, controller: Controller, actions: Sequence[Action], events: list[Event], *,
        actor: str = ACTOR, grace: timedelta = timedelta(0),
    ) -> Handled:  # fmt: skip
        """Turn actions into rows, and add what the audit trail must tell of them to `events`, which the caller records last; letters leave after
        `grace`. Expects to be inside `writing()`. Raises AlreadyActive."""
        now = self.clock()
        ticket: Ticket | None = None
        letter: Letter | None = None
        requests = [action for action in actions if isinstance(action, AddRequest)]
        for action in actions:
            match action:
                case OpenTicket():
                    ticket, event = cases.open_ticket(
                        kept, action, requester=_requester(mail, reading), minor=reading.minor, agent=bool(reading.agent), seals=self.seals,
                        now=now,
                    )  # fmt: skip
                    search.index_ticket(ticket, cases.requester_of(ticket, self.seals), self.seals)
                    person = self.person_index(kept, mail, reading)
                    if action.another_person:
                        person = self.seals.index("person", f"{person}\0{ticket.reference}")
                    events += [event, *cases.add_requests(ticket, kept, requests, person_index=person)]
                case AttachToTicket():
                    ticket = cases.by_reference(action.reference)
                    person = cases.person_of(ticket)
                    events.append(cases.attach(kept, ticket, action.role))
                    events += cases.add_requests(ticket, kept, requests, person_index=person)
                case ConfirmMailbox():
                    events += self._prove(cases.by_reference(action.reference), action.kind, kept, controller, now)
                case ConfirmWallet():
                    events += self._prove(cases.by_reference(action.reference), Kind.WALLET, kept, controller, now)
                case CountFailedProof():
                    held_on = cases.by_reference(action.reference)
                    events.append(proofs.count_attempt(held_on, action.kind, action.why, actor=ACTOR, now=now, mail=kept.id))
                case TakeAnswer():
                    asked = cases.by_reference(action.reference)
                    events += proving.take_answer(asked, controller, self.seals, actor=ACTOR, at=kept.received_at)
                case SendLetter():
                    assert ticket is not None
                    letter, event = self._write(
                        action, ticket, kept, mail, controller, requests, now, automatic=actor == ACTOR, grace=grace
                    )
                    events.append(event)
                    if action.challenge:
                        events += proving.code_was_asked(ticket, controller, self.seals, actor=actor, at=now, letter=letter)
                case HoldForReview():
                    held_for = cases.by_reference(action.reference) if action.reference else ticket
                    events.append(cases.hold(kept, action, held_for, now=now, categories=reading.categories))
                case Escalate():
                    held = HoldForReview((action.code,), (), action.due)
                    events.append(cases.hold(kept, held, ticket, now=now, categories=reading.categories))
                case Ignore():
                    events.append(Event("mail ignored", f"mail:{kept.id}", {"code": action.code}))
                case AddRequest():
                    pass  # written together with its ticket, above
        if kept.identity_documents:
            events.append(Event("identity document came unasked", f"mail:{kept.id}", {"count": kept.identity_documents}))
        kept.ticket = ticket
        kept.outcome, kept.outcome_code = _outcome(actions)
        kept.save(update_fields=NOTED)
        return Handled(kept.id, controller.id, mail, reading, tuple(actions), ticket.reference if ticket else None, letter)

    def _write(
        self, action: SendLetter, ticket: Ticket, kept: IncomingMail, mail: Mail, controller: Controller,
        requests: Sequence[AddRequest], now: datetime, *, automatic: bool, grace: timedelta,
    ) -> tuple[Letter, Event]:  # fmt: skip
        requester = cases.requester_of(ticket, self.seals)
        composed = write_letter(
            self.config, controller, action.name, action.language, reference=ticket.reference, requester_name=requester.addressee, requests=requests,
            received=kept.received_at, now=now, challenge=proofs.ask_code(ticket, self.seals, now) if action.challenge else None,
            sender_unconfirmed=mail.origin.authentication is not Authentication.PASS, more={"erasure_waits": _erasure_waits(ticket, requests)},
        )  # fmt: skip
        return put_letter(
            self.config, ticket, kept, composed, recipient=requester.address, by_itself=not action.approve_first, decided=not automatic,
            automatic=automatic, answers=mail.message_id, seals=self.seals, now=now, grace=grace,
        )  # fmt: skip

    def _prove(
        self, ticket: Ticket, kind: Kind, kept: IncomingMail, controller: Controller, now: datetime
    ) -> list[Event]:  # fmt: skip
        """The mail proves something. Clocks that proof restarts count from the mail's receipt."""
        proof = proofs.prove(ticket, kind, actor=ACTOR, now=now, at=kept.received_at)
        noted = proving.take_note(ticket, controller, self.seals, who=Role.BOT, actor=ACTOR, at=kept.received_at)
        return [proof, *noted]

    def _fault_of_content(self, kept: IncomingMail, fault: Exception) -> None:
        """Three tries, then quarantine. The fault's own words are not kept: they may quote the mail."""
        if isinstance(fault, NotUnderstood):
            code, place = fault.fault, fault.place
        else:
            code, place = fault.code if isinstance(fault, PrivbotError) else type(fault).__name__, place_of(fault)
        log.error("mail could not be handled", mail=kept.id, fault=code, at=place, tries=kept.tries + 1)
        with writing():
            quarantined = kept.tries + 1 >= MAX_TRIES
            IncomingMail.objects.filter(id=kept.id, state=IncomingMail.State.KEPT).update(
                tries=kept.tries + 1, fault=f"{code} at {place}"[:120],
                state=IncomingMail.State.QUARANTINED if quarantined else IncomingMail.State.KEPT,
            )  # fmt: skip
            if quarantined:
                record(
                    [Event("mail quarantined", f"mail:{kept.id}", {"fault": code, "at": place})], actor=ACTOR, now=self.clock()
                )


NOTED = [
    "handled_at", "controller", "origin", "language", "identity_documents", "model", "sender_index", "likeness_index", "searchable", "sealed_reading",
    "ticket", "outcome", "outcome_code",
]  # fmt: skip
"""The columns of a kept mail that handling fills; `state` was set by the claim, and the raw bytes never change."""


def _next_batch(mailbox: str, after: int) -> list[IncomingMail]:
    """The next kept mails, bounded in number and bytes, so that memory stays small whatever people send."""
    waiting = IncomingMail.objects.filter(mailbox=mailbox, state=IncomingMail.State.KEPT, id__gt=after).order_by("id")
    chosen: list[int] = []
    total = 0
    for number, size in waiting.values_list("id", "size")[:BATCH]:
        total += size
        if chosen and total > BATCH_BYTES:
            break
        chosen.append(number)
    return list(waiting.filter(id__in=chosen))


def _outcome(actions: Sequence[Action]) -> tuple[str, str]:
    """The one word under which a mail is filed: a review wins over a ticket, so that nothing held looks done."""
    for action in actions:
        if isinstance(action, HoldForReview):
            return IncomingMail.Outcome.REVIEW, action.codes[0]
        if isinstance(action, Escalate):
            return IncomingMail.Outcome.REVIEW, action.code
        if isinstance(action, Ignore):
            return IncomingMail.Outcome.IGNORED, action.code
    return IncomingMail.Outcome.TICKET, ""


def _erasure_waits(ticket: Ticket, added: Sequence[AddRequest]) -> bool:
    """Whether a letter about these requests must say that their erasure waits for an access request of the same ticket."""
    erases = any(one.category == WAITS for one in added)
    return erases and ticket.requests.filter(category=ANSWERED_FIRST, state__in=Request.ACTIVE).exists()


def _requester(mail: Mail, reading: Reading) -> cases.Requester:
    """Letters go to the From address only – never to Reply-To, nor to an address named in the mail."""
    assert mail.sender is not None
    name = reading.requester.name
    details = asdict(reading.requester) | ({"agent": reading.agent} if reading.agent else {})
    return cases.Requester(mail.sender.address, name.value if name else "", details)
