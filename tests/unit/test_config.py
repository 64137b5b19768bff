"""privbot.toml: a wrong setting names the file, the key and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from privbot.config import ConfigWrong, Secret, SecretMissing, load

GOOD = """
[smtp]
host = "smtp.harbour.example"
[[mailbox]]
id = "privacy"
host = "imap.harbour.example"
controllers = ["lumen"]
[[controller]]
id = "lumen"
name = "Lumen Masks LLC"
addresses = ["Customer-Lumen@harbour.example"]
regimes = ["gdpr"]
"""
TIDAL = """
[[controller]]
id = "tidal"
name = "Tidal Outdoor Ltd"
regimes = ["gdpr"]
%s
[[controller]]"""


def written(folder: Path, text: str) -> Path:
    file = folder / "privbot.toml"
    file.write_text(text)
    return file


def test_a_short_configuration_is_enough_and_observes_only(tmp_path):
    config = load(written(tmp_path, GOOD))
    assert config.controller[0].mode == "observe"
    assert config.smtp.security == config.mailbox[0].security == "tls"
    assert config.own_addresses == {"customer-lumen@harbour.example"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        # a typo never passes silently
        (('regimes = ["gdpr"]', 'regimes = ["gdpr"]\nmod = "auto"'), ["controller[lumen].mod", "not permitted"]),
        (('regimes = ["gdpr"]', 'regimes = ["gdrp"]'), ["controller[lumen].regimes", "'gdpr'"]),
        (('id = "privacy"', 'id = "privacy"\nafter = "delete"'), ["mailbox[privacy].after", "'leave'"]),
        (('id = "privacy"', 'id = "privacy"\nafter = "move"'), ["mailbox[privacy]", "move_to"]),
        (('controllers = ["lumen"]', 'controllers = ["tidal"]'), ["tidal", "known are lumen"]),
        (('id = "privacy"', 'id = "privacy"\npoll_seconds = 0'), ["mailbox[privacy].poll_seconds", "not below 1"]),
        # never a password over a network in clear
        (
            ('host = "imap.harbour.example"', 'host = "imap.harbour.example"\nsecurity = "none"'),
            ["mailbox[privacy]", "this machine"],
        ),
        (('host = "smtp.harbour.example"', 'host = "smtp.harbour.example"\npassword = {}'), ["smtp.password", "exactly one"]),
        (('[smtp]\nhost = "smtp.harbour.example"', ""), ["smtp", "this is needed"]),
        (('regimes = ["gdpr"]', 'regimes = ["gdpr"]\noperators = ["ada"]'), ["controller[lumen].operators", "pattern"]),
        (('regimes = ["gdpr"]', 'regimes = ["gdpr"]\ndigest_at = "noon"'), ["controller[lumen].digest_at", "time"]),
        (('regimes = ["gdpr"]', 'regimes = ["gdpr"]\nretention_years = 0'), ["controller[lumen].retention_years", "not below 1"]),
        (
            ('regimes = ["gdpr"]', 'regimes = ["gdpr"]\nrecipients = [{name = "Auditors"}, {name = "Auditors"}]'),
            ["controller[lumen]", "'Auditors' twice"],
        ),
        (
            ('regimes = ["gdpr"]', 'regimes = ["gdpr"]\n[controller.contacts.representatives]\nuk-gdpr = "Harbour Ltd, London"'),
            ["controller[lumen]", "'uk-gdpr'", "regimes"],
        ),
        (
            ('regimes = ["gdpr"]', 'regimes = ["gdpr"]\ncustomers = {kind = "xml"}'),
            ["controller[lumen].customers", "'csv', 'sql', 'http'"],
        ),
        # an address, and a folder of wordings, is one controller's alone
        (
            ("[[controller]]", TIDAL % 'addresses = ["customer-lumen@HARBOUR.example"]'),
            ["customer-lumen@harbour.example", "whose"],
        ),
        (("[[controller]]", TIDAL % 'addresses = ["t@harbour.example"]\nletters = "letters/lumen"'), ["letters in lumen"]),
        (("[[controller]]", TIDAL % 'addresses = ["t@harbour.example"]\nletters = "x/../letters/lumen/"'), ["letters in lumen"]),
        (("[smtp]", "[smtp"), ["not valid TOML"]),
    ],
)
def test_a_wrong_setting_names_file_key_and_what_is_allowed(tmp_path, change, words):
    file = written(tmp_path, GOOD.replace(*change))
    with pytest.raises(ConfigWrong) as caught:
        load(file)
    assert str(file) in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_recipients_contacts_and_operators_are_read(tmp_path):
    more = """
operators = ["Ada@harbour.example"]
digest_at = "07:30"
retention_years = 10
recipients = [{name = "Shipping companies", address = "privacy@ships.example"}, {name = "Auditors"}]
contacts = {dpo = "Ines Kern, dpo@harbour.example", representatives = {gdpr = "Harbour GmbH, Vienna"}}
"""
    controller = load(written(tmp_path, GOOD + more)).controller[0]
    assert controller.operators == ("ada@harbour.example",)
    assert (controller.digest_at.hour, controller.digest_at.minute, controller.retention_years) == (7, 30, 10)
    assert [(one.name, one.address) for one in controller.recipients] == [
        ("Shipping companies", "privacy@ships.example"),
        ("Auditors", None),
    ]
    assert controller.contacts.representatives["gdpr"] == "Harbour GmbH, Vienna"


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigWrong, match="privbot init"):
        load(tmp_path / "nowhere.toml")


def test_a_wrong_password_reference_shows_no_secret(tmp_path):
    file = written(tmp_path, GOOD.replace("[[mailbox]]", 'password = { value = "hunter2", env = "X" }\n[[mailbox]]'))
    with pytest.raises(ConfigWrong) as caught:
        load(file)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("secret", "value"),
    [
        (lambda folder: Secret(env="PRIVBOT_TEST_SECRET"), "from the environment"),
        (lambda folder: Secret(file=folder / "secret"), "from a file"),
        (lambda folder: Secret(command="printf 'from a command\\n'"), "from a command"),
        (lambda folder: Secret(value="in clear"), "in clear"),
    ],
)
def test_a_secret_comes_from_where_one_says(tmp_path, monkeypatch, secret, value):
    monkeypatch.setenv("PRIVBOT_TEST_SECRET", "from the environment")
    (tmp_path / "secret").write_text("from a file\n")
    assert secret(tmp_path).read() == value


@pytest.mark.parametrize("secret", [Secret(env="PRIVBOT_NOT_SET"), Secret(file=Path("/nowhere")), Secret(command="false")])
def test_a_secret_that_is_not_there_is_named(secret):
    with pytest.raises(SecretMissing):
        secret.read()


def test_a_secret_does_not_show_itself():
    assert "hunter2" not in repr(Secret(value="hunter2"))
