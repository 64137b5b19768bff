"""What was typed into a form of `settings_fields`, back into settings for `settings_file`.

Text that cannot be what it should be is handed on as text: validation, the same as for the file, then says what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import Any, get_args

from privbot import settings_guard
from privbot.config import Config, ConfigWrong, Fault, Section, validated_part
from privbot.config import Controller as ControllerSettings
from privbot.settings_fields import Field, bare, model_of
from privbot.settings_file import Place, Typed

SOURCE, NAMED, TYPED = ":source", ":named", ":typed"
"""A secret's three inputs, after its name: keep, none, env, file or typed; the variable's or file's name; the secret itself."""
FIRST = ":first"
"""After the name of several ticked choices: the one that comes first."""
REACHED_BY = ("host", "port", "security", "ca_file", "url")
"""A secret that is kept is not sent elsewhere: whoever changes one of these says the secret anew."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent."""

    fields: tuple[Field, ...]
    """With what was typed – a secret's own text left out."""
    values: Mapping[str, Any]
    """The settings that differ from those shown, for `settings_file.put`."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """What the form itself refuses, by the name of the field."""
    changes_a_secret: bool = False


def read(
    place: Place, shown: Sequence[Field], raw: Mapping[str, Any], sent: Mapping[str, Sequence[str]], config: Config
) -> Filled:
    """What was sent (each input's texts by its name), against the fields as they were shown."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    filled = []
    changed = []
    for one in shown:
        if one.locked:
            filled.append(one)
            continue
        if one.kind == "secret":
            value, fault = _secret(one, sent, config)
            filled.append(replace(one, texts=_source_sent(one, sent)))
            if fault:
                faults[one.name] = fault
            if value is KEEP:
                continue
        else:
            texts = _texts(one, sent)
            filled.append(replace(one, texts=texts))
            if texts == _untouched(one):
                continue
            value = _value(replace(one, texts=texts))
            if fault := settings_guard.refused(filled[-1], config):
                faults[one.name] = fault
        changed.append(one)
        _lay(values, raw, one.name.split("."), value)
    if "customers" in values:
        values["customers"] = _of_its_kind(values["customers"])
    names = {one.name for one in changed}
    faults = _sent_elsewhere(shown, names) | faults
    return Filled(tuple(filled), values, faults, any(one.kind == "secret" for one in changed))


def with_faults(
    filled: Filled,
    place: Place,
    number: int,
    wrong: ConfigWrong | None = None,
    sentence: Callable[[Fault], str] = lambda fault: fault.sentence,
) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """The fields with their faults beside them, and the faults that belong to no single field. `number` is the part's place in its list,
    `sentence` says a fault in the reader's language."""
    told = dict(filled.faults)
    general = []
    here: tuple[str | int, ...] = (place[0],) if len(place) == 1 else (place[0], number)
    names = {one.name for one in filled.fields}
    for fault in wrong.faults if wrong else ():
        path = [str(step) for step in fault.path[len(here) :] if step not in ("csv", "sql", "http")]
        ends = range(len(path), 0, -1) if fault.path[: len(here)] == here else ()
        name = next((name for end in ends if (name := ".".join(path[:end])) in names), None)
        if name is None:
            general.append(f"{fault.key}: {sentence(fault)}" if fault.key else sentence(fault))
        else:
            told.setdefault(name, sentence(fault))
    if wrong and not wrong.faults:
        general.append(str(wrong))
    return tuple(replace(one, fault=told.get(one.name, "")) for one in filled.fields), tuple(general)


def part(place: Place, raw: Mapping[str, Any], values: Mapping[str, Any], config: Config, number: int = 0) -> Section:
    """The part as it would be, to be tried before it is saved. Raises ConfigWrong."""
    path = (place[0], number) if len(place) > 1 else (place[0],)
    return validated_part(model_of(place), _in_clear({**raw, **values}), path, config.folder)


def _in_clear(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: {"value": one.text} if isinstance(one, Typed) else _in_clear(one) if isinstance(one, Mapping) else one
        for key, one in values.items()
        if one is not None
    }


# -- what was typed, into settings -----------------------------------------------------------------------------------------

KEEP = object()


def _texts(one: Field, sent: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    texts = [text.replace("\r\n", "\n").strip() for text in sent.get(one.name, ())]
    if one.kind == "switch":
        return ("true" if texts else "false",)
    if one.kind == "several":
        return _in_order(one, texts, next(iter(sent.get(one.name + FIRST, ())), ""))
    if one.kind == "lines":
        return tuple(line.strip() for text in texts for line in text.split("\n") if line.strip())
    if one.kind != "block":
        texts = [text.replace("\n", "") for text in texts]
    return tuple(text for text in texts if text)


def _untouched(one: Field) -> tuple[str, ...]:
    """What is sent of a field that nobody touched: no blanks around it, and line ends only where there are several lines."""
    return one.texts if one.kind in ("switch", "several") else _texts(one, {one.name: one.texts})


def _in_order(one: Field, ticked: Sequence[str], first: str) -> tuple[str, ...]:
    """Ticked choices in the order in which they stood, new ones behind: boxes have no order, but the first law and the first controller count."""
    stood = [text for text in one.texts if text in ticked]
    added = [text for text in ticked if text in one.choices and text not in one.texts]
    return tuple(sorted((*stood, *added), key=lambda text: text != first))


def _value(one: Field) -> Any:
    """A field's text as TOML's own value; text where it is none, for validation to refuse. None: the setting is left out."""
    if one.kind == "switch":
        return one.text == "true"
    if not one.texts:
        return None
    if one.key == "recipients":
        return [_recipient(line) for line in one.texts]
    if one.kind in ("lines", "several"):
        return list(one.texts)
    readers: dict[str, Any] = {
        "number": lambda text: int(text) if re.fullmatch(r"-?\d+", text) else float(text),
        "moment": lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC),
        "time": time.fromisoformat,
    }
    try:
        return readers[one.kind](one.text) if one.kind in readers else one.text
    except ValueError:
        return one.text


def _recipient(line: str) -> dict[str, str]:
    found = re.fullmatch(r"(.*?)\s*(?:<([^<>]*)>)?", line)
    assert found is not None
    named = {"name": found[1], "address": found[2] or ""}
    return {key: text for key, text in named.items() if text or key == "name"}


def _lay(values: dict[str, Any], raw: Mapping[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value at its path into the changed settings; what stands beside it in the same table comes along."""
    first, *rest = path
    if not rest:
        values[first] = value
        return
    table = values.get(first) if first in values else deepcopy(dict(raw.get(first, {})))
    here = table if isinstance(table, dict) else {}
    values[first] = here
    for step in rest[:-1]:
        here = here.setdefault(step, {})
    if value is None:
        here.pop(rest[-1], None)
    else:
        here[rest[-1]] = value
    _without_empty(values[first])


def _without_empty(table: dict[str, Any]) -> None:
    for key in [key for key, one in table.items() if one == {}]:
        del table[key]


def _of_its_kind(customers: dict[str, Any]) -> dict[str, Any] | None:
    """Only what the chosen kind of customer records knows; None where no kind is chosen."""
    sections = get_args(bare(ControllerSettings.model_fields["customers"].annotation))
    kinds = {get_args(one.model_fields["kind"].annotation)[0]: one for one in sections}
    chosen = kinds.get(customers.get("kind", ""))
    return {key: one for key, one in customers.items() if key in chosen.model_fields} if chosen else None


# -- secrets ---------------------------------------------------------------------------------------------------------------


def _source_sent(one: Field, sent: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The source as it stands in the file, then what was chosen and named: never the secret."""
    chosen, named = (next(iter(sent.get(one.name + part, ())), "") for part in (SOURCE, NAMED))
    return (*one.texts[:1], chosen, named)


def _secret(one: Field, sent: Mapping[str, Sequence[str]], config: Config) -> tuple[Any, str]:
    """The secret's new setting, and what is wrong with it."""
    chosen, named, typed = (next(iter(sent.get(one.name + part, ())), "") for part in (SOURCE, NAMED, TYPED))
    named = named.strip()
    match chosen:
        case "env" | "file" if chosen not in one.choices:
            return KEEP, "type the secret, or keep the one there is: variables and files are named by who sees every controller"
        case "typed":
            return Typed(typed), "" if typed else "type the secret, or keep the one there is"
        case "env":
            good = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", named)
            fault = "" if good else "name an environment variable, such as PRIVBOT_IMAP_PASSWORD"
            return {"env": named}, fault or _not_ours(settings_guard.is_own_variable(named, config))
        case "file" if "\0" in named:
            return {"file": named}, settings_guard.NO_PATH
        case "file":
            return {"file": named}, _not_ours(settings_guard.is_own_file(named, config)) if named else "name a file"
        case "none":
            return None, ""
        case _:
            return KEEP, ""


def _not_ours(ours: bool) -> str:
    return settings_guard.OURS if ours else ""


def _sent_elsewhere(shown: Sequence[Field], changed: set[str]) -> dict[str, str]:
    """A secret that is kept while the server it is sent to changes."""
    faults = {}
    for one in shown:
        prefix = f"{one.group}." if one.group else ""
        kept = one.kind == "secret" and one.texts[:1] != ("none",) and one.name not in changed
        if kept and any(prefix + key in changed for key in REACHED_BY):
            faults[one.name] = "say it anew: it is not sent to another server by itself"
    return faults
