"""What an operator sees before they decide about a held mail: who wrote what, and what the decision would bring about as things stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from privbot.casework.agents import agent_of, split
from privbot.casework.model import AddRequest, AttachToTicket, SendLetter
from privbot.casework.triage import open_decided
from privbot.errors import PrivbotError
from privbot.mail.model import Address, Mail
from privbot.mail.safe_text import one_line
from privbot.records.models import IncomingMail
from privbot.worker.desk import NoSender, decided_reading, open_review
from privbot.worker.office import Office
from privbot.worker.understanding import Understood

SHORT = 200
"""Characters of a name, an address or a subject."""
BEGINNING = 400
"""Characters of a mail: enough to tell what it asks for, and little enough to be read at a glance."""
LOOKED_AT = 10 * BEGINNING
"""Characters that the beginning is taken from: a mail of megabytes costs no more than a short one."""


class Leaves(StrEnum):
    """What becomes of the letters that a decision writes."""

    NONE = "none"
    SENT = "sent"
    """Once the office's grace is over."""
    DRAFTED = "drafted"
    """They wait for approval."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What opening the request would bring about."""

    due: date | None
    """The nearest date of what is opened; None: nothing new is."""
    joins: str
    """Reference of the open ticket that the mail joins; empty: it gets one of its own."""
    leaves: Leaves
    several: bool
    """More letters than an acknowledgment: an agent's mail is acknowledged for each consumer, and permission is asked for."""


@dataclass(frozen=True, slots=True)
class Foresight:
    """A held mail at a glance."""

    sender: Address | None
    subject: str
    beginning: str
    """Of its text – its own, else of what it forwards – on one line."""
    language: str
    """As read; empty where it is not known."""
    outlook: Outlook | None = None
    """None: nothing is asked for, or it is refused."""
    refusal: PrivbotError | None = None
    """Why no request can be opened."""


def foresee(office: Office, review_id: int, rights: Sequence[str], regime: str | None) -> Foresight | None:
    """A held mail, and what opening it for these rights would bring about; nothing is changed. None: the mail cannot be opened."""
    review = open_review(review_id)
    try:
        understood = office.pipeline.understand(review.mail)
    except PrivbotError:
        return None
    mail = understood.mail
    outlook, refusal = None, None
    if rights:
        try:
            outlook = _outlook(office, review.mail, understood, rights, regime)
        except PrivbotError as fault:
            refusal = fault
    return Foresight(_sender(mail), _short(mail.subject), _beginning(mail), review.mail.language, outlook, refusal)


def _sender(mail: Mail) -> Address | None:
    return mail.sender and Address(mail.sender.name and _short(mail.sender.name), _short(mail.sender.address))


def _short(text: str) -> str:
    return one_line(text[:LOOKED_AT], SHORT)


def _beginning(mail: Mail) -> str:
    text = mail.letter_text or next((one.text for one in mail.forwarded if one.text.strip()), "")
    return one_line(text[:LOOKED_AT], BEGINNING)


def _outlook(office: Office, kept: IncomingMail, understood: Understood, rights: Sequence[str], regime: str | None) -> Outlook:
    """By the same decisions as `desk.open_request`, none of which is carried out."""
    mail, pipeline = understood.mail, office.pipeline
    if mail.sender is None:
        raise NoSender
    controller = pipeline.controller(kept.controller)
    reading = decided_reading(understood.reading, rights, regime)
    agent = agent_of(mail, reading) if reading.agent else None
    actions = [
        action
        for one in split(reading, agent.consumers if agent else ())
        for action in open_decided(mail, one, pipeline.history(kept, mail, one, controller), controller)
    ]
    dues = [one.due for one in actions if isinstance(one, AddRequest)]
    days = [day for due in dues for day in (due.respond_by, due.acknowledge_by) if day]
    letters = [one for one in actions if isinstance(one, SendLetter)]
    by_itself = office.config.controllers[kept.controller].answers_by_itself and not any(one.approve_first for one in letters)
    asks_agent = agent is not None and not agent.permission_attached and bool(dues)
    leaves = Leaves.NONE if not (letters or asks_agent) else Leaves.SENT if by_itself else Leaves.DRAFTED
    joins = next((one.reference for one in actions if isinstance(one, AttachToTicket)), "")
    return Outlook(min(days, default=None), joins, leaves, len(letters) + asks_agent > 1)
