"""What an operator writes for a letter in a TOML or JSON file → values of the LetterContext, checked before anything is done with them."""

from __future__ import annotations

import json
import mimetypes
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from privbot.errors import WrongUse
from privbot.letters.model import Attachment, Category, Information, Kept, Recipient


class ValuesWrong(WrongUse):
    """What was written for the letter cannot be used."""

    code = "values-wrong"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text is wanted")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("a list of texts is wanted")
    return tuple(_text(one) for one in value)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(_text(value))


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError("a number is wanted")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false is wanted")
    return value


def _each(kind: Callable[..., Any]) -> Callable[[Any], tuple[Any, ...]]:
    def convert(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise TypeError("a list of tables is wanted")
        return tuple(kind(**{name: _text(said) for name, said in one.items()}) for one in value)

    return convert


VALUES: Mapping[str, Callable[[Any], Any]] = {
    "information": _each(Information), "categories": _each(Category), "kept": _each(Kept), "recipients": _each(Recipient),
    "corrected": _texts, "measures": _texts, "person": _texts, "finding": _text, "reason": _text, "fee": _text,
    "calendar_year": _number, "again_from": _day, "answered_as_categories": _flag,
}  # fmt: skip
"""The fields of a LetterContext that people write, and how each is read."""


def read_values(file: Path) -> dict[str, Any]:
    """The values in a file, TOML or (by its ending) JSON. Raises ValuesWrong."""
    try:
        text = file.read_text(encoding="utf-8")
        told = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as fault:
        raise ValuesWrong(f"{file} cannot be read as UTF-8 text ({type(fault).__name__}).") from None
    except ValueError as fault:
        raise ValuesWrong(f"{file} is neither TOML nor JSON: {fault}.") from None
    if not isinstance(told, dict):
        raise ValuesWrong(f"{file} must hold a table.")
    return {name: _value(name, value) for name, value in told.items()}


def read_attachment(file: Path) -> Attachment:
    """A file to go with a letter. Raises ValuesWrong."""
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise ValuesWrong(f"{file} cannot be read ({fault.strerror}).") from None
    return Attachment(file.name, mimetypes.guess_type(file.name)[0] or "application/octet-stream", content)


def _value(name: str, value: Any) -> Any:
    if name not in VALUES:
        raise ValuesWrong(f"{name!r} is not a value of a letter; values are {', '.join(VALUES)}.")
    try:
        return VALUES[name](value)
    except (TypeError, ValueError) as fault:
        # The constructor's own words name the class; what is said here names the value.
        why = "an entry has a key it does not know, or lacks one" if "argument" in str(fault) else str(fault)
        raise ValuesWrong(f"{name}: {why}.") from None
