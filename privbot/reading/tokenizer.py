"""How the model cuts a sentence: stems of folded words, and every Japanese or Chinese character by itself.

Stems are the first letters of a word, which joins *löschen*, *Löschung* and *lösche* at no cost in eleven European languages; single
characters, with their pairs and triples, did as well for Japanese as a morphological analyser and are eighty times faster. The words of
the Doc are not the words of the mail: spans are kept by `sentences.py`, never by the model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice, pairwise
from operator import itemgetter

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from privbot.reading.fold import fold

STEM = 6
FIRST_CJK = "\u3040"
NOTHING = "-"
"""What a text without a word consists of."""
LONGEST = 400
"""Tokens of one text the model looks at: a whole mail is judged by its head."""

_CJK = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f々"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W\d_{_CJK}]+|\d+|[!?。？！@§%$€£]")
"""A word ends where Japanese begins: in "LINEの履歴" and "①写しを" it would swallow the rest of the sentence."""


class StemTokenizer:
    """Text → Doc of stems. Serialises to nothing: it has no state."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words = stems(text)
        return Doc(self.vocab, words=words)

    def to_bytes(self, **_: object) -> bytes:
        return b""

    def from_bytes(self, _: bytes, **__: object) -> StemTokenizer:
        return self

    def to_disk(self, *_: object, **__: object) -> None:
        return None

    def from_disk(self, *_: object, **__: object) -> StemTokenizer:
        return self


def stems(text: str) -> list[str]:
    """The tokens of a text: stems, CJK characters and their pairs, `0` for any number, and the marks that carry meaning."""
    return stems_of_folded(fold(text).text)


def stems_of_folded(text: str) -> list[str]:
    """The same for a text that is folded already."""
    tokens = ["0" if token.isdigit() else token[:STEM] for token in islice(map(itemgetter(0), _TOKEN.finditer(text)), LONGEST)]
    if text.isascii():
        return tokens or [NOTHING]
    pairs = [one + other for one, other in pairwise(tokens) if one >= FIRST_CJK and other >= FIRST_CJK]
    triples = [one + other[-1] for one, other in pairwise(pairs) if one[1] == other[0]]
    return tokens + pairs + triples or [NOTHING]


@registry.tokenizers("privbot.stems")  # type: ignore[untyped-decorator]
def create() -> Callable[[Language], StemTokenizer]:
    """The registered factory, so that `spacy.load` finds the tokenizer again."""
    return lambda nlp: StemTokenizer(nlp.vocab)
