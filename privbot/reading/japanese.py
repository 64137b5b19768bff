"""How Japanese writes names: letters, the shapes of a name, and the words that it stands between."""

from __future__ import annotations

import re

KANJI = "\u4e00-\u9fff々ヶケ"
LETTERS = KANJI + "ぁ-ゖァ-ヺー"
_SPACED = rf"[{KANJI}]{{1,5}}[ 　][{LETTERS}]{{1,5}}"
_FOREIGN = rf"[ァ-ヺー]{{2,9}}(?:[ 　・][ァ-ヺー]{{1,9}}){{1,4}}|[ァ-ヺー]{{2,9}}[ 　・]?[{KANJI}]{{1,3}}"
_MARRIED = rf"[{KANJI}]{{1,4}}[ァ-ヺー]{{2,8}}[ 　]?[{KANJI}]{{1,3}}"
_JOINED = rf"[{KANJI}]{{2,6}}[ァ-ヺー]{{0,4}}"
NAME = rf"(?:{_SPACED}|{_FOREIGN}|{_MARRIED}|{_JOINED}|[{KANJI}]{{1,4}}[ァ-ヺー]{{1,5}}子?)"
"""A name as it may stand in a sentence: with a space, of a foreigner, or run together."""
_ENDS = r"(?:と申|と言い|といい|という者|って(?:言い|言う|いう|もん)|でございます|です|だ。)"
INTRODUCTION = re.compile(
    rf"(?:(?<=[の、。，,「（(：:）)\s〜～・ぁ-ゖ0-9])|^)"
    rf"({_SPACED}|{_FOREIGN}|{_MARRIED}|{_JOINED}|[{KANJI}]{{2,4}}[ぁ-ゖ]{{2,3}}?(?=と))(?:[（(][^）)\n]*[）)])?{_ENDS}",
    re.MULTILINE,
)
"""Group 1 is the name: "…の山野 花江です", "山野花江と申します"."""
BEGINS = re.compile(r"^|[\s　。、）)」]+")
"""Where on its line a signed name may begin."""
SIGNED = re.compile(
    rf"({_SPACED}|{_JOINED}|[{KANJI}]{{2,4}}[ぁ-ゖ]{{2,3}}|{_FOREIGN})[ 　]*"
    r"(?:[(（][^)）\n]*[)）]|[印拝]|より|生年月日.*|(?:会員|お客様|契約|口座|電話|携帯|tel|TEL|☎).*"
    r"|[+\d][\d\s()+ー－-]{6,}|〒.*|\d+[a-z]? [A-Za-zÀ-ž].*)?$"
)
"""Group 1 is the name at the end of a line, before contact details at most."""
GIVEN = re.compile(
    rf"(?:[ 　][{LETTERS}]{{1,5}}?|[{KANJI}]{{1,3}}|[ァ-ヺー]{{1,4}})"
    rf"(?=[ 　]*(?:$|\n|[（(、。，」\d+]|の[^り]|は|が|を|に|と|も|{_ENDS}|会員|電話|携帯))"
)
"""The given name right behind a known surname."""
SURNAME = re.compile(rf"(?<![{KANJI}])[{KANJI}]{{1,4}}[ 　]$")
"""The surname right before a known given name."""
