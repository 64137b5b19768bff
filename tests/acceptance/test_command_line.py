"""The command line as people and scripts use it: real processes, real servers."""

from __future__ import annotations

import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from bench.throughput import as_toml
from privbot import cli
from privbot.testing.processes import free_port

ROOT = Path(__file__).parents[2]
MAIL = ROOT / "fixtures/emails/001-access-informal.eml"


def privbot(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "privbot.cli", *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=ROOT,
        env={**os.environ, "COLUMNS": "160", **environment},
    )  # fmt: skip


# -- every stage alone ------------------------------------------------------------------------------------------------------


def test_parse_prints_a_line_of_json_for_each_file():
    done = privbot("parse", MAIL, ROOT / "fixtures/emails/035-html-only.eml", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [set(line) for line in lines] == [
        {"file", "from", "to", "subject", "date", "message_id", "text", "attachments", "origin", "defects"}
    ] * 2
    assert set(lines[0]["origin"]) == {"kind", "answerable", "reasons"}


def test_read_answers_each_record_in_order(tmp_path):
    records = [
        {"id": str(number), "subject": "my data", "from": "Mel <mel@ortega.example>", "body": "erase me please"}
        for number in range(3)
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    answers = [json.loads(line) for line in privbot("read", "--jsonl", tmp_path / "in.jsonl").stdout.splitlines()]
    assert [one["id"] for one in answers] == ["0", "1", "2"]
    wanted = {
        "id",
        "language",
        "categories",
        "decided",
        "rights",
        "review",
        "reasons",
        "regime",
        "requester",
        "agent",
        "minor",
        "evidence",
    }
    assert all(wanted <= set(one) for one in answers)


def test_a_broken_record_names_its_line(tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id": "1", "subject": "", "body": ""}\nnot json\n')
    done = privbot("read", "--jsonl", tmp_path / "in.jsonl")
    assert done.returncode == 1 and "Line 2" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            "--regime gdpr --right access --received 2026-03-05",
            {"statute": "2026-04-07", "promise": "2026-04-04", "respond_by": "2026-04-04"},
        ),
        ("--regime gdpr --right access --received 2027-01-31 --extended", {"statute": "2027-04-30", "cautious": "2027-04-28"}),
        (
            "--regime uk-gdpr --right access --received 2026-09-03 --clarification-asked 2026-09-10 --clarification-answered 2026-09-20",
            {"respond_by": "2026-10-14"},
        ),
        ("--regime uk-gdpr --right access --received 2026-09-03 --identity-proven 2026-09-18", {"respond_by": "2026-10-19"}),
        (
            "--regime ccpa --right erasure --received 2026-11-20",
            {"acknowledge_by": "2026-12-07", "respond_by": "2027-01-04", "alarm": "2027-01-03"},
        ),
        ("--regime ccpa --right opt-out-of-sale --received 2026-11-20", {"respond_by": "2026-12-14"}),
        ("--regime shine-the-light --right shine-the-light --received 2026-11-20", {"respond_by": "2026-12-20"}),
        # the day is counted where the controller is: 22:30Z on 31 May is 1 June in Vienna
        ("--regime gdpr --right access --received 2026-05-31T22:30:00Z", {"statute": "2026-07-01"}),
    ],
)
def test_due_gives_the_dates_of_the_law(arguments, expected):
    due = json.loads(privbot("due", *arguments.split(), "--json").stdout)
    assert {key: due[key] for key in expected} == expected
    assert due["sources"]


def test_every_letter_is_listed_with_the_occasion_it_is_written_for():
    listed = privbot("letter", "--list").stdout.splitlines()
    assert len(listed) > 35
    assert "refusal                      a request is not carried out, with reasons and remedies" in listed


@pytest.mark.parametrize("language", ["en", "ja", "de"])
def test_a_letter_can_be_looked_at(language):
    text = privbot("letter", "acknowledgment", "--language", language, "--sample").stdout
    assert len(text) > 300 and "{{" not in text


# -- wrong use ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["due", "--regime", "gdrp", "--right", "access", "--received", "2026-01-01"], 2, "gdpr"),
        (["due", "--regime", "gdpr", "--right", "acess", "--received", "2026-01-01"], 2, "access"),
        (["due", "--regime", "gdpr", "--right", "access", "--received", "yesterday"], 2, "2026-03-05"),
        (["letter", "no-such-letter", "--sample"], 2, "acknowledgment"),
        (["letter", "acknowledgment"], 2, "--sample"),
        (["parse", "/nowhere.eml"], 2, "/nowhere.eml"),
        (["run", "--config", "/nowhere.toml"], 2, "privbot init"),
        (["poll"], 2, "--once"),
        (["no-such-command"], 2, "--help"),
        (["read"], 2, "--jsonl"),
    ],
)
def test_wrong_use_is_one_sentence_with_the_way_out(arguments, code, words):
    done = privbot(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_help_comes_without_the_heavy_libraries():
    script = (
        "import sys; import privbot.cli; print(sorted({'spacy', 'django', 'numpy', 'pydantic', 'imapclient'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT).stdout.strip() == "[]"


def test_help_lists_every_command_and_none_that_is_not_there():
    there = set(typer.main.get_command(cli.app).commands)
    assert sorted(name for names in cli.COMMANDS.values() for name in names) == sorted(there)
    shown = privbot("--help").stdout
    assert all(re.search(rf"^│ {name} ", shown, re.MULTILINE) for name in there) and shown.index("To begin") < shown.index(
        "Every day"
    )


# -- a real mailbox -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(imap, sink, tmp_path):
    file = tmp_path / "privbot.toml"
    file.write_text(as_toml(imap, sink.port))
    return file


def test_init_writes_what_check_reads_and_says_what_to_do_next(tmp_path):
    file = tmp_path / "privbot.toml"
    done = privbot(
        "init", "--file", file, "--imap-host", "imap.harbour.example", "--imap-user", "privacy@harbour.example", "--smtp-host",
        "smtp.harbour.example", "--controller-name", "Lumen Masks LLC", "--address", "customer-lumen@harbour.example", "--regimes", "gdpr,ccpa",
    )  # fmt: skip
    assert done.returncode == 0 and "PRIVBOT_MASTER_KEY" in done.stdout
    from privbot.config import load

    config = load(file)
    assert (config.controller[0].mode, config.controller[0].regimes) == ("observe", ("gdpr", "ccpa"))
    assert "Folders to read." in file.read_text()
    names = ("imap-host", "imap-user", "smtp-host", "controller-name", "address")
    answers = [word for name in names for word in (f"--{name}", "x@y.example")]
    again = privbot("init", "--file", file, *answers, "--regimes", "gdpr")
    assert again.returncode == 2 and "exists" in again.stderr


def test_check_says_that_all_is_well(settings):
    done = privbot("check", "--config", settings)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("✓") == 6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('value = "harbour-demo"', 'value = "wrong"'), "refused user or password"),
        (('controllers = ["lumen", "tidal"]', 'folders = ["Nowhere"]\ncontrollers = ["lumen", "tidal"]'), "Nowhere"),
        (("smtp-port", "closed"), "does not answer"),
        (('database = "sqlite:///privbot.db"', 'database = "sqlite:///no/such/folder/privbot.db"'), "database"),
        (('id = "lumen"', 'id = "lumen"\nletters = "own"'), "acknowledgment"),
    ],
)
def test_check_says_in_one_sentence_what_is_wrong(settings, sink, change, words):
    old, new = (f"port = {sink.port}", f"port = {free_port()}") if change == ("smtp-port", "closed") else change
    settings.write_text(settings.read_text().replace(old, new))
    own = settings.parent / "own/words"
    own.mkdir(parents=True)
    (own / "en.toml").write_text('[acknowledgment]\nthanks = "Dear {{ nobody }}"\n')
    done = privbot("check", "--config", settings)
    assert done.returncode == 1
    assert words in done.stdout and "✗" in done.stdout and "Traceback" not in done.stderr


def test_customer_records_are_tried_by_check_and_by_their_own_command(settings):
    assert "nothing is compared" in privbot("customers", "check", "--config", settings).stdout
    settings.write_text(
        settings.read_text().replace('id = "lumen"', 'id = "lumen"\ncustomers = {kind = "csv", file = "customers.csv"}', 1)
    )
    (settings.parent / "customers.csv").write_text("email,Kunde\n")
    for command in (("customers", "check", "--controller", "lumen"), ("check",)):
        done = privbot(*command, "--config", settings)
        assert done.returncode == 1 and "'name'" in done.stdout and "Kunde" not in done.stdout
    (settings.parent / "customers.csv").write_text("email,name\n")
    assert privbot("check", "--config", settings).returncode == 0
    assert privbot("customers", "check", "--controller", "nobody", "--config", settings).returncode == 2


def test_a_mail_polled_once_stands_in_queue_status_and_show(settings, imap, sink):
    imap.deliver(MAIL.read_bytes())
    done = privbot("poll", "--once", "--config", settings)
    assert done.returncode == 0 and "1 new mails kept, 1 handled" in done.stdout, done.stderr
    queue = json.loads(privbot("queue", "--json", "--config", settings).stdout)
    assert len(queue["requests"]) + len(queue["reviews"]) == 1
    status = privbot("status", "--config", settings)
    assert status.returncode == 1 and "no worker is running" in status.stdout
    assert "whole" in privbot("audit", "verify", "--config", settings).stdout
    shown = json.loads(privbot("show", "mail:1", "--json", "--config", settings).stdout)
    assert shown["reading"]["decided"]
    assert privbot("show", "mail:99", "--config", settings).returncode == 2
    assert privbot("show", "LUM-XXXX-XXXX", "--config", settings).returncode == 2
    assert "empty" in privbot("quarantine", "list", "--config", settings).stdout


def test_sweep_digest_and_calendar_by_command(settings, imap, sink):
    settings.write_text(
        settings.read_text().replace('id = "lumen"', 'id = "lumen"\noperators = ["ada@harbour.example"]\ndigest_at = 00:00:00', 1)
    )
    imap.deliver(MAIL.read_bytes())
    privbot("poll", "--once", "--config", settings)
    assert privbot("sweep", "--config", settings).returncode == 2
    done = privbot("sweep", "--once", "--config", settings)
    assert done.returncode == 0 and "1 mails to operators" in done.stdout, done.stderr
    assert "0 mails to operators" in privbot("sweep", "--once", "--config", settings).stdout
    assert [one.recipients for one in sink.received if "[privbot]" in one.message["Subject"]] == [["ada@harbour.example"]]
    [lumen, _] = [json.loads(line) for line in privbot("digest", "--json", "--config", settings).stdout.splitlines()]
    assert set(lumen) == {"controller", "day", "overdue", "today", "this_week", "reviews", "letters", "alarms"}
    assert "Lumen" in privbot("digest", "--controller", "lumen", "--config", settings).stdout
    file = privbot("calendar", "--config", settings)
    assert file.stdout.startswith("BEGIN:VCALENDAR") and "END:VCALENDAR" in file.stdout
    assert privbot("calendar", "--controller", "nobody", "--config", settings).returncode == 2


def test_hold_erase_and_retention_by_command(settings, imap, sink):
    imap.deliver(MAIL.read_bytes())
    privbot("poll", "--once", "--config", settings)
    queue = json.loads(privbot("queue", "--json", "--config", settings).stdout)
    reference = (queue["requests"] + queue["reviews"])[0]["reference"]
    assert json.loads(privbot("retention", "--preview", "--json", "--config", settings).stdout) == {
        "tickets": [],
        "mails": 0,
        "documents": 0,
    }
    assert "0 tickets" in privbot("retention", "--once", "--config", settings).stdout
    assert privbot("retention", "--config", settings).returncode == 2
    assert "legal hold" in privbot("hold", reference, "--reason", "audit", "--config", settings).stdout
    refused = privbot("erase", reference, "--reason", "requester", "--config", settings)
    assert refused.returncode == 2 and "--release" in refused.stderr
    assert privbot("hold", reference, "--release", "--config", settings).returncode == 0
    still_open = privbot("erase", reference, "--reason", "requester", "--config", settings)
    assert still_open.returncode == 2 and "still open" in still_open.stderr
    assert privbot("hold", "LUM-XXXX-XXXX", "--reason", "audit", "--config", settings).returncode == 2
    assert "whole" in privbot("audit", "verify", "--config", settings).stdout


def test_a_request_goes_from_open_to_closed_by_command(settings, imap, sink, tmp_path):
    imap.deliver(MAIL.read_bytes())
    privbot("poll", "--once", "--config", settings)
    [request] = json.loads(privbot("queue", "--json", "--config", settings).stdout)["requests"]
    reference = request["reference"]

    def step(*arguments: object) -> subprocess.CompletedProcess[str]:
        return privbot("request", *arguments, "--config", settings)

    [told] = json.loads(step("show", reference, "--json").stdout)
    assert told["owner"] == "unassigned" and "extend" in told["may"]["operator"] and told["why"]
    assert "ada" in step("assign", reference, "ada", "--by", "ada").stdout
    extended = json.loads(step("extend", reference, "Your data lie in many systems.", "--json").stdout)
    assert extended["letter"]["name"] == "extension" and extended["requests"][0]["due"] > str(told["due"])
    # wrong use is one sentence, and an entry in the audit trail
    for arguments, words in (
        (("extend", reference, "Once more."), "extended already"),
        (("extend", "LUM-XXXX-XXXX", "Why not."), "no ticket"),
        (("deny", reference, "no-such-reason"), "no-match"),
        (("deny", reference, "manifestly-unfounded", "--reason", "…"), "Only a lead"),
        (("answered", reference), "in_progress"),
        (("fulfil", reference, "--letter", tmp_path / "nowhere.toml"), "nowhere.toml"),
        (("ask-identity", reference, "--kind", "passport"), "mailbox"),
    ):
        refused = step(*arguments)
        assert refused.returncode == 2 and words in refused.stderr and "Traceback" not in refused.stderr, refused.stderr
    assert privbot("verify", reference, "--config", settings).returncode == 2
    assert "details agree" in privbot("verify", reference, "--matched", 1, "--config", settings).stdout
    assert privbot("verify", reference, "--seen", "passport", "--config", settings).returncode == 2
    assert "revoked" in step("revoke", reference).stdout
    assert "in_progress" in step("reopen", reference).stdout
    assert "whole" in privbot("audit", "verify", "--config", settings).stdout


def test_the_desk_works_by_command(settings, imap, sink, tmp_path):
    imap.deliver(MAIL.read_bytes())
    privbot("poll", "--once", "--config", settings)
    [request] = json.loads(privbot("queue", "--json", "--config", settings).stdout)["requests"]
    reference = request["reference"]

    def work(*arguments: object) -> subprocess.CompletedProcess[str]:
        return privbot(*arguments, "--config", settings)

    assert "note" in work("note", reference, "She called.").stdout
    assert "unassigned" in work("correct", reference, "name=Mel Ortega").stdout
    assert "erasure: open" in work("relabel", reference, "--as", "access,erasure").stdout
    assert "erasure: open" in work("split", reference, "--rights", "erasure", "--by", "ada").stdout
    assert "undone: split" in work("undo", "--by", "ada").stdout
    assert "undone: relabel" in work("undo", reference).stdout
    words = tmp_path / "letter.txt"
    words.write_text("Dear {{ name }}")
    for arguments, why in (
        (("undo", "letter:999"), "nothing to undo"),
        (("note", reference, " "), "Write something"),
        (("merge", reference, reference), "one ticket already"),
        (("split", reference), "--rights"),
        (("split", "review:999", "--person", "access:gdpr"), "no review"),
        (("correct", reference, "shoes"), "FIELD=VALUE"),
        (("reword", 999, "--text", words), "no letter"),
    ):
        refused = work(*arguments)
        assert refused.returncode == 2 and why in refused.stderr and "Traceback" not in refused.stderr, refused.stderr
    assert "whole" in work("audit", "verify").stdout


def test_run_works_until_sigterm_and_stops_cleanly(settings, imap, sink, tmp_path):
    with (tmp_path / "log").open("wb") as log:
        service = subprocess.Popen([sys.executable, "-m", "privbot.cli", "run", "--config", str(settings)], stderr=log, cwd=ROOT)
        try:
            imap.deliver(MAIL.read_bytes())
            until = time.monotonic() + 60
            while time.monotonic() < until:
                queue = json.loads(privbot("queue", "--json", "--config", settings).stdout)
                if queue["requests"] or queue["reviews"]:
                    break
            assert queue["requests"] or queue["reviews"]
            service.send_signal(signal.SIGTERM)
            assert service.wait(30) == 0
        finally:
            service.kill()
            service.wait()
    log_text = (tmp_path / "log").read_text()
    assert "health" in log_text and "stopped" in log_text
    sender = re.search(rb"^From: .*<(.+)>", MAIL.read_bytes(), re.MULTILINE)[1].decode()
    assert sender not in log_text


def test_a_mail_sent_to_the_demo_becomes_a_ticket_within_seconds():
    port = free_port()
    demo = subprocess.Popen(
        [sys.executable, "-m", "privbot.cli", "demo", "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
        env={**os.environ, "COLUMNS": "160", "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    said: list[str] = []
    try:
        assert demo.stdout is not None
        for line in demo.stdout:
            said.append(line)
            if "sign in as" in line and any("Write to the demo yourself" in earlier for earlier in said):
                break
        [config] = [line.rpartition("PRIVBOT_CONFIG=")[2].strip() for line in said if "PRIVBOT_CONFIG=" in line]
        assert "review:" in privbot("queue", PRIVBOT_CONFIG=config).stdout
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            text = (
                "From: Robin Vale <robin@vale.example>\r\nTo: customer-lumen@harbour.example\r\nSubject: my data\r\n\r\n"
                "Dear Sir or Madam, I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.\r\n"
            )
            smtp.sendmail("robin@vale.example", "customer-lumen@harbour.example", text)
        until = time.monotonic() + 20
        for line in demo.stdout:
            said.append(line)
            if "robin@vale.example" in line or time.monotonic() > until:
                break
        assert "robin@vale.example" in said[-1]
        demo.send_signal(signal.SIGINT)
        for _ in demo.stdout:
            pass
        assert demo.wait(30) == 0
    finally:
        demo.kill()
        demo.wait()
        demo.stdout.close()


@pytest.mark.parametrize("server", ["dovecot", "pymap"])
def test_the_demo_plays_all_golden_mails_on_either_server(server):
    """pymap stands in where Dovecot is not installed."""
    script = f"from privbot.testing import demo, imap; demo.imap_server = imap.{server}; raise SystemExit(not demo.play(once=True, port=0))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-2000:]
