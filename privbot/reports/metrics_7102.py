"""The figures that 11 CCR §7102 wants compiled for a calendar year: how many requests, what became of them, and how long it took.

A request counts in the year it was received in. Received are those complied with in whole or in part, denied, withdrawn and still open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from statistics import fmean, median

from privbot.config import Config
from privbot.law.regimes import regime as regime_named
from privbot.records.sealing import Seals
from privbot.reports.log_7101 import CALIFORNIA
from privbot.reports.requests import Told, told


@dataclass(frozen=True, slots=True)
class Figures:
    """One right of one controller in one year. Days run from receipt to the answer, over what was complied with or denied."""

    year: int
    controller: str
    right: str
    received: int
    complied: int
    complied_in_part: int
    denied: int
    withdrawn: int
    open: int
    median_days: float | None
    mean_days: float | None


def metrics(config: Config, seals: Seals, year: int, *, controllers: Collection[str] | None = None) -> list[Figures]:
    """A line for each controller that answers under the CCPA and each of its rights, also where nobody asked. Raises ConfigWrong."""
    asked: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for one in told(config, seals, CALIFORNIA, controllers):
        if one.received.year == year:
            asked[one.controller, one.right].append(one)
    offered = [
        one.id for one in config.controller if CALIFORNIA in one.regimes and (controllers is None or one.id in controllers)
    ]
    everybody = dict.fromkeys([*offered, *(name for name, _ in asked)])
    return [_figures(year, name, right, asked[name, right]) for name in everybody for right in regime_named(CALIFORNIA).rights]


def _figures(year: int, controller: str, right: str, requests: list[Told]) -> Figures:
    outcomes = [one.outcome for one in requests]
    days = [one.days for one in requests if one.days is not None and one.outcome != "withdrawn"]
    return Figures(
        year=year,
        controller=controller,
        right=right,
        received=len(requests),
        complied=outcomes.count("complied"),
        complied_in_part=outcomes.count("complied in part"),
        denied=outcomes.count("denied"),
        withdrawn=outcomes.count("withdrawn"),
        open=outcomes.count("open"),
        median_days=round(median(days), 1) if days else None,
        mean_days=round(fmean(days), 1) if days else None,
    )
