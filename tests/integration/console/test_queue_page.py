"""The queue in the console: what it shows, how it is narrowed, and what is decided in it."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from bench import crowd
from privbot.console.models import SavedView
from privbot.records import erasure
from privbot.records.database import DatabaseUnavailable, writing
from privbot.records.models import Correction, Letter, Request, Review, Ticket
from privbot.records.queue import reading_of
from privbot.records.sealing import KeyDestroyed
from privbot.worker import desk, steps
from privbot.worker.acting import By
from privbot.worker.controllers import ControllerTakenOut
from privbot.worker.office import Office
from privbot.worker.once import poll_once
from privbot.worker.understanding import MailKilledReader
from privbot.worker.undo import last_about, undo
from tests.conftest import empty_databases

HELD = """Return-Path: <mel@ortega.example>
Received: from a.example by mx.harbour.example; Fri, 20 Nov 2026 10:00:00 +0000
Authentication-Results: mx.harbour.example; dmarc=fail header.from=ortega.example
From: Mel Ortega <mel@ortega.example>
To: customer-{controller}@harbour.example
Subject: my data
Message-ID: <1-{controller}@ortega.example>

I hereby request access to my personal data under Article 15 GDPR. Please send me a copy of my lavender file.

Mel Ortega
"""
WONDERS = "Where can I see which size of the mask fits? The page with the table does not open."
HTMX = {"headers": {"HX-Request": "true", "HX-Current-URL": "http://localhost/queue"}}


@pytest.fixture
def receive(imap, console_office):
    def work(text: str = HELD, controller: str = "lumen") -> None:
        imap.deliver(text.format(controller=controller).replace("\n", "\r\n").encode())
        poll_once(console_office)

    return work


@pytest.fixture
def review(receive):
    receive()
    return Review.objects.get()


@pytest.fixture
def in_mode(console_office):
    """Lets the first controller answer in a mode."""

    def work(mode: str) -> None:
        first, *others = console_office.config.controller
        answering = (first.model_copy(update={"mode": mode}), *others)
        console_office.config = console_office.config.model_copy(update={"controller": answering})
        console_office.config.__dict__.pop("controllers", None)
        console_office.__dict__.pop("pipeline", None)

    return work


@pytest.fixture
def draft(receive, in_mode):
    in_mode("assist")
    receive(HELD.replace("dmarc=fail", "dmarc=pass"))
    return Letter.objects.get(state="draft")


OURS = re.compile(r"records_|FROM \"console_(?!user\" WHERE \"console_user\".\"id\")")
"""What the page itself asks; the sign-in's own questions are counted where it is tested."""


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def version_in(answer) -> str:
    return re.search(r'name="seen" value="(\d+)"', answer.content.decode())[1]


# -- what it shows -------------------------------------------------------------------------------------------------------


def test_a_held_mail_is_shown_with_all_that_it_takes_to_choose_it(review, person, client_of):
    shown = text_of(client_of(person("operator")).get("/queue"))
    for words in ("Mel Ortega", "lumen", "English", "Access", "The sender is forged", "Nobody", "held mail"):
        assert words in shown, words


def test_split_is_offered_where_it_leads_somewhere(receive, draft, person, client_of):
    receive(HELD.replace("<1-", "<2-"))
    page = client_of(person("operator")).get("/queue").content.decode()
    ways = re.findall(r'href="([^"]+)" data-key="s"', page)
    assert ways == [f"/review/{Review.objects.get().id}#split"], (
        "its page has the form; that of a ticket with one request has none"
    )


def test_every_reason_why_something_is_here_has_words():
    from privbot.casework.triage import NEEDS_A_PERSON, OVERSIZED
    from privbot.console.words import WORDS

    codes = {OVERSIZED.get(one, one.value) for one in NEEDS_A_PERSON}
    assert codes <= set(WORDS["reason"])


def test_a_viewer_sees_the_list_and_no_action(review, person, client_of):
    page = client_of(person("viewer")).get("/queue").content.decode()
    assert "Mel Ortega" in page
    assert 'data-key="1"' not in page
    assert "checkbox" not in page
    assert 'name="do"' not in page


def test_a_foreign_controllers_mail_is_not_listed(receive, person, client_of):
    receive()
    assert "Mel Ortega" not in text_of(client_of(person("operator", controllers=["tidal"])).get("/queue"))


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("kind=review", True),
        ("kind=letter", False),
        ("code=forged-sender", True),
        ("code=minor", False),
        ("category=access&language=en&due=week", False),  # due in a month
        ("owner=unassigned", True),
        ("owner=me", False),
        ("controller=tidal", False),
        ("kind=nonsense", True),  # a filter that does not exist filters nothing, and says so
    ],
)
def test_filters_narrow_the_list(query, there, review, person, client_of):
    answer = client_of(person("operator")).get(f"/queue?{query}")
    assert answer.status_code == 200
    assert ("Mel Ortega" in text_of(answer)) is there


def test_a_search_finds_by_word_and_leaves_nothing_in_the_address(review, person, client_of):
    client = client_of(person("operator"))
    assert "Mel Ortega" in text_of(client.post("/queue", {"q": "lavender"}))
    assert "Nothing fits" in text_of(client.post("/queue", {"q": "zebra"}))
    answer = client.post("/queue", {"q": "?"})
    assert "at least one word" in text_of(answer)
    assert 'value="?"' in answer.content.decode()


def test_what_is_wrong_with_a_search_is_said_in_the_persons_language(person, client_of):
    answer = client_of(person("operator")).post("/queue", {"q": "?"}, headers={"Accept-Language": "de"})
    assert "mindestens ein Wort" in text_of(answer)


def test_a_place_in_the_list_that_is_not_ours_is_told_of(review, person, client_of):
    assert "begin at the top" in text_of(client_of(person("operator")).get("/queue?after=nowhere"))


def test_counts_come_alone_to_be_refreshed(review, person, client_of):
    assert "1 held mail" in text_of(client_of(person("operator")).get("/queue/counts"))


def test_an_open_page_offers_to_show_what_has_come_since(receive, review, person, client_of):
    client = client_of(person("operator"))
    [refresh] = re.findall(r'hx-get="(/queue/counts\?after=\d+)"', client.get("/queue").content.decode())
    assert "Show what is new" not in text_of(client.get(refresh))
    client.post(f"/queue/review/{review.id}/access", {"right": "access", "regime": "gdpr"}, **HTMX)
    assert "Show what is new" not in text_of(client.get(refresh)), "what one has made oneself is no news"
    receive(HELD.replace("<1-", "<2-").replace("mel@", "ada@"))
    assert "Show what is new" in text_of(client.get(refresh))
    assert "Show what is new" not in text_of(client_of(person("operator", controllers=["tidal"])).get(refresh))
    assert client.get("/queue/counts?after=nonsense").status_code == 200


# -- saved views, keys ---------------------------------------------------------------------------------------------------


def test_a_view_is_saved_opened_and_removed(person, client_of):
    client = client_of(person("operator"))
    client.post("/queue/views/save", {"name": "Overdue access", "back": "due=overdue&category=access&q=mel&nonsense=1"})
    assert SavedView.objects.get().query == "due=overdue&category=access"
    assert "Overdue access" in text_of(client.get("/queue"))
    client.post("/queue/views/forget", {"name": "Overdue access"})
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_is_not_saved_and_nobody_removes_anothers(person, client_of):
    mine, other = client_of(person("operator")), client_of(person("operator"))
    assert "Give the view a name" in text_of(mine.post("/queue/views/save", {"name": " "}, follow=True))
    mine.post("/queue/views/save", {"name": "Mine"})
    other.post("/queue/views/forget", {"name": "Mine"})
    assert SavedView.objects.exists()


def test_single_keys_are_switched_off_for_good(person, client_of):
    user = person("operator")
    client = client_of(user)
    assert 'data-shortcuts="on"' in client.get("/queue").content.decode()
    client.post("/queue/shortcuts", {"shortcuts": "off"})
    assert 'data-shortcuts="off"' in client.get("/queue").content.decode()


# -- deciding ------------------------------------------------------------------------------------------------------------


def test_a_category_is_confirmed_with_the_rights_of_the_mails_law(review, person, client_of):
    client = client_of(person("operator"))
    panel = client.get(f"/queue/review/{review.id}/access", **HTMX)
    assert "What it asks for under GDPR" in text_of(panel)
    assert "<html" not in panel.content.decode()
    told = {"right": "access", "regime": "gdpr", "seen": version_in(panel)}
    answer = client.post(f"/queue/review/{review.id}/access", told, **HTMX)
    assert f"delete:#review-{review.id}" in answer.content.decode()
    assert "queue-changed" in answer.headers["HX-Trigger"]
    assert Request.objects.get().right == "access"


@pytest.mark.parametrize(
    ("mode", "letter"),
    [
        ("auto", "An acknowledgment is sent to mel@ortega.example after 10 seconds"),
        ("assist", "An acknowledgment to mel@ortega.example is drafted for approval."),
        ("observe", "An acknowledgment to mel@ortega.example is drafted for approval."),
    ],
)
def test_the_panel_tells_who_wrote_what_and_which_letter_leaves(mode, letter, in_mode, receive, person, client_of):
    in_mode(mode)
    receive()
    client = client_of(person("operator"))
    panel = text_of(client.get(f"/queue/review/{Review.objects.get().id}/access", **HTMX))
    for words in ("Mel Ortega", "mel@ortega.example", "my data", "a copy of my lavender file", "First due in", letter):
        assert words in panel, words
    client.post(f"/queue/review/{Review.objects.get().id}/access", {"right": "access", "regime": "gdpr"}, **HTMX)
    assert Letter.objects.get().state == ("queued" if mode == "auto" else "draft")


def test_the_panel_of_a_mail_that_asks_for_nothing_says_that_no_letter_is_written(review, person, client_of):
    panel = text_of(client_of(person("operator")).get(f"/queue/review/{review.id}/other", **HTMX))
    assert "a copy of my lavender file" in panel and "No letter is written." in panel


def test_the_panel_says_that_a_mail_joins_an_open_ticket_without_a_letter(receive, draft, person, client_of):
    receive(HELD.replace("<1-", "<2-"))
    client = client_of(person("operator"))
    panel = text_of(client.get(f"/queue/review/{Review.objects.get().id}/access", **HTMX))
    assert f"The mail joins the open ticket {draft.ticket.reference}" in panel and "No letter is written." in panel


def test_what_the_panel_foresees_follows_what_is_ticked(receive, draft, person, client_of):
    receive(HELD.replace("<1-", "<2-"))
    client, path = client_of(person("operator")), f"/queue/review/{Review.objects.get().id}/access"
    more = text_of(client.get(f"{path}?ticked=yes&regime=gdpr&right=access&right=portability", **HTMX))
    assert "An acknowledgment to mel@ortega.example is drafted" in more
    assert "Tick at least one right" in text_of(client.get(f"{path}?ticked=yes&regime=gdpr", **HTMX))


def test_a_mail_of_markup_and_turned_letters_is_harmless_in_the_panel(receive, person, client_of):
    hostile = HELD.replace("Mel Ortega", "Mel <img src=x onerror=alert(1)>").replace(
        "my data", "<script>alert(1)</script> \u202edata"
    )
    receive(hostile.replace("my lavender file.", "</bdi><b>my file</b> \u202eelif" + " and so on" * 100))
    panel = client_of(person("operator")).get(f"/queue/review/{Review.objects.get().id}/access", **HTMX).content.decode()
    assert "&lt;script&gt;" in panel and "&lt;/bdi&gt;&lt;b&gt;my file" in panel
    assert "<script" not in panel and "<img" not in panel and "\u202e" not in panel
    beginning = re.search(r'class="beginning"><bdi lang="en">(.*?)</bdi>', panel)[1]
    assert 300 <= len(html.unescape(beginning)) <= 400


def test_a_mail_that_cannot_be_opened_is_still_decided(review, console_office, person, client_of, monkeypatch):
    def fail(_kept: object) -> None:
        raise MailKilledReader

    monkeypatch.setattr(console_office.pipeline, "understand", fail)
    panel = client_of(person("operator")).get(f"/queue/review/{review.id}/other", **HTMX)
    assert panel.status_code == 200 and "This mail cannot be opened here." in text_of(panel)


def test_without_a_script_the_decision_is_a_page_of_its_own(review, person, client_of):
    client = client_of(person("operator"))
    page = client.get(f"/queue/review/{review.id}/deletion")
    assert "<h1>" in page.content.decode()
    answer = client.post(f"/queue/review/{review.id}/deletion", {"right": "erasure", "regime": "gdpr"}, follow=True)
    assert "Undo" in text_of(answer)


def test_another_law_can_be_chosen(review, person, client_of):
    panel = client_of(person("operator")).get(f"/queue/review/{review.id}/access?regime=ccpa", **HTMX)
    assert "Know the specific pieces" in text_of(panel)


def test_other_files_the_mail(review, person, client_of):
    client_of(person("operator")).post(f"/queue/review/{review.id}/other", {"kind": "support"}, **HTMX)
    assert Review.objects.get().decision == "no request: support"


def test_a_first_mail_is_not_said_to_be_written_again(review, person, client_of):
    client = client_of(person("operator"))
    for path in (f"/queue/review/{review.id}/other", f"/review/{review.id}"):
        choices = re.search(r'<select id="kind".*?</select>', client.get(path).content.decode(), re.DOTALL)[0]
        assert re.findall(r'value="([a-z-]+)"', choices)[0] == "something-else" and "selected" not in choices, path
        assert "follow-up" not in choices, path
    client.post(f"/queue/review/{review.id}/other", {"kind": "something-else"}, **HTMX)
    assert Review.objects.get().decision == "no request: something-else"
    assert "no request – Something else" in text_of(client.get(f"/review/{review.id}"))
    assert not Correction.objects.exists(), "nothing is learnt from what is no kind of mail"


def test_a_mail_of_a_known_requester_may_be_written_again(receive, draft, person, client_of):
    receive(HELD.replace("<1-", "<2-"))
    panel = client_of(person("operator")).get(f"/queue/review/{Review.objects.get().id}/other", **HTMX).content.decode()
    assert 'value="follow-up"' in panel and 'value="something-else"' in panel


def test_what_the_reading_says_a_mail_is_comes_preselected(receive, console_office, person, client_of):
    receive(HELD.partition("\n\n")[0] + f"\n\n{WONDERS}\n")
    kind = reading_of(Review.objects.get().mail, console_office.seals)["kind"]
    panel = client_of(person("operator")).get(f"/queue/review/{Review.objects.get().id}/other", **HTMX).content.decode()
    assert re.findall(r'value="([a-z-]+)" selected', panel) == [kind]


@pytest.mark.parametrize(
    ("told", "status", "says"),
    [
        ({"regime": "gdpr"}, 422, "Tick at least one right"),
        ({"regime": "gdpr", "right": "access", "seen": "0"}, 409, "has changed this since"),
    ],
)
def test_a_refused_decision_says_why_and_keeps_what_was_chosen(told, status, says, review, person, client_of):
    answer = client_of(person("operator")).post(f"/queue/review/{review.id}/access", told, **HTMX)
    assert answer.status_code == status
    assert says in text_of(answer)
    assert Review.objects.get().decided_at is None
    ticked = re.findall(r'value="([a-z-]+)" id="right-[a-z-]+" checked', answer.content.decode())
    assert ticked == ([told["right"]] if "right" in told else [])


def test_what_was_decided_already_is_not_decided_again(review, person, client_of):
    client = client_of(person("operator"))
    client.post(f"/queue/review/{review.id}/other", {"kind": "spam"}, **HTMX)
    answer = client.post(f"/queue/review/{review.id}/other", {"kind": "support"}, **HTMX)
    assert "decided already" in text_of(answer)
    assert Review.objects.get().decision == "no request: spam"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/queue/review/{id}/other", {"kind": "spam"}),  # the panel of the queue
        ("/review/{id}/ignore", {"kind": "spam"}),  # the mail's own page
        ("/review/{id}/decide", {"right": "access", "regime": "gdpr"}),
    ],
)
@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (MailKilledReader, 422),  # the mail cannot be worked on
        (DatabaseUnavailable, 503),  # the database is away: later it works
        (KeyDestroyed, 422),  # the mail was erased meanwhile
    ],
)
def test_what_fails_while_a_mail_is_decided_is_said_where_it_was_decided(
    path, told, fault, status, review, console_office, person, client_of, monkeypatch
):
    def fail(_kept: object) -> None:
        raise fault

    monkeypatch.setattr(console_office.pipeline, "understand", fail)
    answer = client_of(person("operator")).post(path.format(id=review.id), told)
    assert answer.status_code == status
    assert str(fault()) in html.unescape(text_of(answer))
    assert Review.objects.get().decided_at is None


def test_a_decision_is_undone(review, person, client_of):
    client = client_of(person("operator"))
    answer = client.post(f"/queue/review/{review.id}/access", {"right": "access", "regime": "gdpr"}, **HTMX)
    [undo] = set(re.findall(r'action="(/queue/undo/\d+)"', answer.content.decode()))
    back = client.post(undo, headers={"Referer": "http://localhost/queue?kind=review"})
    assert back.headers["Location"] == f"/queue?kind=review#review-{review.id}", (
        "to the row that came back, as the list was filtered"
    )
    assert Review.objects.get().decided_at is None
    assert not Ticket.objects.exists()
    assert "Undone." in text_of(client.get("/queue"))


def test_undo_leads_nowhere_but_to_the_queue_or_the_mail(review, person, client_of):
    client = client_of(person("operator"))
    for page, back in (
        ("/team", "/queue"),
        ("//elsewhere.example/queue", "/queue"),
        (f"/review/{review.id}", f"/review/{review.id}"),
    ):
        answer = client.post(f"/queue/review/{review.id}/other", {"kind": "spam"}, **HTMX)
        [undo] = re.findall(r'action="(/queue/undo/\d+)"', answer.content.decode())
        answer = client.post(undo, headers={"Referer": f"http://localhost{page}"})
        assert answer.headers["Location"] == f"{back}#review-{review.id}"


def test_a_decision_is_offered_to_be_undone_when_the_queue_is_opened_again(review, clock, person, client_of):
    mika = client_of(person("operator", name="Mika"))
    mika.post(f"/queue/review/{review.id}/other", {"kind": "spam"}, **HTMX)
    page = mika.get("/queue").content.decode()
    assert re.search(r'action="/queue/undo/\d+"', page) and 'data-page-key="u"' in page and "Decision on a held mail" in page
    assert "/queue/undo/" not in client_of(person("operator", name="Noor")).get("/queue").content.decode(), "one's own only"
    clock.advance(minutes=11)
    assert "/queue/undo/" not in mika.get("/queue").content.decode(), "only for a few minutes"


def test_a_decided_mails_page_offers_undo_to_whoever_works_on_it(review, person, client_of):
    client_of(person("operator")).post(f"/queue/review/{review.id}/other", {"kind": "spam"}, **HTMX)
    assert "/queue/undo/" not in client_of(person("viewer")).get(f"/review/{review.id}").content.decode()
    colleague = client_of(person("operator"))
    page = colleague.get(f"/review/{review.id}").content.decode()
    assert 'data-page-key="u"' in page
    [undo] = re.findall(r'action="(/queue/undo/\d+)"', page)
    colleague.post(undo)
    assert Review.objects.get().decided_at is None
    assert "/queue/undo/" not in colleague.get(f"/review/{review.id}").content.decode()


def test_a_decision_whose_letter_has_left_or_on_which_something_rests_is_not_offered_any_more(
    receive, in_mode, clock, console_office, person, client_of
):
    in_mode("auto")
    receive()
    review = Review.objects.get()
    client = client_of(person("operator", name="Mika"))
    told = {"right": "access", "regime": "gdpr"}
    toast = client.post(f"/queue/review/{review.id}/access", told, **HTMX)
    assert "The letter leaves in 10 seconds." in text_of(toast)
    assert f'href="/ticket/{Ticket.objects.get().reference}"' in toast.content.decode()
    pages = ("/queue", f"/review/{review.id}")
    assert all("/queue/undo/" in client.get(page).content.decode() for page in pages)
    [again] = re.findall(r'hx-get="(/queue/offer/\d+)" hx-trigger="load delay:10s"', toast.content.decode())
    clock.advance(seconds=10)
    over = client.get(again)
    assert "The letter is on its way." in text_of(over) and "<button" not in over.content.decode()
    assert all("/queue/undo/" not in client.get(page).content.decode() for page in pages)


def test_what_something_rests_on_is_not_offered_but_what_rests_on_it_is(review, console_office, person, client_of):
    client = client_of(person("operator", name="Mika"))
    client.post(f"/queue/review/{review.id}/access", {"right": "access", "regime": "gdpr"}, **HTMX)
    assert "/queue/undo/" in client.get(f"/review/{review.id}").content.decode()
    steps.deny(console_office, Ticket.objects.get().reference, "no-match", by=By("Mika"))
    assert "/queue/undo/" not in client.get(f"/review/{review.id}").content.decode()
    assert "Request refused" in text_of(client.get("/queue"))


def test_the_toast_says_that_a_drafted_letter_waits(receive, in_mode, person, client_of):
    in_mode("assist")
    receive()
    told = {"right": "access", "regime": "gdpr"}
    toast = text_of(client_of(person("operator")).post(f"/queue/review/{Review.objects.get().id}/access", told, **HTMX))
    assert f"Decided: Access. {Ticket.objects.get().reference} Its letter waits for approval. Undo" in toast


def test_one_toast_stands_at_a_time(draft, person, client_of):
    client = client_of(person("operator"))
    answer = client.post(f"/queue/letter/{draft.id}", {}, **HTMX).content.decode()
    assert '<div id="messages" hx-swap-oob="innerHTML"></div>' in answer, "what was said before goes"
    assert "The letter is approved." in answer and "The letter leaves in 10 seconds." in answer
    [undo] = re.findall(r'action="(/queue/undo/\d+)"', answer)
    client.post(undo)
    page = client.get("/queue").content.decode()
    assert "Undone." in page and "/queue/undo/" not in page


def test_a_page_whose_rows_are_all_handled_has_a_sentence_ready(review, person, client_of):
    assert "Nothing waits here any more." in text_of(client_of(person("operator")).get("/queue"))


@pytest.mark.parametrize("headers", [HTMX, {}])  # in the page, and as a page of its own
@pytest.mark.parametrize("another_decides", [False, True])
def test_a_decision_that_a_colleague_undid_at_once_offers_no_undo(
    headers, another_decides, review, console_office, person, client_of, monkeypatch
):
    ignore = desk.ignore

    def ignore_and_be_undone(office: Office, number: int, reason: str, **more: object) -> None:
        ignore(office, number, reason, **more)
        undo(office, last_about(f"review:{number}"), by=By("Noor"))
        if another_decides:
            ignore(office, number, "support", actor="Noor")

    monkeypatch.setattr(desk, "ignore", ignore_and_be_undone)
    answer = client_of(person("operator")).post(f"/queue/review/{review.id}/other", {"kind": "spam"}, follow=True, **headers)
    assert answer.status_code == 200
    assert "Decided: " in text_of(answer)
    assert "/queue/undo/" not in answer.content.decode()


def test_a_letter_is_read_before_it_is_approved(draft, person, client_of):
    client = client_of(person("operator"))
    panel = client.get(f"/queue/letter/{draft.id}", **HTMX)
    assert "mel@ortega.example" in text_of(panel)
    answer = client.post(f"/queue/letter/{draft.id}", {"seen": version_in(panel)}, **HTMX)
    assert f"delete:#letter-{draft.id}" in answer.content.decode()
    assert Letter.objects.get(id=draft.id).state == "queued"
    again = client.post(f"/queue/letter/{draft.id}", {}, **HTMX)
    assert again.status_code == 422


def test_a_letter_of_an_erased_ticket_is_not_there(draft, console_office, person, client_of):
    with writing():
        erasure.erase_ticket(draft.ticket, console_office.seals, reason="requester", now=console_office.clock())
    client = client_of(person("operator"))
    assert client.get(f"/queue/letter/{draft.id}").status_code == 404
    assert client.post(f"/queue/letter/{draft.id}", {}).status_code == 404


# -- many at once --------------------------------------------------------------------------------------------------------


def test_ticked_rows_are_assigned_filed_and_attached(receive, draft, person, client_of):
    receive(HELD.replace("<1-", "<2-"))
    receive(HELD.replace("<1-", "<3-").replace("my data", "again"))
    user = person("operator", name="Mika")
    client = client_of(user)
    held, second = Review.objects.order_by("id")
    request = Request.objects.get()
    rows = [f"review.{held.id}", f"request.{request.id}", f"letter.{draft.id}", "review.999", "nonsense", "mail.1"]
    shown = text_of(client.post("/queue/many", {"do": "assign", "owner": "me", "row": rows}, follow=True))
    assert "2 done." in shown and "A letter is nobody's own" in shown.replace("&#x27;", "'").replace("&#39;", "'")
    assert (Review.objects.get(id=held.id).owner, Request.objects.get().owner) == ("Mika", "Mika")
    client.post("/queue/many", {"do": "assign", "owner": str(user.id), "row": f"review.{second.id}"})
    assert Review.objects.get(id=second.id).owner == "Mika"
    client.post("/queue/many", {"do": "ignore", "reason": "spam", "row": f"review.{second.id}"})
    assert Review.objects.get(id=second.id).decision == "no request: spam"
    client.post("/queue/many", {"do": "attach", "reference": request.ticket.reference, "row": f"review.{held.id}"})
    assert Review.objects.get(id=held.id).decision == f"attached to {request.ticket.reference}"


def test_a_row_that_a_colleague_has_taken_since_is_not_taken_over(receive, draft, console_office, person, client_of):
    receive(HELD.replace("<1-", "<2-"))
    review, request = Review.objects.get(), Request.objects.get()
    client = client_of(person("operator", name="Mika"))
    page = client.get("/queue").content.decode()
    told = dict(re.findall(r'name="(owner\.[^"]+)" value="([^"]*)"', page))
    desk.assign_review(console_office, review.id, "Noor", actor="Noor")
    steps.assign(console_office, request.ticket.reference, "Noor", by=By("Noor"))
    rows = [f"review.{review.id}", f"request.{request.id}"]
    answer = client.post("/queue/many", {**told, "do": "assign", "owner": "me", "row": rows}, follow=True)
    assert "Somebody else has taken charge" in text_of(answer)
    assert {Review.objects.get().owner, Request.objects.get().owner} == {"Noor"}
    # Who sees that it is hers takes it over on purpose.
    told = dict(re.findall(r'name="(owner\.[^"]+)" value="([^"]*)"', answer.content.decode()))
    client.post("/queue/many", {**told, "do": "assign", "owner": "me", "row": rows})
    assert {Review.objects.get().owner, Request.objects.get().owner} == {"Mika"}


def test_many_needs_rows_and_only_ones_own_controllers_rows_are_touched(review, person, client_of):
    assert "Tick the rows first" in text_of(
        client_of(person("operator")).post("/queue/many", {"do": "ignore", "reason": "spam"}, follow=True)
    )
    foreign = client_of(person("operator", controllers=["tidal"]))
    foreign.post("/queue/many", {"do": "ignore", "reason": "spam", "row": f"review.{review.id}"})
    assert Review.objects.get().decided_at is None


def test_nothing_is_given_to_somebody_who_does_not_work_for_its_controller(review, person, client_of):
    client, stranger = (
        client_of(person("operator", controllers=["lumen"])),
        person("operator", controllers=["tidal"], name="Toni Tidal"),
    )
    assert "Toni Tidal" not in client.get("/queue").content.decode()
    client.post("/queue/many", {"do": "assign", "owner": str(stranger.id), "row": f"review.{review.id}"})
    whole = client_of(person("operator"))
    shown = text_of(
        whole.post("/queue/many", {"do": "assign", "owner": str(stranger.id), "row": f"review.{review.id}"}, follow=True)
    )
    assert "Toni Tidal does not work for the controllers of all these rows." in shown
    assert Review.objects.get().owner == "unassigned"


def test_a_mail_that_cannot_be_opened_does_not_keep_the_others_from_being_decided(receive, console_office, person, client_of):
    receive()
    receive(HELD.replace("<1-", "<2-").replace("mel@", "ada@"))
    broken, sound = Review.objects.order_by("id")
    console_office.seals.destroy([broken.mail.key], console_office.clock())
    told = {"do": "ignore", "reason": "spam", "row": [f"review.{broken.id}", f"review.{sound.id}"]}
    shown = text_of(client_of(person("operator")).post("/queue/many", told, follow=True))
    assert "1 done." in shown and "The key of this record was destroyed" in shown
    assert [one.decision for one in Review.objects.order_by("id")] == ["", "no request: spam"]


@pytest.fixture
def two_of_lumen_one_of_tidal(receive):
    """A held mail of each controller, and a request of lumen."""
    receive(HELD.replace("dmarc=fail", "dmarc=pass").replace("mel@", "ada@"))
    receive(HELD.replace("<1-", "<2-"))
    receive(HELD.replace("<1-", "<3-"), controller="tidal")
    return Review.objects.get(controller="lumen"), Review.objects.get(controller="tidal"), Request.objects.get()


TAKEN_OUT = "Its controller was taken out of the settings"


@pytest.mark.parametrize("do", ["ignore", "attach", "assign"])
def test_no_ticked_row_of_a_controller_that_was_taken_out_is_touched_and_the_others_are(
    do, two_of_lumen_one_of_tidal, taken_out, receive, person, client_of
):
    lumens, tidals, request = two_of_lumen_one_of_tidal
    receive(HELD.replace("dmarc=fail", "dmarc=pass").replace("mel@", "kim@").replace("<1-", "<4-"), controller="tidal")
    taken_out()
    rows = [f"review.{tidals.id}", f"review.{lumens.id}", *([f"request.{request.id}"] if do == "assign" else [])]
    told = {"do": do, "reason": "spam", "owner": "me", "row": rows, "reference": Ticket.objects.get(controller="tidal").reference}
    answer = client_of(person("operator", name="Mika")).post("/queue/many", told, follow=True)
    assert answer.status_code == 200
    assert "1 done." in text_of(answer) and TAKEN_OUT in text_of(answer)
    lumens.refresh_from_db(), tidals.refresh_from_db(), request.refresh_from_db()
    assert (lumens.decision, lumens.owner, request.owner) == ("", "unassigned", "unassigned")
    assert tidals.decision or tidals.owner == "Mika"


def test_what_is_refused_of_a_controller_that_was_taken_out_names_no_other_controller(
    two_of_lumen_one_of_tidal, taken_out, person, client_of
):
    *_others, request = two_of_lumen_one_of_tidal
    taken_out()
    told = {"do": "assign", "owner": "me", "row": f"request.{request.id}"}
    shown = text_of(client_of(person("operator", controllers=["lumen"])).post("/queue/many", told, follow=True))
    assert TAKEN_OUT in shown and "tidal" not in shown


def test_a_controller_that_was_taken_out_is_refused_by_the_pipeline_with_a_sentence(console_office):
    with pytest.raises(ControllerTakenOut):
        console_office.pipeline.controller("nobodys")


# -- what a page costs ---------------------------------------------------------------------------------------------------


def test_a_page_asks_the_databases_at_most_twelve_times_whatever_there_is(console_office, person, client_of):
    for count in (500, 5000):
        empty_databases()
        crowd.populate(count, console_office.seals)
        for user in (person("operator"), person("operator", controllers=list(crowd.CONTROLLERS))):
            client = client_of(user)
            for ask, told in ((client.get, {}), (client.post, {"q": "family7 parcel"})):
                console_office.__dict__["seals"] = Office(console_office.config, console_office.clock).seals  # knows no key yet
                with CaptureQueriesContext(connections["default"]) as records, CaptureQueriesContext(connections["keys"]) as keys:
                    assert ask("/queue", told).status_code == 200
                asked = [query["sql"] for query in (*records, *keys) if OURS.search(query["sql"])]
                assert len(asked) <= 9, (count, asked)  # session, operator and second factor come besides
