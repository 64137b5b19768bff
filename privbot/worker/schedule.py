"""The worker: APScheduler calls one job per mailbox, the outbox, the sweep and the daily work.

A job's state is in the database, never in the scheduler: due work is derived from the records at each call, so that a missed call loses
nothing (`misfire_grace_time=None`, `coalesce=True`, `max_instances=1`; the default grace of one second would skip silently).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from django.db import Error as DatabaseError

from privbot import settings_file
from privbot.config import ConfigWrong
from privbot.errors import FaultOfWorld, PrivbotError
from privbot.records import audit, retention, status
from privbot.records.database import let_go_of_connections, writing
from privbot.records.models import Worker
from privbot.worker.office import Office
from privbot.worker.pipeline import ACTOR, Handled
from privbot.worker.sweep import sweep

log = structlog.get_logger()

OUTBOX_SECONDS = 1
HEALTH_SECONDS = 30
SWEEP_SECONDS = 60
SETTINGS_SECONDS = 5


def run(office: Office, *, on_handled: Callable[[Handled], None] = lambda handled: None) -> None:
    """Work until SIGTERM or SIGINT: what is begun is finished, nothing new is begun. A changed privbot.toml is taken on by the same way out:
    an office with the new settings is made ready, and takes the place of the one that stops."""
    ended = threading.Event()
    current = office

    def end(*_: object) -> None:
        ended.set()
        current.stopping.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)
    while True:
        scheduler = start(current, on_handled=on_handled)
        successor = _successor(current)
        current.stopping.set()
        log.info("stopping")
        scheduler.shutdown(wait=True)
        current.close()
        if successor is None:
            break
        current = successor
        if ended.is_set():
            # Told to stop between two offices, when the signal found the old one.
            current.close()
            break
    log.info("stopped")


def _successor(office: Office) -> Office | None:
    """Wait until privbot.toml changes – then an office with the new settings, ready to read – or until the office is told to stop: None."""
    while not office.stopping.wait(SETTINGS_SECONDS):
        try:
            config = settings_file.newer(office.config)
            if config is not None:
                log.info("settings changed")
                made = office.with_settings(config)
                made.pipeline.understanding.start()
                return made
        except ConfigWrong as fault:
            # Keys only: a sentence may name what somebody typed.
            log.error("settings not taken on", fault=fault.code, keys=[one.key for one in fault.faults])
        except (PrivbotError, DatabaseError, OSError) as fault:
            log.error("settings not taken on", fault=type(fault).__name__)
        finally:
            # Asked again on a new connection: the database may have been away meanwhile.
            let_go_of_connections()
    return None


def start(office: Office, *, on_handled: Callable[[Handled], None] = lambda handled: None) -> BackgroundScheduler:
    """Start the jobs in the background. The first call of each comes at once."""
    mailboxes = office.config.mailbox
    # A thread for each mailbox, so that a dead server never delays another mailbox.
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(mailboxes) + 5)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="UTC",
    )
    jobs = Jobs(office, on_handled)
    office.pipeline.understanding.start()
    # The scheduler lives in the world's time, whatever clock the office goes by: it walks through every run that it takes for missed.
    now = datetime.now(UTC)
    for mailbox in mailboxes:
        scheduler.add_job(
            jobs.mailbox, "interval", [mailbox.id], seconds=mailbox.poll_seconds, next_run_time=now, id=f"mailbox {mailbox.id}"
        )
    scheduler.add_job(jobs.outbox, "interval", seconds=OUTBOX_SECONDS, next_run_time=now, id="outbox")
    scheduler.add_job(jobs.copies, "interval", seconds=HEALTH_SECONDS, next_run_time=now, id="copies")
    scheduler.add_job(jobs.health, "interval", seconds=HEALTH_SECONDS, next_run_time=now, id="health")
    scheduler.add_job(jobs.sweep, "interval", seconds=SWEEP_SECONDS, next_run_time=now, id="sweep")
    scheduler.add_job(jobs.daily, "interval", days=1, next_run_time=now + timedelta(minutes=10), id="daily")
    scheduler.start()
    log.info("started", mailboxes=len(mailboxes), holder=office.holder)
    return scheduler


class Jobs:
    """What is called on schedule. The very same functions serve `privbot poll --once`, the demo and the tests."""

    def __init__(self, office: Office, on_handled: Callable[[Handled], None]) -> None:
        self.office = office
        self._on_handled = on_handled

    def mailbox(self, mailbox: str) -> None:
        """Look at one mailbox, then handle what is kept of it – also when the look failed."""
        with self._faults_of_the_world(f"mailbox {mailbox}"):
            self.office.pollers[mailbox].poll()
        with self._faults_of_the_world(f"mailbox {mailbox}"):
            self.office.pipeline.handle_kept(mailbox, on_handled=self._on_handled)

    def outbox(self) -> None:
        """Deliver what waits."""
        with self._faults_of_the_world("outbox"):
            self.office.delivery.deliver()

    def copies(self) -> None:
        """Put copies of sent letters into the Sent folder: apart from the outbox, which a dead IMAP server must not delay."""
        with self._faults_of_the_world("copies"):
            self.office.delivery.copy_to_sent()

    def sweep(self) -> None:
        """What time brings: reminders, escalations, the digest."""
        with self._faults_of_the_world("sweep"):
            sweep(self.office)

    def health(self) -> None:
        """The health line."""
        with self._faults_of_the_world("health"):
            now = self.office.clock()
            with writing():
                Worker.objects.update_or_create(
                    name=self.office.holder, defaults={"seen_at": now}, create_defaults={"seen_at": now, "started_at": now}
                )
            health = status.health(self.office.config, now)
            log.info("health", **health.line())

    def daily(self) -> None:
        """Once a day: erase what was kept for long enough, forget workers that are gone, and walk the audit trail."""
        with self._faults_of_the_world("retention"):
            erased = retention.run(self.office.config, self.office.seals, self.office.clock())
            if erased.tickets or erased.mails or erased.documents:
                log.info("erased", tickets=len(erased.tickets), mails=erased.mails, documents=erased.documents)
        with self._faults_of_the_world("daily"):
            with writing():
                Worker.objects.filter(seen_at__lt=self.office.clock() - timedelta(days=1)).delete()
            verified = audit.verify(actor=ACTOR, now=self.office.clock())
            if verified.broken is not None:
                log.error("audit trail broken", event=verified.broken)

    def _faults_of_the_world(self, job: str) -> _Patience:
        return _Patience(job)


class _Patience:
    """A fault of the world is said, and waited out until the next call; any other fault is loud, and the next call comes all the same."""

    def __init__(self, job: str) -> None:
        self._job = job

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> bool:
        # The pool's thread may idle for long, or end with the service: its connections would stay open behind it.
        let_go_of_connections()
        if fault is None or not isinstance(fault, Exception):
            return False
        if isinstance(fault, FaultOfWorld):
            log.warning("waiting", job=self._job, fault=fault.code)
        elif isinstance(fault, (DatabaseError, OSError)):
            log.warning("waiting", job=self._job, fault=type(fault).__name__)
        else:
            from privbot.worker.understanding import place_of

            log.error("job failed", job=self._job, fault=type(fault).__name__, at=place_of(fault))
        return True
