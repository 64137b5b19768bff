"""The team: invitations, roles for named controllers, and the end of somebody's access."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from django.test import Client

from privbot.console import calendar_tokens, team
from privbot.console.models import CalendarToken, Invitation, Role, User
from privbot.console.team import (
    UNLIMITED,
    Access,
    AlreadyHere,
    BeyondYourOwn,
    By,
    InvitationOver,
    LastAdministrator,
    NameWrong,
    PasswordWeak,
)
from privbot.errors import WrongUse
from privbot.records import audit
from privbot.records.models import AuditEvent
from tests.at_the_console import PASSWORD
from tests.integration.console.test_signing_in import QUEUE, sign_in, with_app

BOSS = By("the boss", UNLIMITED)
OPERATOR = Access(Role.OPERATOR, ("lumen",))


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")


def join(token: str, now: Any, name: str = "Sam Reed", password: str = PASSWORD) -> User:
    return team.join(team.open_invitation(token, now), name, password, now=now)


# -- inviting and joining -------------------------------------------------------------------------------------------------------


def test_a_new_installation_knows_nobody(console_office):
    assert not User.objects.exists()
    assert team.overview(console_office.clock()) == []


def test_who_is_invited_joins_by_the_link_of_the_mail(person, client_of, client, sink, console_office):
    fields = {"email": "Sam@Harbour.example", "role": "operator", "controllers": ["lumen"]}
    assert client_of(person("admin")).post("/team/invite", fields)["Location"] == "/team"
    [mail] = sink.received
    assert mail.recipients == ["sam@harbour.example"]
    link = re.search(r"http://localhost(/invitation/\S+)", mail.message.get_content())[1]
    assert client.get(link)["Location"] == "/join"
    page = client.get("/join").content.decode()
    assert "sam@harbour.example" in page and "Operator" in page
    assert client.post("/join", {"name": "Sam Reed", "password": PASSWORD})["Location"] == "/"
    user = User.objects.get(email="sam@harbour.example")
    assert (user.name, user.role, user.controllers, user.all_controllers) == ("Sam Reed", "operator", ["lumen"], False)
    assert client.get(QUEUE).status_code == 200
    assert sign_in(Client(SERVER_NAME="localhost"), user.email)["Location"] == "/"


def test_the_token_leaves_the_address_at_once(console_office, client):
    _, token = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=console_office.clock())
    answer = client.get(f"/invitation/{token}")
    assert answer["Location"] == "/join" and answer["Referrer-Policy"] == "same-origin"
    assert token not in client.get("/join").content.decode() + str(dict(client.session))


def test_an_invitation_is_stored_only_as_a_hash(console_office):
    invitation, token = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=console_office.clock())
    assert len(token) >= 43, "256 bits"
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values())
    assert team.invite("kim@harbour.example", OPERATOR, by=BOSS, now=console_office.clock())[1] != token


@pytest.mark.parametrize(
    ("hours", "valid"),
    [
        (71.9, True),  # just in time
        (72.1, False),  # too late
    ],
)
def test_an_invitation_is_valid_for_72_hours(console_office, clock, hours, valid):
    _, token = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=clock())
    clock.advance(hours=hours)
    if valid:
        assert join(token, clock()).name == "Sam Reed"
    else:
        with pytest.raises(InvitationOver):
            join(token, clock())


def test_an_invitation_that_is_over_says_whom_to_ask(console_office, clock, client):
    _, token = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=clock())
    clock.advance(hours=73)
    for answer in (client.get(f"/invitation/{token}"), client.get("/join")):
        assert answer.status_code == 410 and "Ask an administrator" in answer.content.decode()


def test_an_invitation_is_used_once_also_by_two_at_the_same_time(console_office, clock):
    _, token = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=clock())
    invitation = team.open_invitation(token, clock())
    start, outcomes = threading.Barrier(2), []

    def come(name: str) -> None:
        start.wait()
        try:
            team.join(invitation, name, PASSWORD, now=clock())
            outcomes.append("joined")
        except InvitationOver:
            outcomes.append("over")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=(name,)) for name in ("Sam One", "Sam Two")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["joined", "over"]
    assert User.objects.count() == 1
    with pytest.raises(InvitationOver):
        team.open_invitation(token, clock())


def test_a_newer_invitation_takes_the_older_one_s_place(console_office, clock):
    _, old = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=clock())
    _, new = team.invite("sam@harbour.example", Access(Role.LEAD), by=BOSS, now=clock())
    with pytest.raises(InvitationOver):
        team.open_invitation(old, clock())
    assert team.open_invitation(new, clock()).role == "lead"


def test_a_withdrawn_invitation_is_worth_nothing(person, client_of, console_office, clock):
    invitation, token = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=clock())
    admin = client_of(person("admin"))
    assert "sam@harbour.example" in admin.get("/team").content.decode()
    assert admin.post(f"/team/invitations/{invitation.pk}/withdraw")["Location"] == "/team"
    with pytest.raises(InvitationOver):
        team.open_invitation(token, clock())


@pytest.mark.parametrize(
    "wrong",
    [
        "sam",  # no domain
        "sam@harbour",  # no dot
        "sam@harbour.example, kim@harbour.example",  # two
        "sam@harbour.example\nBcc: all@harbour.example",  # a header
        "",  # nothing
    ],
)
def test_what_is_no_address_is_refused(console_office, clock, wrong):
    with pytest.raises(WrongUse):
        team.invite(wrong, OPERATOR, by=BOSS, now=clock())


def test_somebody_who_is_here_is_not_invited(person, console_office, clock):
    with pytest.raises(AlreadyHere):
        team.invite(person("viewer").email.upper(), OPERATOR, by=BOSS, now=clock())


@pytest.mark.parametrize(
    ("name", "password", "fault"),
    [
        ("", PASSWORD, NameWrong),  # no name
        ("x" * 81, PASSWORD, NameWrong),  # too long
        ("  Viewer   1 ", PASSWORD, NameWrong),  # somebody else's
        ("viewer 1", PASSWORD, NameWrong),  # the same for whoever reads it
        ("änne öz", PASSWORD, NameWrong),  # also outside ASCII
        ("A\u0308nne Öz", PASSWORD, NameWrong),  # and spelt with a mark of its own
        ("Outbox", PASSWORD, NameWrong),  # privbot's own, for what it sends
        ("retention", PASSWORD, NameWrong),  # and for what it deletes
        ("sweep", PASSWORD, NameWrong),  # and for what it does when days have gone by
        ("privbot", PASSWORD, NameWrong),  # and for all else
        ("bot", PASSWORD, NameWrong),  # and in a request's life
        ("UNASSIGNED", PASSWORD, NameWrong),  # nobody's
        ("The Boss", PASSWORD, NameWrong),  # somebody's who acts by the command line
        ("Sam Reed", "short", PasswordWeak),  # too short
        ("Sam Reed", "sam-sam-reed", PasswordWeak),  # their own name
    ],
)
def test_a_wrong_name_or_password_uses_no_invitation_up(person, console_office, clock, name, password, fault):
    person("viewer")
    person("viewer", name="Änne Öz")
    _, token = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=clock())
    with pytest.raises(fault):
        join(token, clock(), name, password)
    assert join(token, clock()).is_active


def test_who_is_invited_anew_keeps_the_name_they_acted_under(person, console_office, clock):
    user = person("lead", name="Kim Lake")
    team.invite("sam@harbour.example", OPERATOR, by=By(user.name, UNLIMITED), now=clock())
    _, token = team.start_over(user, by=BOSS, now=clock())
    assert join(token, clock(), "Kim Lake").pk == user.pk


@pytest.mark.parametrize(
    ("wanted", "free"),
    [
        ("Viewer 1", "Viewer 1 2"),  # somebody's
        ("Privbot", "Privbot 2"),  # privbot's own
        ("Sam Reed", "Sam Reed"),  # nobody's
    ],
)
def test_whoever_joins_by_an_account_elsewhere_gets_a_name_of_their_own(person, wanted, free):
    person("viewer")
    assert team.free_name(wanted) == free


def test_the_form_keeps_the_name_and_says_what_to_change(console_office, clock, client):
    _, token = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=clock())
    client.get(f"/invitation/{token}")
    answer = client.post("/join", {"name": "Sam Reed", "password": "short"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="Sam Reed"' in page and "12 characters" in page and 'value="short"' not in page


def test_where_the_mail_does_not_leave_the_link_is_handed_over(person, client_of, client, sink):
    sink.answers["sam@harbour.example"] = "550 no"
    answer = client_of(person("admin")).post(
        "/team/invite", {"email": "sam@harbour.example", "role": "viewer", "all_controllers": "on"}
    )
    link = re.search(r"http://localhost(/invitation/[\w-]+)", answer.content.decode())[1]
    assert client.get(link)["Location"] == "/join"


# -- roles ------------------------------------------------------------------------------------------------------------------------


def test_a_changed_role_counts_from_the_next_click(person, client_of):
    user, admin = person("lead"), client_of(person("admin"))
    client = client_of(user)
    assert client.get("/audit").status_code == 200
    admin.post(f"/team/{user.pk}/access", {"role": "viewer", "controllers": ["lumen"]})
    assert client.get("/audit").status_code == 403
    user.refresh_from_db()
    assert (user.role, user.controllers, user.all_controllers) == ("viewer", ["lumen"], False)


def test_nobody_raises_their_own_role(person, client_of):
    user = person("lead")
    client = client_of(user)
    client.post("/me", {"language": "", "role": "admin", "all_controllers": "on", "email": "x@harbour.example"})
    client.post(f"/team/{user.pk}/access?role=admin", {"role": "admin", "all_controllers": "on"})
    user.refresh_from_db()
    assert user.role == "lead" and user.email != "x@harbour.example"


def test_the_role_comes_from_the_form_and_not_from_the_address(person, client_of):
    user = person("viewer")
    client_of(person("admin")).post(f"/team/{user.pk}/access?role=admin", {"role": "operator", "controllers": ["lumen"]})
    user.refresh_from_db()
    assert user.role == "operator"


LIMITED = Access(Role.ADMIN, ("lumen",))


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        (Access(Role.OPERATOR, ("lumen",)), True),  # within
        (Access(Role.ADMIN, ("lumen",)), True),  # their equal
        (Access(Role.OPERATOR, ("tidal",)), False),  # another controller
        (Access(Role.OPERATOR, ("lumen", "tidal")), False),  # one more
        (Access(Role.OPERATOR), False),  # all
    ],
)
def test_nobody_gives_more_than_they_have(person, console_office, clock, given, allowed):
    by = By("limited", LIMITED)
    user = person("viewer", controllers=["lumen"])
    if allowed:
        team.invite("sam@harbour.example", given, by=by, now=clock())
        team.change_access(user, given, by=by, now=clock())
    else:
        with pytest.raises(BeyondYourOwn):
            team.invite("sam@harbour.example", given, by=by, now=clock())
        with pytest.raises(BeyondYourOwn):
            team.change_access(user, given, by=by, now=clock())


def test_nobody_takes_the_place_of_an_invitation_to_more(console_office, clock):
    _, token = team.invite("sam@harbour.example", Access(Role.LEAD), by=BOSS, now=clock())
    with pytest.raises(BeyondYourOwn):
        team.invite("sam@harbour.example", OPERATOR, by=By("limited", LIMITED), now=clock())
    assert team.open_invitation(token, clock()).role == "lead"


@pytest.mark.parametrize("step", [team.disable, team.enable, team.end_sessions, team.start_over])
def test_nobody_acts_on_somebody_with_more(person, console_office, clock, step):
    with pytest.raises(BeyondYourOwn):
        step(person("viewer"), by=By("limited", LIMITED), now=clock())


def test_somebody_without_any_controller_is_not_somebody_for_all(person, console_office, clock):
    user = person("viewer", controllers=[])
    assert not team.access_of(user).all_controllers
    assert not team.access_of(person("admin", controllers=[])).within(LIMITED)


def test_the_last_administrator_stays(person, console_office, clock):
    admin, limited = person("admin"), person("admin", controllers=["lumen"])
    for step in (
        lambda: team.disable(admin, by=BOSS, now=clock()),
        lambda: team.change_access(admin, Access(Role.LEAD), by=BOSS, now=clock()),
        lambda: team.change_access(admin, LIMITED, by=BOSS, now=clock()),
    ):
        with pytest.raises(LastAdministrator):
            step()
    team.disable(limited, by=BOSS, now=clock())
    second = person("admin")
    team.disable(admin, by=BOSS, now=clock())
    with pytest.raises(LastAdministrator):
        team.disable(second, by=BOSS, now=clock())


def test_the_page_says_why_the_last_administrator_stays(person, client_of):
    admin = person("admin")
    answer = client_of(admin).post(f"/team/{admin.pk}/disable")
    assert answer.status_code == 409 and "last administrator" in answer.content.decode()


# -- ends -------------------------------------------------------------------------------------------------------------------------


def test_disabling_ends_every_session_at_once(person, client, client_of, console_office, clock):
    user = person("operator")
    token = CalendarToken.objects.create(user=user, name="c", token_hash="h", created_at=clock())
    sign_in(client, user.email)
    forced = client_of(user)
    assert client_of(person("admin")).post(f"/team/{user.pk}/disable").status_code == 302
    assert [one.get(QUEUE).status_code for one in (client, forced)] == [302, 302]
    sign_in(client, user.email)
    assert client.get(QUEUE).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.parametrize(
    "step",
    [
        team.disable,  # who has left does not come back by an old link
        lambda user, **more: team.change_access(user, Access(Role.VIEWER, ("lumen",)), **more),  # nor does the role they had
    ],
)
def test_an_invitation_from_before_brings_nothing_back(person, console_office, clock, step):
    user = person("lead")
    invitation, token = team.start_over(user, by=BOSS, now=clock())
    step(user, by=BOSS, now=clock())
    with pytest.raises(InvitationOver):
        join(token, clock(), user.name)
    assert AuditEvent.objects.filter(action="invitation withdrawn", subject=f"invitation:{invitation.pk}").exists()
    _, anew = team.invite(user.email, Access(Role.VIEWER, ("lumen",)), by=BOSS, now=clock())
    assert (joined := join(anew, clock(), user.name)).is_active and joined.role == "viewer"


@pytest.mark.parametrize("step", [team.disable, team.start_over])
def test_calendar_addresses_end_with_the_ways_of_signing_in(person, console_office, clock, step):
    user = person("operator")
    token, secret = calendar_tokens.make(user, "phone", clock())
    step(user, by=BOSS, now=clock())
    user.is_active = True
    user.save(update_fields=["is_active"])
    assert calendar_tokens.owner_of(secret, clock()) is None
    told = AuditEvent.objects.get(action="calendar address revoked")
    assert (told.actor, told.subject, told.data) == (BOSS.name, f"user:{user.pk}", {"token": token.pk})


def test_who_is_enabled_again_signs_in_as_before(person, client, client_of):
    user, admin = person("operator"), client_of(person("admin"))
    admin.post(f"/team/{user.pk}/disable")
    admin.post(f"/team/{user.pk}/enable")
    assert sign_in(client, user.email)["Location"] == "/"


def test_an_administrator_ends_somebody_s_sessions(person, client, client_of):
    user = person("operator")
    sign_in(client, user.email)
    admin = client_of(person("admin"))
    assert "127.0.0.1" in admin.get(f"/team/{user.pk}").content.decode()
    admin.post(f"/team/{user.pk}/end-sessions")
    assert client.get(QUEUE).status_code == 302
    assert sign_in(client, user.email)["Location"] == "/"


def test_who_lost_every_factor_is_invited_anew(person, client, client_of, sink, clock):
    user = person("lead", controllers=["lumen"])
    with_app(user)
    assert client_of(person("admin")).post(f"/team/{user.pk}/start-over")["Location"] == "/team"
    sign_in(client, user.email)
    assert client.get(QUEUE).status_code == 302, "the old password is gone"
    assert not Authenticator.objects.filter(user=user).exists()
    link = re.search(r"http://localhost(/invitation/\S+)", sink.received[0].message.get_content())[1]
    client.get(link)
    client.post("/join", {"name": user.name, "password": "seven quiet lanterns by the sea"})
    again = User.objects.get(email=user.email)
    assert (again.pk, again.role, again.controllers) == (user.pk, "lead", ["lumen"])
    assert client.get(QUEUE).status_code == 200


def test_an_unknown_action_is_none(person, client_of):
    assert client_of(person("admin")).post(f"/team/{person('viewer').pk}/promote").status_code == 404


# -- the trail --------------------------------------------------------------------------------------------------------------------


def test_every_change_stands_in_the_trail_by_code_and_id(person, client_of, console_office, clock):
    admin = person("admin")
    boss = client_of(admin)
    invitation, token = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=clock())
    user = join(token, clock())
    boss.post(f"/team/{user.pk}/access", {"role": "lead", "all_controllers": "on"})
    for what in ("end-sessions", "disable", "enable", "start-over"):
        boss.post(f"/team/{user.pk}/{what}")
    told = list(AuditEvent.objects.order_by("id").values_list("action", "subject", "actor"))
    me = f"user:{user.pk}"
    assert [one for one in told if one[0] != "signed in"] == [
        ("person invited", f"invitation:{invitation.pk}", "the boss"),
        ("person joined", me, "Sam Reed"),
        ("access changed", me, admin.name),
        ("sessions ended", me, admin.name),
        ("person disabled", me, admin.name),
        ("person enabled", me, admin.name),
        ("sign-in reset", me, admin.name),
        ("person invited", f"invitation:{invitation.pk + 1}", admin.name),
    ]
    assert AuditEvent.objects.get(action="access changed").data == {"role": "lead", "controllers": "all"}
    assert "sam@harbour" not in str(list(AuditEvent.objects.values()))
    assert audit.first_break() is None


# -- the command line -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def privbot(console_office, monkeypatch, capsys):
    """Runs `privbot …` in this process and on this office; gives what it printed."""
    from typer.testing import CliRunner

    from privbot.cli import app
    from privbot.commands import team as commands

    monkeypatch.setattr(commands, "open_office", lambda config, console: console_office)

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, words)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    return run


def test_the_first_administrator_is_made_on_the_command_line(privbot, client):
    printed = privbot("team", "invite", "ada@harbour.example", "--role", "admin")
    link = re.search(r"http://localhost:\d+(/invitation/\S+)", printed)[1]
    client.get(link)
    client.post("/join", {"name": "Ada Quay", "password": PASSWORD})
    assert client.get("/team").status_code == 200
    assert team.access_of(User.objects.get()) == UNLIMITED


def test_the_command_line_lists_changes_and_disables(privbot, person):
    person("admin")
    user = person("operator", name="Kit Lowe")
    assert "kit.lowe@harbour.example  Kit Lowe  operator for all  active" in privbot("team", "list")
    privbot("team", "set-role", user.email, "lead", "--controller", "tidal")
    rows = [json.loads(line) for line in privbot("team", "list", "--json").splitlines()]
    told = {
        "email": user.email,
        "name": "Kit Lowe",
        "role": "lead",
        "controllers": ["tidal"],
        "state": "active",
        "second_factor": False,
    }
    assert told in rows
    privbot("team", "disable", user.email)
    assert "disabled" in privbot("team", "list")
    privbot("team", "enable", user.email)
    assert "disabled" not in privbot("team", "list")
    assert "/invitation/" in privbot("team", "start-over", user.email)


def test_the_command_line_sends_the_link_where_it_is_asked_to(privbot, sink):
    assert "The link was sent" in privbot("team", "invite", "sam@harbour.example", "--send")
    assert sink.received[0].recipients == ["sam@harbour.example"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("invite", "x@harbour.example", "--role", "king"), "roles are viewer, operator, lead, admin"),
        (("invite", "x@harbour.example", "--controller", "nobody"), "There is no controller 'nobody'"),
        (("disable", "x@harbour.example"), "Nobody in the team has this address"),
    ],
)
def test_the_command_line_refuses_in_one_sentence(privbot, words, says):
    with pytest.raises(WrongUse, match=re.escape(says)):
        privbot("team", *words)


def test_time_is_that_of_the_office(console_office, clock):
    invitation, _ = team.invite("sam@harbour.example", OPERATOR, by=BOSS, now=clock())
    assert invitation.expires_at - clock() == timedelta(hours=72)
