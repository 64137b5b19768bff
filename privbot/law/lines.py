"""On which line of a TOML file a key stands: `tomllib` does not tell, and whoever mends a file wants to know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_HEADER = re.compile(r"^\s*\[\[?\s*(?P<path>[^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*(?P<path>[A-Za-z0-9_.\s"'-]+?)\s*=""")
_STEP = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_LONG_STRING = re.compile(r'"""|' + "'''")


def line_of(text: str, path: Sequence[str]) -> int:
    """The line (from 1) of a key, of its table where the key is missing, or of the nearest table above; 1 for the file."""
    lines = dict(_keys(text))
    for length in range(len(path), 0, -1):
        if tuple(path[:length]) in lines:
            return lines[tuple(path[:length])]
    return 1


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every table and key with its line; a table of tables has the line of its first one. Lines inside long strings are no keys."""
    table: tuple[str, ...] = ()
    seen: set[tuple[str, ...]] = set()
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        was_inside, inside = inside, inside ^ (len(_LONG_STRING.findall(line)) % 2 == 1)
        if was_inside:
            continue
        if header := _HEADER.match(line):
            key = table = _steps(header["path"])
        elif assigned := _KEY.match(line):
            key = (*table, *_steps(assigned["path"]))
        else:
            continue
        for length in range(1, len(key) + 1):
            if key[:length] not in seen:
                seen.add(key[:length])
                yield key[:length], number


def _steps(path: str) -> tuple[str, ...]:
    return tuple(step.strip("\"'") for step in _STEP.findall(path))
