"""The page of the reading model: its card and figures, what operators taught, and candidates trained, compared, promoted, taken back."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privbot.mail.parse import ParseSettings, parse
from privbot.reading.reader import Reader
from privbot.records import corrections
from privbot.records.database import writing
from privbot.records.models import AuditEvent, Correction, IncomingMail
from privbot.worker import chores
from privbot.worker.chores import Busy, Chore, State
from privbot.worker.model_store import ModelStore

MOMENT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCORES = {"macro_f1": 0.8, "silent_misses": 1.0, "ordinary_taken": 0.02}
COMPARISON = {
    "current": "privbot-reader-3", "candidate": "privbot-reader-3+1", "against": [], "better": ["tune en: macro-F1 0.900, was 0.800"],
    "sets": [
        {"set": "tune en", "mails": 90, "current": SCORES, "candidate": SCORES | {"macro_f1": 0.9}},
        {"set": "tune ja", "mails": 80, "current": SCORES, "candidate": SCORES | {"silent_misses": 2.0}},
    ],
}  # fmt: skip


@pytest.fixture
def office(console_office):
    folder = console_office.config.data_folder
    for one in ("chores", "models"):
        shutil.rmtree(folder / one, ignore_errors=True)
    yield console_office
    for one in ("chores", "models"):
        shutil.rmtree(folder / one, ignore_errors=True)


@pytest.fixture
def candidate(office):
    """A folder that looks like a pipeline trained here."""
    folder = office.config.data_folder / "models" / "candidates" / "3+20261120T120000"
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text('{"version": "3+20261120T120000"}')
    return folder


@pytest.fixture
def begun(monkeypatch):
    """The chores that were begun, and not done."""
    found: list[tuple[str, str, str]] = []
    monkeypatch.setattr(chores, "begin", lambda office, name, *, actor, about="": found.append((name, actor, about)))
    return found


def ended(office, name: str, **more: object) -> None:
    chores._write(
        office.config,
        Chore(name, by="Ada", **({"about": "", "state": State.DONE, "started_at": MOMENT, "ended_at": MOMENT} | more)),
    )


def taught(office, number: int, *, controller: str = "lumen", actor: str = "Ada", words: str = "please wipe my profile") -> None:
    mail = IncomingMail.objects.create(
        mailbox="privacy", sha256=str(number), received_at=MOMENT, kept_at=MOMENT, size=1, controller=controller, key=office.seals.new_key(),
        sealed_raw=b"x",
    )  # fmt: skip
    letter = parse(
        f"From: Mel Ortega <mel@ortega.example>\r\n\r\n{words} {number}\r\n\r\nMel Ortega\r\n".encode(), settings=ParseSettings()
    )
    with writing():
        corrections.keep(
            mail, Reader(None).read(letter), rights=["erasure"], names=["Mel Ortega"], actor=actor, seals=office.seals, now=MOMENT
        )


def page_of(client, path: str = "/reading") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_sees_the_card_its_figures_and_what_reads(office, person, client_of):
    page = page_of(client_of(person("viewer")))
    for words in (
        "Measured figures",
        "Macro-F1 over the categories present",
        "Confusion",
        "Reliability",
        "Japanese",
        "Limits",
        "Reads the mail",
    ):
        assert words in page
    assert "<strong>Reads the mail</strong>" in page
    assert "**" not in page and "Train a candidate" not in page
    assert "Nothing was trained, compared or promoted yet." in page


def test_the_matrix_has_the_same_numbers_as_the_figures(office, person, client_of):
    from privbot import resources

    figures = json.loads((resources.models() / "metrics.json").read_text())
    page = page_of(client_of(person("viewer"))).partition("Rows are what mails ask")[2].partition("</table>")[0]
    for category in figures["all"]["categories"].values():
        assert f'<td class="number">{category["hits"]:g}</td>' in page


def test_the_pictures_are_served_as_pictures(office, person, client_of):
    client = client_of(person("viewer"))
    for name in ("reliability", "coverage", "confusion"):
        answer = client.get(f"/reading/{name}.svg")
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert ElementTree.fromstring(answer.content).tag.endswith("svg")
        assert f'src="/reading/{name}.svg"' in page_of(client)
    assert client.get("/reading/secrets.svg").status_code == 404


@pytest.mark.parametrize(
    ("path", "form", "chore"),
    [
        ("/reading/train", {}, ("train", "Ada", "")),
        ("/reading/compare", {"version": "3+20261120T120000"}, ("compare", "Ada", "3+20261120T120000")),
        ("/reading/promote", {"version": "3+20261120T120000"}, ("promote", "Ada", "3+20261120T120000")),
    ],
)
def test_a_lead_begins_work_that_nobody_waits_for(office, candidate, begun, person, client_of, path, form, chore):
    answer = client_of(person("lead", name="Ada")).post(path, form)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/reading")
    assert begun == [chore]


@pytest.mark.parametrize(
    "path", ["/reading/train", "/reading/compare", "/reading/promote", "/reading/roll-back", "/reading/corrections"]
)
def test_an_operator_changes_no_model_and_reads_no_corrections(office, begun, person, client_of, path):
    client = client_of(person("operator"))
    assert client.post(path).status_code == client.get(path).status_code == 403
    assert not begun


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_the_model_that_reads_for_everybody_is_changed_only_by_who_sees_every_controller(
    role, office, candidate, begun, person, client_of
):
    client = client_of(person(role, controllers=["lumen"]))
    for path in ("/reading/train", "/reading/compare", "/reading/promote", "/reading/roll-back"):
        assert client.post(path, {"version": "3+20261120T120000"}).status_code == 403
    assert not begun and not AuditEvent.objects.filter(action__startswith="model").exists()
    page = page_of(client)
    assert "Train a candidate" not in page and "/reading/promote" not in page and "/reading/corrections" in page


def test_corrections_are_counted_for_the_controllers_that_somebody_sees(office, person, client_of):
    taught(office, 1, controller="lumen")
    taught(office, 2, controller="tidal")
    assert "1 correction collected" in page_of(client_of(person("viewer", controllers=["lumen"])))
    assert "2 corrections collected" in page_of(client_of(person("viewer")))


def test_a_version_that_there_is_not_is_refused_with_a_sentence(office, begun, person, client_of):
    for path in ("/reading/compare", "/reading/promote"):
        answer = client_of(person("lead")).post(path, {"version": "../../etc"})
        assert answer.status_code == 409 and "There is no reading pipeline with that version" in answer.content.decode()
    assert not begun


def test_work_is_never_begun_twice(office, person, client_of, monkeypatch):
    def busy(*_: object, **__: object) -> None:
        raise Busy

    monkeypatch.setattr(chores, "begin", busy)
    answer = client_of(person("lead")).post("/reading/train")
    assert answer.status_code == 409 and "wait until it has ended" in answer.content.decode()


def test_running_work_refreshes_itself_and_shows_what_it_is_at(office, person, client_of):
    chores._folder(office.config)
    with chores._locked(office.config, "reading") as free:
        assert free
        ended(office, "train", state=State.RUNNING, ended_at=None, lines=("32648 sentences, 3557 mails",))
        part = page_of(client_of(person("viewer")), "/reading/work")
    assert "Training a candidate" in part and "begun by Ada" in part and "32648 sentences" in part
    assert 'hx-get="/reading/work"' in part
    assert "hx-get" not in page_of(client_of(person("viewer")), "/reading/work")  # its process is gone: that is a failure
    assert "begin it again" in page_of(client_of(person("viewer")))


def test_what_became_of_the_last_work_is_told(office, person, client_of):
    client = client_of(person("lead"))
    ended(office, "train", result={"version": "3+1"})
    assert "The candidate is 3+1" in page_of(client)
    ended(
        office, "promote", state=State.FAILED, why="3+1 is not promoted: <worse>.", started_at=datetime(2026, 11, 21, tzinfo=UTC)
    )
    page = page_of(client)
    assert "3+1 is not promoted: &lt;worse&gt;." in page and "The candidate is 3+1" not in page


def test_a_comparison_is_a_table_that_says_better_and_worse_in_words(office, person, client_of):
    ended(office, "compare", about="3+1", result=COMPARISON)
    page = page_of(client_of(person("lead"))).partition('id="work"')[2]
    assert "privbot-reader-3+1 beside privbot-reader-3" in page and "it may be promoted" in page
    first, second = page.partition("tune ja")[0], page.partition("tune ja")[2]
    assert "0.800 → 0.900" in first and ">better<" in first and ">worse<" not in first
    assert "1 → 2" in second and ">worse<" in second.partition("</table>")[0]


def test_a_lead_returns_to_the_model_before(office, candidate, person, client_of):
    store = ModelStore(office.config)
    store.promote(store.named(candidate.name))
    client = client_of(person("lead", name="Ada"))
    assert "Return to the shipped model" in page_of(client)
    assert client.post("/reading/roll-back").status_code == 302
    assert store.current().shipped
    assert "Return to" not in page_of(client)
    assert AuditEvent.objects.get(action="model rolled back").actor == "Ada"
    refused = client.post("/reading/roll-back")
    assert refused.status_code == 409 and "nothing to return to" in refused.content.decode()


def test_a_promoted_model_that_is_gone_is_said_loudly(office, candidate, person, client_of):
    store = ModelStore(office.config)
    store.promote(store.named(candidate.name))
    shutil.rmtree(candidate)
    page = page_of(client_of(person("viewer")))
    assert 'role="alert"' in page and candidate.name in page


def test_corrections_are_shown_masked_with_what_becomes_of_them(office, person, client_of):
    taught(office, 1, words="please wipe my profile <script>alert(1)</script>")
    page = page_of(client_of(person("lead")), "/reading/corrections")
    every_fifth_number = Correction.objects.get().id % 5 == 0
    assert "Erasure" in page and ("Held out, to measure by" if every_fifth_number else "Learnt") in page and "Ada" in page
    assert "please wipe my profile &lt;script&gt;" in page
    assert "Ortega" not in page


def test_a_lead_limited_to_a_controller_reads_only_its_corrections(office, person, client_of):
    taught(office, 1, controller="lumen", words="please wipe everything about the blue boat")
    taught(office, 2, controller="tidal", words="I want you to erase what you hold on my red kayak")
    page = page_of(client_of(person("lead", controllers=["tidal"])), "/reading/corrections")
    assert "red kayak" in page and "blue boat" not in page


def test_corrections_come_in_pages_and_with_few_questions(office, person, client_of):
    client = client_of(person("lead"))
    for number in range(60):
        taught(office, number)
    office.seals._known.clear()
    with CaptureQueriesContext(connection) as questions:
        first = page_of(client, "/reading/corrections")
    assert sum(not one["sql"].startswith(("BEGIN", "COMMIT")) for one in questions) <= 12
    assert first.count("<details>") == 50 and "page=2" in first
    assert page_of(client, "/reading/corrections?page=2").count("<details>") == 10
    assert client.get("/reading/corrections?page=last").status_code == 404


def test_an_erased_mail_takes_its_correction_from_the_page(office, person, client_of):
    taught(office, 1)
    office.seals.destroy([IncomingMail.objects.get().key], MOMENT)
    assert "No correction was collected yet" in page_of(client_of(person("lead")), "/reading/corrections")
