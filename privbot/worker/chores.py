"""Work that takes minutes and nobody should wait for: training a candidate, comparing, promoting, walking the audit trail.

Each chore is a process of its own, begun here and looked at from anywhere: what it is at lies in `chores/<name>.json` in the data folder. Chores
of one kind are done one after another; the operating system gives a lock back when a process dies, so that a chore that was killed is
seen to have failed, and blocks nothing.
"""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TextIO

import structlog

from privbot.config import Config
from privbot.errors import FaultOfWorld, PrivbotError, WrongUse
from privbot.worker.office import Office

START_SECONDS = 60
NICENESS = 10
"""A chore leaves the processor to the mails."""
TRIES, TRY_SECONDS = 5, 0.1
"""Whoever looks at a chore holds its lock for a moment."""
LAST_WORDS = 5
"""How many of its last lines a chore shows."""


class Busy(WrongUse):
    """That, or something that must not be done beside it, is under way; wait until it has ended."""

    code = "chore-busy"


class DidNotStart(FaultOfWorld):
    """The process for this work did not start; look at the log and at how much memory is free."""

    code = "chore-did-not-start"


class State(StrEnum):
    """How a chore stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Chore:
    """One chore, as it stands or as it ended. Times are UTC."""

    name: str
    about: str
    """Which model, say; empty where there is only one thing to do it with."""
    by: str
    state: State
    started_at: datetime
    ended_at: datetime | None = None
    lines: tuple[str, ...] = ()
    """What it said last."""
    why: str = ""
    """Why it failed, in a sentence."""
    result: Mapping[str, Any] | None = None


Work = Callable[[Office, str, str, Callable[[str], None]], Mapping[str, Any]]
"""Office, who began it, what it is about, where it reports to → its result, as JSON has it."""


def _train(office: Office, by: str, about: str, report: Callable[[str], None]) -> Mapping[str, Any]:
    from privbot import resources
    from privbot.worker.learning import train_candidate

    return {"version": train_candidate(office, corpus=resources.corpus(), output=None, report=report).name}


def _compare(office: Office, by: str, about: str, report: Callable[[str], None]) -> Mapping[str, Any]:
    from privbot.worker.golden_records import golden_records
    from privbot.worker.learning import compare_with_current

    return compare_with_current(office, about, golden=golden_records(), gold=()).as_json()


def _promote(office: Office, by: str, about: str, report: Callable[[str], None]) -> Mapping[str, Any]:
    from privbot.worker.golden_records import golden_records
    from privbot.worker.learning import promote

    return promote(office, about, golden=golden_records(), gold=(), actor=by).as_json()


def _verify(office: Office, by: str, about: str, report: Callable[[str], None]) -> Mapping[str, Any]:
    from privbot.records.audit import verify

    found = verify(actor=by, now=office.clock())
    return {"events": found.events, "broken": found.broken}


KINDS: Mapping[str, Mapping[str, Work]] = {
    "reading": {"train": _train, "compare": _compare, "promote": _promote},
    "audit": {"verify": _verify},
}
"""Kind → name → the work. Of one kind only one is done at a time."""


def begin(office: Office, name: str, *, actor: str, about: str = "") -> None:
    """Begin a chore and leave it to itself. Raises Busy, DidNotStart."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_work, args=(theirs, office.config, name, about, actor), name=f"privbot-{name}", daemon=True)
    process.start()
    theirs.close()
    try:
        begun = ours.recv() if ours.poll(START_SECONDS) else None
    except EOFError:
        begun = None
    finally:
        ours.close()
    if begun is None:
        process.kill()
        raise DidNotStart
    if not begun:
        raise Busy


def look(config: Config, name: str) -> Chore | None:
    """How the last chore of this name stands; None: it was never begun."""
    found = _read(_file(config, name))
    if found and found.state is State.RUNNING and _is_free(config, _kind_of(name)):
        # Its process is gone. It may have written how it ended since we looked.
        found = _read(_file(config, name))
        if found and found.state is State.RUNNING:
            return replace(found, state=State.FAILED, why=str(Killed()))
    return found


class Killed(PrivbotError):
    """It was ended before it was done – the service was stopped, or memory ran out; begin it again."""

    code = "chore-killed"


# -- in the process apart ----------------------------------------------------------------------------------------------------


def _work(line: Connection, config: Config, name: str, about: str, by: str) -> None:
    """The process: takes the lock of its kind, says whether it has it, and works."""
    from privbot import logs
    from privbot.records import database

    os.nice(NICENESS)
    os.umask(0o077)
    logs.to_standard_error()
    kind = _kind_of(name)
    with _locked(config, kind, tries=TRIES) as have:
        if not have:
            line.send(False)
            return
        for other in KINDS[kind]:
            if (before := _read(_file(config, other))) and before.state is State.RUNNING:
                _write(config, replace(before, state=State.FAILED, why=str(Killed())))
        chore = Chore(name, about, by, State.RUNNING, datetime.now(UTC))
        _write(config, chore)
        line.send(True)
        line.close()
        database.connect(config)
        _write(config, _done(Office(config, partial(datetime.now, UTC)), chore))


def _done(office: Office, chore: Chore) -> Chore:
    """The chore, done – or how it failed."""
    said: list[str] = []

    def report(sentence: str) -> None:
        said.append(sentence)
        _write(office.config, replace(chore, lines=tuple(said[-LAST_WORDS:])))

    def ended(state: State, **more: Any) -> Chore:
        return replace(chore, state=state, ended_at=datetime.now(UTC), lines=tuple(said[-LAST_WORDS:]), **more)

    try:
        return ended(State.DONE, result=KINDS[_kind_of(chore.name)][chore.name](office, chore.by, chore.about, report))
    except PrivbotError as fault:
        return ended(State.FAILED, why=str(fault))
    except Exception as fault:
        from privbot.worker.understanding import place_of

        structlog.get_logger().error("chore failed", chore=chore.name, fault=type(fault).__name__, at=place_of(fault))
        return ended(State.FAILED, why=f"Something went wrong inside privbot ({type(fault).__name__} at {place_of(fault)}).")


# -- on the disk -------------------------------------------------------------------------------------------------------------


def _kind_of(name: str) -> str:
    return next(kind for kind, names in KINDS.items() if name in names)


def _folder(config: Config) -> Path:
    folder = config.data_folder / "chores"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _file(config: Config, name: str) -> Path:
    return _folder(config) / f"{name}.json"


@contextmanager
def _locked(config: Config, kind: str, *, tries: int = 1) -> Iterator[bool]:
    """Whether the lock is ours; it is held until the process leaves, however it leaves."""
    with (_folder(config) / f"{kind}.lock").open("w") as lock:
        yield any(_lock(lock, wait=number > 0) for number in range(tries))


def _lock(lock: TextIO, *, wait: bool) -> bool:
    if wait:
        time.sleep(TRY_SECONDS)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(config: Config, kind: str) -> bool:
    with _locked(config, kind) as free:
        return free


def _read(file: Path) -> Chore | None:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    times = {name: datetime.fromisoformat(told[name]) for name in ("started_at", "ended_at") if told[name]}
    return Chore(**told | times | {"state": State(told["state"]), "lines": tuple(told["lines"])})


def _write(config: Config, chore: Chore) -> None:
    """Replace the file whole: whoever looks meets the state before or the one after."""
    file = _file(config, chore.name)
    written = file.with_suffix(f".{os.getpid()}")
    written.write_text(json.dumps(asdict(chore), default=datetime.isoformat), encoding="utf-8")
    written.replace(file)
