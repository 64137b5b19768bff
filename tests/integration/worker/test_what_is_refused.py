"""What is typed or sent wrong: one clear sentence, nothing changed, and an entry in the audit trail where someone tried."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sweep_world import with_controller
from test_steps import ACCESS, ERASURE, STRANGER, code_in, letter_from, signature_over, text_to_sign_in

from privbot.casework.errors import AnotherWallet, WrongState
from privbot.config import CsvCustomers
from privbot.errors import WrongUse
from privbot.law.errors import LateExtension
from privbot.letters.errors import OverrideRefused
from privbot.records.cases import UnknownReference
from privbot.records.customers import CustomersWrong
from privbot.records.models import AuditEvent, Challenge, Letter, Request, Review, StepTaken, Ticket
from privbot.worker import identity, steps
from privbot.worker.acting import By
from privbot.worker.identity import NothingPending, WrongCode
from privbot.worker.office import Office
from privbot.worker.once import poll_once

ADA = By("ada")
OWNER_WALLET = "0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1"


@pytest.fixture
def office(config, clock):
    clock.now = datetime.now(UTC)  # the mail server's own clock is not frozen
    made = Office(config, clock)
    yield made
    made.close()


@pytest.fixture
def arrive(imap, office):
    def work(text: str, **more: object) -> Ticket:
        imap.deliver(letter_from(text, **more))
        poll_once(office)
        return Ticket.objects.order_by("-id")[0]

    return work


def everything() -> list[list[dict[str, object]]]:
    """All that a step could change, but for the count of attempts."""
    counted = {"attempts", "sealed_code"}
    rows = [list(model.objects.order_by("id").values()) for model in (Request, Ticket, Letter, StepTaken)]
    challenges = [{name: value for name, value in row.items() if name not in counted} for row in Challenge.objects.values()]
    return [*rows, challenges]


def is_refused(fault: type[WrongUse], why: str, action: str, work) -> None:
    """It is refused in one line that says `why`; nothing has changed; the audit trail tells who tried what."""
    before, events = everything(), AuditEvent.objects.count()
    with pytest.raises(fault, match=why) as refused:
        work()
    assert len(str(refused.value).splitlines()) == 1
    assert everything() == before
    [told] = AuditEvent.objects.order_by("id")[events:]
    assert (told.action, told.actor, told.data["why"]) == (action, "ada", fault.code)
    assert "ortega" not in str(told.data)


def the_code(sink) -> str:
    return code_in(sink.received[0].message.get_body(("plain",)).get_content())


def test_an_unknown_reference(arrive, office):
    arrive(ACCESS)
    is_refused(
        UnknownReference, "no ticket with that reference", "step refused", lambda: steps.revoke(office, "LUM-NONE", by=ADA)
    )


def test_a_wrong_state(arrive, office):
    ticket = arrive(ACCESS, authenticated=True)
    is_refused(
        WrongState, "No question|is for a request", "step refused", lambda: steps.answered(office, ticket.reference, by=ADA)
    )


def test_a_late_extension(arrive, office, clock):
    ticket = arrive(ACCESS, authenticated=True)
    clock.advance(days=45)
    is_refused(
        LateExtension, "the last day was", "step refused", lambda: steps.extend(office, ticket.reference, "Many systems.", by=ADA)
    )


def test_a_broken_override(arrive, office, tmp_path):
    ticket = arrive(ACCESS, authenticated=True)
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "en.toml").write_text('[extension]\nbecause = "{{ why_not }}"\n')
    with_controller(office, letters=tmp_path)
    is_refused(
        OverrideRefused, "extension.because", "step refused", lambda: steps.extend(office, ticket.reference, "Many.", by=ADA)
    )


def test_a_signature_of_another_wallet(arrive, office):
    ticket = arrive(f"{ERASURE}\n\nMy wallet is {OWNER_WALLET}.")
    asked = identity.ask_identity(office, ticket.reference, by=ADA, wallet=OWNER_WALLET)
    signature = signature_over(text_to_sign_in(asked.letter, office), STRANGER)
    is_refused(
        AnotherWallet, "wallet", "proof refused", lambda: identity.signature_given(office, ticket.reference, signature, by=ADA)
    )


def test_an_expired_code(arrive, office, sink, clock):
    ticket, code = arrive(ACCESS), the_code(sink)
    clock.advance(days=15)
    is_refused(WrongCode, "too old", "proof refused", lambda: identity.code_given(office, ticket.reference, code, by=ADA))


def test_a_reused_code(arrive, office, sink):
    ticket, code = arrive(ACCESS), the_code(sink)
    identity.code_given(office, ticket.reference, code, by=ADA)
    is_refused(
        NothingPending, "decided already", "step refused", lambda: identity.code_given(office, ticket.reference, code, by=ADA)
    )


@pytest.mark.parametrize(
    ("sender", "days", "codes"),
    [
        ("thief@elsewhere.example", 0, ["new-sender-on-ticket"]),  # from another sender
        ("mel@ortega.example", 15, ["used-code"]),  # when it has run out, and the sweep has closed it
    ],
)
def test_a_code_that_proves_nothing_by_mail_is_put_before_a_person(arrive, office, sink, clock, sender, days, codes):
    arrive(ACCESS)
    answers = sink.received[0].message["Message-ID"]
    code = the_code(sink) if not days else "2K7Q-M4XH"
    if days:
        Challenge.objects.update(state="expired", sealed_code=b"")
    before = everything()
    arrive(code, sender=sender, answers=answers)
    assert everything() == before
    assert Review.objects.get().codes == codes
    assert AuditEvent.objects.get(action="held for review").data["codes"] == codes


def test_customer_records_with_missing_columns(arrive, office, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text("email,telephone\nmel@ortega.example,1\n")
    with_controller(office, customers=CsvCustomers(kind="csv", file=file))
    ticket = arrive(ERASURE)
    is_refused(CustomersWrong, "'name'", "step refused", lambda: identity.compare(office, ticket.reference, by=ADA))
