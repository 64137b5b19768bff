"""Cited law, in any language: articles of the GDPR, sections of the Californian Civil Code, articles of the Japanese APPI.

Numbers speak every language (Art. 17 GDPR, člena 17, 第35条); they name a right, and say nothing yet about whether it is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

GDPR_RIGHTS = {
    "15": "access", "16": "rectification", "17": "erasure", "18": "restriction",
    "20": "portability", "21": "objection", "22": "automated-decision", "77": "complaint",
}  # fmt: skip
"""Regulation (EU) 2016/679, articles → rights. 21(2) and (3) are direct marketing, 7(3) withdraws consent."""

CCPA_RIGHTS = {
    "100": "know-specific", "105": "erasure", "106": "rectification", "110": "know-categories",
    "110(a)(5)": "know-specific", "115": "know-categories",
    "120": "opt-out-of-sale", "121": "limit-sensitive", "130": "know-specific", "135": "opt-out-of-sale",
}  # fmt: skip
"""California Civil Code § 1798.x → rights (CCPA as amended by the CPRA); § 1798.83 is Shine the Light."""

APPI_RIGHTS = {"32": "access", "33": "access", "34": "rectification", "35": "stop-use", "37": "access"}
"""個人情報保護法 (Act No. 57 of 2003 as in force since 2022), articles 32–39 → rights."""

CHURCH_RIGHTS = {
    "kdg": {"17": "access", "18": "rectification", "19": "erasure", "20": "restriction", "22": "portability", "23": "objection",
            "48": "complaint"},
    "dsg-ekd": {"19": "access", "20": "rectification", "21": "erasure", "22": "restriction", "24": "portability", "25": "objection",
                "46": "complaint"},
}  # fmt: skip
"""The data protection laws of the German churches, which stand in the GDPR's place there (Art. 91 GDPR), sections → rights."""

_CHURCH = re.compile(r"\b(\d{2})\b[^§\n]{0,40}?\b(kdg|dsg-ekd)\b")
_GDPR_NAME = re.compile(
    r"\b(?:uk )?(?:gdpr|ds-?gvo|rgpd|g\.?d\.?p\.?r|avg|rodo|dpr)\b|γκπδ|gdpr|general data protection|datenschutz-?grundverordnung"
    r"|dataskyddsforordning|databeskyttelsesforordning|tietosuoja-?asetu|obecneh\w* (?:narizeni|nariadeni)|opc\w* uredb"
    r"|regolamento (?:generale|ue)|reglamento (?:general|ue)|regulamento geral|reglement general|2016/679|regulamentul"
    r"|verordening gegevensbescherming|ogolnego rozporzadzenia|一般データ保護規則|lopd|data protection act"
)
_ARTICLE = re.compile(
    r"(?:\b(?:artt?|arts|article|articles|artikel|articolo|articoli|articulo|articulos|artigo|artigos|artykul\w*|artiklan|artikeln"
    r"|articolul\w*|cl|clanek|clanku|clank\w*|clen\w*)\b\.?|\bαρθρ\w*|§|第) ?(\d{1,3})\b ?"
    r"(?:\.?\s?(?:\(|abs\.? ?|para\.? ?|lid ?|ust\.? ?|odst\.? ?|comma ?|apartado ?|n\.?[ºo°]? ?|stk\.? ?|paragraphe ?|,? ?par\.? ?|\.)(\d))?"
    r"|\b(\d{1,2})(?:\.|:s|:n)? (?:artikla|artiklan|artiklaan|cikk\w*)"
)
_CIVIL_CODE = re.compile(r"\b1798\.(\d{2,3}(?:\(a\)\(5\))?)(?!\w)")
_APPI_NAME = re.compile(
    r"個人情報(?:の)?保護(?:に関する法律|法)|\bappi\b|personal information protection act|act on the protection of personal information"
)
_APPI_ARTICLE = re.compile(r"(?:第|article |art\. ?)(3[2-9])(?:条)?")


@dataclass(frozen=True, slots=True)
class Citation:
    """One cited article: the right it names, the regime it belongs to, and how an operator would write it."""

    right: str
    regime: str
    label: str
    start: int
    end: int


def find(text: str) -> list[Citation]:
    """The rights that a folded text cites by number."""
    found: list[Citation] = []
    if _GDPR_NAME.search(text):
        regime = "uk-gdpr" if re.search(r"\buk gdpr\b|data protection act 2018", text) else "gdpr"
        for match in _ARTICLE.finditer(text):
            number, paragraph = match[1] or match[3], match[2]
            right = _gdpr_right(number, paragraph)
            if right:
                name = f"Art. {number}({paragraph})" if paragraph else f"Art. {number}"
                found.append(Citation(right, regime, f"{name} {'UK GDPR' if regime == 'uk-gdpr' else 'GDPR'}", *match.span()))
    if "kdg" in text or "dsg-ekd" in text:
        for match in _CHURCH.finditer(text):
            right = CHURCH_RIGHTS[match[2]].get(match[1])
            if right:
                found.append(Citation(right, "gdpr", f"§ {match[1]} {match[2].upper()}", *match.span()))
    if "1798" in text:
        for match in _CIVIL_CODE.finditer(text):
            section = match[1]
            if section == "83":
                found.append(Citation("shine-the-light", "shine-the-light", "Cal. Civ. Code § 1798.83", *match.span()))
            elif section in CCPA_RIGHTS:
                found.append(Citation(CCPA_RIGHTS[section], "ccpa", f"Cal. Civ. Code § 1798.{section}", *match.span()))
    if _APPI_NAME.search(text):
        for match in _APPI_ARTICLE.finditer(text):
            if match[1] in APPI_RIGHTS:
                found.append(Citation(APPI_RIGHTS[match[1]], "appi", f"APPI Art. {match[1]}", *match.span()))
    return found


def _gdpr_right(number: str, paragraph: str | None) -> str | None:
    if number == "7":
        return "consent-withdrawal" if paragraph == "3" else None
    if number == "21" and paragraph in ("2", "3"):
        return "direct-marketing"
    return GDPR_RIGHTS.get(number)
