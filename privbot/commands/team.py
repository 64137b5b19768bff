"""`privbot team`: who works in the console. The first administrator is invited here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from privbot.commands.shared import ByOption, ConfigOption, JsonOption, open_office

if TYPE_CHECKING:
    from privbot.console.models import Invitation
    from privbot.console.team import By
    from privbot.worker.office import Office

app = typer.Typer(
    help="The people of the web console: invite them, change what they may do, end their access.", no_args_is_help=True
)

Address = Annotated[str, typer.Argument(help="The person's e-mail address.")]
ControllersOption = Annotated[
    Optional[list[str]],
    typer.Option(
        "--controller", help="For this controller only; may be given several times. Left out: for all, also later ones."
    ),
]
SendOption = Annotated[bool, typer.Option("--send", help="Also send the link by mail, over [smtp].")]


@app.command()
def invite(
    email: Address,
    by: ByOption,
    role: Annotated[str, typer.Option(help="viewer, operator, lead or admin.")] = "operator",
    controller: ControllersOption = None,
    send: SendOption = False,
    config: ConfigOption = None,
) -> None:
    """Invite somebody: print the link – valid for 72 hours, once – under which they choose their name and password."""
    office = open_office(config, console=True)
    from privbot.console import team

    given = team.access(office.config, role, controller or ())
    _hand_over(office, *team.invite(email, given, by=_by(by), now=office.clock()), send=send)


@app.command("list")
def show(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show who is in the team, and who is invited."""
    office = open_office(config, console=True)
    from privbot.console import team

    for one in team.overview(office.clock()):
        if as_json:
            print(json.dumps(one, ensure_ascii=False, default=str))
        else:
            name = one["name"] or "(invited)"
            print(f"{one['email']}  {name}  {one['role']} for {', '.join(one['controllers']) or 'all'}  {one['state']}")


@app.command("set-role")
def set_role(
    email: Address,
    role: Annotated[str, typer.Argument(help="viewer, operator, lead or admin.")],
    by: ByOption,
    controller: ControllersOption = None,
    config: ConfigOption = None,
) -> None:
    """Give somebody another role, or other controllers."""
    office = open_office(config, console=True)
    from privbot.console import team

    given = team.access(office.config, role, controller or ())
    team.change_access(team.person(email), given, by=_by(by), now=office.clock())
    print(f"{email} is {role} for {', '.join(given.controllers) or 'all controllers'}")


@app.command()
def disable(email: Address, by: ByOption, config: ConfigOption = None) -> None:
    """End somebody's access: they cannot sign in, and every session of theirs ends at once."""
    office = open_office(config, console=True)
    from privbot.console import team

    team.disable(team.person(email), by=_by(by), now=office.clock())
    print(f"{email} has no access any more")


@app.command()
def enable(email: Address, by: ByOption, config: ConfigOption = None) -> None:
    """Give somebody their access back, with the role they had."""
    office = open_office(config, console=True)
    from privbot.console import team

    team.enable(team.person(email), by=_by(by), now=office.clock())
    print(f"{email} has access again")


@app.command("start-over")
def start_over(email: Address, by: ByOption, send: SendOption = False, config: ConfigOption = None) -> None:
    """For somebody who lost their second factor: take away every way of signing in, and print a new invitation."""
    office = open_office(config, console=True)
    from privbot.console import team

    _hand_over(office, *team.start_over(team.person(email), by=_by(by), now=office.clock()), send=send)


def _by(name: str) -> By:
    from privbot.console import team

    return team.By(name, team.UNLIMITED)


def _hand_over(office: Office, invitation: Invitation, token: str, *, send: bool) -> None:
    from privbot.console import desk, invitations

    desk.sit_down(office)
    address = invitations.link(office.config, token)
    print(f"Open within 72 hours, once: {address}")
    if send:
        print(
            "The link was sent" if invitations.send(invitation, address) else "The link could not be sent: hand it over yourself"
        )
