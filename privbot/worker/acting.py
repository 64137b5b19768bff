"""Who does something at the desk, and how what they do is remembered so that it can be taken back (`worker.undo`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from privbot.casework.lifecycle import Role
from privbot.records import cases, mementos
from privbot.records.models import IncomingMail, Ticket, Undoable
from privbot.worker.office import Office


@dataclass(frozen=True, slots=True)
class By:
    """Who takes a step."""

    name: str
    role: Role = Role.OPERATOR
    seen: int | None = None
    """The version of the ticket that was shown (`records.versions`); None: whoever acts has looked at none."""
    sees: Callable[[str], bool] = cases.sees_all
    """Whether they may see a controller."""


@dataclass(slots=True)
class Act:
    """Something that an operator is doing, with the rows it may change as they were before."""

    before: mementos.Look = field(default_factory=dict)
    ticket: Ticket | None = None
    """The ticket that it is about, where one stood before."""
    mail: IncomingMail | None = None
    tickets: set[int] = field(default_factory=set)
    mails: set[int] = field(default_factory=set)

    def watch(self, *tickets: Ticket) -> None:
        """These tickets may be changed; to be said before they are."""
        fresh = {one.id for one in tickets} - self.tickets
        if fresh:
            self.before |= mementos.look(fresh, ())
            self.tickets |= fresh

    def opened(self, *tickets: Ticket) -> None:
        """These tickets were made."""
        self.tickets |= {one.id for one in tickets}


@contextmanager
def acting(
    office: Office, what: str, about: str, *, by: By, ticket: Ticket | None = None, mail: IncomingMail | None = None
) -> Iterator[Act]:
    """Do something, and remember what it takes to undo it: inside `writing()`. What changes nothing, and what the bot does, is not remembered.

    `what`: a code of `Undoable.what`; `about`: `ticket:REF`, `review:N` or `letter:N`; `mail`: the mail of a review that is decided.
    """
    act = Act(ticket=ticket, mail=mail)
    if mail:
        act.before |= mementos.look((), [mail.id])
        act.mails.add(mail.id)
    act.watch(*([ticket] if ticket else ()))
    yield act
    if by.role is not Role.BOT:
        _remember(office, act, what, about, by)


def _remember(office: Office, act: Act, what: str, about: str, by: By) -> None:
    told = mementos.difference(act.before, mementos.look(act.tickets, act.mails))
    owner = act.ticket or act.mail
    if owner is None or told == mementos.Difference():
        return
    Undoable.objects.create(
        what=what, about=about, at=office.clock(), actor=by.name, role=by.role.value, ticket=act.ticket, mail=act.mail, letter=told.letter,
        key=owner.key, sealed_difference=office.seals.seal(owner.key, "difference", told.as_json()),
    )  # fmt: skip


def tickets_named(references: Iterable[str]) -> list[Ticket]:
    """The tickets with these references."""
    return list(Ticket.objects.filter(reference__in=set(references)))
