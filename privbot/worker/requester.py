"""Putting right what was read of a requester. What was there before stays in a note."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from email_validator import EmailNotValidError, validate_email

from privbot.casework.answers import LetterFor
from privbot.casework.errors import AlreadyActive, NoDoubt, NotAllowed, NothingToProve
from privbot.casework.lifecycle import Role
from privbot.casework.verification import Kind
from privbot.errors import WrongUse
from privbot.letters.free_text import tidy
from privbot.reading.model import Detail
from privbot.records import cases, life, notes, search
from privbot.records.audit import Event
from privbot.records.models import Challenge, Letter, Request, StepTaken
from privbot.worker import proving
from privbot.worker.acting import By
from privbot.worker.identity import ask_for, ask_no_longer
from privbot.worker.office import Office
from privbot.worker.stepping import NOT_LEFT, Done, Stepping, stepping

SEVERAL = ("emails", "phones", "addresses", "ids", "wallets")
"""Details of which there may be several, one a line. A postal address is one line."""
FIELDS = ("name", "address", "date_of_birth", *SEVERAL)
"""What can be corrected; `address` is the one that letters go to."""
LONGEST = 500
ACKNOWLEDGMENT = LetterFor("acknowledgment")
SAID_BY = "an operator"
WHY_DOUBTED = "the address that letters go to was changed"


class NoSuchDetail(WrongUse):
    """That is not a detail of a requester."""

    code = "no-such-detail"

    def __init__(self, field: str) -> None:
        super().__init__(f"{field!r} is not a detail of a requester; details are {', '.join(FIELDS)}.")


class LetterWaits(WrongUse):
    """A letter to the old address waits that must not get lost; undo the step that wrote it, or reopen the request, then change the address."""

    code = "letter-waits"


class DetailWrong(WrongUse):
    """That cannot be what was meant."""

    code = "detail-wrong"


def correct_requester(office: Office, reference: str, corrections: Mapping[str, str], *, by: By) -> Done:
    """Put details of the requester right: field → value, several values one a line, empty where there is none. A new `address` for letters is a
    lead's act: whoever has it must prove it anew, and is asked to at once where the law lets us ask. Letters to the old address that have not left
    never will, and what they asked for is not waited for; an acknowledgment among them is written anew. One with personal data, or of a step that
    stands, holds the change up.

    Raises NoSuchDetail, DetailWrong, NotAllowed, LetterWaits, AlreadyActive, UnknownReference, AlreadyErased, ChangedMeanwhile.
    """
    with stepping(office, reference, "correct", by) as now:
        requester = cases.requester_of(now.ticket, office.seals)
        told = asdict(requester)
        changed: dict[str, tuple[str, str]] = {}
        for field, value in corrections.items():
            before, after = said(told, field), _checked(field, value)
            if before != after:
                _put(told, field, after)
                changed[field] = (before, after)
        if not changed:
            return Done(now.ticket.reference, tuple(now.rows()))
        withdrawn = _move_address(now, changed["address"][1]) if "address" in changed else []
        now.ticket.sealed_requester = office.seals.seal(
            now.ticket.key, "requester", json.dumps(told, ensure_ascii=False).encode()
        )
        now.ticket.save(update_fields=["sealed_requester", "sender_index"])
        search.index_ticket(now.ticket, cases.Requester(**told), office.seals)
        words = "\n".join(f"{field}: {before or '–'} → {after or '–'}" for field, (before, after) in changed.items())
        _, event = notes.add(now.ticket, words, actor=by.name, at=office.clock(), seals=office.seals)
        now.events += [Event("requester corrected", f"ticket:{now.ticket.reference}", {"fields": sorted(changed)}), event]
        ask_no_longer(now, proving.active_requests(now.ticket), withdrawn)
        letter = _write_anew(now, withdrawn)
        if "address" in changed:
            letter = ask_for_proof(now, proving.active_requests(now.ticket)) or letter
        return Done(now.ticket.reference, tuple(now.rows()), letter)


def said(requester: Mapping[str, Any], field: str) -> str:
    """What is known of a requester under one field, as a form shows it. `requester`: a `cases.Requester` as a mapping. Raises NoSuchDetail."""
    if field not in FIELDS:
        raise NoSuchDetail(field)
    if field in ("name", "address"):
        return str(requester[field])
    found = requester["details"].get(field)
    details = [found] if isinstance(found, dict) else found or ()
    return "\n".join(str(one["value"]) for one in details)


def _checked(field: str, value: str) -> str:
    if field not in FIELDS:
        raise NoSuchDetail(field)
    if field in SEVERAL:
        return "\n".join(_line(line) for line in value.splitlines() if line.strip())
    return CHECKS.get(field, _line)(value)


def _line(value: str) -> str:
    line = tidy(value)
    if not line.isprintable() or len(line) > LONGEST:
        raise DetailWrong(f"A detail is one line of at most {LONGEST} printable characters.")
    return line


def _email(value: str) -> str:
    try:
        return validate_email(value.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as fault:
        raise DetailWrong("That is no e-mail address.") from fault


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value.strip()).isoformat() if value.strip() else ""
    except ValueError:
        raise DetailWrong("Write the day as 1990-12-31.") from None


CHECKS: Mapping[str, Callable[[str], str]] = {"address": _email, "date_of_birth": _day}


def _put(told: dict[str, Any], field: str, value: str) -> None:
    details = told["details"]
    if field in ("name", "address"):
        told[field] = value
    if field == "name" or field == "date_of_birth":
        details[field] = asdict(Detail(value, SAID_BY, 1.0)) if value else None
    elif field in SEVERAL:
        known = {one["value"]: one for one in details.get(field) or ()}
        details[field] = [known.get(line) or asdict(Detail(line, SAID_BY, 1.0)) for line in value.splitlines()]


def _move_address(now: Stepping, address: str) -> list[Letter]:
    """Letters go elsewhere from now on. What proved the old address proves nothing about the new one. Returns the letters to the old one that
    will not leave any more."""
    if now.by.role is not Role.LEAD:
        raise NotAllowed("Only a lead may change the address that letters go to.")
    ticket, at, old = now.ticket, now.office.clock(), now.ticket.sender_index
    withdrawn = _withdraw_letters(now, old)
    ticket.sender_index = now.office.seals.index("address", address)
    shown = ticket.challenges.filter(
        kind__in=(Kind.MAILBOX, Kind.WALLET), state__in=(Challenge.State.PENDING, Challenge.State.PROVEN)
    )
    shown.filter(recipient_index="").update(state=Challenge.State.EXPIRED, decided_at=at, decided_by=now.by.name, sealed_code=b"")
    for row in now.rows():
        row.authenticated = False
        if row.state in Request.ACTIVE:  # a closed one was answered on what had been shown: that stays on record
            row.mailbox_proven_at, row.verified_at, row.verified_level, row.identity_proven_on = None, None, "none", None
            row.doubted = row.doubted or row.verification == "on-doubt"
            now.events += life.reckon(row, now.case(row))
        if row.person_index == old:
            row.person_index = ticket.sender_index
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise AlreadyActive from None
    return withdrawn


def _withdraw_letters(now: Stepping, old: str) -> list[Letter]:
    """A letter keeps the address that it was written to. One that must not get lost holds the change up."""
    unsent = now.ticket.letters.filter(recipient_index=old, state__in=(*NOT_LEFT, Letter.State.SENDING))
    steps = StepTaken.objects.filter(letter__in=unsent).select_related("request")
    if unsent.filter(personal=True).exists() or any(life.stands(step) for step in steps):
        raise LetterWaits
    return now.withdraw(unsent, "address changed")


def _write_anew(now: Stepping, withdrawn: Sequence[Letter]) -> Letter | None:
    """The law wants a receipt acknowledged, to whatever address."""
    rows = proving.active_requests(now.ticket)
    if not rows or not any(letter.name == ACKNOWLEDGMENT.name for letter in withdrawn):
        return None
    return now.letter(ACKNOWLEDGMENT, [now.case(row) for row in rows])


def ask_for_proof(now: Stepping, rows: Sequence[Request]) -> Letter | None:
    """Ask whoever has the new address to prove it, for each of these requests that needs it; None where none does."""
    waiting = [row for row in rows if Kind.MAILBOX in now.case(row).awaited]
    if not waiting:
        return None
    try:
        return ask_for(now, waiting, kind=Kind.MAILBOX, doubt=WHY_DOUBTED)
    except (NothingToProve, NoDoubt):
        return None
