"""The daily digest for a controller's operators: what is overdue, due today and this week, what waits for them, what is wrong.

No personal data: it travels by ordinary mail. References lead to the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from privbot.config import Config
from privbot.records import status
from privbot.records.models import IncomingMail, Letter, Review
from privbot.records.open_dates import OpenDate, What, open_dates

WEEK = timedelta(days=7)
MOST_LINES = 50
"""Of one list in the text; the rest is counted, and `privbot queue` shows it."""
BY: dict[What, str] = {"acknowledge_by": "confirm receipt by", "respond_by": "answer by", "extend_by": "announce an extension by"}


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A decision that waits."""

    review: int
    due: date
    urgent: bool
    codes: tuple[str, ...]
    reference: str | None


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """A letter that waits for an operator: a draft, a refused one, or one of which nobody knows whether it left."""

    letter: int
    state: str
    name: str
    reference: str


@dataclass(frozen=True, slots=True)
class Digest:
    """One controller at one day (in the controller's own place)."""

    controller: str
    day: date
    overdue: tuple[OpenDate, ...]
    today: tuple[OpenDate, ...]
    this_week: tuple[OpenDate, ...]
    """The seven days after today."""
    reviews: tuple[OpenReview, ...]
    letters: tuple[OpenLetter, ...]
    alarms: tuple[str, ...]

    @property
    def title(self) -> str:
        """The subject line: the worst first."""
        counts = {
            "alarms": self.alarms, "overdue": self.overdue, "due today": self.today, "this week": self.this_week, "to decide": self.reviews,
        }  # fmt: skip
        told = ", ".join(f"{len(ones)} {what}" for what, ones in counts.items() if ones)
        return f"{self.controller}: {told or 'nothing is due'}"


def digest(config: Config, controller: str, day: date, now: datetime) -> Digest:
    """The digest of one controller for one day of its own place; `now` (UTC) is for the alarms."""
    dates = open_dates(controller)
    reviews = Review.objects.filter(controller=controller, decided_at=None).select_related("ticket").order_by("due", "id")
    letters = Letter.objects.filter(controller=controller, state__in=Letter.WAITING).select_related("ticket").order_by("id")
    return Digest(
        controller=config.controllers[controller].name,
        day=day,
        # The day for an extension is lost once it has passed, and nothing can be done about it.
        overdue=tuple(one for one in dates if one.day < day and one.what != "extend_by"),
        today=tuple(one for one in dates if one.day == day),
        this_week=tuple(one for one in dates if day < one.day <= day + WEEK),
        reviews=tuple(
            OpenReview(one.id, one.due, one.urgent, tuple(one.codes), one.ticket.reference if one.ticket else None) for one in reviews
        ),
        letters=tuple(OpenLetter(one.id, one.state, one.name, one.ticket.reference) for one in letters.defer("sealed")),
        alarms=tuple(_alarms(config, controller, now)),
    )  # fmt: skip


def as_json(made: Digest) -> dict[str, Any]:
    """The stable JSON of `privbot digest --json`, dates in ISO form."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(made), default=str))
    return plain


def text(made: Digest) -> str:
    """The digest as a person reads it."""
    sections = [
        ("ALARMS", made.alarms),
        ("OVERDUE", (date_line(one, made.day) for one in made.overdue)),
        ("DUE TODAY", (date_line(one, made.day) for one in made.today)),
        ("DUE THIS WEEK", (date_line(one, made.day) for one in made.this_week)),
        ("TO DECIDE (privbot show review:N)", map(_review, made.reviews)),
        ("LETTERS THAT WAIT FOR YOU (privbot show letter:N)", map(_letter, made.letters)),
    ]
    told = [f"{made.controller} on {made.day:%A}, {made.day.isoformat()}"]
    for title, lines in sections:
        told += _section(title, list(lines))
    return "\n".join(told if len(told) > 1 else [*told, "", "Nothing is due, and nothing waits."]) + "\n"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from ("", title)
        yield from (f"  {line}" for line in lines[:MOST_LINES])
        if len(lines) > MOST_LINES:
            yield f"  … and {len(lines) - MOST_LINES} more: privbot queue"


def date_line(one: OpenDate, today: date) -> str:
    """One date in a line, as notices and digest have it."""
    away = (one.day - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    when = near.get(away) or (f"in {away} days" if away > 0 else f"{-away} days ago")
    child = " · concerns a child" if one.minor else ""
    return f"{one.reference}  {BY[one.what]} {one.day.isoformat()} ({when})  {one.right} ({one.regime}){child}"


def _review(one: OpenReview) -> str:
    urgent = "URGENT " if one.urgent else ""
    return f"{urgent}review:{one.review}  by {one.due.isoformat()}  {', '.join(one.codes)}  {one.reference or ''}".rstrip()


def _letter(one: OpenLetter) -> str:
    return f"letter:{one.letter}  {one.state}  {one.name}  {one.reference}"


def _alarms(config: Config, controller: str, now: datetime) -> Iterator[str]:
    """What is wrong with the controller's mailboxes; its dates and letters stand in lists of their own."""
    mailboxes = tuple(one for one in config.mailbox if controller in one.controllers)
    health = status.health(config, now, only=[controller])
    yield from health.mailbox_alarms
    yield from (f"paused: {pause}" for pause in health.pauses)
    names = [one.id for one in mailboxes]
    quarantined = IncomingMail.objects.filter(state=IncomingMail.State.QUARANTINED, mailbox__in=names).count()
    if quarantined:
        yield f"{quarantined} mails in quarantine: privbot quarantine list"
