"""What the law room refuses, and why."""

from __future__ import annotations

from datetime import date

from privbot.errors import WrongUse


class UnknownRegime(WrongUse):
    """There is no regime of that name."""

    code = "unknown-regime"

    def __init__(self, regime: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no regime {regime!r}; known are: {', '.join(known)}")
        self.regime = regime
        self.known = known


class RightNotGranted(WrongUse):
    """This regime does not grant that right."""

    code = "right-not-granted"

    def __init__(self, regime: str, right: str, granted: tuple[str, ...], nearest: str | None = None) -> None:
        hint = f"; nearest there: {nearest}" if nearest else ""
        super().__init__(f"{regime} does not grant {right!r}{hint}; it grants: {', '.join(granted)}")
        self.regime = regime
        self.right = right
        self.granted = granted
        self.nearest = nearest


class WrongLawFile(WrongUse):
    """A file of figures is wrong and was refused."""

    code = "wrong-law-file"


class NaiveTime(WrongUse):
    """The time of receipt needs a time zone, for example 2026-05-31T22:30:00Z."""

    code = "naive-time"


class WrongPlace(WrongUse):
    """That place is unknown: it needs an IANA time zone and a country (and subdivision) that the holidays library knows."""

    code = "wrong-place"


class EventsContradict(WrongUse):
    """The events of this request contradict each other."""

    code = "events-contradict"


class NoExtension(WrongUse):
    """The law knows no extension of this clock."""

    code = "no-extension"


class LateExtension(WrongUse):
    """The extension was announced after the last day for it."""

    code = "late-extension"

    def __init__(self, announced: date, last_day: date) -> None:
        super().__init__(
            f"an extension announced on {announced} is late: the last day was {last_day}; "
            "answer without it, or record an override with its reason"
        )
        self.last_day = last_day


class NotARefusal(WrongUse):
    """This regime gives no such reason to refuse that right."""

    code = "not-a-refusal"

    def __init__(self, regime: str, right: str, refusal: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{regime} gives no reason {refusal!r} to refuse {right}; it gives: {', '.join(known) or 'none'}")
        self.known = known
