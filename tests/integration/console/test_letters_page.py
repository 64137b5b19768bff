"""Letters in the console: every template with its preview, own wordings, their history and how they are restored."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privbot.console import letter_words
from privbot.letters.catalogue import KINDS
from privbot.letters.variables import VARIABLES
from privbot.letters.words import languages
from privbot.records.models import WordingVersion

CLOSED = "/letters/lumen/closed/en"
WARM = 'common.closing = "Warm regards"\n'


@pytest.fixture
def office(console_office, tmp_path):
    """The console's office, with an empty folder of letters."""
    console_office.config = console_office.config.model_copy(update={"folder": tmp_path})
    return console_office


@pytest.fixture
def lead(office, person, client_of):
    return client_of(person("lead", name="Lea Lead"))


def text_of(answer, status=200) -> str:
    assert answer.status_code == status
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def typed_in(answer) -> str:
    return unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", answer.content.decode(), re.S)[1])


def version_of(answer) -> str:
    return re.search(r'name="version" value="(\d+)"', answer.content.decode())[1]


def save(client, text=WARM, version="0", part="words", **more):
    return client.post(f"{CLOSED}/{part}/save", {"text": text, "version": version, **more})


def test_every_letter_is_listed_with_when_it_is_sent_and_where_its_wording_is_own(lead):
    save(lead, 'closed.again = "Write to us again."\n')
    page = lead.get("/letters?language=ja").content.decode()
    assert [name for name in KINDS if f"/letters/lumen/{name}/ja" not in page] == []
    assert page.count('class="badge own"') == 1 and "/letters/lumen/closed/en" in page
    assert "what we asked for has not come back" in page


def test_somebody_without_controllers_is_told_so(office, person, client_of):
    assert "any controller yet" in text_of(client_of(person("viewer", controllers=[])).get("/letters"))


@pytest.mark.parametrize("language", languages())
def test_a_letter_opens_in_each_language_with_both_of_its_parts(lead, language):
    for part in ("words", "structure"):
        page = text_of(lead.get(f"/letters/lumen/refusal/{language}?part={part}"))
        assert "This text can be used." in page and "Case 13 of 13" in page


@pytest.mark.parametrize("name", KINDS)
def test_each_letter_opens(lead, name):
    assert lead.get(f"/letters/lumen/{name}/de").status_code == 200
    assert lead.get(f"/letters/lumen/{name}/de?part=structure&start=shipped").status_code == 200


@pytest.mark.parametrize(
    "address", ["lumen/nothing/en", "lumen/closed/eo", "nobody/closed/en", "lumen/closed/en/secrets/history", "..%2f/closed/en"]
)
def test_what_does_not_exist_is_not_there(lead, address):
    assert lead.get(f"/letters/{address}").status_code == 404


def test_a_wording_is_saved_and_the_page_shows_it(lead):
    answer = save(lead)
    assert answer.status_code == 302 and answer["Location"] == f"{CLOSED}?part=words"
    answer = lead.get(CLOSED)
    page = text_of(answer)
    assert typed_in(answer) == WARM and "Last changed by Lea Lead" in page and "the next letter is written with it" in page
    assert "Warm regards" in lead.get(f"{CLOSED}/frame").content.decode()


def test_faults_are_told_with_their_lines_and_what_was_typed_stays(lead):
    wrong = '# mine\ncommon.closng = "x"\ncommon.closing = "{"\n'
    answer = save(lead, wrong)
    page = text_of(answer, 400)
    assert "Line 2: common.closng there is no such fragment" in page and "Line 3: common.closing" in page
    assert typed_in(answer) == wrong and WordingVersion.objects.count() == 0


def test_two_people_who_change_one_wording_are_told_of_each_other(lead, person, client_of):
    save(lead)
    other = client_of(person("lead", name="Bo Lead"))
    shown = version_of(lead.get(CLOSED))
    save(other, 'common.closing = "Theirs"\n', shown)
    answer = save(lead, 'common.closing = "Mine"\n', shown)
    page = text_of(answer, 409)
    assert "Bo Lead changed this wording" in page and '+ added: common.closing = "Theirs"' in page
    assert typed_in(answer) == 'common.closing = "Mine"\n'
    assert save(lead, 'common.closing = "Mine"\n', version_of(answer)).status_code == 302


def test_an_own_wording_is_taken_back_and_restored_from_its_history(lead):
    save(lead)
    save(lead, "whatever stands there", version_of(lead.get(CLOSED)), take_back="yes")
    page = lead.get(f"{CLOSED}/words/history")
    assert "Own wording taken back" in text_of(page) and '+ added: common.closing = "Warm regards"' in text_of(page)
    old = WordingVersion.objects.order_by("id").first().id
    assert lead.post(f"{CLOSED}/words/restore", {"old": old, "version": version_of(page)}).status_code == 302
    assert typed_in(lead.get(CLOSED)) == WARM
    assert lead.post(f"{CLOSED}/words/restore", {"old": old, "version": "1"}).status_code == 409
    assert lead.post(f"{CLOSED}/words/restore", {"old": 987654, "version": "1"}).status_code == 404


def test_a_wording_changed_by_hand_is_shown_and_joins_the_history(lead, office):
    folder = office.config.folder / "letters" / "lumen" / "words"
    folder.mkdir(parents=True)
    (folder / "en.toml").write_text(WARM, encoding="utf-8")
    assert typed_in(lead.get(CLOSED)) == WARM
    assert "changed by hand, in the file" in text_of(lead.get(f"{CLOSED}/words/history"))


def test_a_file_by_hand_that_cannot_be_used_is_shown_with_its_fault(lead, office):
    folder = office.config.folder / "letters" / "lumen" / "words"
    folder.mkdir(parents=True)
    (folder / "en.toml").write_text("common.closng = 'x'\n", encoding="utf-8")
    assert "there is no such fragment" in text_of(lead.get(CLOSED))
    assert lead.get(f"{CLOSED}/frame").status_code == 404
    (folder / "en.toml").write_bytes(b"\xff")
    assert "is not UTF-8" in text_of(lead.get(CLOSED), 409)
    assert lead.get("/letters").status_code == 200


def preview(client, text, part="words", name="closed", sample="0"):
    return client.post(
        f"/letters/lumen/{name}/en/{part}/preview",
        {"text": text, "version": "0", "sample": sample},
        headers={"HX-Request": "true"},
    )


def test_what_is_typed_is_previewed_before_it_is_saved(lead):
    answer = preview(lead, WARM)
    page = answer.content.decode()
    assert "<html" not in page and "Warm regards" in page and "This text can be used." in page
    [frame] = re.findall(r'src="([^"]+)"', page)
    shown = lead.get(unescape(frame))
    assert "Warm regards" in shown.content.decode()
    assert "sandbox" in shown.headers["Content-Security-Policy"] and "script-src" not in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert WordingVersion.objects.count() == 0


def test_a_preview_without_script_is_the_whole_page_with_what_was_typed(lead):
    answer = lead.post(f"{CLOSED}/words/preview", {"text": WARM, "version": "0"})
    assert typed_in(answer) == WARM and "Warm regards" in text_of(answer)


def test_a_preview_is_shown_to_nobody_else(lead, person, client_of):
    [frame] = re.findall(r'src="([^"]+)"', preview(lead, WARM).content.decode())
    assert client_of(person("lead")).get(unescape(frame)).status_code == 404
    assert lead.get(f"{CLOSED}/frame?key=nothing").status_code == 404


HOSTILE = [
    # part, text, words of the fault
    ("structure", "{% for i in range(1000000000) %}{% endfor %}", "does not know range"),
    ("structure", '{{ "x" * 10 ** 10 }}', "must not reckon with *"),
    ("structure", "{% for a in letter.contact %}" * 4 + "{% endfor %}" * 4, "its loops go round more than 1,000 times"),
    ("structure", '{{ "".__class__.__mro__ }}', "must not look at __class__"),
    ("structure", '{{ paragraph("<script>alert(1)</script>" | safe) }}', "must not use the filter safe"),
    ("structure", '{% include "/etc/passwd" %}', "there is no structure /etc/passwd"),
    ("structure", '{{ paragraph("Hello") }}', "must keep the reference"),
    ("structure", "x" * 10_001, "longer than 10,000"),
    ("words", 'common.closing = "{{ controller.__class__ }}"', "only text and"),
    ("words", 'acknowledgment.subject = "Received"', "must keep {{ reference }}"),
    ("words", "#" * 200_001, "longer than 200,000"),
    ("words", "a=" + "[" * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(("part", "text", "why"), HOSTILE, ids=[row[2] for row in HOSTILE])
def test_a_hostile_text_is_refused_in_words_and_quickly(lead, part, text, why):
    assert why in text_of(preview(lead, text, part))
    assert why in text_of(save(lead, text, part=part), 400)
    assert WordingVersion.objects.count() == 0


def test_what_is_typed_never_becomes_html(lead):
    script = "<script>alert(1)</script>"
    page = preview(lead, f"common.closing = '{script}'\n").content.decode()
    [frame] = re.findall(r'src="([^"]+)"', page)
    assert script not in page and script not in lead.get(unescape(frame)).content.decode()
    assert script not in save(lead, f"{script}</textarea>{script}").content.decode()


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_others_read_and_change_nothing(office, person, client_of, role):
    client = client_of(person(role))
    assert "<textarea" not in client.get(CLOSED).content.decode()
    for what in ("save", "preview", "restore"):
        assert client.post(f"{CLOSED}/words/{what}", {"text": WARM}).status_code == 403


def test_a_lead_of_another_controller_finds_nothing(office, person, client_of):
    client = client_of(person("lead", controllers=["tidal"]))
    for address in (CLOSED, f"{CLOSED}/frame", f"{CLOSED}/words/history"):
        assert client.get(address).status_code == 404
    assert client.post(f"{CLOSED}/words/save", {"text": WARM}).status_code == 404
    assert "/letters/tidal/" in client.get("/letters?controller=lumen").content.decode()


def test_a_letter_page_asks_the_database_a_few_times(lead):
    save(lead)
    for address in ("/letters", CLOSED, f"{CLOSED}/words/history"):
        with CaptureQueriesContext(connection) as seen:
            lead.get(address)
        assert len([one for one in seen.captured_queries if "records_" in one["sql"] or "console_" in one["sql"]]) <= 6


def test_the_words_of_the_page_are_those_of_the_letters_room():
    assert {name: str(when) for name, when in letter_words.WHEN.items()} == {kind.name: kind.when for kind in KINDS.values()}
    assert letter_words.TITLES.keys() == KINDS.keys()
    assert {name: str(one) for name, one in letter_words.VARIABLES.items()} == {one.name: one.meaning for one in VARIABLES}
