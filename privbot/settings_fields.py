"""The settings of one part of privbot.toml as the fields of a form, with what the file says in them.

The fields come from the models in `config.py` – their types, defaults and descriptions – so that a new setting has its field at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from privbot.config import CUSTOMER_FACTS, Limits, Secret, Section, Smtp
from privbot.config import Controller as ControllerSettings
from privbot.config import Mailbox as MailboxSettings
from privbot.settings_file import Place

Kind = Literal["text", "block", "lines", "number", "choice", "several", "switch", "moment", "time", "secret"]
BLOCKS = ("contact", "dpo", "representatives", "query")
"""Texts of several lines."""
ELSEWHERE = ("id", "paused")
"""Not in the form of a part that is there: the name is for good, and pausing has a button of its own."""
OF_ALL = ("addresses", "letters", "customers", "ca_file")
"""Changed only by who sees every controller: they could lead to another one's mail, wordings or customers, or to files of the machine."""
SOURCES = ("none", "env", "file", "typed")
"""Where a secret may come from; the variables and files of the machine are for who sees every controller."""


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
    locked: bool = False
    """Shown, and not changed."""
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


def model_of(place: Place) -> type[Section]:
    """The settings of a part of the file."""
    models: dict[str, type[Section]] = {
        "smtp": Smtp, "limits": Limits, "mailbox": MailboxSettings, "controller": ControllerSettings
    }  # fmt: skip
    return models[place[0]]


def fields(
    place: Place, raw: Mapping[str, Any], *, laws: Sequence[str], controllers: Sequence[str], sees_all: bool = True
) -> tuple[Field, ...]:
    """The fields of a part, with what the file says (`raw`) in them. `laws` and `controllers` are those that can be chosen; `sees_all`: by who
    sees every controller."""
    choices = {"regimes": tuple(laws), "controllers": tuple(controllers)}
    found = list(_fields(model_of(place), raw, "", raw.get("regimes", ()), choices))
    if not sees_all:
        found = [_limited(one) for one in found]
    if raw:
        return tuple(one for one in found if one.name not in ELSEWHERE)
    found.sort(key=lambda one: one.name != "id")
    return tuple(one for one in found if one.name != "paused")


def _limited(one: Field) -> Field:
    choices = ("none", "typed") if one.kind == "secret" else one.choices
    return replace(one, choices=choices, locked=one.name.partition(".")[0] in OF_ALL)


def _fields(
    section: type[Section], raw: Mapping[str, Any], prefix: str, regimes: Sequence[str], choices: Mapping[str, tuple[str, ...]]
) -> Iterator[Field]:
    for key, info in section.model_fields.items():
        name, plain = prefix + key, bare(info.annotation)
        value = raw.get(key)
        inner = value if isinstance(value, Mapping) else {}
        sections = [one for one in get_args(plain) if isinstance(one, type) and issubclass(one, Section)]
        if isinstance(plain, type) and issubclass(plain, Section) and plain is not Secret:
            yield from _fields(plain, inner, f"{name}.", regimes, choices)
        elif get_origin(plain) in (Union, UnionType):
            yield from _fields_of_one_of(name, info, sections, inner, choices)
        elif get_origin(plain) is dict and sections:
            for regime in regimes:
                below = inner.get(regime)
                yield from _fields(
                    sections[0], below if isinstance(below, Mapping) else {}, f"{name}.{regime}.", regimes, choices
                )
        elif get_origin(plain) is dict:
            keys = CUSTOMER_FACTS if key == "columns" else regimes
            kind: Kind = "block" if key in BLOCKS else "text"
            yield from (Field(f"{name}.{one}", kind, info.description or "", _shown(inner.get(one))) for one in keys)
        else:
            yield _field(name, info, plain, value, choices, required=info.is_required() and not prefix)


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
    name: str, info: FieldInfo, plain: Any, value: Any, choices: Mapping[str, tuple[str, ...]], *, required: bool
) -> Field:  # fmt: skip
    key = name.rpartition(".")[2]
    default = "" if info.is_required() else _default(info.get_default(call_default_factory=True))
    offered: tuple[str, ...] = ()
    kind: Kind = "text"
    if plain is Secret:
        return Field(name, "secret", info.description or "", (_source(value),), choices=SOURCES)
    if get_origin(plain) is Literal:
        kind, offered = "choice", get_args(plain)
    elif get_origin(plain) is tuple:
        kind, offered = ("several", choices[key]) if key in choices else ("lines", ())
    elif plain is bool:
        kind = "switch"
    elif plain in (int, float):
        kind = "number"
    elif plain is datetime:
        kind = "moment"
    elif plain is time:
        kind = "time"
    elif key in BLOCKS:
        kind = "block"
    texts = _shown(value)
    if kind in ("choice", "switch", "time") and value is None:
        texts = (default,)
    elif kind in ("moment", "time"):
        texts = _to_the_minute(plain, value)
    return Field(name, kind, info.description or "", texts, default, offered, required)


def bare(annotation: Any) -> Any:
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


def _to_the_minute(of: type[datetime] | type[time], value: Any) -> tuple[str, ...]:
    """As a browser's input writes a moment (UTC) or a time of day. TOML may have it as its own kind or as text, with seconds and an offset; an
    input that was given what it cannot show sends nothing, which would take the setting out."""
    try:
        found = TypeAdapter(of).validate_python(value)
    except ValidationError:
        return ()
    if isinstance(found, time):
        return (found.strftime("%H:%M"),)
    return ((found.astimezone(UTC) if found.tzinfo else found).strftime("%Y-%m-%dT%H:%M"),)


def _source(value: Any) -> str:
    """Where a secret comes from: "none", "env NAME", "file path", "command" or "value" – the last two without what stands there."""
    if not isinstance(value, Mapping) or not value:
        return "none"
    [(source, named)] = list(value.items())[:1]
    return f"{source} {named}" if source in ("env", "file") else str(source)
