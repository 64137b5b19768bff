"""A law's file as tables on a terminal (rich): figure, rule, source. What counsel has not confirmed is marked."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from privbot.law.tables import Cited, Clock, LimitRule, RefusalRule, Regime, VerificationRule

UNITS = {"months": "months", "days": "days", "working-days": "working days"}


def show(law: Regime, right: str | None = None) -> None:
    """The whole law, or what applies to one right. Raises RightNotGranted."""
    if right is not None:
        law.right(right)
    rights = [right] if right else list(law.rights)
    console = Console(highlight=False)
    console.print(f"[bold]{escape(law.title)}[/] ({law.name})\n")
    for table in (_rights(law, rights), _clocks(law, rights), _verifications(law, rights), _limits(law, rights),
                  _refusals(law, rights), _rules(law), _figures(law)):  # fmt: skip
        if table.row_count:
            console.print(table)
    console.print("[yellow]?[/] not confirmed by counsel")


def _rights(law: Regime, rights: Iterable[str]) -> Table:
    table = _table("Rights", "right", "what applies", "article")
    for name in rights:
        right = law.rights[name]
        applies = {
            "clock": right.clock, "acknowledge": right.acknowledge, "verification": right.verification,
            "if sensitive": right.verification_if_sensitive, "fee": right.fee, "also asked as": ", ".join(right.also),
        }  # fmt: skip
        rule = "\n".join(f"{what}: {one}" for what, one in applies.items() if one)
        table.add_row(escape(name), escape(rule), escape(right.article))
    return table


def _clocks(law: Regime, rights: Iterable[str]) -> Table:
    table = _table("Clocks", "clock", "rule", "source", "")
    granted = [law.rights[name] for name in rights]
    used = {right.clock for right in granted} | {right.acknowledge for right in granted}
    for name, clock in law.clocks.items():
        if name in used:
            _cite(table, name, _length(clock), clock)
            if clock.extension:
                more = f"{clock.extension.length} {UNITS[clock.unit]} more"
                cautious = "; also counted from the end of the first period, the earlier is worked to" * clock.extension.cautious
                _cite(table, f"{name}, extended", more + cautious, clock.extension)
    return table


def _length(clock: Clock) -> str:
    parts = [f"{clock.length} {UNITS[clock.unit]} from {clock.starts.replace('-', ' ')}"]
    if clock.roll:
        parts.append("to the next working day")
    if clock.internal_target:
        parts.append("own target: the law names no number")
    return "; ".join(parts)


def _verifications(law: Regime, rights: Iterable[str]) -> Table:
    table = _table("Verification and fees", "name", "rule", "source", "")
    granted = [law.rights[name] for name in rights]
    used = {right.verification for right in granted} | {right.verification_if_sensitive for right in granted}
    for name, rule in law.verifications.items():
        if name in used:
            _cite(table, name, _how_sure(rule), rule)
    for name, fee in law.fees.items():
        if name in {right.fee for right in granted}:
            _cite(table, name, "free" if fee.free else "a fee may be asked", fee)
    return table


def _how_sure(rule: VerificationRule) -> str:
    parts: list[str] = [rule.level]
    if rule.data_points:
        parts.append(f"{rule.data_points} data points")
    if rule.data_points_not_on_file:
        parts.append(f"{rule.data_points_not_on_file} data points where the address is not on file")
    if rule.declaration:
        parts.append("a signed declaration")
    return ", ".join(parts)


def _limits(law: Regime, rights: list[str]) -> Table:
    table = _table("Limits", "name", "rule", "source", "")
    for name, limit in law.limits.items():
        if set(rights) & set(limit.rights):
            _cite(table, name, _how_often(limit), limit)
    return table


def _how_often(limit: LimitRule) -> str:
    window = f"{limit.months} months" if limit.months else "a calendar year"
    return f"{limit.answers} in {window}: {', '.join(limit.rights)}"


def _refusals(law: Regime, rights: list[str]) -> Table:
    table = _table("Refusals", "reason", "rule", "source", "")
    for code, rule in law.refusals.items():
        if rule.rights is None or set(rights) & set(rule.rights):
            _cite(table, code, _why(rule), rule)
    return table


def _why(rule: RefusalRule) -> str:
    parts = [rule.why, f"Outcome: {rule.outcome}."]
    if rule.rights is not None:
        parts.append(f"For {', '.join(rule.rights)}.")
    if rule.operator_decides:
        parts.append("An operator decides.")
    if rule.fee_instead:
        parts.append("Or a fee instead.")
    return " ".join(parts)


def _rules(law: Regime) -> Table:
    table = _table("Rules", "about", "rule", "source", "")
    place = ", ".join(filter(None, (law.place.zone, law.place.country, law.place.subdivision)))
    _cite(table, "place", f"{place}; holidays of the {law.place.holidays}", law.place)
    _cite(table, "identity", "a suspended date is shown beside" if law.identity.suspends else "", law.identity)
    _cite(table, "clarification", f"moves: {', '.join(law.clarification.rights) or 'nothing'}", law.clarification)
    if law.acknowledgment:
        _cite(table, "acknowledgment says", "; ".join(law.acknowledgment.says), law.acknowledgment)
    _cite(table, "authority", f"{law.authority.name}, {law.authority.address}, {law.authority.url}", law.authority)
    _cite(table, "court", law.court.sentence, law.court)
    _cite(table, "alarm", f"{law.alarm.days_before} day(s) before what is due", law.alarm)
    _cite(table, "reminders", _when(law), law.reminders)
    return table


def _when(law: Regime) -> str:
    rules = law.reminders
    before = {"acknowledge by": rules.acknowledge_by, "respond by": rules.respond_by, "extend by": rules.extend_by}
    parts = [f"{name}: {', '.join(map(str, days))} days before" for name, days in before.items() if days]
    return "; ".join([*parts, f"escalated {', '.join(map(str, rules.escalate_after))} days after"])


def _figures(law: Regime) -> Table:
    table = _table("Other figures", "name", "figure", "source", "")
    for name, figure in law.figures.items():
        _cite(table, name, f"{figure.value} {figure.unit}", figure)
    return table


def _cite(table: Table, name: str, rule: str, figure: Cited) -> None:
    said = "\n".join(filter(None, (rule, figure.note)))
    table.add_row(escape(name), escape(said), escape(figure.source), "" if figure.confirmed else "[yellow]?[/]")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(columns[0], no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, overflow="fold")
    return table
