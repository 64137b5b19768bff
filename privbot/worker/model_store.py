"""The reading pipelines of one installation: the one that ships, candidates trained here, and which of them reads.

`models/candidates/<version>/` lie in the data folder, and beside them `models/promoted.json`, a pointer that is replaced whole: it names the
version that reads and those before it. Without it, the shipped pipeline reads. A service that runs follows the pointer with the next mails it
takes up.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from privbot.config import Config
from privbot.errors import WrongUse
from privbot.resources import shipped_pipeline

POINTER = "promoted.json"
CANDIDATES = "candidates"
SHIPPED = "shipped"
"""How the pointer calls the pipeline that ships, whatever its version: an update brings a newer one."""


class UnknownModel(WrongUse):
    """There is no reading pipeline with that version."""

    code = "unknown-model"
    command = "privbot model list"


class ModelGone(WrongUse):
    """The promoted reading pipeline is not in the data folder any more; restore it, or return to the one before."""

    code = "model-gone"
    command = "privbot model rollback"


class NothingBefore(WrongUse):
    """No pipeline was promoted before this one; there is nothing to return to."""

    code = "nothing-before"


@dataclass(frozen=True, slots=True)
class Version:
    """One pipeline that could read."""

    name: str
    folder: Path
    shipped: bool
    reads: bool
    trained_at: datetime
    """UTC."""


class ModelStore:
    """Finds and chooses pipelines. Holds no state of its own."""

    def __init__(self, config: Config) -> None:
        self._folder = config.data_folder / "models"

    def promoted(self) -> Path | None:
        """The folder of the pipeline that reads; None for the shipped one. Raises ModelGone."""
        name = self._line()[-1]
        if name == SHIPPED:
            return None
        if not (folder := self._candidate(name)).is_dir():
            raise ModelGone
        return folder

    def versions(self) -> list[Version]:
        """The shipped pipeline, then the candidates, oldest first."""
        reads = self._line()[-1]
        candidates = sorted(meta.parent for meta in (self._folder / CANDIDATES).glob("*/meta.json"))
        return [
            _version(shipped_pipeline(), shipped=True, reads=reads == SHIPPED),
            *(_version(folder, shipped=False, reads=reads == folder.name) for folder in candidates),
        ]

    def named(self, name: str) -> Version:
        """The pipeline of this version. Raises UnknownModel."""
        for version in self.versions():
            if version.name == name:
                return version
        raise UnknownModel

    def current(self) -> Version:
        """The pipeline that reads. Raises ModelGone."""
        for version in self.versions():
            if version.reads:
                return version
        raise ModelGone

    def for_candidate(self, now: datetime) -> tuple[str, Path]:
        """A version and a folder for a pipeline that is trained now: the shipped version, and the moment in UTC."""
        name = f"{_version(shipped_pipeline(), shipped=True, reads=False).name}+{now.astimezone(UTC):%Y%m%dT%H%M%S}"
        return name, self._candidate(name)

    def promote(self, version: Version) -> None:
        """Let this version read from the next mails on."""
        self._point([*self._line(), SHIPPED if version.shipped else version.name])

    def pointed_at(self) -> str:
        """What the pointer names, whether it is there or not."""
        return self._line()[-1]

    def before(self) -> str | None:
        """What the pointer named before, to which `roll_back` returns; None: nothing."""
        return next(iter(self._line()[-2:-1]), None)

    def roll_back(self) -> None:
        """Let the version before read again, from the next mails on. Raises NothingBefore."""
        if self.before() is None:
            raise NothingBefore
        self._point(self._line()[:-1])

    def _candidate(self, name: str) -> Path:
        return self._folder / CANDIDATES / name

    def _line(self) -> list[str]:
        """The versions that were promoted one after another; the last one reads."""
        try:
            return list(json.loads((self._folder / POINTER).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return [SHIPPED]

    def _point(self, line: list[str]) -> None:
        """Replace the pointer whole: whoever reads it meets the old one or the new one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        written = self._folder / f"{POINTER}.{os.getpid()}"
        with written.open("w", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._folder / POINTER)


def _version(folder: Path, *, shipped: bool, reads: bool) -> Version:
    meta = folder / "meta.json"
    name = str(json.loads(meta.read_text(encoding="utf-8"))["version"]) if shipped else folder.name
    return Version(name, folder, shipped, reads, datetime.fromtimestamp(meta.stat().st_mtime, UTC))
