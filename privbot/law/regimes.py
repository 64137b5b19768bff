"""The regimes: what `regimes/*.toml` says, read, checked and handed out as values.

Every figure of the law stands in those files with its citation; the code holds none. How to change one: docs/law.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from privbot.law import calendar
from privbot.law.errors import RightNotGranted, UnknownRegime, WrongLawFile, WrongPlace
from privbot.law.model import RIGHTS, Place, Promise


class Table(BaseModel):
    """One table of a file: nothing in it may be unknown, nothing is converted silently."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, values: Any) -> Any:
        """Names what is allowed, which pydantic's own message for unknown keys does not."""
        unknown = [key for key in values if key not in cls.model_fields]
        if unknown:
            raise ValueError(f"unknown key {unknown[0]!r}; allowed: {', '.join(cls.model_fields)}")
        return values


class Cited(Table):
    """A figure or rule with where it stands, and whether counsel confirmed it."""

    source: str = Field(min_length=1)
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
            calendar.working_days(self.country, self.subdivision)
            calendar.zone(self.zone)
        except WrongPlace as error:
            raise ValueError(str(error)) from error
        return self


class Alarm(Cited):
    """How long before what is due the alarm rings, in calendar days. A house rule, never a legal date."""

    days_before: int = Field(ge=0)


class Clarification(Cited):
    """Asking back what is meant: for `rights` the days from asking to answer, both included, are excluded."""

    rights: list[str]


class Extension(Cited):
    """How much longer the answer may take once the extension was announced, in the unit of its clock."""

    length: int = Field(gt=0)
    cautious: bool
    """Count also from the end of the first period, and work to the earlier."""


class Clock(Cited):
    """A period: the day it starts from is not counted."""

    length: int = Field(gt=0)
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
    declaration: bool


class Fee(Cited):
    """Whether exercising the right is free."""

    free: bool


class Right(Table):
    """A right this regime grants, and what applies to it; all but `article` and `also` name entries of the same file."""

    article: str = Field(min_length=1)
    clock: str
    acknowledge: str | None = None
    verification: str
    verification_if_sensitive: str | None = None
    fee: str
    also: list[str] = []
    """What else, asked in other regimes' words, is understood as this right."""


class Figure(Cited):
    """A figure that moves no clock: how often, how long kept, until when."""

    value: int | str
    unit: str


class Regime(Table):
    """One law: its place, clocks, verification, fees, and the rights it grants."""

    name: str
    """That of its file, so it is not written inside."""
    title: str
    place: HomePlace
    alarm: Alarm
    identity: Cited
    clarification: Clarification
    clocks: dict[str, Clock]
    verifications: dict[str, VerificationRule]
    fees: dict[str, Fee]
    rights: dict[str, Right]
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

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for name, right in self.rights.items():
            where = f"rights.{name}"
            _one_of(name, RIGHTS, "rights")
            _one_of(right.clock, self.clocks, f"{where}.clock")
            _one_of(right.verification, self.verifications, f"{where}.verification")
            _one_of(right.fee, self.fees, f"{where}.fee")
            if right.acknowledge is not None:
                _one_of(right.acknowledge, self.clocks, f"{where}.acknowledge")
            if right.verification_if_sensitive is not None:
                _one_of(right.verification_if_sensitive, self.verifications, f"{where}.verification_if_sensitive")
            for other in right.also:
                _one_of(other, [known for known in RIGHTS if known not in self.rights], f"{where}.also")
        for name in self.clarification.rights:
            _one_of(name, self.rights, "clarification.rights")
        understood = [other for right in self.rights.values() for other in right.also]
        for other in understood:
            if understood.count(other) > 1:
                raise ValueError(f"rights.*.also: {other!r} stands under two rights; one right only may take it")
        return self


class _PromiseTable(Table):
    days: int = Field(gt=0)
    source: str = Field(min_length=1)
    extended_days: int | None = None
    confirmed: bool


class Notice(Table):
    """What a controller's own notice says: promises by regime, and its other figures."""

    promises: dict[str, _PromiseTable]
    figures: dict[str, Figure] = {}

    @field_validator("promises")
    @classmethod
    def _regimes_exist(cls, promises: dict[str, _PromiseTable]) -> dict[str, _PromiseTable]:
        for name in promises:
            _one_of(name, regimes(), "promises")
        return promises


@cache
def regimes() -> dict[str, Regime]:
    """Every regime by name. Read and checked once; raises WrongLawFile."""
    folder = files("privbot.law") / "regimes"
    toml = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return {file.name.removesuffix(".toml"): load_regime(file) for file in toml}


def regime(name: str) -> Regime:
    """One regime by name; raises UnknownRegime."""
    try:
        return regimes()[name]
    except KeyError:
        raise UnknownRegime(name, tuple(regimes())) from None


def equivalent(regime_name: str, right: str) -> str | None:
    """What the regime calls this right (`access` under ccpa is `know-specific`), or None where it knows nothing like it.

    Raises UnknownRegime.
    """
    return regime(regime_name).equivalent(right)


@cache
def notice() -> Notice:
    """The first controller's notice, `promises.toml`: the default where no controller says otherwise."""
    return _load(files("privbot.law") / "promises.toml", Notice)


@cache
def default_promise(regime_name: str) -> Promise | None:
    """What the first controller promises under this regime, if anything."""
    promised = notice().promises.get(regime_name)
    if promised is None:
        return None
    return Promise(promised.days, promised.source, promised.extended_days, promised.confirmed)


def load_regime(file: Traversable) -> Regime:
    """Read one regime file. Raises WrongLawFile, which names the file, the key and what is allowed there."""
    return _load(file, Regime, name=file.name.removesuffix(".toml"))


_T = TypeVar("_T", bound=Table)


def _load(file: Traversable, kind: type[_T], **added: str) -> _T:
    try:
        return kind.model_validate({**tomllib.loads(file.read_text(encoding="utf-8")), **added})
    except tomllib.TOMLDecodeError as error:
        raise WrongLawFile(f"{file.name}: not TOML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in error.errors())
        raise WrongLawFile(f"{file.name}: {faults}") from error


def _one_of(name: str, allowed: Collection[str], where: str) -> None:
    if name not in allowed:
        raise ValueError(f"{where}: {name!r} is not known; allowed: {', '.join(allowed)}")
