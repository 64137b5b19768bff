"""The words that people read for the codes that the program counts by: one table for each kind of code. A code without words is shown as it is –
a right of an own law, say.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

WORDS = {
    "category": {
        "access": _("Access"),
        "deletion": _("Deletion"),
        "correction": _("Correction"),
        "opt-out": _("Opt-out"),
        "shine-the-light": _("Shine the Light"),
        "complaint": _("Complaint"),
        "other": _("Other"),
    },
    "right": {
        "access": _("Access to the data"),
        "know-categories": _("Know the categories"),
        "know-specific": _("Know the specific pieces"),
        "portability": _("Portability"),
        "third-party-records": _("Records given to third parties"),
        "erasure": _("Erasure"),
        "rectification": _("Rectification"),
        "opt-out-of-sale": _("Opt out of sale and sharing"),
        "limit-sensitive": _("Limit the use of sensitive data"),
        "objection": _("Objection"),
        "direct-marketing": _("Stop direct marketing"),
        "consent-withdrawal": _("Withdrawal of consent"),
        "restriction": _("Restriction"),
        "automated-decision": _("Review of an automated decision"),
        "stop-use": _("Stop using the data"),
        "shine-the-light": _("Shine the Light"),
        "complaint": _("Complaint"),
    },
    "regime": {
        "gdpr": "GDPR",
        "uk-gdpr": "UK GDPR",
        "ccpa": "CCPA",
        "shine-the-light": "Shine the Light",
        "appi": "APPI",
    },
    "state": {
        "open": _("Open"),
        "in_progress": _("In progress"),
        "fulfilled": _("Fulfilled"),
        "denied": _("Refused"),
        "revoked": _("Taken back"),
        "expired": _("Expired"),
    },
    "verification": {
        "none": _("No proof needed"),
        "on-doubt": _("Proof only where there is doubt"),
        "mailbox": _("Control of the mailbox"),
        "reasonable": _("Reasonable certainty"),
        "reasonably-high": _("Reasonably high certainty"),
    },
    "proof": {
        "mailbox": _("the code returned from their mailbox"),
        "details": _("details that agree with the customer records"),
        "declaration": _("a signed declaration"),
        "wallet": _("a signature with their wallet"),
        "permission": _("the consumer’s signed permission to the agent"),
        "confirmation": _("the consumer’s own word that the agent may act"),
        "power-of-attorney": _("a power of attorney"),
        "guardian": _("authority over the child"),
    },
    "todo": {
        "decide": _("Decide the held mail"),
        "approve": _("Read and approve the draft"),
        "resend": _("Look at the letter that did not arrive"),
        "answered": _("Note that the answer is here"),
        "ask-identity": _("Ask for proof of identity"),
        "seen": _("Note the proof you have seen"),
        "expire": _("Close for lack of proof"),
        "extend": _("Announce an extension"),
        "fulfil": _("Answer the request"),
        "wait": _("Nothing to do now"),
    },
    "why": {
        "held": _("A mail on this ticket was held for a person."),
        "draft-waits": _("A letter is written and waits for your approval."),
        "not-delivered": _("A letter was refused by the mail server, or may not have left."),
        "answer-came": _("The requester wrote after our question."),
        "not-yet-asked": _("Proof is needed before anything personal may go out, and nobody has asked for it."),
        "no-longer-asked": _("Proof is still missing, and the requester is not asked for any at the moment."),
        "never-asked-for": _("What is missing is shown by the requester of their own accord; we never ask for it."),
        "time-is-over": _("What the requester was asked to show has not come in time."),
        "last-day-to-extend": _("We still wait for the requester, and the last day to announce an extension is near."),
        "overdue": _("Nothing is missing, and the answer is overdue."),
        "nothing-missing": _("Nothing is missing."),
        "access-first": _("The access request of this ticket is answered first, then the data are deleted."),
        "proof-awaited": _("We asked the requester for proof and wait for it."),
        "question-asked": _("We asked the requester a question and wait for the answer."),
    },
    "clock": {
        "received": _("Received"),
        "acknowledge_by": _("Confirm receipt by"),
        "extend_by": _("Last day to announce an extension"),
        "promise": _("Promised"),
        "statute": _("Date by law"),
        "suspended": _("Date by law, if waiting for proof suspends it"),
        "respond_by": _("Answer due"),
        "today": _("Today"),
    },
    "waiting": {
        "clarification": _("We waited for an answer to our question"),
        "identity": _("We waited for proof of identity"),
    },
    "step": {
        "ask-identity": _("asked for proof of identity"),
        "proven": _("noted proof of identity"),
        "not-proven": _("found the proof not enough"),
        "ask": _("asked what is meant"),
        "answered": _("noted the answer"),
        "extend": _("extended the time"),
        "fee": _("announced a fee"),
        "fee-paid": _("noted that the fee is paid"),
        "fulfil": _("answered the request"),
        "deny": _("refused the request"),
        "revoke": _("noted that the request is taken back"),
        "expire": _("closed the request for lack of proof"),
        "drop": _("ended what was not a request of its own"),
        "reopen": _("opened the request again"),
        "assign": _("said who takes charge"),
    },
    "said": {
        "reason": _("Reason"),
        "question": _("Question"),
        "doubt": _("Doubt"),
        "override": _("Why it counts although it is late"),
        "fee": _("Fee"),
        "uncompared": _("Why nothing was compared"),
    },
    "detail": {
        "name": _("Name"),
        "address": _("Address that letters go to"),
        "emails": _("E-mail address"),
        "phones": _("Telephone"),
        "addresses": _("Postal address"),
        "date_of_birth": _("Date of birth"),
        "ids": _("Number"),
        "wallets": _("Wallet"),
        "services": _("Service"),
    },
    "source": {
        "header": _("from the sender line"),
        "label": _("stated with a label"),
        "introduction": _("they introduce themselves"),
        "signature": _("from the signature"),
        "body": _("named in the text"),
        "agent": _("named by the agent"),
        "an operator": _("said by an operator"),
    },
    "authentication": {
        "pass": _("The sender’s mail server vouches for the address."),
        "fail": _("The address is forged: the sender’s mail server disowns this mail."),
        "none": _("Nobody vouches for the address; it may be forged."),
    },
    "outcome": {
        "ticket": _("on a ticket"),
        "review": _("held for a person"),
        "ignored": _("filed, nothing to do"),
        "waiting": _("not handled yet"),
    },
    "event": {
        "agent looked up": _("looked whether the agent is registered in California"),
        "clock moved": _("The date moved"),
        "doubt": _("There is doubt about who asks: the address is not on file"),
        "label corrected": _("corrected what the mail asks for"),
        "letter edited": _("changed the words of a letter"),
        "requester corrected": _("corrected what is known of the requester"),
        "review assigned": _("said who looks at a held mail"),
        "ticket merged": _("made two tickets one"),
        "ticket split": _("gave another person’s request a ticket of its own"),
        "request moved": _("moved a request here from another ticket"),
        "undone": _("took something back"),
        "hold released": _("released the legal hold"),
        "hold set": _("set a legal hold"),
        "identity document came unasked": _("A copy of an identity document came, which nobody asked for"),
        "identity documents purged": _("Copies of identity documents were cut out of the kept mail"),
        "letter approved": _("approved a letter"),
        "letter discarded": _("discarded a letter"),
        "letter dead": _("The mail server refused a letter for good"),
        "letter sent again": _("A letter was sent again, because it may not have left"),
        "mail exported": _("downloaded a mail"),
        "mail ignored": _("filed a mail"),
        "attachment downloaded": _("downloaded an attachment"),
        "proof decided": _("A proof was decided"),
        "proof refused": _("A proof was refused"),
        "step refused": _("tried a step that was refused"),
        "ticket erased": _("The ticket was erased"),
    },
    "reason": {
        "unsure": _("What is asked is not sure"),
        "empty": _("There is nothing to read"),
        "tiny": _("There is hardly anything to read"),
        "foreign-language": _("In a language privbot does not read"),
        "manipulation": _("Gives orders to the program that reads it"),
        "conflicting-rights": _("Asks for things that contradict each other"),
        "agent": _("Somebody writes for another person"),
        "minor": _("Seems to concern a child"),
        "forged-sender": _("The sender is forged"),
        "forwarded": _("Somebody else’s mail was forwarded"),
        "encrypted": _("The mail is encrypted"),
        "oversized": _("Too large to be kept whole"),
        "truncated": _("Too long to be read as a whole"),
        "several-senders": _("Names several senders"),
        "no-sender": _("Names no sender"),
        "undecodable": _("Characters could not be decoded"),
        "too-deep": _("Built deeper than any honest mail"),
        "too-many-parts": _("More parts than any honest mail has"),
        "undecoded-transfer": _("The text was left encoded"),
        "hidden-text": _("Hides text from the eye"),
        "unreadable-attachment": _("An attachment cannot be read"),
        "dangerous-attachment": _("An attachment may be dangerous"),
        "right-not-granted": _("No law of this controller knows this right"),
        "unknown-controller": _("The address does not tell whose data it is about"),
        "request-from-machine": _("Comes from a machine and may ask for something"),
        "undeliverable": _("One of our letters came back"),
        "new-sender-on-ticket": _("A reply from another address than the request"),
        "used-code": _("A code came back that nobody waits for"),
        "wrong-code": _("A code came back that is wrong or too old"),
        "answer": _("The requester answered our question"),
        "follow-up": _("The requester wrote again"),
        "verification-reply": _("May hold what we asked for"),
        "proof-returned": _("May hold what we asked for"),
        "identity-document": _("A copy of an identity document came unasked"),
        "same-person": _("The same person’s request is open, from another address"),
        "same-address": _("The same address has a request open, of another person"),
        "already-active": _("Another ticket has this person’s request for the same right"),
        "overdue": _("The requester asks again, and the answer is overdue"),
        "not-answerable": _("This sender must not be answered automatically"),
        "over-limit": _("Too many automatic letters in a day"),
        "not-verified": _("The proof has not come in time"),
        "sweep-failed": _("The ticket could not be looked after"),
        "reminder": _("A reminder needs a person"),
        "code-expired": _("A code ran out"),
        "question": _("A question"),
        "regulator": _("From a regulator"),
        "legal-claim": _("A legal claim"),
        "security-report": _("A security report"),
        "support": _("A support question"),
        "commercial": _("Advertising"),
        "spam": _("Spam"),
        "other": _("Seems to ask for nothing the law counts"),
        "something-else": _("Something else"),
    },
    "letter": {
        "acknowledgment": _("Acknowledgment"),
        "challenge": _("Code to return"),
        "challenge-details": _("Question for details to compare"),
        "challenge-declaration": _("Declaration to sign"),
        "challenge-wallet": _("Text to sign with a wallet"),
        "reminder": _("Reminder"),
        "clarification": _("Question what is meant"),
        "identity-not-proven": _("Identity not proven"),
        "extension": _("Extension"),
        "access-answer": _("Answer to an access request"),
        "portability-answer": _("Data for another service"),
        "know-categories-answer": _("Categories of information"),
        "erasure-done": _("Erasure done"),
        "rectification-done": _("Correction done"),
        "opt-out-done": _("Opt-out done"),
        "restriction-done": _("Restriction done"),
        "objection-upheld": _("Objection followed"),
        "objection-refused": _("Objection not followed"),
        "automated-decision-reviewed": _("Automated decision reviewed"),
        "consent-withdrawn": _("Consent withdrawn"),
        "shine-the-light-list": _("Shine the Light: list"),
        "shine-the-light-alternative": _("Shine the Light: opt-out"),
        "appi-disclosure": _("Disclosure (Japan)"),
        "appi-stop-use": _("Use stopped (Japan)"),
        "access-before-erasure": _("Access before erasure"),
        "refusal": _("Refusal"),
        "fee-announced": _("Fee announced"),
        "complaint-received": _("Complaint received"),
        "complaint-answered": _("Complaint answered"),
        "agent-paperwork": _("Permission asked of the agent"),
        "agent-confirmation": _("Confirmation asked of the consumer"),
        "minor": _("Authority over a child asked for"),
        "not-our-controller": _("Another company is meant"),
        "oral-offered": _("Oral answer offered"),
        "recipients-told": _("Recipient told"),
        "request-withdrawn": _("Request taken back"),
        "code-expired": _("Code ran out"),
        "closed": _("Closed"),
    },
    "deadline": {
        "acknowledge-by": _("Confirm receipt"),
        "respond-by": _("Answer due"),
        "extend-by": _("Last day to announce an extension"),
        "alarm": _("Alarm before the answer is due"),
        "review": _("Decide a review"),
        "challenge": _("A proof of identity runs out"),
    },
    "letter-state": {
        "draft": _("Draft, waits for approval"),
        "queued": _("Leaves soon"),
        "claimed": _("Leaving"),
        "sending": _("Leaving"),
        "unknown": _("May or may not have left"),
        "sent": _("Sent"),
        "dead": _("Refused by the mail server"),
        "discarded": _("Discarded"),
    },
    "action": {
        "fulfil": _("Answer the request"),
        "extend": _("Extend the time"),
        "ask": _("Ask what is meant"),
        "answered": _("The answer is here"),
        "ask-identity": _("Ask for proof of identity"),
        "compare": _("Compare with the customer records"),
        "details-agree": _("Compared by hand"),
        "seen": _("Note the proof you have seen"),
        "code-given": _("Enter the code"),
        "signature-given": _("Enter the signature"),
        "registered": _("Note whether the agent is registered"),
        "not-proven": _("The proof is not enough"),
        "fee": _("Announce a fee"),
        "fee-paid": _("The fee is paid"),
        "deny": _("Refuse the request"),
        "revoke": _("The requester takes it back"),
        "expire": _("Close for lack of proof"),
        "reopen": _("Open it again"),
        "assign": _("Say who takes charge"),
        "note": _("Write the note"),
        "correct": _("Correct the requester’s details"),
        "relabel": _("Correct what is asked for"),
        "split": _("Split off another person’s request"),
        "merge": _("Merge another ticket into this one"),
    },
    "action-hint": {
        "fulfil": _("The answer goes to the requester, and the request is closed."),
        "extend": _("A letter tells the requester the new date and why. The law knows one extension only."),
        "ask": _("A letter asks the requester. Where the law leaves the days until the answer out, the date moves."),
        "answered": _("Nothing is sent."),
        "ask-identity": _("A letter asks for what is missing and says how to show it."),
        "compare": _("What the mails say is held against the records; only how many details agree is kept."),
        "details-agree": _("Nothing is sent. The proof counts for every open request of this ticket."),
        "seen": _("Nothing is sent. The proof counts for every open request of this ticket."),
        "code-given": _("Nothing is sent."),
        "signature-given": _("Nothing is sent."),
        "registered": _("Nothing is sent."),
        "not-proven": _("A letter says that it was not enough – never which detail."),
        "fee": _("A letter announces the fee before anything is charged."),
        "fee-paid": _("Nothing is sent."),
        "deny": _("A letter tells the reason, the authority to complain to and the way to court; the request is closed."),
        "revoke": _("A letter confirms it, and the request is closed."),
        "expire": _("A letter says so, and the request is closed. It can be opened again."),
        "reopen": _("It has the dates it always had. A letter that tells of its outcome and has not left never will."),
        "assign": _("Nothing is sent."),
        "correct": _("What is there now stays in a note. Nothing is sent, unless the address for letters changes."),
        "relabel": _("What was misread ends without a letter; what is right opens with the same date and is acknowledged."),
        "split": _("They get a ticket of their own with the same date; nothing is proven for it yet."),
        "merge": _("All of it comes here, and nothing is sent."),
    },
    "act": {
        "decide": _("Decision on a held mail"),
        "approve": _("Letter approved"),
        "discard": _("Letter discarded"),
        "edit": _("Letter changed"),
        "note": _("Note"),
        "correct": _("Details corrected"),
        "relabel": _("Label corrected"),
        "split": _("Ticket split"),
        "merge": _("Ticket merged"),
        "verify": _("Proof noted"),
        "ask-identity": _("Proof of identity asked for"),
        "not-proven": _("Proof found not enough"),
        "ask": _("Question asked"),
        "answered": _("Answer noted"),
        "extend": _("Time extended"),
        "fee": _("Fee announced"),
        "fee-paid": _("Payment noted"),
        "fulfil": _("Request answered"),
        "deny": _("Request refused"),
        "revoke": _("Request taken back"),
        "expire": _("Request closed for lack of proof"),
        "reopen": _("Request opened again"),
        "assign": _("Charge assigned"),
    },
    "refusal": {
        "manifestly-unfounded": _("Manifestly unfounded"),
        "excessive": _("Excessive, such as repeated without need"),
        "too-many-requests": _("More requests than the law gives"),
        "duplicate": _("The same was answered already"),
        "retention-expired": _("The data are gone: the time to keep them is over"),
        "no-match": _("No data found about this person"),
        "not-covered": _("The law does not give this right here"),
        "outside-jurisdiction": _("The law does not apply to this person"),
        "insufficient-verification": _("Identity could not be verified"),
        "suspected-fraud": _("Suspected fraud"),
    },
    "information": {
        "purposes": _("Purposes"),
        "categories": _("Categories of data"),
        "recipients": _("Recipients"),
        "transfers": _("Transfers abroad"),
        "storage": _("How long data are kept"),
        "source": _("Where the data come from"),
        "automated": _("Automated decisions"),
    },
    "authentication-result": {
        "pass": _("proven"),
        "fail": _("wrong"),
        "softfail": _("probably wrong"),
        "none": _("not used"),
        "neutral": _("says nothing"),
        "temperror": _("could not be checked"),
        "permerror": _("set up wrongly"),
        "policy": _("not accepted"),
    },
    "oddity": {
        "name-is-another-address": _("The name beside the address looks like another address."),
        "replies-go-elsewhere": _("Replies would go to another domain than the sender's."),
        "several-senders": _("The mail names several senders."),
    },
    "origin": {
        "human": _("A person wrote it."),
        "bounce": _("A mail server wrote it: a letter could not be delivered."),
        "auto-reply": _("A program answered by itself."),
        "list": _("It came through a mailing list."),
        "bulk": _("It was sent to many."),
        "own": _("It comes from one of your own addresses."),
    },
    "danger": {
        "program": _("A program, or an archive with one: do not open it."),
        "macros": _("Holds macros: programs that run when it is opened."),
        "active": _("May run scripts or hold further files when it is opened."),
        "bomb": _("Unfolds to far more than it seems: unpacking it can fill a disk."),
        "encrypted": _("Encrypted: no scanner has seen what is inside."),
        "archive-inside": _("An archive with archives inside; nobody looked into those."),
        "disguised": _("Its name is written so that it seems to be another kind of file."),
        "other-type": _("Its content is of another type than its name says."),
    },
    "shortened": {
        "too-long": _("Only its beginning is shown here: it is too long."),
        "too-deep": _("Its layout is nested too deeply; what is inside may be missing here. The text has all of it."),
    },
    "mail-outcome": {
        "ticket": _("On a ticket"),
        "review": _("Waits for a person"),
        "ignored": _("No request"),
        "kept": _("Not worked on yet"),
        "handled": _("Worked on"),
        "quarantined": _("In quarantine"),
    },
    "defect": {
        "no-sender": _("It names no sender."),
        "several-senders": _("It names several senders."),
        "broken-date": _("Its date is missing or wrong."),
        "no-message-id": _("It has no Message-ID."),
        "broken-header": _("Its header is broken."),
        "charset-unknown": _("It names a character set that nobody knows."),
        "charset-mismatch": _("It names the wrong character set."),
        "charset-missing": _("It names no character set."),
        "undecodable": _("Some of its characters cannot be read."),
        "undecoded-transfer": _("It was not encoded as it says."),
        "invisible-characters": _("Invisible characters stood inside its words; they were taken out."),
        "hidden-text": _("It holds text that its sender hid from the eye."),
        "empty": _("It says nothing."),
        "too-deep": _("Its parts are nested too deeply."),
        "too-many-parts": _("It has too many parts."),
        "truncated": _("It was too long to be kept or read whole."),
        "broken-structure": _("Its parts do not fit together."),
        "encrypted": _("Part of it is encrypted."),
        "unreadable-attachment": _("An attachment was not read."),
        "dangerous-attachment": _("An attachment is dangerous."),
    },
    "role": {
        "viewer": _("Viewer"),
        "operator": _("Operator"),
        "lead": _("Lead"),
        "admin": _("Administrator"),
    },
    "second-factor": {
        "totp": _("Authenticator app"),
        "webauthn": _("Passkey"),
        "recovery_codes": _("Recovery codes"),
    },
    "language": {
        "en": _("English"),
        "ja": _("Japanese"),
        "de": _("German"),
        "fr": _("French"),
        "es": _("Spanish"),
        "it": _("Italian"),
        "nl": _("Dutch"),
        "pt": _("Portuguese"),
        "pl": _("Polish"),
        "sv": _("Swedish"),
        "da": _("Danish"),
        "fi": _("Finnish"),
        "cs": _("Czech"),
        "la": _("Latin"),
        "zh": _("Chinese"),
        "mt": _("Maltese"),
    },
    # Why a mail may stand under a law (`reading.regime`).
    "law-reason": {
        "names Shine the Light": _("names Shine the Light"),
        "names the CCPA": _("names the CCPA"),
        "names the law of the United Kingdom": _("names the law of the United Kingdom"),
        "names the APPI": _("names the APPI"),
        "names the GDPR": _("names the GDPR"),
        "writes from California": _("writes from California"),
        "gives a place in the United Kingdom": _("gives a place in the United Kingdom"),
        "gives a place in Japan": _("gives a place in Japan"),
        "gives a place in the European Union": _("gives a place in the European Union"),
        "the only law this controller offers": _("the only law of this controller"),
        "nothing in the mail points to a law": _("nothing in the mail points to a law"),
    },
    # What became of a mail, in reports.
    "became": {
        "ticket": _("Became a ticket or belongs to one"),
        "review": _("Before an operator"),
        "ignored": _("Asked for nothing"),
        "waiting": _("Not handled yet"),
    },
    "kind-of-other": {
        "follow-up": _("Follow-up"),
        "verification-reply": _("Reply to a verification"),
        "question": _("Question"),
        "regulator": _("Letter of an authority"),
        "legal-claim": _("Legal claim"),
        "security-report": _("Security report"),
        "support": _("Support"),
        "commercial": _("Commercial"),
        "spam": _("Spam"),
    },
    # What becomes of a correction (`reading.lessons.State`).
    "lesson": {
        "learnt": _("Learnt"),
        "held-out": _("Held out, to measure by"),
        "repeated": _("Repeated: learnt once already"),
        "contradicted": _("Operators disagree: waits for a second one"),
        "against-certainty": _("Against a near-certain reading: waits for a second operator"),
        "over-share": _("Beyond the share of one operator"),
    },
    # Tables, columns and rows of the model's figures (`reading.model_card`).
    "figure": {
        "overall": _("Overall"),
        "categories": _("Categories"),
        "rights": _("Rights"),
        "languages": _("Languages"),
        "kinds": _("Kinds of other"),
        "confusion": _("Confusion"),
        "reliability": _("Reliability"),
        "details": _("What the mail tells of the requester"),
        "all": _("All mails"),
        "category": _("Category"),
        "right": _("Right"),
        "language": _("Language"),
        "kind": _("Kind"),
        "detail": _("Detail"),
        "mails": _("Mails"),
        "precision": _("Precision"),
        "recall": _("Recall"),
        "F1": _("F1"),
        "silent": _("Silent misses"),
        "ordinary taken, no review": _("Ordinary mail taken, no review"),
        "decided alone": _("Decided alone"),
        "its precision": _("Its precision"),
        "coverage at 99 %": _("Coverage at 99 %"),
        "ECE": _("ECE"),
        "missed": _("Missed"),
        "found instead": _("Found instead"),
        "score": _("Score"),
        "scores": _("Scores"),
        "mean score": _("Mean score"),
        "share right": _("Share right"),
        "macro-F1 over the categories present": _("Macro-F1 over the categories present"),
        "all categories of a mail right": _("All categories of a mail right"),
        "silent misses": _("Silent misses"),
        "ordinary mail taken for a request, without review": _("Ordinary mail taken for a request, without review"),
        "decided without review / precision": _("Decided without review / precision"),
        "coverage at 99 % precision": _("Coverage at 99 % precision"),
        "expected calibration error": _("Expected calibration error"),
        "nothing": _("Nothing"),
        "name": _("Name"),
        "address": _("Address"),
        "phone": _("Phone"),
        "ids": _("Numbers and ids"),
        "name without header": _("Name, without the header"),
        "reliability.svg": _("Reliability: the share that is right, by the score given"),
        "coverage.svg": _("Precision of what is decided, by the share of mails that is"),
        "confusion.svg": _("Confusion of the seven categories"),
    },
    "export": {
        "report": _("The whole report"),
        "volume": _("Measures per controller, law and right"),
        "over-time": _("Requests over time"),
        "mix": _("Mix of categories, rights, languages and outcomes"),
        "log-7101": _("California’s log of requests (11 CCR §7101)"),
        "metrics-7102": _("California’s figures of the calendar year (11 CCR §7102)"),
        "time-to-answer": _("Chart: days to answer"),
        "on-time": _("Chart: share answered in time"),
        "categories": _("Chart: categories"),
        "rights": _("Chart: rights"),
        "languages": _("Chart: languages"),
    },
}


def word(kind: str, code: str) -> str:
    """What people read for a code."""
    if kind == "language":
        return language(code)
    return str(WORDS[kind].get(code, code))


def language(code: str) -> str:
    """The name of a language (ISO 639-1): ours, or else Django's own."""
    if code in WORDS["language"]:
        return str(WORDS["language"][code])
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return gettext("another language (%(code)s)") % {"code": code}


def law_reason(told: str) -> str:
    """Why a mail may stand under a law, as `reading.regime` says it in English; a reason without words stays as it is."""
    if found := re.fullmatch(r"written in ([a-z]{2,3})", told):
        return gettext("written in %(language)s") % {"language": language(found[1])}
    if found := re.fullmatch(r"phone number in (\+\d+)", told):
        return gettext("telephone number with %(prefix)s") % {"prefix": found[1]}
    if found := re.fullmatch(r"the right \(([a-z-]+)\) is one of this law", told):
        return gettext("%(right)s: a right of this law") % {"right": word("right", found[1])}
    return word("law-reason", told)


def ago(age: timedelta) -> str:
    """How long ago something was, in its largest whole unit: "4 minutes ago"."""
    seconds = int(age.total_seconds())
    if seconds < 60:
        return ngettext("%(count)s second ago", "%(count)s seconds ago", seconds) % {"count": seconds}
    if (minutes := seconds // 60) < 60:
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    if (hours := minutes // 60) < 24:
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    return ngettext("%(count)s day ago", "%(count)s days ago", hours // 24) % {"count": hours // 24}


def decision(told: str) -> str:
    """What was decided on a review (`Review.decision`)."""
    what, _sign, codes = told.partition(": ")
    if what == "request":
        names = (word("right", code) if code in WORDS["right"] else word("state", code) for code in codes.split(", "))
        return gettext("a request – %(rights)s") % {"rights": ", ".join(names)}
    if what == "no request":
        return gettext("no request – %(kind)s") % {"kind": word("reason", codes)}
    if told.startswith("attached to "):
        return gettext("attached to %(ticket)s") % {"ticket": told.removeprefix("attached to ")}
    return told


def new_ticket(reference: str, letter: str) -> SafeString:
    """That a ticket was opened beside the one that is shown, with the way there, and what its letter does (`Letter.State`; empty: there is none)."""
    way = format_html('<a href="{}">{}</a>', reverse("ticket", kwargs={"reference": reference}), reference)
    waits = {"draft": gettext("Its letter waits for approval."), "queued": gettext("The letter is on its way.")}.get(letter, "")
    return format_html("{} {} {}", gettext("The new ticket:"), way, waits)


def sentence(fault: Exception) -> str:
    """What an error says, in the person's language where it is the error's own sentence; one that names a value is English."""
    return gettext(str(fault))


def due_day(day: date) -> str:
    """A day with the short name of its weekday, as people of this language write both: Sat, Dec. 12, 2026."""
    told = {"weekday": formats.date_format(day, "D"), "day": formats.date_format(day, "DATE_FORMAT")}
    return pgettext("weekday and date", "%(weekday)s, %(day)s") % told


def due(day: date, today: date) -> str:
    """How far away a day is: "today", "in 3 days", "2 days overdue"."""
    left = (day - today).days
    if left == 0:
        return gettext("today")
    if left < 0:
        return ngettext("%(days)s day overdue", "%(days)s days overdue", -left) % {"days": -left}
    if left == 1:
        return gettext("tomorrow")
    return ngettext("in %(days)s day", "in %(days)s days", left) % {"days": left}
