"""Sentences → the mail: which rights are asked for, how sure that is, and whether a person has to look.

The leading ask wins; a second right needs an ask of its own. What the patterns found and what the model says are cues of one logistic
regression for each category; what it leaves in the middle goes to review, and `other` stands without review only when a second one,
over the whole mail, is calm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from privbot.reading.model import CATEGORIES, CATEGORY_OF_RIGHT, RIGHTS_BY_CATEGORY
from privbot.reading.patterns import Finding

WEIGHT_OF_ACT = {
    "asks": 1.0,
    "conditional": 0.6,
    "reported": 0.4,
    "speaks": 0.9,
    "lists": 0.5,
    "mentions": 0.15,
    "threatens": 0.1,
}
"""How much of a finding's strength counts towards the right being asked for."""

CLEAR = 0.85
"""Strength from which a second right stands on its own."""
CITED = 0.95
"""Strength of an ask with its citation."""
SPOKEN = 0.3
"""Strength from which the patterns count as having seen something of a right."""
DECIDED = 0.5
"""Score from which a category is put on the ticket."""
SURE = 0.88
"""Below this, what is decided is shown to a person."""
MAY_BE = 0.22
"""A category above this, and not decided beside others, sends the mail to review."""
CALM = 0.93
"""How sure it must be that a mail asks for nothing before no person looks."""
STRONG_CUE = 0.5
"""An act of asking this strong beside `other` is shown to a person, whatever the model says."""
REMINDER = 0.85
"""Score of a right that an unanswered earlier mail asked for."""
FAR = 6.0
"""The surest a score of the model counts, in logits."""

GIVEN = {"long": -1.8, "impersonal": -1.4, "bulk": -1.0, "other cited": -1.2}
"""Weights chosen by hand, like thresholds, on the development letters: the corpus has hardly a long letter, article or newsletter."""
ASKABLE = CATEGORIES[:-1]
ENUMERATED = 2
"""Other rights of its category beside one in the subject: "objection, withdrawal of consent, do not sell" lists them, each for itself."""
SUBJECT_LINE = 0
CONTAINED_IN_ARTICLE_15 = ("third-party-records", "know-categories")
"""Recipients and categories are what an answer under Art. 15(1) GDPR holds anyway."""
OWN_SENTENCE = 0.9
"""From this strength on an objection in a sentence of its own is meant for itself."""
NAMED_OBJECTIONS = ("opt-out-of-sale", "limit-sensitive")
"""California's own names for what one may object to: "no profiling with it" beside them is part of them."""
BROAD = {"objection": 3, "access": 2, "stop-use": 2, "direct-marketing": 1}
"""How broad the words of a right are: they also stand inside narrower ones."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model says of one mail, each between 0 and 1."""

    rights: Mapping[str, tuple[float, int]]
    """Right → its best sentence: score and index."""
    request: float
    """Whether any sentence asks for anything."""
    whole: Mapping[str, float]
    """Category → what the mail as a whole looks like."""
    kinds: Mapping[str, float]
    """Kind of other → the same."""


@dataclass(slots=True)
class Judgement:
    """The mail as a whole."""

    categories: dict[str, float]
    rights: dict[str, float]
    decided: tuple[str, ...]
    decided_rights: tuple[str, ...]
    doubts: dict[str, str] = field(default_factory=dict)
    """Stable code → sentence for the operator; any doubt means review."""
    leading: dict[str, Finding] = field(default_factory=dict)
    """Right → the finding that speaks loudest for it."""
    reminder: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """Cue → weight, learnt with the model (`weighing.py`) and kept in its `meta.json`."""

    asked: Mapping[str, float]
    """For a category being asked for."""
    quiet: Mapping[str, float]
    """For a mail decided `other` asking for nothing indeed."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the whole mail adds to its sentences."""

    silence: bool
    """Says that no answer came."""
    privacy: bool
    """Has to do with personal data at all."""
    bulk: int
    """How many different signs of a newsletter it shows."""
    impersonal: bool = False
    """Long, and hardly a word of the writer's own person: an article, an advertisement."""
    long: bool = False
    """So many sentences that the model's best one says little."""


def judge(findings: Sequence[Finding], opinion: Opinion | None, around: Circumstances, weights: Weights | None) -> Judgement:
    """Weigh everything that was found. Without an opinion (and the weights that belong to it) the patterns decide alone."""
    leading = loudest(findings, around)
    reminder = _is_reminder(leading, around)
    rules = _rules(leading, reminder, around)
    rights, categories = _scores(rules, opinion, around, weights)
    for right, finding in leading.items():
        if reminder and finding.act == "reported":
            rights[right] = max(rights.get(right, 0.0), REMINDER)
            category = CATEGORY_OF_RIGHT[right]
            categories[category] = max(categories[category], rights[right])
    decided = tuple(c for c in ASKABLE if categories[c] >= DECIDED) or ("other",)
    categories["other"] = 1 - max(categories[category] for category in ASKABLE)
    judgement = Judgement(
        categories={category: round(categories[category], 4) for category in CATEGORIES},
        rights={right: round(score, 4) for right, score in sorted(rights.items(), key=lambda item: -item[1]) if score >= 0.05},
        decided=decided,
        decided_rights=_decided_rights(decided, rights, rules, leading),
        leading=leading,
        reminder=reminder,
    )
    _doubt(judgement, rules, opinion, around, weights)
    return judgement


def cues_by_category(findings: Sequence[Finding], opinion: Opinion, around: Circumstances) -> dict[str, dict[str, float]]:
    """Category → its cues, as they are weighed: what `weighing.py` learns from."""
    leading = loudest(findings, around)
    rules = _rules(leading, _is_reminder(leading, around), around)
    strongest, likeliest = _by_category(rules, 0.0), _by_category(_logits(opinion), -FAR)
    return {
        category: _cues(category, (strongest[category], likeliest[category]), strongest, likeliest, opinion, around)
        for category in ASKABLE
    }


def calm_cues(
    categories: Mapping[str, float], leading: Mapping[str, Finding], opinion: Opinion, around: Circumstances
) -> dict[str, float]:
    """What speaks for a mail asking for nothing."""
    likeliest, second = sorted((categories[category] for category in ASKABLE), reverse=True)[:2]
    return {
        "bias": 1.0,
        "likeliest": logit(likeliest),
        "second": logit(second),
        "any sentence": logit(opinion.request),
        "mail other": logit(opinion.whole["other"]),
        "silence": around.silence,
        "findings": bool(leading),
        "bulk": around.bulk >= 2,
    }


def _cues(
    category: str,
    own: tuple[float, float],
    rules: Mapping[str, float],
    sentences: Mapping[str, float],
    opinion: Opinion,
    around: Circumstances,
) -> dict[str, float]:
    """What speaks for and against a category. `own` are the strength and the sentence's logit of the right in question;
    `rules` and `sentences` the same for every category. That some sentence asks is no news where another category's clearly does."""
    rule, sentence = own
    others = [other for other in ASKABLE if other != category]
    loudest = max(rules[other] for other in others)
    return {
        "bias": 1.0,
        "rule": rule,
        "clear": rule >= CLEAR,
        "cited": rule >= CITED,
        "spoken": rule >= SPOKEN,
        "sentence": sentence,
        "any sentence": logit(opinion.request) if loudest < CLEAR else 0.0,
        "privacy": around.privacy,
        "mail": logit(opinion.whole[category]),
        "mail other": logit(opinion.whole["other"]),
        "kind": max(logit(score) for score in opinion.kinds.values()),
        "other clear": loudest >= CLEAR,
        "other cited": loudest >= CITED,
        "other sentence": max(sentences[other] for other in others),
        "long": around.long,
        "impersonal": around.impersonal,
        "bulk": around.bulk >= 2,
    }


def logit(score: float) -> float:
    """A probability on the scale on which evidence adds up."""
    return max(-FAR, min(FAR, math.log(max(score, 1e-9) / max(1 - score, 1e-9))))


def _by_category(of_right: Mapping[str, float], nothing: float) -> dict[str, float]:
    """Category → the highest of its rights."""
    best = dict.fromkeys(ASKABLE, nothing)
    for right, value in of_right.items():
        category = CATEGORY_OF_RIGHT[right]
        best[category] = max(best[category], value)
    return best


def _logits(opinion: Opinion) -> dict[str, float]:
    return {right: logit(score) for right, (score, _) in opinion.rights.items()}


def _scores(
    rules: Mapping[str, float], opinion: Opinion | None, around: Circumstances, weights: Weights | None
) -> tuple[dict[str, float], dict[str, float]]:
    """The score of every right and of every category; by patterns alone where the model is silent."""
    if opinion is None or weights is None:
        return dict(rules), _by_category(rules, 0.0)
    said = _logits(opinion)
    strongest, likeliest = _by_category(rules, 0.0), _by_category(said, -FAR)

    def score(category: str, own: tuple[float, float]) -> float:
        return weighed(weights.asked, _cues(category, own, strongest, likeliest, opinion, around))

    categories = {category: score(category, (strongest[category], likeliest[category])) for category in ASKABLE}
    rights = {
        right: score(CATEGORY_OF_RIGHT[right], (rules.get(right, 0.0), sentence))
        for right, sentence in said.items()
        if rules.get(right) or sentence > 0
    }
    return rights, categories


def weighed(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    """The probability that cues and their weights make."""
    return 1 / (1 + math.exp(-sum(weight * found[cue] for cue, weight in weights.items())))


def _decided_rights(
    decided: Sequence[str], rights: Mapping[str, float], rules: Mapping[str, float], leading: Mapping[str, Finding]
) -> tuple[str, ...]:
    """The rights beneath the decided categories: each that is asked for itself, at least the likeliest."""
    chosen: dict[str, float] = {}
    for category in decided:
        scores = {right: rights[right] for right in RIGHTS_BY_CATEGORY[category] if right in rights}
        asked = {
            right: score
            for right, score in scores.items()
            if rules.get(right, 0.0) >= DECIDED and score >= DECIDED and not _implied(right, scores, rules, leading)
        }
        if not asked and scores:
            right = max(scores, key=lambda right: scores[right])
            asked = {right: scores[right]}
        chosen |= asked
    return tuple(sorted(chosen, key=lambda right: -chosen[right]))


def _implied(right: str, scores: Mapping[str, float], rules: Mapping[str, float], leading: Mapping[str, Finding]) -> bool:
    """A right in the words of a narrower one ("object to marketing", "which categories of information") is not asked for itself."""
    finding = leading.get(right)
    if finding is None:
        return False
    beside = [leading[other] for other in scores if other != right and rules.get(other, 0.0) >= DECIDED and other in leading]
    here = [other for other in beside if other.sentence == finding.sentence]
    if finding.sentence == SUBJECT_LINE and len(here) >= ENUMERATED:
        return False
    article_15 = leading.get("access")
    if right in CONTAINED_IN_ARTICLE_15 and not finding.cited and article_15 and article_15.cited.startswith("Art. 15"):
        return True
    if any(BROAD.get(right, 0) > BROAD.get(other.right, 0) for other in here):
        return right != "access" or not finding.cited or finding.cited.startswith("APPI")
    if right == "objection" and beside and not finding.cited and (here or finding.strength < OWN_SENTENCE):
        return True
    if right == "objection" and not finding.cited and any(other.right in NAMED_OBJECTIONS for other in beside):
        return True
    return not finding.cited and any(other.cited and other.right not in BROAD for other in here)


def loudest(findings: Sequence[Finding], around: Circumstances) -> dict[str, Finding]:
    """Right → the finding that speaks loudest for it. A complaint is none where nothing is personal."""
    loudest: dict[str, Finding] = {}
    for finding in findings:
        if finding.right == "complaint" and not around.privacy:
            continue
        best = loudest.get(finding.right)
        if best is None or _weight(finding) > _weight(best):
            loudest[finding.right] = finding
    return loudest


def _weight(finding: Finding) -> float:
    return finding.strength * WEIGHT_OF_ACT[finding.act]


def _is_reminder(leading: Mapping[str, Finding], around: Circumstances) -> bool:
    complains = "complaint" in leading and leading["complaint"].act == "asks"
    return around.silence and not complains and any(finding.act == "reported" for finding in leading.values())


def _rule_score(finding: Finding, reminder: bool, around: Circumstances) -> float:
    score = _weight(finding)
    if reminder and finding.act == "reported":
        score = REMINDER
    if around.bulk >= 2 and finding.act == "asks" and finding.strength < 0.95:
        # A newsletter asks its readers; each sign of one makes an "ask" less likely to be the writer's own.
        score *= max(0.4, 1 - 0.15 * around.bulk)
    if around.impersonal and finding.act == "asks":
        score *= 0.4
    return score


def _rules(leading: Mapping[str, Finding], reminder: bool, around: Circumstances) -> dict[str, float]:
    """Right → how strongly the patterns say that it is asked for."""
    rules = {right: _rule_score(finding, reminder, around) for right, finding in leading.items()}
    _only_own_asks(rules, leading)
    return rules


def _only_own_asks(rules: dict[str, float], leading: Mapping[str, Finding]) -> None:
    """Beside a clear first ask, what is not clearly asked for itself falls back to a mention."""
    clear = [right for right, score in rules.items() if score >= CLEAR]
    if not clear:
        return
    first = CATEGORY_OF_RIGHT[min(clear, key=lambda right: leading[right].sentence)]
    for right, score in rules.items():
        if CATEGORY_OF_RIGHT[right] != first and score < CLEAR:
            rules[right] = min(score, 0.25)


def _doubt(
    judgement: Judgement, rules: Mapping[str, float], opinion: Opinion | None, around: Circumstances, weights: Weights | None
) -> None:
    """Everything that makes a person look."""
    categories, decided, doubts = judgement.categories, judgement.decided, judgement.doubts
    if decided == ("other",):
        _doubt_other(judgement, rules, opinion, around, weights)
        return
    for category in ASKABLE:
        score = categories[category]
        if category in decided and score < SURE:
            doubts["unsure"] = f"not sure that it asks for {category} ({score:.2f})"
        elif category not in decided and score >= MAY_BE:
            doubts["unsure"] = f"may also ask for {category} ({score:.2f})"
    if opinion is not None and opinion.request < 0.1 and opinion.whole["other"] > 0.9:
        doubts["disagreement"] = "the patterns see a request, the model sees ordinary mail"


def _doubt_other(
    judgement: Judgement, rules: Mapping[str, float], opinion: Opinion | None, around: Circumstances, weights: Weights | None
) -> None:
    if any(score >= STRONG_CUE for score in rules.values()):
        right = max(rules, key=lambda right: rules[right])
        judgement.doubts["strong-cue"] = f"speaks of {right}, and no request was recognised"
    if opinion is None or weights is None:
        return
    calm = weighed(weights.quiet, calm_cues(judgement.categories, judgement.leading, opinion, around))
    if calm < CALM:
        judgement.doubts["unsure"] = f"not sure that it asks for nothing ({calm:.2f})"
