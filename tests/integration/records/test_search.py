"""Finding mails and tickets while everything stays sealed."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from privbot.records import retention, search
from privbot.records.database import writing
from privbot.records.models import IncomingMail, Request, SearchTerm, Ticket
from privbot.records.search import TooLittleToFind, words_of
from privbot.worker import indexing
from privbot.worker.indexing import index_older_mails
from privbot.worker.office import Office
from privbot.worker.once import poll_once

BOTH = ("lumen", "tidal")
ACCESS = """Return-Path: <mel@ortega.example>
From: Mel Ortega <mel@ortega.example>
To: customer-{controller}@harbour.example
Subject: My parcel of lavender masks
Message-ID: <1@ortega.example>

I hereby request access to my personal data under Article 15 GDPR. Please send me a copy of what you hold about me.

Mel Ortega
"""
QUESTION = """Return-Path: <sora@hayashi.example>
From: =?utf-8?b?5p6X5aSp?= <sora@hayashi.example>
To: customer-lumen@harbour.example
Subject: =?utf-8?b?44GK5ZWP44GE5ZCI44KP44Gb?=
Message-ID: <2@hayashi.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

個人情報の取り扱いについて教えてください。Café Zürich
"""
OFFER = """Return-Path: <sales@brisk.example>
From: Brisk Sales <sales@brisk.example>
To: customer-lumen@harbour.example
Subject: An offer
Auto-Submitted: auto-generated
Message-ID: <9@brisk.example>

Our autumn catalogue is here.
"""


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def receive(imap, office):
    def work(text: str) -> None:
        imap.deliver(text.replace("\n", "\r\n").encode())
        poll_once(office)

    return work


def found(office, text: str, controllers=BOTH) -> search.Found:
    return search.find(text, controllers, office.seals)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Grüße aus Zürich", ["gruße", "aus", "zurich"]),  # lower case, no accents
        ("a I 7", []),  # one character finds nothing
        ("ＤＥＬＥＴＥ me", ["delete", "me"]),  # full-width letters
        ("de\u200blete", ["delete"]),  # invisible characters inside a word
        ("mel@ortega.example", ["mel@ortega.example", "mel", "ortega", "example"]),  # an address whole, and its parts
        ("個人情報", ["個人", "人情", "情報"]),  # no spaces: pairs of characters
        ("林", ["林"]),  # a name of one character
        ("ลบข้อมูล", ["ลบ", "บข", "ข้", "้อ", "อม", "มู", "ูล"]),  # Thai
        ("GDPR第15条", ["gdpr", "第", "15", "条"]),  # scripts side by side
    ],
)
def test_a_text_is_cut_into_words(text, words):
    assert list(words_of(text)) == words


def test_a_handled_mail_and_its_ticket_are_found_by_each_of_their_words(receive, office):
    receive(ACCESS.format(controller="lumen"))
    ticket, mail = Ticket.objects.get(), IncomingMail.objects.get()
    for text in (
        ticket.reference,  # the reference
        ticket.reference[:6].lower(),  # its beginning
        "mel@ortega.example",  # the address
        "MEL ortega",  # the name
        "lavender parcel",  # words of the subject
        "lavender copy",  # all of several, wherever they stand
    ):
        hit = found(office, text)
        assert hit.tickets == {ticket.id}, text
        assert hit.mails <= {mail.id}, text


@pytest.mark.parametrize(
    "text",
    [
        "lavender zebra",  # one of the words is not there
        "ZZZ-7",  # nobody's reference
        "mel@elsewhere.example",  # another address with the same word
    ],
)
def test_what_does_not_hold_all_of_it_is_not_found(text, receive, office):
    receive(ACCESS.format(controller="lumen"))
    assert found(office, text) == search.Found()


def test_a_mail_without_a_ticket_is_found_by_words_of_a_script_without_spaces(receive, office):
    receive(QUESTION)
    mail = IncomingMail.objects.get()
    assert found(office, "個人情報").mails == {mail.id}
    assert found(office, "cafe zurich").mails == {mail.id}
    assert found(office, "人個").mails == frozenset()


def test_another_controllers_mails_are_not_found(receive, office):
    receive(ACCESS.format(controller="lumen"))
    for text in ("lavender", "mel@ortega.example", Ticket.objects.get().reference):
        assert found(office, text, ["tidal"]) == search.Found()


def test_the_same_word_has_another_hash_at_another_controller(office):
    [lumens], [tidals] = office.seals.terms("lumen", ["lavender"]), office.seals.terms("tidal", ["lavender"])
    assert lumens != tidals


def test_no_word_stands_in_clear(receive, office):
    receive(ACCESS.format(controller="lumen"))
    assert SearchTerm.objects.filter(mail__isnull=False).count() > 15
    assert {field.name for field in SearchTerm._meta.concrete_fields} == {"id", "term", "mail", "ticket"}


@pytest.mark.parametrize("text", ["", "   ", "a", "?!"])
def test_too_little_is_said_so(text, office):
    with pytest.raises(TooLittleToFind):
        found(office, text)


def test_nothing_is_opened_to_find(receive, office, monkeypatch):
    receive(ACCESS.format(controller="lumen"))
    monkeypatch.setattr(office.seals, "open", lambda *_: pytest.fail("a box was opened"))
    assert found(office, "mel ortega").tickets


def test_a_mail_has_a_bounded_number_of_terms(receive, office):
    endless = " ".join(f"word{number}" for number in range(2000))
    receive(ACCESS.format(controller="lumen") + endless)
    assert SearchTerm.objects.filter(mail__isnull=False).count() == search.TERMS_OF_A_MAIL


def test_a_word_that_very_many_hold_is_looked_for_in_the_newest(receive, office, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 1)
    for number in (1, 2):
        receive(ACCESS.format(controller="lumen").replace("<1@", f"<{number}@").replace("mel@", f"mel{number}@"))
    hit = found(office, "lavender parcel")
    assert (hit.mails, hit.more) == ({IncomingMail.objects.latest("id").id}, True)


@pytest.mark.parametrize(
    ("mails", "tickets", "more"),
    [
        (2, 2, False),  # all of both kinds fit: nothing is left out
        (3, 2, True),  # a mail is left out, and no ticket
        (2, 3, True),  # a ticket is left out, and no mail
    ],
)
def test_many_mails_with_a_word_hide_no_ticket_and_many_tickets_no_mail(mails, tickets, more, receive, office, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 2)
    for number in range(3):
        receive(OFFER.replace("<9@", f"<{number}@"))
        receive(ACCESS.format(controller="lumen").replace("<1@", f"<{number}@").replace("mel@", f"mel{number}@"))
    SearchTerm.objects.all().delete()
    [word] = office.seals.terms("lumen", ["lavender"])
    of_mails = list(IncomingMail.objects.filter(ticket=None).order_by("-id")[:mails])
    of_tickets = list(Ticket.objects.order_by("-id")[:tickets])
    assert (len(of_mails), len(of_tickets)) == (mails, tickets)
    SearchTerm.objects.bulk_create(
        [SearchTerm(term=word, mail=mail) for mail in of_mails] + [SearchTerm(term=word, ticket=ticket) for ticket in of_tickets]
    )
    hit = found(office, "lavender")
    assert hit.mails == {mail.id for mail in of_mails[:2]}
    assert hit.tickets == {ticket.id for ticket in of_tickets[:2]}
    assert hit.more is more


# -- what is erased, what is older ---------------------------------------------------------------------------------------


def test_an_erased_ticket_is_no_longer_found(receive, office):
    receive(ACCESS.format(controller="lumen"))
    ticket = Ticket.objects.get()
    Request.objects.update(state="fulfilled", closed_at=office.clock())
    ticket.letters.update(state="sent")
    retention.erase(ticket.reference, office.seals, reason="requester", actor="Mika", now=office.clock())
    assert not SearchTerm.objects.exists()
    assert found(office, "lavender") == found(office, "mel@ortega.example") == search.Found()


def test_an_erased_mail_without_a_ticket_is_no_longer_found(receive, office, clock):
    receive(OFFER)
    assert found(office, "catalogue autumn").mails
    clock.advance(days=366 * 12)
    retention.run(office.config, office.seals, clock.now)
    assert not SearchTerm.objects.exists()


def test_mails_of_an_older_release_become_findable_by_the_sweep(receive, office):
    receive(ACCESS.format(controller="lumen"))
    SearchTerm.objects.all().delete()
    IncomingMail.objects.update(searchable=False)
    assert index_older_mails(office) == 1
    assert index_older_mails(office) == 0
    assert found(office, "lavender masks").tickets == {Ticket.objects.get().id}
    assert SearchTerm.objects.filter(ticket__isnull=False).exists()


@pytest.mark.parametrize("text", [ACCESS.format(controller="lumen"), OFFER], ids=["of a ticket", "of none"])
def test_a_mail_that_is_erased_while_it_is_indexed_does_not_become_findable_again(receive, office, monkeypatch, text):
    """Between its opening and its writing: erased by another worker."""
    receive(text)
    SearchTerm.objects.all().delete()
    IncomingMail.objects.update(searchable=False)

    @contextmanager
    def after_erasure():
        IncomingMail.objects.update(sealed_raw=b"")
        Ticket.objects.update(erased_at=office.clock())
        with writing():
            yield

    monkeypatch.setattr(indexing, "writing", after_erasure)
    assert (index_older_mails(office), index_older_mails(office)) == (1, 0)
    assert not SearchTerm.objects.exists()


def test_an_address_finds_its_ticket_before_its_words_are_indexed(receive, office):
    receive(ACCESS.format(controller="lumen"))
    SearchTerm.objects.all().delete()
    assert found(office, "Mel@Ortega.example").tickets == {Ticket.objects.get().id}


def test_a_mail_that_can_no_longer_be_opened_is_passed_over(receive, office, clock):
    receive(ACCESS.format(controller="lumen"))
    SearchTerm.objects.all().delete()
    IncomingMail.objects.update(searchable=False)
    office.seals.destroy([IncomingMail.objects.get().key], clock.now)
    assert index_older_mails(office) == 1
    assert not SearchTerm.objects.exists()


# -- a whole reference ---------------------------------------------------------------------------------------------------


def test_a_whole_reference_names_its_ticket_open_closed_or_merged_but_not_an_erased_one(receive, office, clock):
    receive(ACCESS.format(controller="lumen"))
    ticket = Ticket.objects.get()
    assert search.named(f" {ticket.reference.lower()} ") == ticket
    for text in (ticket.reference[:-1], "ZZZ-2222-2222", "mel", "", "\0"):
        assert search.named(text) is None
    Request.objects.update(state="fulfilled", closed_at=office.clock())
    assert search.named(ticket.reference) == ticket
    Ticket.objects.update(erased_at=clock.now)
    assert search.named(ticket.reference) is None


def test_an_erased_ticket_is_not_found_by_the_beginning_of_its_reference(receive, office, clock):
    receive(ACCESS.format(controller="lumen"))
    Ticket.objects.update(erased_at=clock.now)
    assert found(office, "LUM-") == search.Found()
