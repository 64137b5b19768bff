"""How the service is: for `privbot status`, the health line of the worker and – later – the console."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q

from privbot import settings_file
from privbot.config import Config, ConfigWrong, Mailbox
from privbot.records.models import Folder, IncomingMail, Letter, Request, Review, Worker
from privbot.records.open_dates import unfinished_requests
from privbot.records.trouble import surely_of

STALE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FolderHealth:
    """One folder of one mailbox. `poll_age` is the time since the last good poll; None: never. `missing` counts mails the ledger lacks."""

    mailbox: str
    folder: str
    poll_age: timedelta | None
    fault: str
    on_server: int | None
    missing: int
    stale: bool
    """Never looked at, or not for ten times the polling interval, though it should be."""
    paused: bool = False
    """Not looked at because the settings say so: shown, and no alarm."""


@dataclass(frozen=True, slots=True)
class Health:
    """The whole service at one moment."""

    folders: tuple[FolderHealth, ...]
    backlog: int
    """Mails kept but not yet handled."""
    quarantined: int
    letters: dict[str, int]
    """Letters by state, those that are neither sent nor discarded."""
    reviews: int
    active_requests: int
    overdue: int
    """Requests past their day, active or closed by a letter that has not left."""
    unacknowledged: int
    """Requests without a sent letter whose acknowledge-by day has passed."""
    overdue_reviews: int
    next_due: date | None
    workers: int
    paused_controllers: tuple[str, ...] = ()
    settings_fault: str = ""
    """Why a changed privbot.toml is not taken on."""

    @property
    def pauses(self) -> list[str]:
        """What stands still because the settings say so, in sentences."""
        mailboxes = dict.fromkeys(one.mailbox for one in self.folders if one.paused)
        found = [f"mailbox {one} is not looked at; mail that waits there has its dates all the same" for one in mailboxes]
        return found + [f"no letter of {one} leaves by itself; its dates run on" for one in self.paused_controllers]

    @property
    def mailbox_alarms(self) -> list[str]:
        """Which mailboxes cannot be read, or hold mails that the ledger lacks."""
        looked_at = [one for one in self.folders if not one.paused]
        found = [f"{one.mailbox}/{one.folder}: last poll failed ({one.fault})" for one in looked_at if one.fault]
        found += [
            f"{one.mailbox}/{one.folder}: {one.missing} mails on the server are not in the ledger"
            for one in looked_at
            if one.missing
        ]
        found += [f"{one.mailbox}/{one.folder}: not looked at for too long" for one in looked_at if one.stale]
        return found

    @property
    def alarms(self) -> list[str]:
        """What needs a person now, in sentences."""
        found = self.mailbox_alarms
        if self.quarantined:
            found.append(f"{self.quarantined} mails in quarantine: privbot quarantine list")
        if dead := self.letters.get("dead", 0):
            found.append(f"{dead} letters could not be delivered: privbot queue")
        if unknown := self.letters.get("unknown", 0):
            found.append(f"{unknown} letters may or may not have left: privbot queue")
        if self.overdue:
            found.append(f"{self.overdue} requests are overdue")
        if self.unacknowledged:
            found.append(f"{self.unacknowledged} requests are past the day by which their receipt had to be confirmed")
        if self.overdue_reviews:
            found.append(f"{self.overdue_reviews} reviews are past the day by which they had to be decided: privbot queue")
        if not self.workers:
            found.append("no worker is running: privbot run")
        if self.settings_fault:
            found.append(f"{self.settings_fault} The service goes on with the settings it had.")
        return found

    def line(self) -> dict[str, int | str]:
        """The health line of the log: counts only."""
        ages = [one.poll_age.total_seconds() for one in self.folders if one.poll_age is not None]
        return {
            "oldest_poll_seconds": int(max(ages)) if ages else "never", "kept": self.backlog, "quarantined": self.quarantined,
            "outbox": sum(self.letters.get(state, 0) for state in ("queued", "claimed", "sending", "unknown")),
            "drafts": self.letters.get("draft", 0),
            "reviews": self.reviews, "active": self.active_requests, "overdue": self.overdue, "next_due": str(self.next_due or "none"),
            "paused": len(self.pauses), "alarms": len(self.alarms),
        }  # fmt: skip


def health(config: Config, now: datetime, *, only: Collection[str] | None = None) -> Health:
    """The state of the service, by counts. `only`: as far as it concerns these controllers."""
    mailboxes = [one for one in config.mailbox if only is None or set(one.controllers) & set(only)]
    controllers = [one for one in config.controller if only is None or one.id in only]
    theirs = Q() if only is None else Q(controller__in=only)
    rows = {(row.mailbox, row.name): row for row in Folder.objects.all()}
    letters = (
        Letter.objects.filter(theirs)
        .exclude(state__in=(Letter.State.SENT, Letter.State.DISCARDED))
        .values_list("state")
        .annotate(count=Count("id"))
    )
    mails = IncomingMail.objects.filter(Q() if only is None else surely_of(config, only))
    waiting = mails.exclude(state=IncomingMail.State.HANDLED).values_list("state").annotate(count=Count("id"))
    by_state = dict(waiting)
    today = now.date()
    reviews = Review.objects.filter(theirs, decided_at=None).aggregate(
        all=Count("id"), overdue=Count("id", filter=Q(due__lt=today))
    )
    requests = unfinished_requests().filter(theirs).aggregate(
        overdue=Count("id", filter=Q(respond_by__lt=today)),
        unacknowledged=Count("id", filter=Q(acknowledge_by__lt=today, acknowledged=False)),
        next_due=Min("respond_by"),
    )  # fmt: skip
    return Health(
        folders=tuple(
            _folder_health(mailbox, name, rows.get((mailbox.id, name)), now) for mailbox in mailboxes for name in mailbox.folders
        ),
        backlog=by_state.get(IncomingMail.State.KEPT, 0),
        quarantined=by_state.get(IncomingMail.State.QUARANTINED, 0),
        letters=dict(letters),
        reviews=reviews["all"],
        active_requests=Request.objects.filter(theirs, state__in=Request.ACTIVE).count(),
        overdue=requests["overdue"],
        unacknowledged=requests["unacknowledged"],
        overdue_reviews=reviews["overdue"],
        next_due=requests["next_due"],
        workers=Worker.objects.filter(seen_at__gt=now - timedelta(minutes=2)).count(),
        paused_controllers=tuple(one.id for one in controllers if one.paused),
        # It may name any controller.
        settings_fault=_settings_fault(config) if only is None else "",
    )


def _settings_fault(config: Config) -> str:
    try:
        settings_file.newer(config)
    except ConfigWrong as fault:
        return str(fault)
    return ""


def _folder_health(mailbox: Mailbox, name: str, row: Folder | None, now: datetime) -> FolderHealth:
    if row is None:
        return FolderHealth(mailbox.id, name, None, "", None, 0, stale=not mailbox.paused, paused=mailbox.paused)
    missing = (row.on_server or 0) - (row.in_ledger or 0)
    age = now - row.last_good_poll if row.last_good_poll else None
    stale = age is None or age > max(STALE_AFTER, 10 * timedelta(seconds=mailbox.poll_seconds))
    return FolderHealth(
        mailbox.id, name, age, row.last_fault, row.on_server, missing, stale and not mailbox.paused, mailbox.paused
    )
