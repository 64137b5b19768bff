"""The operator: comes in every working day, decides what lies in the queue, and works on each request until it has its outcome.

Only the plain functions are called that the command line and the console call.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bench.year.people import Person
from bench.year.requesters import Requesters, Written
from privbot.casework.errors import UnverifiedAddress
from privbot.casework.lifecycle import DECIDES, Denial, Role
from privbot.casework.verification import Kind
from privbot.config import Config
from privbot.law.calendar import day_in
from privbot.law.refusals import refusals
from privbot.letters.model import Attachment, Category, Information, Kept
from privbot.records.models import Challenge, Letter, Request, Review
from privbot.worker import desk, identity, steps
from privbot.worker.acting import By
from privbot.worker.controllers import zone_of
from privbot.worker.lifeline import lifeline
from privbot.worker.office import Office

ADA, GRACE = By("ada"), By("grace", Role.LEAD)
SEEN = {"declaration": Kind.DECLARATION, "permission": Kind.PERMISSION, "guardian": Kind.GUARDIAN}
"""What an operator sees in a mail of this purpose."""
WEEKEND = timedelta(days=3)
"""On a Saturday or Sunday only what is due within these days is worked on."""


@dataclass
class Operator:
    """Ada, and Grace who leads."""

    office: Office
    requesters: Requesters
    decided: Counter[str] = field(default_factory=Counter)
    """Reviews, by what they were about."""

    @property
    def config(self) -> Config:
        return self.office.config

    def work(self, today: date) -> None:
        """One day's work: the reviews, the requests, and last the letters that wait for approval."""
        urgent = today + WEEKEND if today.isoweekday() > 5 else date.max
        for review in (
            Review.objects.filter(decided_at=None, due__lte=urgent).select_related("mail", "ticket").order_by("due", "id")
        ):
            if not Review.objects.get(id=review.id).decided_at:  # a step before may have settled it
                self._decide(review)
        waiting = Request.objects.filter(state__in=Request.ACTIVE, respond_by__lte=urgent).select_related("ticket", "mail")
        # An erasure waits for the access of the same ticket, so it comes last.
        for row in sorted(waiting, key=lambda one: (one.category == "deletion", one.id)):
            row.refresh_from_db()
            if row.state in Request.ACTIVE:
                self._work_on(row)
        for letter in Letter.objects.filter(state=Letter.State.DRAFT).order_by("id"):
            desk.approve(self.office, letter.id, actor=ADA.name)

    # -- the queue -----------------------------------------------------------------------------------------------------

    def _decide(self, review: Review) -> None:
        written = self.requesters.written[review.mail.sha256]
        self.decided[", ".join(review.codes)] += 1
        if review.codes == ["not-verified"]:
            self._end_unproven(review)
        elif review.codes[0] not in ("reminder", "code-expired", "undeliverable"):
            self._read(review, written)
        if not Review.objects.get(id=review.id).decided_at:
            desk.ignore(self.office, review.id, "handled" if review.ticket else written.purpose, actor=ADA.name)

    def _read(self, review: Review, written: Written) -> None:
        person = written.person
        if written.purpose == "request" and person and review.ticket is None:
            desk.open_request(self.office, review.id, person.story.rights, regime=person.story.law, actor=ADA.name)
        elif review.ticket is None:
            return
        elif kind := SEEN.get(written.purpose):
            self._seen(review, kind)
        elif written.purpose == "details":
            self._compare(review.ticket.reference, person)
        elif written.purpose == "withdrawal":
            for row in review.ticket.requests.filter(state__in=Request.ACTIVE):
                steps.revoke(self.office, review.ticket.reference, by=ADA, right=row.right)
        elif written.purpose == "late-code":
            for row in review.ticket.requests.filter(state=Request.State.EXPIRED):
                steps.reopen(self.office, review.ticket.reference, by=ADA, right=row.right)
            identity.ask_identity(self.office, review.ticket.reference, by=ADA)

    def _seen(self, review: Review, kind: Kind) -> None:
        tickets = [review.ticket]
        if kind is Kind.PERMISSION:  # one answer for all consumers of the agent's mail
            rows = Request.objects.filter(
                ticket__sender_index=review.ticket.sender_index, state__in=Request.ACTIVE
            ).select_related("ticket")
            tickets = [row.ticket for row in rows]
        for ticket in tickets:
            if kind is Kind.PERMISSION:
                identity.registered(self.office, ticket.reference, True, by=ADA)
            identity.seen(self.office, ticket.reference, [kind], by=ADA)

    def _compare(self, reference: str, person: Person | None) -> None:
        found = identity.compare(self.office, reference, by=ADA)
        truthful = person is not None and person.story.details == "right"
        asked = Challenge.objects.filter(ticket__reference=reference, kind="details", state="failed").count() > 1
        if found.matched < found.needed and truthful and asked:
            # What a machine does not find in the words of a mail, a person does.
            identity.details_agree(self.office, reference, found.needed, by=ADA)

    def _end_unproven(self, review: Review) -> None:
        for row in review.ticket.requests.filter(state__in=Request.ACTIVE, state_reason="need_user_verification"):
            self._close_unproven(row)

    def _close_unproven(self, row: Request) -> None:
        """California lets it be denied (§7021(b)), elsewhere the request ends; a lesser right is answered where the law knows one (§7024)."""
        reference, story = row.ticket.reference, self._story(row)
        if story and story.story.outcome == "lesser" and row.right == "know-specific":
            identity.not_proven(self.office, reference, by=ADA, right=row.right, lesser=True)
        elif row.regime in ("ccpa", "appi") and "insufficient-verification" in refusals(row.regime, row.right):
            steps.deny(self.office, reference, "insufficient-verification", by=ADA, right=row.right)
        else:
            steps.expire(self.office, reference, by=ADA, right=row.right)

    # -- the requests --------------------------------------------------------------------------------------------------

    def _work_on(self, row: Request) -> None:
        person = self._story(row)
        assert person is not None, "every request has its requester"
        story, reference = person.story, row.ticket.reference
        zone = zone_of(self.config.controllers[row.controller], row.regime)
        today, received = day_in(self.office.clock(), zone), day_in(row.received_at, zone)
        last = today >= row.respond_by - timedelta(days=0 if story.last_moment else 1)
        if not last and (row.asking or row.ticket.challenges.filter(state=Challenge.State.PENDING).exists()):
            return  # the requester's turn
        [now] = [one for one in lifeline(self.office, reference) if one["right"] == row.right and one["state"] in Request.ACTIVE]
        if story.extend and not row.extended_on and row.extend_by and row.extend_by - timedelta(days=4) <= today <= row.extend_by:
            steps.extend(self.office, reference, "Your data are spread over several systems.", by=ADA, right=row.right)
            return
        if story.ask and not row.clarification_asked_on:
            steps.ask(
                self.office, reference, "Do you mean the account of the shop only, or the forum too?", by=ADA, right=row.right
            )
            return
        refused = self._refusal(now, story.outcome)
        if now["missing"] and not (refused and last):
            self._ask_for_proof(row, person, now["missing"], last)
            return
        if now["waits_for_access"] and not last:
            return
        if not last and (
            story.last_moment or (story.extend and not row.extended_on) or today < received + timedelta(days=person.diligence)
        ):
            return
        self._answer(row, person, now, refused)

    def _refusal(self, now: dict[str, Any], outcome: str) -> str:
        """Why a request is refused, if it is: the limit that a check found, or what the script says."""
        found = [one["because"] for one in now["refusable"] if one["because"] == "too-many-requests"]
        return found[0] if found else outcome if outcome in refusals(now["regime"], now["right"]) else ""

    def _ask_for_proof(self, row: Request, person: Person, missing: list[str], last: bool) -> None:
        reference = row.ticket.reference
        if last:
            self._close_unproven(row)
            return
        failed = row.ticket.challenges.filter(kind="details", state="failed").count()
        if person.story.details == "wrong" and failed > 1 and missing == ["details"]:
            steps.deny(self.office, reference, "no-match", by=ADA, right=row.right)
        elif missing == ["details"] and not failed:
            self._compare(reference, person)
        elif person.story.wallet and "details" in missing and not row.ticket.challenges.filter(kind="wallet").exists():
            identity.ask_identity(self.office, reference, by=ADA, wallet=person.wallet.address)
        else:
            identity.ask_identity(self.office, reference, by=ADA)

    def _answer(self, row: Request, person: Person, now: dict[str, Any], refused: str) -> None:
        reference, outcome = row.ticket.reference, person.story.outcome
        if outcome == "fee" and not row.fee_paid_on:
            steps.announce_fee(self.office, reference, "JPY 500", "This is the actual cost.", by=ADA, right=row.right)
            steps.fee_paid(self.office, reference, by=ADA, right=row.right)
            return
        if refused:
            reason = (
                {"reason": "The reasons were examined one by one, and ours weigh more."} if refused != "too-many-requests" else {}
            )
            outcome_code = Denial(refusals(row.regime, row.right)[refused].outcome)
            by = ADA if ADA.role in DECIDES[outcome_code] else GRACE
            steps.deny(self.office, reference, refused, by=by, right=row.right, **reason)
            return
        values, files = answer_to(row, person)
        try:
            steps.fulfil(
                self.office, reference, by=ADA, right=row.right, part=outcome == "part", alternative=outcome == "alternative", values=values,
                attachments=files, uncompared="known from an order in progress",
            )  # fmt: skip
        except UnverifiedAddress:
            if now["reason"] == "need_user_verification":
                self._close_if_due(row)
            else:
                identity.ask_identity(self.office, reference, by=ADA, right=row.right)

    def _close_if_due(self, row: Request) -> None:
        zone = zone_of(self.config.controllers[row.controller], row.regime)
        if day_in(self.office.clock(), zone) >= row.respond_by:
            steps.expire(self.office, row.ticket.reference, by=ADA, right=row.right)

    def _story(self, row: Request) -> Person | None:
        return self.requesters.written[row.mail.sha256].person


def answer_to(row: Request, person: Person) -> tuple[dict[str, Any], list[Attachment]]:
    """What the answer says. Everything personal in it carries the customer's number."""
    if person.story.agent:
        return {}, []
    data = Attachment(
        "your-data.json", "application/json", f'{{"customer": "{person.customer}", "name": "{person.name}"}}'.encode()
    )
    told = {"information": (Information("purposes", f"To carry out the orders of {person.customer}."),)}
    match row.right:
        case "access" | "know-specific" | "third-party-records":
            return told, [data]
        case "portability":
            return {}, [data]
        case "know-categories":
            return {
                "categories": (Category("Identifiers", f"you yourself ({person.customer})", "orders", "shipping companies"),)
            }, []
        case "erasure" if person.story.outcome == "part":
            return {"kept": (Kept(f"Invoices of {person.customer}", "tax law wants them kept"),)}, []
        case "rectification":
            return {"corrected": (f"The record of {person.customer}.",)}, []
        case "automated-decision" | "complaint":
            return {"finding": f"The record of {person.customer} was examined by a person."}, []
        case "stop-use":
            return {"measures": (f"The data of {person.customer} are no longer used.",)}, []
    return {}, []
