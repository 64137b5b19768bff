"""Cost of a mail at 50,000 existing tickets against an empty database: processor time of keeping and handling the same mails, in one run."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.throughput import emptied, fill
from privbot.testing import world
from privbot.testing.imap import ImapServer, dovecot
from privbot.testing.smtp import SmtpSink, smtp_sink


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=400)
    parser.add_argument("--tickets", type=int, default=50_000)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="privbot-bench-") as made,
        dovecot() as imap,
        smtp_sink(SmtpSink(count_only=True)) as sink,
    ):
        fill(imap, options.mails)
        config = world.configuration(imap, sink.port, Path(made))
        from privbot.records import database

        database.connect(config)
        database.migrate()
        take(imap, config, options.mails)  # everything warm
        costs: dict[int, list[float]] = {0: [], options.tickets: []}
        for _ in range(3):
            for tickets, found in costs.items():
                emptied()
                populate(tickets)
                found.append(take(imap, config, options.mails))
    best = {tickets: min(found) for tickets, found in costs.items()}
    print(
        json.dumps(
            {"existing_tickets": options.tickets, "mails": options.mails, "cost_ratio": round(best[options.tickets] / best[0], 3)}
        )
    )


def take(imap: ImapServer, config: object, count: int) -> float:
    """Processor seconds to keep and handle what lies in the mailbox."""
    from privbot.records.models import Folder, IncomingMail, LedgerEntry
    from privbot.worker.office import Office

    office = Office(config, lambda: datetime.now(UTC))  # type: ignore[arg-type]
    _ = office.pipeline
    begun = time.process_time()
    office.pollers["privacy"].poll()
    handled = office.pipeline.handle_kept("privacy")
    spent = time.process_time() - begun
    office.close()
    assert handled == count, (handled, Folder.objects.count(), IncomingMail.objects.count(), LedgerEntry.objects.count())
    return spent


def populate(count: int) -> None:
    """Tickets as years of work leave them: each with its mail, ledger entry, request and letter. What is sealed is empty: nothing opens it."""
    import uuid

    from privbot.records.models import Folder, IncomingMail, LedgerEntry, Letter, Request, Ticket

    now = datetime.now(UTC) - timedelta(days=30)
    folder = Folder.objects.create(mailbox="earlier", name="INBOX")
    size = 5000
    for start in range(0, count, size):
        numbers = range(start, min(count, start + size))
        key = uuid.uuid4()
        tickets = Ticket.objects.bulk_create(
            Ticket(
                reference=f"LUM-{number // 10000:04}-{number % 10000:04}", controller="lumen", opened_at=now, language="en", last_contact=now,
                sender_index=f"{number:032x}", key=key, sealed_requester=b"x" * 300,
            )
            for number in numbers
        )  # fmt: skip
        mails = IncomingMail.objects.bulk_create(
            IncomingMail(
                mailbox="earlier", sha256=f"{number:064x}", received_at=now, kept_at=now, size=3000, state="handled", outcome="ticket",
                controller="lumen", sender_index=f"{number:032x}", likeness_index=f"{number:032x}", ticket=ticket, key=key,
                sealed_reading=b"x" * 1500, sealed_raw=b"x" * 3000,
            )
            for number, ticket in zip(numbers, tickets, strict=True)
        )  # fmt: skip
        LedgerEntry.objects.bulk_create(
            LedgerEntry(folder=folder, uidvalidity=1, uid=number + 1, mail=mail, after_done=True)
            for number, mail in zip(numbers, mails, strict=True)
        )
        Request.objects.bulk_create(
            Request(
                ticket=ticket, mail=mail, regime="gdpr", right="access", category="access", received_at=now, statute=now.date(),
                respond_by=now.date(),
                alarm=now.date(), verification="on-doubt",
            )
            for ticket, mail in zip(tickets, mails, strict=True)
        )  # fmt: skip
        Letter.objects.bulk_create(
            Letter(
                ticket=ticket, cause=mail, controller="lumen", name="acknowledgment", language="en", created_at=now, state="sent",
                next_try_at=now,
                message_id=f"<{number}@earlier.example>", recipient_index=f"{number:032x}", domain_index=f"{number:032x}",
                sealed=b"x" * 3000, copied=True,
            )
            for number, (ticket, mail) in zip(numbers, zip(tickets, mails, strict=True), strict=True)
        )  # fmt: skip


if __name__ == "__main__":
    main()
