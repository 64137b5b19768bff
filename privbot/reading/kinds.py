"""What kind of other mail: a regulator, a lawyer's claim, a security report, support, advertising, a reminder, a reply to a challenge."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from privbot.reading.aggregate import Opinion, logit
from privbot.reading.model import ESCALATED
from privbot.reading.patterns import LanguagePatterns

MODEL = 0.72
"""How much the model's logit counts beside the cues."""
WEIGHTS = {
    "follow-up": (2.39, -0.02), "verification-reply": (1.37, -0.09), "question": (1.71, -0.62), "regulator": (1.5, 0.11),
    "legal-claim": (2.71, -0.68), "security-report": (3.85, 0.03), "support": (0.9, -0.19), "commercial": (1.71, -0.2),
    "spam": (2.26, -0.02),
}  # fmt: skip
"""Kind → how much one cue counts, and where it starts: logistic regression on the ordinary mails of the corpus, each read by a model
that had not seen it."""
FOR_A_PERSON = (*ESCALATED, "follow-up")
"""Kinds of other that are never filed without a person: what chases an earlier mail may be the only trace of a request."""
LOOKS_LIKE = 0.2
"""Probability of such a kind from which even a mail that asks for a right is shown to a person."""
FILED = ("commercial", "spam")
"""Kinds that nobody looks at when the reading is calm: they must be plain."""
PLAIN = 0.5
HEAD = 2_000
"""Characters that are looked at: a mail says at once what kind it is."""
NO_MODEL = -4.0
"""The logit without a model: what is rare is not assumed."""
SENDER = 3.0
"""What a sender's name that says what they are counts, in logits."""

_SENDERS = {
    "regulator": re.compile(
        r"authority|commission(?:er)?\b|ombuds|attorney general|regulator|aufsicht|behorde|landesbeauftragt|bundesbeauftragt|garante|\bcnil\b"
        r"|\baepd\b|\bico\b|agencia|tilsyn|autoriteit|autorite\b|autorita\b|\burzad|\burad\b|uodo|\bcnpd\b|myndighet|valtuutet|委員会|監督"
    ),
    "legal-claim": re.compile(
        r"\blaw\b|\blegal\b|\bllp\b|solicitor|attorney|barrister|rechtsanw|kanzlei|anwalt|avocat|abogad|avvocat|studio legale|advoca|advoka"
        r"|adwokat|radca|asianaj|弁護士|法律事務所"
    ),
}


def probabilities(
    text: str, sets: Sequence[LanguagePatterns], opinion: Opinion | None, *, sender: str, reminder: bool
) -> dict[str, float]:
    """Kind of other → how likely, for a folded text that would ask for no right. `sender` is their folded name."""
    text = text[:HEAD]
    found: dict[str, float] = {}
    for kind, (weight, start) in WEIGHTS.items():
        cues = {match[0] for patterns in sets if kind in patterns.kinds for match in patterns.kinds[kind].finditer(text)}
        points = start + weight * min(2, len(cues)) + MODEL * (logit(opinion.kinds[kind]) if opinion else NO_MODEL)
        if kind == "follow-up" and reminder:
            points += weight
        if sender and kind in _SENDERS and _SENDERS[kind].search(sender):
            points += SENDER
        found[kind] = 1 / (1 + math.exp(-points))
    return found


def likeliest(found: Mapping[str, float]) -> str:
    """The kind to go by. What would be filed away unseen must be plainly that."""
    plain = sum(found[kind] for kind in FILED) >= PLAIN
    return max((kind for kind in found if plain or kind not in FILED), key=lambda kind: found[kind])
