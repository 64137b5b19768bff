"""A PostgreSQL server of one's own on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from privbot.testing.processes import PATIENCE_SECONDS, as_ordinary_user, free_port, ordinary_user, wait_for_port


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of its own; yields the address of an empty database. Needs Debian's postgresql package."""
    user = ordinary_user()
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="privbot-postgresql-") as made:
        folder = Path(made)
        os.chown(folder, user.pw_uid, user.pw_gid)
        data = folder / "data"
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": made, **as_ordinary_user()}
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "privbot", "-A", "trust", "-E", "UTF8", "--no-sync"], check=True, **quiet
        )
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", made], **quiet
        )
        try:
            wait_for_port(port, lambda: process.poll() is None)
            until = time.monotonic() + PATIENCE_SECONDS
            create: list[Any] = [programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "privbot"]
            # It listens a moment before it accepts; createdb fails until then.
            while subprocess.run([*create, "privbot"], **quiet).returncode and time.monotonic() < until:
                time.sleep(0.05)
            subprocess.run([*create, "keys"], check=True, **quiet)
            yield f"postgresql://privbot@127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
