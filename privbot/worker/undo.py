"""Taking back what was done, as long as nothing of it has left and nothing else rests on it.

Every step, decision, approval, note, change of words, merge and split can be undone by whoever did it, or by anybody with the role it took:
the rows become what they were, letters that were put on their way are gone or drafts again, and the audit trail tells of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from privbot.casework.errors import NotAllowed
from privbot.casework.lifecycle import Role
from privbot.errors import WrongUse
from privbot.records import cases, mementos, versions
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.mementos import ActedSince, Difference
from privbot.records.models import AuditEvent, Letter, Ticket, Undoable
from privbot.records.sealing import KeyDestroyed
from privbot.worker.acting import By
from privbot.worker.office import Office
from privbot.worker.stepping import note_refusal

INDEPENDENT = ("note", "approve", "discard", "assign", "edit")
"""What neither rests on what was done before it on the same ticket, nor stands in its way."""
OFFERED = 20
A_FEW_MINUTES = timedelta(minutes=10)
"""For so long the queue offers to undo what somebody did last; after it they hardly mean it when they press the key."""
HAS_LEFT = (Letter.State.SENDING, Letter.State.UNKNOWN, Letter.State.SENT, Letter.State.DEAD)


class NothingToUndo(WrongUse):
    """There is nothing to undo there: it is undone already, or cannot be undone any more."""

    code = "nothing-to-undo"


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that was done and can be undone now."""

    act: int
    what: str
    about: str
    actor: str
    at: datetime
    """UTC."""
    leaves_at: datetime | None
    """When its letter leaves, UTC; None where none is on its way."""
    reference: str = ""
    """Of the ticket that it is about, or that it opened; empty where there is none."""
    letter: str = ""
    """State of its letter; empty where it wrote none."""
    too_late: bool = False
    """It cannot be undone any more; only `look` tells of such acts."""


def undo(office: Office, act: int, *, by: By) -> Undoable:
    """Take back one act, by its number. Raises NothingToUndo, NotAllowed, LetterLeft, ActedSince, ChangedMeanwhile; then nothing is changed."""
    told = Undoable.objects.select_related("ticket", "mail").filter(id=act).first()
    if told is None or (told.ticket and told.ticket.erased_at):
        raise NothingToUndo
    try:
        with writing():
            _take_back(office, told, by)
    except WrongUse as refused:
        note_refusal(office, told.ticket, "undo", refused, by)
        raise
    return told


def last_about(name: str) -> int:
    """The number of the last act that stands about a ticket (its reference), `review:7` or `letter:9`. Raises UnknownReference, NothingToUndo."""
    if name.partition(":")[0] in ("review", "letter"):
        return _last(Undoable.objects.filter(about=name))
    return _last(_acts_on(cases.by_reference(name.removeprefix("ticket:"))))


def own_last_about(name: str, actor: str) -> int | None:
    """The number of the last act that stands about `review:7` or `letter:9`; None where it is a colleague's, or undone already."""
    last = Undoable.objects.filter(about=name, undone_at=None).order_by("-id").values_list("id", "actor").first()
    return int(last[0]) if last and last[1] == actor else None


def look(act: int, now: datetime) -> Standing | None:
    """One act as it stands now, be it too late to undo it or not; None where there is none, or it is undone."""
    return next(_looked_at(Undoable.objects.filter(id=act), now), None)


def decision_on(review: int, now: datetime) -> Standing | None:
    """The decision on a review, if it can be undone."""
    decisions = Undoable.objects.filter(about=f"review:{review}", what="decide")
    return next((one for one in _looked_at(decisions, now) if not one.too_late), None)


def own_latest(actor: str, controllers: Sequence[str], now: datetime) -> Standing | None:
    """What a person did last for these controllers and can still undo, if that was a few minutes ago."""
    own = Undoable.objects.filter(actor=actor, at__gte=now - A_FEW_MINUTES)
    seen = own.filter(Q(ticket__controller__in=controllers) | Q(mail__controller__in=controllers))
    return next((one for one in _looked_at(seen, now) if not one.too_late), None)


def last_of(actor: str) -> int:
    """The number of the last act of one person that stands. Raises NothingToUndo."""
    return _last(Undoable.objects.filter(actor=actor))


def standing(ticket: Ticket) -> list[Standing]:
    """What can be undone on a ticket now, the latest first."""
    found: list[Standing] = []
    for one in _with_their_letters(_acts_on(ticket)):
        if one.letter_is not in HAS_LEFT:
            found.append(Standing(one.id, one.what, one.about, one.actor, one.at, one.leaves_at))
        if one.what not in INDEPENDENT:
            break
    return found


def _looked_at(acts: QuerySet, now: datetime) -> Iterator[Standing]:
    """These acts as they stand, the latest first, in one question."""
    later = Undoable.objects.filter(undone_at=None, id__gt=OuterRef("id")).exclude(what__in=INDEPENDENT)
    readable = acts.filter(ticket__erased_at=None, mail__ticket__erased_at=None).annotate(
        rested_on=Exists(later.filter(Q(ticket=OuterRef("ticket")) | Q(ticket=OuterRef("mail__ticket")))),
        own_reference=F("ticket__reference"),
        opened_reference=F("mail__ticket__reference"),
    )
    for one in _with_their_letters(readable):
        has_left = one.letter_is in HAS_LEFT or (one.leaves_at is not None and one.leaves_at <= now)
        too_late = has_left or (one.rested_on and one.what not in INDEPENDENT)
        reference = one.own_reference or one.opened_reference or ""
        yield Standing(one.id, one.what, one.about, one.actor, one.at, one.leaves_at, reference, one.letter_is or "", too_late)


def _with_their_letters(acts: QuerySet) -> QuerySet:
    """Those that are not undone, the latest first, each with the state of its letter and, while that waits to leave, when it does."""
    letter = Letter.objects.filter(id=OuterRef("letter"))
    leaving = letter.filter(state=Letter.State.QUEUED)
    told = acts.annotate(letter_is=Subquery(letter.values("state")), leaves_at=Subquery(leaving.values("next_try_at")))
    return told.filter(undone_at=None).order_by("-id").defer("sealed_difference")[:OFFERED]


def _take_back(office: Office, told: Undoable, by: By) -> None:
    """Inside `writing()`."""
    sender = told.ticket.sender_index if told.ticket else told.mail.sender_index
    cases.one_sender_at_a_time(sender)
    claimed = Undoable.objects.filter(id=told.id, undone_at=None).update(undone_at=office.clock())
    if not claimed:
        raise NothingToUndo
    if told.role == Role.LEAD and by.role is not Role.LEAD and by.name != told.actor:
        raise NotAllowed("Only a lead may undo what a lead decided.")
    if told.ticket:
        versions.expect(told.ticket, by.seen)
    _refuse_while_something_rests_on_it(told)
    try:
        gone = mementos.take_back(Difference.of_json(office.seals.open(told.key, "difference", told.sealed_difference)))
    except KeyDestroyed:
        raise NothingToUndo from None
    except ActedSince:
        raise _who_acted_since(told) from None
    subjects = {told.about, *(f"ticket:{one.reference}" for one in (*gone, *([told.ticket] if told.ticket else ())))}
    events = [Event("undone", subject, {"what": told.what, "act": told.id}) for subject in sorted(subjects)]
    record(events, actor=by.name, now=office.clock())
    # After the commit: a key that is destroyed does not come back with a transaction that fails.
    keys, now = [one.key for one in gone], office.clock()
    transaction.on_commit(lambda: office.seals.destroy(keys, now))


def _refuse_while_something_rests_on_it(told: Undoable) -> None:
    if told.ticket is None or told.what in INDEPENDENT:
        return
    later = Undoable.objects.filter(ticket=told.ticket, id__gt=told.id, undone_at=None).exclude(what__in=INDEPENDENT)
    if last := later.order_by("-id").first():
        raise ActedSince(f"Too late: {last.actor} has acted on this ticket since ({last.what}); undo that first.")


def _who_acted_since(told: Undoable) -> ActedSince:
    """The refusal, with who and what where the audit trail knows it."""
    opened = [f"ticket:{one.reference}" for one in Ticket.objects.filter(mails=told.mail)] if told.mail else []
    subjects = [told.about, *opened, *([f"ticket:{told.ticket.reference}"] if told.ticket else ())]
    since = AuditEvent.objects.filter(subject__in=subjects, at__gte=told.at).exclude(action=versions.REFUSED)
    last = since.exclude(actor=told.actor, at=told.at).order_by("-id").first()
    return ActedSince(f"Too late: {last.actor} has acted since ({last.action}).") if last else ActedSince()


def _acts_on(ticket: Ticket) -> QuerySet:
    """What was done on a ticket, and the decision that made it."""
    return Undoable.objects.filter(Q(ticket=ticket) | Q(mail__ticket=ticket))


def _last(acts: QuerySet) -> int:
    number = acts.filter(undone_at=None).order_by("-id").values_list("id", flat=True).first()
    if number is None:
        raise NothingToUndo
    return int(number)
