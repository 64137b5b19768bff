"""Real IMAP servers on loopback, on free ports: Dovecot, and pymap where Dovecot is not installed. They leave nothing behind."""

from __future__ import annotations

import grp
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from privbot.testing.certificates import make_certificates
from privbot.testing.processes import (
    PATIENCE_SECONDS,
    ServerDidNotStart,
    as_ordinary_user,
    end,
    free_port,
    ordinary_user,
    wait_for_port,
)

USER = "privacy@harbour.example"
PASSWORD = "harbour-demo"  # noqa: S105 – of a server that lives for a minute on this machine alone


@dataclass
class ImapServer:
    """A running IMAP server. `deliver` puts a mail into INBOX as a mail server would; INTERNALDATE is now unless it is given."""

    port: int
    tls_port: int | None
    user: str
    password: str
    deliver: Callable[[bytes], None]
    process: subprocess.Popen[bytes]
    ca_file: Path | None = None
    folder: Path | None = None


def dovecot_path() -> str | None:
    """Where Dovecot is, or None."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Dovecot if it is installed, else pymap."""
    with dovecot() if dovecot_path() else pymap() as server:
        yield server


DOVECOT = """{first}
base_dir = {run}
state_dir = {run}
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {me}
default_login_user = {me}
default_internal_group = {group}
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 0
first_valid_gid = 0
auth_mechanisms = plain login
auth_failure_delay = 0
mail_max_userip_connections = 0
ssl = yes
{spelling}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    {address} = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    {address} = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    {address} = 127.0.0.1
    port = {lmtp_port}
  }}
}}
recipient_delimiter = +
"""

SPELLING_2_3 = """
mail_home = {folder}/mail/%u
mail_location = maildir:~/Maildir
disable_plaintext_auth = no
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
protocol lmtp {{
  auth_username_format = %Lu
}}
"""

FIRST_2_4 = """dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0"""
"""Version 2.4 wants its own version before every other line."""
SPELLING_2_4 = """
mail_home = {folder}/mail/%{{user}}
mail_driver = maildir
mail_path = ~/Maildir
auth_allow_cleartext = yes
ssl_server_cert_file = {folder}/server.pem
ssl_server_key_file = {folder}/server.key
passdb passwd-file {{
  default_password_scheme = PLAIN
  passwd_file_path = {folder}/users
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/mail/%{{user}}
  }}
}}
"""


def dovecot_config(version: str, **values: object) -> str:
    """The configuration in the spelling of this version of Dovecot, such as `2.3.19`."""
    if re.match(r"2\.[4-9]", version):
        return DOVECOT.format(first=FIRST_2_4, spelling=SPELLING_2_4.format(**values), address="listen", **values)
    return DOVECOT.format(first="", spelling=SPELLING_2_3.format(**values), address="address", **values)


@contextmanager
def dovecot() -> Iterator[ImapServer]:
    """Dovecot with a configuration of its own, TLS under a certificate made for the occasion, and without its login penalties.

    It runs as an ordinary user: as this one, or as `nobody` where this one is root, whom Dovecot's login refuses.
    """
    user = ordinary_user()
    group = grp.getgrgid(user.pw_gid).gr_name
    with tempfile.TemporaryDirectory(prefix="privbot-dovecot-") as made:
        folder = Path(made)
        run = folder / "run"
        run.mkdir()
        ca_file = make_certificates(folder)
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}:{user.pw_uid}:{user.pw_gid}::{folder}/mail/{USER}\n")
        ports = {"port": free_port(), "tls_port": free_port(), "lmtp_port": free_port()}
        program = dovecot_path()
        assert program is not None
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        config = folder / "dovecot.conf"
        values = {
            "folder": folder,
            "run": run,
            "me": user.pw_name,
            "group": group,
            "uid": user.pw_uid,
            "gid": user.pw_gid,
            **ports,
        }
        config.write_text(dovecot_config(version, **values))
        if os.getuid() == 0:
            for one in (folder, *folder.iterdir()):
                os.chown(one, user.pw_uid, user.pw_gid)
        process = subprocess.Popen(
            [program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_ordinary_user()
        )
        try:
            wait_for_port(ports["port"], lambda: process.poll() is None)
            wait_for_port(ports["lmtp_port"], lambda: process.poll() is None)
            yield ImapServer(
                ports["port"],
                ports["tls_port"],
                USER,
                PASSWORD,
                lambda raw: deliver_by_lmtp(ports["lmtp_port"], raw),
                process,
                ca_file,
                folder,
            )
        finally:
            end(process)


def deliver_by_lmtp(port: int, raw: bytes, recipient: str = USER) -> None:
    """Hand a mail to the server byte for byte (RFC 2033); APPEND would mend odd line ends. The envelope sender is the mail's own Return-Path,
    which the server writes anew."""
    import smtplib

    returned = re.match(rb"Return-Path: <([^>\r\n]*)>\r\n", raw)
    sender = returned[1].decode("utf-8", "replace") if returned else ""
    with smtplib.LMTP("127.0.0.1", port) as lmtp:
        lmtp.ehlo()
        lmtp.mail(sender if sender.isascii() else "", ["BODY=8BITMIME"])
        for code, _ in (lmtp.rcpt(recipient), lmtp.data(raw[returned.end() :] if returned else raw)):
            if code != 250:
                raise ServerDidNotStart("The demo's IMAP server did not take a mail.")


def maildir(folder: Path, mailbox: str = "INBOX") -> Path:
    """Where Dovecot keeps a folder of the demo's account; putting files into `new` delivers thousands at once."""
    root = folder / "mail" / USER / "Maildir"
    return root if mailbox == "INBOX" else root / f".{mailbox}"


@contextmanager
def pymap() -> Iterator[ImapServer]:
    """pymap, an IMAP server from the package index, for machines without Dovecot."""
    port = free_port()
    command = [
        sys.executable, "-c", "import sys; from pymap.main import main; sys.exit(main())", "--no-tls", "--host", "127.0.0.1", "--port", str(port),
        "--no-service", "managesieve", "--no-service", "admin", "dict", "--demo-user", USER, "--demo-password", PASSWORD,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def deliver(raw: bytes) -> None:
        from imapclient import IMAPClient

        with IMAPClient("127.0.0.1", port=port, ssl=False, timeout=PATIENCE_SECONDS) as client:
            client.login(USER, PASSWORD)
            client.append("INBOX", raw)

    try:
        wait_for_port(port, lambda: process.poll() is None)
        yield ImapServer(port, None, USER, PASSWORD, deliver, process)
    finally:
        end(process)
