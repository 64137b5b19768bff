"""One IMAP account on the wire: signing in, listing, fetching, marking (RFC 9051 and 3501, through imapclient).

Encryption is never given up: TLS from the first byte, or STARTTLS before the password, with the certificate checked; a server that offers
neither is an error. Folders are opened for reading only (EXAMINE) unless marking is wanted, and nothing is ever deleted.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from privbot.config import Mailbox
from privbot.errors import FaultOfWorld

BATCH_MAILS = 50
"""Mails in one FETCH: 50 at a time measured three times as fast as one by one."""
UID_WINDOW = 100_000
BATCH_BYTES = 8 * 1024 * 1024
"""And no more than this at once, so that memory stays small whatever people send."""
KEPT_OF_OVERSIZED = 256 * 1024
"""Bytes of the body that are kept of a mail over the size cap, besides its headers."""


class ServerUnreachable(FaultOfWorld):
    """The IMAP server does not answer; privbot tries again at the next poll."""

    code = "imap-unreachable"


class CertificateRefused(FaultOfWorld):
    """The IMAP server's certificate is not valid for its name; mend the certificate, or name its authority with ca_file."""

    code = "imap-certificate"


class EncryptionRefused(FaultOfWorld):
    """The IMAP server offers no STARTTLS; privbot never signs in without encryption. Use security = "tls" or mend the server."""

    code = "imap-encryption"


class LoginRefused(FaultOfWorld):
    """The IMAP server refused user or password; check both."""

    code = "imap-login"


class FolderMissing(FaultOfWorld):
    """A folder named in the configuration does not exist on the server, or may not be opened."""

    code = "imap-folder"


class ServerSaidNo(FaultOfWorld):
    """The IMAP server refused a command; privbot tries again at the next poll."""

    code = "imap-refused"


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """One mail as fetched. `raw` is cut when `truncated`; `size` always is what the server holds, bytes."""

    uid: int
    raw: bytes
    size: int
    received: datetime
    """INTERNALDATE, UTC."""
    truncated: bool = False


class Account:
    """A signed-in connection to one mailbox. `folder` is where relative paths of the configuration begin."""

    def __init__(self, mailbox: Mailbox, folder: Path) -> None:
        self.mailbox = mailbox
        self._uidnext = 1
        with _faults(mailbox.host):
            self._client = self._connect(folder)
            # Aware datetimes as the server sent them; imapclient's default turns them into naive local ones.
            self._client.normalise_times = False

    def _connect(self, folder: Path) -> IMAPClient:
        mailbox = self.mailbox
        trust = mailbox.trusted_certificates(folder)
        client = IMAPClient(
            mailbox.host, port=mailbox.standard_port, ssl=mailbox.security == "tls", ssl_context=trust if mailbox.security == "tls" else None,
            timeout=SocketTimeout(connect=mailbox.timeout_seconds, read=mailbox.timeout_seconds),
        )  # fmt: skip
        try:
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if mailbox.security == "starttls":
                if not client.has_capability("STARTTLS"):
                    raise EncryptionRefused
                client.starttls(trust)
            if mailbox.user is not None:
                client.login(mailbox.user, mailbox.password.read() if mailbox.password else "")
        except BaseException:
            # The connection may be half dead already; what matters is the first fault.
            with suppress(OSError):
                client.shutdown()
            raise
        return client

    def open(self, folder: str, *, for_marking: bool) -> tuple[int, int]:
        """Open a folder; returns (UIDVALIDITY, number of mails). Raises FolderMissing."""
        with _faults(self.mailbox.host):
            try:
                found = self._client.select_folder(folder, readonly=not for_marking)
            except IMAPClient.AbortError:
                raise
            except IMAPClientError as fault:
                raise FolderMissing(
                    f"The folder {folder!r} of mailbox {self.mailbox.id!r} cannot be opened; check its name and rights."
                ) from fault
            self._uidnext = int(found.get(b"UIDNEXT") or 2**32)
            return int(found[b"UIDVALIDITY"]), int(found[b"EXISTS"])

    def uids_above(self, watermark: int) -> list[int]:
        """UIDs above the watermark, ascending. `n:*` always names the last mail too (RFC 3501, 6.4.8), hence the filter."""
        with _faults(self.mailbox.host):
            return sorted(uid for uid in self._client.search(["UID", f"{watermark + 1}:*"]) if uid > watermark)

    def all_uids(self) -> set[int]:
        """Every UID in the open folder."""
        found: set[int] = set()
        with _faults(self.mailbox.host):
            # In windows: the answer is one line, and imaplib breaks off at a line of a million characters.
            for start in range(1, self._uidnext, UID_WINDOW):
                found.update(self._client.search(["UID", f"{start}:{start + UID_WINDOW - 1}"]))
        return found

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMail]]:
        """Fetch mails in batches bounded in number and bytes, without setting \\Seen. A UID that vanished meanwhile is left out."""
        cap = int(self.mailbox.size_cap_mb * 1024 * 1024)
        for start in range(0, len(uids), 1000):
            with _faults(self.mailbox.host):
                told = self._client.fetch(uids[start : start + 1000], ["RFC822.SIZE"])
            sizes = {uid: int(told[uid][b"RFC822.SIZE"]) for uid in uids[start : start + 1000] if uid in told}
            for batch in _batches({uid: size for uid, size in sizes.items() if size <= cap}):
                yield self._fetch_whole(batch, sizes)
            for uid in (uid for uid, size in sizes.items() if size > cap):
                yield self._fetch_cut(uid, sizes[uid])

    def _fetch_whole(self, uids: Sequence[int], sizes: dict[int, int]) -> list[FetchedMail]:
        with _faults(self.mailbox.host):
            found = self._client.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE"])
            return [
                FetchedMail(uid, one[b"BODY[]"], sizes[uid], _utc(one[b"INTERNALDATE"]))
                for uid in uids
                # NIL for a mail that has a size: the server could not read it. It is not kept as an empty one; the count will miss it.
                if (one := found.get(uid)) and one.get(b"BODY[]")
            ]

    def _fetch_cut(self, uid: int, size: int) -> list[FetchedMail]:
        part = f"BODY.PEEK[TEXT]<0.{KEPT_OF_OVERSIZED}>"
        with _faults(self.mailbox.host):
            one = self._client.fetch([uid], ["BODY.PEEK[HEADER]", part, "INTERNALDATE"]).get(uid)
            if not one:
                return []
            raw = (one[b"BODY[HEADER]"] or b"") + (one.get(b"BODY[TEXT]<0>") or b"")
            return [FetchedMail(uid, raw, size, _utc(one[b"INTERNALDATE"]), truncated=True)]

    def set_keyword(self, uids: Sequence[int]) -> None:
        """Mark mails as kept."""
        with _faults(self.mailbox.host):
            self._client.add_flags(uids, [self.mailbox.keyword], silent=True)

    def move(self, uids: Sequence[int]) -> None:
        """Move mails that are safely kept. Only with MOVE (RFC 6851): copying and expunging instead could delete a mail."""
        with _faults(self.mailbox.host):
            if not self.can_move():
                raise ServerSaidNo('The IMAP server cannot MOVE (RFC 6851); use after = "keyword" or "leave".')
            self._client.move(uids, self.mailbox.move_to)

    def can_move(self) -> bool:
        """Whether the server offers MOVE."""
        with _faults(self.mailbox.host):
            return bool(self._client.has_capability("MOVE"))

    def append_sent(self, raw: bytes, sent_at: datetime) -> None:
        """Put a copy of a letter into the Sent folder."""
        with _faults(self.mailbox.host):
            self._client.append(self.mailbox.sent_folder, raw, flags=[b"\\Seen"], msg_time=sent_at)

    def has_folder(self, folder: str) -> bool:
        """Whether the server has this folder."""
        with _faults(self.mailbox.host):
            return bool(self._client.folder_exists(folder))

    def close(self) -> None:
        """Let the connection go, politely if it still listens."""
        try:
            self._client.logout()
        except (IMAPClientError, OSError):
            with suppress(OSError):
                self._client.shutdown()


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _batches(sizes: dict[int, int]) -> Iterator[list[int]]:
    batch: list[int] = []
    total = 0
    for uid, size in sizes.items():
        if batch and (len(batch) == BATCH_MAILS or total + size > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size
    if batch:
        yield batch


@contextmanager
def _faults(host: str) -> Iterator[None]:
    """Name what went wrong on the wire. The server's own words are not repeated: some servers echo addresses."""
    try:
        yield
    except ssl.SSLCertVerificationError as fault:
        raise CertificateRefused(
            f"The certificate of {host} is not valid ({fault.verify_message}); mend it, or name its authority with ca_file."
        ) from fault
    except LoginError as fault:
        raise LoginRefused(f"{host} refused user or password; check both.") from fault
    except (TimeoutError, OSError) as fault:
        raise ServerUnreachable(f"{host} does not answer ({type(fault).__name__}); privbot tries again.") from fault
    except IMAPClient.AbortError as fault:
        raise ServerUnreachable(f"{host} broke off; privbot tries again.") from fault
    except IMAPClientError as fault:
        raise ServerSaidNo(f"{host} refused a command; privbot tries again.") from fault
