"""What is kept. Ids, dates, states and counts stand in clear; whatever people wrote or are called is sealed with a key of its own.

A `sealed_*` column holds AES-256-GCM boxes (`records.sealing`); a `*_index` column holds a keyed hash, so that equal addresses are found
without opening anything. Times are UTC; days are calendar days in the place of the regime.
"""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models

NO_DATE = date.max


class DataKey(models.Model):
    """One wrapped data key, in the key store. Destroying it makes what it sealed unreadable, in every backup of the records."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    wrapped = models.BinaryField(null=True)
    destroyed_at = models.DateTimeField(null=True)


class Folder(models.Model):
    """One folder of one mailbox: the lease on it, how far it was taken in, and what the last poll found."""

    mailbox = models.CharField(max_length=31)
    name = models.CharField(max_length=255)
    uidvalidity = models.BigIntegerField(default=0)
    watermark = models.BigIntegerField(default=0)
    """The highest UID taken in under this UIDVALIDITY."""
    go_live = models.DateTimeField(null=True)
    epoch = models.BigIntegerField(default=0)
    """Grows with each claim; a write under an older epoch changes nothing."""
    holder = models.CharField(max_length=64, default="")
    held_until = models.DateTimeField(null=True)
    last_good_poll = models.DateTimeField(null=True)
    """When it began: all that the server received before is kept."""
    last_fault = models.CharField(max_length=40, default="")
    """Code of the fault of the last poll; empty when it went well."""
    on_server = models.IntegerField(null=True)
    in_ledger = models.IntegerField(null=True)
    """Of the mails on the server at the last poll, how many the ledger knows. Less than `on_server` rings the alarm."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "name"], name="one_row_per_folder")]


class IncomingMail(models.Model):
    """One mail as it came in, whole and sealed, and what became of it."""

    class State(models.TextChoices):
        KEPT = "kept"
        HANDLED = "handled"
        QUARANTINED = "quarantined"

    class Outcome(models.TextChoices):
        TICKET = "ticket"
        REVIEW = "review"
        IGNORED = "ignored"

    mailbox = models.CharField(max_length=31)
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    """IMAP INTERNALDATE: the moment our own server received it. Clocks start here."""
    kept_at = models.DateTimeField()
    size = models.BigIntegerField()
    """Bytes on the server, also where only a part was kept."""
    truncated = models.BooleanField(default=False)
    backlog = models.BooleanField(default=False)
    """Received before go-live: gets its tickets, and no automatic letter."""
    state = models.CharField(max_length=12, choices=State.choices, default=State.KEPT)
    tries = models.IntegerField(default=0)
    fault = models.CharField(max_length=120, default="")
    """Code and place of the last fault of content, never words of the mail."""
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default="")
    outcome_code = models.CharField(max_length=40, default="")
    handled_at = models.DateTimeField(null=True)
    controller = models.CharField(max_length=31, default="")
    origin = models.CharField(max_length=12, default="")
    language = models.CharField(max_length=8, default="")
    model = models.CharField(max_length=60, default="")
    """The reading pipeline that read it."""
    sender_index = models.CharField(max_length=32, default="")
    likeness_index = models.CharField(max_length=32, default="")
    """Of Message-ID, sender and text: the same mail delivered twice is recognised by it."""
    ticket = models.ForeignKey("Ticket", null=True, on_delete=models.PROTECT, related_name="mails")
    identity_documents = models.IntegerField(default=0)
    """How many attachments look like identity documents, which nobody asked for: to be purged once the request is decided."""
    searchable = models.BooleanField(default=False)
    """Its words are among the SearchTerms; mails of older releases are indexed little by little (`worker.indexing`)."""
    purged_at = models.DateTimeField(null=True)
    key = models.UUIDField()
    sealed_reading = models.BinaryField(default=b"")
    sealed_raw = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "sha256"], name="same_bytes_are_one_mail")]
        indexes = [
            models.Index(fields=["mailbox", "id"], condition=models.Q(state="kept"), name="mails_to_handle"),
            models.Index(fields=["id"], condition=models.Q(state="quarantined"), name="mails_in_quarantine"),
            models.Index(fields=["id"], condition=models.Q(state="handled", searchable=False), name="mails_to_index"),
            models.Index(fields=["likeness_index"], name="mails_by_likeness"),
            models.Index(fields=["kept_at"], name="mails_by_age"),
        ]


class LedgerEntry(models.Model):
    """What came in: which UID of which folder is which kept mail. The only state of intake."""

    folder = models.ForeignKey(Folder, on_delete=models.PROTECT)
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    mail = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="entries")
    after_done = models.BooleanField(default=False)
    """The keyword is set or the move is made; a failed one is harmless and tried again at the next poll."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folder", "uidvalidity", "uid"], name="each_uid_once")]
        indexes = [
            models.Index(fields=["folder", "uidvalidity", "uid"], condition=models.Q(after_done=False), name="after_work_left")
        ]


class Ticket(models.Model):
    """One requester's conversation with one controller."""

    reference = models.CharField(max_length=24, unique=True)
    controller = models.CharField(max_length=31)
    opened_at = models.DateTimeField()
    """When the bot or an operator opened it; the clocks of its requests start at their own `received_at`."""
    language = models.CharField(max_length=8)
    backlog = models.BooleanField(default=False)
    minor = models.BooleanField(default=False)
    agent = models.BooleanField(default=False)
    authority = models.CharField(max_length=20, default="")
    """On what ground an agent acts: permission, power-of-attorney; empty where nobody acts for another."""
    registered_agent = models.BooleanField(null=True)
    """Whether the agent is registered with the California Secretary of State, once an operator looked."""
    last_contact = models.DateTimeField()
    hold = models.CharField(max_length=40, default="")
    """Why it must not be erased – litigation, audit, …; empty: retention runs."""
    merged_into = models.ForeignKey("self", null=True, on_delete=models.RESTRICT, related_name="merged")
    """Where its requests, mails and letters went when two tickets became one: the old reference keeps working (`cases.by_reference`)."""
    erased_at = models.DateTimeField(null=True)
    """What was sealed is destroyed with its keys; what stays says nothing of anybody."""
    sender_index = models.CharField(max_length=32)
    key = models.UUIDField()
    sealed_requester = models.BinaryField()
    """JSON: the address letters go to, and the requester as read."""

    class Meta:
        indexes = [models.Index(fields=["controller", "sender_index"], name="tickets_by_sender")]


class Request(models.Model):
    """One right under one regime inside a ticket, with its own clocks, verification and outcome."""

    class State(models.TextChoices):
        OPEN = "open"
        IN_PROGRESS = "in_progress"
        FULFILLED = "fulfilled"
        DENIED = "denied"
        REVOKED = "revoked"
        EXPIRED = "expired"

    class Fulfilled(models.TextChoices):
        WHOLE = "whole"
        PART = "part"

    ACTIVE = (State.OPEN, State.IN_PROGRESS)

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="requests")
    mail = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="requests")
    controller = models.CharField(max_length=31, default="")
    person_index = models.CharField(max_length=32, default="")
    """Of whose data it is about: the sender's address, or for an agent's mail the consumer."""
    regime = models.CharField(max_length=31)
    right = models.CharField(max_length=40)
    category = models.CharField(max_length=20)
    owner = models.CharField(max_length=80, default="unassigned")
    """Who is in charge; `unassigned` is the leads' queue."""
    received_at = models.DateTimeField()
    acknowledge_by = models.DateField(null=True)
    statute = models.DateField()
    promise = models.DateField(null=True)
    respond_by = models.DateField()
    alarm = models.DateField()
    extend_by = models.DateField(null=True)
    sources = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    state_reason = models.CharField(max_length=40, default="")
    closed_at = models.DateTimeField(null=True)
    verification = models.CharField(max_length=20)
    """What the law asks for here: none, on-doubt, mailbox, reasonable, reasonably-high."""
    doubted = models.BooleanField(default=False)
    """There is reasonable doubt about who asks: with `on-doubt`, the mailbox must be proven."""
    not_on_file = models.BooleanField(default=False)
    """The doubt is that the controller does not know the address: holding it does not settle that, details must agree as well."""
    authenticated = models.BooleanField(default=False)
    """The mail server vouched for the sender of the mail that asked (RFC 8601): the address is theirs."""
    mailbox_proven_at = models.DateTimeField(null=True)
    verified_level = models.CharField(max_length=20, default="none")
    """How far who asks is proven, in the words of `verification`."""
    verified_at = models.DateTimeField(null=True)
    """When all that the law asks for was shown."""
    # What moved its clocks, in days of the regime's place.
    identity_asked_on = models.DateField(null=True)
    identity_proven_on = models.DateField(null=True)
    clarification_asked_on = models.DateField(null=True)
    clarification_answered_on = models.DateField(null=True)
    asking = models.BooleanField(default=False)
    """A question waits for its answer."""
    fee_paid_on = models.DateField(null=True)
    extended_on = models.DateField(null=True)
    extended_late = models.BooleanField(default=False)
    """A lead's override: announced after the last day. The reason is in its step."""
    fulfilled = models.CharField(max_length=5, choices=Fulfilled.choices, default="")
    refusal = models.CharField(max_length=40, default="")
    """For a denied request: which of the law's reasons (`law.model.REFUSALS`); `state_reason` is the protocol's word."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "person_index", "right"],
                condition=models.Q(state__in=("open", "in_progress")) & ~models.Q(person_index=""),
                name="one_active_request_per_person_right_and_controller",
            ),
            models.CheckConstraint(condition=~models.Q(owner=""), name="every_request_has_an_owner"),
        ]
        indexes = [
            models.Index(
                fields=["respond_by"], condition=models.Q(state__in=("open", "in_progress")), name="active_requests_by_due"
            ),
            models.Index(
                fields=["controller", "respond_by", "id"],
                condition=models.Q(state__in=("open", "in_progress")),
                name="active_requests_of_controller",
            ),
            models.Index(
                fields=["owner", "respond_by", "id", "controller"],
                condition=models.Q(state__in=("open", "in_progress")),
                name="active_requests_of_owner",
            ),
            models.Index(fields=["controller", "person_index"], name="requests_by_person"),
        ]


class StepTaken(models.Model):
    """One step in the life of a request: who took it, when, and what they said about it."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=20)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    letter = models.ForeignKey("Letter", null=True, on_delete=models.PROTECT, related_name="steps")
    sealed_words = models.BinaryField(default=b"")
    """JSON, under the ticket's key: the reason, question, doubt or override, as people wrote it."""

    class Meta:
        indexes = [models.Index(fields=["request", "id"], name="steps_of_request")]


class Challenge(models.Model):
    """What a requester was asked to show – or showed unasked – and what came of it."""

    class State(models.TextChoices):
        PENDING = "pending"
        PROVEN = "proven"
        FAILED = "failed"
        EXPIRED = "expired"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="challenges")
    kind = models.CharField(max_length=20, default="mailbox")
    """Of `casework.verification.Kind`: mailbox, details, declaration, wallet, permission, confirmation, power-of-attorney, guardian."""
    recipient_index = models.CharField(max_length=32, default="")
    """Whose mailbox must answer, where it is not the ticket's: the consumer's, for an agent's request."""
    sealed_code = models.BinaryField(default=b"")
    """What it is checked against – the code, or the wallet and its nonce. Emptied once decided."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    matched = models.IntegerField(default=0)
    """For details: how many agreed with the controller's records; never which."""
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, default="")


class Letter(models.Model):
    """A rendered reply, from draft to delivered: the outbox."""

    class State(models.TextChoices):
        DRAFT = "draft"
        """Waits for an operator (observe, assist, or a letter that only a person may send)."""
        QUEUED = "queued"
        CLAIMED = "claimed"
        SENDING = "sending"
        UNKNOWN = "unknown"
        """Killed between DATA and 250: whether it left is not known."""
        SENT = "sent"
        DEAD = "dead"
        """The server refused it for good; an operator decides."""
        DISCARDED = "discarded"

    WAITING = (State.DRAFT, State.UNKNOWN, State.DEAD)
    """For a person."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="letters")
    cause = models.ForeignKey(IncomingMail, null=True, on_delete=models.PROTECT, related_name="letters")
    automatic = models.BooleanField(default=True)
    controller = models.CharField(max_length=31)
    name = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    due = models.DateField(default=NO_DATE)
    """By when it should leave: the earliest day that was due on its ticket when it was written. NO_DATE: nothing was."""
    personal = models.BooleanField(default=False)
    """Holds personal data beyond the writer's own name: never resent without an operator."""
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    message_id = models.CharField(max_length=255, unique=True)
    recipient_index = models.CharField(max_length=32)
    domain_index = models.CharField(max_length=32)
    sealed = models.BinaryField()
    """JSON: recipient, headers, subject, text, html; under the ticket's key."""
    holder = models.CharField(max_length=64, default="")
    held_until = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    deliveries = models.IntegerField(default=0)
    """How often DATA was begun; more than one only through `unknown`, with the same Message-ID."""
    next_try_at = models.DateTimeField()
    fault = models.CharField(max_length=120, default="")
    sent_at = models.DateTimeField(null=True)
    copied = models.BooleanField(default=False)
    """A copy lies in the Sent folder, or none is wanted."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause"], condition=models.Q(automatic=True), name="one_automatic_letter_per_cause"),
        ]
        # The last three let the caps be counted without looking at a single row.
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="queued"), name="letters_to_send"),
            models.Index(fields=["held_until"], condition=models.Q(state__in=("claimed", "sending")), name="letters_under_way"),
            models.Index(fields=["id"], condition=models.Q(state="sent", copied=False), name="letters_to_copy"),
            models.Index(
                fields=["due", "id"], condition=models.Q(state__in=("draft", "unknown", "dead")), name="letters_that_wait"
            ),
            models.Index(
                fields=["controller", "due", "id"],
                condition=models.Q(state__in=("draft", "unknown", "dead")),
                name="waiting_letters_of_controller",
            ),
            models.Index(
                fields=["recipient_index", "created_at"], condition=models.Q(automatic=True), name="letters_by_recipient"
            ),
            models.Index(fields=["domain_index", "created_at"], condition=models.Q(automatic=True), name="letters_by_domain"),
            models.Index(fields=["controller", "created_at"], condition=models.Q(automatic=True), name="letters_by_controller"),
        ]


class LetterVersion(models.Model):
    """How a letter read before an operator changed its words."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="versions")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    """Who changed it."""
    sealed_words = models.BinaryField()
    """JSON, under the ticket's key: subject and text until then."""


class Review(models.Model):
    """Something the bot was unsure of, before an operator."""

    mail = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="reviews")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="reviews")
    controller = models.CharField(max_length=31)
    codes = models.JSONField()
    """Stable reasons: unsure, forged-sender, encrypted, …"""
    due = models.DateField()
    """The earliest day that would be due if the mail is the request it may be."""
    urgent = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, default="")
    decision = models.CharField(max_length=200, default="")
    categories = models.JSONField(default=dict)
    """What was read: category → score. The words that say so stay sealed in the reading."""
    owner = models.CharField(max_length=80, default="unassigned")
    """Who looks at it; `unassigned` is everybody's."""

    class Meta:
        indexes = [
            models.Index(fields=["due", "id"], condition=models.Q(decided_at=None), name="open_reviews_by_due"),
            models.Index(
                fields=["controller", "due", "id"], condition=models.Q(decided_at=None), name="open_reviews_of_controller"
            ),
            models.Index(
                fields=["owner", "due", "id", "controller"], condition=models.Q(decided_at=None), name="open_reviews_of_owner"
            ),
            models.Index(fields=["due", "id"], condition=models.Q(decided_at=None, urgent=True), name="urgent_reviews"),
            models.Index(
                fields=["controller", "due", "id"],
                condition=models.Q(decided_at=None, urgent=True),
                name="urgent_reviews_of_controller",
            ),
        ]


class Note(models.Model):
    """What an operator wrote beside a ticket, for colleagues."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    sealed_words = models.BinaryField()
    """Text, under the ticket's key."""

    class Meta:
        indexes = [models.Index(fields=["ticket", "id"], name="notes_of_ticket")]


class Undoable(models.Model):
    """Something that an operator did, and what it takes to take it back (`records.mementos`, `worker.undo`)."""

    what = models.CharField(max_length=20)
    """A step of a request's life, or decide, approve, discard, note, edit, merge, split, …"""
    about = models.CharField(max_length=60)
    """Such as `ticket:LUM-…`, `review:7`, `letter:9`."""
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    role = models.CharField(max_length=10)
    """The role it took: an operator does not undo what only a lead may do."""
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="undoable")
    """The ticket that stood before it; None where there was none."""
    mail = models.ForeignKey(IncomingMail, null=True, on_delete=models.PROTECT, related_name="undoable")
    """For a decided review: its mail."""
    letter = models.BigIntegerField(null=True)
    """Number of the letter that tells of it. Once that has left, it is too late."""
    undone_at = models.DateTimeField(null=True)
    key = models.UUIDField()
    """Of the ticket, or else of the mail."""
    sealed_difference = models.BinaryField()
    """JSON: which rows were made, removed or changed, and how they were before."""

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "id"], condition=models.Q(undone_at=None), name="what_stands_on_ticket"),
            models.Index(fields=["about", "id"], condition=models.Q(undone_at=None), name="what_stands_about"),
            models.Index(fields=["actor", "id"], condition=models.Q(undone_at=None), name="what_stands_of_actor"),
        ]


class SearchTerm(models.Model):
    """One word of a mail, or of what is known of a ticket's requester, as a keyed hash: found without opening anything."""

    term = models.BigIntegerField()
    """64 bits over controller and folded word (`records.search`): the same word has another hash at another controller."""
    mail = models.ForeignKey(IncomingMail, null=True, on_delete=models.PROTECT, related_name="terms")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="terms")

    class Meta:
        # Answers a search without looking at a single row.
        indexes = [models.Index(fields=["term", "mail", "ticket"], name="search_terms")]


class WordingVersion(models.Model):
    """One version of a controller's own wording of a letter: its history, and what can be restored. Holds no personal data."""

    controller = models.CharField(max_length=31)
    file = models.CharField(max_length=120)
    """Within the controller's folder of letters, such as `en/acknowledgment.txt`."""
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    text = models.TextField()
    """Empty: the own wording was taken back, the shipped one holds."""

    class Meta:
        indexes = [models.Index(fields=["controller", "file", "id"], name="wording_history")]


class Notice(models.Model):
    """Something told once: to a controller's operators by mail, or to a requester who was asked for something. Kinds: `worker.sweep`."""

    controller = models.CharField(max_length=31)
    about = models.CharField(max_length=80)
    """Such as `request:12`, `challenge:7`, `letter:9`, `controller:lumen`."""
    kind = models.CharField(max_length=40)
    day = models.DateField()
    """The day it belongs to, in the place of the regime or controller; a date that moves is told of anew."""
    created_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    """While a worker sends it."""
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "kind", "day"], name="told_once")]
        indexes = [models.Index(fields=["controller", "id"], condition=models.Q(sent_at=None), name="notices_to_send")]


class Correction(models.Model):
    """What an operator decided on a mail that the bot was unsure of, beside what it had read: an example to learn from."""

    mail = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="corrections")
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    model = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    read = models.JSONField()
    """Codes: categories, rights, kind."""
    decided = models.JSONField()
    """The same, as the operator said."""
    certainty = models.FloatField()
    """The lowest score of the categories read."""
    sealed_text = models.BinaryField()
    """JSON: the mail's text without what would name anybody; under the mail's key, so that it is erased with the mail."""


class AuditEvent(models.Model):
    """One link of the audit trail. `hash` covers the event and the hash before it (`records.audit`)."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    """Such as `ticket:LUM-…` or `mail:17`."""
    data = models.JSONField(default=dict)
    """Codes, dates and counts; never personal data."""
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="events_about"),
            models.Index(fields=["at"], name="events_by_time"),
        ]


class Worker(models.Model):
    """The health line of one running worker."""

    name = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
