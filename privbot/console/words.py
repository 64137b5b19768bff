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
