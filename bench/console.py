"""The console at 50,000 tickets against 500: server time (of the processor) and questions to the databases of the queue, a search, a filter that
hardly anything fits, and a ticket – through Django's test client, in one run."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import crowd
from bench.throughput import emptied
from privbot.testing import world
from privbot.testing.imap import ImapServer

ROUNDS = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=50_000)
    parser.add_argument("--few", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="privbot-bench-") as made:
        nowhere = ImapServer(1, None, "nobody", "", lambda raw: None, None)  # type: ignore[arg-type]
        config = world.configuration(nowhere, 1, Path(made))
        from privbot.console.settings import settings_for
        from privbot.records import database

        database.connect(config, settings_for(config))
        database.migrate()
        few, many = (measured(config, count) for count in (options.few, options.tickets))
    pages = {
        page: {
            "questions": [few[page]["questions"], many[page]["questions"]],
            "p50_ms": [few[page]["p50_ms"], many[page]["p50_ms"]],
            "p95_ms": [few[page]["p95_ms"], many[page]["p95_ms"]],
            "p50_ratio": round(many[page]["p50_ms"] / few[page]["p50_ms"], 2),
        }
        for page in few
    }
    print(json.dumps({"tickets": [options.few, options.tickets], "pages": pages}, indent=2))


def measured(config: Any, count: int) -> dict[str, dict[str, float]]:
    """Each page at so many tickets."""
    from django.test import Client

    from privbot.console import desk
    from privbot.console.models import User
    from privbot.records.models import DataKey, Ticket
    from privbot.worker.office import Office

    emptied()
    for model in (DataKey, User):
        model.objects.all().delete()
    office = Office(config, lambda: crowd.NOW)
    desk.sit_down(office)
    begun = time.perf_counter()
    crowd.populate(count, office.seals)
    print(f"# {count} tickets made in {time.perf_counter() - begun:.0f} s", flush=True)
    user = User.objects.create_user("mika@harbour.example", "Mika", None, role="operator", controllers=list(crowd.CONTROLLERS))
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="privbot.console.backends.Backend")
    references = list(Ticket.objects.order_by("id").values_list("reference", flat=True)[:ROUNDS])
    pages: dict[str, Callable[[int], Any]] = {
        "queue": lambda one: client.get("/queue"),
        "queue, mine": lambda one: client.get("/queue?owner=me"),
        "queue, a filter that little fits": lambda one: client.get("/queue?code=agent&language=ja&owner=me"),
        "search, a person": lambda one: client.post("/queue", {"q": crowd.name_of(one)}),
        "search, an address": lambda one: client.post("/queue", {"q": crowd.address_of(one)}),
        "search, common words": lambda one: client.post("/queue", {"q": "delete parcel"}),
        "ticket": lambda one: client.get(f"/ticket/{references[one]}"),
    }
    return {name: _page(ask) for name, ask in pages.items()}


def _page(ask: Callable[[int], Any]) -> dict[str, float]:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    spent = []
    for one in range(ROUNDS):
        begun = time.thread_time()
        answer = ask(one)
        spent.append(1000 * (time.thread_time() - begun))
        assert answer.status_code == 200, answer.status_code
    with CaptureQueriesContext(connections["default"]) as records, CaptureQueriesContext(connections["keys"]) as keys:
        ask(0)
    asked = [one for one in (*records, *keys) if one["sql"].startswith(("SELECT", "WITH", "INSERT", "UPDATE"))]
    ordered = sorted(spent[2:])
    return {
        "questions": len(asked),
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(0.95 * len(ordered))], 1),
    }


if __name__ == "__main__":
    main()
