"""What operators do at a ticket beside the steps of a request's life: notes, words of drafts, what was misread, two tickets that are one."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest
from desk_world import ACCESS, ADA, BOTH, DATA, ERASURE, GRACE, INFORMATION, UNSURE, everything
from sweep_world import with_controller

from privbot.casework.errors import AlreadyActive, NotAllowed, ReasonMissing, Unverified
from privbot.errors import WrongUse
from privbot.letters import outbox
from privbot.letters.errors import TextRefused
from privbot.records import cases, erasure, life, moving, notes, proofs, search
from privbot.records.cases import AnotherController, requester_of
from privbot.records.models import (
    AuditEvent,
    Challenge,
    Correction,
    DataKey,
    IncomingMail,
    Letter,
    LetterVersion,
    Note,
    Request,
    Review,
    StepTaken,
    Ticket,
    Undoable,
)  # fmt: skip
from privbot.reports.requests import told
from privbot.worker import desk, editing, identity, steps
from privbot.worker.editing import edit_letter
from privbot.worker.merge import AnotherRequester, ProvenForOne, SameTicket, merge
from privbot.worker.notes import add_note
from privbot.worker.relabel import correct_rights
from privbot.worker.requester import DetailWrong, NoSuchDetail, correct_requester
from privbot.worker.split import Asked, NothingLeft, split, split_review
from privbot.worker.stepping import NoSuchRequest
from privbot.worker.undo import last_about, undo


@pytest.fixture
def office(desk_office):
    return desk_office


@pytest.fixture
def arrive(desk_mail):
    return desk_mail


def words_of(letter: Letter, office) -> dict[str, str]:
    return outbox.words(Letter.objects.select_related("ticket").get(id=letter.id), office.seals)


# -- notes, and who looks at a review ----------------------------------------------------------------------------------------


def test_a_note_is_sealed_and_the_audit_trail_does_not_repeat_it(arrive, office):
    ticket = arrive(ACCESS)
    note = add_note(office, ticket.reference, "  She called: the shop account. ", by=ADA)
    assert notes.words_of(note, ticket, office.seals) == "She called: the shop account."
    assert b"shop" not in bytes(Note.objects.get().sealed_words)
    event = AuditEvent.objects.order_by("-id")[0]
    assert (event.action, event.actor, event.data) == ("note added", "ada", {"note": note.id})
    with pytest.raises(ReasonMissing):
        add_note(office, ticket.reference, " ", by=ADA)


def test_somebody_looks_at_a_review_until_it_is_decided(arrive, office):
    arrive(UNSURE)
    review = Review.objects.get()
    assert desk.assign_review(office, review.id, "bo", actor="ada").owner == "bo"
    desk.ignore(office, review.id, "support", actor="bo")
    with pytest.raises(cases.AlreadyDecided):
        desk.assign_review(office, review.id, "ada", actor="ada")


# -- the words of a draft ------------------------------------------------------------------------------------------------------


@pytest.fixture
def draft(arrive, office):
    """An acknowledgment with a code, as a draft."""
    with_controller(office, mode="assist", challenge="always")
    arrive(ACCESS)
    return Letter.objects.select_related("ticket").get()


def test_a_draft_says_what_the_operator_wrote_in_text_and_html(draft, office):
    before = words_of(draft, office)
    text = before["text"].replace("\n\n", "\n\nWe are sorry that it took so long, & thank you for your <patience>.\n\n", 1)
    edit_letter(office, draft.id, f"Your request {draft.ticket.reference}", text, actor="ada")
    fresh = Letter.objects.select_related("ticket").get(id=draft.id)
    message = message_from_bytes(outbox.envelope(fresh, office.seals).message, policy=default)
    assert message["Message-ID"] == draft.message_id and message["Subject"].startswith("Your request")
    assert "& thank you for your <patience>" in message.get_body(("plain",)).get_content()
    assert "&amp; thank you for your &lt;patience&gt;" in message.get_body(("html",)).get_content()
    assert [(one.actor, one.words.text) for one in editing.history(fresh, office.seals)] == [("ada", before["text"])]
    assert AuditEvent.objects.order_by("-id")[0].action == "letter edited"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text, reference, code: text.replace(reference, ""), "reference"),
        (lambda text, reference, code: text.replace(code, "2222-2222"), "code"),
        (lambda text, reference, code: text.replace(code, ""), "code"),
        (lambda text, reference, code: text + "\nAnd another: 3333-3333", "code"),
        (lambda text, reference, code: text + "\nDear {{ name }}", "left to be filled in"),
        (lambda text, reference, code: text + "\nTODO", "left to be filled in"),
        (lambda text, reference, code: text + "\u202egnp.exe", "invisible"),
        (lambda text, reference, code: " \n", "needs a subject and a text"),
        (lambda text, reference, code: text + "a" * 60_000, "longer"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_the_draft_stays(draft, office, change, sentence):
    from privbot.letters.rewording import CODE

    before = words_of(draft, office)
    [code] = CODE.findall(before["text"])
    with pytest.raises(TextRefused, match=sentence):
        edit_letter(office, draft.id, before["subject"], change(before["text"], draft.ticket.reference, code), actor="ada")
    assert words_of(draft, office) == before


def test_a_draft_that_is_saved_as_it_was_is_not_changed(draft, office):
    before, words = everything(), words_of(draft, office)
    edit_letter(office, draft.id, words["subject"], words["text"].replace("\n", "\r\n"), actor="ada")
    assert everything() == before


def test_files_stay_with_a_letter_whose_words_change_and_it_can_be_undone(arrive, office):
    with_controller(office, mode="assist")
    ticket = arrive(ACCESS)
    letter = steps.fulfil(office, ticket.reference, by=ADA, values=INFORMATION, attachments=[DATA]).letter
    before, words = everything(), words_of(letter, office)
    edit_letter(office, letter.id, words["subject"], words["text"] + "\nPlease ask if anything is unclear.", actor="ada")
    fresh = Letter.objects.select_related("ticket").get(id=letter.id)
    message = message_from_bytes(outbox.envelope(fresh, office.seals).message, policy=default)
    [file] = message.iter_attachments()
    assert file.get_content() == DATA.content
    undo(office, last_about(f"letter:{letter.id}"), by=ADA)
    assert everything() == before


def test_how_a_letter_read_before_and_what_can_be_undone_is_erased_with_its_ticket(draft, office, clock):
    words = words_of(draft, office)
    edit_letter(office, draft.id, words["subject"], words["text"] + "\nThank you.", actor="ada")
    add_note(office, draft.ticket.reference, "She called.", by=ADA)
    erasure.erase_ticket(Ticket.objects.get(), office.seals, reason="request", now=clock.now)
    assert [bytes(one.sealed_words) for one in (*LetterVersion.objects.all(), *Note.objects.all())] == [b"", b""]
    assert {bytes(one.sealed_difference) for one in Undoable.objects.all()} == {b""}


def test_only_a_draft_can_be_changed(draft, office):
    desk.approve(office, draft.id, actor="ada")
    with pytest.raises(desk.UnknownLetter):
        edit_letter(office, draft.id, "another", "text", actor="ada")


# -- what was misread of the requester ------------------------------------------------------------------------------------------


def test_details_are_put_right_and_what_was_there_stays_in_a_note(arrive, office):
    ticket = arrive(f"{ACCESS}\n\nKind regards,\nMel Ortega")
    correct_requester(office, ticket.reference, {"name": "Melania Ortega", "phones": "+1 555 0100\n+1 555 0101"}, by=ADA)
    ticket.refresh_from_db()
    requester = requester_of(ticket, office.seals)
    assert (requester.name, requester.details["name"]["value"]) == ("Melania Ortega", "Melania Ortega")
    assert [one["value"] for one in requester.details["phones"]] == ["+1 555 0100", "+1 555 0101"]
    assert "Mel Ortega → Melania Ortega" in notes.words_of(Note.objects.get(), ticket, office.seals)
    [event] = AuditEvent.objects.filter(action="requester corrected")
    assert event.data == {"fields": ["name", "phones"]}


def test_a_corrected_name_is_found_and_the_old_one_is_not(arrive, office):
    ticket = arrive(f"{ACCESS}\n\nKind regards,\nMel Ortega")
    correct_requester(office, ticket.reference, {"name": "Wilhelmina Quist"}, by=ADA)
    assert search.find("wilhelmina", ["lumen"], office.seals).tickets == {ticket.id}
    correct_requester(office, ticket.reference, {"name": "Joan Quist"}, by=ADA)
    assert not search.find("wilhelmina", ["lumen"], office.seals).tickets


def test_a_correction_is_undone(arrive, office):
    ticket = arrive(ACCESS)
    before = everything()
    correct_requester(office, ticket.reference, {"name": "Melania"}, by=ADA)
    undo(office, last_about(ticket.reference), by=ADA)
    assert everything() == before


@pytest.mark.parametrize(
    ("corrections", "refused"),
    [
        ({"shoe size": "42"}, NoSuchDetail),
        ({"date_of_birth": "31/12/1990"}, DetailWrong),
        ({"name": "a\u202eb"}, DetailWrong),
        ({"address": "not an address"}, DetailWrong),
        ({"address": "melania@ortega.example"}, NotAllowed),  # a lead's
    ],
)
def test_what_cannot_be_meant_is_refused(arrive, office, corrections, refused):
    ticket = arrive(ACCESS)
    with pytest.raises(refused):
        correct_requester(office, ticket.reference, corrections, by=ADA)


def test_a_new_address_must_be_proven_before_personal_data_go_there(arrive, office, clock, sink):
    ticket = arrive(ACCESS)  # authenticated: the old address was the requester's
    done = correct_requester(office, ticket.reference, {"address": "melania@elsewhere.example"}, by=GRACE)
    assert done.letter.name == "challenge"
    with pytest.raises(Unverified):
        steps.fulfil(office, ticket.reference, by=GRACE, values=INFORMATION, attachments=[DATA])
    clock.advance(seconds=11)
    office.delivery.deliver()
    assert sink.received[-1].recipients == ["melania@elsewhere.example"]
    from privbot.letters.rewording import CODE

    [code] = CODE.findall(words_of(done.letter, office)["text"])
    arrive(f"Here: {code}", sender="mel@ortega.example", answers=done.letter.message_id)  # from the old address
    assert not Challenge.objects.filter(state="proven").exists()
    arrive(f"Here: {code}", sender="melania@elsewhere.example", answers=done.letter.message_id)
    assert steps.fulfil(office, ticket.reference, by=ADA, values=INFORMATION, attachments=[DATA]).letter


# -- what was misread of the request ---------------------------------------------------------------------------------------------


def test_it_is_erasure_and_not_access(arrive, office, clock):
    ticket = arrive(ACCESS)
    received = Request.objects.get().received_at
    clock.advance(days=3)
    done = correct_rights(office, ticket.reference, ["erasure"], by=ADA)
    misread, right = Request.objects.order_by("id")
    assert (misread.right, misread.state, misread.state_reason) == ("access", "revoked", "misread")
    assert (right.right, right.state, right.received_at) == ("erasure", "open", received)
    assert [one.right for one in done.requests] == ["erasure"] and done.letter.name == "acknowledgment"
    assert Correction.objects.get().decided["rights"] == ["erasure"]
    assert [one.right for one in told(office.config, office.seals, "gdpr")] == ["erasure"]  # reports count what was asked


def test_a_wrong_label_is_undone(arrive, office):
    ticket = arrive(ACCESS)
    before = everything()
    correct_rights(office, ticket.reference, ["erasure", "access"], by=ADA)
    assert sorted(Request.objects.values_list("right", "state")) == [("access", "open"), ("erasure", "open")]
    undo(office, last_about(ticket.reference), by=ADA)
    assert everything() == before


def test_it_stands_under_another_law_and_that_is_undone(arrive, office):
    ticket = arrive(ACCESS)
    before = everything()
    correct_rights(office, ticket.reference, ["access"], regime="uk-gdpr", by=ADA)
    assert sorted(Request.objects.values_list("regime", "state")) == [("gdpr", "revoked"), ("uk-gdpr", "open")]
    undo(office, last_about(ticket.reference), by=ADA)
    assert everything() == before


def test_the_draft_that_acknowledged_what_was_misread_never_leaves(arrive, office):
    with_controller(office, mode="assist")
    ticket = arrive(ACCESS)
    correct_rights(office, ticket.reference, ["erasure"], by=ADA)
    assert list(Letter.objects.order_by("id").values_list("state", flat=True)) == ["discarded", "draft"]


# -- two tickets that are one ----------------------------------------------------------------------------------------------------


@pytest.fixture
def two(arrive, office):
    """The same access twice, the second taken for another person's, with erasure besides."""
    first = arrive(f"{ACCESS}\n\nKind regards,\nMel Ortega")
    arrive(f"{BOTH}\n\nKind regards,\nMelania Castro")
    review = Review.objects.get()
    reference = desk.open_request(
        office, review.id, ["access", "erasure"], regime="gdpr", actor="ada", another_person=True
    ).reference
    return first, Ticket.objects.get(reference=reference)


def test_merged_the_earlier_request_stands_and_the_later_ends_as_a_duplicate(two, office):
    first, second = two
    early = Request.objects.get(ticket=first)
    merge(office, first.reference, second.reference, by=ADA)
    rows = Request.objects.order_by("id")
    assert {row.ticket_id for row in rows} == {second.id} and len({row.person_index for row in rows}) == 1
    assert [(row.right, row.state, row.state_reason) for row in rows] == [
        ("access", "open", ""),
        ("access", "revoked", "duplicate"),
        ("erasure", "open", ""),
    ]
    assert rows[0].respond_by == early.respond_by
    assert StepTaken.objects.filter(step="drop").count() == 1
    assert IncomingMail.objects.exclude(ticket=second).count() == 0


def test_what_was_sealed_can_be_read_after_the_merge(two, office):
    first, second = two
    steps.ask(office, first.reference, "Which account?", by=ADA)
    add_note(office, first.reference, "She called.", by=ADA)
    merge(office, first.reference, second.reference, by=ADA)
    assert life.words_of(StepTaken.objects.get(step="ask"), office.seals) == {"question": "Which account?"}
    assert notes.words_of(Note.objects.get(), second, office.seals) == "She called."
    assert all(words_of(letter, office)["text"] for letter in Letter.objects.all())


def test_every_box_below_a_ticket_is_sealed_anew(two):
    """A model with a new box is not forgotten."""
    from django.apps import apps

    sealed = {
        model
        for model in apps.get_app_config("records").get_models()
        if any(field.name.split("_")[0] == "sealed" for field in model._meta.concrete_fields)
    }
    assert sealed - set(moving.BOXES) == {
        apps.get_model("records", name) for name in ("Ticket", "IncomingMail", "Correction", "Undoable")
    }


def test_the_old_reference_keeps_working_for_people_and_for_replies(two, arrive, office, clock):
    first, second = two
    letter = Letter.objects.filter(ticket=first).first()
    merge(office, first.reference, second.reference, by=ADA)
    assert cases.by_reference(first.reference) == second
    assert search.find(first.reference, ["lumen"], office.seals).tickets == {second.id}
    steps.assign(office, first.reference.lower(), "ada", by=ADA)
    arrive("What about it?", answers=letter.message_id)
    assert IncomingMail.objects.order_by("-id")[0].ticket == second
    third = arrive(ACCESS.replace("Please", "Please also"), sender="joan@castronovo.example")
    assert third.controller == "lumen"


def test_a_chain_of_merges_leads_to_the_last(two, arrive, office):
    first, second = two
    arrive("Please delete all my personal data under Article 17 GDPR.\n\nKind regards,\nMarta Ortega")
    review = Review.objects.filter(decided_at=None).get()
    third = desk.open_request(office, review.id, ["erasure"], regime="gdpr", actor="ada", another_person=True).reference
    merge(office, first.reference, second.reference, by=ADA)
    merge(office, second.reference, third, by=ADA)
    assert {cases.by_reference(one.reference).reference for one in two} == {third}


def test_a_merge_is_undone_whole(two, office):
    first, second = two
    steps.ask(office, first.reference, "Which account?", by=ADA)
    before = everything()
    merge(office, first.reference, second.reference, by=ADA)
    undo(office, last_about(second.reference), by=ADA)
    assert everything() == before
    assert life.words_of(StepTaken.objects.get(step="ask"), office.seals) == {"question": "Which account?"}


def test_strangers_and_other_controllers_are_not_merged(two, arrive, office):
    first, _ = two
    stranger = arrive(ACCESS, sender="joan@castronovo.example")
    with pytest.raises(AnotherRequester):
        merge(office, stranger.reference, first.reference, by=ADA)
    with pytest.raises(SameTicket):
        merge(office, first.reference, first.reference, by=ADA)
    Ticket.objects.filter(id=stranger.id).update(controller="tidal")
    with pytest.raises(AnotherController):
        merge(office, stranger.reference, first.reference, by=ADA)


def test_what_one_person_has_proven_does_not_come_to_count_for_another(arrive, office):
    ticket = arrive(BOTH)
    beside = split(office, ticket.reference, ["access"], by=ADA, name="Joan Ortega").reference
    identity.details_agree(office, ticket.reference, 3, by=ADA)
    before = everything()
    for one, into in ((ticket.reference, beside), (beside, ticket.reference)):
        with pytest.raises(ProvenForOne):
            merge(office, one, into, by=ADA)
    assert everything() == before
    undo(office, last_about(ticket.reference), by=ADA)  # nothing is proven any more
    merge(office, beside, ticket.reference, by=ADA)
    assert {row.ticket_id for row in Request.objects.all()} == {ticket.id}


def test_neither_of_two_codes_is_made_worthless_by_a_merge(two, office):
    first, second = two
    for ticket in two:
        identity.ask_identity(office, ticket.reference, by=ADA, doubt="another name")
    with pytest.raises(WrongUse, match="a code for each of the two tickets"):
        merge(office, first.reference, second.reference, by=ADA)
    assert [len(proofs.pending(ticket)) for ticket in two] == [1, 1]
    proofs.close_all(first, actor="ada", now=office.clock())
    merge(office, first.reference, second.reference, by=ADA)
    code = proofs.code_of(second, proofs.pending(second)[0], office.seals)
    identity.code_given(office, second.reference, code, by=ADA)


def test_what_was_approved_before_a_merge_leaves_a_paused_controller_all_the_same(two, office, clock):
    first, second = two
    letter = Letter.objects.get(ticket=second)
    Letter.objects.filter(id=letter.id).update(state="draft")
    desk.approve(office, letter.id, actor="ada")
    merge(office, second.reference, first.reference, by=ADA)
    outbox.hold_back(["lumen"], now=clock())
    assert Letter.objects.get(id=letter.id).state == "queued"


def test_erasing_what_was_merged_destroys_both_keys(two, office, clock):
    first, second = two
    merge(office, first.reference, second.reference, by=ADA)
    second.refresh_from_db()
    erasure.erase_ticket(second, office.seals, reason="request", now=clock.now)
    assert not DataKey.objects.filter(id__in=[first.key, second.key]).exclude(wrapped=None).exists()
    first.refresh_from_db()
    assert first.erased_at and not bytes(first.sealed_requester) and not first.sender_index


# -- one mail that is two ---------------------------------------------------------------------------------------------------------


def test_a_ticket_of_two_people_is_split_and_nothing_proven_goes_along(arrive, office):
    ticket = arrive(BOTH)
    steps.ask(office, ticket.reference, "Whose data?", by=ADA, right="erasure")
    identity.details_agree(office, ticket.reference, 2, by=ADA)
    done = split(office, ticket.reference, ["erasure"], by=ADA, name="Joan Ortega")
    [moved] = done.requests
    fresh = Ticket.objects.get(reference=done.reference)
    assert (moved.right, moved.ticket, moved.verified_level) == ("erasure", fresh, "none")
    assert moved.person_index != Request.objects.get(right="access").person_index
    assert requester_of(fresh, office.seals).name == "Joan Ortega"
    assert life.words_of(StepTaken.objects.get(step="ask"), office.seals) == {"question": "Whose data?"}
    assert (done.letter.name, done.letter.state, done.letter.ticket) == ("acknowledgment", "draft", fresh)


def test_a_split_is_undone(arrive, office):
    ticket = arrive(BOTH)
    before = everything()
    split(office, ticket.reference, ["erasure"], by=ADA)
    undo(office, last_about(ticket.reference), by=ADA)
    assert everything() == before


def test_a_ticket_keeps_at_least_one_request(arrive, office):
    ticket = arrive(BOTH)
    with pytest.raises(NothingLeft):
        split(office, ticket.reference, ["access", "erasure"], by=ADA)
    with pytest.raises(NoSuchRequest):
        split(office, ticket.reference, ["portability"], by=ADA)


def test_a_review_becomes_requests_each_under_its_own_law(arrive, office):
    arrive(UNSURE)
    review = Review.objects.get()
    [handled] = split_review(
        office,
        review.id,
        [[Asked("access", "gdpr"), Asked("opt-out-of-sale", "ccpa"), Asked("complaint", "uk-gdpr")]],
        actor="ada",
    )
    rows = Request.objects.order_by("id").values_list("regime", "right", "ticket__reference")
    assert set(rows) == {
        ("gdpr", "access", handled.reference),
        ("ccpa", "opt-out-of-sale", handled.reference),
        ("uk-gdpr", "complaint", handled.reference),
    }
    assert Letter.objects.filter(name="acknowledgment").count() == 1


def test_a_review_becomes_two_peoples_tickets_and_is_undone_whole(arrive, office):
    arrive(UNSURE)
    before, review = everything(), Review.objects.get()
    handled = split_review(
        office, review.id, [[Asked("access", "gdpr")], [Asked("access", "gdpr"), Asked("erasure", "gdpr")]], actor="ada"
    )
    assert len({one.reference for one in handled}) == Ticket.objects.count() == 2
    assert Request.objects.filter(right="access").values("person_index").distinct().count() == 2
    undo(office, last_about(f"review:{review.id}"), by=ADA)
    assert everything() == before


def test_what_somebody_asks_already_is_not_opened_twice(arrive, office):
    arrive(ACCESS)
    ticket = arrive(ERASURE, sender="joan@castronovo.example")
    with pytest.raises(AlreadyActive):
        Request.objects.filter(ticket=ticket).update(person_index=Request.objects.exclude(ticket=ticket).get().person_index)
        correct_rights(office, ticket.reference, ["access"], by=ADA)
