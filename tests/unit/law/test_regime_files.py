"""The files of figures: complete, cited, and refused when wrong."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

import pytest

from privbot.law import clocks, explain, model, periods, verification
from privbot.law.errors import UnknownRegime, WrongLawFile
from privbot.law.regimes import default_promise, equivalent, load_regime, notice, regimes
from privbot.reading.model import REGIMES, RIGHTS


def test_the_rooms_law_and_reading_know_the_same_regimes_and_rights() -> None:
    assert set(regimes()) == set(REGIMES)
    assert set(model.RIGHTS) == set(RIGHTS)


def test_every_right_is_granted_somewhere() -> None:
    for right in RIGHTS:
        assert any(equivalent(name, right) for name in regimes()), right


@pytest.mark.parametrize(
    ("regime", "asked", "granted"),
    [
        ("ccpa", "access", "know-specific"),
        ("ccpa", "portability", "know-specific"),
        ("ccpa", "objection", "opt-out-of-sale"),
        ("ccpa", "restriction", "limit-sensitive"),
        ("ccpa", "erasure", "erasure"),
        ("gdpr", "know-categories", "access"),
        ("gdpr", "opt-out-of-sale", "objection"),
        ("gdpr", "limit-sensitive", "restriction"),
        ("uk-gdpr", "third-party-records", "access"),
        ("appi", "objection", "stop-use"),
        ("appi", "portability", "access"),
        ("appi", "automated-decision", None),
        ("shine-the-light", "erasure", None),
        ("ccpa", "complaint", None),
    ],
)
def test_a_right_asked_becomes_the_right_granted(regime: str, asked: str, granted: str | None) -> None:
    assert equivalent(regime, asked) == granted


def test_an_unknown_regime_has_no_equivalents() -> None:
    with pytest.raises(UnknownRegime):
        equivalent("lgpd", "access")


def test_promises_are_those_of_the_notice() -> None:
    gdpr, ccpa = default_promise("gdpr"), default_promise("ccpa")
    assert gdpr is not None
    assert ccpa is not None
    assert (gdpr.days, gdpr.extended_days) == (30, None)
    assert (ccpa.days, ccpa.extended_days) == (45, 90)
    assert [default_promise(name) for name in ("uk-gdpr", "shine-the-light", "appi")] == [None, None, None]
    assert (notice().figures["retention"].value, notice().figures["minimum-age"].value) == (7, 16)


def test_the_extension_of_california_ends_where_its_longest_answer_does() -> None:
    ccpa = regimes()["ccpa"]
    answer = ccpa.clocks["answer"]
    assert answer.extension is not None
    assert answer.length + answer.extension.length == ccpa.figures["longest-answer"].value


def test_code_holds_no_number_of_days() -> None:
    """Whatever is counted stands in a file with its citation."""
    for module in (clocks, periods, explain, verification):
        numbers = [
            node.value
            for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and type(node.value) is int
        ]
        assert set(numbers) <= {0, 1}, module.__name__


@pytest.mark.parametrize(
    ("right_text", "wrong_text", "message"),
    [
        ('unit = "working-days"', 'unit = "weeks"', "clocks.acknowledge.unit: .*'months', 'days' or 'working-days'"),
        ("length = 45", 'length = "45"', "clocks.answer.length: .*integer"),
        ("length = 45", "length = 0", "clocks.answer.length: .*greater than 0"),
        ("roll = false", "rol = false", "clocks.answer: .*'rol'; allowed: source, confirmed"),
        ("confirmed = true", 'confirmed = "yes"', "place.confirmed: .*boolean"),
        ('source = "§7021(a)"\n', "", "clocks.acknowledge.source: .*required"),
        ('source = "§7021(a)"', 'source = ""', "clocks.acknowledge.source: .*at least 1"),
        ('clock = "answer"', 'clock = "anser"', "rights.know-categories.clock: 'anser' .*allowed: answer, acknowledge"),
        ('verification = "none"', 'verification = "nun"', "rights.opt-out-of-sale.verification: 'nun' .*allowed: none"),
        ('fee = "free"', 'fee = "gratis"', "rights.know-categories.fee: 'gratis' .*allowed: free"),
        ('acknowledge = "acknowledge"', 'acknowledge = "ack"', "rights.know-categories.acknowledge: 'ack'"),
        ("_if_sensitive = \"by-sens", "_if_sensitive = \"by-sins", "rights.erasure.verification_if_sensitive: 'by-sins"),
        ("[rights.erasure]", "[rights.deletion]", "rights: 'deletion' .*allowed: access"),
        ('also = ["restriction"]', 'also = ["restrictoin"]', "rights.limit-sensitive.also: 'restrictoin'"),
        ('also = ["restriction"]', 'also = ["erasure"]', "rights.limit-sensitive.also: 'erasure'"),  # granted itself
        ('also = ["restriction"]', 'also = ["objection"]', "'objection' stands under two rights"),
        ("rights = []", 'rights = ["access"]', "clarification.rights: 'access'"),
        ("America/Los_Angeles", "America/Los_Angelos", "place: .*no time zone"),
        ('country = "US"', 'country = "UX"', "place: .*holidays of UX-CA"),
        ('holidays = "country"', 'holidays = "federal"', "place.holidays: .*'country' or 'subdivision'"),
        ("[place]", "[place", "not TOML: .*line 5"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_naming_file_key_and_what_is_allowed(
    tmp_path: Path, right_text: str, wrong_text: str, message: str
) -> None:
    text = (files("privbot.law") / "regimes" / "ccpa.toml").read_text(encoding="utf-8")
    assert right_text in text
    file = tmp_path / "ccpa.toml"
    file.write_text(text.replace(right_text, wrong_text, 1), encoding="utf-8")
    with pytest.raises(WrongLawFile, match=r"(?s)^ccpa\.toml: .*" + message):
        load_regime(file)


def test_an_untouched_file_loads_under_its_own_name(tmp_path: Path) -> None:
    text = (files("privbot.law") / "regimes" / "ccpa.toml").read_text(encoding="utf-8")
    file = tmp_path / "copy.toml"
    file.write_text(text, encoding="utf-8")
    assert load_regime(file).name == "copy"
    assert load_regime(file).rights == regimes()["ccpa"].rights
