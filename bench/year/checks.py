"""What a year must not have: missed dates, letters in wrong hands, letters to machines, personal data unproven, requests without an outcome.

It looks at what arrived at the mail server and at the script, and trusts the records only for the dates that were reckoned.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from bench.year.people import Person
from bench.year.requesters import Requesters
from privbot.config import Config
from privbot.law.calendar import day_in
from privbot.records.models import IncomingMail, Letter, Notice, Request, Ticket
from privbot.testing.smtp import Received
from privbot.worker.controllers import zone_of

CUSTOMER = re.compile(r"CU-7\d{4}")


@dataclass
class Report:
    """What a year came to. The lists name references and numbers of mails, and must be empty."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(regime, outcome) → requests."""
    letters: Counter[str] = field(default_factory=Counter)
    """Name → letters that arrived."""
    missed: list[str] = field(default_factory=list)
    """Dates by which nothing was done: `reference date day`."""
    dates: int = 0
    """Dates that had to be kept."""
    wrong_recipients: list[str] = field(default_factory=list)
    to_machines: list[str] = field(default_factory=list)
    to_unverified: list[str] = field(default_factory=list)
    without_outcome: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Requesters whose request was never opened, and mails that were never handled."""
    operators_told: int = 0
    requesters_reminded: int = 0

    @property
    def failures(self) -> list[str]:
        """All that must not be."""
        wrong = [*self.wrong_recipients, *self.to_machines, *self.to_unverified]
        return [*self.missed, *wrong, *self.without_outcome, *self.lost]

    @property
    def on_time(self) -> float:
        """Share of the dates that were kept."""
        return 1 - len(self.missed) / self.dates if self.dates else 1.0


def check(config: Config, requesters: Requesters, arrived: list[Received], last_day: date) -> Report:
    """Everything about one year that has passed, up to `last_day`."""
    report = Report()
    for row in Request.objects.select_related("ticket", "mail").order_by("id"):
        report.requests[row.regime, row.state] += 1
        if row.state in Request.ACTIVE:
            report.without_outcome.append(f"{row.ticket.reference} {row.right}")
        _dates(config, row, last_day, report)
    _lost(requesters, report)
    operators = {address for one in config.controller for address in one.operators}
    for letter in arrived:
        if letter.recipients[0] in operators:
            report.operators_told += letter.recipients[0] == min(operators)
            if CUSTOMER.search(_words(letter)):
                report.wrong_recipients.append(f"operator {letter.recipients[0]}")
        else:
            _letter(config, requesters, letter, report)
    report.requesters_reminded = report.letters["reminder"]
    return report


def _dates(config: Config, row: Request, last_day: date, report: Report) -> None:
    zone, reference = zone_of(config.controllers[row.controller], row.regime), row.ticket.reference
    sent = Letter.objects.filter(ticket=row.ticket, state=Letter.State.SENT)
    if row.acknowledge_by and row.acknowledge_by <= last_day:
        first = sent.filter(created_at__gte=row.mail.handled_at).order_by("sent_at").first()
        _kept(
            report,
            f"{reference} acknowledge",
            row.acknowledge_by,
            day_in(first.sent_at, zone) if first and first.sent_at else None,
        )
    if row.respond_by <= last_day or row.closed_at:
        closing = row.steps.filter(letter__isnull=False).order_by("id").last() if row.closed_at else None
        told = closing.letter.sent_at if closing and closing.letter else None
        _kept(report, f"{reference} respond", row.respond_by, day_in(told, zone) if told else None)
    if row.extended_on:
        notice = row.steps.filter(step="extend").get().letter
        assert row.extend_by and notice and notice.sent_at
        _kept(report, f"{reference} extend", row.extend_by, day_in(notice.sent_at, zone))


def _kept(report: Report, what: str, due: date, done: date | None) -> None:
    report.dates += 1
    if done is None or done > due:
        report.missed.append(f"{what} {due.isoformat()}")


def _lost(requesters: Requesters, report: Report) -> None:
    asked: dict[int, set[str]] = {}
    for row in Request.objects.select_related("mail"):
        person = requesters.written[row.mail.sha256].person
        if person:
            asked.setdefault(person.number, set()).add(row.right)
    for person in requesters.people:
        rights = set(person.story.rights) if person.story.outcome != "lesser" else set()
        if not rights <= asked.get(person.number, set()) or person.number not in asked:
            report.lost.append(f"requester {person.number}: {', '.join(person.story.rights)}")
    report.lost += [f"mail {one.id}: {one.state}" for one in IncomingMail.objects.exclude(state=IncomingMail.State.HANDLED)]


def _letter(config: Config, requesters: Requesters, arrived: Received, report: Report) -> None:
    letter = Letter.objects.select_related("ticket", "cause").get(message_id=str(arrived.message["Message-ID"]))
    [to] = arrived.recipients
    report.letters[letter.name] += 1
    where = f"{letter.ticket.reference} {letter.name}"
    person = _whose(requesters, letter.ticket)
    if to not in _may_get(config, letter, person) or any(one != person.customer for one in CUSTOMER.findall(_words(arrived))):
        report.wrong_recipients.append(where)
    if to.lower() in requesters.machines or (letter.automatic and letter.cause and letter.cause.origin != "human"):
        report.to_machines.append(where)
    if CUSTOMER.search(_words(arrived)) and not _has_shown_the_address(person, letter):
        report.to_unverified.append(where)


def _whose(requesters: Requesters, ticket: Ticket) -> Person:
    person = requesters.written[ticket.requests.select_related("mail").order_by("id")[0].mail.sha256].person
    assert person is not None
    return person


def _may_get(config: Config, letter: Letter, person: Person) -> set[str]:
    if letter.name == "recipients-told":
        return {str(one.address) for one in config.controllers[letter.controller].recipients if one.address}
    if letter.name == "agent-confirmation":
        return {address for _, address in person.consumers}
    return {person.address}


def _has_shown_the_address(person: Person, letter: Letter) -> bool:
    """What left our house after the address was shown to be theirs, by their mail server or by a code or signature that they sent."""
    return person.story.authenticated or any(day <= letter.created_at.date() for day in person.proved)


def _words(arrived: Received) -> str:
    parts = (part.get_payload(decode=True) for part in arrived.message.walk() if not part.is_multipart())
    return b"\n".join(part for part in parts if isinstance(part, bytes)).decode("utf-8", "replace")


def reminders_of_dates() -> int:
    """How many dates the operators were reminded of, or told of as overdue."""
    return Notice.objects.filter(about__startswith="request:").exclude(sent_at=None).count()
