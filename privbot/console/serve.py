"""Serving the console with waitress: beside the worker in `privbot run`, or alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.core.wsgi import get_wsgi_application
from waitress import wasyncore
from waitress.server import create_server

from privbot.console import desk
from privbot.errors import WrongUse
from privbot.worker.office import Office

THREADS = 8
LOOK_UP_SECONDS = 0.5
"""How long it may take to notice that it should stop."""
LARGEST_REQUEST = 30_000_000
"""Bytes; files that an operator attaches to a letter are the largest thing that comes in."""


class AddressInUse(WrongUse):
    """Another program listens on the console's address; choose another `port` in [console]."""

    code = "address-in-use"


@contextmanager
def serving(office: Office) -> Iterator[str]:
    """Serve the console of this office in the background; gives the address that people open. Raises AddressInUse."""
    settings = office.config.console
    desk.sit_down(office)
    believed = (
        {"trusted_proxy": settings.proxy, "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"}}
        if settings.proxy
        else {}
    )
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            get_wsgi_application(), map=sockets, host=settings.host, port=settings.port, threads=THREADS, ident=None,
            max_request_body_size=LARGEST_REQUEST, clear_untrusted_proxy_headers=True, **believed,
        )  # fmt: skip
    except OSError as fault:
        raise AddressInUse(
            f"The console cannot listen on {settings.host}:{settings.port} ({fault.strerror}); choose another port."
        ) from None
    stopping = threading.Event()
    thread = threading.Thread(target=_answer, args=(sockets, stopping), name="console", daemon=True)
    thread.start()
    # A name such as localhost may stand for several addresses; then the server has no port of its own.
    address = settings.address or f"http://localhost:{settings.port or server.effective_port}"
    structlog.get_logger().info("console", address=address)
    try:
        yield address
    finally:
        server.task_dispatcher.shutdown()
        stopping.set()
        thread.join()
        # Not before: a socket that is closed while the thread waits on it is a fault there, or by then another's.
        wasyncore.close_all(sockets)


def _answer(sockets: dict[int, Any], stopping: threading.Event) -> None:
    """As the server's own loop, but not for as long as somebody keeps a connection open."""
    while not stopping.is_set():
        wasyncore.loop(timeout=LOOK_UP_SECONDS, map=sockets, count=1)
