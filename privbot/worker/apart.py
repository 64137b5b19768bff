"""Work in a process of its own, one task at a time: what kills it, or keeps it busy for ever, kills nothing else and holds nobody up for longer
than its patience."""

from __future__ import annotations

import atexit
import multiprocessing
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from privbot.errors import FaultOfContent

START_SECONDS = 60


class BrokeDown(FaultOfContent):
    """The process broke down over this task, or did not come to an end."""

    code = "broke-down"


class Apart:
    """The process. `prepare` runs in it once, with `circumstances`, and returns the function that answers each task; all must pickle."""

    def __init__(
        self, prepare: Callable[[Any], Callable[[Any], Any]], circumstances: Any, *, patience_seconds: float, name: str
    ) -> None:
        self._prepare, self._circumstances = prepare, circumstances
        self._patience, self._name = patience_seconds, name
        self._turn = threading.Lock()
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def start(self) -> None:
        """Start the process before the first task waits for it. Raises OSError."""
        with self._turn:
            if self._process is None:
                self._start()

    def ask(self, task: object) -> Any:
        """The answer to one task; threads take turns. Raises BrokeDown, and OSError where the machine fails."""
        with self._turn:
            self._send(task)
            return self._receive()

    def close(self) -> None:
        """End the process."""
        atexit.unregister(self.close)
        process, self._process = self._process, None
        if self._line:
            self._line.close()
            self._line = None
        if process:
            process.kill()
            process.join()

    def _send(self, task: object) -> None:
        """A process that died idle is replaced: that is no task's fault."""
        if self._process is not None and self._line is not None:
            try:
                self._line.send(task)
                return
            except OSError:
                self.close()
        self._start().send(task)

    def _receive(self) -> Any:
        """The answer to the task under way."""
        assert self._line is not None
        try:
            answer = self._line.recv() if self._line.poll(self._patience) else None
        except (EOFError, OSError):
            answer = None
        if answer is None:
            self.close()
            raise BrokeDown
        if isinstance(answer, OSError):
            raise answer
        return answer

    def _start(self) -> Connection:
        # Spawned, not forked: a fork would take along locks that other threads hold.
        spawn = multiprocessing.get_context("spawn")
        self._line, theirs = spawn.Pipe()
        self._process = spawn.Process(
            target=_serve, args=(theirs, self._prepare, self._circumstances), daemon=True, name=self._name
        )
        # It takes no notice of signals, so that at the end of the program nobody could wait for it.
        atexit.register(self.close)
        self._process.start()
        theirs.close()
        try:
            if self._line.poll(START_SECONDS) and self._line.recv() == "ready":
                return self._line
        except (EOFError, OSError):
            pass
        self.close()
        raise OSError(f"the process {self._name} did not start")


def _serve(line: Connection, prepare: Callable[[Any], Callable[[Any], Any]], circumstances: object) -> None:
    """The process apart: one answer for each task, until nobody is at the other end."""
    # A signal to the whole group is the parent's to act on: it ends this process when its work is done.
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_IGN)
    answer = prepare(circumstances)
    line.send("ready")
    while True:
        try:
            task = line.recv()
        except EOFError:
            return
        try:
            line.send(answer(task))
        except BrokenPipeError:
            return
        except OSError as fault:
            line.send(OSError(fault.errno, f"the machine failed under {multiprocessing.current_process().name}"))
