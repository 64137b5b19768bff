"""Forms made of the configuration's own models: each setting has its field, and what is typed comes back as TOML would have it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

import pytest

from privbot import settings_fields, settings_file, settings_form
from privbot.config import Controller, Limits, Mailbox, Smtp, load
from privbot.settings_file import Typed

TOML = """
master_key = { file = "master-key" }
[[console.oidc]]
id = "harbour"
name = "Harbour"
issuer = "https://login.harbour.example"
client_id = "privbot"
client_secret = { env = "OIDC_SECRET" }
[smtp]
host = "smtp.harbour.example"
user = "privacy"
password = { env = "SMTP_PASSWORD" }
[[mailbox]]
id = "privacy"
host = "imap.harbour.example"
password = { command = "pass show imap" }
controllers = ["lumen"]
go_live = 2026-11-01
[[controller]]
id = "lumen"
name = "Lumen Masks LLC"
addresses = ["customer-lumen@harbour.example"]
regimes = ["gdpr", "ccpa"]
promises = { gdpr = { days = 30 }, appi = { days = 14 } }
recipients = [{ name = "Shipping companies", address = "privacy@ships.example" }, { name = "Auditors" }]
customers = { kind = "http", url = "https://customers.example/", token = { env = "TOKEN" } }
"""
LAWS = ("appi", "ccpa", "gdpr")
MAILBOX, CONTROLLER = ("mailbox", "privacy"), ("controller", "lumen")
INPUTS = {"moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", "time": r"\d\d:\d\d(:\d\d)?"}
EVERYTHING = (
    """
[smtp]
host = "smtp.harbour.example"
port = 465
security = "tls"
ca_file = "smtp.pem"
user = "privacy"
password = { env = "SMTP_PASSWORD" }
timeout_seconds = 30.5

[[mailbox]]
id = "privacy"
host = "imap.harbour.example"
port = "993"
security = "tls"
ca_file = "imap.pem"
user = "privacy"
password = { file = "imap-password" }
timeout_seconds = "20"
folders = ["INBOX", "Privacy "]
controllers = ["lumen"]
after = "move"
keyword = "$Kept"
move_to = "Done"
go_live = GO_LIVE # as counsel said
poll_seconds = 1_0
trusted_hosts = ["mx.harbour.example"]
size_cap_mb = 25
sent_folder = "Sent"

[[controller]]
id = "lumen"
name = " Lumen Masks LLC"
addresses = ["Customer-Lumen@harbour.example"]
regimes = ["gdpr", "ccpa"]
mode = "assist"
paused = true
challenge = "always"
contact = """
    + '''"""
Privacy office

Vienna
"""'''
    + """
promises = { gdpr = { days = 30, extended_days = "60" }, appi = { days = 14 } }
places = { gdpr = { zone = "Europe/Vienna", country = "AT" }, ccpa = { zone = "America/Los_Angeles", country = "US", subdivision = "CA" } }
letters = "letters/lumen"
operators = ["ada@harbour.example"]
digest_at = DIGEST_AT
recipients = [{ name = "Shipping companies", address = "privacy@ships.example" }, { name = "Auditors" }]
retention_years = 7
contacts = { dpo = "Ines Kern\\nVienna\\n", representatives = { gdpr = "Kern, Vienna" } }
[controller.customers]
CUSTOMERS

[limits]
per_address = 5
per_domain = 200
per_controller = "2000"
"""
)
CUSTOMERS = (
    'kind = "csv"\nfile = "customers.csv"\ncolumns = { email = "mail ", name = "full name" }',
    'kind = "sql"\ndatabase = "sqlite:///crm.db"\nquery = "SELECT * FROM people WHERE mail = :email\\n"\ntimeout_seconds = 3',
    'kind = "http"\nurl = "https://customers.example/"\ntoken = { command = "pass show crm" }\nca_file = "crm.pem"\ntimeout_seconds = 2.0',
)
MOMENTS = (
    "2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01T00:00:17Z", "2020-01-01T01:30:00+05:30", "2020-01-01T00:00:00", "2020-01-01T00:00:00.250Z",
    '"2020-01-01"', '"2020-01-01T00:00:00Z"', '"2020-01-01T00:00:17Z"', '"2020-01-01T01:30:00+05:30"', '"2020-01-01T00:00:00"', '"2020-01-01 00:00Z"',
    "1577836800",
)  # fmt: skip
TIMES = ("08:00:00", "07:30:15", '"08:00"', '"08:00:00"', '"07:30:15"', '"08:00:00Z"')


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "privbot.toml"
    file.write_text(TOML)
    (tmp_path / "elsewhere").symlink_to("/proc/self")
    return load(file)


def shown(config, place, *, sees_all=True):
    raw, _ = settings_file.part_in(config.file.read_text(), config.file, place)
    return raw, settings_fields.fields(place, raw, laws=LAWS, controllers=config.controllers, sees_all=sees_all)


def as_sent(fields) -> dict[str, list[str]]:
    """What a browser sends of a form that nobody touched. An input for a moment or a time is empty where it cannot show its value."""
    sent: dict[str, list[str]] = {}
    for one in fields:
        if one.kind == "secret":
            sent[one.name + settings_form.SOURCE] = ["keep"]
        elif one.kind in ("lines", "block"):
            sent[one.name] = [one.text.removeprefix("\n").replace("\n", "\r\n")]
        elif one.kind in ("moment", "time"):
            sent[one.name] = [one.text if re.fullmatch(INPUTS[one.kind], one.text) else ""]
        elif one.kind == "several":
            sent[one.name] = [choice for choice in one.choices if choice in one.texts]
            sent[one.name + settings_form.FIRST] = list(one.texts[:1])
        elif one.kind == "switch":
            sent[one.name] = ["true"] if one.text == "true" else []
        else:
            sent[one.name] = list(one.texts) or [""]
    return sent


def filled(config, place, *, sees_all=True, **typed):
    raw, fields = shown(config, place, sees_all=sees_all)
    sent = as_sent(fields) | {name.replace("__", "."): [text] if isinstance(text, str) else text for name, text in typed.items()}
    return settings_form.read(place, fields, raw, sent, config)


@pytest.mark.parametrize(
    ("section", "place"), [(Smtp, ("smtp",)), (Limits, ("limits",)), (Mailbox, MAILBOX), (Controller, CONTROLLER)]
)
def test_every_setting_has_a_field_with_its_description(config, section, place):
    _, fields = shown(config, place)
    names = {one.name.partition(".")[0] for one in fields}
    assert names == set(section.model_fields) - set(settings_fields.ELSEWHERE)
    assert all(one.help for one in fields)


@pytest.mark.parametrize("place", [("smtp",), ("limits",), MAILBOX, CONTROLLER])
def test_a_form_that_nobody_touched_changes_nothing(config, place):
    assert filled(config, place) == settings_form.Filled(filled(config, place).fields, {})


@pytest.mark.parametrize(
    ("go_live", "digest_at", "customers"),
    [
        *((moment, TIMES[0], CUSTOMERS[0]) for moment in MOMENTS),
        *((MOMENTS[0], at, CUSTOMERS[0]) for at in TIMES),
        *((MOMENTS[0], TIMES[0], one) for one in CUSTOMERS),
    ],
)
def test_saving_what_nobody_touched_leaves_the_file_as_it_was(tmp_path, go_live, digest_at, customers):
    text = EVERYTHING.replace("GO_LIVE", go_live).replace("DIGEST_AT", digest_at).replace("CUSTOMERS", customers)
    file = tmp_path / "privbot.toml"
    file.write_text(text)
    config = load(file)
    for place in (("smtp",), ("limits",), MAILBOX, CONTROLLER):
        found = filled(config, place)
        assert not found.faults and found.values == {}
        settings_file.put(config, place, found.values, shown=config.version)
        assert file.read_text() == text


@pytest.mark.parametrize(
    ("go_live", "shown_as"),
    [
        ("2020-01-01T01:30:00+05:30", "2019-12-31T20:00"),
        ('"2020-01-01T01:30:00+05:30"', "2019-12-31T20:00"),
        ('"2020-01-01"', "2020-01-01T00:00"),
    ],
)
def test_a_moment_is_shown_in_utc_however_it_is_written(config, go_live, shown_as):
    config.file.write_text(TOML.replace("go_live = 2026-11-01", f"go_live = {go_live}"))
    _, fields = shown(config, MAILBOX)
    assert next(one.text for one in fields if one.name == "go_live") == shown_as
    assert load(config.file).mailboxes["privacy"].go_live == datetime.fromisoformat(shown_as).replace(tzinfo=UTC)


def test_fields_show_what_the_file_says(config):
    _, fields = shown(config, CONTROLLER)
    texts = {one.name: one.texts for one in fields}
    assert texts["recipients"] == ("Shipping companies <privacy@ships.example>", "Auditors")
    assert texts["promises.gdpr.days"] == ("30",) and texts["promises.ccpa.days"] == ()
    assert texts["mode"] == ("observe",) and texts["digest_at"] == ("08:00",)
    assert texts["customers.kind"] == ("http",) and texts["customers.token"] == ("env TOKEN",)
    _, fields = shown(config, MAILBOX)
    texts = {one.name: one.texts for one in fields}
    assert texts["go_live"] == ("2026-11-01T00:00",)
    assert texts["password"] == ("command",), "a command line may hold a secret"


@pytest.mark.parametrize(
    ("place", "typed", "values"),
    [
        # each kind of field
        (MAILBOX, {"poll_seconds": "30"}, {"poll_seconds": 30}),
        (MAILBOX, {"size_cap_mb": "2.5"}, {"size_cap_mb": 2.5}),
        (MAILBOX, {"go_live": "2026-12-01T08:00"}, {"go_live": datetime(2026, 12, 1, 8, tzinfo=UTC)}),
        (MAILBOX, {"go_live": ""}, {"go_live": None}),
        (MAILBOX, {"folders": "INBOX\r\n\r\n Privacy "}, {"folders": ["INBOX", "Privacy"]}),
        (CONTROLLER, {"digest_at": "07:30"}, {"digest_at": time(7, 30)}),
        (CONTROLLER, {"regimes": ["gdpr"]}, {"regimes": ["gdpr"]}),
        # boxes have no order: what stood first stays first, unless another is chosen
        (CONTROLLER, {"regimes": ["appi", "ccpa", "gdpr"]}, {"regimes": ["gdpr", "ccpa", "appi"]}),
        (CONTROLLER, {"regimes": ["ccpa", "gdpr"], "regimes:first": "ccpa"}, {"regimes": ["ccpa", "gdpr"]}),
        (CONTROLLER, {"contact": "Privacy office\r\nVienna"}, {"contact": "Privacy office\nVienna"}),
        # what nobody offered cannot be chosen
        (MAILBOX, {"controllers": ["lumen", "tidal"]}, {}),
        # what is no number stays text: validation says what is allowed
        (MAILBOX, {"poll_seconds": "often"}, {"poll_seconds": "often"}),
        # a table comes along whole, with what no field shows
        (CONTROLLER, {"promises__gdpr__days": "20"}, {"promises": {"gdpr": {"days": 20}, "appi": {"days": 14}}}),
        (CONTROLLER, {"promises__gdpr__days": ""}, {"promises": {"appi": {"days": 14}}}),
        (CONTROLLER, {"contacts__dpo": "Ines Kern"}, {"contacts": {"dpo": "Ines Kern"}}),
        (
            CONTROLLER,
            {"recipients": "Auditors\nBank <b@bank.example>"},
            {"recipients": [{"name": "Auditors"}, {"name": "Bank", "address": "b@bank.example"}]},
        ),
        # another kind of customer records leaves nothing of the first
        (CONTROLLER, {"customers__kind": "csv", "customers__file": "c.csv"}, {"customers": {"kind": "csv", "file": "c.csv"}}),
        (CONTROLLER, {"customers__kind": ""}, {"customers": None}),
        # secrets: elsewhere, or typed
        (MAILBOX, {"password:source": "env", "password:named": "IMAP"}, {"password": {"env": "IMAP"}}),
        (MAILBOX, {"password:source": "file", "password:named": "imap"}, {"password": {"file": "imap"}}),
        (MAILBOX, {"password:source": "typed", "password:typed": "hunter2"}, {"password": Typed("hunter2")}),
        (MAILBOX, {"password:source": "none"}, {"password": None}),
    ],
)
def test_what_is_typed_becomes_what_the_file_would_say(config, place, typed, values):
    found = filled(config, place, **typed)
    assert found.values == values and not found.faults
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("place", "typed", "name", "words"),
    [
        # a secret that is kept goes to the server it was meant for, and to no other
        (MAILBOX, {"host": "imap.elsewhere.example"}, "password", "say it anew"),
        (MAILBOX, {"security": "starttls"}, "password", "say it anew"),
        (("smtp",), {"port": "2525"}, "password", "say it anew"),
        (CONTROLLER, {"customers__url": "https://elsewhere.example/"}, "customers.token", "say it anew"),
        # privbot's own secrets are no mail server's
        (MAILBOX, {"password:source": "file", "password:named": "master-key"}, "password", "own secret"),
        (MAILBOX, {"password:source": "file", "password:named": "./privbot.toml"}, "password", "own secret"),
        (MAILBOX, {"password:source": "env", "password:named": "PGPASSWORD"}, "password", "own secret"),
        (MAILBOX, {"password:source": "env", "password:named": "OIDC_SECRET"}, "password", "own secret"),
        (MAILBOX, {"password:source": "file", "password:named": "privbot-secrets/smtp-password"}, "password", "own secret"),
        (MAILBOX, {"password:source": "file", "password:named": "/proc/self/environ"}, "password", "own secret"),
        (MAILBOX, {"password:source": "file", "password:named": "elsewhere/environ"}, "password", "own secret"),
        (MAILBOX, {"password:source": "file", "password:named": "privbot-keys.db"}, "password", "own secret"),
        # nothing said
        (MAILBOX, {"password:source": "env", "password:named": "no name"}, "password", "environment variable"),
        (MAILBOX, {"password:source": "file"}, "password", "name a file"),
        (MAILBOX, {"password:source": "typed"}, "password", "type the secret"),
    ],
)
def test_a_secret_is_not_led_astray(config, place, typed, name, words):
    assert words in filled(config, place, **typed).faults[name]


SQL = {"customers__kind": "sql", "customers__query": "SELECT :email"}


@pytest.mark.parametrize(
    ("place", "typed", "name"),
    [
        # each setting that is a path, and each thing of privbot's own
        (MAILBOX, {"ca_file": "privbot.toml"}, "ca_file"),
        (MAILBOX, {"ca_file": "privbot-secrets/../privbot.toml.bak"}, "ca_file"),
        (("smtp",), {"ca_file": "/proc/self/environ"}, "ca_file"),
        (CONTROLLER, {"customers__ca_file": "privbot.db"}, "customers.ca_file"),
        (CONTROLLER, {"letters": "privbot-secrets"}, "letters"),
        (CONTROLLER, {"customers__kind": "csv", "customers__file": "master-key"}, "customers.file"),
        (CONTROLLER, {"customers__kind": "csv", "customers__file": "/proc/self/cwd/customers.csv"}, "customers.file"),
        (CONTROLLER, {"customers__kind": "csv", "customers__file": "elsewhere/environ"}, "customers.file"),
        # databases
        (CONTROLLER, {**SQL, "customers__database": "sqlite:///./privbot.db"}, "customers.database"),
        (CONTROLLER, {**SQL, "customers__database": "sqlite:///privbot-keys%2Edb"}, "customers.database"),
        (CONTROLLER, {**SQL, "customers__database": "sqlite:///privbot.db-wal"}, "customers.database"),
    ],
)
def test_nothing_that_is_privbots_own_can_be_named(config, place, typed, name):
    assert "cannot be named here" in filled(config, place, **typed).faults[name]


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("postgresql://privbot@localhost/privbot", True),
        ("postgres://other@127.0.0.1:5432/privbot", True),
        ("postgresql:///?host=/run/postgresql&dbname=privbot", True),
        # each way to say where it leads, and each server of several
        ("postgresql://crm.example/privbot?hostaddr=127.0.0.1", True),
        ("postgresql://crm.example,localhost/privbot", True),
        ("postgresql://crm.example/privbot?host=crm.example,127.0.0.1", True),
        ("postgresql://127.1/privbot", True),
        ("postgresql://LOCALHOST./privbot", True),
        ("postgresql://privbot@localhost", True),
        ("postgresql://privbot@localhost/crm", False),
        ("postgresql://privbot@crm.example/privbot", False),
    ],
)
def test_the_records_are_nobodys_customers(config, address, ours):
    config = config.model_copy(update={"database": "postgresql://privbot@localhost/privbot"})
    faults = filled(config, CONTROLLER, **SQL, customers__database=address).faults
    assert ("cannot be named here" in faults.get("customers.database", "")) == ours


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql:///?service=privbot", "not a service"),
        ("postgresql://crm.example/crm?service=privbot", "not a service"),
        ("postgresql://crm.example/crm?unknown=1", "is not an address"),
    ],
)
def test_a_database_is_named_by_itself(config, address, words):
    assert words in filled(config, CONTROLLER, **SQL, customers__database=address).faults["customers.database"]


@pytest.mark.parametrize(
    ("place", "typed", "name"),
    [
        (CONTROLLER, {"letters": "a\0b"}, "letters"),
        (MAILBOX, {"ca_file": "\0"}, "ca_file"),
        (CONTROLLER, {"customers__kind": "csv", "customers__file": "c\0.csv"}, "customers.file"),
        (CONTROLLER, {**SQL, "customers__database": "sqlite:///crm%00.db"}, "customers.database"),
        (MAILBOX, {"password:source": "file", "password:named": "p\0w"}, "password"),
    ],
)
def test_a_path_with_a_nul_character_is_refused_with_a_sentence(config, place, typed, name):
    assert "NUL" in filled(config, place, **typed).faults[name]


@pytest.mark.parametrize("source", ["env", "file"])
def test_who_does_not_see_every_controller_types_a_secret_or_keeps_it(config, source):
    named = {"password:source": source, "password:named": "B_IMAP_PASSWORD"}
    found = filled(config, MAILBOX, sees_all=False, **named)
    assert "type the secret" in found.faults["password"] and not found.values
    assert not filled(config, MAILBOX, **named).faults
    typed = {"password:source": "typed", "password:typed": "hunter2"}
    assert filled(config, MAILBOX, sees_all=False, **typed).values == {"password": Typed("hunter2")}


@pytest.mark.parametrize(
    ("place", "typed"),
    [
        (MAILBOX, {"ca_file": "ca.pem"}),
        (CONTROLLER, {"letters": "letters/tidal"}),
        (CONTROLLER, {"addresses": "customer-tidal@harbour.example"}),
        (CONTROLLER, {"customers__url": "https://elsewhere.example/"}),
        (CONTROLLER, {"customers__token:source": "typed", "customers__token:typed": "hunter2"}),
        (CONTROLLER, {"customers__kind": "csv", "customers__file": "tidal.csv"}),
    ],
)
def test_what_could_lead_to_another_controllers_things_is_changed_by_who_sees_them_all(config, place, typed):
    assert filled(config, place, **typed).values
    assert filled(config, place, sees_all=False, **typed).values == {}


@pytest.mark.parametrize(
    ("place", "typed", "name"),
    [
        # the file's own validation, beside the field
        (MAILBOX, {"poll_seconds": "often"}, "poll_seconds"),
        (MAILBOX, {"host": "", "password:source": "none"}, "host"),
        (MAILBOX, {"keyword": "two words"}, "keyword"),
        (CONTROLLER, {"addresses": "nobody\na@b.example"}, "addresses"),
        (CONTROLLER, {"promises__gdpr__days": "0"}, "promises.gdpr.days"),
        (
            CONTROLLER,
            {"customers__kind": "sql", "customers__database": "mysql://x", "customers__query": "SELECT :email"},
            "customers.database",
        ),
        (CONTROLLER, {"customers__kind": "csv"}, "customers.file"),
        (CONTROLLER, {"recipients": "Bank <nowhere>"}, "recipients"),
        (("limits",), {"per_address": "0"}, "per_address"),
        # of no single field: at the top
        (MAILBOX, {"after": "move"}, None),
        (MAILBOX, {"security": "none", "password:source": "none"}, None),
    ],
)
def test_a_fault_stands_beside_its_field_and_what_was_typed_stays(config, place, typed, name):
    found = filled(config, place, **typed)
    with pytest.raises(settings_file.ConfigWrong) as wrong:
        settings_file.put(config, place, found.values, shown=config.version)
    fields, general = settings_form.with_faults(found, place, 0, wrong.value)
    assert [one.name for one in fields if one.fault] == ([name] if name else [])
    assert bool(general) == (name is None)
    texts = {one.name: one.texts for one in fields}
    for key, text in typed.items():
        if ":" not in key:
            assert texts[key.replace("__", ".")] == tuple(text.split("\n") if text else ())


def test_a_new_part_has_all_its_fields(config):
    fields = settings_fields.fields(("mailbox", ""), {}, laws=LAWS, controllers=config.controllers)
    assert fields[0].name == "id" and "paused" not in {one.name for one in fields}
    sent = as_sent(fields) | {"id": ["sea"], "host": ["imap.sea.example"], "controllers": ["lumen"], "password:source": ["none"]}
    found = settings_form.read(("mailbox", ""), fields, {}, sent, config)
    assert settings_file.add(config, "mailbox", found.values, shown=config.version).config.mailbox[1].id == "sea"


def test_settings_can_be_tried_before_they_are_saved(config):
    raw, _ = shown(config, MAILBOX)
    found = filled(config, MAILBOX, **{"host": "imap.new.example", "password:source": "typed", "password:typed": "hunter2"})
    tried = settings_form.part(MAILBOX, raw, found.values, config)
    assert (tried.host, tried.password.read()) == ("imap.new.example", "hunter2")
    with pytest.raises(settings_file.ConfigWrong) as wrong:
        settings_form.part(MAILBOX, raw, {"port": 0}, config)
    fields, _ = settings_form.with_faults(found, MAILBOX, 0, wrong.value)
    assert [one.name for one in fields if one.fault] == ["port"]
