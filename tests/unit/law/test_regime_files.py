"""The files of figures: complete, cited, and refused when wrong."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

import pytest

from privbot.law import clocks, explain, limits, model, periods, reckoning, refusals, reminders, verification
from privbot.law.errors import UnknownRegime, WrongLawFile
from privbot.law.lines import line_of
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
    for module in (clocks, reckoning, periods, explain, verification, limits, refusals, reminders):
        numbers = [
            node.value
            for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and type(node.value) is int
        ]
        assert set(numbers) <= {0, 1}, module.__name__


def ccpa_with(folder: Path, right_text: str, wrong_text: str) -> tuple[Path, int]:
    """California's file with one text changed, and the line of the change."""
    text = (files("privbot.law") / "regimes" / "ccpa.toml").read_text(encoding="utf-8")
    assert right_text in text
    file = folder / "ccpa.toml"
    file.write_text(text.replace(right_text, wrong_text, 1), encoding="utf-8")
    return file, text[: text.index(right_text)].count("\n") + 1


@pytest.mark.parametrize(
    ("right_text", "wrong_text", "message"),
    [
        ('unit = "working-days"', 'unit = "weeks"', "clocks.acknowledge.unit: .*'months', 'days' or 'working-days'"),
        ("length = 45", 'length = "45"', "clocks.answer.length: .*integer"),
        ("length = 45", "length = 0", "clocks.answer.length: .*greater than 0"),
        ("roll = false", "rol = false", "clocks.answer.rol: .*'rol'; allowed: source, confirmed"),
        ("confirmed = true", 'confirmed = "yes"', "place.confirmed: .*boolean"),
        ('source = "§7021(a)"', 'source = ""', "clocks.acknowledge.source: .*at least 1"),
        ('clock = "answer"', 'clock = "anser"', "rights.know-categories.clock: 'anser' .*allowed: answer, acknowledge"),
        ('verification = "none"', 'verification = "nun"', "rights.opt-out-of-sale.verification: 'nun' .*allowed: none"),
        ('fee = "free"', 'fee = "gratis"', "rights.know-categories.fee: 'gratis' .*allowed: free"),
        ('acknowledge = "acknowledge"', 'acknowledge = "ack"', "rights.know-categories.acknowledge: 'ack'"),
        ('verification_if_sensitive = "by-sens', 'verification_if_sensitive = "by-sins',
         "rights.erasure.verification_if_sensitive: 'by-sins"),
        ("[rights.erasure]", "[rights.deletion]", "rights.deletion: 'deletion' .*allowed: access"),
        ('also = ["restriction"]', 'also = ["restrictoin"]', "rights.limit-sensitive.also: 'restrictoin'"),
        ('also = ["restriction"]', 'also = ["erasure"]', "rights.limit-sensitive.also: 'erasure'"),  # granted itself
        ('also = ["restriction"]', 'also = ["objection"]', "rights.limit-sensitive.also: 'objection' stands under two rights"),
        ("rights = []", 'rights = ["access"]', "clarification.rights: 'access'"),
        ('zone = "America/Los_Angeles', 'zone = "America/Los_Angelos', "place.zone: .*no time zone"),
        ('country = "US"', 'country = "UX"', "place.country: .*holidays of UX-CA"),
        ('holidays = "country"', 'holidays = "federal"', "place.holidays: .*'country' or 'subdivision'"),
        ("acknowledge_by = [7, 3, 1]", "acknowledge_by = [7, 0]", "reminders.acknowledge_by.1: .*greater than 0"),
        ('window = "rolling-months"', 'window = "calendar-year"', "limits.twice-in-twelve-months.window: .*go together"),
        ('window = "rolling-months"', 'window = "year"', "limits.twice-in-twelve-months.window: .*'calendar-year'"),
        ("answers = 2", "answers = 0", "limits.twice-in-twelve-months.answers: .*greater than 0"),
        ("[refusals.no-match]", "[refusals.no-mach]", "refusals.no-mach: 'no-mach' .*allowed: manifestly-unfounded"),
        ('outcome = "no_match"', 'outcome = "nomatch"', "refusals.no-match.outcome: .*'suspected_fraud', 'insuf_verification'"),
        ('why = "The request is manifestly unfounded."', 'why = ""', "refusals.manifestly-unfounded.why: .*at least 1"),
        ('url = "https://cppa', 'url = "cppa', "authority.url: .*https"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_naming_file_line_key_and_what_is_allowed(
    tmp_path: Path, right_text: str, wrong_text: str, message: str
) -> None:
    file, line = ccpa_with(tmp_path, right_text, wrong_text)
    with pytest.raises(WrongLawFile, match=rf"(?s)^ccpa\.toml: line {line}, {message}"):
        load_regime(file)


def test_a_missing_key_is_missed_where_its_table_begins(tmp_path: Path) -> None:
    file, line = ccpa_with(tmp_path, "[clocks.acknowledge]\nlength = 10\n", "[clocks.acknowledge]\n")
    with pytest.raises(WrongLawFile, match=rf"^ccpa\.toml: line {line}, clocks\.acknowledge\.length: .*required"):
        load_regime(file)


def test_a_missing_table_is_missed_in_the_first_line(tmp_path: Path) -> None:
    file, _ = ccpa_with(tmp_path, '[court]\nsentence = "', '[figures.court]\nvalue = 1\nunit = "')
    with pytest.raises(WrongLawFile, match=r"line 1, court: .*required"):
        load_regime(file)


def test_several_faults_are_named_together(tmp_path: Path) -> None:
    file, _ = ccpa_with(tmp_path, "length = 45", "length = 0")
    file.write_text(file.read_text(encoding="utf-8").replace("answers = 2", "answers = 0"), encoding="utf-8")
    with pytest.raises(WrongLawFile, match=r"clocks\.answer\.length.*; line \d+, limits\.twice"):
        load_regime(file)


def test_what_is_not_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    file, line = ccpa_with(tmp_path, "[place]", "[place")
    with pytest.raises(WrongLawFile, match=rf"^ccpa\.toml: not TOML: .*line {line}"):
        load_regime(file)


def test_what_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ccpa.toml"
    file.write_bytes(b'title = "\xff"')
    with pytest.raises(WrongLawFile, match="UTF-8"):
        load_regime(file)


def test_a_file_whose_name_cannot_name_a_law_is_refused(tmp_path: Path) -> None:
    file, _ = ccpa_with(tmp_path, "[place]", "[place]")
    with pytest.raises(WrongLawFile, match="name: "):
        load_regime(file.rename(tmp_path / "My Law.toml"))


def test_a_law_is_called_like_its_file_and_nothing_else(tmp_path: Path) -> None:
    file, line = ccpa_with(tmp_path, 'title = "CCPA"', 'name = "cpra"\ntitle = "CCPA"')
    with pytest.raises(WrongLawFile, match=rf"^ccpa\.toml: line {line}, name: .*leave it out"):
        load_regime(file)


LAW = """# a comment
title = "A law"
# unit = "days"


[clocks.slow]
length = 1
unit   = "days"

[clocks.slow.extension]
# as long again
length = 1

[rights.access]
also = [
    "portability",
]

[fees.free]
source = '''
fake = 1
'''
note = "x"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("title",), 2),
        (("clocks", "slow"), 6),
        (("clocks", "slow", "unit"), 8),
        (("clocks", "slow", "missing"), 6),
        (("clocks", "slow", "extension", "length"), 12),  # a table in a table
        (("clocks",), 6),  # named by its first table only
        (("rights", "access", "also", "1"), 15),  # a place in a list over several lines
        (("fees", "free", "fake"), 19),  # only looks like a key, inside a long string
        (("fees", "free", "note"), 23),
        (("nowhere",), 1),
    ],
)
def test_the_line_of_a_key_is_found(path: tuple[str, ...], line: int) -> None:
    assert line_of(LAW, path) == line


def test_an_untouched_file_loads_under_its_own_name(tmp_path: Path) -> None:
    text = (files("privbot.law") / "regimes" / "ccpa.toml").read_text(encoding="utf-8")
    file = tmp_path / "copy.toml"
    file.write_text(text, encoding="utf-8")
    assert load_regime(file).name == "copy"
    assert load_regime(file).rights == regimes()["ccpa"].rights
