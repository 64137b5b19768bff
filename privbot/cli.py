"""The `privbot` command: one function per subcommand, no logic. Exit codes: 0 done, 1 failed, 2 wrong use.

Nothing heavy is imported before a subcommand needs it, so that `privbot --help` is quick.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, Optional

import typer
from typer.core import TyperGroup

from privbot.commands import console, corrections, customers, desk, law, lifecycle, model, report, retention, sweep, team
from privbot.commands.shared import ByOption, ConfigOption, JsonOption, open_office, write_new
from privbot.errors import PrivbotError, WrongUse

COMMANDS = {
    "To begin": ("demo", "init", "check", "run", "console", "team"),
    "Every day": ("queue", "show", "decide", "approve", "discard", "reword", "note", "undo", "status", "digest", "quarantine"),
    "A request": ("request", "verify", "correct", "relabel", "split", "merge"),
    "By hand": ("poll", "sweep", "calendar", "report", "customers"),
    "What is kept": ("retention", "hold", "erase", "audit"),
    "The reading": ("corrections", "model", "train", "evaluate"),
    "Every stage alone": ("parse", "read", "due", "law", "letter"),
}
"""What `privbot --help` lists, in this order."""


class InGroups(TyperGroup):
    """The commands as COMMANDS groups them."""

    def list_commands(self, ctx: Any) -> list[str]:
        for title, names in COMMANDS.items():
            for name in names:
                self.commands[name].rich_help_panel = title  # type: ignore[attr-defined]
        return [name for names in COMMANDS.values() for name in names]


app = typer.Typer(
    name="privbot",
    cls=InGroups,
    help="Reads a privacy mailbox: every mail kept, understood, answered where that is safe, and turned into tickets with the right due dates.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
quarantine = typer.Typer(
    help="Mails that could not be worked on: kept whole, shown, and tried again by command.", no_args_is_help=True
)
audit = typer.Typer(help="The audit trail.", no_args_is_help=True)
app.add_typer(quarantine, name="quarantine")
app.add_typer(audit, name="audit")
app.add_typer(law.app, name="law")
app.add_typer(report.app, name="report")
app.add_typer(customers.app, name="customers")
app.add_typer(lifecycle.app, name="request")
app.add_typer(corrections.app, name="corrections")
app.add_typer(model.app, name="model")
app.add_typer(team.app, name="team")
for command in (
    lifecycle.verify,
    desk.undo,
    desk.note,
    desk.reword,
    desk.correct,
    desk.relabel,
    desk.split,
    desk.merge,
    retention.retention,
    retention.hold,
    retention.erase,
    sweep.sweep,
    sweep.digest,
    sweep.calendar,
    console.console,
):
    app.command()(command)

Files = Annotated[list[Path], typer.Argument(help="Mails as .eml files.", exists=True, dir_okay=False)]


def day_option(help: str) -> Any:
    """A day such as 2026-09-10."""
    return typer.Option(formats=["%Y-%m-%d"], help=help)


def main() -> NoReturn:
    """Run the command; an error is one clear sentence on standard error."""
    try:
        # click hands a subcommand's exit code back here, where it would otherwise end the process.
        code = app(standalone_mode=False)
    except PrivbotError as fault:
        helps = f" Try `{fault.command}`." if fault.command else ""
        print(f"privbot: {fault}{helps}", file=sys.stderr)
        sys.exit(2 if isinstance(fault, WrongUse) else 1)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(1)
    except Exception as fault:
        if type(fault).__module__.startswith("django.db"):
            print(
                f"privbot: The database does not answer ({type(fault).__name__}); check its address, rights and disk.",
                file=sys.stderr,
            )
            sys.exit(1)
        if not hasattr(fault, "format_message"):
            raise
        # The command line itself was wrong: say so and point to --help.
        print(f"privbot: {fault.format_message()} Try --help.", file=sys.stderr)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


# -- every stage alone ---------------------------------------------------------------------------------------------------


@app.command()
def parse(
    files: Files,
    as_json: JsonOption = False,
    trusted_host: Annotated[list[str], typer.Option(help="A name of your own mail server.")] = [],
) -> None:
    """Show what a mail is: sender, text, attachments, origin, defects."""
    from privbot import terminal
    from privbot.mail.contract import as_json as mail_as_json
    from privbot.mail.parse import ParseSettings
    from privbot.mail.parse import parse as parse_mail

    for file in files:
        mail = parse_mail(file.read_bytes(), settings=ParseSettings(trusted_hosts=tuple(trusted_host)))
        if as_json:
            print(json.dumps(mail_as_json(mail, str(file)), ensure_ascii=False))
        else:
            terminal.show_mail(mail, str(file))


@app.command()
def read(
    files: Annotated[Optional[list[Path]], typer.Argument(help="Mails as .eml files.", exists=True, dir_okay=False)] = None,
    as_json: JsonOption = False,
    jsonl: Annotated[
        Optional[Path],
        typer.Option(
            "--jsonl",
            help='Read records {"id", "subject", "from", "body"} from this file (- for standard input), one a line.',
            allow_dash=True,
        ),
    ] = None,
) -> None:
    """Show what a mail asks: categories, rights, language, requester, regime, each with its evidence."""
    from privbot import terminal
    from privbot.reading import stream
    from privbot.reading.reader import Reader

    if (files is None or not files) == (jsonl is None):
        raise WrongUse("Name mails, or a file of records with --jsonl; not both.")
    reader = Reader.load()
    if jsonl is not None:
        for answer in terminal.with_progress(stream.read_records(reader, jsonl), jsonl):
            print(json.dumps(answer, ensure_ascii=False), flush=True)  # whoever reads along gets each answer when it is there
        return
    for file in files or []:
        reading, answer = stream.read_file(reader, file)
        if as_json:
            print(json.dumps(answer, ensure_ascii=False))
        else:
            terminal.show_reading(reading, str(file))


@app.command()
def due(
    regime: Annotated[str, typer.Option(help="gdpr, uk-gdpr, ccpa, shine-the-light, appi, or an own law of the configuration.")],
    right: Annotated[str, typer.Option(help="Such as access, erasure, opt-out-of-sale.")],
    received: Annotated[
        str, typer.Option(help="When your mail server received it: a day, or a moment with time zone (ISO 8601).")
    ],
    controller: Annotated[
        Optional[str], typer.Option(help="A controller of the configuration: its place and its promise.")
    ] = None,
    extended: Annotated[bool, typer.Option("--extended", help="The extension was announced in time.")] = False,
    clarification_asked: Annotated[Optional[datetime], day_option("Day on which you asked back what is meant.")] = None,
    clarification_answered: Annotated[Optional[datetime], day_option("Day on which that was answered.")] = None,
    identity_asked: Annotated[Optional[datetime], day_option("Day on which you asked for proof of identity.")] = None,
    identity_proven: Annotated[Optional[datetime], day_option("Day on which that proof came.")] = None,
    fee_paid: Annotated[Optional[datetime], day_option("Day on which a fee was paid.")] = None,
    as_of: Annotated[
        Optional[datetime], day_option("Day up to which asked proof of identity is being waited for: moves `suspended` only.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Reckon the clocks of a request: acknowledge by, respond by, extend by, and why."""
    from privbot import terminal
    from privbot.law.clocks import as_json as due_as_json
    from privbot.law.model import Events
    from privbot.law.question import clocks_for

    def day(moment: datetime | None) -> date | None:
        return moment.date() if moment else None

    events = Events(
        extended, day(clarification_asked), day(clarification_answered), day(identity_proven), day(fee_paid), day(identity_asked)
    )
    settings = None
    if controller is not None or config is not None:
        from privbot.config import load
        from privbot.worker.controllers import for_casework

        configured = load(config)
        settings = for_casework(configured.named_controller(controller)) if controller is not None else None
    place, promise = (settings.places.get(regime), settings.promises.get(regime)) if settings else (None, None)
    dates = clocks_for(
        regime, right, received, place=place, promise=promise, default_promise=settings is None, events=events, as_of=day(as_of)
    )
    if as_json:
        print(json.dumps(due_as_json(dates), ensure_ascii=False))
    else:
        terminal.show_due(dates)


@app.command()
def letter(
    name: Annotated[Optional[str], typer.Argument(help="Name of the letter; left out: list them.")] = None,
    language: Annotated[
        Optional[str], typer.Option(help="Language, such as en, ja, de; left out: the ticket's, or English.")
    ] = None,
    ticket: Annotated[Optional[str], typer.Option(help="Show it as this ticket would get it.")] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Show it with invented data.")] = False,
    html: Annotated[bool, typer.Option("--html", help="The HTML alternative.")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="List all letters, and when each is sent.")] = False,
    config: ConfigOption = None,
) -> None:
    """Show a letter as it would be sent. Nothing is sent."""
    from privbot.letters.compose import compose
    from privbot.letters.sample import sample_context

    if list_all or name is None:
        from privbot.letters.catalogue import KINDS

        print("\n".join(f"{kind.name:<28} {kind.when}" for kind in KINDS.values()))
        return
    if sample == (ticket is not None):
        raise WrongUse("Say --sample, or name a ticket with --ticket.")
    if ticket is not None:
        office = open_office(config)
        from privbot.worker.preview import letter_for_ticket

        composed = letter_for_ticket(office, ticket, name, language)
    else:
        composed = compose(name, language or "en", sample_context(language or "en", name))
    print(composed.html if html else f"{composed.subject}\n\n{composed.text}")


# -- the service ---------------------------------------------------------------------------------------------------------


@app.command()
def init(
    file: Annotated[Path, typer.Option("--file", help="Where to write it.")] = Path("privbot.toml"),
    imap_host: Annotated[str, typer.Option(prompt="IMAP server", help="Name of your IMAP server.")] = "",
    imap_user: Annotated[str, typer.Option(prompt="IMAP account", help="Account to sign in with.")] = "",
    smtp_host: Annotated[str, typer.Option(prompt="SMTP server", help="Name of your SMTP server.")] = "",
    controller_name: Annotated[str, typer.Option(prompt="Name of the company whose requests arrive", help="Full name.")] = "",
    address: Annotated[str, typer.Option(prompt="Address people write to", help="The privacy mailbox's address.")] = "",
    regimes: Annotated[
        str, typer.Option(prompt="Laws it answers under", help="Comma-separated.")
    ] = "gdpr,uk-gdpr,ccpa,shine-the-light,appi",
) -> None:
    """Write a commented privbot.toml for a real mailbox, and say what to do next."""
    from privbot.init import write

    print(
        write(
            file,
            imap_host=imap_host,
            imap_user=imap_user,
            smtp_host=smtp_host,
            controller_name=controller_name,
            address=address,
            regimes=regimes,
        )
    )


@app.command()
def check(config: ConfigOption = None) -> None:
    """Try everything the service needs – configuration, mailboxes, SMTP, database, letters, reading pipeline – and say what is wrong."""
    from privbot import terminal
    from privbot.checks import run_all

    if not terminal.show_checks(run_all(config)):
        raise typer.Exit(1)


@app.command()
def poll(
    once: Annotated[
        bool,
        typer.Option(
            "--once", help="One look at every mailbox, then the outbox, and end. (For a look on a schedule: privbot run.)"
        ),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Look at every mailbox once: keep, read, record, deliver."""
    if not once:
        raise WrongUse("Say `privbot poll --once`, or `privbot run` for a service that polls on a schedule.")
    office = open_office(config)
    from privbot import terminal
    from privbot.worker.once import poll_once

    if not terminal.show_poll(poll_once(office)):
        raise typer.Exit(1)


@app.command()
def run(config: ConfigOption = None) -> None:
    """Run the service – the worker, and the web console beside it – until it is told to stop (SIGTERM, Ctrl-C)."""
    office = open_office(config, read_apart=True, patient=True, console=True)
    from contextlib import nullcontext

    from privbot.console.serve import serving
    from privbot.worker.schedule import run as run_schedule

    # An office of its own: the worker's is exchanged whenever the settings change.
    with serving(office.with_settings(office.config)) if office.config.console.with_run else nullcontext():
        run_schedule(office)


@app.command()
def status(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Say how the service is: last good polls, backlog, outbox, quarantine, what is due next. Exit code 1 when an alarm rings."""
    office = open_office(config)
    from privbot import terminal
    from privbot.records.status import health

    state = health(office.config, office.clock())
    if as_json:
        print(json.dumps(state.line() | {"alarm_sentences": state.alarms}, ensure_ascii=False))
    else:
        terminal.show_health(state)
    if state.alarms:
        raise typer.Exit(1)


@app.command()
def demo(
    once: Annotated[
        bool,
        typer.Option("--once", help="Play the golden mails, compare with what must come out, and end: 0 only if all is right."),
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the demo's SMTP server; 0: any free one.")] = 0,
) -> None:
    """Show the main job on this machine alone: a real IMAP server, an SMTP sink, golden mails, the worker at work."""
    from privbot.testing.demo import play

    if not play(once=once, port=port):
        raise typer.Exit(1)


# -- what operators do ---------------------------------------------------------------------------------------------------


@app.command()
def queue(as_json: JsonOption = False, limit: Annotated[int, typer.Option(min=1)] = 50, config: ConfigOption = None) -> None:
    """List what needs a person – reviews, letters to approve – and the open requests, nearest date first."""
    office = open_office(config)
    from privbot import terminal
    from privbot.records import queue as queues

    waiting = queues.load(office.seals, limit=limit)
    if as_json:
        print(json.dumps(queues.as_json(waiting), ensure_ascii=False))
    else:
        terminal.show_queue(waiting, office.clock().date())


@app.command()
def show(
    reference: Annotated[str, typer.Argument(help="A ticket's reference, or review:N, mail:N, letter:N.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show a ticket, a review, a mail or a letter whole."""
    office = open_office(config)
    from privbot import terminal
    from privbot.worker.view import view

    found = view(office, reference)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, default=str))
    else:
        terminal.show_view(found)


@app.command()
def decide(
    review: Annotated[int, typer.Argument(help="Number of the review.")],
    by: ByOption,
    rights: Annotated[
        Optional[str], typer.Option("--as", help="It asks for these rights, comma-separated: a ticket is opened.")
    ] = None,
    regime: Annotated[Optional[str], typer.Option(help="Under this law; left out: the one the mail points to.")] = None,
    another_person: Annotated[
        bool, typer.Option("--another-person", help="With --as: whoever asks is not the person of the ticket it was held for.")
    ] = False,
    attach: Annotated[Optional[str], typer.Option(help="It belongs to this ticket.")] = None,
    ignore: Annotated[
        Optional[str], typer.Option(help="It asks for nothing; say what it is: support, commercial, spam, …")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Decide a review."""
    if sum(choice is not None for choice in (rights, attach, ignore)) != 1:
        raise WrongUse("Say one of --as RIGHTS, --attach REFERENCE or --ignore REASON.")
    office = open_office(config)
    from privbot import terminal
    from privbot.worker import desk

    if rights is not None:
        handled = desk.open_request(
            office, review, [one.strip() for one in rights.split(",")], regime=regime, actor=by, another_person=another_person
        )
    elif attach is not None:
        handled = desk.attach(office, review, attach, actor=by)
    else:
        handled = desk.ignore(office, review, ignore or "", actor=by)
    terminal.show_handled(handled)


@app.command()
def approve(
    number: Annotated[int, typer.Argument(help="Number of the letter.")], by: ByOption, config: ConfigOption = None
) -> None:
    """Send a letter that waits for an operator."""
    office = open_office(config)
    from privbot.worker import desk

    print(f"letter {desk.approve(office, number, actor=by).id} will be sent")


@app.command()
def discard(
    number: Annotated[int, typer.Argument(help="Number of the letter.")], by: ByOption, config: ConfigOption = None
) -> None:
    """Never send a letter that waits for an operator."""
    office = open_office(config)
    from privbot.worker import desk

    print(f"letter {desk.discard(office, number, actor=by).id} will not be sent")


@quarantine.command("list")
def quarantine_list(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the mails in quarantine, with the reason."""
    open_office(config)
    from privbot import terminal
    from privbot.records.queue import quarantined

    rows = quarantined()
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        terminal.show_quarantine(rows)


@quarantine.command("retry")
def quarantine_retry(
    mail: Annotated[int, typer.Argument(help="Number of the mail.")], by: ByOption, config: ConfigOption = None
) -> None:
    """Let the worker try a mail again."""
    office = open_office(config)
    from privbot.worker import desk

    desk.retry(office, mail, actor=by)
    print(f"mail {mail} will be tried again")


@quarantine.command("export")
def quarantine_export(
    mail: Annotated[int, typer.Argument(help="Number of the mail.")],
    to: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    by: ByOption,
    config: ConfigOption = None,
) -> None:
    """Write a mail's bytes to a file, as they came off the wire."""
    office = open_office(config)
    from privbot.worker import desk

    write_new(to, desk.raw_mail(office, mail, actor=by))


@audit.command("verify")
def audit_verify(by: ByOption, config: ConfigOption = None) -> None:
    """Walk the audit trail and say whether it is whole; the trail tells of the walk."""
    office = open_office(config)
    from privbot.records.audit import verify

    found = verify(actor=by, now=office.clock())
    if found.broken is not None:
        print(f"privbot: the audit trail is broken at event {found.broken}; compare with a backup.", file=sys.stderr)
        raise typer.Exit(1)
    print(f"the audit trail is whole: {found.events} events")


# -- the reading pipeline ------------------------------------------------------------------------------------------------


@app.command()
def train(
    corpus: Annotated[
        Optional[Path], typer.Option(help="The authored corpus; left out: the one that ships.", exists=True, file_okay=False)
    ] = None,
    output: Annotated[
        Optional[Path],
        typer.Option(
            help="Where the trained pipeline goes; left out: models/privbot-reader, or the candidates of this installation."
        ),
    ] = None,
    with_corrections: Annotated[
        bool, typer.Option("--with-corrections", help="Learn from operators too: makes a candidate for privbot model compare.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Train the reading pipeline from the authored corpus."""
    from privbot import resources

    corpus = corpus or resources.corpus()
    if with_corrections:
        office = open_office(config)
        from privbot.worker.learning import train_candidate

        made = train_candidate(office, corpus=corpus, output=output, report=print)
        print(f"privbot model compare {made.name}")
        return
    from privbot.reading.train import train as train_pipeline

    train_pipeline(corpus, output or Path("models/privbot-reader"), report=print)


@app.command()
def evaluate(
    gold: Annotated[
        Optional[Path],
        typer.Option(help="A JSONL file of letters with their truth; left out: the corpus's own test mails.", exists=True),
    ] = None,
    corpus: Annotated[
        Optional[Path], typer.Option(help="The authored corpus; left out: the one that ships.", exists=True, file_okay=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the reading pipeline on mails it never saw."""
    from privbot import resources, terminal
    from privbot.reading.evaluate import evaluate_on
    from privbot.reading.reader import Reader

    figures = evaluate_on(Reader.load(), corpus=corpus or resources.corpus(), gold=gold)
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        terminal.show_figures(figures)


if __name__ == "__main__":
    main()
