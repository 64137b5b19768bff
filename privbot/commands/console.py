"""`privbot console`: the operators' web console alone, without the worker."""

from __future__ import annotations

import signal
import threading

from privbot.commands.shared import ConfigOption, open_office


def console(config: ConfigOption = None) -> None:
    """Serve the web console alone, until told to stop (SIGTERM, Ctrl-C). (`privbot run` serves it beside the worker.)"""
    office = open_office(config, console=True, read_apart=True, patient=True)
    from privbot.console.serve import serving

    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    with serving(office) as address:
        print(f"The console is at {address}", flush=True)
        stop.wait()
