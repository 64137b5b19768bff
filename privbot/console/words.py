"""The words that people read for the codes that the program counts by: one table for each kind of code. A code without words is shown as it is –
a right of an own law, say.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext, ngettext
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
    "authentication": {
        "pass": _("The sender's mail server vouches for this address."),
        "fail": _("The sender's domain says that this mail is not from it: the address is probably forged."),
        "none": _("Nobody vouches for this address: it may be forged."),
    },
    "proof": {
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
    },
}


def word(kind: str, code: str) -> str:
    """What people read for a code."""
    return str(WORDS[kind].get(code, code))


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
