"""The golden mails: each `.eml` with what must come out of it, and the comparison. The format is told in fixtures/emails/README.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from privbot import resources
from privbot.casework.model import AttachToTicket, Escalate, HoldForReview, Ignore, OpenTicket, SendLetter
from privbot.mail.model import Mail
from privbot.reading.model import Detail, Reading

if TYPE_CHECKING:
    from privbot.worker.pipeline import Handled


@dataclass(frozen=True, slots=True)
class GoldenMail:
    """One pair. `expected` is the `.yml` as it stands."""

    name: str
    raw: bytes
    expected: dict[str, Any]


def load(folder: Path | None = None) -> list[GoldenMail]:
    """All pairs, by number."""
    folder = folder or resources.golden_mails()
    return [
        GoldenMail(file.stem, file.read_bytes(), yaml.safe_load(file.with_suffix(".yml").read_text(encoding="utf-8")))
        for file in sorted(folder.glob("*.eml"))
    ]


def differences(golden: GoldenMail, handled: Handled) -> list[str]:
    """Where what came out differs from what must: sentences, none when all is right.

    Of a pair marked `not_yet` the truth is not reached today: then a person must decide and nothing may be sent – and the mark must go as soon
    as the truth is reached.
    """
    found = _differences(golden, handled)
    if "not_yet" not in golden.expected:
        return found
    if not found:
        return ["what is marked not_yet came out right: take the mark away"]
    safe = _went(handled) == "review" and not _letters(handled)
    return [] if safe else [f"not safe: {sentence}" for sentence in found]


def _differences(golden: GoldenMail, handled: Handled) -> list[str]:
    went = _went(handled)
    found = [*_mail(golden.expected.get("mail", {}), handled.mail)]
    outcome = golden.expected.get("outcome", {})
    found += _outcome(outcome, handled, went)
    # What a mail asks is compared where the bot decided it alone; in review a person decides.
    if went == "ticket":
        found += _reading(golden.expected.get("reading", {}), handled.reading)
    return found


def _went(handled: Handled) -> str:
    kinds = {type(action) for action in handled.actions}
    if kinds & {HoldForReview, Escalate}:
        return "review"
    if Ignore in kinds:
        return "ignored"
    return "ticket" if kinds & {OpenTicket, AttachToTicket} else "nothing"


def _outcome(expected: dict[str, Any], handled: Handled, went: str) -> Iterator[str]:
    wanted = expected.get("is", went)
    if went != wanted and not (expected.get("may_review") and {went, wanted} == {"review", "ticket"}):
        yield f"outcome is {went} {sorted(_codes(handled))}, not {wanted}"
    reason = expected.get("reason")
    if reason and went == wanted and went != "ticket" and reason not in _codes(handled):
        yield f"reasons are {sorted(_codes(handled))}, without {reason}"
    letters = _letters(handled)
    if "letter" in expected and expected["letter"] != "none" and went == "ticket" and expected["letter"] not in letters:
        yield f"letters are {sorted(letters)}, not {expected['letter']}"
    if expected.get("letter") == "none" and letters:
        yield f"a letter goes out ({', '.join(letters)}), where none must"
    if "controller" in expected and handled.controller != expected["controller"]:
        yield f"controller is {handled.controller}, not {expected['controller']}"


def _letters(handled: Handled) -> set[str]:
    """The letters that go out without a person's word."""
    return {action.name for action in handled.actions if isinstance(action, SendLetter) and not action.approve_first}


def _codes(handled: Handled) -> set[str]:
    codes: set[str] = set()
    for action in handled.actions:
        if isinstance(action, HoldForReview):
            codes |= set(action.codes)
        elif isinstance(action, (Escalate, Ignore)):
            codes.add(action.code)
    return codes


def _mail(expected: dict[str, Any], mail: Mail) -> Iterator[str]:
    if "from" in expected:
        for part in ("name", "address"):
            found = getattr(mail.sender, part) if mail.sender else ""
            wanted_part = expected["from"].get(part, found) or ""
            if found != (wanted_part.lower() if part == "address" else wanted_part):
                yield f"from {part} is {found!r}, not {expected['from'][part]!r}"
    if "subject" in expected and mail.subject != expected["subject"]:
        yield f"subject is {mail.subject!r}, not {expected['subject']!r}"
    said = " ".join(f"{mail.letter_text} {' '.join(one.text for one in mail.forwarded)}".split())
    yield from (f"text lacks {words!r}" for words in expected.get("text_contains", []) if " ".join(words.split()) not in said)
    own = " ".join(mail.text.split())
    yield from (f"text holds {words!r}" for words in expected.get("text_excludes", []) if " ".join(words.split()) in own)
    attachments = [{"name": one.name, "type": one.type} for one in mail.attachments]
    for wanted in expected.get("attachments", []):
        if not any(wanted.items() <= one.items() for one in attachments):
            yield f"attachments are {attachments}, without {wanted}"
    origin = {
        "kind": mail.origin.kind.value,
        "answerable": mail.origin.answerable,
        "authentication": mail.origin.authentication.value,
    }
    for key, value in expected.get("origin", {}).items():
        if origin[key] != value:
            yield f"origin {key} is {origin[key]}, not {value}"
    yield from (
        f"defects are {[*mail.defects]}, without {wanted}" for wanted in expected.get("defects", []) if wanted not in mail.defects
    )


def _reading(expected: dict[str, Any], reading: Reading) -> Iterator[str]:
    if "language" in expected and reading.language != expected["language"]:
        yield f"language is {reading.language}, not {expected['language']}"
    if "categories" in expected and set(reading.decided) != set(expected["categories"]):
        yield f"categories are {sorted(reading.decided)}, not {sorted(expected['categories'])}"
    if "rights" in expected and set(reading.decided_rights) != set(expected["rights"]):
        yield f"rights are {sorted(reading.decided_rights)}, not {sorted(expected['rights'])}"
    if "regime" in expected and expected["regime"] not in [guess.regime for guess in reading.regimes[:1]]:
        yield f"regime is {[guess.regime for guess in reading.regimes]}, not {expected['regime']} first"
    for key, wanted in expected.get("requester", {}).items():
        found = _requester(key, reading)
        missing = [one for one in (wanted if isinstance(wanted, list) else [wanted]) if str(one) not in found]
        if missing:
            yield f"requester {key} is {found}, without {missing}"


def _requester(key: str, reading: Reading) -> list[str]:
    who = reading.requester
    one: dict[str, Detail | None] = {"name": who.name, "date_of_birth": who.date_of_birth}
    many = {"emails": who.emails, "phone": who.phones, "address": who.addresses, "ids": who.ids, "wallet": who.wallets}
    details = [one[key]] if key in one else [*many[key]]
    return [detail.value for detail in details if detail]
