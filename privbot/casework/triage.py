"""The heart: what to do about one mail. Pure: the same mail, reading, history and controller always give the same actions.

Unsure means review, never silence: a mail that may be a request is never filed away here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from privbot.casework import challenge, verification, wallet
from privbot.casework.agents import agent_of
from privbot.casework.comparison import same_name
from privbot.casework.documents import identity_documents
from privbot.casework.errors import AlreadyActive, WalletProofRefused
from privbot.casework.model import (
    Action,
    AddRequest,
    AttachToTicket,
    ConfirmMailbox,
    ConfirmWallet,
    Controller,
    CountFailedProof,
    Escalate,
    History,
    HoldForReview,
    Ignore,
    KnownTicket,
    OpenTicket,
    PendingChallenge,
    SendLetter,
    TakeAnswer,
)
from privbot.casework.verification import Authority, Kind, Needs
from privbot.law.clocks import due
from privbot.law.errors import RightNotGranted
from privbot.law.model import Due
from privbot.law.regimes import equivalent, regimes
from privbot.law.verification import verification as verification_of
from privbot.mail.model import Authentication, Defect, Mail, OriginKind
from privbot.reading.model import CATEGORY_OF_RIGHT, ESCALATED, Reading

NO_PERSON_NEEDED = ("commercial", "spam")
"""Kinds of other that are filed away when the reading is calm about it."""
NEEDS_A_PERSON = {
    Defect.NO_SENDER: "there is no sender to answer",
    Defect.SEVERAL_SENDERS: "there are several senders",
    Defect.ENCRYPTED: "it is encrypted",
    Defect.TRUNCATED: "it is too large and was kept only in part",
    Defect.UNREADABLE_ATTACHMENT: "an attached letter cannot be read",
    Defect.UNDECODABLE: "its characters cannot be decoded",
    Defect.TOO_DEEP: "its structure is deeper than any honest mail's",
    Defect.TOO_MANY_PARTS: "it has more parts than any honest mail",
}
MORE_THAN_A_CODE = 45
"""Letters and digits beside a returned code, beyond a greeting and a name: somebody says something that a person should read."""
CLEARLY = 0.8
"""Machines' mails are full of words about rights: only a right with this score is shown to a person."""
PLAIN = 0.8
"""A regime guessed with this confidence is the one meant."""
OVERSIZED = {Defect.TRUNCATED: "oversized"}
"""Where the reason's code for operators is not the defect's own."""


def triage(mail: Mail, reading: Reading, history: History, controller: Controller) -> list[Action]:
    """The actions for one mail, in the order in which they are carried out."""
    case = _Case(mail, reading, history, controller)
    if history.duplicate:
        return [Ignore("duplicate")]
    if mail.origin.kind is not OriginKind.HUMAN:
        return case.from_a_machine()
    if history.thread:
        return case.in_a_conversation(history.thread)
    if ticket := case.ticket_awaiting_a_code():
        return case.code_returned(ticket)
    if case.is_plain_advertising():
        return case.not_a_request()
    if doubts := case.doubts():
        return [case.hold(doubts)]
    if not case.asks():
        return case.not_a_request()
    return case.request()


def open_decided(
    mail: Mail, reading: Reading, history: History, controller: Controller, *, another_person: bool = False
) -> list[Action]:
    """The actions once a person has decided that the mail asks for `reading.decided_rights`: no doubt is left to hold it.

    The requester's own reply on a ticket adds to that ticket; another person's reply, or an agent's, is a request of its own.
    `another_person`: so is this mail, although its sender, or the person, seems to be known.

    Raises RightNotGranted, AlreadyActive.
    """
    case = _Case(mail, reading, history, controller, decided=True, another_person=another_person)
    case.refuse_what_no_law_grants()
    if history.thread and history.thread.sender_matches and not reading.agent and not another_person:
        added = case.new_on(history.thread)
        if not added:
            raise AlreadyActive
        return [AttachToTicket(history.thread.reference, "follow-up"), *added, *case.acknowledge(added)]
    return case.request()


def held_as_active(mail: Mail, reading: Reading, history: History, controller: Controller) -> list[Action]:
    """The actions where a request could not be added, because another ticket has the person's active request for the same right."""
    case = _Case(mail, reading, history, controller)
    thread = history.thread.reference if history.thread and history.thread.sender_matches else None
    return [case.hold({"already-active": "another ticket has this person's request for the same right"}, thread)]


@dataclass(frozen=True, slots=True)
class _Case:
    mail: Mail
    reading: Reading
    history: History
    controller: Controller
    decided: bool = False
    """A person has decided what the mail asks for."""
    another_person: bool = False
    """And that nobody who is known wrote it."""

    # -- questions ----------------------------------------------------------------------------------------------------

    def asks(self) -> bool:
        return bool(self.reading.decided_rights)

    def is_plain_advertising(self) -> bool:
        """Whoever really sent it: what is calmly read as advertising or spam, whole and in clear, needs no person."""
        whole = not any(defect in NEEDS_A_PERSON for defect in self.mail.defects) and not self.mail.forwarded
        return whole and not self.reading.review and not self.asks() and self.reading.kind in NO_PERSON_NEEDED

    def ticket_awaiting_a_code(self) -> KnownTicket | None:
        """Some mail programs drop References; the code itself, from the right address, still finds its ticket."""
        waiting = [ticket for ticket in self.history.tickets if ticket.challenge]
        answered = [ticket for ticket in waiting if ticket.challenge and self.answers(ticket.challenge)]
        wrongly = waiting if self.reading.codes and not self.asks() else []
        return next(iter([*answered, *wrongly]), None)

    def answers(self, pending: PendingChallenge) -> bool:
        """The mail holds the code that was sent."""
        return challenge.is_answered(f"{self.mail.text} {self.mail.quoted}", pending, self.history.received)

    def doubts(self) -> dict[str, str]:
        """Why a person must look first: code → sentence."""
        doubts = {
            OVERSIZED.get(defect, defect.value): NEEDS_A_PERSON[defect]
            for defect in self.mail.defects
            if defect in NEEDS_A_PERSON
        }
        if self.mail.origin.authentication is Authentication.FAIL:
            doubts["forged-sender"] = "our mail server says that the sender is forged"
        if self.mail.forwarded and not (self.asks() and self.mail.letter_text.strip()):
            doubts["forwarded"] = "somebody else's mail was forwarded, and may ask for something"
        if self.reading.agent:
            doubts["agent"] = "somebody writes for another person"
        if self.reading.minor:
            doubts["minor"] = "it seems to concern a child"
        if self.reading.review:
            sentences = self.reading.reasons or ("the reading is not sure what is asked",)
            doubts |= dict.fromkeys(self.reading.review_codes or ("unsure",), "; ".join(sentences))
        if self.asks() and not doubts and (unknown := [right for right, granted in self._grants() if granted is None]):
            doubts["right-not-granted"] = f"no law that this controller answers under knows {', '.join(unknown)}"
        return doubts

    def needs_challenge(self, request: AddRequest) -> bool:
        """Whether the sender is asked to return a code."""
        return Kind.MAILBOX in self.needs(request).kinds

    def needs(self, request: AddRequest) -> Needs:
        return verification.needs(
            request.verification, doubt=request.doubted, agent=self.authority(), minor=self.reading.minor
        )  # fmt: skip

    def authority(self) -> Authority | None:
        """On what ground the writer acts for another person; None where they ask for themselves."""
        agent = agent_of(self.mail, self.reading) if self.reading.agent else None
        return agent.authority if agent else None

    def is_another_persons(self, ticket: KnownTicket) -> bool:
        """A ticket of the same address that somebody else has, as far as one can tell: a family shares an address, an agent writes for many."""
        name = self.reading.requester.name
        names_differ = name is not None and ticket.name != "" and not same_name(name.value, ticket.name)
        return ticket.sender_matches and (names_differ or ticket.agent != bool(self.reading.agent))

    def is_doubted(self) -> bool:
        return verification.doubted(authenticated=self.is_authenticated(), on_file=None, policy=self.controller.challenge)

    def is_authenticated(self) -> bool:
        return self.mail.origin.authentication is Authentication.PASS

    # -- answers ------------------------------------------------------------------------------------------------------

    def from_a_machine(self) -> list[Action]:
        """Never answered. A bounce of our own letter, and a machine's mail that may ask for something, are shown to a person."""
        thread, kind = self.history.thread, self.mail.origin.kind
        if kind is OriginKind.BOUNCE and thread:
            held = self.hold({"undeliverable": "one of our letters came back"}, thread.reference)
            return [AttachToTicket(thread.reference, "bounce"), held]
        # A web form may write from our own address, to it; our own letters, come round, are addressed to others or marked (RFC 3834, 5).
        to_us = any(address.address in self.controller.addresses for address in self.mail.to)
        come_round = kind is OriginKind.OWN and (thread or not to_us or "auto-submitted" in self.mail.headers)
        asks_clearly = self.asks() and max(self.reading.rights.values(), default=0.0) >= CLEARLY
        may_ask = asks_clearly or Defect.ENCRYPTED in self.mail.defects
        if may_ask and kind is not OriginKind.BOUNCE and not come_round:
            return [self.hold({"request-from-machine": f"it comes from a machine ({kind.value}) and may ask for something"})]
        return [Ignore(kind.value)]

    def in_a_conversation(self, ticket: KnownTicket) -> list[Action]:
        """A reply to one of our letters."""
        if ticket.challenge and ticket.challenge.kind is Kind.CONFIRMATION and self.answers(ticket.challenge):
            return self.code_returned(ticket)  # sent to the consumer, and the agent's address is another one
        if not ticket.sender_matches:
            return [
                self.hold({"new-sender-on-ticket": "the reply comes from another address than the request"}, ticket.reference)
            ]
        if doubts := self.doubts_about_a_reply(ticket):
            return [self.hold(doubts, ticket.reference)]
        if ticket.challenge and (self.reading.codes or self.answers(ticket.challenge)):
            return self.code_returned(ticket)
        if ticket.wallet and (signatures := wallet.signatures_in(f"{self.mail.letter_text}\n{self.mail.quoted}")):
            return self.signature_returned(ticket, ticket.wallet, signatures)
        if self.reading.codes and not ticket.challenge and not self.asks():
            return [self.hold({"used-code": "a code came back that was used before, or that nobody waits for"}, ticket.reference)]
        attach = AttachToTicket(ticket.reference, "follow-up")
        if ticket.asking and not self.reading.decided_rights:
            held = self.hold({"answer": "the requester answered our question"}, ticket.reference)
            return [attach, TakeAnswer(ticket.reference), held]
        return [attach, *self.follow_up(ticket)]

    def doubts_about_a_reply(self, ticket: KnownTicket) -> dict[str, str]:
        """Why a person must look at a reply first. Holding the code is the proof of the mailbox, whatever the mail server makes of the reply;
        where more than that is asked, it is held."""
        doubts = {
            code: why
            for code, why in self.doubts().items()
            if code in ("forged-sender", "encrypted", "oversized", "several-senders")
        }
        if ticket.challenge and self.answers(ticket.challenge) and not ticket.more_than_mailbox:
            doubts.pop("forged-sender", None)
        return doubts

    def follow_up(self, ticket: KnownTicket) -> list[Action]:
        """What a requester asks besides: new rights join the ticket, everything else is a person's to answer."""
        doubts = self.doubts()
        added = self.new_on(ticket) if not doubts else []
        if added:
            return [*added, *self.acknowledge(added)]
        if ticket.awaited:
            doubts["proof-returned"] = f"it may hold what we asked for: {', '.join(ticket.awaited)}"
        if identity_documents(self.mail):
            doubts["identity-document"] = "a copy of an identity document came with it, which nobody asked for"
        return [self.hold({"follow-up": "the requester wrote again", **doubts}, ticket.reference)]

    def code_returned(self, ticket: KnownTicket) -> list[Action]:
        pending = ticket.challenge
        assert pending is not None
        attach = AttachToTicket(ticket.reference, "verification-reply")
        if self.answers(pending):
            more = self.asks() or challenge.words_besides(self.mail.text, pending) > MORE_THAN_A_CODE
            return [attach, ConfirmMailbox(ticket.reference, pending.kind), *(self.follow_up(ticket) if more else [])]
        held = self.hold({"wrong-code": "a code came back, but it is wrong, used up or too old"}, ticket.reference)
        return [attach, CountFailedProof(ticket.reference, pending.kind), held]

    def signature_returned(self, ticket: KnownTicket, asked: wallet.WalletChallenge, signatures: tuple[str, ...]) -> list[Action]:
        """One of the signatures must be the wallet's; else the first says what is wrong."""
        attach = AttachToTicket(ticket.reference, "verification-reply")
        refusals = []
        for signature in signatures:
            try:
                wallet.check_signature(signature, asked, self.history.received)
            except WalletProofRefused as refused:
                refusals.append(refused)
            else:
                return [attach, ConfirmWallet(ticket.reference)]
        held = self.hold({refusals[0].code: str(refusals[0])}, ticket.reference)
        return [attach, CountFailedProof(ticket.reference, Kind.WALLET, refusals[0].code), held]

    def not_a_request(self) -> list[Action]:
        kind = self.reading.kind
        if kind in ESCALATED:
            return [Escalate(kind, self.earliest_due())]
        if kind in NO_PERSON_NEEDED:
            return [Ignore(kind)]
        return [self.hold({kind or "other": "it seems to ask for nothing that the law counts; a person should answer it"})]

    def refuse_what_no_law_grants(self) -> None:
        """Raises RightNotGranted for a right that no law of this controller knows."""
        first = (self._guessed_regimes() or self.controller.regimes)[0]
        for right, granted in self._grants():
            if granted is None:
                raise RightNotGranted(first, right, tuple(regimes()[first].rights))

    def request(self) -> list[Action]:
        requests = self.requests()
        rights = {request.right for request in requests}
        known = () if self.another_person else self.history.tickets
        if same := [ticket for ticket in known if rights & {request.right for request in ticket.requests}]:
            return self.again(next((ticket for ticket in same if not self.is_another_persons(ticket)), same[0]))
        authority = self.authority()
        opened = OpenTicket(self.reading.language, authority.value if authority else "", self.another_person)
        return [opened, *requests, *self.acknowledge(requests)]

    def again(self, ticket: KnownTicket) -> list[Action]:
        """At least one right was asked for before and is still open: the two are one, and what is new joins them."""
        if not ticket.sender_matches:
            why = "a request of the same person for the same right is open, and came from another address"
            return [self.hold({"same-person": why}, ticket.reference)]
        if self.is_another_persons(ticket) and not self.decided:
            why = "a request for the same right from this address is open, but seems to be another person's"
            return [self.hold({"same-address": why}, ticket.reference)]
        attach, added = AttachToTicket(ticket.reference, "same-request"), self.new_on(ticket)
        if added:
            return [attach, *added, *self.acknowledge(added)]
        overdue = [one for one in ticket.requests if one.respond_by < self.history.received.date()]
        if overdue and not self.history.backlog:
            return [attach, self.hold({"overdue": "the requester asks again, and the answer is overdue"}, ticket.reference)]
        return [attach]

    def new_on(self, ticket: KnownTicket) -> list[AddRequest]:
        """What the mail asks for that is not open on this ticket, nor on another of the same person: a person has one active request for a
        right with a controller."""
        persons = [one for one in self.history.tickets if self.decided or not self.is_another_persons(one)]
        known = {request.right for one in (ticket, *persons) for request in one.requests}
        return [request for request in self.requests() if request.right not in known]

    def acknowledge(self, requests: list[AddRequest]) -> list[Action]:
        """The automatic answer, or the reason why there is none."""
        if self.history.backlog:
            return []
        letter = SendLetter("acknowledgment", self.reading.language, challenge=any(map(self.needs_challenge, requests)))
        if not self.mail.origin.answerable:
            held = {"not-answerable": "; ".join(self.mail.origin.reasons) or "this sender must not be answered automatically"}
        elif self.history.over_limit:
            held = {"over-limit": f"too many automatic letters to this {self.history.over_limit} in 24 hours"}
        else:
            return [letter]
        return [self.hold(held), replace(letter, approve_first=True)]

    def hold(self, doubts: dict[str, str], reference: str | None = None) -> HoldForReview:
        return HoldForReview(tuple(doubts), tuple(dict.fromkeys(doubts.values())), self.earliest_due(), reference)

    # -- rights, regimes and their clocks -------------------------------------------------------------------------------

    def requests(self) -> list[AddRequest]:
        """One request per right granted: several words for one right are one request, under the first law that knows it."""
        found: dict[str, AddRequest] = {}
        for right, granted in self._grants():
            if granted and granted[1] not in found:
                regime, legal_right = granted
                due = self._due(regime, legal_right)
                category = CATEGORY_OF_RIGHT[right]
                rule = verification_of(regime, legal_right)
                found[legal_right] = AddRequest(
                    regime, legal_right, category, due, rule, self.is_doubted(), self.is_authenticated()
                )
        return list(found.values())

    def earliest_due(self) -> date:
        """The earliest day on which anything could be due – an answer, or the acknowledgment of its arrival – if this is the request it may be."""
        granted = [pair for _, pair in self._grants() if pair]
        dates = [self._due(*pair) for pair in granted or self._what_it_could_be()]
        return min(day for due in dates for day in (due.respond_by, due.acknowledge_by) if day)

    def _what_it_could_be(self) -> list[tuple[str, str]]:
        """Without a right to go by: every right of the laws that the mail points to, else of all the controller answers under."""
        names = self._guessed_regimes() or self.controller.regimes
        return [(name, right) for name in names for right in regimes()[name].rights]

    def _grants(self) -> list[tuple[str, tuple[str, str] | None]]:
        """Each right asked for, with the (regime, right) under which it is counted."""
        return [(right, self._grant(right)) for right in self.reading.decided_rights]

    def _grant(self, right: str) -> tuple[str, str] | None:
        """Under which law a right is counted: the one the mail points to; else the only one that knows it by this name
        ("do not sell" is California's word); else the controller's first that knows something like it."""
        known_only_by = [name for name, law in regimes().items() if right in law.rights]
        named_after = (
            []
            if self._plain() or len(known_only_by) != 1
            else [name for name in known_only_by if name in self.controller.regimes]
        )
        for name in dict.fromkeys([*named_after, *self._guessed_regimes(), *(() if self._plain() else self.controller.regimes)]):
            if legal_right := equivalent(name, right):
                return name, legal_right
        return None

    def _plain(self) -> bool:
        """The mail is plain about its law: a right that this law does not know is then a person's question."""
        return any(guess.confidence >= PLAIN for guess in self.reading.regimes if guess.regime in self.controller.regimes)

    def _guessed_regimes(self) -> list[str]:
        return [guess.regime for guess in self.reading.regimes if guess.regime in self.controller.regimes]

    def _due(self, regime: str, right: str) -> Due:
        return due(
            regime, right, self.history.received,
            place=self.controller.places.get(regime), promise=self.controller.promises.get(regime),
        )  # fmt: skip
