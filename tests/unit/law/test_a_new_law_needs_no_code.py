"""Brazil's LGPD and Virginia's VCDPA stand in two files beside this one; nothing else of the program knows them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from builders import LUMEN, a_history, a_mail, a_reading
from typer.testing import CliRunner

from privbot.casework.model import AddRequest
from privbot.casework.triage import triage
from privbot.cli import app
from privbot.config import ConfigWrong, load
from privbot.law.clocks import due, extension
from privbot.law.errors import LateExtension, NoExtension, UnknownRegime, WrongLawFile
from privbot.law.limits import limit_reached
from privbot.law.model import Events
from privbot.law.refusals import acknowledgment_duty, refusal, refusals, remedies
from privbot.law.regimes import equivalent, regimes, shipped, use_folder
from privbot.law.reminders import reminders
from privbot.law.verification import is_free, verification
from privbot.reading.model import REGIMES
from privbot.reading.regime import guess

PROOF = Path(__file__).parent / "proof"
CONFIGURATION = """
[law]
folder = "laws"
[smtp]
host = "smtp.harbour.example"
[[mailbox]]
id = "privacy"
host = "imap.harbour.example"
controllers = ["lumen"]
[[controller]]
id = "lumen"
name = "Lumen Masks LLC"
addresses = ["customer-lumen@harbour.example"]
regimes = ["gdpr", "vcdpa"]
promises = { vcdpa = { days = 40 } }
places = { vcdpa = { zone = "America/Chicago", country = "US" } }
"""


@pytest.fixture(autouse=True)
def only_shipped_laws_afterwards() -> Iterator[None]:
    yield
    use_folder(None)


@pytest.fixture
def proof() -> None:
    use_folder(PROOF)


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T17:00").replace(tzinfo=UTC)


def test_they_come_from_their_folder_only(proof: None) -> None:
    assert set(regimes()) == {*REGIMES, "lgpd", "vcdpa"}
    use_folder(None)
    assert set(regimes()) == set(REGIMES)
    with pytest.raises(UnknownRegime):
        due("vcdpa", "access", noon("2026-11-20"))


@pytest.mark.parametrize(
    ("regime", "right", "extended", "statute", "extend_by", "longer"),
    [
        ("vcdpa", "access", False, "2027-01-04", "2027-01-04", "2027-02-18"),  # 45 days, and 45 more
        ("vcdpa", "erasure", True, "2027-02-18", "2027-01-04", "2027-02-18"),
        ("vcdpa", "complaint", False, "2027-01-19", None, None),  # an appeal: 60 days
        ("lgpd", "access", False, "2026-12-05", None, None),  # 15 days, a Saturday that does not roll
        ("lgpd", "erasure", False, "2026-12-05", None, None),
    ],
)
def test_their_clocks(
    proof: None, regime: str, right: str, extended: bool, statute: str, extend_by: str | None, longer: str | None
) -> None:
    dates = due(regime, right, noon("2026-11-20"), events=Events(extended=extended))
    assert dates.statute == dates.respond_by == date.fromisoformat(statute)
    assert (dates.extend_by and dates.extend_by.isoformat(), dates.extended and dates.extended.isoformat()) == (extend_by, longer)
    assert dates.promise is None
    assert not dates.confirmed
    assert dates.internal_target == (regime == "lgpd" and right == "erasure")


def test_the_day_is_theirs(proof: None) -> None:
    # 02:30Z on 1 December is 30 November in São Paulo and in Virginia
    received = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    assert due("lgpd", "access", received).statute == date(2026, 12, 15)
    assert due("vcdpa", "access", received).statute == date(2027, 1, 14)


def test_their_extensions_are_checked(proof: None) -> None:
    assert extension("vcdpa", "access", noon("2026-11-20"), date(2027, 1, 4)).extended == date(2027, 2, 18)
    with pytest.raises(LateExtension):
        extension("vcdpa", "access", noon("2026-11-20"), date(2027, 1, 5))
    with pytest.raises(NoExtension):
        extension("lgpd", "access", noon("2026-11-20"), date(2026, 11, 21))


def test_their_limits_and_refusals(proof: None) -> None:
    twice = [("access", date(2026, 1, 10)), ("portability", date(2026, 8, 1))]
    reached = limit_reached("vcdpa", "access", date(2026, 11, 20), twice)
    assert reached is not None
    assert reached.name == "twice-a-year"
    assert limit_reached("vcdpa", "erasure", date(2026, 11, 20), twice) is None
    assert limit_reached("lgpd", "access", date(2026, 11, 20), twice) is None
    assert refusal("vcdpa", "access", "excessive").fee_instead
    assert set(refusals("lgpd", "access")) == {"no-match"}
    assert remedies("lgpd").authority.startswith("Agência Nacional")
    assert remedies("vcdpa").url == "https://www.oag.state.va.us"


def test_their_verification_fees_reminders_and_acknowledgment(proof: None) -> None:
    assert verification("vcdpa", "erasure").data_points == 2
    assert verification("lgpd", "erasure").level == "mailbox"
    assert is_free("vcdpa", "access")
    assert acknowledgment_duty("vcdpa") is None
    duty = acknowledgment_duty("lgpd")
    assert duty is not None
    assert duty.says == ("when a complete declaration can be expected",)
    dates = due("vcdpa", "access", noon("2026-11-20"))
    assert date(2026, 12, 20) in [one.day for one in reminders("vcdpa", dates, date(2026, 11, 20))]


def test_a_right_asked_in_other_words_becomes_theirs(proof: None) -> None:
    assert equivalent("vcdpa", "know-specific") == "access"
    assert equivalent("lgpd", "opt-out-of-sale") == "objection"
    assert equivalent("lgpd", "shine-the-light") is None


def test_an_own_file_named_like_a_shipped_one_takes_its_place(tmp_path: Path) -> None:
    shutil.copy(PROOF / "vcdpa.toml", tmp_path / "ccpa.toml")
    use_folder(tmp_path)
    assert regimes()["ccpa"].title == "VCDPA"
    assert shipped()["ccpa"].title == "CCPA"


def test_a_wrong_own_file_or_a_missing_folder_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    use_folder(PROOF)
    text = (PROOF / "vcdpa.toml").read_text(encoding="utf-8").replace("length = 45", "length = -45", 1)
    (tmp_path / "vcdpa.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WrongLawFile, match=r"^vcdpa\.toml: line \d+, clocks\.answer\.length: "):
        use_folder(tmp_path)
    with pytest.raises(WrongLawFile, match="not a folder"):
        use_folder(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(WrongLawFile, match="holds no regime file"):
        use_folder(tmp_path / "empty")
    assert "vcdpa" in regimes()


def test_a_mail_is_read_and_decided_under_it(proof: None) -> None:
    lumen = replace(LUMEN, regimes=("vcdpa",))
    guessed = guess("please delete what you hold about me", "en", ["erasure"], [], lumen.regimes)
    assert [(one.regime, one.confidence) for one in guessed] == [("vcdpa", 1.0)]
    actions = triage(a_mail(), a_reading("erasure", regime="vcdpa"), a_history(), lumen)
    (request,) = [action for action in actions if isinstance(action, AddRequest)]
    assert (request.regime, request.right, request.due.respond_by) == ("vcdpa", "erasure", date(2027, 1, 4))


# -- the configuration -------------------------------------------------------------------------------------------------------


def configured(folder: Path, text: str = CONFIGURATION) -> Path:
    shutil.copytree(PROOF, folder / "laws", dirs_exist_ok=True)
    file = folder / "privbot.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_controller_answers_under_a_law_of_its_own(tmp_path: Path) -> None:
    config = load(configured(tmp_path))
    assert config.controller[0].regimes == ("gdpr", "vcdpa")
    assert config.controller[0].promises["vcdpa"].days == 40
    assert due("vcdpa", "access", noon("2026-11-20")).statute == date(2027, 1, 4)


def test_without_the_folder_that_law_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(ConfigWrong, match=r"controller\[lumen\].regimes.*'vcdpa' is not a law in use; in use are 'appi', 'ccpa'"):
        load(configured(tmp_path, CONFIGURATION.replace('[law]\nfolder = "laws"\n', "")))


def test_the_laws_of_one_configuration_do_not_stay_for_the_next(tmp_path: Path) -> None:
    load(configured(tmp_path))
    without = CONFIGURATION.replace('[law]\nfolder = "laws"\n', "").split("regimes")[0] + 'regimes = ["gdpr"]\n'
    load(configured(tmp_path, without))
    assert "vcdpa" not in regimes()


def test_a_wrong_law_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongLawFile, match="elsewhere is not a folder"):
        load(configured(tmp_path, CONFIGURATION.replace('folder = "laws"', 'folder = "elsewhere"')))


# -- the command line --------------------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("regime", ["lgpd", "vcdpa", "gdpr", "ccpa", "appi"])
def test_law_show_prints_every_table_with_its_sources(regime: str) -> None:
    text = " ".join(run("law", "show", regime, "--folder", PROOF).split())
    for words in ("Rights", "Clocks", "Verification and fees", "Refusals", "Rules", "authority", "not confirmed by counsel"):
        assert words in text


def test_law_show_as_json_has_the_files_own_keys() -> None:
    shown = json.loads(run("law", "show", "vcdpa", "--folder", PROOF, "--json"))
    assert shown["name"] == "vcdpa"
    assert shown["clocks"]["answer"]["extension"]["length"] == 45
    assert shown["limits"]["twice-a-year"]["months"] == 12
    assert shown["acknowledgment"] is None


def test_law_show_follows_one_right_to_what_applies() -> None:
    shown = json.loads(run("law", "show", "vcdpa", "--right", "opt-out-of-sale", "--folder", PROOF, "--json"))
    assert shown["clock"]["length"] == 45
    assert shown["verification"]["level"] == "reasonable"
    assert shown["limits"] == {}
    assert set(shown["refusals"]) == {"excessive", "insufficient-verification"}
    text = run("law", "show", "vcdpa", "--right", "complaint", "--folder", PROOF)
    assert "60 days from receipt" in " ".join(text.split())
    assert "45 days from receipt" not in text


def test_law_check_names_good_and_wrong_files_and_fails(tmp_path: Path) -> None:
    assert "✓ lgpd: LGPD, 9 rights" in run("law", "check", PROOF)
    shutil.copytree(PROOF, tmp_path, dirs_exist_ok=True)
    text = (PROOF / "lgpd.toml").read_text(encoding="utf-8")
    (tmp_path / "lgpd.toml").write_text(text.replace('unit = "days"', 'unit = "weeks"'), encoding="utf-8")
    done = CliRunner().invoke(app, ["law", "check", str(tmp_path)])
    assert done.exit_code == 1
    assert "✓ vcdpa" in done.output
    assert "✗ lgpd.toml: line" in done.output
    assert "'months', 'days' or 'working-days'" in done.output


def test_law_check_without_a_folder_checks_the_laws_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("law", "check").count("✓") == len(REGIMES)
    configured(tmp_path)
    assert "✓ vcdpa" in run("law", "check")
    (tmp_path / "laws" / "vcdpa.toml").write_text("title = 1\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["law", "check"])
    assert done.exit_code == 1
    assert "✗ vcdpa.toml: line 1, title: " in done.output


def test_due_reckons_under_a_law_of_ones_own(tmp_path: Path) -> None:
    asked = ("due", "--regime", "vcdpa", "--right", "access", "--received", "2026-11-20", "--json")
    file = configured(tmp_path)
    assert json.loads(run(*asked, "--config", file))["respond_by"] == "2027-01-04"
    assert json.loads(run(*asked, "--config", file, "--controller", "lumen"))["respond_by"] == "2026-12-30"  # 40 days promised
