"""Actions for rights under several laws of one mail, joined: one ticket, one acknowledgment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from privbot.casework.model import Action, AddRequest, SendLetter


def together(decided: Sequence[Sequence[Action]]) -> list[Action]:
    """What was decided for each law, as one list: the first one's, with the requests of the others beside its own. A code is asked for where any of
    them needs it, and a right that several laws know is counted under the first."""
    first, *others = decided
    known = {one.right for one in first if isinstance(one, AddRequest)}
    added: list[Action] = []
    for one in (action for actions in others for action in actions):
        if isinstance(one, AddRequest) and one.right not in known:
            known.add(one.right)
            added.append(one)
    challenge = any(one.challenge for actions in decided for one in actions if isinstance(one, SendLetter))
    joined: list[Action] = []
    for one in first:
        if not isinstance(one, AddRequest) and added and any(isinstance(before, AddRequest) for before in joined):
            joined, added = [*joined, *added], []
        joined.append(replace(one, challenge=challenge) if isinstance(one, SendLetter) else one)
    return [*joined, *added]
