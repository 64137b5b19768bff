"""What operators do at a ticket beside the steps of a request's life: undo, note, put right, split, merge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from privbot.commands.lifecycle import LeadOption, Reference, by_whom, tell
from privbot.commands.shared import ByOption, ConfigOption, JsonOption, open_office
from privbot.errors import WrongUse

if TYPE_CHECKING:
    from privbot.worker.split import Asked


def undo(
    by: ByOption,
    what: Annotated[
        Optional[str], typer.Argument(help="A ticket's reference, review:N or letter:N; left out: the last thing that you did.")
    ] = None,
    lead: LeadOption = False,
    config: ConfigOption = None,
) -> None:
    """Take back the last thing that was done, as long as nothing of it has left and nothing else rests on it."""
    office = open_office(config)
    from privbot.worker import undo

    act = undo.last_about(what) if what else undo.last_of(by)
    undone = undo.undo(office, act, by=by_whom(by, lead))
    print(f"undone: {undone.what} on {undone.about}, by {undone.actor} {undone.at:%Y-%m-%d %H:%M} UTC")


def note(
    reference: Reference,
    words: Annotated[str, typer.Argument(help="For colleagues; the requester never sees it.")],
    by: ByOption,
    config: ConfigOption = None,
) -> None:
    """Write a note beside a ticket."""
    office = open_office(config)
    from privbot.worker.notes import add_note

    print(f"note {add_note(office, reference, words, by=by_whom(by, False)).id}")


def reword(
    letter: Annotated[int, typer.Argument(help="Number of the draft.")],
    text: Annotated[Path, typer.Option("--text", help="A file with the whole text.", exists=True, dir_okay=False)],
    by: ByOption,
    subject: Annotated[Optional[str], typer.Option(help="The subject; left out: as it is.")] = None,
    config: ConfigOption = None,
) -> None:
    """Change the words of a draft; the HTML is made again from them."""
    office = open_office(config)
    from privbot.letters import outbox
    from privbot.records.models import Letter
    from privbot.worker.desk import UnknownLetter
    from privbot.worker.editing import edit_letter

    draft = Letter.objects.select_related("ticket").filter(id=letter).first()
    if draft is None:
        raise UnknownLetter
    kept = outbox.words(draft, office.seals)["subject"]
    try:
        words = text.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise WrongUse(f"{text} cannot be read as UTF-8 text.") from None
    print(f"letter {edit_letter(office, letter, subject or kept, words, actor=by).id} says what you wrote")


def correct(
    reference: Reference,
    details: Annotated[
        list[str],
        typer.Argument(help="FIELD=VALUE: name, address (where letters go; a lead's), date_of_birth, phones, emails, …"),
    ],
    by: ByOption,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Put right what was read of a requester; what was there before stays in a note."""
    told = dict(one.partition("=")[::2] for one in details)
    if not all("=" in one for one in details):
        raise WrongUse("Say each detail as FIELD=VALUE, such as name='Mel Ortega'.")
    office = open_office(config)
    from privbot.worker.requester import correct_requester

    tell(correct_requester(office, reference, told, by=by_whom(by, lead)), as_json)


def relabel(
    reference: Reference,
    rights: Annotated[str, typer.Option("--as", help="It asks for these rights, comma-separated.")],
    by: ByOption,
    regime: Annotated[Optional[str], typer.Option(help="Under this law; left out: as it was read.")] = None,
    mail: Annotated[Optional[int], typer.Option(help="Number of the mail that was misread, where several ask.")] = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say what a ticket really asks for: what was misread ends, what is right opens with the same date."""
    office = open_office(config)
    from privbot.worker.relabel import correct_rights

    done = correct_rights(office, reference, _listed(rights), by=by_whom(by, lead), regime=regime, mail=mail)
    tell(done, as_json)


def split(
    what: Annotated[str, typer.Argument(help="A ticket's reference, or review:N.")],
    by: ByOption,
    rights: Annotated[Optional[str], typer.Option("--rights", help="Of a ticket: these rights are another person's.")] = None,
    name: Annotated[str, typer.Option(help="Of a ticket: the other person's name, if known.")] = "",
    person: Annotated[
        Optional[list[str]],
        typer.Option(help="Of a review, once for each person: what they ask for, as RIGHT or RIGHT:REGIME, comma-separated."),
    ] = None,
    lead: LeadOption = False,
    config: ConfigOption = None,
) -> None:
    """Make several of one: a mail that asks for two people, or under two laws."""
    is_review = what.startswith("review:")
    if is_review != bool(person) or is_review == bool(rights):
        raise WrongUse("Say --rights for a ticket, or --person for a review.")
    office = open_office(config)
    from privbot import terminal
    from privbot.worker import split as splitting

    if rights:
        tell(splitting.split(office, what, _listed(rights), by=by_whom(by, lead), name=name), False)
        return
    number = what.removeprefix("review:")
    if not number.isdecimal():
        raise WrongUse("A review is named by its number, such as review:7.")
    for handled in splitting.split_review(office, int(number), [_asked(one) for one in person or ()], actor=by):
        terminal.show_handled(handled)


def merge(
    reference: Annotated[str, typer.Argument(help="The ticket that becomes part of the other.")],
    into: Annotated[str, typer.Argument(help="The ticket that stays.")],
    by: ByOption,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Make two tickets of one requester one; both references keep working."""
    office = open_office(config)
    from privbot.worker.merge import merge as merge_tickets

    tell(merge_tickets(office, reference, into, by=by_whom(by, lead)), as_json)


def _listed(rights: str) -> list[str]:
    return [one.strip() for one in rights.split(",") if one.strip()]


def _asked(person: str) -> list[Asked]:
    from privbot.worker.split import Asked

    return [Asked(right, regime or None) for right, _, regime in (one.partition(":") for one in _listed(person))]
