"""A scripted year of 1,000 requesters over five laws and two controllers, run through the real worker: `python -m bench.year`."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from pathlib import Path

from privbot.testing import world as demo
from privbot.testing.imap import dovecot
from privbot.testing.smtp import SmtpSink, smtp_sink


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requesters", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="privbot-year-") as made, dovecot() as imap, smtp_sink(SmtpSink()) as sink:
        from privbot.records import database

        config = demo.configuration(imap, sink.port, Path(made))
        database.connect(config)
        database.migrate()
        from bench.year.world import live

        started = time.monotonic()
        year = live(config, imap, sink, requesters=options.requesters, seed=options.seed)
        seconds = time.monotonic() - started
    report = year.report
    outcomes: dict[str, Counter[str]] = {}
    for (law, state), count in sorted(report.requests.items()):
        outcomes.setdefault(law, Counter())[state] = count
    figures = {
        "requesters": options.requesters, "mails": year.mails, "requests": sum(report.requests.values()), "days": year.days,
        "requests_by_law_and_outcome": outcomes, "letters": dict(report.letters.most_common()), "letters_at_sink": sum(report.letters.values()),
        "dates": report.dates, "missed": len(report.missed), "on_time": report.on_time,
        "wrong_recipients": len(report.wrong_recipients), "letters_to_machines": len(report.to_machines),
        "personal_to_unverified": len(report.to_unverified), "without_outcome": len(report.without_outcome), "lost": len(report.lost),
        "reminders_of_dates": year.reminders, "mails_to_operators": report.operators_told, "requesters_reminded": report.requesters_reminded,
        "reviews": year.reviews, "faults": dict(Counter(year.faults)),
        "failures": report.failures[:40],
        "seconds": round(seconds),
    }  # fmt: skip
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
