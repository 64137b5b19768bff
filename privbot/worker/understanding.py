"""Understanding a mail: bytes → Mail and Reading. The pure part of the way, done here or in a process apart.

The service does it apart: a mail that kills the parser or the reader, or keeps it busy for ever, then kills nothing else, and one processor
reads while another records. Short commands do it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import structlog

from privbot.casework.addressing import find_controller
from privbot.casework.model import Controller
from privbot.errors import FaultOfContent, WrongUse
from privbot.mail.model import Mail
from privbot.mail.parse import ParseSettings, parse
from privbot.reading.model import Reading
from privbot.worker.apart import Apart, BrokeDown

if TYPE_CHECKING:
    # spaCy is heavy: only the process that reads imports it.
    from privbot.reading.reader import Reader

log = structlog.get_logger()

PATIENCE_SECONDS = 60
"""No honest mail takes a hundredth of it; five attached letters may take ten seconds each."""


class MailKilledReader(FaultOfContent):
    """The process that parses and reads broke down over this mail, or did not come to an end."""

    code = "killed-reader"


class NotUnderstood(FaultOfContent):
    """A stage broke on this mail."""

    code = "not-understood"

    def __init__(self, fault: str, place: str) -> None:
        super().__init__(f"{fault} at {place}")
        self.fault, self.place = fault, place

    def __reduce__(self) -> tuple[type[NotUnderstood], tuple[str, str]]:
        # It comes from the process apart.
        return NotUnderstood, (self.fault, self.place)


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
    """Understands mails in order, each batch by what the circumstances are when it begins.

    A result that is an exception says why that one mail could not be understood."""

    def start(self) -> None: ...

    def all(self, tasks: Iterable[Task]) -> Iterator[Understood | FaultOfContent]: ...

    def close(self) -> None: ...


def parse_settings(task: Task, around: Circumstances) -> ParseSettings:
    """What parsing must know besides the bytes, every time: our own addresses, and the trusted hosts of the mailbox – none, once it is no longer
    configured."""
    hosts = around.trusted_hosts.get(task.mailbox, ())
    return ParseSettings(trusted_hosts=hosts, own_addresses=around.own_addresses, truncated=task.truncated)


def parse_task(task: Task, around: Circumstances) -> Mail:
    """The mail of a task."""
    return parse(task.raw, settings=parse_settings(task, around))


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


def followed(circumstances: Callable[[], Circumstances], before: Circumstances) -> Circumstances:
    """What understanding depends on now: a pipeline that was promoted meanwhile reads the next mails. One that is gone is told of loudly, and the
    one before reads on."""
    try:
        return circumstances()
    except WrongUse as fault:
        log.error("promoted model cannot be used", fault=fault.code)
        return before


class UnderstandingHere:
    """In this process."""

    def __init__(self, circumstances: Callable[[], Circumstances]) -> None:
        from privbot.reading.reader import Reader

        self._circumstances, self._around = circumstances, circumstances()
        self._reader = Reader.load(self._around.model)

    def start(self) -> None:
        """Ready since it was made."""

    def all(self, tasks: Iterable[Task]) -> Iterator[Understood | FaultOfContent]:
        """Each when it is asked for."""
        around = followed(self._circumstances, self._around)
        if around.model != self._around.model:
            self._reader = type(self._reader).load(around.model)
        self._around = around
        for task in tasks:
            yield attempt(task, self._around, self._reader)

    def close(self) -> None:
        """Nothing to let go of."""


class UnderstandingApart(Apart):
    """In a process of its own, one mail ahead of whoever takes the results. Threads take turns, a batch at a time."""

    def __init__(self, circumstances: Callable[[], Circumstances]) -> None:
        super().__init__(_attempts, circumstances(), patience_seconds=PATIENCE_SECONDS, name="privbot-reader")
        self._now = circumstances

    def all(self, tasks: Iterable[Task]) -> Iterator[Understood | FaultOfContent]:
        """While one result is worked with, the next mail is read. Never more than one is under way, so that neither side waits for the other
        to empty a full pipe."""
        with self._turn:
            around = followed(self._now, self._circumstances)
            if around != self._circumstances:
                self.close()  # the next mail starts a process that knows what changed
                self._circumstances = around
            waiting = iter(tasks)
            under_way = self._next(waiting)
            try:
                while under_way:
                    result = self._result()
                    under_way = self._next(waiting)
                    yield result
            finally:
                if under_way and self._line:
                    # Whoever took the results stopped early: the last one must not be taken for the next batch's first.
                    self._result()

    def _next(self, waiting: Iterator[Task]) -> bool:
        """Whether there was one more to send."""
        task = next(waiting, None)
        if task is not None:
            self._send(task)
        return task is not None

    def _result(self) -> Understood | FaultOfContent:
        try:
            return cast(Understood | FaultOfContent, self._receive())
        except BrokeDown:
            return MailKilledReader()


def _attempts(around: Circumstances) -> Callable[[Task], Understood | FaultOfContent]:
    """What the process apart does with each mail."""
    from privbot.reading.reader import Reader

    reader = Reader.load(around.model)
    return lambda task: attempt(task, around, reader)


def place_of(fault: BaseException) -> str:
    """File and line of the innermost frame: says where, and quotes nothing."""
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
