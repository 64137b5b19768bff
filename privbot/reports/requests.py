"""Requests as every report tells of them: rights, days and outcomes, nothing of the person.

A ticket is named by its reference; once it is erased, by a pseudonym that is the same in every report and that nobody can trace back
to the reference their letters bear.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db.models import Prefetch

from privbot.casework.lifecycle import Dropped
from privbot.config import Config
from privbot.law.calendar import day_in
from privbot.law.regimes import regime as regime_named
from privbot.records.models import Request, StepTaken
from privbot.records.sealing import Seals

Outcome = Literal["open", "complied", "complied in part", "denied", "withdrawn"]
CLOSING_STEPS = ("fulfil", "deny", "revoke", "expire")
UNPROVEN = "insuf_verification"
"""Why a request is denied whose requester never proved who they are (`expired`)."""
ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Told:
    """One request. Days are calendar days in the place of its regime."""

    controller: str
    reference: str
    regime: str
    right: str
    through_agent: bool
    received: date
    due: date
    extended: date | None
    """When an extension was announced."""
    answered: date | None
    """When the letter left that tells of the outcome; where none was needed, when it was decided."""
    outcome: Outcome
    basis: str
    """Why it was denied, in whole or in part: the law's reason (`not-covered`), else the Data Rights Protocol's (`other`)."""
    basis_source: str
    """Where the law says so."""
    verification: str
    """What the law asks for."""
    verified: str
    """What was shown."""

    @property
    def days(self) -> int | None:
        """How long the answer took."""
        return (self.answered - self.received).days if self.answered else None

    @property
    def in_time(self) -> bool | None:
        return self.answered <= self.due if self.answered else None


def told(config: Config, seals: Seals, regime: str, controllers: Collection[str] | None = None) -> Iterator[Told]:
    """Every request under a regime, oldest first; of these controllers, or of all. Raises UnknownRegime, ConfigWrong."""
    regime_named(regime)
    # What was misread, or is the same as another, never was a request of its own.
    rows = Request.objects.filter(regime=regime).exclude(state_reason__in=list(Dropped))
    if controllers is not None:
        rows = rows.filter(ticket__controller__in=[config.named_controller(one).id for one in controllers])
    closing = Prefetch(
        "steps", StepTaken.objects.filter(step__in=CLOSING_STEPS).select_related("letter").order_by("-id"), to_attr="closing"
    )
    rows = rows.select_related("ticket").prefetch_related(closing).order_by("received_at", "id")
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield _told(row, zone_of(config, row.ticket.controller, regime), seals)


def zone_of(config: Config, controller: str, regime: str) -> str:
    """Where days are counted; for a controller that is no longer configured, where the regime counts them."""
    settings = config.controllers.get(controller)
    place = settings.places.get(regime) if settings else None
    return place.zone if place else regime_named(regime).place.zone


def _told(row: Request, zone: str, seals: Seals) -> Told:
    letter = row.closing[0].letter if row.closing else None
    answered = answered_at(row.state, row.closed_at, letter.sent_at if letter else None, by_letter=letter is not None)
    basis = _basis(row)
    return Told(
        controller=row.ticket.controller,
        reference=row.ticket.reference if row.ticket.erased_at is None else pseudonym(row.ticket.reference, seals),
        regime=row.regime,
        right=row.right,
        through_agent=row.ticket.agent,
        received=day_in(row.received_at, zone),
        due=row.respond_by,
        extended=row.extended_on,
        answered=day_in(answered, zone) if answered else None,
        outcome=outcome_of(row.state, row.fulfilled),
        basis=basis,
        basis_source=_source(row.regime, basis),
        verification=row.verification,
        verified=row.verified_level,
    )


def pseudonym(reference: str, seals: Seals) -> str:
    """What an erased ticket is called: a keyed hash, so that nobody without the master key can try references out."""
    return f"erased-{seals.index('erased ticket', reference)[:12]}"


def answered_at(state: str, closed_at: datetime | None, sent_at: datetime | None, *, by_letter: bool) -> datetime | None:
    """When the answer left (UTC): with the letter that tells of it; where none was needed, when the request was closed. None: it has not."""
    if state in Request.ACTIVE:
        return None
    return sent_at if by_letter else closed_at


def outcome_of(state: str, fulfilled: str) -> Outcome:
    """What became of a request, in the words of every report."""
    match state:
        case Request.State.FULFILLED:
            return "complied in part" if fulfilled == Request.Fulfilled.PART else "complied"
        case Request.State.DENIED | Request.State.EXPIRED:
            return "denied"
        case Request.State.REVOKED:
            return "withdrawn"
        case _:
            return "open"


def _basis(row: Request) -> str:
    if row.state == Request.State.EXPIRED:
        return UNPROVEN
    denied = row.state == Request.State.DENIED or row.fulfilled == Request.Fulfilled.PART
    return str(row.refusal or row.state_reason) if denied else ""


def _source(regime: str, basis: str) -> str:
    rule = regime_named(regime).refusals.get(basis)
    return rule.source if rule else ""
