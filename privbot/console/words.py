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
