"""Taking mail in, on a real Dovecot."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from imapclient import IMAPClient

from privbot.config import Config
from privbot.intake import imap as imap_room
from privbot.intake.poll import Poller
from privbot.records.models import Folder, IncomingMail, LedgerEntry
from privbot.records.sealing import Seals
from privbot.testing.imap import ImapServer
from privbot.testing.processes import free_port

MAIL = b"From: mel@ortega.example\r\nTo: customer-lumen@harbour.example\r\nSubject: number %d\r\nMessage-ID: <%d@ortega.example>\r\n\r\nhello\r\n"


def mail(number: int) -> bytes:
    return MAIL % (number, number)


@pytest.fixture
def poller(config: Config, clock, request):
    """Makes pollers for the demo's mailbox, and closes them at the end."""

    def make(holder: str = "one", **changes: object) -> Poller:
        mailbox = config.mailbox[0].model_copy(update=changes)
        made = Poller(mailbox, Seals(config.master_key.read()), holder, 60, clock, config.folder)
        request.addfinalizer(made.close)
        return made

    return make


@contextmanager
def client(imap: ImapServer):
    with IMAPClient("127.0.0.1", port=imap.port, ssl=False) as made:
        made.login(imap.user, imap.password)
        yield made


def raw_mails(config: Config) -> list[bytes]:
    seals = Seals(config.master_key.read())
    return [seals.open(row.key, "raw mail", row.sealed_raw) for row in IncomingMail.objects.order_by("id")]


def test_every_mail_is_kept_once_and_whole(config, imap, clock, poller):
    for number in range(120):
        imap.deliver(mail(number))
    [result] = poller().poll()
    assert (result.kept, result.on_server, result.missing) == (120, 120, 0)
    kept = raw_mails(config)
    assert len(kept) == 120
    assert all(any(one.endswith(mail(number)) for one in kept) for number in range(120))
    assert poller().poll()[0].kept == 0


def test_what_is_at_rest_is_unreadable(config, imap, clock, poller):
    imap.deliver(mail(7))
    poller().poll()
    assert b"ortega" not in bytes(IncomingMail.objects.get().sealed_raw)


def test_looking_sets_no_seen_flag_and_deletes_nothing(config, imap, clock, poller):
    imap.deliver(mail(1))
    poller().poll()
    with client(imap) as server:
        server.select_folder("INBOX")
        [(_, found)] = server.fetch(server.search(), ["FLAGS"]).items()
        assert b"\\Seen" not in found[b"FLAGS"]


def test_seen_by_somebody_else_is_taken_in_all_the_same(config, imap, clock, poller):
    imap.deliver(mail(1))
    with client(imap) as server:
        server.select_folder("INBOX")
        server.add_flags(server.search(), [b"\\Seen"])
    assert poller().poll()[0].kept == 1


def test_the_clock_of_a_mail_is_its_internaldate(config, imap, clock, poller):
    received = datetime(2026, 3, 5, 21, 30, tzinfo=UTC)
    with client(imap) as server:
        server.append("INBOX", mail(1), msg_time=received)
    poller().poll()
    assert IncomingMail.objects.get().received_at == received


def test_mail_from_before_go_live_is_backlog(config, imap, clock, poller):
    with client(imap) as server:
        server.append("INBOX", mail(1), msg_time=clock.now - timedelta(days=40))
        server.append("INBOX", mail(2), msg_time=clock.now + timedelta(minutes=1))
    poller(go_live=None).poll()
    assert list(IncomingMail.objects.order_by("id").values_list("backlog", flat=True)) == [True, False]


def test_a_new_uidvalidity_is_looked_at_again_and_keeps_nothing_twice(config, imap, clock, poller):
    # A folder is deleted and made anew: Dovecot gives it a new UIDVALIDITY (RFC 3501, 2.3.1.1).
    with client(imap) as server:
        for attempt in range(2):
            server.create_folder("Privacy")
            for number in (*range(5), *range(10 * attempt, 10 * attempt + attempt)):
                server.append("Privacy", mail(number), msg_time=clock.now)
            result = poller(folders=("Privacy",)).poll()[0]
            assert result.missing == 0
            if attempt == 0:
                first = Folder.objects.get().uidvalidity
                server.delete_folder("Privacy")
    assert Folder.objects.get().uidvalidity != first
    assert IncomingMail.objects.count() == 6
    assert LedgerEntry.objects.count() == 5 + 6


def test_kept_mails_get_the_keyword(config, imap, clock, poller):
    imap.deliver(mail(1))
    poller(after="keyword").poll()
    with client(imap) as server:
        server.select_folder("INBOX")
        assert server.search(["KEYWORD", "$PrivbotKept"])


def test_kept_mails_are_moved_and_the_ledger_still_fits(config, imap, clock, poller):
    with client(imap) as server:
        server.create_folder("Done")
    for number in range(3):
        imap.deliver(mail(number))
    [result] = poller(after="move", move_to="Done").poll()
    assert (result.kept, result.missing) == (3, 0)
    with client(imap) as server:
        assert server.select_folder("Done")[b"EXISTS"] == 3
        assert server.select_folder("INBOX")[b"EXISTS"] == 0
    imap.deliver(mail(9))
    assert poller(after="move", move_to="Done").poll()[0].kept == 1


def test_a_move_that_fails_is_harmless_and_tried_again(config, imap, clock, poller):
    imap.deliver(mail(1))
    [result] = poller(after="move", move_to="Done").poll()
    assert (result.kept, result.fault) == (1, "")
    assert LedgerEntry.objects.get().after_done is False
    with client(imap) as server:
        server.create_folder("Done")
    poller(after="move", move_to="Done").poll()
    assert LedgerEntry.objects.get().after_done is True


def test_over_the_size_cap_headers_and_a_cut_body_are_kept(config, imap, clock, poller):
    imap.deliver(mail(1) + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 20_000)
    poller(size_cap_mb=0.5).poll()
    kept = IncomingMail.objects.get()
    assert kept.truncated and kept.size > 1_000_000
    [raw] = raw_mails(config)
    assert b"Subject: number 1" in raw
    assert imap_room.KEPT_OF_OVERSIZED <= len(raw) < imap_room.KEPT_OF_OVERSIZED + 5000


def test_a_mail_the_ledger_lost_is_found_by_counting(config, imap, clock, poller):
    # As if a server had made a mail with a lower UID visible late.
    for number in range(3):
        imap.deliver(mail(number))
    poller().poll()
    lost = LedgerEntry.objects.order_by("uid").first()
    LedgerEntry.objects.filter(id=lost.id).delete()
    IncomingMail.objects.filter(id=lost.mail_id).delete()
    [result] = poller().poll()
    assert (result.kept, result.missing) == (1, 0)


def test_the_alarm_rings_when_server_and_ledger_differ(config, imap, clock, poller, monkeypatch):
    imap.deliver(mail(1))
    monkeypatch.setattr(imap_room.Account, "fetch", lambda self, uids: iter(()))
    [result] = poller().poll()
    assert result.missing == 1
    folder = Folder.objects.get()
    assert (folder.on_server, folder.in_ledger) == (1, 0)


def test_a_folder_that_is_missing_does_not_keep_the_next_one_from_being_read(config, imap, clock, poller):
    imap.deliver(mail(1))
    missing, inbox = poller(folders=("Nowhere", "INBOX")).poll()
    assert "Nowhere" in missing.fault
    assert inbox.kept == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wrong"}, "refused user or password"),
        ({"security": "starttls", "host": "localhost", "port": "open"}, "certificate"),  # an authority that nobody vouched for
        ({"port": "closed"}, "does not answer"),
    ],
)
def test_what_is_wrong_with_the_wire_is_said_in_a_sentence(config, imap, clock, poller, changes, words):
    from privbot.config import Secret

    if "password" in changes:
        changes = {"password": Secret(value=changes["password"])}
    if "port" in changes:
        changes = changes | {"port": imap.port if changes["port"] == "open" else free_port()}
    [result] = poller(**changes).poll()
    assert words in result.fault
    assert Folder.objects.get().last_fault


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_comes_in_over_an_encrypted_wire_with_the_certificate_checked(config, imap, clock, poller, security):
    imap.deliver(mail(1))
    port = imap.tls_port if security == "tls" else imap.port
    [result] = poller(host="localhost", security=security, port=port, ca_file=imap.ca_file).poll()
    assert (result.kept, result.fault) == (1, "")


def test_a_server_without_starttls_gets_no_password(poller):
    """A plain server that would take any login must never be offered one."""
    import socket
    import threading

    said: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        connection.sendall(b"* OK ready\r\n")
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                said.append(line)
                tag = line.split()[0]
                connection.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")

    threading.Thread(target=serve, daemon=True).start()
    [result] = poller(host="localhost", security="starttls", port=listener.getsockname()[1]).poll()
    listener.close()
    assert "STARTTLS" in result.fault
    assert not any(b"LOGIN" in line.upper() for line in said)


def test_two_workers_never_take_in_the_same_folder_at_once(config, imap, clock, poller):
    imap.deliver(mail(1))
    assert poller(holder="one").poll()[0].kept == 1
    assert poller(holder="two").poll()[0].held_elsewhere
    clock.advance(minutes=2)
    assert not poller(holder="two").poll()[0].held_elsewhere


def test_a_worker_that_wakes_from_the_dead_changes_nothing(config, imap, clock, poller, monkeypatch):
    """Frozen between fetching and keeping for longer than its lease; another worker took the folder over meanwhile."""
    imap.deliver(mail(1))
    frozen = poller(holder="frozen")
    fetch = imap_room.Account.fetch

    def freeze(self, uids):
        batches = list(fetch(self, uids))
        if batches:
            monkeypatch.undo()
            clock.advance(minutes=5)
            assert poller(holder="awake").poll()[0].kept == 1
        return iter(batches)

    monkeypatch.setattr(imap_room.Account, "fetch", freeze)
    [result] = frozen.poll()
    assert "another worker" in result.fault.lower()
    assert IncomingMail.objects.count() == LedgerEntry.objects.count() == 1
