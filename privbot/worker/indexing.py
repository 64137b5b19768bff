"""Mails of an older release become findable: a sweep takes some of them, until none is left.

New mails are indexed where they are handled (`worker.pipeline`).
"""

from __future__ import annotations

from privbot.errors import PrivbotError
from privbot.mail.model import Mail
from privbot.mail.parse import ParseSettings, parse
from privbot.records import cases, search
from privbot.records.database import writing
from privbot.records.models import IncomingMail, Ticket
from privbot.records.sealing import Seals
from privbot.worker.office import Office

MAILS_A_SWEEP = 100


def words_to_find(mail: Mail) -> tuple[str, ...]:
    """What a mail is found by, the most telling first."""
    sender = (mail.sender.name, mail.sender.address) if mail.sender else ()
    return (*sender, mail.subject, mail.text)


def index_older_mails(office: Office) -> int:
    """Make some older mails and their tickets findable; returns how many. One short transaction for each."""
    waiting = IncomingMail.objects.filter(state=IncomingMail.State.HANDLED, searchable=False).select_related("ticket")
    mails = list(waiting.defer("sealed_reading").order_by("id")[:MAILS_A_SWEEP])
    for mail in mails:
        _index(mail, office.seals)
    return len(mails)


def _index(mail: IncomingMail, seals: Seals) -> None:
    try:
        parsed = parse(seals.open(mail.key, "raw mail", mail.sealed_raw), settings=ParseSettings(truncated=mail.truncated))
        requester = cases.requester_of(mail.ticket, seals) if mail.ticket else None
    except PrivbotError:
        parsed, requester = None, None  # erased, or broken: nothing is left to find
    with writing():
        claimed = IncomingMail.objects.filter(id=mail.id, searchable=False).update(searchable=True)
        # Asked under the lock: it may have been erased since it was opened.
        kept = IncomingMail.objects.filter(id=mail.id).exclude(sealed_raw=b"").exists()
        if claimed and parsed and kept:
            search.index_mail(mail, words_to_find(parsed), seals)
        ticket = Ticket.objects.select_for_update().filter(id=mail.ticket_id, erased_at=None).first()
        if claimed and requester and ticket and not ticket.terms.exists():
            search.index_ticket(ticket, requester, seals)
