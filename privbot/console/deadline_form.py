"""What somebody asks of the page Deadlines, as the address says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from urllib.parse import urlencode

from privbot.console.numbers import number_in
from privbot.reports.agenda import KINDS, Kind, Place, Scope


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters; an unknown value asks for nothing, so that an old address still opens. Nobody's name stands in an address."""

    controller: str = ""
    kind: str = ""
    owner: str = ""
    """The number of a colleague, or `unassigned`."""
    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str], seen: Sequence[str], people: Mapping[str, str]) -> Wanted:
        """From a query string; `seen` are the controllers that they may see, `people` number → name of whom they may ask for."""
        controller, kind, owner = asked.get("controller", ""), asked.get("kind", ""), asked.get("owner", "")
        return cls(
            controller if controller in seen else "",
            kind if kind in KINDS else "",
            owner if owner in people else "",
            day_of(asked.get("first", "")),
            day_of(asked.get("last", "")),
        )

    def scope(self, seen: Sequence[str], people: Mapping[str, str]) -> Scope:
        """For the agenda, within what they may see."""
        kinds = (cast("Kind", self.kind),) if self.kind else KINDS
        controllers = (self.controller,) if self.controller else tuple(seen)
        return Scope(controllers, kinds, people.get(self.owner, ""), self.first, self.last)

    def query(self, **more: str) -> str:
        """The same filters as a query string, with `more`."""
        said = {
            "controller": self.controller, "kind": self.kind, "owner": self.owner,
            "first": self.first.isoformat() if self.first else "", "last": self.last.isoformat() if self.last else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in (said | more).items() if value})


def day_of(text: str) -> date | None:
    """A day such as 2026-12-24; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def month_of(text: str, today: date) -> date:
    """The first day of a month such as 2026-12; of this month for anything else, and for years that nobody plans for."""
    month = day_of(f"{text}-01")
    return month if month and abs(month.year - today.year) <= 100 else today.replace(day=1)


def place_of(text: str) -> Place | None:
    """Where a page of the agenda goes on, as `written` wrote it; None for anything else."""
    day, _, rest = text.partition("~")
    source, _, number = rest.partition("~")
    match day_of(day), number_in(source), number_in(number):
        case date() as found, int() as its_source, int() as its_number:
            return Place(found, its_source, its_number)
    return None


def written(place: Place) -> str:
    return f"{place.day.isoformat()}~{place.source}~{place.number}"
