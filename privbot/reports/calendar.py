"""What is due, as an iCalendar file (RFC 5545) that any calendar program subscribes to or imports.

No personal data: references, rights and laws only. An event keeps its UID as long as its date is what it is about, so that a later file moves
it instead of adding another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from icalendar import Calendar, Event

from privbot.config import Config
from privbot.records.models import Review
from privbot.records.open_dates import OpenDate, What, open_dates

TITLES: dict[What, str] = {
    "acknowledge_by": "Confirm receipt",
    "respond_by": "Answer due",
    "extend_by": "Last day to announce an extension",
}


def calendar(config: Config, controllers: Sequence[str], now: datetime) -> bytes:
    """The file for these controllers. Days are whole days in the place of each regime; `now` (UTC) stamps the events."""
    made = Calendar()
    made.add("prodid", "-//privbot//what is due//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"privbot: {', '.join(config.controllers[one].name for one in controllers)}")
    for one in controllers:
        domain = config.controllers[one].addresses[0].rpartition("@")[2]
        for event in _events(open_dates(one), _open_reviews(one), domain, now):
            made.add_component(event)
    return bytes(made.to_ical())


def _open_reviews(controller: str) -> Sequence[Review]:
    return list(Review.objects.filter(controller=controller, decided_at=None).select_related("ticket").order_by("due", "id"))


def _events(dates: Iterable[OpenDate], reviews: Iterable[Review], domain: str, now: datetime) -> Iterable[Event]:
    for one in dates:
        child = " – concerns a child" if one.minor else ""
        event = _all_day(f"{one.what.replace('_', '-')}.{one.request}.{one.reference.lower()}@{domain}", one.day, now)
        event.add("summary", f"{TITLES[one.what]}: {one.reference} {one.right} ({one.regime}){child}")
        event.add("description", "\n".join([f"privbot show {one.reference}", *one.sources]))
        yield event
    for review in reviews:
        event = _all_day(f"review.{review.id}@{domain}", review.due, now)
        event.add("summary", f"Decide review {review.id}" + (f": {review.ticket.reference}" if review.ticket else ""))
        event.add("description", f"privbot show review:{review.id}\n{', '.join(review.codes)}")
        yield event


def _all_day(uid: str, day: object, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("transp", "TRANSPARENT")  # a due date keeps nobody from meeting
    return event
