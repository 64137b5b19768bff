"""What a regime file may say: its tables, key by key. `docs/law.md` explains them to lawyers; `regimes.py` reads them.

Nothing in a file may be unknown, nothing is converted silently, and every figure has a source and says whether counsel confirmed it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from privbot.law import calendar
from privbot.law.errors import RightNotGranted, WrongPlace
from privbot.law.model import REFUSALS, RIGHTS, Outcome, Place

Days = Annotated[int, Field(gt=0)]
Sentence = Annotated[str, Field(min_length=1)]


class WrongKey(ValueError):
    """A fault at one key of a table; `where` is its path from the table that was checked."""

    def __init__(self, where: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.where = where


class Table(BaseModel):
    """One table of a file."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, values: Any) -> Any:
        """Names what is allowed, which pydantic's own message for unknown keys does not."""
        if not isinstance(values, dict):
            raise ValueError(f"is a table with the keys {', '.join(cls.model_fields)}")
        unknown = [key for key in values if key not in cls.model_fields]
        if unknown:
            raise WrongKey((unknown[0],), f"unknown key {unknown[0]!r}; allowed: {', '.join(cls.model_fields)}")
        return values


class Cited(Table):
    """A figure or rule with where it stands, and whether counsel confirmed it."""

    source: Sentence
    confirmed: bool
    note: str = ""
    """A sentence for operators, shown with the dates."""


class HomePlace(Cited):
    """Where days are counted unless the controller has another place for this regime."""

    zone: str
    country: str
    subdivision: str | None = None
    holidays: Literal["country", "subdivision"]
    """Whose holidays count: the country's alone (in the USA: federal), or also those of the subdivision."""

    @property
    def place(self) -> Place:
        return Place(self.zone, self.country, self.subdivision)

    @model_validator(mode="after")
    def _place_is_known(self) -> Self:
        try:
            calendar.zone(self.zone)
        except WrongPlace as error:
            raise WrongKey(("zone",), str(error)) from error
        try:
            calendar.working_days(self.country, self.subdivision)
        except WrongPlace as error:
            raise WrongKey(("country",), str(error)) from error
        return self


class Alarm(Cited):
    """How long before what is due the alarm rings, in calendar days. A house rule, never a legal date."""

    days_before: int = Field(ge=0)


class Reminders(Cited):
    """How many calendar days before each date operators are reminded, and how many after it the matter is escalated. A house rule."""

    acknowledge_by: list[Days]
    respond_by: list[Days]
    extend_by: list[Days]
    escalate_after: list[Days]


class Identity(Cited):
    """What waiting for proof of identity does to the clocks that start at receipt."""

    suspends: bool = False
    """By one reading the clock stands still while asked proof is awaited; the date so counted is shown beside the one to work to."""


class Clarification(Cited):
    """Asking back what is meant: for `rights` the days from asking to answer, both included, are excluded."""

    rights: list[str]


class Extension(Cited):
    """How much longer the answer may take once the extension was announced, in the unit of its clock."""

    length: Days
    cautious: bool
    """Count also from the end of the first period, and work to the earlier."""


class Clock(Cited):
    """A period: the day it starts from is not counted."""

    length: Days
    unit: Literal["months", "days", "working-days"]
    starts: Literal["receipt", "relevant-time"]
    """relevant-time: the latest of receipt, proof of identity and fee."""
    roll: bool
    """When it ends on a Saturday, Sunday or public holiday, it ends on the next working day."""
    internal_target: bool = False
    """The law names no number of days; this is the house's own aim."""
    extension: Extension | None = None


class VerificationRule(Cited):
    """How sure one must be who asks."""

    level: Literal["none", "on-doubt", "mailbox", "reasonable", "reasonably-high"]
    data_points: int = Field(ge=0)
    data_points_not_on_file: int = Field(default=0, ge=0)
    """How many instead, where the requester's address is not on file: that they hold it says nothing then."""
    declaration: bool


class Fee(Cited):
    """Whether exercising the right is free."""

    free: bool


class LimitRule(Cited):
    """How often `rights`, counted together, must be answered to one person."""

    rights: Annotated[list[str], Field(min_length=1)]
    answers: Days
    window: Literal["rolling-months", "calendar-year"]
    months: Days | None = None
    """How many with `rolling-months`."""

    @model_validator(mode="after")
    def _months_go_with_a_rolling_window(self) -> Self:
        if (self.window == "rolling-months") != (self.months is not None):
            raise WrongKey(("window",), 'window = "rolling-months" and months go together')
        return self


class RefusalRule(Cited):
    """A reason for which this law lets a request be refused."""

    rights: Annotated[list[str], Field(min_length=1)] | None = None
    """Left out: every right this law grants."""
    outcome: Outcome
    why: Sentence
    operator_decides: bool
    fee_instead: bool = False


class Authority(Cited):
    """The authority a requester may complain to."""

    name: Sentence
    address: Sentence
    url: Annotated[str, Field(pattern=r"^https://\S+$")]


class Court(Cited):
    """A sentence that says how a requester may go to court."""

    sentence: Sentence


class Acknowledgment(Cited):
    """What a letter that confirms receipt must say."""

    says: Annotated[list[Sentence], Field(min_length=1)]


class Right(Table):
    """A right this regime grants, and what applies to it; all but `article` and `also` name entries of the same file."""

    article: Sentence
    clock: str
    acknowledge: str | None = None
    verification: str
    verification_if_sensitive: str | None = None
    unverified_as: str | None = None
    """As which of its rights a request is treated where this one's verification fails (11 CCR §7024)."""
    fee: str
    also: list[str] = []
    """What else, asked in other regimes' words, is understood as this right."""


class Figure(Cited):
    """A figure that moves no clock: how long kept, until when."""

    value: int | str
    unit: str


class Regime(Table):
    """One law: its place, clocks, verification, fees, the rights it grants, and how often and why they may be refused."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    """That of its file, so it is not written inside."""
    title: Sentence
    place: HomePlace
    alarm: Alarm
    reminders: Reminders
    identity: Identity
    clarification: Clarification
    acknowledgment: Acknowledgment | None = None
    """Left out: this law asks for none."""
    authority: Authority
    court: Court
    clocks: dict[str, Clock]
    verifications: dict[str, VerificationRule]
    fees: dict[str, Fee]
    limits: dict[str, LimitRule] = {}
    refusals: dict[str, RefusalRule]
    rights: Annotated[dict[str, Right], Field(min_length=1)]
    figures: dict[str, Figure] = {}

    def right(self, right: str) -> Right:
        """The right as this regime grants it; raises RightNotGranted."""
        try:
            return self.rights[right]
        except KeyError:
            raise RightNotGranted(self.name, right, tuple(self.rights), self.equivalent(right)) from None

    def equivalent(self, right: str) -> str | None:
        """What this regime calls a right: itself where granted, its nearest, or None."""
        if right in self.rights:
            return right
        return next((name for name, granted in self.rights.items() if right in granted.also), None)

    def limits_of(self, right: str) -> dict[str, LimitRule]:
        """How often this right must be answered, by name."""
        return {name: limit for name, limit in self.limits.items() if right in limit.rights}

    def refusals_of(self, right: str) -> dict[str, RefusalRule]:
        """Why this right may be refused, by code."""
        return {code: rule for code, rule in self.refusals.items() if rule.rights is None or right in rule.rights}

    def unconfirmed(self) -> int:
        """How many figures and rules counsel has not confirmed."""
        return sum(not cited.confirmed for cited in _cited(self))

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        """Whatever one table calls another by stands in this file, or in the house's own list."""
        for where, name, allowed in self._names():
            if name not in allowed:
                raise WrongKey(where, f"{name!r} is not known; allowed: {', '.join(allowed)}")
        taken: set[str] = set()
        for name, right in self.rights.items():
            for other in right.also:
                if other in taken:
                    raise WrongKey(("rights", name, "also"), f"{other!r} stands under two rights; one right only may take it")
                taken.add(other)
        return self

    def _names(self) -> Iterator[tuple[tuple[str, ...], str, Collection[str]]]:
        """Where a name stands, the name, and what it may be."""
        not_granted = [right for right in RIGHTS if right not in self.rights]
        for name, right in self.rights.items():
            where = ("rights", name)
            yield where, name, RIGHTS
            yield (*where, "clock"), right.clock, self.clocks
            yield (*where, "verification"), right.verification, self.verifications
            yield (*where, "fee"), right.fee, self.fees
            if right.acknowledge is not None:
                yield (*where, "acknowledge"), right.acknowledge, self.clocks
            if right.verification_if_sensitive is not None:
                yield (*where, "verification_if_sensitive"), right.verification_if_sensitive, self.verifications
            if right.unverified_as is not None:
                yield (*where, "unverified_as"), right.unverified_as, self.rights
            for other in right.also:
                yield (*where, "also"), other, not_granted
        for other in self.clarification.rights:
            yield ("clarification", "rights"), other, self.rights
        for name, limit in self.limits.items():
            for other in limit.rights:
                yield ("limits", name, "rights"), other, self.rights
        for code, refusal in self.refusals.items():
            yield ("refusals", code), code, REFUSALS
            for other in refusal.rights or ():
                yield ("refusals", code, "rights"), other, self.rights


def _cited(value: Any) -> Iterator[Cited]:
    """Every figure in a table, however deep."""
    if isinstance(value, Cited):
        yield value
    inner = value.values() if isinstance(value, dict) else [one for _, one in value] if isinstance(value, Table) else ()
    for one in inner:
        yield from _cited(one)
