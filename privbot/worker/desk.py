"""What an operator decides: on a review, on a letter, on a mail in quarantine. The command line and the console call these same functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from privbot.casework.agents import agent_of, split
from privbot.casework.model import AttachToTicket, Ignore
from privbot.casework.triage import open_decided
from privbot.errors import WrongUse
from privbot.law.regimes import regimes
from privbot.reading.model import CATEGORY_OF_RIGHT, Reading, RegimeGuess
from privbot.records import cases, corrections, life, versions
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import IncomingMail, Letter, Review, StepTaken, Ticket
from privbot.worker import mail_view
from privbot.worker.acting import Act, By, acting, tickets_named
from privbot.worker.identity import ask_permission
from privbot.worker.office import Office
from privbot.worker.pipeline import Handled
from privbot.worker.understanding import Understood


class UnknownReview(WrongUse):
    """There is no review with that number; the queue lists what is open."""

    code = "unknown-review"
    command = "privbot queue"


class UnknownRight(WrongUse):
    """That is not a right privbot knows."""

    code = "unknown-right"

    def __init__(self, right: str) -> None:
        super().__init__(f"{right!r} is not a right; rights are {', '.join(CATEGORY_OF_RIGHT)}.")


class UnknownLetter(WrongUse):
    """There is no letter with that number that waits for an operator; the queue lists those that do."""

    code = "unknown-letter"
    command = "privbot queue"


class TellsOfAStep(WrongUse):
    """That letter tells the requester of a step that stands: approve it, or undo the step first; a closed request is opened again."""

    code = "tells-of-a-step"
    command = "privbot undo REFERENCE, or privbot request reopen REFERENCE"


class NotInQuarantine(WrongUse):
    """There is no mail with that number in quarantine."""

    code = "not-in-quarantine"
    command = "privbot quarantine list"


class NoSender(WrongUse):
    """That mail has no sender whom a ticket could answer; file it as no request, or attach it to a ticket."""

    code = "no-sender"
    command = "privbot decide N --ignore KIND, or --attach REFERENCE"


def open_request(
    office: Office, review_id: int, rights: Sequence[str], *, regime: str | None, actor: str, another_person: bool = False, seen: int | None = None
) -> Handled:  # fmt: skip
    """The mail is a request for these rights: open a ticket – one for each consumer of an agent's mail – with the dates that count from its
    true receipt. Returns the first. `another_person`: whoever asks is not the person of the ticket that the mail was held for; `seen`: the version
    of the review that was shown.

    Raises UnknownReview, AlreadyDecided, ChangedMeanwhile, UnknownRight, NoSender, AlreadyActive, ControllerTakenOut, and law's errors.
    """
    refuse_unknown(rights)
    review = open_review(review_id)
    pipeline, kept = office.pipeline, review.mail
    understood = pipeline.understand(kept)
    mail, reading = understood.mail, understood.reading
    if mail.sender is None:
        raise NoSender
    controller = pipeline.controller(kept.controller)
    refuse_unknown_regime(regime)
    reading = decided_reading(reading, rights, regime)
    agent = agent_of(mail, reading) if reading.agent else None
    with deciding(office, review, actor, seen) as (act, events):
        closed = cases.close_review(review, decision=f"request: {', '.join(rights)}", actor=actor, now=office.clock())
        learn(office, kept, understood, actor, rights=rights)
        handled = []
        for one in split(reading, agent.consumers if agent else ()):
            history = pipeline.history(kept, mail, one, controller)
            act.watch(
                *tickets_named(known.reference for known in (*history.tickets, *([history.thread] if history.thread else ())))
            )
            actions = open_decided(mail, one, history, controller, another_person=another_person)
            handled.append(pipeline.carry_out(kept, mail, one, controller, actions, events, actor=actor, grace=office.grace))
        act.opened(*tickets_named(one.reference for one in handled if one.reference))
        if agent and len(handled) > 1:
            _belongs_to_first(kept, handled)
        if agent and not agent.permission_attached:
            ask_permission(office, [one.reference for one in handled if one.reference], events, by=By(actor))
        events.append(closed)
        return replace(handled[0], also=tuple(one.reference for one in handled[1:] if one.reference))


def decided_reading(reading: Reading, rights: Sequence[str], regime: str | None) -> Reading:
    """A reading in which an operator has said what is asked for, and under which law; None leaves the law to the mail."""
    if regime is not None:
        reading = replace(reading, regimes=(RegimeGuess(regime, 1.0, ("an operator said so",)),))
    return replace(reading, decided_rights=tuple(rights))


def _belongs_to_first(kept: IncomingMail, handled: Sequence[Handled]) -> None:
    """A mail for several consumers has a ticket for each; it lies on the first."""
    kept.ticket = cases.by_reference(handled[0].reference or "")
    kept.save(update_fields=["ticket"])


def attach(
    office: Office, review_id: int, reference: str, *, actor: str, seen: int | None = None, sees: Callable[[str], bool] = cases.sees_all
) -> Handled:  # fmt: skip
    """The mail belongs to this ticket. `sees`: whether the actor may see a controller. Raises UnknownReview, AlreadyDecided, ChangedMeanwhile,
    UnknownReference, AlreadyErased, AnotherController, ControllerTakenOut."""
    ticket = cases.living(reference, controller=open_review(review_id).controller, sees=sees)
    action = AttachToTicket(ticket.reference, "follow-up")
    return _decide(office, review_id, action, f"attached to {ticket.reference}", actor, seen, ticket)


def ignore(office: Office, review_id: int, reason: str, *, actor: str, seen: int | None = None) -> Handled:
    """The mail asks for nothing. `reason` is a code such as support or spam. Raises UnknownReview, AlreadyDecided, ChangedMeanwhile,
    ControllerTakenOut, WrongUse."""
    if not re.fullmatch(r"[a-z][a-z-]{0,39}", reason):
        raise WrongUse("Say in one word what it is: support, commercial, spam, …")
    return _decide(office, review_id, Ignore(reason), f"no request: {reason}", actor, seen)


def assign_review(
    office: Office, review_id: int, owner: str, *, actor: str, seen: int | None = None, taken_from: str | None = None
) -> Review:
    """Somebody looks at a review; `unassigned` gives it back to everybody. `taken_from`: whose it was when it was shown.

    Raises UnknownReview, AlreadyDecided, ChangedMeanwhile, TakenMeanwhile, WrongUse.
    """
    if not owner.strip():
        raise WrongUse("Say who looks at it.")
    review = open_review(review_id)
    with deciding(office, review, actor, seen, what="assign") as (_, events):
        if review.decided_at:
            raise cases.AlreadyDecided
        versions.expect_owner(review, taken_from)
        review.owner = owner.strip()
        review.save(update_fields=["owner"])
        events.append(Event("review assigned", f"review:{review.id}", {"owner": review.owner}))
    return review


def approve(office: Office, letter_id: int, *, actor: str, seen: int | None = None) -> Letter:
    """Send a draft, a letter that may or may not have left, or one that was refused – once the office's grace is over. `seen`: the version of its
    ticket that was shown. Raises UnknownLetter, AlreadyErased, ChangedMeanwhile."""
    with working_on(office, letter_id, "approve", actor, seen):
        return _move_letter(office, letter_id, Letter.State.QUEUED, "letter approved", actor)


def discard(office: Office, letter_id: int, *, actor: str, seen: int | None = None) -> Letter:
    """Never send this letter. Raises UnknownLetter, AlreadyErased, TellsOfAStep, ChangedMeanwhile."""
    with working_on(office, letter_id, "discard", actor, seen):
        if any(life.stands(step) for step in StepTaken.objects.filter(letter=letter_id).select_related("request")):
            raise TellsOfAStep
        return _move_letter(office, letter_id, Letter.State.DISCARDED, "letter discarded", actor)


def retry(office: Office, mail_id: int, *, actor: str) -> None:
    """Take a mail out of quarantine; the worker tries it again. Raises NotInQuarantine."""
    with writing():
        moved = IncomingMail.objects.filter(id=mail_id, state=IncomingMail.State.QUARANTINED).update(
            state=IncomingMail.State.KEPT, tries=0, fault=""
        )
        if not moved:
            raise NotInQuarantine
        record([Event("quarantine retried", f"mail:{mail_id}")], actor=actor, now=office.clock())


def raw_mail(office: Office, mail_id: int, *, actor: str) -> bytes:
    """The bytes of a kept mail, for export; the audit trail tells who took them out. Raises NoSuchMail, MailErased."""
    raw = mail_view.raw(office, mail_view.mail_by_number(mail_id))
    with writing():
        record([Event("mail exported", f"mail:{mail_id}")], actor=actor, now=office.clock())
    return raw


def open_review(review_id: int) -> Review:
    review = Review.objects.filter(id=review_id).select_related("mail").first()
    if review is None:
        raise UnknownReview
    return review


@contextmanager
def deciding(
    office: Office, review: Review, actor: str, seen: int | None, *, what: str = "decide"
) -> Iterator[tuple[Act, list[Event]]]:
    """One transaction for one review, that can be undone; with the list for what the audit trail must tell of it. Raises ChangedMeanwhile."""
    events: list[Event] = []
    with writing():
        cases.one_sender_at_a_time(review.mail.sender_index)
        review.refresh_from_db(fields=["decided_at", "decided_by", "owner"])
        versions.expect(review, seen)
        with acting(office, what, f"review:{review.id}", by=By(actor), ticket=review.ticket, mail=review.mail) as act:
            yield act, events
            # Undoing takes what is told of a later moment than the act for something that was done since.
            at = office.clock()
        # Last: whoever holds the trail waits for no ticket that another worker holds.
        record(events, actor=actor, now=at)


@contextmanager
def working_on(office: Office, letter_id: int, what: str, actor: str, seen: int | None) -> Iterator[Letter]:
    """One transaction for one letter, that can be undone. Raises UnknownLetter, AlreadyErased, ChangedMeanwhile."""
    with writing():
        reference = Letter.objects.filter(id=letter_id).values_list("ticket__reference", flat=True).first()
        if reference is None:
            raise UnknownLetter
        cases.alone_with(reference)
        # Read under the lock: another worker may have moved or changed it while this one waited.
        letter = Letter.objects.select_for_update(of=("self",)).select_related("ticket").get(id=letter_id)
        versions.expect(letter.ticket, seen)
        with acting(office, what, f"letter:{letter_id}", by=By(actor), ticket=letter.ticket):
            yield letter


def refuse_unknown(rights: Sequence[str]) -> None:
    for right in rights:
        if right not in CATEGORY_OF_RIGHT:
            raise UnknownRight(right)


def refuse_unknown_regime(regime: str | None) -> None:
    """None leaves it to the mail. Raises WrongUse, naming those there are."""
    if regime is not None and regime not in regimes():
        raise WrongUse(f"{regime!r} is not a regime; regimes are {', '.join(regimes())}.")


def _decide(
    office: Office, review_id: int, action: AttachToTicket | Ignore, decision: str, actor: str, seen: int | None, ticket: Ticket | None = None
) -> Handled:  # fmt: skip
    review = open_review(review_id)
    pipeline, kept = office.pipeline, review.mail
    understood = pipeline.understand(kept)
    with deciding(office, review, actor, seen) as (act, events):
        if ticket:
            act.watch(ticket)
            act.ticket = act.ticket or ticket
        closed = cases.close_review(review, decision=decision, actor=actor, now=office.clock())
        if isinstance(action, Ignore) and kept.ticket_id:
            # Its ticket stays what it is; only the question before the operator is answered.
            handled = Handled(kept.id, kept.controller, understood.mail, understood.reading, ())
        else:
            if isinstance(action, Ignore):
                learn(office, kept, understood, actor, kind=action.code)
            controller = pipeline.controller(kept.controller)
            handled = pipeline.carry_out(
                kept, understood.mail, understood.reading, controller, [action], events, actor=actor, grace=office.grace
            )
        events.append(closed)
        return handled


def learn(
    office: Office, kept: IncomingMail, understood: Understood, actor: str, *, rights: Sequence[str] = (), kind: str = ""
) -> None:
    """Keep the decision as an example to learn from."""
    sender = understood.mail.sender
    corrections.keep(
        kept, understood.reading, rights=rights, kind=kind, names=[sender.name] if sender else [], actor=actor, seals=office.seals,
        now=office.clock(),
    )  # fmt: skip


def _move_letter(office: Office, letter_id: int, state: str, told: str, actor: str) -> Letter:
    """Inside `writing()`."""
    leaves_at = office.clock() + office.grace
    moved = Letter.objects.filter(id=letter_id, state__in=Letter.WAITING).update(state=state, next_try_at=leaves_at, fault="")
    if not moved:
        raise UnknownLetter
    letter = Letter.objects.select_related("ticket").get(id=letter_id)
    record([Event(told, f"ticket:{letter.ticket.reference}", {"letter": letter_id})], actor=actor, now=office.clock())
    return letter
