"""The page of a ticket: what an operator sees of it, and who may see it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from conversations import ACCESS, BOTH, HELD, lengthen, mail
from django.db import connections
from django.test.utils import CaptureQueriesContext

from privbot.console.words import decision
from privbot.records import erasure, versions
from privbot.records.audit import record
from privbot.records.database import KEYS, writing
from privbot.records.models import IncomingMail, Letter, Review, Ticket
from privbot.worker import desk as desk_work
from privbot.worker import notes, steps
from privbot.worker.acting import By
from privbot.worker.conversation import conversation
from privbot.worker.office import Office
from privbot.worker.once import poll_once
from privbot.worker.requester import correct_requester

MOST_QUERIES = 12 + 1
"""One of them to the key store, where no key is in memory yet."""


@pytest.fixture
def office(console_office, clock):
    clock.now = datetime.now(UTC)  # the mail server's own clock is not frozen
    return console_office


@pytest.fixture
def arrive(imap, office):
    def work(text: str, **more: object) -> Ticket:
        imap.deliver(mail(text, **more))
        poll_once(office)
        return Ticket.objects.order_by("-id").first()

    return work


@pytest.fixture
def opened(person, client_of):
    """A page, as text, for an operator."""
    operator = client_of(person("operator"))

    def work(path: str, *, status: int = 200, **headers: str) -> str:
        answer = operator.get(path, headers=headers or None)
        assert answer.status_code == status
        return answer.content.decode()

    return work


def queries_of_the_page(client, office, path: str) -> int:
    """All of them, those of session and sign-in as well, in a process that knows no key yet."""
    office.__dict__["seals"] = Office(office.config, office.clock).seals
    with CaptureQueriesContext(connections["default"]) as asked, CaptureQueriesContext(connections[KEYS]) as keys:
        assert client.get(path).status_code == 200
    return sum(query["sql"].startswith("SELECT") for query in (*asked, *keys))


# -- what is seen ------------------------------------------------------------------------------------------------------------


def test_the_head_says_who_asks_whom_and_what_to_do_first(arrive, opened):
    ticket = arrive(ACCESS)
    page = opened(f"/ticket/{ticket.reference}")
    assert f"<h1>{ticket.reference}</h1>" in page
    assert "Lumen Masks LLC" in page and "Mel Ortega" in page and "English" in page
    assert "Answer the request: Access to the data" in page


def test_a_reference_may_be_typed_in_small_letters(arrive, opened):
    assert "<h1>" in opened(f"/ticket/{arrive(ACCESS).reference.lower()}")


def test_a_request_shows_its_clocks_drawn_and_in_words(arrive, opened):
    page = opened(f"/ticket/{arrive(ACCESS).reference}")
    svg = re.search(r"<svg class=\"clock-line\".*?</svg>", page, re.DOTALL)[0]
    assert 'aria-hidden="true"' in svg and svg.count("<circle") in (
        2,
        3,
    )  # received; promise and statute, which may fall on one day
    assert "Answer due" in page and "Last day to announce an extension" in page
    assert "Why these dates" in page and "because" in page
    assert "style=" not in page


def test_what_is_missing_is_said_in_words(arrive, opened):
    page = opened(
        f"/ticket/{arrive('I am a California resident. I request that you delete my personal information (CCPA).').reference}"
    )
    assert "Missing:" in page and "details that agree with the customer records" in page


def test_the_words_that_say_so_are_marked(arrive, opened):
    page = opened(f"/ticket/{arrive(ACCESS).reference}")
    assert '<mark class="evidence pattern-0" data-labels="access" data-numbers="1">I hereby request access' in page
    assert re.search(
        r'<button type="button" class="evidence-label pattern-0" data-evidence="access"[^>]*aria-pressed="false"', page
    )
    [phone] = re.findall(r'data-labels="(requester-phones-\d+-\d+)">\+49 30 1234567</mark>', page)
    assert f'data-evidence="{phone}"' in page


def test_an_earlier_mail_is_opened_by_a_link_and_without_script(arrive, opened):
    ticket = arrive(ACCESS)
    first = IncomingMail.objects.get()
    arrive("I forgot: my customer number is 4711-22.", number=2, answers=Letter.objects.get().message_id)
    page = opened(f"/ticket/{ticket.reference}")
    assert "I hereby request" not in page and f"?open={first.id}#mail-{first.id}" in page
    assert "I hereby request" in opened(f"/ticket/{ticket.reference}?open={first.id}")
    fragment = opened(f"/ticket/{ticket.reference}/mail/{first.id}", **{"HX-Request": "true"})
    assert fragment.strip().startswith("<li") and "I hereby request" in fragment


@pytest.mark.parametrize("number", ["x", "99999999999999999999", "-1", "²"])
def test_a_number_of_a_mail_that_is_none_opens_nothing(arrive, opened, number):
    opened(f"/ticket/{arrive(ACCESS).reference}?open={number}")


def test_a_mail_of_another_ticket_is_not_opened_on_this_one(arrive, opened):
    ticket = arrive(ACCESS)
    arrive(ACCESS.replace("Mel", "Ada"), number=2, sender="ada@quist.example")
    other = IncomingMail.objects.order_by("-id").first()
    opened(f"/ticket/{ticket.reference}/mail/{other.id}", status=404)
    assert "ada@quist.example" not in opened(f"/ticket/{ticket.reference}?open={other.id}")


def test_the_timeline_tells_steps_with_their_words_and_letters(arrive, opened, office):
    ticket = arrive(ACCESS)
    steps.ask(office, ticket.reference, "Which of your two <b>accounts</b>?", by=By("ada"))
    page = opened(f"/ticket/{ticket.reference}")
    assert "asked what is meant" in page and "Question what is meant" in page
    assert "Which of your two &lt;b&gt;accounts&lt;/b&gt;?" in page


def test_what_a_stranger_writes_is_text_and_never_markup(arrive, opened):
    evil = "<script>alert(1)</script> {{ 7*7 }} I hereby request access to my personal data under Article 15 GDPR."
    page = opened(f"/ticket/{arrive(evil, subject='<img src=x> {{7*7}}').reference}")
    assert "<script>alert" not in page and "<img src=x" not in page and "{{ 7*7 }}" in page


def test_a_ticket_with_two_requests_names_the_one_to_answer_first(arrive, opened):
    page = opened(f"/ticket/{arrive(BOTH).reference}")
    assert "Answer the request: Access to the data" in page
    assert "The access request of this ticket is answered first" in page


def test_of_an_erased_ticket_stays_what_names_nobody(arrive, opened, office, clock):
    ticket = arrive(ACCESS)
    with writing():
        record([erasure.erase_ticket(ticket, office.seals, reason="test", now=clock())], actor="ada", now=clock())
    page = opened(f"/ticket/{ticket.reference}")
    assert "Mel" not in page and "ortega" not in page and "Access to the data" in page and "Its text is erased" in page


# -- who may see it ------------------------------------------------------------------------------------------------------------


def test_a_foreign_controllers_operator_finds_nothing(arrive, person, client_of):
    ticket = arrive(ACCESS)
    number = IncomingMail.objects.get().id
    foreign = client_of(person("operator", controllers=["tidal"]))
    for path in (
        f"/ticket/{ticket.reference}",
        f"/ticket/{ticket.reference}/mail/{number}",
        f"/letter/{Letter.objects.get().id}",
    ):
        assert foreign.get(path).status_code == 404


def test_a_viewer_sees_the_ticket_and_no_button_for_steps(arrive, person, client_of):
    ticket = arrive(ACCESS)
    page = client_of(person("viewer")).get(f"/ticket/{ticket.reference}").content.decode()
    assert "I hereby request access" in page and "data-next-step" not in page


# -- held mails ----------------------------------------------------------------------------------------------------------------


def test_a_held_mail_is_decided_with_what_was_read_proposed(arrive, person, client_of):
    arrive(HELD)
    review = Review.objects.get()
    operator = client_of(person("operator", name="Mika"))
    page = operator.get(f"/review/{review.id}").content.decode()
    assert "Gives orders to the program that reads it" in page
    assert '<input type="checkbox" name="right" value="erasure" checked>' in page
    assert '<input type="radio" name="regime" value="ccpa" checked>' in page
    assert re.search(r'<mark class="evidence pattern-0" data-labels="erasure"', page)
    answer = operator.post(f"/review/{review.id}/decide", {"right": ["erasure"], "regime": "ccpa"})
    ticket = Ticket.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/ticket/{ticket.reference}")
    review.refresh_from_db()
    assert (review.decided_by, ticket.requests.get().right) == ("Mika", "erasure")


def test_a_held_mail_is_attached_to_a_ticket(arrive, person, client_of):
    ticket = arrive(ACCESS)
    arrive(HELD, number=2)
    review = Review.objects.get()
    operator = client_of(person("operator"))
    assert f'value="{ticket.reference}"' in operator.get(f"/review/{review.id}").content.decode()
    answer = operator.post(f"/review/{review.id}/attach", {"other": f" {ticket.reference.lower()} "})
    assert answer["Location"] == f"/ticket/{ticket.reference}"
    assert ticket.mails.count() == 2


def test_a_held_mail_of_two_people_becomes_two_tickets(arrive, person, client_of):
    arrive(HELD)
    review = Review.objects.get()
    told = {"regime-0": "ccpa", "right-0": ["erasure"], "regime-1": "gdpr", "right-1": ["access"], "another_person": "on"}
    operator = client_of(person("operator"))
    answer = operator.post(f"/review/{review.id}/split", told)
    first, second = Ticket.objects.order_by("id")
    assert answer["Location"] == f"/ticket/{first.reference}"
    assert (
        f'The new ticket: <a href="/ticket/{second.reference}">{second.reference}</a>'
        in operator.get(answer["Location"]).content.decode()
    )
    assert [(one.right, one.regime) for one in first.requests.all()] == [("erasure", "ccpa")]
    assert [(one.right, one.regime) for one in second.requests.all()] == [("access", "gdpr")]


def test_a_held_mail_under_two_laws_becomes_one_ticket(arrive, person, client_of):
    arrive(HELD)
    told = {"regime-0": "ccpa", "right-0": ["erasure"], "regime-1": "gdpr", "right-1": ["access"]}
    client_of(person("operator")).post(f"/review/{Review.objects.get().id}/split", told)
    assert {(one.right, one.regime) for one in Ticket.objects.get().requests.all()} == {("erasure", "ccpa"), ("access", "gdpr")}


def test_a_held_mail_that_asks_for_nothing_is_filed(arrive, person, client_of):
    arrive(HELD)
    answer = client_of(person("operator")).post(f"/review/{Review.objects.get().id}/ignore", {"kind": "spam"})
    assert answer["Location"] == "/queue" and Review.objects.get().decision == "no request: spam"


@pytest.mark.parametrize(
    ("act", "told", "sentence", "kept"),
    [
        # nothing is ticked
        ("decide", {"regime": "appi"}, "Tick at least one right", 'name="regime" value="appi" checked'),
        # no law of the controller knows it: California's word under a law that has none
        ("decide", {"regime": "klingon", "right": ["erasure"]}, "is not a regime", 'name="right" value="erasure" checked'),
        ("split", {"regime-0": "appi", "right-0": ["erasure"]}, "Tick for each part", 'name="regime-0" value="appi" checked'),
        ("attach", {"other": "LUM-XXXX-XXXX"}, "There is no ticket with that reference", 'value="LUM-XXXX-XXXX"'),
        ("ignore", {"kind": "No idea!"}, "Say in one word what it is", 'name="kind"'),
    ],
)
def test_a_wrong_decision_is_shown_again_with_what_was_typed(arrive, person, client_of, act, told, sentence, kept):
    arrive(HELD)
    review = Review.objects.get()
    answer = client_of(person("operator")).post(f"/review/{review.id}/{act}", told)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and kept in page
    assert Review.objects.get().decided_at is None


def test_who_decides_second_is_told_who_decided_and_nothing_is_overwritten(arrive, person, client_of):
    arrive(HELD)
    review = Review.objects.get()
    first, second = client_of(person("operator", name="Mika")), client_of(person("operator", name="Noor"))
    first.post(f"/review/{review.id}/ignore", {"kind": "spam"})
    answer = second.post(f"/review/{review.id}/decide", {"right": ["erasure"], "regime": "gdpr"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "Mika decided at" in page
    assert 'name="regime" value="gdpr" checked' in page
    assert not Ticket.objects.exists() and Review.objects.get().decided_by == "Mika"


def test_a_mail_that_is_decided_while_its_page_is_made_is_shown_as_decided(arrive, office, opened, monkeypatch):
    arrive(HELD)
    review, before = Review.objects.get(), versions.version_of

    def be_overtaken_and_read(seen: Review) -> int:
        monkeypatch.setattr(versions, "version_of", before)
        desk_work.ignore(office, review.id, "spam", actor="Mika")
        return before(seen)

    monkeypatch.setattr(versions, "version_of", be_overtaken_and_read)
    assert "Mika decided at" in opened(f"/review/{review.id}")


@pytest.mark.parametrize("act", ["decide", "split", "attach", "ignore"])
def test_a_viewer_decides_nothing(arrive, person, client_of, act):
    arrive(HELD)
    review = Review.objects.get()
    viewer = client_of(person("viewer"))
    assert viewer.post(f"/review/{review.id}/{act}", {}).status_code == 403
    assert "data-act" not in viewer.get(f"/review/{review.id}").content.decode()


def test_a_decision_that_is_only_looked_at_leads_to_the_page(arrive, person, client_of):
    arrive(HELD)
    review = Review.objects.get()
    assert client_of(person("operator")).get(f"/review/{review.id}/decide")["Location"] == f"/review/{review.id}"


# -- putting right ---------------------------------------------------------------------------------------------------------------


def test_who_asks_and_what_for_are_put_right_on_the_page(arrive, office, person, client_of):
    ticket = arrive(ACCESS)
    operator = client_of(person("operator", name="Mika"))
    page = operator.get(f"/ticket/{ticket.reference}").content.decode()
    assert 'href="#relabel"' in page and 'id="relabel"' in page and 'id="correct"' in page
    correct_requester(office, ticket.reference, {"phones": "+49301234567\n+49 30 7654321"}, by=By("Mika"))
    [first, second] = [one for one in conversation(office, ticket.reference).known if one.field == "phones"]
    # what was read keeps its words; what an operator said has none
    assert first.label and (second.value, second.source, second.label) == ("+49 30 7654321", "an operator", "")
    page = operator.get(f"/ticket/{ticket.reference}").content.decode()
    assert "said by an operator" in page and "corrected what is known of the requester" in page


def test_the_old_reference_of_a_merged_ticket_leads_to_the_other(arrive, opened, person, client_of):
    ticket = arrive(ACCESS)
    other = arrive(ACCESS.replace("Mel", "Ada"), number=2, sender="ada@quist.example")
    Ticket.objects.filter(id=other.id).update(merged_into=ticket)
    answer = client_of(person("operator")).get(f"/ticket/{other.reference}")
    assert answer["Location"] == f"/ticket/{ticket.reference}"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("request: erasure, access", "a request – Erasure, Access to the data"),
        ("request: expired", "a request – Expired"),  # proof never came, and its request was closed
        ("no request: spam", "no request – Spam"),
        ("attached to LUM-AAAA-BBBB", "attached to LUM-AAAA-BBBB"),
        ("something new", "something new"),
    ],
)
def test_a_decision_is_told_in_words(told, words):
    assert decision(told) == words


# -- letters -------------------------------------------------------------------------------------------------------------------


def test_a_letter_is_read_whole(arrive, opened):
    arrive(ACCESS)
    letter = Letter.objects.get()
    page = opened(f"/letter/{letter.id}")
    assert "Acknowledgment" in page and "mel@ortega.example" in page and "Sent" in page


def test_a_closed_request_keeps_its_days_and_counts_none_any_more(arrive, opened, office):
    ticket = arrive(ACCESS)
    path = f"/ticket/{ticket.reference}"
    day = str(ticket.requests.get().respond_by)
    assert "(in 30 days)" in opened(path) or "(in 31 days)" in opened(path)
    steps.revoke(office, ticket.reference, by=By("Mika"))
    page = opened(path)
    assert f'datetime="{day}"' in page and "(in 3" not in page


# -- how much is asked -----------------------------------------------------------------------------------------------------------


def test_the_page_of_sixty_entries_asks_the_database_no_more_than_a_short_one(arrive, office, person, client_of):
    ticket = arrive(ACCESS)
    operator = client_of(person("operator"))
    lengthen(office, ticket, range(2))
    short = queries_of_the_page(operator, office, f"/ticket/{ticket.reference}")
    lengthen(office, ticket, range(2, 20))
    assert queries_of_the_page(operator, office, f"/ticket/{ticket.reference}") == short <= MOST_QUERIES


def test_a_ticket_with_everything_on_it_asks_no_more(arrive, office, person, client_of):
    """Two requests, a draft, a note, an act to undo, and somebody who must have a second factor."""
    console = office.config.console.model_copy(update={"require_mfa": True})
    office.config = office.config.model_copy(update={"console": console})
    ticket, user = arrive(BOTH), person("operator")
    assert ticket.requests.count() == 2
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    steps.ask(
        office, ticket.reference, "Which of your two accounts do you mean?", by=By(user.name, user.lifecycle_role), right="access"
    )
    notes.add_note(office, ticket.reference, "She rang.", by=By(user.name, user.lifecycle_role))
    Letter.objects.filter(ticket=ticket).update(state="draft")
    page = client_of(user).get(f"/ticket/{ticket.reference}").content.decode()
    assert "She rang." in page and "Which of your two accounts" in page and 'id="undo-' in page
    assert queries_of_the_page(client_of(user), office, f"/ticket/{ticket.reference}") <= MOST_QUERIES


# -- in the browser --------------------------------------------------------------------------------------------------------------


def test_a_press_on_a_label_lights_the_words_that_say_so(arrive, person, page, sign_in):
    ticket = arrive(BOTH)
    sign_in(person("operator"))
    page.goto(f"/ticket/{ticket.reference}")
    label = page.get_by_role("button", name=re.compile("Erasure"))
    assert page.locator("mark.lit").count() == 0
    label.focus()
    page.keyboard.press("Enter")
    assert label.get_attribute("aria-pressed") == "true"
    assert page.locator("mark.lit").all_inner_texts() == ["Then please delete all my personal data under Article 17 GDPR."]
    page.get_by_role("button", name=re.compile(r"Access to the data \d")).click()
    assert page.locator("mark.lit").count() == 2
    label.click()
    assert page.locator("mark.lit").all_inner_texts() == ["I request access to my personal data under Article 15 GDPR."]


def test_words_of_a_detail_are_lit_in_every_place_where_its_mail_is_shown(arrive, person, page, sign_in):
    ticket = arrive(ACCESS)
    Letter.objects.update(state="draft")  # shown beside its mail
    sign_in(person("operator"))
    page.goto(f"/ticket/{ticket.reference}")
    page.get_by_role("button", name="Show the words Telephone").click()
    assert page.locator("mark.lit").all_inner_texts() == ["+49 30 1234567", "+49 30 1234567"]


def test_each_right_has_a_pattern_of_its_own_under_its_words(arrive, person, page, sign_in):
    ticket = arrive(BOTH)
    sign_in(person("operator"))
    page.goto(f"/ticket/{ticket.reference}")
    style = "one => { const s = getComputedStyle(one); return s.textDecorationLine + s.textDecorationStyle + s.textDecorationThickness }"
    patterns = [one.evaluate(style) for one in page.locator("mark.evidence[data-numbers]").all()]
    assert len(patterns) == 2 and len(set(patterns)) == 2 and all("underline" in one for one in patterns)


def test_an_earlier_mail_opens_in_its_place(arrive, person, page, sign_in):
    ticket = arrive(ACCESS)
    arrive("I forgot: my customer number is 4711-22.", number=2, answers=Letter.objects.get().message_id)
    sign_in(person("operator"))
    page.goto(f"/ticket/{ticket.reference}")
    page.get_by_role("link", name="Open this mail").click()
    page.get_by_text("I hereby request access").wait_for()
    assert page.url.endswith(ticket.reference)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_is_no_wider_than_its_window(arrive, person, page, sign_in, width):
    ticket = arrive(BOTH)
    sign_in(person("operator"))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/ticket/{ticket.reference}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_single_keys_move_through_the_conversation_edit_and_help(arrive, person, page, sign_in):
    ticket = arrive(ACCESS)
    Letter.objects.update(state="draft")
    sign_in(person("operator"))
    page.goto(f"/ticket/{ticket.reference}")
    standing = page.locator("[data-entry].here")
    page.keyboard.press("j")
    assert standing.get_attribute("id").startswith("mail-")
    page.keyboard.press("j")
    assert standing.get_attribute("id") == f"letter-{Letter.objects.get().id}"
    assert page.evaluate("document.activeElement.id") == standing.get_attribute("id")
    page.keyboard.press("k")
    assert standing.get_attribute("id").startswith("mail-")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.type("j")  # a letter of the text, and no key
    assert standing.get_attribute("id").startswith("mail-")


@pytest.mark.parametrize("role", ["viewer", "operator", "lead"])
def test_what_a_controller_that_was_taken_out_has_left_can_be_read(role, arrive, taken_out, person, client_of):
    ticket, review = arrive(ACCESS), None
    arrive(HELD, number=2, sender="kit@lowe.example")
    review, letter, kept = Review.objects.get(), Letter.objects.first(), IncomingMail.objects.first()
    taken_out()
    client = client_of(person(role))
    paths = [
        f"/ticket/{ticket.reference}",
        f"/review/{review.id}",
        f"/letter/{letter.id}",
        f"/mail/{kept.id}",
        "/queue",
        "/health",
    ]
    for path in (*paths, "/deadlines", "/settings" if role == "lead" else "/queue"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        if path in paths[:2]:
            page = answer.content.decode()
            assert "was taken out of the settings" in page and "Lumen Masks" not in page and "lumen" in page
            assert "/step/" not in page and "/decide" not in page and 'href="#step-' not in page


def test_no_step_is_taken_for_a_controller_that_was_taken_out(arrive, taken_out, person, client_of):
    ticket = arrive(ACCESS)
    arrive(HELD, number=2, sender="kit@lowe.example")
    review, letter, row = Review.objects.get(), Letter.objects.first(), ticket.requests.get()
    taken_out()
    client = client_of(person("lead"))
    steps_taken = [
        f"/ticket/{ticket.reference}/step/{row.id}/extend", f"/ticket/{ticket.reference}/do/note", f"/review/{review.id}/decide",
        f"/letter/{letter.id}/edit", f"/queue/letter/{letter.id}", f"/queue/review/{review.id}/access",
    ]  # fmt: skip
    for path in steps_taken:
        for answer in (client.get(path), client.post(path, {"right": "access"})):
            assert answer.status_code == 409, path
            assert "was taken out of the settings" in answer.content.decode()
    assert client.get(f"/ticket/{ticket.reference}/erase").status_code in (200, 302)
