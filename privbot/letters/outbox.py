"""Letters waiting to be delivered, each exactly once as far as the world allows.

A letter is *claimed* under a lease, then marked *sending* in a commit of its own before DATA begins, then *sent*. A worker that dies leaves
either a claimed letter, which surely did not leave and is queued again, or a sending one, of which nobody knows: it becomes *unknown*, and a
letter without personal data is sent again with the same Message-ID – a missing acknowledgment breaks the law, a second one does no harm.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q

from privbot.casework.thread import Token, message_id
from privbot.letters.draft import Draft, message_of
from privbot.letters.rewording import Words, message_with
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import NO_DATE, AuditEvent, IncomingMail, Letter, Request, Ticket
from privbot.records.sealing import Seals

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=2)
MAX_TRIES = 68
"""With the pauses above more than five days: RFC 5321, 4.5.4.1 asks for four to five at least."""
MAX_DELIVERIES = 3
"""A letter that may have left is sent again at most twice; then an operator decides."""
ACTOR = "outbox"
ACKNOWLEDGMENT = "acknowledgment"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes over the wire for one letter."""

    message: bytes
    sender: str
    recipient: str


def put(
    draft: Draft, ticket: Ticket, cause: IncomingMail, *, state: str, copied: bool, automatic: bool, seals: Seals, now: datetime,
    grace: timedelta = timedelta(0),
) -> tuple[Letter, Event]:  # fmt: skip
    """Put a letter into the outbox, inside the transaction that decided it. `state` is QUEUED, or DRAFT where a person approves first; `grace`: how
    long it waits at least before it leaves."""
    nonce = secrets.token_hex(6)
    unsigned = Token(ticket.reference, nonce, "")
    domain = draft.sender.rpartition("@")[2]
    identifier = message_id(Token(ticket.reference, nonce, seals.token(unsigned.signed)), domain)
    message = message_of(draft, identifier, now)
    told = {
        "sender": draft.sender, "recipient": draft.recipient, "subject": draft.subject, "text": draft.text,
        "attachments": [{"name": file.name, "type": file.type, "size": len(file.content)} for file in draft.attachments],
    }  # fmt: skip
    letter = Letter.objects.create(
        ticket=ticket, cause=cause, controller=ticket.controller, automatic=automatic, name=draft.name, language=draft.language,
        personal=draft.personal,
        created_at=now, due=_due(ticket, draft.name, now), state=state, message_id=identifier, next_try_at=now + grace, copied=copied,
        recipient_index=seals.index("address", draft.recipient), domain_index=seals.index("domain", draft.recipient.rpartition("@")[2]),
        sealed=seals.seal(ticket.key, "letter", json.dumps(told, ensure_ascii=False).encode() + b"\0" + message),
    )  # fmt: skip
    return letter, Event(
        f"letter {state}", f"ticket:{ticket.reference}", {"letter": letter.id, "name": draft.name, "language": draft.language}
    )


def _due(ticket: Ticket, name: str, now: datetime) -> date:
    """By when a letter should leave: the earliest day that is due on its ticket – also on a request that the letter's own step has just closed."""
    asked = ticket.requests.filter(Q(state__in=Request.ACTIVE) | Q(closed_at__gte=now)).values_list(
        "acknowledge_by", "respond_by"
    )
    first = name == ACKNOWLEDGMENT
    return min(((acknowledge_by if first else None) or respond_by for acknowledge_by, respond_by in asked), default=NO_DATE)


def envelope(letter: Letter, seals: Seals) -> Envelope:
    """The message to hand over, byte for byte the same at each attempt.

    The envelope sender is the controller's address and not `<>`: RFC 3834, 3.3 allows both, and a bounce of an acknowledgment must be seen.
    It cannot loop, because machines are never answered.
    """
    told, _, message = seals.open(letter.ticket.key, "letter", letter.sealed).partition(b"\0")
    facts = json.loads(told)
    return Envelope(message, facts["sender"], facts["recipient"])


def words(letter: Letter, seals: Seals) -> dict[str, Any]:
    """Recipient, subject and text of a letter, and what is attached to it, for an operator."""
    told, _, _ = seals.open(letter.ticket.key, "letter", letter.sealed).partition(b"\0")
    return dict(json.loads(told))


def reword(letter: Letter, said: Words, html: str, seals: Seals) -> None:
    """Put other words into a letter that has not left; its headers and files stay. Inside `writing()`."""
    told, _, message = seals.open(letter.ticket.key, "letter", letter.sealed).partition(b"\0")
    facts = {**json.loads(told), "subject": said.subject, "text": said.text}
    box = json.dumps(facts, ensure_ascii=False).encode() + b"\0" + message_with(message, said, html)
    letter.sealed = seals.seal(letter.ticket.key, "letter", box)
    letter.save(update_fields=["sealed"])


# -- delivery ------------------------------------------------------------------------------------------------------------


def claim(holder: str, *, limit: int, now: datetime, seconds: float) -> list[Letter]:
    """Claim letters that are due, oldest first."""
    with writing():
        ids = list(
            Letter.objects.filter(state=Letter.State.QUEUED, next_try_at__lte=now)
            .order_by("next_try_at")
            .values_list("id", flat=True)[:limit]
        )
        if not ids:
            return []
        Letter.objects.filter(id__in=ids, state=Letter.State.QUEUED).update(
            state=Letter.State.CLAIMED, holder=holder, held_until=now + timedelta(seconds=seconds)
        )
        return list(
            Letter.objects.filter(id__in=ids, holder=holder, state=Letter.State.CLAIMED).select_related("ticket").order_by("id")
        )


def begin(letter: Letter, holder: str, *, now: datetime, seconds: float) -> bool:
    """Mark a letter as being sent, before DATA. False if the claim was lost meanwhile: then it must not be sent from here."""
    return bool(
        Letter.objects.filter(id=letter.id, state=Letter.State.CLAIMED, holder=holder, held_until__gt=now).update(
            state=Letter.State.SENDING, deliveries=F("deliveries") + 1, held_until=now + timedelta(seconds=seconds)
        )
    )


def finish(letter: Letter, holder: str, *, now: datetime) -> None:
    """The server took the letter (250)."""
    taken = Letter.objects.filter(id=letter.id, holder=holder, state=Letter.State.SENDING).update(
        state=Letter.State.SENT, sent_at=now, held_until=None, fault=""
    )
    if not taken:
        return
    record(
        [Event("letter sent", f"ticket:{letter.ticket.reference}", {"letter": letter.id, "name": letter.name})],
        actor=ACTOR,
        now=now,
    )


def give_back(letters: list[Letter], holder: str) -> None:
    """Claimed letters that this worker will not send now."""
    Letter.objects.filter(id__in=[letter.id for letter in letters], state=Letter.State.CLAIMED, holder=holder).update(
        state=Letter.State.QUEUED, held_until=None
    )


def postpone(letter: Letter, holder: str, fault: str, *, now: datetime) -> None:
    """Not now: tried again with growing pauses, and given up to an operator after five days."""
    if letter.tries >= MAX_TRIES:
        return bury(letter, holder, fault, now=now)
    pause = min(FIRST_RETRY * 2 ** min(letter.tries, 20), LONGEST_RETRY)
    Letter.objects.filter(id=letter.id, holder=holder, state=Letter.State.SENDING).update(
        state=Letter.State.QUEUED, tries=F("tries") + 1, next_try_at=now + pause, fault=fault, held_until=None
    )
    return None


def bury(letter: Letter, holder: str, fault: str, *, now: datetime) -> None:
    """A dead letter: the server will never take it, an operator decides."""
    ours = Letter.objects.filter(id=letter.id, holder=holder, state=Letter.State.SENDING)
    if ours.update(state=Letter.State.DEAD, fault=fault, held_until=None):
        record(
            [Event("letter dead", f"ticket:{letter.ticket.reference}", {"letter": letter.id, "fault": fault})],
            actor=ACTOR,
            now=now,
        )


def unknown(letter: Letter, holder: str) -> None:
    """The connection broke after DATA: `recover` decides what happens next."""
    Letter.objects.filter(id=letter.id, holder=holder, state=Letter.State.SENDING).update(
        state=Letter.State.UNKNOWN, held_until=None
    )


def hold_back(controllers: Sequence[str], *, now: datetime) -> int:
    """What waits to leave for these controllers becomes a draft again, unless an operator approved it. Returns how many."""
    queued = Letter.objects.filter(state=Letter.State.QUEUED, controller__in=controllers).select_related("ticket").defer("sealed")
    held = 0
    for letter in queued:
        about = f"ticket:{letter.ticket.reference}"
        # Approved perhaps on a ticket that has become a part of this one.
        told = [about, *(f"ticket:{one.reference}" for one in letter.ticket.merged.all())]
        if AuditEvent.objects.filter(subject__in=told, action="letter approved", data__letter=letter.id).exists():
            continue
        with writing():
            if Letter.objects.filter(id=letter.id, state=Letter.State.QUEUED).update(state=Letter.State.DRAFT):
                record([Event("letter held back", about, {"letter": letter.id, "why": "paused"})], actor=ACTOR, now=now)
                held += 1
    return held


def recover(*, now: datetime) -> int:
    """Take up letters whose worker died or broke off. Returns how many are sent again although they may have left.

    The first time at once; then with growing pauses, since a server that is slow to answer would get the same letter for ever.
    """
    under_way = Letter.objects.filter(held_until__lt=now)
    perhaps_sent = Letter.objects.filter(state=Letter.State.UNKNOWN, personal=False, deliveries__lt=MAX_DELIVERIES)
    if not under_way.exists() and not perhaps_sent.exists():
        return 0
    again = 0
    with writing():
        under_way.filter(state=Letter.State.CLAIMED).update(state=Letter.State.QUEUED, held_until=None)
        under_way.filter(state=Letter.State.SENDING).update(state=Letter.State.UNKNOWN, held_until=None)
        for letter in perhaps_sent.select_related("ticket"):
            pause = FIRST_RETRY * 4 ** (letter.deliveries - 1) if letter.deliveries > 1 else timedelta(0)
            # The state is asked for once more: a worker that slept here must not send what another one has sent meanwhile.
            if perhaps_sent.filter(id=letter.id).update(state=Letter.State.QUEUED, next_try_at=now + pause):
                again += 1
                told = Event("letter sent again", f"ticket:{letter.ticket.reference}", {"letter": letter.id, "why": "unknown"})
                record([told], actor=ACTOR, now=now)
    return again
