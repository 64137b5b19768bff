"""Understanding a mail: bytes → Mail and Reading. The pure part of the way, done here or in a process apart.

The service does it apart: a mail that kills the parser or the reader, or keeps it busy for ever, then kills nothing else, and one processor
reads while another records. Short commands do it here.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from privbot.casework.addressing import find_controller
from privbot.casework.model import Controller
from privbot.errors import FaultOfContent
from privbot.mail.model import Mail
from privbot.mail.parse import ParseSettings, parse
from privbot.reading.model import Reading

if TYPE_CHECKING:
    # spaCy is heavy: only the process that reads imports it.
    from privbot.reading.reader import Reader

PATIENCE_SECONDS = 60
"""No honest mail takes a hundredth of it; five attached letters may take ten seconds each."""
START_SECONDS = 60


class MailKilledReader(FaultOfContent):
    """The process that parses and reads broke down over this mail, or did not come to an end."""

    code = "killed-reader"


class NotUnderstood(FaultOfContent):
    """A stage broke on this mail."""

    code = "not-understood"

    def __init__(self, fault: str, place: str) -> None:
        super().__init__(f"{fault} at {place}")
        self.fault, self.place = fault, place


@dataclass(frozen=True, slots=True)
class Task:
    """One mail to understand."""

    raw: bytes
    mailbox: str
    truncated: bool


@dataclass(frozen=True, slots=True)
class Understood:
    """What the pure rooms say about one mail, and whose it is."""

    mail: Mail
    reading: Reading
    controller: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What understanding depends on besides the mail itself."""

    own_addresses: frozenset[str]
    trusted_hosts: dict[str, tuple[str, ...]]
    """By mailbox."""
    controllers: dict[str, tuple[Controller, ...]]
    """By mailbox; the first is meant where the address does not tell."""
    model: Path | None = None
    """Folder of the reading pipeline; None: the one that ships with privbot."""


class Understanding(Protocol):
    """Understands mails in order. A result that is an exception says why that one mail could not be understood."""

    def start(self) -> None: ...

    def all(self, tasks: Iterable[Task]) -> Iterator[Understood | FaultOfContent]: ...

    def close(self) -> None: ...


def parse_task(task: Task, around: Circumstances) -> Mail:
    """The mail of a task, parsed as it is every time: with the trusted hosts of its mailbox and our own addresses."""
    hosts = around.trusted_hosts[task.mailbox]
    return parse(
        task.raw, settings=ParseSettings(trusted_hosts=hosts, own_addresses=around.own_addresses, truncated=task.truncated)
    )


def understand(task: Task, around: Circumstances, reader: Reader) -> Understood:
    """The pure part of the way of a mail."""
    mail = parse_task(task, around)
    candidates = around.controllers[task.mailbox]
    controller = find_controller(mail, candidates)
    reading = reader.read(mail, offered=(controller or candidates[0]).regimes)
    if controller is None:
        reason = "the address it was written to does not tell whose data it is about"
        reading = replace(
            reading, review=True, reasons=(*reading.reasons, reason), review_codes=("unknown-controller", *reading.review_codes)
        )  # fmt: skip
    return Understood(mail, reading, (controller or candidates[0]).id)


def attempt(task: Task, around: Circumstances, reader: Reader) -> Understood | FaultOfContent:
    """Understand, or say where it broke – without the fault's own words, which may quote the mail. A fault of the machine is raised."""
    try:
        return understand(task, around, reader)
    except OSError:
        raise
    except Exception as fault:
        return NotUnderstood(type(fault).__name__, place_of(fault))


class UnderstandingHere:
    """In this process."""

    def __init__(self, around: Circumstances) -> None:
        from privbot.reading.reader import Reader

        self._around, self._reader = around, Reader.load(around.model)

    def start(self) -> None:
        """Ready since it was made."""

    def all(self, tasks: Iterable[Task]) -> Iterator[Understood | FaultOfContent]:
        """Each when it is asked for."""
        for task in tasks:
            yield attempt(task, self._around, self._reader)

    def close(self) -> None:
        """Nothing to let go of."""


class UnderstandingApart:
    """In a process of its own, one mail ahead of whoever takes the results. Threads take turns, a batch at a time."""

    def __init__(self, around: Circumstances) -> None:
        self._around = around
        self._turn = threading.Lock()
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def start(self) -> None:
        """Start the process before the first mail waits for it."""
        with self._turn:
            if self._process is None:
                self._start()

    def all(self, tasks: Iterable[Task]) -> Iterator[Understood | FaultOfContent]:
        """While one result is worked with, the next mail is read. Never more than one is under way, so that neither side waits for the other
        to empty a full pipe."""
        with self._turn:
            waiting = iter(tasks)
            under_way = self._send(next(waiting, None))
            try:
                while under_way:
                    result = self._receive()
                    under_way = self._send(next(waiting, None))
                    yield result
            finally:
                if under_way and self._line:
                    # Whoever took the results stopped early: the last one must not be taken for the next batch's first.
                    self._receive()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if self._line:
            self._line.close()
            self._line = None
        if process:
            process.kill()
            process.join()

    def _send(self, task: Task | None) -> bool:
        """Whether there was one to send. A process that died idle is replaced: that is no mail's fault."""
        if task is None:
            return False
        if self._process is not None and self._line is not None:
            try:
                self._line.send(task)
                return True
            except OSError:
                self.close()
        self._start().send(task)
        return True

    def _receive(self) -> Understood | FaultOfContent:
        """The result of the task under way."""
        assert self._line is not None
        result: Understood | FaultOfContent | OSError
        try:
            result = self._line.recv() if self._line.poll(PATIENCE_SECONDS) else MailKilledReader()
        except (EOFError, OSError):
            result = MailKilledReader()
        if isinstance(result, MailKilledReader):
            self.close()
        if isinstance(result, OSError):
            raise result
        return result

    def _start(self) -> Connection:
        # Spawned, not forked: a fork would take along locks that other threads hold.
        spawn = multiprocessing.get_context("spawn")
        self._line, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs, self._around), daemon=True, name="privbot-reader")
        self._process.start()
        theirs.close()
        try:
            if self._line.poll(START_SECONDS) and self._line.recv() == "ready":
                return self._line
        except (EOFError, OSError):
            pass
        self.close()
        raise OSError("the reading process did not start")


def _serve(line: Connection, around: Circumstances) -> None:
    """The process apart: one result for each task, until nobody is at the other end."""
    # A signal to the whole group is the parent's to act on: it ends this process when its work is done.
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_IGN)
    from privbot.reading.reader import Reader

    reader = Reader.load(around.model)
    line.send("ready")
    while True:
        try:
            task = line.recv()
        except EOFError:
            return
        try:
            line.send(attempt(task, around, reader))
        except BrokenPipeError:
            return
        except OSError as fault:
            line.send(OSError(fault.errno, "the machine failed while reading"))


def place_of(fault: BaseException) -> str:
    """File and line of the innermost frame: says where, and quotes nothing."""
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
