"""How long things are kept: so many years after the last contact, then they are erased – unless a legal hold stops it.

The years are the controller's (`retention_years`), by default what the first controller's notice says (law/promises.toml).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Max, Q, QuerySet

from privbot.config import Config
from privbot.errors import WrongUse
from privbot.law.calendar import add_months
from privbot.law.regimes import notice
from privbot.records import cases, documents, erasure
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import IncomingMail, Letter, Request, Ticket
from privbot.records.sealing import Seals

ACTOR = "retention"
LAPSED = "retention-lapsed"
ON_ITS_WAY = (Letter.State.QUEUED, Letter.State.CLAIMED, Letter.State.SENDING, Letter.State.UNKNOWN)
REASON = re.compile(r"[a-z][a-z-]{0,39}")


class OnHold(WrongUse):
    """That ticket is under a legal hold; release the hold first."""

    code = "on-hold"
    command = "privbot hold REFERENCE --release"


class NotOnHold(WrongUse):
    """That ticket is not under a legal hold."""

    code = "not-on-hold"


class StillOpen(WrongUse):
    """That ticket has requests that are still open, or a review; answer or deny them first."""

    code = "still-open"


class StillOnItsWay(WrongUse):
    """A letter of that ticket is still on its way; wait until it has left, or discard it."""

    code = "still-on-its-way"


class ReasonNotAWord(WrongUse):
    """Say in one word why: requester, mistake, litigation, audit, … – never a name; it stays in the audit trail for good."""

    code = "reason-not-a-word"


@dataclass(frozen=True, slots=True)
class Lapsing:
    """A ticket whose time is over. `last_contact` is the last mail, letter or decision."""

    reference: str
    controller: str
    last_contact: datetime
    hold: str
    """Why it stays all the same; empty: it is erased."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the next run of retention would do."""

    tickets: tuple[Lapsing, ...]
    mails: int
    """Mails that belong to no ticket."""
    documents: int
    """Mails with copies of identity documents that nobody asked for, now decided."""


@dataclass(slots=True)
class Erased:
    """What one run of retention did."""

    tickets: list[str] = field(default_factory=list)
    mails: int = 0
    documents: int = 0


def years(config: Config, controller: str) -> int:
    """How many years a controller keeps tickets after the last contact; one that is no longer configured keeps them by the default."""
    settings = config.controllers.get(controller)
    return settings.retention_years if settings and settings.retention_years else int(notice().figures["retention"].value)


def preview(config: Config, now: datetime) -> Preview:
    """What would be erased now, oldest first, and what a hold keeps."""
    lapsing = [
        Lapsing(ticket.reference, ticket.controller, _last_contact(ticket), ticket.hold)
        for before, controller in _limits(config, now)
        for ticket in _lapsed(controller, before)
    ]
    mails = sum(_loose_mails(controller, before).count() for before, controller in _limits(config, now))
    return Preview(tuple(sorted(lapsing, key=lambda one: (one.last_contact, one.reference))), mails, documents.to_purge().count())


def as_json(found: Preview) -> dict[str, Any]:
    """The stable JSON of `privbot retention --preview --json`: {"tickets": […], "mails": number, "documents": number}, dates in ISO form."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(found), default=str))
    return plain


def run(config: Config, seals: Seals, now: datetime) -> Erased:
    """Erase all whose time is over: tickets with their mails, mails that never became one, identity documents. One transaction each."""
    erased = Erased()
    for before, controller in _limits(config, now):
        for ticket in _lapsed(controller, before).filter(hold=""):
            with writing():
                cases.one_sender_at_a_time(ticket.sender_index)
                # Looked at once more under the lock: a mail may have arrived, a hold been set or the address corrected since the list was made.
                still = _lapsed(controller, before).filter(hold="", id=ticket.id, sender_index=ticket.sender_index)
                locked = still.select_for_update(of=("self",)).first()
                if locked is None:
                    continue
                record([erasure.erase_ticket(locked, seals, reason=LAPSED, now=now)], actor=ACTOR, now=now)
            erased.tickets.append(ticket.reference)
        for mail in _loose_mails(controller, before).only("id", "key").iterator(chunk_size=200):
            with writing():
                record(
                    [erasure.erase_mail(IncomingMail.objects.get(id=mail.id), seals, reason=LAPSED, now=now)],
                    actor=ACTOR,
                    now=now,
                )
            erased.mails += 1
    for number in documents.to_purge().values_list("id", flat=True):
        documents.purge(number, seals, actor=ACTOR, now=now)
        erased.documents += 1
    if erased.tickets or erased.mails or erased.documents:
        erasure.leave_no_trace()
    return erased


def erase(reference: str, seals: Seals, *, reason: str, actor: str, now: datetime) -> None:
    """Erase one ticket now. Raises UnknownReference, ReasonNotAWord, AlreadyErased, OnHold, StillOpen, StillOnItsWay; then nothing is changed
    but the audit trail, which tells who tried."""
    _one_word(reason)
    try:
        with writing():
            ticket = _locked(reference)
            _refuse_to_erase(ticket)
            record([erasure.erase_ticket(ticket, seals, reason=reason, now=now)], actor=actor, now=now)
    except (OnHold, StillOpen, StillOnItsWay) as refusal:
        with writing():
            told = Event("erasure refused", f"ticket:{cases.by_reference(reference).reference}", {"why": refusal.code})
            record([told], actor=actor, now=now)
        raise
    erasure.leave_no_trace()


def hold(reference: str, *, reason: str, actor: str, now: datetime) -> None:
    """Keep a ticket whatever its age. Raises UnknownReference, ReasonNotAWord, AlreadyErased."""
    _one_word(reason)
    with writing():
        ticket = _locked(reference)
        Ticket.objects.filter(id=ticket.id).update(hold=reason)
        record([Event("hold set", f"ticket:{ticket.reference}", {"reason": reason})], actor=actor, now=now)


def release(reference: str, *, actor: str, now: datetime) -> None:
    """Let retention run again. Raises UnknownReference, AlreadyErased, NotOnHold."""
    with writing():
        ticket = _locked(reference)
        if not ticket.hold:
            raise NotOnHold
        Ticket.objects.filter(id=ticket.id).update(hold="")
        record([Event("hold released", f"ticket:{ticket.reference}", {"reason": ticket.hold})], actor=actor, now=now)


def _one_word(reason: str) -> None:
    if not REASON.fullmatch(reason):
        raise ReasonNotAWord


def _locked(reference: str) -> Ticket:
    """The ticket, which nobody else changes until the transaction ends. Raises UnknownReference, AlreadyErased."""
    return Ticket.objects.select_for_update().get(id=cases.alone_with(reference).id)


def _refuse_to_erase(ticket: Ticket) -> None:
    if ticket.hold:
        raise OnHold
    if ticket.requests.filter(state__in=Request.ACTIVE).exists() or ticket.reviews.filter(decided_at=None).exists():
        raise StillOpen
    if ticket.letters.filter(state__in=ON_ITS_WAY).exists():
        raise StillOnItsWay


def _limits(config: Config, now: datetime) -> list[tuple[datetime, str]]:
    """For each controller the moment (UTC) before which the last contact must lie."""
    known = set(config.controllers) | set(Ticket.objects.filter(erased_at=None).values_list("controller", flat=True).distinct())
    return [(_years_before(now, years(config, controller)), controller) for controller in sorted(known)]


def _years_before(now: datetime, count: int) -> datetime:
    day: date = add_months(now.astimezone(UTC).date(), -12 * count)
    return datetime.combine(day, time.min, UTC)


def _lapsed(controller: str, before: datetime) -> QuerySet:
    """Tickets without any contact since, with nothing left to do."""
    since = Q(requests__closed_at__gte=before) | Q(letters__sent_at__gte=before)
    open_work = Q(requests__state__in=Request.ACTIVE) | Q(letters__state__in=(*ON_ITS_WAY, Letter.State.DRAFT))
    busy = Ticket.objects.filter(since | open_work | Q(reviews__decided_at=None, reviews__isnull=False))
    # What was merged into another ticket goes with that one.
    lapsed = Ticket.objects.filter(controller=controller, erased_at=None, merged_into=None, last_contact__lt=before)
    return lapsed.exclude(id__in=busy.values("id")).order_by("last_contact", "id")


def _loose_mails(controller: str, before: datetime) -> QuerySet:
    """Handled mails that belong to no ticket, or came to one after it was erased, with no open review."""
    belongs = Q(ticket=None, requests=None) | Q(ticket__erased_at__isnull=False)
    handled = IncomingMail.objects.filter(
        belongs, state=IncomingMail.State.HANDLED, controller=controller, received_at__lt=before
    )
    undecided = IncomingMail.objects.filter(reviews__decided_at=None, reviews__isnull=False)
    return handled.exclude(sealed_raw=b"").exclude(id__in=undecided.values("id")).order_by("id")


def _last_contact(ticket: Ticket) -> datetime:
    last = Ticket.objects.filter(id=ticket.id).aggregate(closed=Max("requests__closed_at"), sent=Max("letters__sent_at"))
    moments: list[datetime] = [ticket.last_contact, *(moment for moment in last.values() if moment)]
    return max(moments)
