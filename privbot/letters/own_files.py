"""A controller's own files of wording: as they lie in its folder, or as somebody is writing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from privbot import resources
from privbot.letters.errors import OverrideRefused


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """The files of one controller. Their names are those within the folder: `words/de.toml`, `structure/refusal.j2`."""

    folder: Path
    unsaved: Mapping[str, str] = field(default_factory=dict)
    """File → a text that stands for what lies in the folder; an empty one: as if nothing lay there."""

    @classmethod
    def of(cls, folder: Path) -> OwnFiles:
        """The files of a folder that must be there. Raises OverrideRefused."""
        if not folder.is_dir():
            raise OverrideRefused(folder, None, "there is no such folder; make it, or take the setting `letters` out")
        return cls(folder)

    def text(self, file: str) -> str | None:
        """What the file says; None where there is none. Raises OverrideRefused when it is not UTF-8."""
        if file in self.unsaved:
            return self.unsaved[file] or None
        try:
            return self.path(file).read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UnicodeDecodeError:
            raise OverrideRefused(self.path(file), None, "is not UTF-8") from None

    def path(self, file: str) -> Path:
        return self.folder / file


def words_file(language: str) -> str:
    return f"words/{language}.toml"


def structure_file(letter: str) -> str:
    return f"structure/{letter}.j2"


def shipped_text(file: str) -> str:
    """What ships under this name, such as `structure/refusal.j2`."""
    return (resources.templates() / "letters" / file).read_text(encoding="utf-8")
