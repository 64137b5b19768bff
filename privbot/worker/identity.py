"""Who is asking: asking for proof, and what people do with what comes back. One function for each, for the command line and the console.

The bot takes note of codes and signatures by itself; here are the same steps for what reaches an operator another way, and for what only a
person can judge. All raise UnknownReference, WrongState, NotAllowed; what else they raise is said with each.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from privbot.casework import challenge as codes
from privbot.casework import lifecycle
from privbot.casework.answers import LetterFor, asked_in, challenge_of, first_to_ask
from privbot.casework.comparison import Claimed, matched, same_email, same_wallet
from privbot.casework.customers import Claim
from privbot.casework.errors import NothingToProve, StepRefused, WalletProofRefused
from privbot.casework.lifecycle import NEED_USER_VERIFICATION, Case, Step
from privbot.casework.verification import Authority, Kind
from privbot.casework.wallet import check_signature, text_to_sign
from privbot.errors import WrongUse
from privbot.law.calendar import day_in
from privbot.law.regimes import regime
from privbot.records import cases, customers, life, proofs
from privbot.records.audit import Event, record
from privbot.records.database import writing
from privbot.records.models import Challenge, Letter, Request
from privbot.records.queue import reading_of
from privbot.worker import proving
from privbot.worker.acting import Act, By
from privbot.worker.controllers import for_casework
from privbot.worker.office import Office
from privbot.worker.stepping import DayNotCome, Done, Stepping, note_refusal, stepping

VERIFY = "verify"
DETAILS_WANTED = ("customer", "order", "phone", "address", "date-of-birth", "wallet")
"""What a requester can choose from; keys of the words' table `details`. What they wrote from is known already."""
SEEN_BY_A_PERSON = (Kind.DECLARATION, Kind.PERMISSION, Kind.CONFIRMATION, Kind.POWER_OF_ATTORNEY, Kind.GUARDIAN)
"""What an operator can say to have seen. A mailbox and a wallet prove themselves, details are compared."""


GROUNDS = {Kind.POWER_OF_ATTORNEY: Authority.POWER_OF_ATTORNEY, Kind.PERMISSION: Authority.PERMISSION}
"""What an agent has shown last is the ground on which they act."""


class WrongCode(WrongUse):
    """That is not the code that was sent, or it is too old or was tried too often; ask for proof of identity again, and a new one is sent."""

    code = "wrong-code"
    command = "privbot request ask-identity REFERENCE"


class NothingPending(WrongUse):
    """Nothing of this kind was asked for, or it is decided already; ask for proof of identity first."""

    code = "nothing-pending"
    command = "privbot request ask-identity REFERENCE"


class NoConsumersAddress(StepRefused):
    """The agent's mail names no address of the consumer; ask the agent for it."""

    code = "no-consumers-address"


class WalletNotNamed(StepRefused):
    """The requester named no such wallet, and nobody has shown that this address is theirs: the letter would tell a stranger whose wallet it is."""

    code = "wallet-not-named"


class NoCustomerRecords(WrongUse):
    """This controller has no customer records configured; compare by hand, and say how many details agree."""

    code = "no-customer-records"
    command = "privbot verify REFERENCE --matched NUMBER"


class TooManyAttempts(WrongUse):
    """Details of this ticket were compared too often without success; a lead decides what to do."""

    code = "too-many-attempts"


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison with the controller's records found. It never tells which details agree."""

    matched: int
    needed: int
    """The most that any active request of the ticket needs."""
    on_file: bool | None
    """Whether the controller knows the address that the requester writes from; None: nobody looked."""


# -- asking ------------------------------------------------------------------------------------------------------------------


def ask_identity(
    office: Office, reference: str, *, by: By, right: str | None = None, kind: Kind | None = None, doubt: str = "", wallet: str = "",
    details: Sequence[str] = DETAILS_WANTED,
) -> Done:  # fmt: skip
    """Ask for what is missing, the first of it or this `kind`; without `right`, for every request of the ticket that needs it.

    `doubt`: what the reasonable doubt is; `wallet`: the Ethereum address on file, to be proven instead of details.
    Raises NothingToProve, NoDoubt, NoConsumersAddress, NotAWallet, WalletNotNamed, LetterIncomplete.
    """
    with stepping(office, reference, Step.ASK_IDENTITY, by) as now:
        rows = [now.choose(Step.ASK_IDENTITY, right)] if right else _that_need_proof(now, doubt)
        letter = ask_for(now, rows, kind=kind, doubt=doubt, wallet=wallet, details=tuple(details))
        return Done(now.ticket.reference, tuple(rows), letter)


def ask_for(
    now: Stepping, rows: Sequence[Request], *, kind: Kind | None = None, doubt: str = "", wallet: str = "",
    details: tuple[str, ...] = DETAILS_WANTED,
) -> Letter:  # fmt: skip
    """The same as a part of another step: ask for what these requests lack. Raises as `ask_identity`."""
    takens = [lifecycle.ask_identity(now.case(row), now.by.role, _today(now, row), doubt=doubt) for row in rows]
    asked = _kind_to_ask(takens[0].case, Kind.WALLET if wallet else kind)
    recipient, more = _challenge(now, takens[0].case, asked, wallet=wallet, details=details)
    letter = now.letter(challenge_of(asked), [taken.case for taken in takens], more=more, recipient=recipient)
    for row, taken in zip(rows, takens, strict=True):
        now.write(row, taken, Step.ASK_IDENTITY, letter=letter, words={"doubt": doubt}, data={"kind": asked.value})
    return letter


def ask_permission(office: Office, references: Sequence[str], events: list[Event], *, by: By) -> None:
    """Ask an agent once for the permissions of all consumers of one mail. Inside `writing()`, with the opening of their tickets; what the audit
    trail must tell of it is added to `events`."""
    wanted: LetterFor | None = challenge_of(Kind.PERMISSION)
    for reference in references:
        ticket = cases.by_reference(reference)
        # Part of the decision that opened the ticket, and undone with it.
        now = Stepping(office, ticket, for_casework(office.config.named_controller(ticket.controller)), by, events, Act())
        rows = [row for row in proving.active_requests(ticket) if Kind.PERMISSION in now.case(row).missing]
        if not rows:
            continue
        takens = [lifecycle.ask_identity(now.case(row), by.role, _today(now, row)) for row in rows]
        challenge = proofs.ask(ticket, Kind.PERMISSION, office.clock())
        letter = None
        if wanted:
            more = {"answer_by": day_in(challenge.expires_at, _zone(takens[0].case))}
            letter, wanted = now.letter(wanted, [taken.case for taken in takens], more=more), None
        for row, taken in zip(rows, takens, strict=True):
            now.write(row, taken, Step.ASK_IDENTITY, letter=letter, data={"kind": Kind.PERMISSION.value})


def ask_no_longer(now: Stepping, rows: Sequence[Request], withdrawn: Collection[Letter]) -> None:
    """Nobody is waited for whose letter, which asked for proof, was withdrawn: what only it asked for is closed, and those of these requests that
    nothing else was asked for can be asked about anew."""
    # One that may have left has perhaps been read.
    unread = {letter.id for letter in withdrawn if letter.state != Letter.State.UNKNOWN}
    # The latest of each kind: whatever asked for the same before was replaced by it.
    asking = {
        asked_in(letter.name): letter.id for letter in now.ticket.letters.filter(steps__step=Step.ASK_IDENTITY).order_by("id")
    }
    unasked = [kind for kind, letter in asking.items() if letter in unread]
    proofs.close(now.ticket, unasked, actor=now.by.name, now=now.office.clock())
    for row in rows:
        asked = row.steps.filter(step=Step.ASK_IDENTITY)
        if asked.filter(letter__in=unread).exists() and not asked.exclude(letter__in=unread).exists():
            row.identity_asked_on = None
            row.state_reason = "" if row.state_reason == NEED_USER_VERIFICATION else row.state_reason
            now.events += life.reckon(row, now.case(row))
            row.save()


def _that_need_proof(now: Stepping, doubt: str) -> list[Request]:
    active = proving.active_requests(now.ticket)
    needing = [row for row in active if now.case(row).awaited or (doubt and row.verification == "on-doubt")]
    return needing or [now.choose(Step.ASK_IDENTITY, None)]


def _kind_to_ask(case: Case, wanted: Kind | None) -> Kind:
    """A wallet may stand for the mailbox and one detail; everything else must be missing to be asked for."""
    if wanted is None:
        first = first_to_ask(case.awaited)
        if first is None:
            raise NothingToProve("What is missing is never asked for: a power of attorney is shown, not demanded.")
        return first
    instead_of = proofs.WALLET_STANDS_FOR if wanted is Kind.WALLET else {wanted}
    if not instead_of & set(case.awaited):
        raise NothingToProve(f"{wanted} is not what is missing; missing: {', '.join(case.awaited)}.")
    return wanted


def _challenge(
    now: Stepping, case: Case, kind: Kind, *, wallet: str, details: tuple[str, ...]
) -> tuple[str | None, dict[str, Any]]:
    """A new challenge: whom its letter goes to, if not the requester, and what the letter needs."""
    office, ticket, at = now.office, now.ticket, now.office.clock()
    if kind in proofs.CODES:
        consumer = _consumers_address(now) if kind is Kind.CONFIRMATION else None
        index = office.seals.index("address", consumer) if consumer else ""
        code, expires = proofs.ask_code(ticket, office.seals, at, kind=kind, recipient_index=index)
        more = {"challenge_code": code, "challenge_expires": day_in(expires, _zone(case)), "sender_unconfirmed": case.doubt}
        return consumer, more | ({"agent_name": cases.requester_of(ticket, office.seals).addressee} if consumer else {})
    if kind is Kind.WALLET:
        named = any(same_wallet(wallet, one) for one in _claimed(now).wallets)
        if not (named or case.evidence.address_is_theirs):
            raise WalletNotNamed
        domain = office.config.controllers[ticket.controller].addresses[0].rpartition("@")[2]
        asked = proofs.ask_wallet(ticket, wallet, domain, office.seals, at)
        return None, {"wallet_message": text_to_sign(asked), "answer_by": day_in(asked.expires_at, _zone(case))}
    challenge = proofs.ask(ticket, kind, at)
    more = {"answer_by": day_in(challenge.expires_at, _zone(case))}
    return None, more | ({"details_wanted": details} if kind is Kind.DETAILS else {})


def _consumers_address(now: Stepping) -> str:
    requester = cases.requester_of(now.ticket, now.office.seals)
    found = (email["value"] for email in requester.details.get("emails", ()))
    address = next((one for one in found if not same_email(one, requester.address)), None)
    if address is None:
        raise NoConsumersAddress
    return str(address).lower()


# -- what comes back ---------------------------------------------------------------------------------------------------------


def seen(office: Office, reference: str, kinds: Sequence[Kind], *, by: By, on: date | None = None) -> Done:
    """An operator has seen these: a signed declaration, a permission, the consumer's word, a power of attorney, a guardian's authority.
    `on`: the day on which they came, in the place of the ticket's first law; clocks that proof moves count from it. Left out: today.

    Raises DayNotCome, StepRefused for what no person can vouch for.
    """
    with stepping(office, reference, VERIFY, by) as now:
        at = _moment_of(now, on) if on else office.clock()
        for kind in kinds:
            if kind not in SEEN_BY_A_PERSON:
                raise StepRefused(f"{kind} is not proven by looking; what can be: {', '.join(SEEN_BY_A_PERSON)}.")
            ground = GROUNDS.get(kind)
            if ground is Authority.POWER_OF_ATTORNEY or (ground and now.ticket.authority):
                now.ticket.authority = ground.value
                now.ticket.save(update_fields=["authority"])
            now.events.append(proofs.prove(now.ticket, kind, actor=by.name, now=office.clock(), at=at if on else None))
        return _noted(now, at)


def registered(office: Office, reference: str, found: bool, *, by: By) -> Done:
    """An operator looked whether the agent is registered with the California Secretary of State."""
    with stepping(office, reference, VERIFY, by) as now:
        now.ticket.registered_agent = found
        now.ticket.save(update_fields=["registered_agent"])
        now.events.append(Event("agent looked up", f"ticket:{now.ticket.reference}", {"registered": found}))
        return Done(now.ticket.reference, tuple(now.rows()))


def code_given(office: Office, reference: str, code: str, *, by: By) -> Done:
    """The requester gave the code another way, such as by telephone. Raises WrongCode, NothingPending."""
    pending = _pending(office, reference, (Kind.MAILBOX,), by)
    sent = proofs.pending_code(pending.ticket, [pending], pending.ticket.sender_index, office.seals)
    if sent is None or not codes.is_answered(code, sent, office.clock()):
        _count(office, pending, WrongCode(), by)
    with stepping(office, reference, VERIFY, by) as now:
        return _proven(now, pending)


def signature_given(office: Office, reference: str, signature: str, *, by: By) -> Done:
    """The requester's signature with the wallet that was asked for. Raises WalletProofRefused, each kind by its name, and NothingPending."""
    pending = _pending(office, reference, (Kind.WALLET,), by)
    asked = proofs.pending_wallet(pending.ticket, [pending], office.seals)
    try:
        assert asked is not None
        check_signature(signature, asked, office.clock())
    except WalletProofRefused as refused:
        _count(office, pending, refused, by)
    with stepping(office, reference, VERIFY, by) as now:
        return _proven(now, pending)


def compare(office: Office, reference: str, *, by: By) -> Compared:
    """Compare what the requester's mails say about them with the controller's customer records, and take note of how many details agree.

    Raises NoCustomerRecords, TooManyAttempts, CustomersUnreachable, CustomersWrong.
    """
    with stepping(office, reference, VERIFY, by) as now:
        if office.config.controllers[now.ticket.controller].customers is None:
            raise NoCustomerRecords
        claimed, ticket = _claimed(now), now.ticket
    # Outside the transaction: other people's servers may be slow.
    claim = Claim(claimed.emails, next(iter(claimed.names), ""), claimed.phones, claimed.ids, claimed.wallets)
    try:
        found = customers.candidates(office.config, ticket.controller, claim)
    except customers.CustomersWrong as refused:
        note_refusal(office, ticket, VERIFY, refused, by)
        raise
    on_file = any(same_email(address, record.email) for record in found for address in claimed.emails[:1])
    return details_agree(office, reference, matched(claimed, found), by=by, on_file=on_file)


def details_agree(office: Office, reference: str, number: int, *, by: By, on_file: bool | None = None) -> Compared:
    """So many details agree with the controller's records. An address that is not on file is a reasonable doubt. Raises TooManyAttempts."""
    with stepping(office, reference, VERIFY, by) as now:
        earlier = now.ticket.challenges.filter(kind=Kind.DETAILS.value, state=Challenge.State.FAILED)
        if earlier.count() >= codes.MAX_ATTEMPTS:
            raise TooManyAttempts
        if on_file is False:
            _doubt(now)
        active = proving.active_requests(now.ticket)
        needed = max((now.case(row).needs.details for row in active), default=0)
        decide = proofs.prove if number >= needed else proofs.fail
        now.events.append(decide(now.ticket, Kind.DETAILS, actor=by.name, now=office.clock(), matched=number))
        _noted(now)
        return Compared(number, needed, on_file)


def not_proven(office: Office, reference: str, *, by: By, right: str | None = None, lesser: bool = False) -> Done:
    """What was shown does not do: the requester is told, without a word about which detail was wrong. `lesser`: the request becomes the lesser
    right that its law makes of it (specific pieces become categories, 11 CCR §7024). Raises AlreadyActive."""
    with stepping(office, reference, Step.NOT_PROVEN, by) as now:
        row = now.choose(Step.NOT_PROVEN, right)
        taken = lifecycle.not_proven(now.case(row), by.role, lesser=lesser, others=now.of_the_same_person(row))
        assert taken.letter
        letter = now.letter(taken.letter, [taken.case], more={"answered_as_categories": lesser})
        now.write(row, taken, Step.NOT_PROVEN, letter=letter, data={"lesser": lesser})
        return Done(now.ticket.reference, (row,), letter)


def _moment_of(now: Stepping, day: date) -> datetime:
    """The end of a day, but never later than now: what came on the day of the request came after it."""
    zone = ZoneInfo(_zone(now.case(now.rows()[0])))
    if day > now.office.clock().astimezone(zone).date():
        raise DayNotCome
    return min(datetime.combine(day, time.max, zone).astimezone(UTC), now.office.clock())


def _noted(now: Stepping, at: datetime | None = None) -> Done:
    """`at`: when the last of it came; left out: now."""
    at = at or now.office.clock()
    now.events += proving.take_note(now.ticket, now.controller, now.office.seals, who=now.by.role, actor=now.by.name, at=at)
    return Done(now.ticket.reference, tuple(now.rows()))


def _doubt(now: Stepping) -> None:
    """The address is not on file: a code that comes back from it proves no more than that, so details are needed as well."""
    rows = now.ticket.requests.filter(state__in=Request.ACTIVE, verification="on-doubt", not_on_file=False)
    doubted = rows.update(doubted=True, not_on_file=True)
    if doubted:
        now.events.append(Event("doubt", f"ticket:{now.ticket.reference}", {"why": "address-not-on-file", "requests": doubted}))


def _claimed(now: Stepping) -> Claimed:
    """What all mails from the requester's own address say about them, joined; for an agent's request what was read of the consumer."""
    seals, ticket = now.office.seals, now.ticket
    requester = cases.requester_of(ticket, seals)
    if ticket.agent:
        return _claimed_for(requester)
    told = [
        reading_of(mail, seals).get("requester", {})
        for mail in ticket.mails.filter(sender_index=ticket.sender_index).order_by("id")
    ]
    return Claimed(
        names=tuple(dict.fromkeys(one["name"] for one in told if one.get("name"))),
        # Only the address that they write from: another one that they name may be anybody's.
        emails=(requester.address,),
        phones=_values(told, "phones"),
        postal_addresses=_values(told, "addresses"),
        dates_of_birth=tuple(dict.fromkeys(one["date_of_birth"] for one in told if one.get("date_of_birth"))),
        ids=_values(told, "ids"),
        wallets=_values(told, "wallets"),
    )


def _claimed_for(consumer: cases.Requester) -> Claimed:
    """What an agent's mail says of the consumer, without the agent's own address."""
    said = {
        field: _details(consumer.details.get(field))
        for field in ("emails", "phones", "addresses", "date_of_birth", "ids", "wallets")
    }
    emails = tuple(email for email in said["emails"] if not same_email(email, consumer.address))
    return Claimed(
        (consumer.name,) if consumer.name else (),
        emails,
        said["phones"],
        said["addresses"],
        said["date_of_birth"],
        said["ids"],
        said["wallets"],
    )


def _details(field: Any) -> tuple[str, ...]:
    """The values of one field of a kept requester: one detail, several, or none."""
    details = [field] if isinstance(field, dict) else field or ()
    return tuple(str(detail["value"]) for detail in details)


def _values(told: Sequence[dict[str, Any]], field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for one in told for value in one.get(field, ())))


def _pending(office: Office, reference: str, kinds: tuple[Kind, ...], by: By) -> Challenge:
    with stepping(office, reference, VERIFY, by) as now:
        for one in proofs.pending(now.ticket):
            if Kind(one.kind) in kinds:
                return one
        raise NothingPending


def _proven(now: Stepping, checked: Challenge) -> Done:
    """What was checked is proven, and only that: while it was, the address may have been put right, and the new one been asked."""
    challenge = proofs.still_pending(now.ticket, checked.id)
    if challenge is None:
        raise NothingPending
    now.events.append(proofs.prove_this(challenge, actor=now.by.name, now=now.office.clock()))
    return _noted(now)


def _count(office: Office, pending: Challenge, refused: WrongUse, by: By) -> NoReturn:
    """An attempt that failed is counted, and then said; always raises."""
    with writing():
        event = proofs.count_attempt(pending.ticket, Kind(pending.kind), refused.code, actor=by.name, now=office.clock())
        record([event], actor=by.name, now=office.clock())
    raise refused


def _zone(case: Case) -> str:
    return (case.place or regime(case.regime).place.place).zone


def _today(now: Stepping, row: Request) -> date:
    return life.day_of(now.case(row), now.office.clock())
