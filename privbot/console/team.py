"""Who works here: inviting, joining, roles, and ending somebody's access. For the pages and for `privbot team`.

All times are UTC. The audit trail gets codes and the ids of people and invitations, never an address.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from email_validator import EmailNotValidError, validate_email

from privbot.casework import lifecycle
from privbot.config import Config
from privbot.console import calendar_tokens
from privbot.console.models import Invitation, Role, User
from privbot.errors import WrongUse
from privbot.letters import outbox
from privbot.records import audit, retention
from privbot.records.audit import Event
from privbot.records.database import writing
from privbot.records.models import AuditEvent
from privbot.worker import pipeline, waiting

INVITATION_TIME = timedelta(hours=72)
TOKEN_BYTES = 32
RESERVED = frozenset(
    {
        pipeline.ACTOR,
        waiting.SWEEP.name,
        retention.ACTOR,
        outbox.ACTOR,
        lifecycle.Role.BOT.value,
        lifecycle.UNASSIGNED,
        "nobody",
        "system",
    }
)
"""Names that privbot itself acts under, or that stand for nobody: a person of that name could not be told from it."""


class InvitationOver(WrongUse):
    """This invitation was used or withdrawn, or is older than 72 hours; ask an administrator for a new one."""

    code = "invitation-over"


class AlreadyHere(WrongUse):
    """Somebody with this address is already in the team; change their role instead."""

    code = "already-in-the-team"


class LastAdministrator(WrongUse):
    """This is the last administrator for all controllers; make somebody else one first."""

    code = "last-administrator"


class BeyondYourOwn(WrongUse):
    """You can give, and take, only what you have yourself: roles for controllers that you see."""

    code = "beyond-your-own"


class NameWrong(WrongUse):
    """A name has 1 to 80 characters; nobody else has it or acted under it, and it is none of privbot's own."""

    code = "name"


class PasswordWeak(WrongUse):
    """This password is too easy to guess; choose a longer one."""

    code = "password"


@dataclass(frozen=True)
class Access:
    """What somebody may do, and for whom: `controllers` is empty where it is all of them."""

    role: Role
    controllers: tuple[str, ...] = ()

    @property
    def all_controllers(self) -> bool:
        return not self.controllers

    def within(self, other: Access) -> bool:
        """Whether somebody with `other` may give or take this: no higher role, no controller that they do not see."""
        fewer = other.all_controllers or (not self.all_controllers and set(self.controllers) <= set(other.controllers))
        return other.role.includes(self.role) and fewer


UNLIMITED = Access(Role("admin"))
"""Of whoever may run the `privbot` command."""


@dataclass(frozen=True)
class By:
    """Who acts: a name for the audit trail, and what they may give."""

    name: str
    access: Access


def access_of(user: User) -> Access:
    """What somebody has now. Somebody without any controller has access to one that does not exist."""
    return Access(Role(user.role), () if user.all_controllers else tuple(user.controllers) or ("",))


def access_given(invitation: Invitation) -> Access:
    """What an invitation gives."""
    return Access(Role(invitation.role), tuple(invitation.controllers))


def access(config: Config, role: str, controllers: Sequence[str]) -> Access:
    """What was asked for, checked. Raises WrongUse for an unknown role, ConfigWrong for an unknown controller."""
    if role not in Role.values:
        raise WrongUse(f"{role!r} is not a role; roles are {', '.join(Role.values)}.")
    return Access(Role(role), tuple(sorted({config.named_controller(one).id for one in controllers})))


# -- inviting and joining ---------------------------------------------------------------------------------------------------


def invite(email: str, given: Access, *, by: By, now: datetime) -> tuple[Invitation, str]:
    """Invite somebody; an older invitation to the same address is withdrawn. Gives the invitation and its token, which is kept nowhere.

    Raises WrongUse for what is no address, AlreadyHere, BeyondYourOwn.
    """
    if not given.within(by.access):
        raise BeyondYourOwn
    try:
        address = validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise WrongUse("That is not an e-mail address, such as robin@example.com.") from None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with writing():
        here = User.objects.filter(email=address).first()
        if here and here.is_active and _can_sign_in(here):
            raise AlreadyHere
        if here and not access_of(here).within(by.access):
            raise BeyondYourOwn
        if not all(access_given(one).within(by.access) for one in _open(now).filter(email=address)):
            raise BeyondYourOwn
        _open(now).filter(email=address).update(revoked_at=now)
        invitation = Invitation.objects.create(
            email=address, role=given.role, all_controllers=given.all_controllers, controllers=list(given.controllers),
            token_hash=_hash(token), invited_by=by.name, created_at=now, expires_at=now + INVITATION_TIME,
        )  # fmt: skip
        _tell("person invited", f"invitation:{invitation.id}", by, now, given)
    return invitation, token


def withdraw(invitation: Invitation, *, by: By, now: datetime) -> None:
    """The invitation is worth nothing any more. Raises BeyondYourOwn."""
    if not access_given(invitation).within(by.access):
        raise BeyondYourOwn
    with writing():
        if _open(now).filter(id=invitation.id).update(revoked_at=now):
            _tell("invitation withdrawn", f"invitation:{invitation.id}", by, now)


def open_invitation(token: str, now: datetime) -> Invitation:
    """The invitation that a link names. Raises InvitationOver."""
    found = _open(now).filter(token_hash=_hash(token)).first()
    if found is None:
        raise InvitationOver
    return found


def invitation_by_id(number: int, now: datetime) -> Invitation:
    """As `open_invitation`, for somebody whose link was looked at already. Raises InvitationOver."""
    found = _open(now).filter(id=number).first()
    if found is None:
        raise InvitationOver
    return found


def invitation_for(addresses: Sequence[str], now: datetime) -> Invitation | None:
    """An open invitation to one of these addresses, which somebody else has verified."""
    return _open(now).filter(email__in=[one.lower() for one in addresses]).order_by("-id").first()


def open_invitations(now: datetime) -> list[Invitation]:
    """Those that still can be accepted, newest first."""
    return list(_open(now).order_by("-id"))


def join(invitation: Invitation, name: str, password: str | None, *, now: datetime) -> User:
    """Accept an invitation: the account is made, or made usable anew. Without a password they sign in with an account elsewhere.

    Raises InvitationOver – also for the second of two who come at the same time –, NameWrong, PasswordWeak with what to change.
    """
    name = " ".join(name.split())
    user = User.objects.filter(email=invitation.email).first() or User(email=invitation.email)
    if not 1 <= len(name) <= 80 or _is_taken(name, user):
        raise NameWrong
    user.name = name
    _set_password(user, password)
    with writing():
        if not _open(now).filter(id=invitation.id).update(accepted_at=now):
            raise InvitationOver
        user.role, user.all_controllers = invitation.role, invitation.all_controllers
        user.controllers, user.is_active = invitation.controllers, True
        user.save()
        # Whoever holds the token reads mail at the address.
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        audit.record([Event("person joined", subject(user), _data(access_given(invitation)))], actor=user.name_for_audit, now=now)
    return user


# -- roles and ends ----------------------------------------------------------------------------------------------------------


def change_access(user: User, given: Access, *, by: By, now: datetime) -> None:
    """Give somebody another role, or other controllers; it counts from their next click, and an open invitation to them is withdrawn.

    Raises BeyondYourOwn, LastAdministrator.
    """
    with writing():
        user = _locked(user, by)
        if not given.within(by.access):
            raise BeyondYourOwn
        if given != UNLIMITED:
            _refuse_last_administrator(user)
        user.role, user.all_controllers, user.controllers = given.role, given.all_controllers, list(given.controllers)
        user.save(update_fields=["role", "all_controllers", "controllers"])
        _withdraw_open(user.email, by, now)
        _tell("access changed", subject(user), by, now, given)


def disable(user: User, *, by: By, now: datetime) -> None:
    """Somebody has left: they cannot sign in; their sessions, calendar addresses and open invitations end at once.

    Raises BeyondYourOwn, LastAdministrator.
    """
    with writing():
        user = _locked(user, by)
        _refuse_last_administrator(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        calendar_tokens.revoke_all(user, actor=by.name, now=now)
        _withdraw_open(user.email, by, now)
        _end_sessions(user)
        _tell("person disabled", subject(user), by, now)


def enable(user: User, *, by: By, now: datetime) -> None:
    """Somebody is back, with the role they had. Raises BeyondYourOwn."""
    with writing():
        user = _locked(user, by)
        user.is_active = True
        user.save(update_fields=["is_active"])
        _tell("person enabled", subject(user), by, now)


def end_sessions(user: User, *, by: By, now: datetime) -> None:
    """Sign somebody out everywhere. Raises BeyondYourOwn."""
    with writing():
        user = _locked(user, by)
        _end_sessions(user)
        _tell("sessions ended", subject(user), by, now)


def start_over(user: User, *, by: By, now: datetime) -> tuple[Invitation, str]:
    """Somebody lost every second factor: all ways of signing in, and calendar addresses, are taken away; they are invited as on the first day.

    Raises BeyondYourOwn.
    """
    with writing():
        user = _locked(user, by)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        Authenticator.objects.filter(user=user).delete()
        SocialAccount.objects.filter(user=user).delete()
        calendar_tokens.revoke_all(user, actor=by.name, now=now)
        _end_sessions(user)
        _tell("sign-in reset", subject(user), by, now)
        return invite(user.email, access_of(user), by=by, now=now)


def overview(now: datetime) -> list[dict[str, Any]]:
    """Everybody, and who is invited: {"email", "name", "role", "controllers": [] for all, "state": active|disabled|invited, "second_factor"}."""
    secured = set(Authenticator.objects.values_list("user_id", flat=True))
    people = [
        {
            "email": one.email, "name": one.name, "role": one.role, "controllers": [] if one.all_controllers else one.controllers,
            "state": "active" if one.is_active else "disabled", "second_factor": one.pk in secured,
        }
        for one in User.objects.order_by("name")
    ]  # fmt: skip
    invited = [
        {
            "email": one.email,
            "name": "",
            "role": one.role,
            "controllers": one.controllers,
            "state": "invited",
            "second_factor": False,
        }
        for one in open_invitations(now)
    ]
    return people + invited


def person(email: str) -> User:
    """The member with this address. Raises WrongUse."""
    found = User.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise WrongUse("Nobody in the team has this address.")
    return found


def workers(controllers: Iterable[str]) -> list[User]:
    """Whom something of these controllers can be given to: who is active, more than a viewer, and sees at least one of them. By name."""
    able = User.objects.filter(is_active=True).exclude(role=Role.VIEWER).order_by("name")
    known = tuple(controllers)
    return [one for one in able if any(map(one.sees, known))]


def free_name(wanted: str) -> str:
    """A name that nobody has: the one that is wanted, else with a number behind it."""
    wanted = " ".join(wanted.split())[:70] or "–"
    return next(name for number in count(1) if not _is_taken(name := wanted if number == 1 else f"{wanted} {number}"))


def subject(user: User) -> str:
    """How the audit trail calls somebody."""
    return f"user:{user.pk}"


# -- within ------------------------------------------------------------------------------------------------------------------


def _open(now: datetime):  # type: ignore[no-untyped-def]
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def _withdraw_open(email: str, by: By, now: datetime) -> None:
    """No link that was sent before brings back what somebody had then."""
    for one in _open(now).filter(email=email):
        Invitation.objects.filter(id=one.id).update(revoked_at=now)
        _tell("invitation withdrawn", f"invitation:{one.id}", by, now)


def _hash(token: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()


def _is_taken(name: str, by_other_than: User | None = None) -> bool:
    """Whether the audit trail could not tell who is meant: without regard to case, as people read it."""
    # In Python, as SQLite knows the case of ASCII alone.
    wanted = _as_read(name)
    if wanted in RESERVED:
        return True
    theirs = by_other_than.name if by_other_than and by_other_than.pk else ""
    if _as_read(theirs) == wanted:
        return False
    names = User.objects.values_list("name", flat=True).union(AuditEvent.objects.values_list("actor", flat=True))
    return wanted in map(_as_read, names)


def _as_read(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _can_sign_in(user: User) -> bool:
    return user.has_usable_password() or SocialAccount.objects.filter(user=user).exists()


def _set_password(user: User, password: str | None) -> None:
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as fault:
            raise PasswordWeak(" ".join(fault.messages)) from None
    user.set_password(password)


def _locked(user: User, by: By) -> User:
    """Somebody as they are now, held until the transaction ends."""
    now = User.objects.select_for_update().get(pk=user.pk)
    if not access_of(now).within(by.access):
        raise BeyondYourOwn
    return now


def _refuse_last_administrator(user: User) -> None:
    """Only those for all controllers count: nobody else could look after the whole team."""
    whole = User.objects.select_for_update().filter(role=Role.ADMIN, all_controllers=True, is_active=True)
    if [one.pk for one in whole] == [user.pk]:
        raise LastAdministrator


def _end_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


def _data(given: Access) -> dict[str, object]:
    return {"role": str(given.role), "controllers": list(given.controllers) or "all"}


def _tell(action: str, about: str, by: By, now: datetime, given: Access | None = None) -> None:
    audit.record([Event(action, about, _data(given) if given else {})], actor=by.name, now=now)
