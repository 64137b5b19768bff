"""`privbot read --jsonl`: many records, one line in and one line out, and a progress bar only where somebody sees it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = [sys.executable, "-m", "privbot.cli", "read", "--jsonl"]
RECORD = {"id": "1", "subject": "my data", "from": "Mel <mel@ortega.example>", "body": "erase me please. " + "Thank you. " * 20}


@pytest.fixture
def records(tmp_path: Path) -> Path:
    file = tmp_path / "in.jsonl"
    file.write_text("".join(json.dumps(RECORD | {"id": str(number)}) + "\n" for number in range(3)))
    return file


def all_from(terminal: int) -> str:
    """What was written to a terminal, until nobody writes any more."""
    said = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        said += piece
    os.close(terminal)
    return said.decode()


def test_a_terminal_shows_how_far_it_is_and_standard_output_holds_the_answers_alone(records: Path, tmp_path: Path):
    here, there = pty.openpty()
    with (
        (tmp_path / "out.jsonl").open("wb") as out,
        subprocess.Popen([*READ, str(records)], stdout=out, stderr=there, cwd=ROOT) as process,
    ):
        os.close(there)
        said = all_from(here)
    assert process.returncode == 0
    assert "reading" in said and "3/3" in said
    assert [json.loads(line)["id"] for line in (tmp_path / "out.jsonl").read_text().splitlines()] == ["0", "1", "2"]


def test_no_bar_is_drawn_into_a_pipe(records: Path):
    done = subprocess.run([*READ, str(records)], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 3


def test_on_one_terminal_the_answers_stand_whole_above_the_bar(records: Path):
    here, there = pty.openpty()
    with subprocess.Popen(
        [*READ, str(records)], stdout=there, stderr=there, cwd=ROOT, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(there)
        said = all_from(here)
    assert process.returncode == 0
    assert "reading" in said
    answers = [line[line.index("{") : line.rindex("}") + 1] for line in said.splitlines() if '"id":' in line]
    assert [json.loads(answer)["id"] for answer in answers] == ["0", "1", "2"]


def test_each_record_is_answered_before_the_next_one_comes():
    with subprocess.Popen([*READ, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin and process.stdout
        for number in range(3):
            process.stdin.write(json.dumps(RECORD | {"id": str(number)}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == str(number)
        process.stdin.close()
        assert process.wait(timeout=60) == 0
