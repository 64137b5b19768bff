"""The world of the year: two controllers behind one mailbox, a mail server, an SMTP sink, a clock that jumps from day to day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import structlog
from imapclient import IMAPClient

from bench.year import checks
from bench.year.operator import Operator
from bench.year.people import cast, customer_rows
from bench.year.requesters import Requesters
from privbot.config import Config, Contacts, CsvCustomers, Recipient
from privbot.records.models import IncomingMail, Letter, Request
from privbot.testing.imap import ImapServer
from privbot.testing.smtp import SmtpSink
from privbot.worker.office import Office
from privbot.worker.schedule import Jobs

FIRST_DAY = date(2025, 1, 1)
"""Long past: Dovecot gives a mail whose INTERNALDATE lies ahead of its own clock the present moment."""
HOUR = time(10, tzinfo=UTC)
"""When the day's work is done: the same calendar day in Los Angeles, London, Vienna and Tokyo."""
LONGEST = 600
"""Days after which a year must be over."""
DAILY_WORK = 30
"""Days between two runs of retention and the walk over the audit trail: daily they would be most of the bench."""
OPERATORS = ("ada@harbour.example", "bo@harbour.example")
RECIPIENTS = (Recipient(name="Shipping companies", address="privacy@ships.example"), Recipient(name="Auditors"))
CONTACTS = Contacts(
    dpo="Dr. Ida Falk, dpo@harbour.example", representatives={"gdpr": "Harbour GmbH, Vienna", "uk-gdpr": "Harbour Ltd, London"}
)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime.combine(FIRST_DAY, HOUR)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Year:
    """A year that has passed."""

    report: checks.Report
    mails: int
    days: int
    reviews: dict[str, int]
    """What operators had to decide, by its reasons."""
    reminders: int
    faults: list[str]
    """What the worker could not do: jobs that failed, letters that could not be written."""


def settled(config: Config, people_csv: str) -> Config:
    """The demo world's controllers with operators, customer records, recipients and contacts; the second approves every letter."""
    file = config.folder / "year-customers.csv"
    file.write_text(people_csv)
    changes = {
        "operators": OPERATORS, "recipients": RECIPIENTS, "contacts": CONTACTS, "customers": CsvCustomers(kind="csv", file=file)
    }  # fmt: skip
    lumen, tidal = config.controller
    config = config.model_copy(
        update={"controller": (lumen.model_copy(update=changes), tidal.model_copy(update={**changes, "mode": "assist"}))}
    )
    config.__dict__.pop("controllers", None)
    return config


def live(
    config: Config, imap: ImapServer, sink: SmtpSink, *, requesters: int, seed: int = 1, days: int = LONGEST, at_work: bool = True,
    on_day: Callable[[int, int], None] = lambda day, mails: None,
) -> Year:  # fmt: skip
    """Let a year pass on empty databases, until everything has its outcome or `days` are over. `at_work`: whether the operator ever comes in."""
    people = cast(requesters, seed)
    script = Requesters(people, FIRST_DAY, seed)
    clock = Clock()
    office = Office(settled(config, customer_rows(people)), clock)
    operator = Operator(office, script)
    jobs = Jobs(office, lambda handled: None)
    mails = read = day = 0
    with structlog.testing.capture_logs() as log, IMAPClient("127.0.0.1", port=imap.port, ssl=False) as client:
        client.login(imap.user, imap.password)
        for day in range(days):
            clock.now = datetime.combine(FIRST_DAY + timedelta(days=day), HOUR)
            for raw, at in script.mails_of(day, clock.now):
                client.append("INBOX", raw, msg_time=at)
                mails += 1
            for mailbox in office.config.mailbox:
                jobs.mailbox(mailbox.id)
            jobs.outbox()
            if at_work:
                operator.work(clock.now.date())
            jobs.sweep()
            jobs.outbox()
            read = _hand_out(script, sink, read, day)
            if day % DAILY_WORK == 0:
                jobs.daily()
                jobs.health()
            on_day(day, mails)
            if day >= 365 and script.nothing_left and not Request.objects.filter(state__in=Request.ACTIVE).exists():
                break
        faults = [
            f"{one['event']}: {one.get('fault')} {one.get('at', '')}" for one in log if one["log_level"] in ("error", "warning")
        ]
    office.close()
    report = checks.check(office.config, script, sink.received, clock.now.date())
    assert IncomingMail.objects.count() == mails
    return Year(report, mails, day + 1, dict(operator.decided), checks.reminders_of_dates(), faults)


def _hand_out(script: Requesters, sink: SmtpSink, read: int, day: int) -> int:
    """The letters of the day reach their readers. Returns how many have been read by now."""
    fresh = [one for one in sink.received[read:] if one.recipients[0] not in OPERATORS]
    messages = [(one.recipients[0], one.message) for one in fresh]
    names = dict(
        Letter.objects.filter(message_id__in=[str(one["Message-ID"]) for _, one in messages]).values_list("message_id", "name")
    )
    for address, message in messages:
        script.got(address, message, names[str(message["Message-ID"])], day)
    return len(sink.received)
