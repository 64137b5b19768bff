"""The console as a server: how it begins and ends."""

from __future__ import annotations

import socket
import threading

from privbot.console.serve import serving


def console_thread() -> threading.Thread | None:
    return next((one for one in threading.enumerate() if one.name == "console"), None)


def test_it_ends_although_somebody_keeps_a_connection_open(console_office):
    with serving(console_office) as address:
        connection = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])))
        connection.sendall(b"GET /static/console.css HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(12).startswith(b"HTTP/1.1 ")
        thread = console_thread()
    assert thread and not thread.is_alive()
    while connection.recv(65536):
        pass  # what was on its way; then the connection is closed
    connection.close()
