"""Reads the authored corpus (models/corpus/README.md): loose sentences and whole mails, tagged for what they ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from privbot.errors import FaultOfContent
from privbot.reading.model import CATEGORIES, KINDS_OF_OTHER, REGIMES, RIGHTS

ACTS = ("asks", "mentions", "threatens", "lists", "conditional", "none")
_TAG = re.compile(r"\[+(asks|mentions|threatens|lists|conditional|none)\b ?([^\]]*)\]+ ?")
_LOOSE = re.compile(r"\[\[([^\]]+)\]\]\s*$")
_HEAD_LINE = re.compile(r"(Subject|From|Name|Phone|Address|Ids): ?(.*)")


class BrokenCorpus(FaultOfContent):
    """A corpus file does not keep to the format of models/corpus/README.md."""

    code = "broken-corpus"


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """One line and what it does: `asks` erasure, `mentions` access, or `none`."""

    text: str
    act: str
    rights: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class TaggedMail:
    """One whole mail and what must be read in it."""

    id: str
    language: str
    author: str
    categories: tuple[str, ...]
    rights: tuple[str, ...]
    regime: str
    kind: str
    subject: str
    sender: str
    body: str
    sentences: tuple[TaggedSentence, ...]
    details: Mapping[str, tuple[str, ...]]
    """What the body tells of the person concerned, as written: Name, Phone, Address, Ids."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One folder of the corpus (train, tune or test)."""

    loose: tuple[TaggedSentence, ...]
    """Sentences that stand by themselves."""
    mails: tuple[TaggedMail, ...]

    @property
    def sentences(self) -> tuple[TaggedSentence, ...]:
        """Loose sentences and the lines of the mails."""
        return (*self.loose, *(sentence for mail in self.mails for sentence in mail.sentences))


def read(folder: Path) -> Corpus:
    """All files `<language>/<author>.txt` below a folder. Raises BrokenCorpus, naming file and line."""
    loose: list[TaggedSentence] = []
    mails: list[TaggedMail] = []
    for path in sorted(folder.glob("*/*.txt")):
        for found in _blocks(path):
            if isinstance(found, TaggedMail):
                mails.append(found)
            else:
                loose.append(found)
    return Corpus(tuple(loose), tuple(mails))


def _blocks(path: Path) -> Iterator[TaggedSentence | TaggedMail]:
    language = path.parent.name
    lines = path.read_text(encoding="utf-8").splitlines()
    position = 0
    while position < len(lines) and (lines[position].startswith("#") or not lines[position].strip()):
        position += 1
    while position < len(lines):
        start = position
        head = lines[position]
        position += 1
        while position < len(lines) and not lines[position].startswith(("===", "[[")):
            position += 1
        where = f"{path.parent.name}/{path.name}:{start + 1}"
        if head.startswith("==="):
            yield _mail(head, lines[start + 1 : position], language, path.stem, where)
        elif match := _LOOSE.match(head):
            act, rights = _act(match[1], where)
            for line in lines[start + 1 : position]:
                if line.strip():
                    yield TaggedSentence(line.strip(), act, rights, language)
        else:
            raise BrokenCorpus(f"{where}: a block starts with [[ or ===")


def _act(tag: str, where: str) -> tuple[str, tuple[str, ...]]:
    act, _, named = tag.strip().partition(" ")
    rights = tuple(right.strip() for right in named.split(",") if right.strip())
    if act not in ACTS or any(right not in RIGHTS for right in rights):
        raise BrokenCorpus(f"{where}: unknown tag [{tag}]")
    return act, rights


def _mail(head: str, lines: list[str], language: str, author: str, where: str) -> TaggedMail:
    fields = [part.strip() for part in head.lstrip("=").split("|")]
    categories = tuple(name.strip() for name in fields[0].split(","))
    named = dict(field.split(":", 1) for field in fields[1:] if ":" in field)
    extra = {key.strip(): value.strip() for key, value in named.items()}
    rights = tuple(right.strip() for right in extra.get("rights", "").split(",") if right.strip())
    kind, regime = extra.get("kind", ""), extra.get("regime", "")
    if any(category not in CATEGORIES for category in categories) or any(right not in RIGHTS for right in rights):
        raise BrokenCorpus(f"{where}: unknown category or right in {head!r}")
    if (kind and kind not in KINDS_OF_OTHER) or (regime and regime not in REGIMES):
        raise BrokenCorpus(f"{where}: unknown kind or regime in {head!r}")
    head_lines: dict[str, str] = {}
    while lines and (match := _HEAD_LINE.match(lines[0])):
        head_lines[match[1]] = match[2].strip()
        lines = lines[1:]
    subject, sender = head_lines.pop("Subject", ""), head_lines.pop("From", "")
    body, sentences = [], []
    if tag := _TAG.match(subject):
        subject = subject[tag.end() :]
        act, named_rights = _act(f"{tag[1]} {tag[2]}", where)
        sentences.append(TaggedSentence(subject, act, named_rights, language))
    for line in lines:
        if tag := _TAG.match(line):
            line = line[tag.end() :]
            act, named_rights = _act(f"{tag[1]} {tag[2]}", where)
            sentences.append(TaggedSentence(line.strip(), act, named_rights, language))
        elif line.strip():
            sentences.append(TaggedSentence(line.strip(), "none", (), language))
        body.append(line)
    details = {name: tuple(part.strip() for part in told.split(" ; ")) for name, told in head_lines.items() if told}
    return TaggedMail(
        where,
        language,
        author,
        categories,
        rights,
        regime,
        kind,
        subject,
        sender,
        "\n".join(body).strip(),
        tuple(sentences),
        details,
    )
