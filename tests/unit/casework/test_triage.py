"""What is done about a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import LUMEN, RECEIVED, TIDAL, a_history, a_mail, a_reading, authenticated, from_machine
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given
from hypothesis import strategies as st

from privbot.casework.errors import AlreadyActive
from privbot.casework.model import (
    AddRequest,
    AttachToTicket,
    ConfirmMailbox,
    ConfirmWallet,
    CountFailedProof,
    Escalate,
    HoldForReview,
    Ignore,
    KnownTicket,
    OpenRequest,
    OpenTicket,
    PendingChallenge,
    SendLetter,
    TakeAnswer,
)
from privbot.casework.triage import open_decided, triage
from privbot.casework.verification import Kind
from privbot.casework.wallet import WalletChallenge, text_to_sign
from privbot.law.errors import RightNotGranted
from privbot.mail.model import Address, Attachment, Authentication, Defect, Forwarded, OriginKind
from privbot.reading.model import KINDS_OF_OTHER, RIGHTS, Detail, Requester

TICKET = KnownTicket("LUM-AAAA-BBBB", sender_matches=True, requests=(OpenRequest("gdpr", "access", date(2026, 12, 21)),))


def kinds(actions: list) -> list[type]:
    return [type(action) for action in actions]


def held(actions: list) -> set[str]:
    return {code for action in actions if isinstance(action, HoldForReview) for code in action.codes}


def sends(actions: list) -> list[SendLetter]:
    return [action for action in actions if isinstance(action, SendLetter)]


# -- a clear request --------------------------------------------------------------------------------------------------------


def test_a_clear_request_opens_a_ticket_with_its_dates_and_is_acknowledged():
    opened, request, letter = triage(a_mail(), a_reading("access"), a_history(), TIDAL)
    assert opened == OpenTicket("en")
    assert (request.regime, request.right, request.category) == ("gdpr", "access", "access")
    assert request.due.statute == date(2026, 12, 21)  # a month is 20 December 2026, a Sunday
    assert letter == SendLetter("acknowledgment", "en", challenge=False)


def test_several_rights_become_several_requests_each_with_its_own_clock():
    actions = triage(a_mail(), a_reading("erasure", "opt-out-of-sale", regime="ccpa"), a_history(), LUMEN)
    requests = {action.right: action for action in actions if isinstance(action, AddRequest)}
    assert requests["erasure"].due.respond_by == date(2027, 1, 4)
    assert requests["opt-out-of-sale"].due.respond_by == date(2026, 12, 14)
    assert requests["opt-out-of-sale"].verification.level == "none"
    assert len(sends(actions)) == 1


def test_two_words_for_one_right_are_one_request():
    actions = triage(a_mail(), a_reading("objection", "stop-use", regime="appi"), a_history(), LUMEN)
    assert [action.right for action in actions if isinstance(action, AddRequest)] == ["stop-use"]


def test_without_a_regime_in_the_mail_the_controllers_first_is_meant():
    actions = triage(a_mail(), a_reading("access", regime=None), a_history(), TIDAL)
    assert actions[1].regime == "gdpr"


@pytest.mark.parametrize("guessed", [None, "gdpr"])
def test_a_right_that_one_law_alone_knows_by_this_name_is_counted_under_it(guessed):
    actions = triage(a_mail(), a_reading("opt-out-of-sale", regime=guessed, confidence=0.5), a_history(), LUMEN)
    assert (actions[1].regime, actions[1].right) == ("ccpa", "opt-out-of-sale")


def test_shine_the_light_for_a_controller_without_it_is_answered_as_the_access_it_is():
    actions = triage(a_mail(), a_reading("shine-the-light", regime=None), a_history(), TIDAL)
    assert (actions[1].regime, actions[1].right) == ("gdpr", "access")


def test_a_right_that_the_mails_own_law_does_not_know_goes_to_a_person():
    assert "right-not-granted" in held(triage(a_mail(), a_reading("complaint", regime="ccpa"), a_history(), TIDAL))


@pytest.mark.parametrize(
    ("rights", "regime", "authentication", "policy", "challenged"),
    [
        # GDPR Art 12(6): only on reasonable doubt, which an authenticated mail does not give
        (("access",), "gdpr", Authentication.PASS, "on-doubt", False),
        (("access",), "gdpr", Authentication.NONE, "on-doubt", True),
        (("access",), "gdpr", Authentication.PASS, "always", True),
        # CCPA §7062: always to some degree
        (("erasure",), "ccpa", Authentication.PASS, "on-doubt", True),
        # §7060(b): never for an opt-out
        (("opt-out-of-sale",), "ccpa", Authentication.NONE, "always", False),
        (("limit-sensitive",), "ccpa", Authentication.NONE, "always", False),
        # Civ. Code 1798.83 knows no verification
        (("shine-the-light",), "shine-the-light", Authentication.NONE, "always", False),
        # one of several is enough
        (("opt-out-of-sale", "erasure"), "ccpa", Authentication.PASS, "on-doubt", True),
    ],
)
def test_a_code_is_asked_for_only_where_the_law_lets_us(rights, regime, authentication, policy, challenged):
    actions = triage(
        authenticated(authentication), a_reading(*rights, regime=regime), a_history(), replace(LUMEN, challenge=policy)
    )
    assert [letter.challenge for letter in sends(actions)] == [challenged]


# -- no letter -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in OriginKind if kind is not OriginKind.HUMAN])
@pytest.mark.parametrize("rights", [(), ("access",)])
def test_a_machine_is_never_answered(kind, rights):
    actions = triage(from_machine(kind), a_reading(*rights), a_history(), LUMEN)
    assert not sends(actions)


@pytest.mark.parametrize("kind", [OriginKind.BULK, OriginKind.LIST, OriginKind.AUTO_REPLY, OriginKind.OWN])
def test_a_machine_that_asks_for_something_is_shown_to_a_person(kind):
    assert held(triage(from_machine(kind), a_reading("erasure"), a_history(), LUMEN)) == {"request-from-machine"}


def test_a_machines_mail_that_is_encrypted_is_shown_too():
    encrypted = replace(from_machine(OriginKind.BULK), defects=(Defect.ENCRYPTED,))
    assert held(triage(encrypted, a_reading(), a_history(), LUMEN)) == {"request-from-machine"}


@pytest.mark.parametrize(
    ("mail", "thread"),
    [
        (from_machine(OriginKind.OWN), TICKET),
        (replace(from_machine(OriginKind.OWN), to=(Address("", "mel@ortega.example"),)), None),
        (replace(from_machine(OriginKind.OWN), headers={"auto-submitted": ("auto-replied",)}), None),
    ],
)
def test_our_own_letter_come_round_is_filed_away(mail, thread):
    assert triage(mail, a_reading("access"), a_history(thread=thread), LUMEN) == [Ignore("own")]


def test_backlog_gets_its_ticket_with_the_true_date_and_no_letter():
    long_ago = RECEIVED - timedelta(days=200)
    actions = triage(a_mail(), a_reading("access"), a_history(received=long_ago, backlog=True), LUMEN)
    assert kinds(actions) == [OpenTicket, AddRequest]
    assert actions[1].due.respond_by < RECEIVED.date()


def test_over_a_cap_a_ticket_is_opened_and_a_person_answers():
    actions = triage(a_mail(), a_reading("access"), a_history(over_limit="address"), LUMEN)
    assert OpenTicket in kinds(actions) and held(actions) == {"over-limit"}
    assert [letter.approve_first for letter in sends(actions)] == [True]


def test_the_same_mail_delivered_twice_is_handled_once():
    assert triage(a_mail(), a_reading("access"), a_history(duplicate=True), LUMEN) == [Ignore("duplicate")]


# -- unsure means review ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mail", "reading", "code"),
    [
        (authenticated(Authentication.FAIL), a_reading("access"), "forged-sender"),
        (a_mail(defects=(Defect.ENCRYPTED,)), a_reading(), "encrypted"),
        (a_mail(defects=(Defect.TRUNCATED,)), a_reading("access"), "oversized"),
        (a_mail(defects=(Defect.SEVERAL_SENDERS,)), a_reading("access"), "several-senders"),
        (a_mail(text="", forwarded=(Forwarded(None, "", "send me my data"),)), a_reading("access"), "forwarded"),
        (a_mail(), a_reading("access", agent="Rightly Agents"), "agent"),
        (a_mail(), a_reading("access", minor=True), "minor"),
        (a_mail(), a_reading("access", review=True, review_codes=("unsure",)), "unsure"),
        (a_mail(), a_reading(review=True), "unsure"),
        (a_mail(), a_reading(kind="support"), "support"),
        (a_mail(), a_reading(kind=None), "other"),
    ],
)
def test_what_is_unsure_is_held_and_nothing_is_sent(mail, reading, code):
    actions = triage(mail, reading, a_history(), LUMEN)
    assert code in held(actions)
    assert not sends(actions)


@pytest.mark.parametrize("kind", ["regulator", "legal-claim", "security-report"])
def test_an_authority_a_claim_and_a_security_report_are_urgent(kind):
    assert kinds(triage(a_mail(), a_reading(kind=kind), a_history(), LUMEN)) == [Escalate]


@pytest.mark.parametrize("kind", ["regulator", "legal-claim", "security-report"])
def test_they_are_urgent_whatever_else_is_unsure_about_them(kind):
    for codes in ((kind, "unsure"), ("forged-sender", kind)):
        [held] = triage(a_mail(), a_reading(review=True, review_codes=codes), a_history(), LUMEN)
        assert held.urgent and kind in held.codes
    [held] = triage(a_mail(), a_reading(review=True, review_codes=("unsure",)), a_history(), LUMEN)
    assert not held.urgent


@pytest.mark.parametrize("kind", ["commercial", "spam"])
def test_plain_advertising_is_filed_away(kind):
    assert triage(a_mail(), a_reading(kind=kind), a_history(), LUMEN) == [Ignore(kind)]


# -- conversations ---------------------------------------------------------------------------------------------------------

CHALLENGED = KnownTicket(
    "LUM-AAAA-BBBB",
    True,
    (OpenRequest("gdpr", "access", date(2026, 12, 21)),),
    PendingChallenge("ABCD-EFGH", RECEIVED + timedelta(days=14), 0),
)


@pytest.mark.parametrize(
    "mail",
    [
        a_mail(text="ABCD-EFGH"),
        a_mail(text="here you are: abcd efgh, thanks"),  # typed on a phone
        a_mail(text="ok", quoted="> Please leave the code ABCD-EFGH in your reply."),  # whoever has the letter holds the mailbox
    ],
)
def test_the_right_code_proves_the_mailbox(mail):
    actions = triage(mail, a_reading(), a_history(thread=CHALLENGED), LUMEN)
    assert kinds(actions) == [AttachToTicket, ConfirmMailbox]


@pytest.mark.parametrize(
    ("code", "later", "attempts"),
    [
        ("ABCD-EFGK", timedelta(0), 0),  # another code
        ("ABCD-EFGH", timedelta(days=15), 0),  # too late
        ("ABCD-EFGH", timedelta(0), 5),  # too often
    ],
)
def test_a_wrong_late_or_used_up_code_proves_nothing(code, later, attempts):
    challenge = PendingChallenge("ABCD-EFGH", RECEIVED + timedelta(days=14), attempts)
    ticket = KnownTicket("LUM-AAAA-BBBB", True, (OpenRequest("gdpr", "access", date(2026, 12, 21)),), challenge)
    mail = a_mail(text=f"the code is {code}")
    actions = triage(mail, a_reading(codes=(code,)), a_history(thread=ticket, received=RECEIVED + later), LUMEN)
    assert CountFailedProof in kinds(actions) and held(actions) == {"wrong-code"}


def test_the_right_code_in_a_new_mail_still_finds_its_ticket():
    actions = triage(a_mail(text="ABCD-EFGH"), a_reading(), a_history(tickets=(CHALLENGED,)), LUMEN)
    assert kinds(actions) == [AttachToTicket, ConfirmMailbox]


def test_the_right_code_from_another_sender_is_held():
    stranger = KnownTicket(CHALLENGED.reference, False, CHALLENGED.requests, CHALLENGED.challenge)
    actions = triage(a_mail(text="ABCD-EFGH"), a_reading(), a_history(thread=stranger), LUMEN)
    assert kinds(actions) == [HoldForReview] and held(actions) == {"new-sender-on-ticket"}


def test_a_follow_up_joins_its_ticket_and_is_shown():
    actions = triage(a_mail(), a_reading(), a_history(thread=TICKET), LUMEN)
    assert actions[0] == AttachToTicket(TICKET.reference, "follow-up") and "follow-up" in held(actions)


def test_a_new_right_in_a_reply_is_added_to_the_ticket_and_acknowledged():
    actions = triage(a_mail(), a_reading("erasure"), a_history(thread=TICKET), LUMEN)
    assert kinds(actions) == [AttachToTicket, AddRequest, SendLetter]


def test_a_request_beside_the_code_is_not_lost():
    mail = a_mail(text="ABCD-EFGH. And erase everything you have about me.")
    actions = triage(mail, a_reading("erasure"), a_history(thread=CHALLENGED), LUMEN)
    assert kinds(actions) == [AttachToTicket, ConfirmMailbox, AddRequest, SendLetter]


def test_words_beside_the_code_are_shown_to_a_person():
    mail = a_mail(text="ABCD-EFGH. My lawyer will be in touch, this is taking far too long and I am angry about all of it.")
    actions = triage(mail, a_reading(review=True), a_history(thread=CHALLENGED), LUMEN)
    assert ConfirmMailbox in kinds(actions) and "follow-up" in held(actions)


def test_a_new_right_decided_by_an_operator_on_a_reply_joins_its_ticket():
    actions = open_decided(a_mail(), a_reading("erasure"), a_history(thread=TICKET), LUMEN)
    assert kinds(actions) == [AttachToTicket, AddRequest, SendLetter]


def test_another_persons_reply_on_a_ticket_is_opened_as_a_request_of_its_own():
    strangers = replace(TICKET, sender_matches=False)
    actions = open_decided(a_mail(), a_reading("erasure"), a_history(thread=strangers), LUMEN)
    assert kinds(actions) == [OpenTicket, AddRequest, SendLetter]


def test_an_agents_reply_on_a_ticket_is_opened_as_a_request_of_its_own():
    actions = open_decided(a_mail(), a_reading("erasure", agent="Rightly Agents"), a_history(thread=TICKET), LUMEN)
    assert kinds(actions)[0] == OpenTicket


def test_a_decision_that_would_add_nothing_is_refused():
    with pytest.raises(AlreadyActive):
        open_decided(a_mail(), a_reading("access"), a_history(thread=TICKET), LUMEN)


@pytest.mark.parametrize("thread", [None, TICKET])
def test_a_right_that_no_law_grants_is_refused_even_beside_one_that_is_granted(thread):
    with pytest.raises(RightNotGranted, match="automated-decision"):
        open_decided(a_mail(), a_reading("erasure", "automated-decision", regime="appi"), a_history(thread=thread), LUMEN)


def test_the_same_request_long_after_the_first_was_due_joins_it_and_is_shown():
    later = a_history(tickets=(TICKET,), received=RECEIVED + timedelta(days=400))
    actions = triage(a_mail(), a_reading("access"), later, LUMEN)
    assert actions[0] == AttachToTicket(TICKET.reference, "same-request") and held(actions) == {"overdue"}


def test_what_is_new_beside_the_same_request_joins_its_ticket():
    actions = triage(a_mail(), a_reading("access", "erasure"), a_history(tickets=(TICKET,)), LUMEN)
    assert kinds(actions) == [AttachToTicket, AddRequest, SendLetter]
    assert actions[1].right == "erasure"


def test_a_right_that_is_open_on_another_ticket_of_the_person_is_not_added_to_this_one():
    other = KnownTicket("LUM-CCCC-DDDD", True, (OpenRequest("gdpr", "erasure", date(2026, 12, 21)),))
    actions = triage(a_mail(), a_reading("erasure"), a_history(thread=TICKET, tickets=(other,)), LUMEN)
    assert kinds(actions) == [AttachToTicket, HoldForReview]


def test_a_request_that_somebody_else_has_opened_for_the_same_person_is_a_persons_to_join():
    agents = replace(TICKET, sender_matches=False)
    assert held(triage(a_mail(), a_reading("access"), a_history(tickets=(agents,)), LUMEN)) == {"same-person"}


def named(name: str) -> Requester:
    return Requester(name=Detail(name, "signature", 0.9))


@pytest.mark.parametrize(
    ("known", "joined"),
    [
        (replace(TICKET, name="Mel Ortega"), True),
        (replace(TICKET, name="ORTEGA, Mel"), True),  # however it is written
        (TICKET, True),  # no name was read
        (replace(TICKET, name="Joan Ortega"), False),  # a family shares an address
        (replace(TICKET, name="Mel Ortega", agent=True), False),  # what the writer asked for somebody else
    ],
)
def test_a_request_from_a_known_address_joins_only_what_is_not_another_persons(known, joined):
    reading = a_reading("access", "erasure", requester=named("Mel Ortega"))
    actions = triage(a_mail(), reading, a_history(tickets=(known,)), LUMEN)
    assert (AttachToTicket in kinds(actions), held(actions)) == ((True, set()) if joined else (False, {"same-address"}))


def test_of_two_people_with_one_address_each_joins_their_own():
    joans, mels = replace(TICKET, reference="LUM-CCCC-DDDD", name="Joan Ortega"), replace(TICKET, name="Mel Ortega")
    actions = triage(a_mail(), a_reading("access", requester=named("Mel Ortega")), a_history(tickets=(joans, mels)), LUMEN)
    assert actions == [AttachToTicket(mels.reference, "same-request")]


@pytest.mark.parametrize("known", [replace(TICKET, name="Joan Ortega"), replace(TICKET, sender_matches=False)])
def test_what_an_operator_calls_another_persons_gets_a_ticket_of_its_own(known):
    reading, history = a_reading("access", requester=named("Mel Ortega")), a_history(tickets=(known,))
    opened = open_decided(a_mail(), reading, history, LUMEN, another_person=True)
    assert kinds(opened) == [OpenTicket, AddRequest, SendLetter] and opened[0].another_person


def test_an_operator_who_does_not_call_it_another_persons_joins_it():
    reading, history = (
        a_reading("access", requester=named("Mel Ortega")),
        a_history(tickets=(replace(TICKET, name="Joan Ortega"),)),
    )
    assert open_decided(a_mail(), reading, history, LUMEN) == [AttachToTicket(TICKET.reference, "same-request")]


def test_the_same_request_again_joins_the_open_one():
    actions = triage(a_mail(), a_reading("access"), a_history(tickets=(TICKET,)), LUMEN)
    assert actions == [AttachToTicket(TICKET.reference, "same-request")]


def test_a_bounce_of_our_letter_is_shown_on_its_ticket():
    actions = triage(from_machine(OriginKind.BOUNCE), a_reading(), a_history(thread=TICKET), LUMEN)
    assert kinds(actions) == [AttachToTicket, HoldForReview] and held(actions) == {"undeliverable"}


def test_what_an_operator_decided_is_opened_whatever_the_doubts():
    actions = open_decided(authenticated(Authentication.FAIL), a_reading("access", review=True), a_history(), LUMEN)
    assert kinds(actions)[:2] == [OpenTicket, AddRequest]


# -- proof that comes back -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("more_than_mailbox", "held_back"), [(False, False), (True, True)])
def test_a_code_from_a_forged_sender_still_proves_the_mailbox_and_nothing_more(more_than_mailbox, held_back):
    ticket = replace(CHALLENGED, more_than_mailbox=more_than_mailbox)
    mail = replace(authenticated(Authentication.FAIL), text="ABCD-EFGH")
    actions = triage(mail, a_reading(), a_history(thread=ticket), LUMEN)
    assert (ConfirmMailbox in kinds(actions), "forged-sender" in held(actions)) == (not held_back, held_back)


def test_the_consumers_own_word_proves_that_the_agent_may():
    pending = PendingChallenge("ABCD-EFGH", RECEIVED + timedelta(days=14), 0, Kind.CONFIRMATION)
    agents = KnownTicket("LUM-AAAA-BBBB", False, TICKET.requests, pending)
    actions = triage(a_mail(text="Yes. ABCD-EFGH"), a_reading(), a_history(thread=agents), LUMEN)
    assert actions[1] == ConfirmMailbox(agents.reference, Kind.CONFIRMATION)


OWNER, STRANGER = (Account.from_key(bytes([number]) * 32) for number in (1, 2))
SIGNED_TEXT = WalletChallenge(OWNER.address, "7KQ4M2XH", "LUM-AAAA-BBBB", "harbour.example", RECEIVED + timedelta(days=14))
WALLET_ASKED = replace(TICKET, wallet=SIGNED_TEXT)


def signature_by(account, over: WalletChallenge = SIGNED_TEXT) -> str:
    return "0x" + account.sign_message(encode_defunct(text=text_to_sign(over))).signature.hex().removeprefix("0x")


def test_the_wallets_signature_proves_the_wallet():
    mail = a_mail(text=f"Here it is:\n{signature_by(OWNER)}\n")
    actions = triage(mail, a_reading(), a_history(thread=WALLET_ASKED), LUMEN)
    assert actions == [AttachToTicket(TICKET.reference, "verification-reply"), ConfirmWallet(TICKET.reference)]


@pytest.mark.parametrize(
    ("signature", "later", "code"),
    [
        (signature_by(STRANGER), timedelta(0), "another-wallet"),
        (signature_by(OWNER, replace(SIGNED_TEXT, nonce="AAAABBBB")), timedelta(0), "another-wallet"),
        (signature_by(OWNER), timedelta(days=15), "proof-expired"),
        ("0x" + "ab" * 130, timedelta(0), "contract-signature"),
    ],
)
def test_a_wrong_signature_proves_nothing_and_says_what_is_wrong(signature, later, code):
    mail = a_mail(text=signature)
    actions = triage(mail, a_reading(), a_history(thread=WALLET_ASKED, received=RECEIVED + later), LUMEN)
    assert CountFailedProof(TICKET.reference, Kind.WALLET, code) in actions and held(actions) == {code}


def test_an_answer_to_our_question_ends_the_waiting_and_is_shown():
    actions = triage(a_mail(text="The shop account."), a_reading(), a_history(thread=replace(TICKET, asking=True)), LUMEN)
    assert kinds(actions) == [AttachToTicket, TakeAnswer, HoldForReview] and held(actions) == {"answer"}


def test_what_may_hold_the_details_we_asked_for_is_shown_as_such():
    asked = replace(TICKET, awaited=(Kind.DETAILS,))
    assert "proof-returned" in held(triage(a_mail(text="Order 77."), a_reading(), a_history(thread=asked), LUMEN))


def test_a_copy_of_an_identity_document_is_shown_to_a_person():
    passport = Attachment("passport.jpg", "image/jpeg", "image/jpeg", 1000, 1)
    actions = triage(a_mail(attachments=(passport,)), a_reading(), a_history(thread=TICKET), LUMEN)
    assert "identity-document" in held(actions)


def test_a_code_that_nobody_waits_for_is_shown_as_one():
    actions = triage(a_mail(text="ABCD-EFGH"), a_reading(codes=("ABCD-EFGH",)), a_history(thread=TICKET), LUMEN)
    assert held(actions) == {"used-code"}


def test_an_agent_is_not_sent_the_consumers_code():
    reading = a_reading("erasure", regime="ccpa", agent="Rightly Agents")
    opened, _, letter = open_decided(a_mail(), reading, a_history(), LUMEN)
    assert opened.authority == "permission" and not letter.challenge


# -- laws of the room ------------------------------------------------------------------------------------------------------

readings = st.builds(
    lambda rights, regime, review, kind, agent: a_reading(
        *rights, regime=regime, review=review, kind=None if rights else kind, agent=agent
    ),
    st.lists(st.sampled_from(RIGHTS), max_size=3, unique=True),
    st.sampled_from([None, "gdpr", "uk-gdpr", "ccpa", "appi"]),
    st.booleans(),
    st.sampled_from(KINDS_OF_OTHER),
    st.sampled_from([None, "Rightly Agents"]),
)
histories = st.builds(
    lambda backlog, thread, over: a_history(backlog=backlog, thread=thread, over_limit=over),
    st.booleans(),
    st.sampled_from([None, TICKET, CHALLENGED]),
    st.sampled_from([None, "address"]),
)
mails = st.sampled_from([a_mail(), *(authenticated(one) for one in Authentication), *(from_machine(one) for one in OriginKind)])


@given(mails, readings, histories)
def test_something_is_always_done_and_never_more_than_one_letter(mail, reading, history):
    actions = triage(mail, reading, history, LUMEN)
    assert actions
    assert len(sends(actions)) <= 1


@given(mails, readings, histories)
def test_a_letter_goes_only_to_an_answerable_person_whose_mail_is_a_request(mail, reading, history):
    actions = triage(mail, reading, history, LUMEN)
    if any(not letter.approve_first for letter in sends(actions)):
        assert mail.origin.kind is OriginKind.HUMAN and mail.origin.answerable and not history.over_limit
        assert mail.origin.authentication is not Authentication.FAIL
        assert reading.decided_rights and not reading.review and not history.backlog


@given(readings, histories)
def test_no_human_mail_that_asks_or_may_ask_is_ever_ignored(reading, history):
    actions = triage(a_mail(), reading, history, LUMEN)
    if reading.decided_rights or reading.review:
        assert Ignore not in kinds(actions)
