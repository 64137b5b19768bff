"""From a ticket and its requests to a composed letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from privbot.casework.model import AddRequest, Controller
from privbot.config import Config
from privbot.law.calendar import day_in
from privbot.law.refusals import remedies
from privbot.law.regimes import regime
from privbot.law.verification import is_free
from privbot.letters.compose import compose
from privbot.letters.model import ComposedLetter, LetterContext, LetterRequest


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
    )
    if more:
        context = replace(context, **more)
    return compose(name, language, context, own_wording=config.path(settings.letters) if settings.letters else None)


def authority(regime_name: str) -> str:
    """Where to complain under this law: the authority's name, and how it is reached."""
    where = remedies(regime_name)
    return ", ".join(part for part in (where.authority, where.address, where.url) if part)
