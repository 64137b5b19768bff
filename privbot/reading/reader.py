"""Mail → Reading. The one door of this room: load a `Reader` once, then read any number of mails with it.

A reading never raises and takes bounded time: what cannot be understood is a reading too, and goes to review.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.language import Language as Pipeline

from privbot.mail.model import Attachment, Defect, Mail
from privbot.reading import agents, enclosures, extract, kinds, language, parts, patterns, pipeline, regime, sentences
from privbot.reading.aggregate import Circumstances, Judgement, Opinion, Weights, judge
from privbot.reading.fold import Folded, fold
from privbot.reading.model import CATEGORY_OF_RIGHT, ESCALATED, REGIMES, Detail, Evidence, Reading, Requester
from privbot.resources import models

TINY = 8
"""Letters below which nothing is decided without a person."""
IMPERSONAL_FROM, PERSONAL_PER_THOUSAND = 800, 1.5
"""From this length on, a mail with fewer words of the writer's own person per 1,000 characters is an article, not a letter."""
LONG_FROM = 1_500
"""Characters from which a mail counts as long: a form letter, an article."""

_CODE = re.compile(r"(?<![\w-])(?=[A-Z0-9-]*\d)([A-Z0-9]{4}-[A-Z0-9]{4})(?![\w-])")
_ENCODED = re.compile(r"-----BEGIN PGP MESSAGE|^begin [0-7]{3} \S|(?:^[A-Za-z0-9+/]{60,}={0,2}\s*$\n?){4,}", re.MULTILINE)
_ORDERS = re.compile(
    r"(?:ignore|disregard|forget|override) (?:\w+ ){0,3}(?:rules|instructions|prompt|policy)"
    r"|mark (?:me|this|us) as? ?verified|system prompt|you are an? (?:ai|assistant)"
)
_UNREADABLE = {
    Defect.ENCRYPTED: "the mail is encrypted",
    Defect.UNDECODABLE: "characters could not be decoded",
    Defect.UNDECODED_TRANSFER: "the text was left encoded",
    Defect.TRUNCATED: "the mail is cut off",
    Defect.HIDDEN_TEXT: "the mail hides text from the eye",
    Defect.UNREADABLE_ATTACHMENT: "an attachment cannot be read",
}
_CONFLICTS = (("deletion", "correction"),)
"""Categories one mail can hardly mean at once: nobody corrects what is to be deleted."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail as patterns and model see it, before anything is weighed."""

    text: str
    """Subject line, a newline, then the text that was read."""
    subject_length: int
    was_cut: bool
    folded: Folded
    tongue: language.Language
    split: Sequence[sentences.Sentence]
    sets: Sequence[patterns.LanguagePatterns]
    findings: Sequence[patterns.Finding]
    opinion: Opinion | None
    around: Circumstances


class Reader:
    """Reads mails. Holds the model; safe to share between threads that only read."""

    def __init__(self, nlp: Pipeline | None) -> None:
        self._model = pipeline.SecondOpinion(nlp) if nlp else None
        self._weights = Weights(**nlp.meta["weights"]) if nlp and "weights" in nlp.meta else None
        self._version = f"{nlp.meta['name']}-{nlp.meta['version']}" if nlp else "patterns-only"

    @classmethod
    def load(cls, path: Path | None = None) -> Reader:
        """Load the trained pipeline (by default the one that ships with privbot) and what every mail needs; the patterns of a language other
        than English are compiled for its first mail (0.2 s).

        Raises OSError when there is no pipeline at `path`.
        """
        language.load()
        patterns.load("en")
        return cls(pipeline.load(path or models() / pipeline.NAME))

    @property
    def version(self) -> str:
        """Name and version of the pipeline, as tickets record it."""
        return self._version

    def read(self, mail: Mail, *, offered: Sequence[str] = REGIMES) -> Reading:
        """What a mail asks. `offered` are the regimes its controller answers under."""
        body = parts.body(mail)
        sender = mail.sender
        doubts = {defect.value: _UNREADABLE[defect] for defect in mail.defects if defect in _UNREADABLE}
        if not mail.letter_text.strip() and mail.forwarded:
            doubts["forwarded"] = "everything that is asked stands in a forwarded mail"
        return self._read(
            mail.subject,
            body,
            sender.name if sender else "",
            sender.address if sender else "",
            offered=offered,
            doubts=doubts,
            signature=mail.signature,
            attachments=mail.attachments,
        )

    def read_text(
        self,
        subject: str | None,
        body: str | None,
        sender_name: str | None = None,
        sender_address: str | None = None,
        *,
        offered: Sequence[str] = REGIMES,
    ) -> Reading:
        """The same for text that was never a mail (`privbot read --jsonl`); what is unknown may be None."""
        return self._read(
            subject or "", body or "", sender_name or "", sender_address or "", offered=offered, doubts={}, signature=""
        )

    def look(self, subject: str, body: str) -> Seen:
        """What patterns and model see in a text: what a reading is weighed from."""
        subject = parts.subject_line(subject)
        body, was_cut = parts.capped(body)
        text = f"{subject}\n{body}"
        folded = fold(text)
        tongue = language.detect(body if len(body.strip()) >= language.SHORT else text)
        split = sentences.split(folded, subject_length=len(fold(subject).text) + 1)
        sets = patterns.for_language(tongue.code)
        opinion = self._model.of(folded.text, split) if self._model and split and tongue.supported else None
        return Seen(
            text, len(subject), was_cut, folded, tongue, split, sets,
            patterns.find(folded.text, split, tongue.code), opinion, _circumstances(folded.text, sets),
        )  # fmt: skip

    def _read(
        self,
        subject: str,
        body: str,
        sender_name: str,
        sender_address: str,
        *,
        offered: Sequence[str],
        doubts: dict[str, str],
        signature: str,
        attachments: Sequence[Attachment] = (),
    ) -> Reading:
        seen = self.look(subject, body)
        text, folded, tongue, split, sets, opinion = seen.text, seen.folded, seen.tongue, seen.split, seen.sets, seen.opinion
        subject, body = text[: seen.subject_length], text[seen.subject_length + 1 :]
        judgement = judge(seen.findings, opinion, seen.around, self._weights)
        role = agents.standing(text, folded, sets, tongue.code, sender_name=sender_name, sender_address=sender_address)
        requester = _shifted(
            extract.requester(
                body,
                tongue.code,
                sender_name="" if role.principals else sender_name,
                sender_address=sender_address,
                principal=role.principals[0] if role.principals else None,
                signature="" if role.principals else signature,
            ),
            len(subject) + 1,
            role.principals,
        )
        is_other = judgement.decided == ("other",)
        requester = replace(requester, ids=(*extract.identifiers(subject), *requester.ids))
        likely = kinds.probabilities(
            folded.text, sets, opinion, sender=fold(f"{sender_name} {sender_address}").text, reminder=judgement.reminder
        )
        kind = kinds.likeliest(likely) if is_other else None
        doubts |= judgement.doubts
        doubts |= _doubts(text, folded.text, tongue, seen.was_cut)
        if not is_other:
            doubts |= {"agent": "written by an agent for somebody else"} if role.agent else {}
            doubts |= {"minor": "speaks of a child"} if role.minor else {}
        doubts |= _beside(kind, likely, doubts)
        doubts |= _conflicts(judgement.decided)
        evidence = _evidence(judgement, opinion, split, folded, text)
        return Reading(
            text=text,
            language=tongue.code,
            language_confidence=round(tongue.confidence, 3),
            categories=judgement.categories,
            decided=judgement.decided,
            rights=judgement.rights,
            decided_rights=judgement.decided_rights,
            review=bool(doubts),
            reasons=(*(f"review: {sentence}" for sentence in doubts.values()), *(one.why for one in evidence)),
            regimes=regime.guess(folded.text, tongue.code, judgement.decided_rights, requester.phones, offered),
            requester=requester,
            kind=kind or ("follow-up" if judgement.reminder else None),
            agent=role.agent,
            principals=tuple(principal.value for principal in role.principals),
            guardian=role.guardian,
            minor=role.minor,
            oral=role.oral,
            deadline=role.deadline,
            codes=tuple(dict.fromkeys(_CODE.findall(text))),
            enclosures=tuple(enclosures.find(attachments, folded.text)),
            evidence=evidence,
            model=self.version,
            review_codes=tuple(doubts),
        )


def _circumstances(text: str, sets: Sequence[patterns.LanguagePatterns]) -> Circumstances:
    own = sets[0].marks.get("self")
    words = sum(1 for _ in own.finditer(text)) if own and len(text) >= IMPERSONAL_FROM else 0
    return Circumstances(
        silence=any(one.acts["silence"].search(text) for one in sets),
        privacy=any(one.privacy.search(text) for one in sets),
        bulk=sum(len({sign[0] for sign in one.marks["bulk"].finditer(text)}) for one in sets if "bulk" in one.marks),
        long=len(text) >= LONG_FROM,
        impersonal=own is not None and len(text) >= IMPERSONAL_FROM and words * 1000 < PERSONAL_PER_THOUSAND * len(text),
    )


def _doubts(text: str, folded: str, tongue: language.Language, was_cut: bool) -> dict[str, str]:
    """What speaks against deciding anything without a person, whatever the mail asks."""
    doubts: dict[str, str] = {}
    letters = sum(2 if character > "\u3000" else 1 for character in text[:200] if character.isalpha())
    if letters == 0:
        doubts["empty"] = "there is nothing to read"
    elif letters < TINY:
        doubts["tiny"] = "there is hardly anything to read"
    elif not tongue.supported:
        doubts["foreign-language"] = f"written in a language privbot does not read ({tongue.code})"
    if was_cut:
        doubts["truncated"] = "too long to be read as a whole"
    if _ENCODED.search(text):
        doubts["encrypted"] = "the text is encrypted or was left encoded"
    if _ORDERS.search(folded):
        doubts["manipulation"] = "gives orders to the program that reads it"
    return doubts


def _beside(kind: str | None, likely: Mapping[str, float], doubts: Mapping[str, str]) -> dict[str, str]:
    """Kinds of other that a person has to hear of: the grave ones in any mail, the likeliest wherever one looks anyway."""
    if kind is None:
        return {grave: f"looks like {grave}" for grave in ESCALATED if likely[grave] >= kinds.LOOKS_LIKE}
    return {kind: f"looks like {kind}"} if doubts or kind in kinds.FOR_A_PERSON else {}


def _conflicts(decided: Sequence[str]) -> dict[str, str]:
    for one, other in _CONFLICTS:
        if one in decided and other in decided:
            return {"conflicting-rights": f"asks for {one} and {other} at once"}
    return {}


def _shifted(requester: Requester, by: int, principals: tuple[Detail, ...]) -> Requester:
    """Spans count characters of the whole text, whose first line is the subject."""

    def move(detail: Detail) -> Detail:
        if detail.start < 0:
            return detail
        return replace(detail, start=detail.start + by, end=detail.end + by)

    return Requester(
        name=principals[0] if principals else requester.name and move(requester.name),
        emails=tuple(map(move, requester.emails)),
        phones=tuple(map(move, requester.phones)),
        addresses=tuple(map(move, requester.addresses)),
        date_of_birth=requester.date_of_birth and move(requester.date_of_birth),
        ids=tuple(map(move, requester.ids)),
        wallets=tuple(map(move, requester.wallets)),
        services=tuple(map(move, requester.services)),
    )


def _evidence(
    judgement: Judgement, opinion: Opinion | None, split: Sequence[sentences.Sentence], folded: Folded, text: str
) -> tuple[Evidence, ...]:
    found = []
    for right in judgement.decided_rights:
        finding = judgement.leading.get(right)
        if finding is not None:
            index, why = finding.sentence, f"asks for {right}"
            if finding.cited:
                why += f", cites {finding.cited}"
            if finding.act == "reported":
                why = f"asked for {right} before and got no answer"
        elif opinion is not None:
            index, why = opinion.rights[right][1], f"the model reads a request for {right} ({CATEGORY_OF_RIGHT[right]})"
        else:
            continue
        start, end = folded.original(split[index].start, split[index].end)
        quote = " ".join(text[start:end].split())
        shown = quote if len(quote) <= 160 else quote[:157] + "…"
        score = judgement.rights.get(right, 0.0)
        found.append(Evidence(right, start, end, text[start:end], f"{why}: »{shown}« ({score:.2f})", score))
    return tuple(found)
