"""Opening the office: from a configuration to a connected database, open seals, a loaded reader and the rooms that use them."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import structlog

from privbot.config import Config, Mailbox
from privbot.records import database

PATIENCE_SECONDS = 5
NO_GRACE = timedelta(0)

if TYPE_CHECKING:
    from privbot.intake.poll import Poller
    from privbot.records.sealing import Seals
    from privbot.worker.apart import Apart
    from privbot.worker.delivery import Delivery
    from privbot.worker.pipeline import Pipeline
    from privbot.worker.understanding import Circumstances


@dataclass
class Office:
    """What one process works with. Parts are made when they are first needed: `privbot status` loads no reading pipeline."""

    config: Config
    clock: Callable[[], datetime]
    read_apart: bool = False
    """Parse and read in a process apart, as the service does."""
    grace: timedelta = NO_GRACE
    """How long what an operator sends waits before it leaves, so that it can be taken back: ten seconds in the console, nothing elsewhere."""
    stopping: threading.Event = field(default_factory=threading.Event)
    holder: str = field(default_factory=lambda: f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}")

    @cached_property
    def seals(self) -> Seals:
        from privbot.records.sealing import Seals

        seals = Seals(self.config.master_key.read())
        seals.check()
        return seals

    @cached_property
    def circumstances(self) -> Circumstances:
        from privbot.worker.controllers import for_casework
        from privbot.worker.understanding import Circumstances

        controllers = {one.id: for_casework(one) for one in self.config.controller}
        return Circumstances(
            self.config.own_addresses,
            {mailbox.id: mailbox.trusted_hosts for mailbox in self.config.mailbox},
            {mailbox.id: tuple(controllers[one] for one in mailbox.controllers) for mailbox in self.config.mailbox},
        )

    @cached_property
    def pipeline(self) -> Pipeline:
        from privbot.worker.model_store import ModelStore
        from privbot.worker.pipeline import Pipeline
        from privbot.worker.understanding import UnderstandingApart, UnderstandingHere

        def around() -> Circumstances:
            return replace(self.circumstances, model=ModelStore(self.config).promoted())

        understanding = UnderstandingApart(around) if self.read_apart else UnderstandingHere(around)
        return Pipeline(self.config, self.seals, understanding, self.clock, self.stopping)

    @cached_property
    def opener(self) -> Apart:
        """Opens mails for display."""
        from privbot.worker.opening import opener

        return opener(self.circumstances)

    @cached_property
    def delivery(self) -> Delivery:
        from privbot.worker.delivery import Delivery

        return Delivery(self.config, self.seals, self.holder, self.clock, self.stopping)

    @cached_property
    def pollers(self) -> dict[str, Poller]:
        return {mailbox.id: self._poller(mailbox) for mailbox in self.config.mailbox}

    def _poller(self, mailbox: Mailbox) -> Poller:
        from privbot.intake.poll import Poller

        return Poller(mailbox, self.seals, self.holder, self.config.lease_seconds, self.clock, self.config.folder)

    def with_settings(self, config: Config) -> Office:
        """An office in this one's place, under other settings of the same databases and master key."""
        return replace(self, config=config, stopping=threading.Event())

    def close(self) -> None:
        """Let connections go."""
        for poller in self.__dict__.get("pollers", {}).values():
            poller.close()
        if "pipeline" in self.__dict__:
            self.pipeline.understanding.close()
        if "opener" in self.__dict__:
            self.opener.close()


def open_office(
    config: Config, clock: Callable[[], datetime], *, read_apart: bool = False, console: Mapping[str, Any] | None = None
) -> Office:
    """Connect and migrate the databases; `console` as in `database.connect`. Raises ConfigWrong, DatabaseUnavailable."""
    database.connect(config, console)
    database.migrate()
    database.refuse_lost_records()
    return Office(config, clock, read_apart)


def open_patiently(
    config: Config, clock: Callable[[], datetime], *, read_apart: bool = False, console: Mapping[str, Any] | None = None
) -> Office:
    """As `open_office`, waiting for a database that does not answer. Raises ConfigWrong."""
    log = structlog.get_logger()
    while True:
        try:
            return open_office(config, clock, read_apart=read_apart, console=console)
        except database.DatabaseUnavailable as fault:
            log.warning("waiting", job="start", fault=fault.code, why=str(fault))
            time.sleep(PATIENCE_SECONDS)
