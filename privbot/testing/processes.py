"""Starting a server of one's own on loopback, and ending it by its own process id."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any

from privbot.errors import FaultOfWorld

PATIENCE_SECONDS = 20


class ServerDidNotStart(FaultOfWorld):
    """A server for the demo or the tests did not start; its log lies beside it."""

    code = "server-did-not-start"


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for_port(port: int, alive: Callable[[], bool] = lambda: True) -> None:
    """Return when something listens on the port. Raises ServerDidNotStart."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and alive():
        with socket.socket() as one:
            one.settimeout(0.5)
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise ServerDidNotStart


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ordinary_user() -> pwd.struct_passwd:
    """Whom to run a server as: this user, or `nobody` where this one is root, whom some servers refuse."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def as_ordinary_user() -> dict[str, Any]:
    """Arguments for Popen. Dropping privileges is only asked for where there are some to drop."""
    user = ordinary_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
