"""One look at one mailbox: keep what is new, mark what is kept, count server against ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog

from privbot.config import Mailbox
from privbot.errors import PrivbotError
from privbot.intake import ledger
from privbot.intake.imap import BATCH_MAILS, Account, FetchedMail, ServerSaidNo, ServerUnreachable
from privbot.records.database import writing
from privbot.records.models import Folder
from privbot.records.sealing import Seals

log = structlog.get_logger()

MAX_FAILED = 3
"""Mails in a row that cannot be fetched, before the server is taken for dead."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one look at one folder found. `missing` counts mails on the server that the ledger still does not know: the alarm."""

    mailbox: str
    folder: str
    kept: int = 0
    on_server: int = 0
    missing: int = 0
    fault: str = ""
    held_elsewhere: bool = False
    paused: bool = False


@dataclass
class Poller:
    """Looks at one mailbox again and again, keeping its connection between looks."""

    mailbox: Mailbox
    seals: Seals
    holder: str
    lease_seconds: float
    clock: Callable[[], datetime]
    folder: Path
    _account: Account | None = field(default=None, repr=False)

    def poll(self) -> list[PollResult]:
        """Look at every folder. A folder that fails is told of in its result and does not keep the next one from being read."""
        if self.mailbox.paused:
            return [PollResult(self.mailbox.id, folder, paused=True) for folder in self.mailbox.folders]
        return [self._poll_safely(folder) for folder in self.mailbox.folders]

    def close(self) -> None:
        """Let the connection go."""
        if self._account:
            self._account.close()
            self._account = None

    def _poll_safely(self, name: str) -> PollResult:
        try:
            return self._poll(name)
        except PrivbotError as fault:
            self.close()
            log.warning("poll failed", mailbox=self.mailbox.id, fault=fault.code)
            self._remember_fault(name, fault.code)
            return PollResult(self.mailbox.id, name, fault=str(fault))
        except Exception as fault:
            # A fault of ours, or an answer no server should give: loud, and no reason to leave the other folders unread.
            self.close()
            log.error("poll broke", mailbox=self.mailbox.id, fault=type(fault).__name__)
            self._remember_fault(name, type(fault).__name__)
            return PollResult(self.mailbox.id, name, fault=f"the poll broke ({type(fault).__name__}); see the log")

    def _poll(self, name: str) -> PollResult:
        now = self.clock()
        lease = ledger.claim(self.mailbox.id, name, holder=self.holder, now=now, seconds=self.lease_seconds)
        if lease is None:
            return PollResult(self.mailbox.id, name, held_elsewhere=True)
        marking = self.mailbox.after != "leave"
        uidvalidity, _ = self._signed_in().open(name, for_marking=marking)
        folder = self._folder_row(lease, uidvalidity, now)
        kept = self._keep(lease, uidvalidity, self._signed_in().uids_above(folder.watermark), folder)
        on_server = self._signed_in().all_uids()
        missing = 0
        if unknown := ledger.unknown_uids(lease, uidvalidity, on_server):
            # Below the watermark, and unknown to the ledger: some servers make a mail visible late. It is taken in now.
            kept += self._keep(lease, uidvalidity, unknown, folder)
            missing = len(ledger.unknown_uids(lease, uidvalidity, on_server & self._signed_in().all_uids()))
        if marking:
            self._mark(self._signed_in(), lease, uidvalidity)
        if missing:
            log.error("server and ledger differ", mailbox=self.mailbox.id, missing=missing)
        with writing():
            ledger.renew(
                lease, now=self.clock(), seconds=self.lease_seconds,
                # Its beginning: what the server received later may not be here.
                last_good_poll=now, last_fault="", on_server=len(on_server), in_ledger=len(on_server) - missing,
            )  # fmt: skip
        return PollResult(self.mailbox.id, name, kept, len(on_server), missing)

    def _signed_in(self) -> Account:
        if self._account is None:
            self._account = Account(self.mailbox, self.folder)
        return self._account

    def _folder_row(self, lease: ledger.Lease, uidvalidity: int, now: datetime) -> Folder:
        """The folder's row; under a new UIDVALIDITY old UIDs mean nothing (RFC 3501, 2.3.1.1), so everything is looked at again."""
        with writing():
            folder = Folder.objects.get(id=lease.folder_id)
            changes: dict[str, object] = {}
            if folder.uidvalidity != uidvalidity:
                changes |= {"uidvalidity": uidvalidity, "watermark": 0}
            if folder.go_live is None:
                changes["go_live"] = now
            ledger.renew(lease, now=now, seconds=self.lease_seconds, **changes)
            return Folder.objects.get(id=lease.folder_id)

    def _keep(self, lease: ledger.Lease, uidvalidity: int, uids: list[int], folder: Folder) -> int:
        kept = 0
        for start in range(0, len(uids), BATCH_MAILS):
            chunk = uids[start : start + BATCH_MAILS]
            try:
                kept += sum(self._keep_batch(lease, uidvalidity, batch, folder) for batch in self._signed_in().fetch(chunk))
            except (ServerSaidNo, ServerUnreachable):
                kept += self._keep_one_by_one(lease, uidvalidity, chunk, folder)
        return kept

    def _keep_one_by_one(self, lease: ledger.Lease, uidvalidity: int, uids: list[int], folder: Folder) -> int:
        """After a batch that failed: one mail that the server cannot give must not keep the others from being taken in."""
        kept = failed = 0
        for uid in uids:
            try:
                if failed:
                    self.close()
                account = self._signed_in()
                account.open(folder.name, for_marking=self.mailbox.after != "leave")
                kept += sum(self._keep_batch(lease, uidvalidity, batch, folder) for batch in account.fetch([uid]))
                failed = 0
            except (ServerSaidNo, ServerUnreachable):
                failed += 1
                log.error("mail cannot be fetched", mailbox=self.mailbox.id, uid=uid)
                if failed == MAX_FAILED:
                    raise  # it is the server, not a mail
        if failed:
            self.close()
            self._signed_in().open(folder.name, for_marking=self.mailbox.after != "leave")
        return kept

    def _keep_batch(self, lease: ledger.Lease, uidvalidity: int, batch: list[FetchedMail], folder: Folder) -> int:
        return ledger.keep(
            lease, self.mailbox.id, uidvalidity, batch, go_live=self.mailbox.go_live or folder.go_live, after_work=self.mailbox.after != "leave",
            seals=self.seals, now=self.clock(), seconds=self.lease_seconds,
        )  # fmt: skip

    def _mark(self, account: Account, lease: ledger.Lease, uidvalidity: int) -> None:
        """Set the keyword or move what is kept. A fault here is harmless – the ledger is the state – and is tried again next time."""
        work = account.set_keyword if self.mailbox.after == "keyword" else account.move
        left = ledger.after_work_left(lease, uidvalidity)
        try:
            for start in range(0, len(left), BATCH_MAILS):
                work(left[start : start + BATCH_MAILS])
                ledger.after_work_done(lease, uidvalidity, left[start : start + BATCH_MAILS])
        except PrivbotError as fault:
            log.warning("marking failed", mailbox=self.mailbox.id, fault=fault.code)

    def _remember_fault(self, name: str, code: str) -> None:
        try:
            with writing():
                Folder.objects.filter(mailbox=self.mailbox.id, name=name, holder=self.holder).update(last_fault=code)
        except PrivbotError:
            # The database is what failed; the log line above is all that can be left.
            return
