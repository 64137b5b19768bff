"""Runs the patterns of `patterns/<language>.toml` over sentences: what the writer asks for, and what is only spoken of.

The patterns are data (patterns/README.md says how to write them). A mail is read with the patterns of its language and with the
English ones, each set on its own: German *wissen* and Dutch *wissen* (to delete) never meet.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from privbot.reading import citations
from privbot.reading.fold import fold, fold_pattern
from privbot.reading.model import LANGUAGES, RIGHTS
from privbot.reading.sentences import Sentence

FOLDER = Path(__file__).parent / "patterns"
FOREIGN = "foreign"
ACTS = ("ask", "refuse", "reported", "conditional", "conditional_ask", "threat", "mention", "duty", "silence")
LONGEST = 600
"""Characters of one sentence the patterns look at: what comes later in a sentence that long is seldom prose."""
NEVER = re.compile(r"(?!)")
AT_WORD = r"(?<!\w)"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one sentence does about one right."""

    sentence: int
    right: str
    act: str
    """asks, reported, conditional, mentions, threatens, lists, speaks (about it, without any act)"""
    strength: float
    """How clearly, 0 to 1."""
    start: int
    end: int
    cited: str = ""
    """The citation, if one stands there: "Art. 17 GDPR"."""


@dataclass(frozen=True, slots=True)
class RightPatterns:
    about: re.Pattern[str]
    asks: re.Pattern[str]
    unless: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class LanguagePatterns:
    """Everything one file says, compiled."""

    language: str
    acts: Mapping[str, re.Pattern[str]]
    rights: Mapping[str, RightPatterns]
    words: re.Pattern[str]
    rights_of_word: Mapping[str, tuple[str, ...]]
    privacy: re.Pattern[str]
    kinds: Mapping[str, re.Pattern[str]]
    marks: Mapping[str, re.Pattern[str]]

    def candidates(self, text: str, sentences: Sequence[Sentence]) -> dict[int, set[str]]:
        """Sentence → the rights worth looking for in it. One pass over the text, so that most patterns never run."""
        starts = [sentence.start for sentence in sentences]
        found: dict[int, set[str]] = {}
        for word in self.words.finditer(text):
            index = bisect_right(starts, word.start()) - 1
            if index >= 0:
                found.setdefault(index, set()).update(self.rights_of_word[word[0]])
        return found


class Said:
    """What one sentence does, asked act by act: each pattern runs at most once, and only when somebody wants to know."""

    __slots__ = ("_acts", "_found", "item", "text")

    def __init__(self, patterns: LanguagePatterns, sentence: Sentence) -> None:
        self.text = sentence.text[:LONGEST]
        self.item = sentence.item
        self._acts = patterns.acts
        self._found: dict[str, re.Match[str] | None] = {}

    def __getitem__(self, act: str) -> re.Match[str] | None:
        if act not in self._found:
            self._found[act] = self._acts[act].search(self.text)
        return self._found[act]

    def about(self, at: int, *, direct: bool) -> tuple[str, float]:
        """What the sentence does about a right it speaks of from `at` on, and how clearly."""
        if self["refuse"]:
            return "mentions", 0.6
        if (threat := self["threat"]) and threat.start() <= at:
            return "threatens", 0.8
        if self["conditional"]:
            return ("asks", 0.75) if self["conditional_ask"] else ("conditional", 0.6)
        asked = self["ask"]
        before = asked.start() if asked else len(self.text)
        reported = self["reported"]
        if reported and before >= min(reported.start(), at + 1) and not (direct and at < reported.start()):
            return "reported", 0.8
        if self["duty"]:
            return "mentions", 0.7
        mention = self["mention"]
        if mention and before >= mention.start() and not (direct and at < mention.start()):
            return "mentions", 0.8
        if asked:
            return "asks", 0.9
        if direct:
            return "asks", 0.85
        return ("lists", 0.3) if self.item else ("speaks", 0.35)


def for_language(code: str) -> tuple[LanguagePatterns, ...]:
    """The sets to read a mail with: its language and English; for a language privbot does not read, English and rough cues."""
    if code == "en":
        return (load("en"),)
    return (load(code if code in LANGUAGES else FOREIGN), load("en"))


@cache
def load(name: str) -> LanguagePatterns:
    """Read and compile one file. Raises FileNotFoundError or re.error: the files are part of the program."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        data = tomllib.load(file)
    return compile_patterns(name, data)


def compile_patterns(name: str, data: Mapping[str, Any]) -> LanguagePatterns:
    """Compile the tables of one pattern file."""
    fragments: dict[str, str] = {}
    for key, fragment in data.get("fragments", {}).items():
        fragments[key] = _insert(fragment, fragments)
    at_word = "" if name == "ja" else AT_WORD

    def pattern(entries: Sequence[str]) -> re.Pattern[str]:
        if not entries:
            return NEVER
        return re.compile(at_word + "(?:" + "|".join(fold_pattern(_insert(entry, fragments)) for entry in entries) + ")")

    rights: dict[str, Mapping[str, Any]] = data.get("rights", {})
    unknown = set(rights) - set(RIGHTS)
    if unknown:
        raise ValueError(f"{name}.toml speaks of unknown rights: {', '.join(sorted(unknown))}")
    words: dict[str, set[str]] = {}
    for right, entry in rights.items():
        for word in entry["words"]:
            words.setdefault(fold(word).text, set()).add(right)
    return LanguagePatterns(
        language=name,
        acts={act: pattern(data.get("acts", {}).get(act, ())) for act in ACTS},
        rights={
            right: RightPatterns(*(pattern(entry.get(part, ())) for part in ("about", "asks", "unless")))
            for right, entry in rights.items()
        },
        words=any_word(words, at_word),
        rights_of_word={
            word: tuple(sorted({right for other, named in words.items() if word.startswith(other) for right in named}))
            for word in words
        },
        privacy=any_word(map(_folded, data.get("privacy", {}).get("words", ())), at_word),
        kinds={kind: pattern(entries) for kind, entries in data.get("kinds", {}).items()},
        marks={mark: pattern(entries) for mark, entries in data.get("marks", {}).items()},
    )


def find(text: str, sentences: Sequence[Sentence], language: str) -> list[Finding]:
    """Everything the patterns of this language (and English) find in the sentences of a folded text."""
    sets = for_language(language)
    law = citations.find(text)
    findings: list[Finding] = []
    cited_in = _by_sentence(law, sentences)
    for patterns in sets:
        for index, rights in sorted(patterns.candidates(text, sentences).items()):
            sentence = sentences[index]
            said = Said(patterns, sentence)
            cited = {citation.right: citation for citation in cited_in.get(index, ())}
            for right in sorted(rights):
                finding = _look(patterns.rights[right], said, index, sentence, right, cited.get(right))
                if finding:
                    findings.append(finding)
    findings = _without_objects(findings)
    seen = {(finding.sentence, finding.right) for finding in findings}
    for index, citations_here in cited_in.items():
        for citation in citations_here:
            if (index, citation.right) not in seen:
                findings.append(_citation_alone(sets, index, sentences[index], citation))
    return findings


def _without_objects(findings: Sequence[Finding]) -> list[Finding]:
    """ "Delete all data you hold about me" speaks of all data, but what is asked for is the deleting: the inner find goes."""
    governing = [finding for finding in findings if finding.right in ("erasure", "rectification", "restriction", "complaint")]

    def is_object(finding: Finding) -> bool:
        return finding.right == "access" and any(
            verb.sentence == finding.sentence and verb.start <= finding.start < verb.end and not finding.cited
            for verb in governing
        )

    return [finding for finding in findings if not is_object(finding)]


def _look(
    entry: RightPatterns, said: Said, index: int, sentence: Sentence, right: str, cited: citations.Citation | None
) -> Finding | None:
    direct = entry.asks.search(said.text)
    spoken = direct or entry.about.search(said.text)
    if spoken is None or (entry.unless.search(said.text) and not cited):
        return None
    act, strength = said.about(spoken.start(), direct=direct is not None)
    if cited and act == "asks":
        strength = 0.98
    if sentence.subject and act in ("speaks", "lists"):
        act, strength = "asks", 0.6
    start = sentence.start + spoken.start()
    return Finding(index, right, act, strength, start, sentence.start + spoken.end(), cited.label if cited else "")


def _citation_alone(sets: Sequence[LanguagePatterns], index: int, sentence: Sentence, citation: citations.Citation) -> Finding:
    """A right that only its article names: asked for where an act of asking stands, otherwise mentioned."""
    acts = [Said(patterns, sentence).about(0, direct=False)[0] for patterns in sets]
    act = next((act for act in ("threatens", "reported", "conditional", "mentions", "asks") if act in acts), "mentions")
    if sentence.item and act == "asks":
        act = "lists"
    if sentence.subject and act == "mentions":
        act = "asks"
    return Finding(index, citation.right, act, 0.8, citation.start, citation.end, citation.label)


def _by_sentence(law: Sequence[citations.Citation], sentences: Sequence[Sentence]) -> dict[int, list[citations.Citation]]:
    starts = [sentence.start for sentence in sentences]
    found: dict[int, list[citations.Citation]] = {}
    for citation in law:
        index = bisect_right(starts, citation.start) - 1
        if index >= 0:
            found.setdefault(index, []).append(citation)
    return found


def _insert(entry: str, fragments: Mapping[str, str]) -> str:
    for name, fragment in fragments.items():
        entry = entry.replace(f"<{name}>", fragment)
    return entry.replace("…", ".{0,60}?")


def any_word(words: Iterable[str], at_word: str = AT_WORD, end: str = "") -> re.Pattern[str]:
    """The longest of many words, as one expression that looks at each letter once: their common beginnings are shared."""
    tree: dict[str, Any] = {}
    for word in words:
        branch = tree
        for letter in word:
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return re.compile(at_word + _branches(tree) + end) if tree else NEVER


def _branches(tree: Mapping[str, Any]) -> str:
    onward = [re.escape(letter) + _branches(below) for letter, below in sorted(tree.items()) if letter]
    if not onward:
        return ""
    either = onward[0] if len(onward) == 1 and "" not in tree else "(?:" + "|".join(onward) + ")"
    return either + "?" if "" in tree else either


def _folded(word: str) -> str:
    return fold(word).text
