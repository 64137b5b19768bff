"""privbot.toml changed by the program: what the next person wrote there stays, and nothing is written that could not be used."""

from __future__ import annotations

import stat
import threading
import tomllib
from datetime import UTC, datetime, time

import pytest

from privbot import init, settings_file
from privbot.config import Config, ConfigWrong, load
from privbot.settings_file import SettingsChanged, Typed

COMMENTED = """
# The harbour's own settings.
database = "sqlite:///privbot.db"

[smtp]
host = "smtp.harbour.example" # the relay in the cellar

[[mailbox]]
id = "privacy"
host = "imap.harbour.example"   # moved in May
poll_seconds = 60 # a minute is enough
password = { env = "PRIVBOT_IMAP_PASSWORD" }
controllers = ["lumen"]

# Lumen first: it has most of the mail.
[[controller]]
id = "lumen"
name = "Lumen Masks LLC"
addresses = ["customer-lumen@harbour.example"]
regimes = ["gdpr"]

[controller.promises.gdpr]
days = 30 # promised in the notice

[[controller]]
id = "tidal"
name = "Tidal Outdoor Ltd"
addresses = ["customer-tidal@harbour.example"]
regimes = ["gdpr"]
"""


@pytest.fixture
def config(tmp_path) -> Config:
    file = tmp_path / "privbot.toml"
    file.write_text(COMMENTED)
    file.chmod(0o640)
    return load(file)


def text(config: Config) -> str:
    return config.file.read_text()


def test_a_change_touches_its_own_line_and_no_other(config):
    change = settings_file.put(config, ("mailbox", "privacy"), {"poll_seconds": 30}, shown=config.version)
    assert change.keys == ("poll_seconds",)
    assert change.config.mailbox[0].poll_seconds == 30
    assert text(config) == COMMENTED.replace("poll_seconds = 60 #", "poll_seconds = 30 #")
    assert load(config.file) == change.config


@pytest.mark.parametrize(
    ("place", "values", "keys"),
    [
        # every kind of value that TOML knows
        (("controller", "lumen"), {"mode": "auto"}, ("mode",)),
        (("controller", "tidal"), {"addresses": ["a@t.example", "b@t.example"]}, ("addresses",)),
        (("controller", "tidal"), {"digest_at": time(7, 30)}, ("digest_at",)),
        (("mailbox", "privacy"), {"go_live": datetime(2026, 11, 1, tzinfo=UTC)}, ("go_live",)),
        (("mailbox", "privacy"), {"size_cap_mb": 2.5, "paused": True}, ("size_cap_mb", "paused")),
        # a table inside a controller, and one more day in it
        (("controller", "lumen"), {"promises": {"gdpr": {"days": 20}}}, ("promises.gdpr.days",)),
        (("controller", "lumen"), {"promises": {}}, ("promises.gdpr",)),
        (("controller", "tidal"), {"contacts": {"dpo": "Ines Kern\nVienna"}}, ("contacts",)),
        (("controller", "lumen"), {"recipients": [{"name": "Shipping companies"}]}, ("recipients",)),
        # None takes a setting out: its default counts again
        (("mailbox", "privacy"), {"poll_seconds": None}, ("poll_seconds",)),
        # a part that was not there
        (("limits",), {"per_address": 7}, ("per_address",)),
        # what is as it was is no change
        (("mailbox", "privacy"), {"poll_seconds": 60, "controllers": ["lumen"]}, ()),
    ],
)
def test_what_is_written_is_what_is_read(config, place, values, keys):
    change = settings_file.put(config, place, values, shown=config.version)
    assert change.keys == keys
    assert load(config.file) == change.config
    assert "# Lumen first" in text(config) and "# the relay in the cellar" in text(config)


def test_a_file_of_init_keeps_all_its_explanations(tmp_path):
    file = tmp_path / "privbot.toml"
    init.write(
        file, imap_host="imap.harbour.example", imap_user="privacy@harbour.example", smtp_host="smtp.harbour.example", controller_name="Lumen",
        address="customer-lumen@harbour.example", regimes="gdpr",
    )  # fmt: skip
    before = file.read_text()
    config = load(file)
    settings_file.put(config, ("controller", "lumen"), {"mode": "auto", "retention_years": 5}, shown=config.version)
    assert set(before.splitlines()) - set(file.read_text().splitlines()) == {'mode = "observe"'}


def test_mailboxes_and_controllers_come_and_go(config):
    new = {"id": "sea", "name": "Sea Ltd", "addresses": ["privacy@sea.example"], "regimes": ["gdpr"]}
    change = settings_file.add(config, "controller", new, shown=config.version)
    change = settings_file.add(
        change.config, "mailbox", {"id": "sea", "host": "imap.sea.example", "controllers": ["sea"]}, shown=change.config.version
    )
    assert [one.id for one in load(config.file).controller] == ["lumen", "tidal", "sea"]
    with pytest.raises(ConfigWrong, match="names the controller 'sea'"):
        settings_file.remove(change.config, "controller", "sea", shown=change.config.version)
    change = settings_file.remove(change.config, "mailbox", "sea", shown=change.config.version)
    change = settings_file.remove(change.config, "controller", "sea", shown=change.config.version)
    assert tomllib.loads(text(config)) == tomllib.loads(COMMENTED)


def test_a_name_is_given_once(config):
    with pytest.raises(settings_file.TakenName):
        settings_file.add(config, "controller", {"id": "lumen"}, shown=config.version)
    with pytest.raises(settings_file.UnknownPart):
        settings_file.put(config, ("mailbox", "nowhere"), {}, shown=config.version)


def test_every_fault_is_told_with_its_place_and_nothing_is_written(config):
    wrong = {"port": 99_999, "poll_seconds": "often", "security": "ssl", "controllers": []}
    with pytest.raises(ConfigWrong) as caught:
        settings_file.put(config, ("mailbox", "privacy"), {**wrong, "password": Typed("hunter2")}, shown=config.version)
    assert {fault.path[:3] for fault in caught.value.faults} == {("mailbox", 0, key) for key in wrong}
    assert all(fault.sentence for fault in caught.value.faults)
    assert text(config) == COMMENTED
    assert not (config.folder / settings_file.SECRETS).exists()


def test_somebody_elses_edit_in_between_is_told_and_kept(config):
    theirs = COMMENTED.replace("in the cellar", "in the attic")
    config.file.write_text(theirs)
    with pytest.raises(SettingsChanged):
        settings_file.put(config, ("limits",), {"per_address": 7}, shown=config.version)
    assert text(config) == theirs


def test_of_many_who_save_at_once_one_wins(config):
    outcomes: list[str] = []

    def save(number: int) -> None:
        try:
            settings_file.put(config, ("limits",), {"per_address": number}, shown=config.version)
            outcomes.append("saved")
        except SettingsChanged:
            outcomes.append("told")

    savers = [threading.Thread(target=save, args=(number,)) for number in range(10, 18)]
    for one in savers:
        one.start()
    for one in savers:
        one.join()
    assert sorted(outcomes) == ["saved"] + ["told"] * 7


def test_the_file_keeps_its_mode_and_the_last_one_lies_beside_it(config):
    settings_file.put(config, ("limits",), {"per_address": 7}, shown=config.version)
    before = config.file.with_name("privbot.toml.bak")
    assert before.read_text() == COMMENTED
    assert stat.S_IMODE(config.file.stat().st_mode) == stat.S_IMODE(before.stat().st_mode) == 0o640
    assert sorted(one.name for one in config.folder.iterdir()) == ["privbot.toml", "privbot.toml.bak"]


def test_a_disk_that_is_full_leaves_the_file_as_it_was(config, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(settings_file.os, "fsync", full)
    with pytest.raises(settings_file.SettingsNotWritable, match="No space left"):
        settings_file.put(config, ("limits",), {"per_address": 7}, shown=config.version)
    assert text(config) == COMMENTED
    assert [one.name for one in config.folder.iterdir()] == ["privbot.toml"]


def test_a_typed_secret_lies_in_a_file_of_its_own(config):
    change = settings_file.put(config, ("mailbox", "privacy"), {"password": Typed("hunter2")}, shown=config.version)
    assert change.keys == ("password",)
    assert "hunter2" not in text(config) and "hunter2" not in repr(change)
    assert change.config.mailbox[0].password.read() == "hunter2"
    file = change.config.mailbox[0].password.file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_settings_made_in_code_cannot_be_changed(config):
    with pytest.raises(settings_file.NoSettingsFile):
        settings_file.put(config.model_copy(update={"file": None}), ("limits",), {"per_address": 7}, shown="")
    assert settings_file.newer(config.model_copy(update={"file": None})) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        # not TOML, not valid: the fault is told
        (("[smtp]", "[smtp"), "not valid TOML"),
        (("poll_seconds = 60", "poll_seconds = 0"), "poll_seconds"),
        # what only a restart can change
        (("sqlite:///privbot.db", "sqlite:///other.db"), "database was changed.*restart"),
        (("[smtp]", '[law]\nfolder = "laws"\n[smtp]'), "law was changed.*restart"),
        (('database = "sqlite:///privbot.db"', 'master_key = {env = "OTHER"}'), "master_key was changed.*restart"),
    ],
)
def test_a_file_that_cannot_be_taken_on_is_told(config, change, words):
    config.file.write_text(COMMENTED.replace(*change))
    with pytest.raises(ConfigWrong, match=words):
        settings_file.newer(config)


def test_a_changed_file_is_noticed_and_an_unchanged_one_is_not(config):
    assert settings_file.newer(config) is None
    config.file.write_text(COMMENTED.replace("poll_seconds = 60", "poll_seconds = 5"))
    assert settings_file.newer(config).mailbox[0].poll_seconds == 5
