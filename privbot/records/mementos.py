"""What rows were before somebody did something: the difference between two looks at the same tickets and mails, and the way back.

A way back exists as long as the rows are as that act left them. Raw mails and readings are never part of it: nothing that an operator does
changes them. Every function expects to be inside `database.writing()`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, Q

from privbot.errors import WrongUse
from privbot.records.models import (
    Challenge,
    Correction,
    IncomingMail,
    Letter,
    LetterVersion,
    Note,
    Request,
    Review,
    SearchTerm,
    StepTaken,
    Ticket,
    Undoable,
)

Values = dict[str, Any]
"""Column → value, as JSON knows it; a box in base64."""
Look = dict[tuple[str, int], Values]
"""(model, number) → its row."""

CHILDREN_FIRST: tuple[type[models.Model], ...] = (
    StepTaken, Correction, SearchTerm, LetterVersion, Note, Review, Challenge, Request, Letter, IncomingMail, Ticket,
)  # fmt: skip
"""The order in which rows can be removed; the other way round they can be made."""
MODELS = {str(model._meta.model_name): model for model in CHILDREN_FIRST}
OF_A_MAIL = ("ticket_id", "outcome", "outcome_code")
"""What a decision changes of a mail."""
IN_DELIVERY = ("holder", "held_until")
"""Columns of a letter that tell which worker has it in hand."""


class LetterLeft(WrongUse):
    """Too late: the letter has left."""

    code = "letter-left"


class ActedSince(WrongUse):
    """Too late: something has happened since that rests on it."""

    code = "acted-since"


@dataclass(frozen=True, slots=True)
class Difference:
    """What an act made of some rows. Rows are named `model:number`."""

    made: dict[str, str] = field(default_factory=dict)
    """Row → the hash of what it was made as."""
    removed: dict[str, Values] = field(default_factory=dict)
    """Row → what it was."""
    changed: dict[str, dict[str, tuple[Any, str]]] = field(default_factory=dict)
    """Row → column → what it was, and the hash of what it became."""

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def of_json(cls, told: bytes) -> Difference:
        return cls(**json.loads(told))

    @property
    def letter(self) -> int | None:
        """The letter that it wrote, changed or put on its way."""
        touched = {
            row for row, columns in self.changed.items() if {"state", "sealed"} & set(columns) and "ticket_id" not in columns
        }
        return min(_numbers({*self.made, *touched}, Letter), default=None)


def look(tickets: Collection[int], mails: Collection[int]) -> Look:
    """All rows of these tickets and mails that an act may change."""
    found: Look = {}
    for model, which in _where(tickets, mails).items():
        rows = model._default_manager.filter(which)
        if model is IncomingMail:
            rows = rows.only("id", *(name.removesuffix("_id") for name in OF_A_MAIL))
        for row in rows:
            found[str(model._meta.model_name), row.pk] = _values(row)
    return found


def difference(before: Look, after: Look) -> Difference:
    """What happened between two looks."""
    made = {_named(row): _digest(values) for row, values in after.items() if row not in before}
    removed = {_named(row): values for row, values in before.items() if row not in after}
    changed = {
        _named(row): _changes(row[0], before[row], values)
        for row, values in after.items()
        if row in before and before[row] != values
    }
    for into in _merged_into(before, after):
        # A hold that is set from then on is about both tickets: parting them would lose it for one.
        changed.setdefault(_named(into), {})["hold"] = (before[into]["hold"], _digest(after[into]["hold"]))
    return Difference(made, removed, changed)


def take_back(told: Difference) -> list[Ticket]:
    """Make the rows what they were. Returns the tickets that are no more. Raises LetterLeft, ActedSince; then nothing is changed."""
    now = _as_they_are(told)
    _refuse_letters_that_left(told)
    for name, digest in told.made.items():
        if name not in now or _digest(now[name]) != digest:
            raise ActedSince
    for name, columns in told.changed.items():
        if name not in now or any(_digest(now[name][column]) != digest for column, (_, digest) in columns.items()):
            raise ActedSince
    gone = list(Ticket.objects.filter(id__in=_numbers(told.made, Ticket)))
    try:
        with transaction.atomic():
            # What goes stands in nobody's way: a person has one active request per right, the one that comes back.
            requests = [*_numbers(told.made, Request), *_numbers(told.changed, Request)]
            Request.objects.filter(pk__in=requests).update(person_index="")
            for name, columns in told.changed.items():
                # Of two requests that change places, neither may be written while the other still holds its place.
                held = {"person_index": now[name]["person_index"]} if name.startswith("request:") else {}
                _write(name, held | {column: before for column, (before, _) in columns.items()})
            Undoable.objects.filter(ticket__in=gone).exclude(undone_at=None).delete()
            for model in CHILDREN_FIRST:
                if numbers := _numbers(told.made, model):
                    model._default_manager.filter(pk__in=numbers).delete()
            for model in reversed(CHILDREN_FIRST):
                for number in _numbers(told.removed, model):
                    _make(model, number, told.removed[f"{model._meta.model_name}:{number}"])
    except (ProtectedError, IntegrityError):
        # Another row rests on one that would go, or the rule of one active request speaks against one that would come back.
        raise ActedSince from None
    return gone


def _merged_into(before: Look, after: Look) -> set[tuple[str, int]]:
    """The tickets that another one became a part of."""
    ticket = str(Ticket._meta.model_name)
    merged = (row for row in before if row[0] == ticket and before[row]["merged_into_id"] is None)
    return {(ticket, into) for row in merged if (into := after.get(row, {}).get("merged_into_id"))}


def _changes(model: str, before: Values, after: Values) -> dict[str, tuple[Any, str]]:
    changed = {column for column, value in after.items() if before[column] != value}
    if model == Letter._meta.model_name:
        changed.add("deliveries")  # by which a letter is known that has left since
        if "sealed" in changed and "ticket_id" not in changed:
            changed.add("state")  # what was approved with other words is not approved with the old ones
    return {column: (before[column], _digest(after[column])) for column in sorted(changed)}


def _where(tickets: Collection[int], mails: Collection[int]) -> dict[type[models.Model], Q]:
    on_ticket = Q(ticket__in=tickets)
    of_mails = Q(id__in=mails) | on_ticket
    return {
        Ticket: Q(id__in=tickets) | Q(merged_into__in=tickets),
        Request: on_ticket,
        Challenge: on_ticket,
        Letter: on_ticket,
        Note: on_ticket,
        SearchTerm: on_ticket,
        Review: on_ticket | Q(mail__in=mails),
        StepTaken: Q(request__ticket__in=tickets),
        LetterVersion: Q(letter__ticket__in=tickets),
        IncomingMail: of_mails,
        Correction: Q(mail__in=mails) | Q(mail__ticket__in=tickets),
    }


def _as_they_are(told: Difference) -> dict[str, Values]:
    """The rows of a difference as they stand now."""
    rows = {*told.made, *told.changed}
    return {
        f"{name}:{row.pk}": _values(row)
        for name, model in MODELS.items()
        if (numbers := _numbers(rows, model))
        for row in model._default_manager.filter(pk__in=numbers)
    }


def _refuse_letters_that_left(told: Difference) -> None:
    """DATA was begun since: nobody can say that it did not leave. Locked, so that no worker begins while it is taken back."""
    numbers = _numbers({*told.made, *told.changed}, Letter)
    for letter in Letter.objects.select_for_update().filter(id__in=numbers).only("deliveries"):
        _, deliveries = told.changed.get(f"letter:{letter.id}", {}).get("deliveries", (0, _digest(0)))
        if _digest(letter.deliveries) != deliveries:
            raise LetterLeft


def _values(row: models.Model) -> Values:
    fields: Iterable[models.Field] = row._meta.concrete_fields
    if isinstance(row, IncomingMail):
        fields = [one for one in fields if one.attname in OF_A_MAIL]
    told = {one.attname: _told(one, row) for one in fields if not one.primary_key}
    if isinstance(row, Letter):
        told = {column: value for column, value in told.items() if column not in IN_DELIVERY}
        # In a worker's hands it is still queued: until DATA begins it can be taken back.
        told["state"] = str(Letter.State.QUEUED) if told["state"] == Letter.State.CLAIMED else told["state"]
    return told


def _told(column: models.Field, row: models.Model) -> Any:
    value = getattr(row, column.attname)
    if value is None or isinstance(value, (bool, int, float, str, list, dict)):
        return value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return column.value_to_string(row)  # a box in base64, a UUID


def _write(name: str, values: Values) -> None:
    model, number = MODELS[name.partition(":")[0]], int(name.partition(":")[2])
    columns = {column: _meant(model, column, value) for column, value in values.items()}
    if model is Letter and "state" in values:
        columns |= {"holder": "", "held_until": None}
    model._default_manager.filter(pk=number).update(**columns)


def _make(model: type[models.Model], number: int, values: Values) -> None:
    row = model(pk=number, **{column: _meant(model, column, value) for column, value in values.items()})
    row.save(force_insert=True)


def _meant(model: type[models.Model], column: str, value: Any) -> Any:
    fields = {one.attname: one for one in model._meta.concrete_fields}
    return value if value is None else fields[column].to_python(value)


def _named(row: tuple[str, int]) -> str:
    return f"{row[0]}:{row[1]}"


def _numbers(rows: Iterable[str], model: type[models.Model]) -> list[int]:
    return sorted(_numbers_of(rows, str(model._meta.model_name)))


def _numbers_of(rows: Iterable[str], name: str) -> Iterator[int]:
    return (int(row.partition(":")[2]) for row in rows if row.partition(":")[0] == name)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
