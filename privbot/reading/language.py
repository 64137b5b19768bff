"""Which language a mail is written in: script first where it is certain, else py3langid on the head of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from privbot.reading.model import LANGUAGES

HEAD = 500
"""Characters looked at; more does not help (measured) and costs time."""
SHORT = 25
"""Letters below which a guess is not worth much."""

_KANA = re.compile("[\u3041-\u30ff\uff66-\uff9f]")
_HAN = re.compile("[\u4e00-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")
_NOT_PROSE = re.compile(r"https?://\S+|\S+@\S+|[\w.-]+\.(?:example|com|org|net)\b|[\d_/\\|<>#*=+-]+")
_DANISH = re.compile(r"\b(?:af|jer|mig|oplysninger|hvad)\b")
"""Short Danish is often taken for Norwegian; these words are spelt so only in Danish."""


@dataclass(frozen=True, slots=True)
class Language:
    """ISO 639-1 code, how sure, and whether privbot claims to read it."""

    code: str
    confidence: float

    @property
    def supported(self) -> bool:
        return self.code in LANGUAGES


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def load() -> None:
    """Load the identifier now, so that the first mail does not pay for it."""
    _identifier()


def detect(text: str) -> Language:
    """The language of a text. Nothing to go by → English with confidence 0."""
    head = _NOT_PROSE.sub(" ", text[: 2 * HEAD])[:HEAD]
    letters = _LETTER.findall(head)
    if not letters:
        return Language("en", 0.0)
    kana, han, hangul = (len(script.findall(head)) for script in (_KANA, _HAN, _HANGUL))
    if kana and kana + han > len(letters) * 0.3:
        return Language("ja", 1.0)
    if hangul > len(letters) * 0.3:
        return Language("ko", 1.0)
    if han > len(letters) * 0.5:
        # Kanji alone: "個人情報開示請求" is Japanese as well as Chinese; the words that only Japan uses decide.
        return Language("ja", 0.7) if re.search("開示|請求|停止等|御中|様|削除|訂正", head) else Language("zh", 0.8)
    code, probability = _identifier().classify(head)
    confidence = float(probability) * min(1.0, len(letters) / SHORT)
    if code in ("nb", "nn", "no") and _DANISH.search(head.lower()):
        return Language("da", confidence * 0.8)
    return Language(str(code), confidence)
