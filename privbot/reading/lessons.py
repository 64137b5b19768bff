"""Operators' decisions → what is learnt from them, guarded against one operator's mistakes – or ill will.

Listed, and not learnt until a second operator says the same: a decision that contradicts another operator's on the same or a near-same text, and
one against a reading that was near-certain. Near-same texts teach once, so that nobody teaches by repeating. And no operator alone supplies more
than SHARE of what is learnt, once there are three.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from privbot.reading import tokenizer
from privbot.reading.corpus import Corpus, TaggedMail, TaggedSentence
from privbot.reading.decisions import Correction, Meaning
from privbot.reading.masking import Line

SHARE = 1 / 3
"""The most that one operator alone supplies of what is learnt."""
OPERATORS = 3
"""Operators from which SHARE holds: of fewer, each is a third."""
NEAR_CERTAIN = 0.95
"""Score of a reading that one operator alone does not overrule."""
SHINGLE = 3
"""Stems in a row that two texts are compared by."""
NEAR_SAME = 0.6
"""Share of shingles (Jaccard) from which two texts are near-same."""
HELD_OUT = 5
"""Every fifth lesson is kept for measuring, and never learnt."""
AUTHOR = "operators"


class State(StrEnum):
    """What becomes of a correction."""

    LEARNT = "learnt"
    HELD_OUT = "held-out"
    """A lesson too, but for measuring models by."""
    REPEATED = "repeated"
    """A near-same text with the same decision is learnt already."""
    CONTRADICTED = "contradicted"
    AGAINST_CERTAINTY = "against-certainty"
    OVER_SHARE = "over-share"


DISAGREEMENTS = (State.CONTRADICTED, State.AGAINST_CERTAINTY)
"""What waits for a second operator."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A correction, and what becomes of it."""

    correction: Correction
    state: State


@dataclass(slots=True)
class _Group:
    """Near-same texts."""

    members: list[Correction] = field(default_factory=list)

    def judge(self) -> Iterator[tuple[Correction, State, bool]]:
        """Each member with its state, and whether two operators stand behind it."""
        last = {one.actor: one.decided.key for one in self.members}  # in order of time: an operator may change their mind
        supporters = Counter(last.values())
        (winner, support), *others = supporters.most_common()
        if others and others[0][1] == support:  # more than any other: with another, that is two at least
            yield from ((one, State.CONTRADICTED, False) for one in self.members)
            return
        taught = False
        for one in self.members:
            if one.decided.key != winner:
                yield one, State.CONTRADICTED, False
            elif support < 2 and one.overrules and one.certainty >= NEAR_CERTAIN:
                yield one, State.AGAINST_CERTAINTY, False
            else:
                yield one, State.REPEATED if taught else State.LEARNT, support > 1
                taught = True


def judge(corrections: Iterable[Correction]) -> list[Judged]:
    """Decide of each correction whether it is learnt; in the order of their numbers."""
    states: dict[int, State] = {}
    shared: set[int] = set()
    ordered = sorted(corrections, key=lambda one: one.number)
    for group in _near_same(ordered):
        for one, state, by_several in group.judge():
            states[one.number] = state
            if by_several:
                shared.add(one.number)
    learnt = [one for one in ordered if states[one.number] is State.LEARNT]
    if len({one.actor for one in ordered}) >= OPERATORS:
        for one in _beyond_share(learnt, shared):
            states[one.number] = State.OVER_SHARE
    for one in learnt:
        if states[one.number] is State.LEARNT and one.number % HELD_OUT == 0:
            states[one.number] = State.HELD_OUT
    return [Judged(one, states[one.number]) for one in ordered]


def in_state(judged: Iterable[Judged], *states: State) -> list[Correction]:
    """The corrections that have one of these states."""
    return [one.correction for one in judged if one.state in states]


def _beyond_share(learnt: Sequence[Correction], shared: set[int]) -> Iterator[Correction]:
    """The newest lessons of whoever supplies too much alone. What several operators say is supplied by none of them."""
    own: dict[str, list[Correction]] = defaultdict(list)
    for one in learnt:
        if one.number not in shared:
            own[one.actor].append(one)
    total = len(learnt)
    while own:
        most = max(own.values(), key=len)
        if len(most) <= SHARE * total:
            return
        yield most.pop()
        total -= 1


def _near_same(corrections: Sequence[Correction]) -> list[_Group]:
    """Groups of near-same texts, each in order. A text joins the first group whose first text it is near-same to."""
    groups: list[_Group] = []
    firsts: list[frozenset[tuple[str, ...]]] = []
    holding: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for one in corrections:
        shingles = _shingles(one.text.text)
        common = Counter(index for shingle in shingles for index in holding[shingle])
        alike = (index for index, count in common.items() if count / len(shingles | firsts[index]) >= NEAR_SAME)
        number = min(alike, default=len(groups))
        if number == len(groups):
            groups.append(_Group())
            firsts.append(shingles)
            for shingle in shingles:
                holding[shingle].append(number)
        groups[number].members.append(one)
    return groups


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    stems = tokenizer.stems(text)
    return frozenset(tuple(stems[start : start + SHINGLE]) for start in range(max(1, len(stems) - SHINGLE + 1)))


def as_json(judged: Judged) -> dict[str, Any]:
    """`privbot corrections list --json`: codes and dates, and never the text."""
    one = judged.correction
    return {
        "correction": one.number, "mail": one.mail, "by": one.actor, "at": one.at.isoformat(), "model": one.model, "language": one.language,
        "read": asdict(one.read), "certainty": round(one.certainty, 4), "decided": asdict(one.decided), "agrees": one.agrees,
        "state": judged.state.value,
    }  # fmt: skip


# -- as a corpus ------------------------------------------------------------------------------------------------------------


def as_mail(correction: Correction) -> TaggedMail:
    """A lesson as a mail of the corpus.

    Of a request only the sentences are tagged that the evidence names: which of the others ask is not known, so they teach nothing. Of
    ordinary mail every sentence asks for nothing.
    """
    decided, text = correction.decided, correction.text
    lines = [line for line in (text.subject, *text.body) if line.text.strip()]
    if decided.rights:
        tagged = [(line, asked) for line in lines if (asked := _asked(line, decided))]
        sentences = [TaggedSentence(line.text, "asks", asked, correction.language) for line, asked in tagged]
    else:
        sentences = [TaggedSentence(line.text.strip(), "none", (), correction.language) for line in lines]
    return TaggedMail(
        id=f"correction:{correction.number}",
        language=correction.language,
        author=AUTHOR,
        categories=decided.categories,
        rights=decided.rights,
        regime="",
        kind=decided.kind,
        subject=text.subject.text,
        sender="",
        body="\n".join(line.text for line in text.body).strip(),
        sentences=tuple(sentences),
        details={},
    )


def as_corpus(corrections: Iterable[Correction]) -> Corpus:
    """Lessons as a corpus to train on."""
    mails = tuple(map(as_mail, corrections))
    return Corpus(tuple(sentence for mail in mails for sentence in mail.sentences), mails)


def as_block(correction: Correction) -> str:
    """A lesson as a whole-mail block of a corpus file (models/corpus/README.md)."""
    decided = correction.decided
    head = [", ".join(decided.categories)]
    if decided.rights:
        head.append(f"rights: {', '.join(decided.rights)}")
    if decided.kind:
        head.append(f"kind: {decided.kind}")
    subject = correction.text.subject
    # No line of a mail may be taken for the format's own marks: a subject begins without bracket, a line of the body with a blank.
    lines = [f"Subject: {_tag(subject, decided)}{subject.text.lstrip('[ ')}", "From:"]
    for line in correction.text.body:
        tag = _tag(line, decided)
        lines.append(tag + line.text if tag else f" {line.text}".rstrip())
    return f"=== {' | '.join(head)}\n" + "\n".join(lines).rstrip() + "\n"


def _asked(line: Line, decided: Meaning) -> tuple[str, ...]:
    return tuple(right for right in line.asks if right in decided.rights)


def _tag(line: Line, decided: Meaning) -> str:
    asked = _asked(line, decided)
    return f"[asks {', '.join(asked)}] " if asked else ""
