"""From kept bytes back to a Mail."""

from __future__ import annotations

from privbot.config import Config
from privbot.mail.model import Mail
from privbot.mail.parse import ParseSettings, parse
from privbot.records.models import IncomingMail
from privbot.records.sealing import Seals


def parse_kept(kept: IncomingMail, config: Config, seals: Seals) -> Mail:
    """The mail, parsed as it is every time: with the trusted hosts of its mailbox and our own addresses. Raises KeyDestroyed."""
    mailbox = config.mailboxes[kept.mailbox]
    settings = ParseSettings(trusted_hosts=mailbox.trusted_hosts, own_addresses=config.own_addresses, truncated=kept.truncated)
    return parse(seals.open(kept.key, "raw mail", kept.sealed_raw), settings=settings)
