"""The same decision for many rows of the queue at once: each in its own transaction, and what fails for one does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from privbot.errors import PrivbotError, WrongUse
from privbot.records.listing_rows import Kind
from privbot.records.models import Letter, Request, Review
from privbot.worker import desk, steps
from privbot.worker.acting import By
from privbot.worker.controllers import ControllerTakenOut
from privbot.worker.office import Office

Ticked = tuple[Kind, int]
"""A row of the queue: its kind and number."""


class OnlyReviews(WrongUse):
    """Only held mails can be filed or attached; letters and requests have their own page."""

    code = "only-reviews"


class NoOwner(WrongUse):
    """A letter is nobody's own; assign the request that it tells of."""

    code = "no-owner"


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became of the rows."""

    done: tuple[Ticked, ...]
    refused: tuple[tuple[Ticked, PrivbotError], ...]
    """With the error that says why."""


def assign(office: Office, rows: Sequence[Ticked], owner: str, *, by: By, shown: Mapping[Ticked, str]) -> Bulk:
    """Somebody takes charge of reviews and requests; `unassigned` gives them back. `shown`: whose each row was when it was ticked; one that has
    become somebody else's since is refused."""

    def one(kind: Kind, number: int) -> None:
        taken_from = shown.get((kind, number))
        if kind is Kind.LETTER:
            raise NoOwner
        if kind is Kind.REVIEW:
            desk.assign_review(office, number, owner, actor=by.name, taken_from=taken_from)
        else:
            row = Request.objects.select_related("ticket").get(id=number)
            steps.assign(office, row.ticket.reference, owner, by=by, request=row.id, taken_from=taken_from)

    return _each(office, rows, one)


def ignore(office: Office, rows: Sequence[Ticked], reason: str, *, by: By) -> Bulk:
    """These mails ask for nothing; `reason` is a code such as support or spam."""
    return _each(office, rows, _of_reviews(lambda number: desk.ignore(office, number, reason, actor=by.name)))


def attach(office: Office, rows: Sequence[Ticked], reference: str, *, by: By) -> Bulk:
    """These mails belong to one ticket."""
    return _each(office, rows, _of_reviews(lambda number: desk.attach(office, number, reference, actor=by.name, sees=by.sees)))


def seen(rows: Sequence[Ticked], sees: Callable[[str], bool]) -> list[Ticked]:
    """The rows that somebody may see; `sees` says it of a controller."""
    controllers = _controllers_of(rows)
    return [row for row in rows if row in controllers and sees(controllers[row])]


def _controllers_of(rows: Sequence[Ticked]) -> dict[Ticked, str]:
    """Whose each row is, of those that there are."""
    found: dict[Ticked, str] = {}
    for kind, table in ((Kind.REVIEW, Review.objects), (Kind.LETTER, Letter.objects), (Kind.REQUEST, Request.objects)):
        named = table.filter(id__in=[number for its, number in rows if its is kind]).values_list("id", "controller")
        found |= {(kind, number): controller for number, controller in named}
    return found


def _of_reviews(decide: Callable[[int], object]) -> Callable[[Kind, int], None]:
    def one(kind: Kind, number: int) -> None:
        if kind is not Kind.REVIEW:
            raise OnlyReviews
        decide(number)

    return one


def _each(office: Office, rows: Sequence[Ticked], one: Callable[[Kind, int], None]) -> Bulk:
    controllers = _controllers_of(rows)
    done: list[Ticked] = []
    refused: list[tuple[Ticked, PrivbotError]] = []
    for row in rows:
        try:
            if row in controllers and controllers[row] not in office.config.controllers:
                raise ControllerTakenOut
            one(*row)
        except PrivbotError as fault:
            refused.append((row, fault))
        else:
            done.append(row)
    return Bulk(tuple(done), tuple(refused))
