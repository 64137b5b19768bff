"""What a controller's operators are told by mail: each thing once, by a row in the table of notices, however often the sweep comes by.

What there is to tell is derived from the records each time; a row only remembers that it was told. So a notice whose matter is settled before
it could leave is never sent, and after a pause only the latest reminder of a date goes out. No personal data: it travels by ordinary mail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

import structlog
from django.db.models import Q

from privbot.config import Config, Controller
from privbot.errors import FaultOfWorld
from privbot.law.calendar import day_in, zone
from privbot.law.reminders import reminders
from privbot.letters.smtp import Carrier, LetterPostponed, LetterRefused
from privbot.records.database import writing
from privbot.records.models import Folder, Letter, Notice, Request, Review
from privbot.records.open_dates import OpenDate, undone, unfinished_requests
from privbot.reports.digest import MOST_LINES, date_line, digest, text
from privbot.worker.controllers import home_zone, zone_of

log = structlog.get_logger()

DIGEST = "digest"
TRY_AGAIN = timedelta(minutes=5)
SECTIONS = ("OVERDUE", "ALARM: due tomorrow at the latest", "COMING UP", "TO DECIDE", "LETTERS", "MAILBOXES")
Key = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Tellable:
    """One thing to tell now, and the notice it is told by. `section` is one of SECTIONS."""

    about: str
    kind: str
    day: date
    section: str
    line: str

    @property
    def key(self) -> Key:
        return self.about, self.kind, self.day


def tell_operators(config: Config, now: datetime, *, lease_seconds: float) -> int:
    """Tell every controller's operators what is new, and the digest once a day. Returns how many mails left.

    Raises FaultOfWorld when the SMTP server cannot be used now; what could not be told is told at the next sweep.
    """
    mails = 0
    for settings in config.controller:
        if settings.operators:
            mails += _tell_news(config, settings, now, lease_seconds)
            mails += _tell_digest(config, settings, now, lease_seconds)
    return mails


def _tell_news(config: Config, settings: Controller, now: datetime, seconds: float) -> int:
    tellable = {one.key: one for one in _tellable(config, settings, now)}
    _remember(settings.id, tellable, now)
    mine = _claim(settings.id, Q(), now, seconds)
    news = [tellable[key] for notice in mine if (key := (notice.about, notice.kind, notice.day)) in tellable]
    if news:
        return _send(config, settings, _subject(settings, news), _news_text(settings, news), mine, now)
    _told(mine, now)  # settled before it could leave
    return 0


def _tell_digest(config: Config, settings: Controller, now: datetime, seconds: float) -> int:
    here = now.astimezone(zone(home_zone(settings)))
    if here.time() < settings.digest_at:
        return 0
    today = here.date()
    due = Tellable(f"controller:{settings.id}", DIGEST, today, "", "")
    _remember(settings.id, {due.key: due}, now)
    mine = _claim(settings.id, Q(kind=DIGEST), now, seconds)
    if not any(notice.day == today for notice in mine):
        _told(mine, now)  # yesterday's, which never left: today's tells all of it
        return 0
    made = digest(config, settings.id, today, now)
    return _send(config, settings, f"[privbot] {made.title}", text(made), mine, now)


# -- what there is to tell -----------------------------------------------------------------------------------------------


def _tellable(config: Config, settings: Controller, now: datetime) -> Iterator[Tellable]:
    for row in unfinished_requests(settings.id):
        yield from _of_request(settings, row, now)
    today = day_in(now, home_zone(settings))
    open_reviews = Review.objects.filter(Q(urgent=True) | Q(due__lt=today), controller=settings.id, decided_at=None)
    for review in open_reviews.order_by("due", "id"):
        codes = ", ".join(review.codes)
        if review.urgent:
            yield Tellable(
                f"review:{review.id}", "urgent", review.due, "TO DECIDE", f"URGENT review:{review.id}  by {review.due}  {codes}"
            )
        if review.due < today:
            yield Tellable(
                f"review:{review.id}",
                "overdue",
                review.due,
                "TO DECIDE",
                f"OVERDUE review:{review.id}  was due {review.due}  {codes}",
            )
    stuck = Letter.objects.filter(controller=settings.id, state__in=(Letter.State.DEAD, Letter.State.UNKNOWN)).select_related(
        "ticket"
    )
    for letter in stuck.defer("sealed").order_by("id"):
        what = "was refused for good" if letter.state == Letter.State.DEAD else "may or may not have left"
        line = f"letter:{letter.id}  {letter.name}  {letter.ticket.reference}  {what}"
        yield Tellable(f"letter:{letter.id}", letter.state, letter.created_at.date(), "LETTERS", line)
    mailboxes = [one.id for one in config.mailbox if settings.id in one.controllers]
    for folder in Folder.objects.filter(mailbox__in=mailboxes).order_by("id"):
        if missing := (folder.on_server or 0) - (folder.in_ledger or 0):
            line = f"{folder.mailbox}/{folder.name}: {missing} mails on the server are not in the ledger: privbot status"
            yield Tellable(f"controller:{settings.id} folder:{folder.id}", "missing", today, "MAILBOXES", line)


def _of_request(settings: Controller, row: Request, now: datetime) -> Iterator[Tellable]:
    """Of each date the latest reminder whose day has come; none of what is done already."""
    place = zone_of(settings, row.regime)
    today = day_in(now, place)
    dates = undone(row)
    latest = {
        one.what: one
        for one in reminders(row.regime, row, day_in(row.received_at, place))
        if one.day <= today and (one.what == "alarm" or one.what in dates)
    }
    if "respond_by" in latest and latest["respond_by"].escalation:
        latest.pop("alarm", None)
    for what, one in latest.items():
        subject = "respond_by" if what == "alarm" else what
        if subject == "extend_by" and one.date < today:
            continue  # the extension is lost, and nothing can be done about it
        open_date = OpenDate(
            row.id, row.ticket.reference, settings.id, row.regime, row.right, subject, one.date, tuple(row.sources), row.ticket.minor
        )  # fmt: skip
        days = (one.day - one.date).days
        section = "OVERDUE" if one.escalation else SECTIONS[1] if what == "alarm" else "COMING UP"
        yield Tellable(f"request:{row.id}", f"{what} {days:+d}", one.date, section, date_line(open_date, today))


# -- telling it ------------------------------------------------------------------------------------------------------------


def _remember(controller: str, tellable: Mapping[Key, Tellable], now: datetime) -> None:
    """A row for each new thing; the table's own rule keeps two workers from making two."""
    known = set(Notice.objects.filter(about__in={about for about, _, _ in tellable}).values_list("about", "kind", "day"))
    if fresh := [key for key in tellable if key not in known]:
        with writing():
            Notice.objects.bulk_create(
                (Notice(controller=controller, about=about, kind=kind, day=day, created_at=now) for about, kind, day in fresh),
                ignore_conflicts=True,
            )


def _claim(controller: str, which: Q, now: datetime, seconds: float) -> list[Notice]:
    """Notices that have not left, held so that no other worker sends them meanwhile."""
    free = Notice.objects.filter(Q(held_until=None) | Q(held_until__lt=now), which, controller=controller, sent_at=None)
    free = free if which else free.exclude(kind=DIGEST)
    if not free.exists():
        return []
    with writing():
        mine = list(free.select_for_update().order_by("id"))
        Notice.objects.filter(id__in=[one.id for one in mine]).update(held_until=now + timedelta(seconds=seconds))
    return mine


def _told(notices: list[Notice], now: datetime) -> None:
    if notices:
        with writing():
            Notice.objects.filter(id__in=[one.id for one in notices]).update(sent_at=now, held_until=None)


def _send(config: Config, settings: Controller, subject: str, words: str, notices: list[Notice], now: datetime) -> int:
    """One mail to all operators. It counts as told once one of them has it; else it is tried again."""
    message = _message(settings, subject, words, notices, now)
    taken = 0
    try:
        with Carrier(config.smtp, config.folder) as carrier:
            carrier.connect()
            for operator in settings.operators:
                try:
                    carrier.send(message, sender=settings.addresses[0], recipient=operator)
                    taken += 1
                except (LetterRefused, LetterPostponed) as fault:
                    log.error("operator not reached", controller=settings.id, fault=fault.code)
    except FaultOfWorld:
        if not taken:
            _later(notices, now)
            raise
    if not taken:
        _later(notices, now)
        return 0
    _told(notices, now)
    return 1


def _later(notices: list[Notice], now: datetime) -> None:
    with writing():
        Notice.objects.filter(id__in=[one.id for one in notices]).update(held_until=now + TRY_AGAIN)


def _message(settings: Controller, subject: str, words: str, notices: list[Notice], now: datetime) -> bytes:
    message = EmailMessage(policy=policy.SMTP.clone(cte_type="8bit"))
    message["From"] = formataddr((settings.name, settings.addresses[0]))
    message["To"] = ", ".join(settings.operators)
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    told = hashlib.sha256(" ".join(str(one.id) for one in notices).encode()).hexdigest()[:24]
    message["Message-ID"] = f"<notice.{settings.id}.{told}@{settings.addresses[0].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: no machine answers it
    message.set_content(words)
    return message.as_bytes()


def _subject(settings: Controller, news: list[Tellable]) -> str:
    counts = {section: sum(one.section == section for one in news) for section in SECTIONS}
    told = [f"{counts[section]} {section.partition(':')[0].lower()}" for section in SECTIONS if counts[section]]
    return f"[privbot] {settings.name}: {', '.join(told)}"


def _news_text(settings: Controller, news: list[Tellable]) -> str:
    lines = [settings.name]
    for section in SECTIONS:
        of_section = [f"  {one.line}" for one in news if one.section == section]
        if of_section:
            lines += ["", section, *of_section[:MOST_LINES]]
            if len(of_section) > MOST_LINES:
                lines.append(f"  … and {len(of_section) - MOST_LINES} more: privbot queue")
    return "\n".join([*lines, "", "privbot show REFERENCE shows one whole; privbot queue shows all."]) + "\n"
