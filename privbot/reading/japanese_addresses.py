"""Postal addresses as Japan writes them: from the large to the small, in one run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privbot.reading.japanese import KANJI, LETTERS
from privbot.reading.layout import Layout
from privbot.reading.model import Detail

_NUMBER = "[0-9０-９一二三四五六七八九十百〇]"
_PLACE = f"[{LETTERS}]"
_BLOCK = rf"(?:{_NUMBER}{{1,6}}|\d+l)"
_ADDRESS = re.compile(
    rf"(?:〒 ?\d{{3}}[-－ー‐]?\d{{4}}[ 　\n]*)?"
    rf"(?:(?:東京都|北海道|京都府|大阪府|[{KANJI}]{{2,3}}県)[ 　]?{_PLACE}{{1,7}}?[市郡区町村]"
    rf"|(?<![{KANJI}])(?:[{KANJI}]{{1,5}}?|さいたま|つくば|いわき|うるま|あわら|みどり|かすみがうら|ひたちなか)[市郡区])"
    rf"(?:{_PLACE}|[ 　]){{0,18}}?{_BLOCK}(?:[ 　]?(?:丁目|番地の?|番町?|[-－ー‐−–の])[ 　]?{_BLOCK})*(?:丁目|番地|番|号室?|号)?"
    rf"(?:[ 　](?:[ァ-ヺー{KANJI}ぁ-ゖA-Za-z]{{2,14}}[ 　]?[A-Z]?\d{{1,4}}(?:号室?)?|寮?\d+号室?))?"
)


def find(body: str, layout: Layout) -> Iterator[Detail]:
    """The Japanese addresses of a text: from the prefecture or city to a number of blocks, with or without 〒."""
    if max(body, default="") < "\u3040":
        return
    for match in _ADDRESS.finditer(body):
        value = " ".join(match[0].split())
        if re.search(rf"{_NUMBER}(?:[-－ー‐−–]|丁目|番|号|$)", value) and not re.match(
            rf".{{0,8}}?{_NUMBER}+(?:年|月|日|時|回|円|人|件|%)", value
        ):
            after = body[match.end() : match.end() + 1]
            if after in "年月日時回円人件名個%" and after:
                continue
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            signed = start >= layout.block_start
            yield Detail(value, "signature" if signed else "body", 0.85, start, match.end())
