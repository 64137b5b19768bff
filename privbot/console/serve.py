"""Serving the console with waitress: beside the worker in `privbot run`, or alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.core.wsgi import get_wsgi_application
from waitress.server import create_server

from privbot.console import desk
from privbot.errors import WrongUse
from privbot.worker.office import Office

THREADS = 8
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
    try:
        server = create_server(
            get_wsgi_application(), host=settings.host, port=settings.port, threads=THREADS, ident=None,
            max_request_body_size=LARGEST_REQUEST, clear_untrusted_proxy_headers=True, **believed,
        )  # fmt: skip
    except OSError as fault:
        raise AddressInUse(
            f"The console cannot listen on {settings.host}:{settings.port} ({fault.strerror}); choose another port."
        ) from None
    thread = threading.Thread(target=server.run, name="console", daemon=True)
    thread.start()
    address = settings.address or f"http://localhost:{server.effective_port}"
    structlog.get_logger().info("console", address=address)
    try:
        yield address
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(timeout=5)
