"""`privbot request …` and `privbot verify`: the steps of a request's life, from the command line."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from privbot.commands.shared import ByOption, ConfigOption, JsonOption, open_office
from privbot.errors import WrongUse

if TYPE_CHECKING:
    from privbot.casework.verification import Kind
    from privbot.worker.acting import By
    from privbot.worker.stepping import Done

app = typer.Typer(
    help="The life of a request: each step by its name. Who may take which: docs/lifecycle.md.", no_args_is_help=True
)

Reference = Annotated[str, typer.Argument(help="The ticket's reference.")]
RightOption = Annotated[
    Optional[str], typer.Option("--right", help="Which request, by its right; left out where only one can be meant.")
]
LeadOption = Annotated[bool, typer.Option("--lead", help="You decide as a lead.")]
OnOption = Annotated[Optional[datetime], typer.Option("--on", formats=["%Y-%m-%d"], help="The day it arrived; left out: today.")]
AnsweredOnOption = Annotated[
    Optional[datetime],
    typer.Option("--on", formats=["%Y-%m-%d"], help="The day it arrived; left out: that of the latest mail since the question, else today."),
]  # fmt: skip
LetterOption = Annotated[
    Optional[Path],
    typer.Option("--letter", help="What the letter says, as TOML or JSON: information, kept, recipients, … (docs/lifecycle.md).", dir_okay=False),
]  # fmt: skip


@app.command()
def show(
    reference: Reference,
    last_contact: Annotated[
        Optional[datetime],
        typer.Option(formats=["%Y-%m-%d"], help="When the account was closed or the last contact was, to check retention."),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Where each request of a ticket stands, its dates and why, what is missing, what happened, what it may be refused for."""
    office = open_office(config)
    from privbot import terminal
    from privbot.worker.lifeline import lifeline

    told = lifeline(office, reference, last_contact=_day(last_contact))
    if as_json:
        print(json.dumps(told, ensure_ascii=False, default=str))
    else:
        terminal.show_view({"requests": told})


@app.command("ask-identity")
def ask_identity(
    reference: Reference,
    by: ByOption,
    right: RightOption = None,
    kind: Annotated[
        Optional[str], typer.Option("--kind", help="What to ask for: mailbox, details, declaration, permission, confirmation, guardian.")
    ] = None,
    wallet: Annotated[str, typer.Option(help="The Ethereum address on file: ask for a text signed with it.")] = "",
    doubt: Annotated[str, typer.Option(help="What the reasonable doubt is, where the law asks for one (Art 12(6) GDPR).")] = "",
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Ask for the proof of identity that is still missing."""
    office = open_office(config)
    from privbot.worker import identity

    done = identity.ask_identity(
        office, reference, by=by_whom(by, lead), right=right, kind=_kind(kind) if kind else None, doubt=doubt, wallet=wallet
    )
    tell(done, as_json)


@app.command("not-proven")
def not_proven(
    reference: Reference,
    by: ByOption,
    right: RightOption = None,
    lesser: Annotated[
        bool, typer.Option("--lesser", help="Treat it as the lesser right the law makes of it: categories instead of specific pieces.")
    ] = False,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Tell the requester that what they showed was not enough – never which detail."""
    office = open_office(config)
    from privbot.worker import identity

    tell(identity.not_proven(office, reference, by=by_whom(by, lead), right=right, lesser=lesser), as_json)


@app.command()
def ask(
    reference: Reference,
    question: Annotated[str, typer.Argument(help="What you ask, in the requester's language.")],
    by: ByOption,
    right: RightOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask the requester what is meant."""
    office = open_office(config)
    from privbot.worker import steps

    tell(steps.ask(office, reference, question, by=by_whom(by, lead), right=right), as_json)


@app.command()
def answered(
    reference: Reference,
    by: ByOption,
    right: RightOption = None,
    on: AnsweredOnOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """The answer to your question is here."""
    office = open_office(config)
    from privbot.worker import steps

    tell(steps.answered(office, reference, by=by_whom(by, lead), right=right, on=_day(on)), as_json)


@app.command()
def extend(
    reference: Reference,
    reason: Annotated[str, typer.Argument(help="Why the answer takes longer, in the requester's language.")],
    by: ByOption,
    right: RightOption = None,
    override: Annotated[str, typer.Option(help="Why it is announced although the last day is over; a lead's.")] = "",
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Announce that the answer takes longer."""
    office = open_office(config)
    from privbot.worker import steps

    tell(steps.extend(office, reference, reason, by=by_whom(by, lead), right=right, override=override), as_json)


@app.command()
def fee(
    reference: Reference,
    amount: Annotated[str, typer.Argument(help="The amount with its currency, such as 'JPY 1,000'.")],
    reason: Annotated[str, typer.Argument(help="Why, in the requester's language.")],
    by: ByOption,
    right: RightOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Announce a fee, where the law knows one."""
    office = open_office(config)
    from privbot.worker import steps

    tell(steps.announce_fee(office, reference, amount, reason, by=by_whom(by, lead), right=right), as_json)


@app.command("fee-paid")
def fee_paid(
    reference: Reference,
    by: ByOption,
    right: RightOption = None,
    on: OnOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """The fee is here."""
    office = open_office(config)
    from privbot.worker import steps

    tell(steps.fee_paid(office, reference, by=by_whom(by, lead), right=right, on=_day(on)), as_json)


@app.command()
def fulfil(
    reference: Reference,
    by: ByOption,
    right: RightOption = None,
    part: Annotated[bool, typer.Option("--part", help="In part only.")] = False,
    alternative: Annotated[bool, typer.Option("--alternative", help="By the other lawful answer (Shine the Light: the opt-out).")] = False,
    uncompared: Annotated[str, typer.Option(help="Why personal data go out without a comparison with the customer records.")] = "",
    letter: LetterOption = None,
    attach: Annotated[Optional[list[Path]], typer.Option("--attach", help="A file to send with it; may be given several times.")] = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Grant a request, and answer it."""
    office = open_office(config)
    from privbot.worker import steps
    from privbot.worker.values import read_attachment, read_values

    done = steps.fulfil(
        office, reference, by=by_whom(by, lead), right=right, part=part, alternative=alternative, uncompared=uncompared,
        values=read_values(letter) if letter else None, attachments=[read_attachment(file) for file in attach or ()],
    )  # fmt: skip
    tell(done, as_json)


@app.command()
def deny(
    reference: Reference,
    because: Annotated[str, typer.Argument(help="One of the law's reasons, such as no-match; `privbot law show` lists them.")],
    by: ByOption,
    right: RightOption = None,
    reason: Annotated[str, typer.Option(help="In detail, in the requester's language.")] = "",
    letter: LetterOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Refuse a request, with reasons and remedies."""
    office = open_office(config)
    from privbot.worker import steps
    from privbot.worker.values import read_values

    values = read_values(letter) if letter else None
    tell(steps.deny(office, reference, because, by=by_whom(by, lead), right=right, reason=reason, values=values), as_json)


@app.command()
def revoke(
    reference: Reference,
    by: ByOption,
    right: RightOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """The requester takes the request back."""
    office = open_office(config)
    from privbot.worker import steps

    tell(steps.revoke(office, reference, by=by_whom(by, lead), right=right), as_json)


@app.command()
def expire(
    reference: Reference,
    by: ByOption,
    right: RightOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """No proof of identity came: end the request."""
    office = open_office(config)
    from privbot.worker import steps

    tell(steps.expire(office, reference, by=by_whom(by, lead), right=right), as_json)


@app.command()
def reopen(
    reference: Reference,
    by: ByOption,
    right: RightOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Take up a closed request again."""
    office = open_office(config)
    from privbot.worker import steps

    tell(steps.reopen(office, reference, by=by_whom(by, lead), right=right), as_json)


@app.command()
def assign(
    reference: Reference,
    owner: Annotated[str, typer.Argument(help="Who takes charge; `unassigned` gives it back to the leads.")],
    by: ByOption,
    right: RightOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say who is in charge of a request, or of all of a ticket's."""
    office = open_office(config)
    from privbot.worker import steps

    tell(steps.assign(office, reference, owner, by=by_whom(by, lead), right=right), as_json)


def verify(
    reference: Reference,
    by: ByOption,
    compare: Annotated[bool, typer.Option("--compare", help="Compare what the mails say with the controller's customer records.")] = False,
    matched: Annotated[Optional[int], typer.Option(min=0, help="You compared by hand: how many details agree.")] = None,
    seen: Annotated[
        Optional[list[str]],
        typer.Option(help="You have seen it: declaration, permission, confirmation, power-of-attorney or guardian. May be given several times."),
    ] = None,
    code: Annotated[Optional[str], typer.Option(help="The code, where it reached you another way.")] = None,
    signature: Annotated[Optional[str], typer.Option(help="The signature made with the wallet, 0x and 130 digits.")] = None,
    registered: Annotated[
        Optional[bool],
        typer.Option("--registered/--not-registered", help="You looked whether the agent is registered with the Secretary of State."),
    ] = None,
    on: OnOption = None,
    lead: LeadOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Take note of what the requester has shown; what the law still wants is told."""
    if sum((compare, matched is not None, bool(seen), code is not None, signature is not None, registered is not None)) != 1:
        raise WrongUse("Say one of --compare, --matched, --seen, --code, --signature, --registered or --not-registered.")
    if on and not seen:
        raise WrongUse("--on says when what you have seen came; it goes with --seen.")
    office = open_office(config)
    from privbot.worker import identity

    who = by_whom(by, lead)
    if compare or matched is not None:
        found = (
            identity.compare(office, reference, by=who)
            if matched is None
            else identity.details_agree(office, reference, matched, by=who)
        )
        told = {"matched": found.matched, "needed": found.needed, "on_file": found.on_file}
        print(json.dumps(told) if as_json else f"{found.matched} details agree, {found.needed} are needed")
        return
    if seen:
        done = identity.seen(office, reference, [_kind(one) for one in seen], by=who, on=_day(on))
    elif code is not None:
        done = identity.code_given(office, reference, code, by=who)
    elif signature is not None:
        done = identity.signature_given(office, reference, signature, by=who)
    else:
        done = identity.registered(office, reference, bool(registered), by=who)
    tell(done, as_json)


def by_whom(name: str, lead: bool) -> By:
    from privbot.casework.lifecycle import Role
    from privbot.worker.acting import By

    return By(name, Role.LEAD if lead else Role.OPERATOR)


def _kind(name: str) -> Kind:
    from privbot.casework.verification import Kind

    try:
        return Kind(name)
    except ValueError:
        raise WrongUse(f"{name!r} is not a kind of proof; kinds are {', '.join(Kind)}.") from None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def tell(done: Done, as_json: bool) -> None:
    told = [
        {"right": one.right, "regime": one.regime, "state": one.state, "reason": one.state_reason, "due": one.respond_by, "owner": one.owner}
        for one in done.requests
    ]  # fmt: skip
    letter = {"letter": done.letter.id, "name": done.letter.name, "state": done.letter.state} if done.letter else None
    if as_json:
        print(json.dumps({"ticket": done.reference, "requests": told, "letter": letter}, ensure_ascii=False, default=str))
        return
    for one in told:
        reason = f" ({one['reason']})" if one["reason"] else ""
        print(f"{done.reference} {one['right']}: {one['state']}{reason}, due {one['due']}, {one['owner']}")
    if letter:
        print(f"letter {letter['letter']} {letter['name']}: {letter['state']}")
