"""From a ticket and its requests to a composed letter, and from there into the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from privbot.casework.model import AddRequest, Controller
from privbot.config import Config
from privbot.config import Controller as Settings
from privbot.law.calendar import day_in
from privbot.law.refusals import remedies
from privbot.law.regimes import regime
from privbot.law.verification import is_free
from privbot.letters import outbox
from privbot.letters.compose import compose
from privbot.letters.draft import Draft
from privbot.letters.model import Attachment, ComposedLetter, LetterContext, LetterRequest
from privbot.records.audit import Event
from privbot.records.models import IncomingMail, Letter, Ticket
from privbot.records.sealing import Seals


def write_letter(
    config: Config, controller: Controller, name: str, language: str, *, reference: str, requester_name: str, requests: Sequence[AddRequest],
    received: datetime, now: datetime, challenge: tuple[str, datetime] | None = None, sender_unconfirmed: bool = False,
    more: Mapping[str, Any] | None = None,
) -> ComposedLetter:  # fmt: skip
    """A letter about these requests, in the controller's name. `challenge` is a code and the moment until which it is accepted;
    `more` holds what else the letter needs, by field of the LetterContext (privbot.letters.catalogue)."""
    settings = config.controllers[controller.id]
    place = controller.places.get(requests[0].regime) or regime(requests[0].regime).place.place
    context = LetterContext(
        reference=reference,
        controller_name=controller.name,
        contact=settings.contact or f"{controller.name}\n{settings.addresses[0]}",
        requester_name=requester_name,
        requests=tuple(
            LetterRequest.of(
                one.regime,
                one.right,
                one.due,
                one.verification,
                free=is_free(one.regime, one.right),
                title=regime(one.regime).title,
                article=regime(one.regime).right(one.right).article,
                authority=authority(one.regime),
            )
            for one in requests
        ),
        received=day_in(received, place.zone),
        challenge_code=challenge[0] if challenge else None,
        challenge_expires=day_in(challenge[1], place.zone) if challenge else None,
        sender_unconfirmed=sender_unconfirmed,
        written=day_in(now, place.zone),
        data_protection_officer=_in_one_line(settings.contacts.dpo),
        representatives=_representatives(settings, requests),
    )
    if more:
        context = replace(context, **more)
    return compose(name, language, context, own_wording=config.own_wording(settings))


def put_letter(
    config: Config, ticket: Ticket, cause: IncomingMail, composed: ComposedLetter, *, recipient: str, by_itself: bool, decided: bool,
    seals: Seals, now: datetime, automatic: bool = False, answers: str | None = None, attachments: Sequence[Attachment] = (),
    grace: timedelta = timedelta(0),
) -> tuple[Letter, Event]:  # fmt: skip
    """Put a composed letter into the outbox, inside the transaction that decided it; every letter leaves this way.

    `by_itself`: it may leave without an operator's approval, if the controller answers by itself; else it is a draft. `decided`: a person took
    the step that it tells of. `automatic`: it is the bot's one answer to the mail `cause`; `answers`: the Message-ID of that mail, if it has one;
    `grace`: how long it waits before it leaves.
    Raises AttachmentRefused.
    """
    settings = config.controllers[ticket.controller]
    state = Letter.State.QUEUED if settings.answers_by_itself and by_itself else Letter.State.DRAFT
    draft = Draft.of(
        composed, sender=settings.addresses[0], sender_name=settings.name, recipient=recipient, answers=answers, attachments=attachments,
        unattended=state == Letter.State.QUEUED and not decided,
    )  # fmt: skip
    copied = config.sent_folder(cause.mailbox) is None
    return outbox.put(draft, ticket, cause, state=state, copied=copied, automatic=automatic, seals=seals, now=now, grace=grace)


def _representatives(settings: Settings, requests: Sequence[AddRequest]) -> tuple[str, ...]:
    """The controller's representatives under the laws of these requests, each once."""
    named = settings.contacts.representatives
    return tuple(dict.fromkeys(_in_one_line(named[one.regime]) for one in requests if one.regime in named))


def _in_one_line(lines: str) -> str:
    return ", ".join(line.strip() for line in lines.splitlines() if line.strip())


def authority(regime_name: str) -> str:
    """Where to complain under this law: the authority's name, and how it is reached."""
    where = remedies(regime_name)
    return ", ".join(part for part in (where.authority, where.address, where.url) if part)
