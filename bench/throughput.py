"""2,000 mails of 3 KB, already in a Dovecot mailbox, become tickets or reviews, and their acknowledgments reach an SMTP sink.

`privbot run` does the work in a process of its own, as in production. Beside it, in the same run: the floor of fetch + parse + commit alone,
and the share of time by stage.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.mails import strangers
from privbot.testing import world
from privbot.testing.imap import USER, ImapServer, dovecot, maildir
from privbot.testing.smtp import SmtpSink, smtp_sink


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="privbot-bench-") as made,
        dovecot() as imap,
        smtp_sink(SmtpSink(count_only=False)) as sink,
    ):
        fill(imap, options.mails)
        figures = run_service(Path(made), imap, sink, options.mails)
        figures |= stages(Path(made) / "stages", imap, options.mails)
    print(json.dumps(figures, indent=2))


def fill(imap: ImapServer, count: int) -> None:
    """Straight into the Maildir, as a mail server delivers; Dovecot sees them at the next look."""
    new = maildir(imap.folder) / "new"
    imap.deliver(next(strangers(1, first=10**6)))  # so that Dovecot makes the Maildir
    for folder in ("new", "cur"):
        for file in (maildir(imap.folder) / folder).iterdir():
            file.unlink()
    for number, raw in enumerate(strangers(count)):
        file = new / f"{int(time.time())}.M{number}.bench"
        file.write_bytes(raw)
        if os.getuid() == 0:
            os.chown(file, new.stat().st_uid, new.stat().st_gid)


def run_service(folder: Path, imap: ImapServer, sink: SmtpSink, count: int) -> dict[str, object]:
    """`privbot run` until nothing is left to do."""
    from privbot.records import database

    config = world.configuration(imap, sink.port, folder)
    file = folder / "privbot.toml"
    file.write_text(as_toml(imap, sink.port))
    database.connect(config)
    database.migrate()
    from privbot.records.models import IncomingMail, LedgerEntry, Letter, Review, Ticket

    started = time.monotonic()
    service = subprocess.Popen(
        [sys.executable, "-m", "privbot.cli", "run", "--config", str(file)], stderr=(folder / "log").open("wb")
    )
    watched = psutil.Process(service.pid)
    peak = 0
    while service.poll() is None and time.monotonic() - started < 600:
        time.sleep(0.25)
        processes = [watched, *watched.children(recursive=True)]
        peak = max(peak, sum(one.memory_info().rss for one in processes))
        handled = IncomingMail.objects.filter(state=IncomingMail.State.HANDLED).count()
        if handled >= count and not Letter.objects.exclude(state=Letter.State.SENT).exists():
            break
    times = IncomingMail.objects.order_by("kept_at").values_list("kept_at", flat=True)
    last = max(
        Letter.objects.order_by("-sent_at").values_list("sent_at", flat=True)[0],
        IncomingMail.objects.order_by("-handled_at")[0].handled_at,
    )
    seconds = (last - times[0]).total_seconds()
    cpu = sum(watched.cpu_times()[:2])
    service.send_signal(signal.SIGTERM)
    service.wait(30)
    answered = Counter(one.message["To"] for one in sink.received)
    outcomes = Counter(IncomingMail.objects.values_list("outcome", flat=True))
    return {
        "mails": count,
        "lost": count - IncomingMail.objects.filter(state=IncomingMail.State.HANDLED).count(),
        "double_tickets": Ticket.objects.count() - Ticket.objects.values("sender_index").distinct().count(),
        "ledger_minus_server": LedgerEntry.objects.count() - count,
        "outcomes": dict(outcomes),
        "letters_written": Letter.objects.count(),
        "letters_at_sink": len(sink.received),
        "letters_double": sum(number - 1 for number in answered.values()),
        "reviews": Review.objects.count(),
        "mails_per_second": round(count / seconds, 1),
        "cpu_ms_per_mail": round(1000 * cpu / count, 2),
        "peak_rss_mb": round(peak / 1e6),
        "clean_stop": service.returncode == 0,
    }


def stages(folder: Path, imap: ImapServer, count: int) -> dict[str, object]:
    """The same work in this process, each stage timed; and the floor: fetch + parse + commit."""
    from datetime import UTC, datetime

    from privbot.intake import poll as poll_module
    from privbot.letters import outbox
    from privbot.reading.reader import Reader
    from privbot.records import cases, search
    from privbot.worker import delivery, pipeline, understanding
    from privbot.worker.office import Office

    with smtp_sink(SmtpSink(count_only=True)) as sink:
        emptied()
        config = world.configuration(imap, sink.port, folder.parent).model_copy(update={"master_key": _key(folder.parent)})
        office = Office(config, lambda: datetime.now(UTC))
        clock = Stopwatch()
        _ = office.pipeline
        with (
            clock.around(poll_module.Poller, "poll", "fetch and keep"),
            clock.around(understanding, "parse", "parse"),
            clock.around(Reader, "read", "read"),
            clock.around(pipeline, "triage", "triage"),
            clock.around(pipeline, "write_letter", "compose"),
            clock.around(outbox, "put", "outbox"),
            clock.around(pipeline.Pipeline, "history", "history"),
            clock.around(cases, "open_ticket", "record ticket"),
            clock.around(search, "index_mail", "index words"),
            clock.around(search, "index_ticket", "index words"),
            clock.around(delivery.Delivery, "deliver", "deliver"),
            clock.around(pipeline.Pipeline, "handle_kept", "handle"),
        ):
            office.pollers["privacy"].poll()
            office.pipeline.handle_kept("privacy")
            office.delivery.deliver()
        office.close()
        total = clock.spent["fetch and keep"] + clock.spent["handle"] + clock.spent["deliver"]
        floor = clock.spent["fetch and keep"] + clock.spent["parse"]
        return {
            "share_by_stage": {
                name: round(seconds / total, 3) for name, seconds in sorted(clock.spent.items(), key=lambda pair: -pair[1])
            },
            "floor_share": round(floor / total, 3),
            "stages_ms_per_mail": {name: round(1000 * seconds / count, 2) for name, seconds in clock.spent.items()},
        }


class Stopwatch:
    """Time spent in named functions, as wall time of this one thread."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()

    @contextmanager
    def around(self, holder: object, function: str, name: str):  # type: ignore[no-untyped-def]
        inner = getattr(holder, function)

        def timed(*args: object, **kwargs: object) -> object:
            begun = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                self.spent[name] += time.perf_counter() - begun  # type: ignore[assignment]

        setattr(holder, function, timed)
        try:
            yield
        finally:
            setattr(holder, function, inner)


def emptied() -> None:
    """Empty both databases."""
    from privbot.records import models

    for model in (
        models.SearchTerm, models.AuditEvent, models.Review, models.Letter, models.Challenge, models.Request, models.LedgerEntry, models.IncomingMail,
        models.Ticket, models.Folder, models.Worker,
    ):  # fmt: skip
        model.objects.all().delete()


KEY = "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtMTI="


def _key(folder: Path):  # type: ignore[no-untyped-def]
    from privbot.config import Secret

    return Secret(value=KEY)


def as_toml(imap: ImapServer, smtp_port: int) -> str:
    """The demo world's configuration as a file."""
    return f"""
database = "sqlite:///privbot.db"
key_database = "sqlite:///keys.db"
master_key = {{ value = "{KEY}" }}
lease_seconds = 5
[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
timeout_seconds = 1
[console]
port = 0
[limits]
per_address = 50
per_domain = 100000
per_controller = 100000
[[mailbox]]
id = "privacy"
host = "127.0.0.1"
port = {imap.port}
security = "none"
user = "{USER}"
password = {{ value = "{imap.password}" }}
controllers = ["lumen", "tidal"]
go_live = 2020-01-01T00:00:00Z
poll_seconds = 1
trusted_hosts = ["mx.harbour.example"]
[[controller]]
id = "lumen"
name = "Lumen Masks LLC"
addresses = ["customer-lumen@harbour.example"]
regimes = ["gdpr", "uk-gdpr", "ccpa", "shine-the-light", "appi"]
mode = "auto"
[[controller]]
id = "tidal"
name = "Tidal Outdoor Ltd"
addresses = ["customer-tidal@harbour.example"]
regimes = ["gdpr", "uk-gdpr", "ccpa"]
mode = "auto"
"""


if __name__ == "__main__":
    main()
