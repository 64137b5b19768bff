"""privbot.toml by form: the settings of one part as fields with what stands there, and what was typed back into settings.

The fields come from the models in `config.py` – their types, defaults and descriptions – so that a new setting has its field at once. Text that
cannot be what it should be is handed on as text: validation, the same as for the file, then says what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from privbot.config import CUSTOMER_FACTS, Config, ConfigWrong, Limits, Secret, Section, Smtp, validated_part
from privbot.config import Controller as ControllerSettings
from privbot.config import Mailbox as MailboxSettings
from privbot.settings_file import Place, Typed

Kind = Literal["text", "block", "lines", "number", "choice", "several", "switch", "moment", "time", "secret"]
BLOCKS = ("contact", "dpo", "representatives", "query")
"""Texts of several lines."""
ELSEWHERE = ("id", "paused")
"""Not in the form of a part that is there: the name is for good, and pausing has a button of its own."""
SOURCE, NAMED, TYPED = ":source", ":named", ":typed"
"""A secret's three inputs, after its name: keep, none, env, file or typed; the variable's or file's name; the secret itself."""
FIRST = ":first"
"""After the name of several ticked choices: the one that comes first."""
REACHED_BY = ("host", "port", "security", "ca_file", "url")
"""A secret that is kept is not sent elsewhere: whoever changes one of these says the secret anew."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `name` is the setting's path inside its part, such as `poll_seconds` or `promises.gdpr.days`."""

    name: str
    kind: Kind
    help: str
    texts: tuple[str, ...] = ()
    """What stands in it: at most one text, or one for each line or ticked choice. Of a secret: where it comes from, never what it is."""
    default: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    fault: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def key(self) -> str:
        """The last word of the name."""
        return self.name.rpartition(".")[2]

    @property
    def group(self) -> str:
        """The table that it belongs to, such as `promises.gdpr`; empty: the part itself."""
        return self.name.rpartition(".")[0]


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


def model_of(place: Place) -> type[Section]:
    """The settings of a part of the file."""
    models: dict[str, type[Section]] = {
        "smtp": Smtp, "limits": Limits, "mailbox": MailboxSettings, "controller": ControllerSettings
    }  # fmt: skip
    return models[place[0]]


def fields(place: Place, raw: Mapping[str, Any], config: Config, laws: Sequence[str]) -> tuple[Field, ...]:
    """The fields of a part, with what the file says (`raw`) in them. `laws` are those in use."""
    choices = {"regimes": tuple(laws), "controllers": tuple(config.controllers)}
    found = list(_fields(model_of(place), raw, "", raw.get("regimes", ()), choices))
    if raw:
        return tuple(one for one in found if one.name not in ELSEWHERE)
    found.sort(key=lambda one: one.name != "id")
    return tuple(one for one in found if one.name != "paused")


def read(
    place: Place, shown: Sequence[Field], raw: Mapping[str, Any], sent: Mapping[str, Sequence[str]], config: Config
) -> Filled:
    """What was sent (each input's texts by its name), against the fields as they were shown."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    filled = []
    changed = []
    for one in shown:
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
            if texts == one.texts:
                continue
            value = _value(replace(one, texts=texts))
        changed.append(one)
        _lay(values, raw, one.name.split("."), value)
    if "customers" in values:
        values["customers"] = _of_its_kind(values["customers"])
    names = {one.name for one in changed}
    faults |= _sent_elsewhere(shown, names)
    return Filled(tuple(filled), values, faults, any(one.kind == "secret" for one in changed))


def with_faults(
    filled: Filled, place: Place, number: int, wrong: ConfigWrong | None = None
) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """The fields with their faults beside them, and the faults that belong to no single field. `number` is the part's place in its list."""
    told = dict(filled.faults)
    general = []
    here: tuple[str | int, ...] = (place[0],) if len(place) == 1 else (place[0], number)
    names = {one.name for one in filled.fields}
    for fault in wrong.faults if wrong else ():
        path = [str(step) for step in fault.path[len(here) :] if step not in ("csv", "sql", "http")]
        ends = range(len(path), 0, -1) if fault.path[: len(here)] == here else ()
        name = next((name for end in ends if (name := ".".join(path[:end])) in names), None)
        if name is None:
            general.append(f"{fault.key}: {fault.sentence}" if fault.key else fault.sentence)
        else:
            told.setdefault(name, fault.sentence)
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


# -- models to fields ----------------------------------------------------------------------------------------------------


def _fields(
    section: type[Section], raw: Mapping[str, Any], prefix: str, regimes: Sequence[str], choices: Mapping[str, tuple[str, ...]]
) -> Iterator[Field]:
    for key, info in section.model_fields.items():
        name, bare = prefix + key, _bare(info.annotation)
        value = raw.get(key)
        inner = value if isinstance(value, Mapping) else {}
        sections = [one for one in get_args(bare) if isinstance(one, type) and issubclass(one, Section)]
        if isinstance(bare, type) and issubclass(bare, Section) and bare is not Secret:
            yield from _fields(bare, inner, f"{name}.", regimes, choices)
        elif get_origin(bare) in (Union, UnionType):
            yield from _fields_of_one_of(name, info, sections, inner, choices)
        elif get_origin(bare) is dict and sections:
            for regime in regimes:
                below = inner.get(regime)
                yield from _fields(
                    sections[0], below if isinstance(below, Mapping) else {}, f"{name}.{regime}.", regimes, choices
                )
        elif get_origin(bare) is dict:
            keys = CUSTOMER_FACTS if key == "columns" else regimes
            kind: Kind = "block" if key in BLOCKS else "text"
            yield from (Field(f"{name}.{one}", kind, info.description or "", _shown(inner.get(one))) for one in keys)
        else:
            yield _field(name, info, bare, value, choices, required=info.is_required() and not prefix)


def _fields_of_one_of(
    name: str, info: FieldInfo, sections: Sequence[type[Section]], raw: Mapping[str, Any], choices: Mapping[str, tuple[str, ...]]
) -> Iterator[Field]:
    """Sections of which one is chosen by its kind: the choice, and every field that any of them has."""
    kinds = tuple(get_args(one.model_fields["kind"].annotation)[0] for one in sections)
    yield Field(f"{name}.kind", "choice", info.description or "", _shown(raw.get("kind", "")), choices=("", *kinds))
    seen = {f"{name}.kind"}
    for section in sections:
        for one in _fields(section, raw, f"{name}.", (), choices):
            if one.name not in seen:
                seen.add(one.name)
                yield one


def _field(
    name: str, info: FieldInfo, bare: Any, value: Any, choices: Mapping[str, tuple[str, ...]], *, required: bool
) -> Field:  # fmt: skip
    key = name.rpartition(".")[2]
    default = "" if info.is_required() else _default(info.get_default(call_default_factory=True))
    offered: tuple[str, ...] = ()
    kind: Kind = "text"
    if bare is Secret:
        return Field(name, "secret", info.description or "", (_source(value),))
    if get_origin(bare) is Literal:
        kind, offered = "choice", get_args(bare)
    elif get_origin(bare) is tuple:
        kind, offered = ("several", choices[key]) if key in choices else ("lines", ())
    elif bare is bool:
        kind = "switch"
    elif bare in (int, float):
        kind = "number"
    elif bare is datetime:
        kind = "moment"
    elif bare is time:
        kind = "time"
    elif key in BLOCKS:
        kind = "block"
    texts = _shown(value)
    if kind in ("choice", "switch", "time") and value is None:
        texts = (default,)
    if kind == "moment" and isinstance(value, date):
        texts = (_minute(value),)
    return Field(name, kind, info.description or "", texts, default, offered, required)


def _bare(annotation: Any) -> Any:
    """A type without its metadata and without `| None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, UnionType) and type(None) in get_args(annotation):
            rest = [one for one in get_args(annotation) if one is not type(None)]
            annotation = rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007
        else:
            return annotation


def _shown(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, list | tuple):
        return tuple(_line(one) for one in value)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, time):
        return (value.isoformat("minutes"),)
    return (str(value),)


def _line(one: Any) -> str:
    """Of a list of recipients: "Name <address>"."""
    if isinstance(one, Mapping):
        return f"{one.get('name', '')} <{one['address']}>" if one.get("address") else str(one.get("name", ""))
    return str(one)


def _default(value: Any) -> str:
    return "" if value is None or isinstance(value, Section | dict) else ", ".join(_shown(value))


def _minute(value: date) -> str:
    """As a browser's input writes a moment, UTC."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).strftime("%Y-%m-%dT%H:%M")
    return f"{value.isoformat()}T00:00"


def _source(value: Any) -> str:
    """Where a secret comes from: "none", "env NAME", "file path", "command" or "value" – the last two without what stands there."""
    if not isinstance(value, Mapping) or not value:
        return "none"
    [(source, named)] = list(value.items())[:1]
    return f"{source} {named}" if source in ("env", "file") else str(source)


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
    return tuple(text for text in texts if text)


def _in_order(one: Field, ticked: Sequence[str], first: str) -> tuple[str, ...]:
    """Ticked choices in the order in which they stood, new ones behind: boxes have no order, but the first law and the first controller count."""
    stood = [text for text in one.texts if text in ticked]
    added = [text for text in ticked if text and text not in one.texts]
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
    sections = get_args(_bare(ControllerSettings.model_fields["customers"].annotation))
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
        case "typed":
            return Typed(typed), "" if typed else "type the secret, or keep the one there is"
        case "env":
            good = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", named)
            fault = "" if good else "name an environment variable, such as PRIVBOT_IMAP_PASSWORD"
            return {"env": named}, fault or _not_ours(named == config.master_key.env)
        case "file":
            ours = _own_files(config)
            return {"file": named}, _not_ours(config.path(named).resolve() in ours) if named else "name a file"
        case "none":
            return None, ""
        case _:
            return KEEP, ""


def _own_files(config: Config) -> set[Path]:
    """Files that hold other secrets than a server's password."""
    files = [config.file, config.file.with_name(f"{config.file.name}.bak")] if config.file else []
    return {one.resolve() for one in (*files, config.master_key.file) if one}


def _not_ours(ours: bool) -> str:
    return "that is privbot's own secret, which no other server may see" if ours else ""


def _sent_elsewhere(shown: Sequence[Field], changed: set[str]) -> dict[str, str]:
    """A secret that is kept while the server it is sent to changes."""
    faults = {}
    for one in shown:
        prefix = f"{one.group}." if one.group else ""
        kept = one.kind == "secret" and one.texts[:1] != ("none",) and one.name not in changed
        if kept and any(prefix + key in changed for key in REACHED_BY):
            faults[one.name] = "say it anew: it is not sent to another server by itself"
    return faults
