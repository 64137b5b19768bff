"""docs/asvs.md has a line for every requirement of OWASP ASVS 5.0.0, levels 1 and 2, and each names a test or document that is there."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/asvs.md").read_text()
LINES = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if re.match(r"\| V\d", line)]
LEVELS = {
    1: "1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1 6.2.1-8 6.3.1-2 6.4.1-2 "
    "7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1 12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1",
    2: "1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3 4.2.1 4.3.1-2 4.4.2-4 5.1.1 "
    "5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.3.1-2 7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 "
    "10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3 12.3.1-4 13.1.1 "
    "13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 "
    "17.3.1-2",
}
"""The standard's own numbers; 1.2.1-5 is 1.2.1 to 1.2.5."""
OPENINGS = ("Does not apply: ", "**Gap**", "**Left to the installation**")


def required() -> set[tuple[str, str]]:
    found = set()
    for level, numbers in LEVELS.items():
        for one in numbers.split():
            section, _, last = one.rpartition(".")
            first, _, end = last.partition("-")
            found |= {(f"V{section}.{number}", str(level)) for number in range(int(first), int(end or first) + 1)}
    return found


def test_every_requirement_of_levels_1_and_2_has_exactly_one_line():
    assert len(required()) == 253
    assert sorted((number, level) for number, level, *_ in LINES) == sorted(required())


@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
def test_every_line_names_what_proves_it(line: list[str]):
    _, _, asks, how, proof = line
    assert asks and how
    tests = re.findall(r"`([\w/]+\.py)::(test_\w+)`", proof)
    documents = re.findall(r"\]\(([\w.]+)\)", proof)
    for file, name in tests:
        assert f"def {name}(" in (ROOT / "tests" / file).read_text(), f"tests/{file} has no {name}"
    for document in documents:
        assert (ROOT / "docs" / document).exists()
    assert tests or documents or any(opening in how for opening in OPENINGS), "neither a proof nor a reason"


# -- what no other test holds -----------------------------------------------------------------------------------------------------------

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_a_warning_fails_the_tests():
    assert PROJECT["tool"]["pytest"]["ini_options"]["filterwarnings"] == ["error"]


def test_types_are_checked_everywhere():
    assert PROJECT["tool"]["mypy"]["files"] == ["privbot"] and PROJECT["tool"]["mypy"]["disallow_untyped_defs"]


def test_what_ships_for_tests_is_used_by_nobody_else():
    [wall] = [one for one in PROJECT["tool"]["importlinter"]["contracts"] if one["name"].startswith("What ships for tests")]
    assert {"privbot.console", "privbot.worker", "privbot.records"} <= set(wall["source_modules"])
    assert "privbot.testing" in wall["forbidden_modules"]


def test_every_library_is_pinned_in_the_lock_file():
    lock = (ROOT / "requirements.lock").read_text().lower()
    for one in PROJECT["project"]["dependencies"]:
        name = re.match(r"[\w-]+", one)[0].lower()
        assert re.search(rf"^{name}(\[[\w,]+\])?==\S+", lock, re.MULTILINE), f"{name} is not pinned"


def test_waitress_is_new_enough_to_refuse_smuggled_requests():
    """CVE-2024-49768 and the request smuggling before it are mended in 3.0.1."""
    assert tuple(int(part) for part in version("waitress").split(".")) >= (3, 0, 1)


def test_a_changed_box_does_not_open(config):
    from privbot.records.sealing import SealBroken, Seals

    seals = Seals(config.master_key.read())
    key = seals.new_key()
    box = seals.seal(key, "text", b"a secret")
    assert seals.open(key, "text", box) == b"a secret"
    for changed, what in ((box[:-1] + bytes([box[-1] ^ 1]), "text"), (box, "another place"), (box[:5], "text")):
        with pytest.raises(SealBroken):
            seals.open(key, what, changed)
