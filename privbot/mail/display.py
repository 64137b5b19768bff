"""A mail made ready for a person's eyes: its text, its formatted form made safe, who vouches for it, and which way it came."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from privbot.mail import headers
from privbot.mail.authentication import Proof, proofs
from privbot.mail.body import html_of
from privbot.mail.model import Mail
from privbot.mail.parse import ParseSettings, parse
from privbot.mail.safe_html import SafeHtml, Words, safe_html
from privbot.mail.safe_text import one_line
from privbot.mail.structure import take_apart

MAX_HEADER_LINES, MAX_HEADER = 200, 1_000
MAX_HOPS = 30

MAX_NAME = 300
"""Characters of a sender's name that are looked at."""

_ADDRESS_IN_NAME = re.compile(r"[^\s<>\"]{1,64}@[^\s<>\"]{1,255}")


class Oddity(StrEnum):
    """What is odd about how the sender presents themselves."""

    NAME_IS_ANOTHER_ADDRESS = "name-is-another-address"
    """The name shown beside the address looks like an address, and is not this one."""
    REPLIES_GO_ELSEWHERE = "replies-go-elsewhere"
    """Reply-To names another domain than From."""
    SEVERAL_SENDERS = "several-senders"


@dataclass(frozen=True, slots=True)
class Display:
    """Everything about one mail that a page shows. All texts are visible text without tricks; the page still escapes them."""

    mail: Mail
    formatted: SafeHtml | None
    """None: the mail has no HTML."""
    proofs: tuple[Proof, ...]
    oddities: tuple[Oddity, ...]
    route: tuple[headers.Hop, ...]
    """From the sender to us, as the Received lines tell it: anybody can write all but those of our own servers."""
    header_lines: tuple[tuple[str, str], ...]
    """Name and value in order of appearance, at most `MAX_HEADER_LINES`, each cut to `MAX_HEADER`."""


def display(raw: bytes, *, settings: ParseSettings, words: Words | None = None) -> Display:
    """One mail for display. Attached documents are listed and not read. Never raises on content, like `parse`."""
    mail = parse(raw, settings=replace(settings, max_letters=0))
    root = take_apart(raw, max_parts=settings.max_parts, max_depth=settings.max_depth).root
    html = html_of(root, max_text=settings.max_text)
    lines = root.raw_headers
    return Display(
        mail=mail,
        formatted=safe_html(html, words) if html.strip() else None,
        proofs=proofs(lines, settings.trusted_hosts),
        oddities=_oddities(mail),
        route=tuple(reversed(headers.envelope(lines, None).hops[:MAX_HOPS])),
        header_lines=tuple(
            (one_line(name, 100), one_line(headers.decoded(value), MAX_HEADER)) for name, value in lines[:MAX_HEADER_LINES]
        ),
    )


def _oddities(mail: Mail) -> tuple[Oddity, ...]:
    sender = mail.sender
    if sender is None:
        return ()
    named = [found.lower().strip("'\"<>()") for found in _ADDRESS_IN_NAME.findall(sender.name[:MAX_NAME])]
    own_domain = sender.address.rpartition("@")[2]
    told = {
        Oddity.NAME_IS_ANOTHER_ADDRESS: any(address != sender.address for address in named),
        Oddity.REPLIES_GO_ELSEWHERE: any(one.address.rpartition("@")[2] != own_domain for one in mail.reply_to),
        Oddity.SEVERAL_SENDERS: len(mail.senders) > 1,
    }
    return tuple(oddity for oddity, found in told.items() if found)
