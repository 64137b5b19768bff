"""Invented requests, one for each way a letter can turn out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from privbot.law.model import Due, Verification
from privbot.letters.model import LetterContext, LetterRequest

RECEIVED = date(2026, 11, 20)
ANSWER, EXTENDED, FIFTEEN_DAYS = date(2027, 1, 4), date(2027, 2, 18), date(2026, 12, 14)


def ccpa(right: str, **values: object) -> LetterRequest:
    level = {"verification": "reasonable", "data_points": 2, "extended": EXTENDED} | values
    return replace(LetterRequest(right, "ccpa", ANSWER, ANSWER), **level)


def gdpr(right: str, regime: str = "gdpr", **values: object) -> LetterRequest:
    due = LetterRequest(right, regime, date(2026, 12, 20), date(2026, 12, 21), date(2026, 12, 20), verification="on-doubt")
    return replace(due, **values)


OPT_OUT = LetterRequest("opt-out-of-sale", "ccpa", FIFTEEN_DAYS, FIFTEEN_DAYS)
SPECIFIC = ccpa("know-specific", verification="reasonably-high", data_points=3, declaration=True)
SHINE = LetterRequest("shine-the-light", "shine-the-light", date(2026, 12, 20), date(2026, 12, 20), verification="mailbox")
APPI = LetterRequest(
    "access",
    "appi",
    date(2026, 12, 4),
    date(2026, 12, 4),
    verification="reasonable",
    data_points=2,
    free=False,
    internal_target=True,
)


def context(*requests: LetterRequest, code: bool = False, **values: object) -> LetterContext:
    plain = LetterContext(
        reference="LUMEN-4F7K-22QD",
        controller_name="Lumen Atelier",
        requests=requests,
        received=RECEIVED,
        requester_name="Mina Okafor",
        contact="Lumen Atelier\nprivacy@lumen-atelier.example",
        challenge_code="7KQ4-M2XH" if code else None,
        challenge_expires=date(2026, 12, 4) if code else None,
    )
    return replace(plain, **values)


WORLDS = {
    "one request": context(gdpr("access")),
    "two alike": context(gdpr("access"), gdpr("erasure"), code=True, sender_unconfirmed=True),
    "united kingdom": context(gdpr("objection", "uk-gdpr"), code=True, sender_unconfirmed=True),
    "california, three ways of proof": context(SPECIFIC, ccpa("erasure"), OPT_OUT, code=True),
    "opt-out alone": context(OPT_OUT),
    "shine the light": context(SHINE, code=True),
    "japan": context(APPI, code=True),
    "two laws": context(gdpr("erasure"), APPI),
    "two extensions": context(gdpr("erasure", extended=date(2027, 2, 20)), ccpa("erasure")),
    "late": context(gdpr("access"), backlog=True, written=date(2027, 1, 5)),
    "no name, no contact": context(gdpr("complaint", verification="none"), requester_name="", contact=""),
}


def of_law(article: str) -> LetterRequest:
    """A request as the law room tells of it, with this citation."""
    day = date(2026, 12, 4)
    due = Due(
        acknowledge_by=None, statute=day, promise=None, respond_by=day, alarm=day, extend_by=None, extended=None,
        cautious=None, sources=(), explanation=(), confirmed=True, internal_target=True,
    )  # fmt: skip
    return LetterRequest.of(
        "appi", "access", due, Verification("reasonable", 2, False, "Art 37 APPI"), free=False, article=article
    )
