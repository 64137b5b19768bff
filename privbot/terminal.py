"""What the command line shows a person (rich). No decisions here."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from privbot.casework.model import (
    AddRequest,
    AttachToTicket,
    ConfirmMailbox,
    ConfirmWallet,
    CountFailedProof,
    Escalate,
    HoldForReview,
    Ignore,
    SendLetter,
    TakeAnswer,
)

if TYPE_CHECKING:
    from privbot.checks import CheckResult
    from privbot.law.model import Due
    from privbot.mail.model import Mail
    from privbot.reading.compare import Comparison
    from privbot.reading.decisions import Meaning
    from privbot.reading.lessons import Judged
    from privbot.reading.model import Reading
    from privbot.records.queue import Queue
    from privbot.records.retention import Preview
    from privbot.records.status import Health
    from privbot.worker.model_store import Version
    from privbot.worker.once import OnceResult
    from privbot.worker.pipeline import Handled

console = Console(highlight=False)
MAX_SHOWN = 400


def plain(text: str) -> str:
    """Words from a mail, harmless on a terminal: no control characters, no markup."""
    return escape("".join(character if character.isprintable() or character == "\n" else "·" for character in text))


def show_mail(mail: Mail, file: str) -> None:
    """A parsed mail."""
    table = _facts(file)
    table.add_row("from", plain(f"{mail.sender.name} <{mail.sender.address}>" if mail.sender else "nobody"))
    table.add_row("subject", plain(mail.subject))
    answer = "may be answered" if mail.origin.answerable else "is not answered"
    table.add_row("origin", f"{mail.origin.kind.value}, {answer}; authentication: {mail.origin.authentication.value}")
    table.add_row("", plain("; ".join(mail.origin.reasons)))
    table.add_row(
        "attachments", plain(", ".join(f"{one.name} ({one.type}, {one.size} bytes)" for one in mail.attachments) or "none")
    )
    table.add_row("defects", ", ".join(mail.defects) or "none")
    table.add_row("text", plain(mail.text[:2000]))
    console.print(table)


def show_reading(reading: Reading, file: str) -> None:
    """What a mail asks."""
    table = _facts(file)
    _reading_rows(table, reading)
    for one in reading.evidence[:12]:
        table.add_row("evidence", plain(f"{one.why or one.label}: »{one.text[:160]}« ({one.score:.2f})"))
    console.print(table)


def show_due(dates: Due) -> None:
    """The clocks of a request, and why."""
    table = _facts("due")
    for name, day in (
        ("acknowledge by", dates.acknowledge_by), ("respond by", dates.respond_by), ("statute", dates.statute), ("promise", dates.promise),
        ("alarm", dates.alarm), ("extend by", dates.extend_by), ("cautious", dates.cautious), ("if suspended", dates.suspended),
    ):  # fmt: skip
        table.add_row(name, f"{day:%A %-d %B %Y}" if day else "–")
    table.add_row("because", plain("\n".join(dates.explanation)))
    table.add_row("sources", plain("\n".join(dates.sources)))
    if not dates.confirmed:
        table.add_row("note", "[yellow]a figure behind these dates is not confirmed by counsel[/]")
    console.print(table)


def show_handled(handled: Handled) -> None:
    """One mail and what became of it, as a panel."""
    mail, reading = handled.mail, handled.reading
    sender = f"{mail.sender.name} <{mail.sender.address}>" if mail.sender else "nobody"
    table = _facts(None)
    table.add_row("from", plain(sender))
    table.add_row("subject", plain(mail.subject[:100]))
    if mail.origin.kind.value != "human":
        table.add_row("origin", f"{mail.origin.kind.value}: {plain('; '.join(mail.origin.reasons))}")
    else:
        _reading_rows(table, reading)
    for line in _outcome_lines(handled):
        table.add_row("→", line)
    title = handled.reference or f"mail {handled.mail_id}"
    console.print(
        Panel(table, title=title, title_align="left", border_style="green" if handled.reference else "cyan", expand=False)
    )


def _reading_rows(table: Table, reading: Reading) -> None:
    scores = ", ".join(f"{name} {score:.2f}" for name, score in sorted(reading.categories.items(), key=lambda pair: -pair[1])[:3])
    table.add_row("asks for", f"[bold]{', '.join(reading.decided)}[/]  ({scores})")
    if reading.decided_rights:
        table.add_row("rights", ", ".join(reading.decided_rights))
    table.add_row("language", f"{reading.language} ({reading.language_confidence:.2f})")
    if reading.regimes:
        table.add_row(
            "law",
            "; ".join(f"{one.regime} {one.confidence:.2f} – {plain(', '.join(one.reasons))}" for one in reading.regimes[:2]),
        )
    name = reading.requester.name
    if name:
        table.add_row("requester", plain(f"{name.value} ({name.source}, {name.confidence:.2f})"))
    if reading.review:
        table.add_row("unsure", plain("; ".join(reading.reasons)[:MAX_SHOWN]))


def _outcome_lines(handled: Handled) -> Iterator[str]:
    for action in handled.actions:
        match action:
            case AddRequest():
                clocks = f"due {action.due.respond_by}" + (
                    f", acknowledge by {action.due.acknowledge_by}" if action.due.acknowledge_by else ""
                )
                yield f"[green]request[/] {action.right} under {action.regime}: {clocks}"
            case AttachToTicket():
                yield f"[green]joins[/] {action.reference} as {action.role}"
            case ConfirmMailbox():
                yield f"[green]{action.kind} proven[/] for {action.reference}"
            case ConfirmWallet():
                yield f"[green]wallet proven[/] for {action.reference}"
            case CountFailedProof():
                yield f"[yellow]{action.kind} not proven[/] for {action.reference}: {action.why}"
            case TakeAnswer():
                yield f"[green]answers our question[/] on {action.reference}"
            case SendLetter():
                state = handled.letter.state if handled.letter else "?"
                yield f"[blue]letter[/] {action.name} ({action.language}{', with a code to return' if action.challenge else ''}): {state}"
            case HoldForReview():
                yield f"[yellow]review[/] {', '.join(action.codes)}: {plain('; '.join(action.sentences)[:MAX_SHOWN])} (decide by {action.due})"
            case Escalate():
                yield f"[red]urgent review[/] {action.code} (decide by {action.due})"
            case Ignore():
                yield f"[dim]nothing is done: {action.code}; no letter[/]"
    if handled.also:
        yield f"[green]for others, of the same mail:[/] {', '.join(handled.also)}"
    if not any(isinstance(action, SendLetter) for action in handled.actions) and handled.reference:
        yield "[dim]no letter[/]"


def show_queue(queue: Queue, today: date) -> None:
    """What waits for a person, and what is open."""
    reviews = _table("Reviews", "no", "decide by", "controller", "who", "seems to ask", "language", "why it is here", "ticket")
    for review in queue.reviews:
        best = ", ".join(
            f"{name} {score:.2f}" for name, score in sorted(review.categories.items(), key=lambda pair: -pair[1])[:2]
        )
        reviews.add_row(
            str(review.review), _in_words(review.due, today) + (" [red]urgent[/]" if review.urgent else ""), review.controller,
            plain(review.who), best,
            review.language, ", ".join(review.codes), review.reference or "",
        )  # fmt: skip
    letters = _table("Letters that wait for you", "no", "state", "letter", "ticket", "to")
    for letter in queue.letters:
        letters.add_row(str(letter.letter), letter.state, letter.name, letter.reference, plain(letter.recipient))
    requests = _table(
        "Open requests", "ticket", "due", "acknowledge by", "controller", "who", "right", "law", "state", "verification"
    )
    for one in queue.requests:
        requests.add_row(
            one.reference, _in_words(one.due, today), str(one.acknowledge_by or ""), one.controller,
            plain(one.who) + (" [yellow](child)[/]" if one.minor else ""), one.right, one.regime, one.state,
            one.verification,
        )  # fmt: skip
    for table, next_step in (
        (reviews, "privbot show review:N · privbot decide N --as access | --attach REF | --ignore support"),
        (letters, "privbot show letter:N · privbot approve N · privbot discard N"),
        (requests, "privbot show REFERENCE"),
    ):
        if table.row_count:
            table.caption = next_step
            console.print(table)
        else:
            console.print(f"[dim]{table.title}: none[/]")


def _in_words(day: date, today: date) -> str:
    days = (day - today).days
    if days < 0:
        return f"[bold red]{day} ({-days} days overdue)[/]"
    colour = "yellow" if days <= 7 else "default"
    return f"[{colour}]{day} ({'today' if days == 0 else f'in {days} days'})[/]"


def show_health(health: Health) -> None:
    """The service at one glance."""
    folders = _table("Mailboxes", "mailbox", "folder", "last good poll", "on server", "not in ledger", "fault")
    for one in health.folders:
        age = f"{int(one.poll_age.total_seconds())} s ago" if one.poll_age is not None else "never"
        fault = "paused" if one.paused else one.fault
        folders.add_row(
            one.mailbox, one.folder, age, str(one.on_server if one.on_server is not None else "–"), str(one.missing), fault
        )
    console.print(folders)
    facts = _facts(None)
    for name, value in health.line().items():
        facts.add_row(name.replace("_", " "), str(value))
    facts.add_row("workers", str(health.workers))
    console.print(facts)
    for pause in health.pauses:
        console.print(f"[yellow]paused[/] {pause}")
    for alarm in health.alarms:
        console.print(f"[bold red]alarm[/] {plain(alarm)}")


def show_view(found: dict[str, Any]) -> None:
    """Anything whole, as indented facts."""
    console.print(_nested(found))


def _nested(value: Any) -> Any:
    if isinstance(value, dict):
        table = _facts(None)
        for key, one in value.items():
            if one not in (None, "", [], {}):
                table.add_row(str(key).replace("_", " "), _nested(one))
        return table
    if isinstance(value, list):
        return Group(*(_nested(one) for one in value))
    return Text("".join(c if c.isprintable() or c == "\n" else "·" for c in str(value)))


def show_checks(results: Iterable[CheckResult]) -> bool:
    """Each thing tried, as it is tried. True when all work."""
    good = True
    for result in results:
        mark = f"[red]✗[/] {result.what}: {plain(result.trouble)}" if result.trouble else f"[green]✓[/] {result.what}"
        console.print(mark)
        good = good and not result.trouble
    return good


def show_poll(result: OnceResult) -> bool:
    """One round of the service. True when nothing failed."""
    kept = sum(one.kept for one in result.polls)
    console.print(f"{kept} new mails kept, {result.handled} handled, {result.sent} letters sent")
    for paused in dict.fromkeys(one.mailbox for one in result.polls if one.paused):
        console.print(f"[yellow]paused[/] {paused}: not looked at")
    for fault in result.faults:
        print(f"privbot: {fault}", file=sys.stderr)
    return not result.faults


def show_quarantine(rows: list[dict[str, Any]]) -> None:
    """Mails in quarantine."""
    table = _table("Quarantine", "mail", "mailbox", "received", "bytes", "tries", "fault")
    for row in rows:
        table.add_row(str(row["mail"]), row["mailbox"], row["received"], str(row["size"]), str(row["tries"]), row["fault"])
    table.caption = "privbot quarantine retry N · privbot quarantine export N FILE"
    console.print(table if rows else "[dim]the quarantine is empty[/]")


def show_retention(found: Preview) -> None:
    """What the next run of retention would erase, and what a hold keeps."""
    table = _table("Time is over", "ticket", "controller", "last contact", "")
    for one in found.tickets:
        table.add_row(
            one.reference, one.controller, str(one.last_contact.date()), f"kept: {one.hold}" if one.hold else "is erased"
        )
    console.print(table if found.tickets else "[dim]no ticket's time is over[/]")
    console.print(f"mails without a ticket: {found.mails}; mails with identity documents, now decided: {found.documents}")


def show_figures(figures: dict[str, Any]) -> None:
    """Measured figures, in the tables of the model card."""
    from rich.markdown import Markdown

    from privbot.reading.model_card import markdown

    console.print(Markdown(markdown(figures)))


def show_corrections(found: Sequence[Judged]) -> None:
    """What operators decided."""
    table = _table("Corrections", "no", "mail", "when", "by", "language", "read", "decided", "state")
    for judged in found:
        one = judged.correction
        table.add_row(
            str(one.number), str(one.mail), f"{one.at:%Y-%m-%d}", plain(one.actor), one.language, f"{_meaning(one.read)} ({one.certainty:.2f})",
            "confirmed" if one.agrees else _meaning(one.decided), judged.state.value,
        )  # fmt: skip
    console.print(table if found else "[dim]there are none[/]")


def _meaning(meaning: Meaning) -> str:
    return ", ".join(meaning.rights) or meaning.kind or ", ".join(meaning.categories)


def show_models(versions: Sequence[Version]) -> None:
    """The pipelines there are."""
    table = _table("Reading pipelines", "version", "", "trained", "folder")
    for one in versions:
        notes = ", ".join(word for word, holds in (("reads", one.reads), ("shipped", one.shipped)) if holds)
        table.add_row(one.name, notes, f"{one.trained_at:%Y-%m-%d %H:%M} UTC", plain(str(one.folder)))
    table.caption = "privbot model compare VERSION · promote VERSION · rollback"
    console.print(table)


def show_comparison(found: Comparison) -> None:
    """Two pipelines on every set; what became worse is red, what became better green."""
    table = _table(
        f"{found.candidate} beside {found.current}", "set", "mails", "macro-F1", "silent misses", "ordinary taken, no review"
    )
    for row in found.rows:
        was, now = row.current, row.candidate
        table.add_row(
            plain(row.name), str(row.mails), _change(was.macro_f1, now.macro_f1, "{:.3f}", more_is_better=True),
            _change(was.silent_misses, now.silent_misses, "{:g}", more_is_better=False),
            _change(was.ordinary_taken, now.ordinary_taken, "{:.1%}", more_is_better=False),
        )  # fmt: skip
    console.print(table)
    for sentence in found.against:
        console.print(f"[red]against[/] {plain(sentence)}")
    if not found.against:
        console.print("[green]nothing speaks against it[/]" if found.better else "[yellow]no set tells them apart[/]")


def _change(was: float, now: float, shape: str, *, more_is_better: bool) -> str:
    if was == now:
        return shape.format(now)
    colour = "green" if (now > was) == more_is_better else "red"
    return f"{shape.format(was)} → [{colour}]{shape.format(now)}[/]"


def with_progress(answers: Iterable[dict[str, Any]], source: Path) -> Iterator[dict[str, Any]]:
    """The answers as they come, with a progress bar where standard error is a terminal. From standard input the bar knows no end."""
    if not sys.stderr.isatty():
        yield from answers
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    # What is printed meanwhile to the same terminal stands above the bar, and its long lines stay whole.
    on_terminal = Console(stderr=True, soft_wrap=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=on_terminal, redirect_stdout=sys.stdout.isatty(), transient=True) as progress:
        yield from progress.track(answers, total=_records(source), description="reading")


def _records(source: Path) -> int | None:
    """How many records a file holds; None for standard input."""
    if str(source) == "-":
        return None
    with source.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


def _facts(title: str | None) -> Table:
    table = Table.grid(padding=(0, 2))
    table.title = title
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
