"""What every letter says, and what none says."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser

import pytest
from letter_worlds import APPI, OPT_OUT, SHINE, SPECIFIC, WORLDS, ccpa, context, gdpr, of_law

from privbot.letters.compose import compose, letters
from privbot.letters.errors import LetterIncomplete, UnknownLetter
from privbot.letters.model import Category, ComposedLetter, Information, Kept, LetterContext, LetterRequest, Recipient
from privbot.letters.page import Page
from privbot.letters.plain import COLUMNS, RULE, width
from privbot.letters.sample import samples
from privbot.letters.words import environment, languages, words
from privbot.reading.model import RIGHTS

EVERY_LETTER = [pytest.param(letter, language, id=f"{letter}-{language}") for letter in letters() for language in languages()]


class Reader(HTMLParser):
    """What a reader of the HTML sees, and which elements and attributes there are."""

    def __init__(self) -> None:
        super().__init__()
        self.seen, self.tags, self.attributes = "", [], {}

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.setdefault(tag, []).append(dict(attrs))

    def handle_data(self, data):
        if self.tags[-1:] not in (["title"], ["style"]):
            self.seen += data

    def handle_endtag(self, tag):
        self.tags.append("/" + tag)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@cache
def every_way(letter: str, language: str) -> list[tuple[str, LetterContext, ComposedLetter]]:
    """The letter in every way it can turn out: its samples, the same under a law without words, and the worlds of the first letters."""
    ways = {f"sample {number}": sample for number, sample in enumerate(samples(letter, language))}
    ways |= {f"{name} in Brazil": abroad(sample) for name, sample in ways.items()}
    if letter in ("acknowledgment", "challenge"):
        ways |= {name: world for name, world in WORLDS.items() if letter == "acknowledgment" or world.challenge_code}
    return [(name, world, compose(letter, language, world)) for name, world in ways.items()]


def abroad(sample: LetterContext) -> LetterContext:
    """The same under a law that was added as data: the words know no name for it."""
    requests = (
        replace(request, regime="lgpd", title="LGPD (Brazil)", article=f"Art {number} LGPD")
        for number, request in enumerate(sample.requests, 18)
    )
    return replace(sample, requests=tuple(requests))


def squashed(text: str) -> str:
    return re.sub(r"\s", "", text)


def one_line(text: str, language: str) -> str:
    """The text as if it had not been wrapped."""
    return re.sub(r"\s*\n\s*", "" if language == "ja" else " ", text)


# -- every letter -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_text_and_html_say_the_same(letter, language):
    label_end = words(language).fragments["list.label_end"].strip()
    for name, _, made in every_way(letter, language):
        plain = squashed(re.sub(r"^- ", "", made.text.replace(f"{RULE}\n", ""), flags=re.MULTILINE).replace(RULE, ""))
        html = squashed(read(made.html.replace("</th>", f"{label_end}</th>")).seen)
        assert plain == html, name


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_nothing_is_left_over(letter, language):
    # French sets a space before : and ;
    stray = r" [,.]" if language == "fr" else r" [,.;:]"
    for name, world, made in every_way(letter, language):
        for part in (made.subject, made.text.replace(world.wallet_message or RULE, ""), read(made.html).seen):
            assert not re.search(rf"[{{}}]|None|Undefined|\b[a-z_]+\.[a-z]+_[a-z]+\b|\S  +\S|{stray}", part), name
        assert "\n" not in made.subject
        assert {character for character in made.text if not character.isprintable()} <= {"\n", "\u00a0", "\u202f"}, name


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_no_fact_is_empty(letter, language):
    label_end = words(language).fragments["list.label_end"].strip()
    for name, _, made in every_way(letter, language):
        assert "<td></td>" not in made.html and '<li style="margin: 0.4em 0;"></li>' not in made.html, name
        labels = [words(language).fragments[f"common.{label}"] + label_end for label in ("reference", "received", "basis")]
        assert not set(made.text.splitlines()) & set(labels), name


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_reference_day_of_receipt_legal_basis_and_controller_are_named(letter, language):
    for name, world, made in every_way(letter, language):
        assert world.reference in made.subject
        page, text = Page(letter, words(language), world), squashed(made.text)
        laws = [page.law_name(request, "name") for request in world.requests]
        articles = [page.article(request) for request in world.requests]
        facts = (world.reference, world.controller_name, words(language).day(world.received), *laws, *articles)
        assert [fact for fact in facts if squashed(fact) not in text] == [], name


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_no_line_is_wider_than_76_columns_and_none_ends_in_a_space(letter, language):
    for _, world, made in every_way(letter, language):
        for line in made.text.replace(world.wallet_message or RULE, "").splitlines():
            assert width(line) <= COLUMNS
            assert line == line.rstrip()


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_a_letter_is_short(letter, language):
    for name, _, made in every_way(letter, language):
        carries_a_list = "\n- " in made.text
        words_at_most, characters_at_most = (500, 1800) if carries_a_list else (400, 1500)
        assert len(made.text) < characters_at_most if language == "ja" else len(made.text.split()) < words_at_most, name


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_the_html_fetches_nothing_and_tells_its_language(letter, language):
    for _, _, made in every_way(letter, language):
        page = read(made.html)
        assert made.html.lstrip().startswith("<!DOCTYPE html>")
        assert page.attributes["html"] == [{"lang": language}]
        assert not {"img", "script", "link", "a", "iframe", "form", "object"} & set(page.tags)
        assert not re.search(r"https?:|url\(|@import|src=|href=", made.html)


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_the_html_leaves_colours_to_the_reader(letter, language):
    for _, _, made in every_way(letter, language):
        assert "light dark" in made.html
        assert not re.search(r"(?<!-)\bcolor:|background", made.html)


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_the_structure_itself_prints_nothing(letter, language):
    for _, world, _ in every_way(letter, language):
        page = Page(letter, words(language), world)
        assert environment().get_template(f"{letter}.j2").render(page.vocabulary()).strip() == ""


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_every_letter_to_a_requester_says_that_rights_are_never_held_against_anybody(letter, language):
    # Civ. Code 1798.125: every California letter; it is true everywhere
    for name, _, made in every_way(letter, language):
        assert says(made, "common.equal") == (letter != "recipients-told"), name


NOT_REPEATED = ("refusal", "awaited", "details_wanted", "requester_name")
"""The first three name words, and a recipient is not saluted by the requester's name; all other fields hold what a letter repeats."""


@pytest.mark.parametrize(("letter", "language"), EVERY_LETTER)
def test_whatever_an_operator_says_reaches_the_reader(letter, language):
    for name, world, made in every_way(letter, language):
        text = squashed(made.text)
        for field in dataclasses.fields(world):
            if field.name in NOT_REPEATED:
                continue
            for value in texts_of(getattr(world, field.name)):
                assert squashed(value) in text, (name, field.name)


def texts_of(value: object) -> list[str]:
    """What of a field a letter repeats: every text in it; of what is told about data, and of requests, not the keys."""
    match value:
        case str():
            return [value]
        case Information():
            return [value.text]
        case Category():
            return [value.name]
        case Kept() | Recipient():
            return [text for text in dataclasses.astuple(value) if text]
        case tuple():
            return [text for one in value for text in texts_of(one)]
        case _:
            return []


# -- what is said when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("right", RIGHTS)
def test_every_right_can_be_acknowledged_in_the_readers_words(language, right):
    request = gdpr(right)
    made = compose("acknowledgment", language, context(request))
    data = words(language).say("regimes.gdpr.data", {})
    assert squashed(words(language).say(f"rights.{right}.asks", {"data": data})) in squashed(made.text)


def says(made, fragment: str) -> bool:
    """Whether a sentence is in a letter, whatever its variables hold."""
    sentence = words(made.language).fragments[fragment]
    pattern = ".+?".join(re.escape(squashed(part)) for part in re.split(r"\{\{.*?\}\}", sentence))
    return re.search(pattern, squashed(made.text)) is not None


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("fragment", "yes", "no"),
    [
        ("requests.by_promise", context(gdpr("access")), context(gdpr("access", promise=None, respond_by=date(2026, 12, 21)))),
        # a promise no earlier than the law is not worth a word
        ("requests.by_promise", context(gdpr("access")), context(gdpr("access", statute=date(2026, 12, 20)))),
        ("requests.by_law", context(OPT_OUT), context(APPI)),
        # the APPI knows no number of days: the date is an aim
        ("requests.target", context(APPI), context(gdpr("access"))),
        ("requests.overdue", context(SHINE, written=date(2026, 12, 21)), context(SHINE, written=date(2026, 12, 20))),
        ("acknowledgment.late", context(SHINE, backlog=True), context(SHINE)),
        ("acknowledgment.extension", context(ccpa("erasure")), context(OPT_OUT)),
        ("acknowledgment.extension_open", WORLDS["two extensions"], context(ccpa("erasure"))),
        ("acknowledgment.free", context(gdpr("access")), context(APPI)),
        ("acknowledgment.fee", context(gdpr("erasure"), APPI), context(gdpr("access"))),
        # 11 CCR §7060(b): an opt-out needs no proof
        ("verification.none", context(OPT_OUT), context(gdpr("access"))),
        ("verification.enough", context(gdpr("access")), context(gdpr("access"), code=True)),
        ("verification.code", context(gdpr("access"), code=True), context(gdpr("access"))),
        ("verification.details", context(ccpa("erasure")), context(SHINE)),
        ("verification.declaration", context(SPECIFIC), context(ccpa("erasure"))),
        ("verification.code_for_some", context(SPECIFIC, OPT_OUT, code=True), context(SPECIFIC, OPT_OUT)),
        ("verification.lead", context(SPECIFIC, OPT_OUT), context(SPECIFIC)),
        ("verification.never", context(gdpr("access")), context(OPT_OUT)),
        # Art 12(6) GDPR: only where the sender could not be confirmed, only for a code, only where doubt is the rule
        ("verification.doubt", context(gdpr("access"), code=True, sender_unconfirmed=True), context(gdpr("access"), code=True)),
        (
            "verification.doubt",
            context(gdpr("access"), code=True, sender_unconfirmed=True),
            context(gdpr("access"), sender_unconfirmed=True),
        ),
        ("verification.doubt", context(gdpr("access", "uk-gdpr"), code=True, sender_unconfirmed=True), WORLDS["japan"]),
        ("code.until", context(SHINE, code=True), context(SHINE)),
        (
            "access-before-erasure.order",
            context(gdpr("access"), gdpr("erasure"), erasure_waits=True),
            context(gdpr("access"), gdpr("erasure")),
        ),
        ("common.salutation_neutral", context(SHINE, requester_name=""), context(SHINE)),
    ],
)
def test_a_sentence_stands_where_it_applies_and_only_there(language, fragment, yes, no):
    assert says(compose("acknowledgment", language, yes), fragment)
    assert not says(compose("acknowledgment", language, no), fragment)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("fragment", ["common.equal", "common.misunderstood", "common.not_you", "common.person"])
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_every_acknowledgment_says_what_every_requester_must_know(language, fragment, world):
    assert says(compose("acknowledgment", language, world), fragment)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_every_due_date_and_every_law_is_named(language, world):
    text = squashed(compose("acknowledgment", language, world).text)
    for request in world.requests:
        assert squashed(words(language).day(request.respond_by)) in text
        assert squashed(words(language).fragments[f"regimes.{request.regime}.under"]) in text


@pytest.mark.parametrize("language", languages())
def test_without_a_contact_the_privacy_office_signs(language):
    office = words(language).fragments["common.office"]
    assert compose("acknowledgment", language, context(SHINE, contact=" \n")).text.endswith(f"\n\n{office}\nLumen Atelier\n")
    assert compose("acknowledgment", language, context(SHINE)).text.endswith("\n\nLumen Atelier\nprivacy@lumen-atelier.example\n")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("letter", ["acknowledgment", "challenge", "reminder", "agent-confirmation"])
def test_a_code_and_the_day_it_expires_are_set_apart(letter, language):
    made = compose(letter, language, replace(WORLDS["two alike"], awaited=("code",)))
    assert "\n\n    7KQ4-M2XH\n\n" in made.text
    assert squashed(words(language).day(date(2026, 12, 4))) in squashed(made.text)


def test_a_request_that_needs_no_proof_never_waits_for_the_code():
    text = one_line(compose("acknowledgment", "en", WORLDS["california, three ways of proof"]).text, "en")
    assert "Opt-out of sale and sharing: You need not prove your identity for this." in text
    assert "What needs no proof does not wait for it." in text


def test_the_same_right_under_two_laws_is_told_apart():
    text = one_line(compose("acknowledgment", "en", WORLDS["two extensions"]).text, "en")
    assert "Deletion (GDPR):" in text
    assert "Deletion (CCPA):" in text


def test_a_letter_holds_the_name_once_and_nothing_else_about_the_writer():
    made = compose("acknowledgment", "en", WORLDS["two alike"])
    assert made.text.count("Mina Okafor") == read(made.html).seen.count("Mina Okafor") == 1
    assert "Mina" not in made.subject
    assert not {"email", "address", "text"} & {*LetterContext.__dataclass_fields__, *LetterRequest.__dataclass_fields__}


@pytest.mark.parametrize("name", ["https://evil.example", "Mina\nBcc: evil", "{{ reference }} evil", "<b>evil</b>"])
@pytest.mark.parametrize("letter", letters())
def test_a_hostile_name_is_not_repeated(letter, name):
    made = compose(letter, "en", replace(samples(letter, "en")[0], requester_name=name, agent_name=name))
    assert made.text.startswith("Hello,\n")
    assert not any("evil" in part for part in (made.subject, made.text, made.html))


@pytest.mark.parametrize(
    ("language", "begins"), [("en", "Dear Mina Okafor,"), ("de", "Guten Tag Mina Okafor,"), ("ja", "Mina Okafor 様")]
)
def test_a_salutation_guesses_no_gender(language, begins):
    assert compose("acknowledgment", language, WORLDS["one request"]).text.startswith(begins)


def test_html_escapes_what_comes_from_outside():
    world = replace(
        WORLDS["one request"], requester_name="Siobhán O'Neill", controller_name="A & B <Ltd>", contact="A & B\n<office>"
    )
    made = compose("acknowledgment", "en", world)
    assert "<Ltd>" not in made.html and "<office>" not in made.html
    assert "A & B <Ltd>" in made.text and "A & B <Ltd>" in read(made.html).seen


# -- languages and wrong use -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["ko", "ko-KR", "KO", "ko_KR"])
def test_a_language_without_words_gets_english_and_one_line_of_its_own(tag):
    made = compose("acknowledgment", tag, WORLDS["one request"])
    assert made.language == "en"
    assert made.text.startswith("답변은 영어로 드리며")
    assert '<p lang="ko" dir="auto">답변은' in made.html
    assert "Dear Mina Okafor," in made.text


@pytest.mark.parametrize("tag", ["xx", "", "und"])
def test_a_language_nobody_knows_gets_plain_english(tag):
    assert compose("acknowledgment", tag, WORLDS["one request"]).text.startswith("Dear Mina")


@pytest.mark.parametrize("tag", ["de", "de-AT", "DE"])
def test_a_region_does_not_matter(tag):
    assert compose("acknowledgment", tag, WORLDS["one request"]).language == "de"


def test_an_unknown_letter_is_refused_with_the_known_ones():
    with pytest.raises(UnknownLetter, match="known are: acknowledgment, challenge"):
        compose("../words/en", "en", WORLDS["one request"])


@pytest.mark.parametrize(
    ("letter", "world"),
    [
        ("acknowledgment", context()),
        ("acknowledgment", replace(WORLDS["two alike"], challenge_expires=None)),
        ("acknowledgment", replace(WORLDS["two alike"], challenge_code=None)),
    ],
    ids=["nothing asked", "code without a day", "day without a code"],
)
def test_a_letter_that_lacks_what_it_must_say_is_refused(letter, world):
    with pytest.raises(LetterIncomplete):
        compose(letter, "en", world)


def test_what_the_law_room_says_becomes_a_request():
    assert of_law("") == APPI
