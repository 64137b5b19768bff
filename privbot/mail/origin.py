"""Human or machine: who wrote a mail, and whether an answer is safe (RFC 3834: machines are never answered)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from privbot.mail import wording
from privbot.mail.authentication import authenticate
from privbot.mail.headers import RawHeaders
from privbot.mail.model import Address, Attachment, Origin, OriginKind
from privbot.mail.structure import Part

_AUTO_REPLY_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-auto-reply",
    "x-ms-exchange-generated-message-source",
)
_EDGE = 1_500
"""Characters at the beginning and the end of a text where a machine says that it is one."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that origin is judged by."""

    headers: RawHeaders
    root: Part
    senders: tuple[Address, ...]
    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    own_addresses: frozenset[str]
    trusted_hosts: tuple[str, ...]

    def header(self, name: str) -> str:
        """The first value of a header, lower-cased; empty if there is none."""
        return next((value.decode("utf-8", "replace").strip().lower() for found, value in self.headers if found == name), "")

    def has(self, name: str) -> bool:
        return any(found == name for found, _ in self.headers)

    @property
    def sender(self) -> str:
        return self.senders[0].address if self.senders else ""

    @property
    def local_part(self) -> str:
        return self.sender.partition("@")[0]

    @property
    def null_return_path(self) -> bool:
        """`Return-Path: <>`: whoever sends so wants no answer (RFC 5321 section 4.5.5)."""
        return self.has("return-path") and self.header("return-path") in ("<>", "")


def judge(evidence: Evidence) -> Origin:
    """Kind, answerable and the reasons, as sentences an operator accepts. A person unless something speaks for a machine."""
    kind, reasons = OriginKind.HUMAN, []
    for machine, signs in _MACHINES:
        reasons = [reason for sign in signs if (reason := sign(evidence))]
        if reasons:
            kind = machine
            break
    answerable = kind is OriginKind.HUMAN
    if answerable and (hindrance := _hindrance(evidence)):
        answerable, reasons = False, [hindrance]
    authentication = authenticate(evidence.headers, evidence.senders, evidence.trusted_hosts)
    return Origin(kind, answerable, authentication, tuple(reasons))


def _hindrance(mail: Evidence) -> str:
    """Why a person's mail can still not be answered."""
    if not mail.senders:
        return "it has no sender that could be answered"
    if len(mail.senders) > 1:
        return "it has several senders"
    if wording.NO_REPLY_LOCAL_PART.match(mail.local_part):
        return "its sender takes no replies"
    if mail.null_return_path:
        return "its Return-Path is empty: the sender wants no answer"
    return ""


# -- signs: each answers with a reason, or with nothing -----------------------------------------------------------------


def _own_address(mail: Evidence) -> str:
    return (
        "it comes from one of our own addresses" if any(sender.address in mail.own_addresses for sender in mail.senders) else ""
    )


def _report(mail: Evidence) -> str:
    """RFC 6522; delivery status RFC 3464."""
    if mail.root.type != "multipart/report":
        return ""
    types = {part.type for part in mail.root.leaves()}
    told = (mail.root.parameter("report-type") or "").lower()
    if told == "delivery-status" or "message/delivery-status" in types or "message/global-delivery-status" in types:
        return "it is a delivery report"
    return ""


def _mailer(mail: Evidence) -> str:
    if not wording.MAILER_LOCAL_PART.match(mail.local_part):
        return ""
    if mail.null_return_path or wording.BOUNCE_SUBJECT.match(mail.subject) or "mailer-daemon" in mail.local_part:
        return "a mail server wrote it"
    return ""


def _bounce_words(mail: Evidence) -> str:
    if mail.has("x-failed-recipients"):
        return "its X-Failed-Recipients line says that a mail could not be delivered"
    if not mail.null_return_path:
        return ""
    if wording.QMAIL_BOUNCE.search(mail.text[:_EDGE]) or wording.BOUNCE_SUBJECT.match(mail.subject):
        return "its Return-Path is empty and it speaks of a mail that could not be delivered"
    return ""


def _auto_submitted(mail: Evidence) -> str:
    """RFC 3834 section 5; a comment may follow the keyword."""
    keyword = re.split(r"[\s;(]", mail.header("auto-submitted"), maxsplit=1)[0]
    return f"its Auto-Submitted line says {keyword[:30]}" if keyword and keyword != "no" else ""


def _disposition_notification(mail: Evidence) -> str:
    """RFC 8098; and the feedback reports of RFC 5965."""
    told = (mail.root.parameter("report-type") or "").lower()
    if mail.root.type != "multipart/report":
        return ""
    if told == "disposition-notification" or any(part.type == "message/disposition-notification" for part in mail.root.leaves()):
        return "it is a read receipt"
    return "it is an automatic report"


def _auto_reply_header(mail: Evidence) -> str:
    found = next((name for name in _AUTO_REPLY_HEADERS if mail.header(name) not in ("", "no", "false")), "")
    return f"its {found.title()} line marks an automatic reply" if found else ""


def _precedence_auto_reply(mail: Evidence) -> str:
    return (
        "its Precedence line marks an automatic reply"
        if mail.header("precedence") in ("auto_reply", "auto-reply", "autoreply")
        else ""
    )


def _loop(mail: Evidence) -> str:
    looped = mail.header("x-loop").strip("<> ")
    return "its X-Loop line names one of our own addresses" if looped and looped in mail.own_addresses else ""


def _calendar(mail: Evidence) -> str:
    """An invitation or its answer (RFC 6047): a calendar program wrote it, and would not understand a letter."""
    method = next(
        (part.parameter("method") for part in mail.root.leaves() if part.type == "text/calendar" and part.parameter("method")),
        None,
    )
    return f"a calendar program sent it (method {method[:20]})" if method else ""


def _absence_words(mail: Evidence) -> str:
    if wording.AUTO_REPLY_SUBJECT.match(mail.subject):
        return "its subject is that of an automatic reply"
    edges = mail.text if len(mail.text) <= 2 * _EDGE else mail.text[:_EDGE] + "\n" + mail.text[-_EDGE:]
    return "its text says that it is an automatic reply" if wording.AUTO_REPLY_TEXT.search(edges) else ""


def _list_headers(mail: Evidence) -> str:
    if mail.has("list-id") and _is_our_list(mail):
        return ""
    if mail.has("list-id") or mail.has("list-post"):
        return "it came through a mailing list (List-Id)"
    return "its Precedence line says list" if mail.header("precedence") == "list" else ""


def _is_our_list(mail: Evidence) -> bool:
    """Our own address may be a group of the mail host, which marks what it passes on with *our* List-Id (RFC 2919)."""
    found = re.search(r"<([^<>\s]+)>", mail.header("list-id"))
    return found is not None and any(found.group(1) == address.replace("@", ".") for address in mail.own_addresses)


def _bulk_headers(mail: Evidence) -> str:
    if _is_our_list(mail):
        return ""
    if mail.has("list-unsubscribe"):
        return "it offers to unsubscribe (List-Unsubscribe), as newsletters do"
    precedence = mail.header("precedence")
    if precedence in ("bulk", "junk"):
        return f"its Precedence line says {precedence}"
    return ""


def _bulk_feedback(mail: Evidence) -> str:
    """Feedback-ID alone proves nothing: large mail hosts put it on every mail, also on what a person's agent sends."""
    return (
        "it carries a campaign's Feedback-ID" if mail.has("feedback-id") and mail.header("precedence") in ("bulk", "junk") else ""
    )


def _dmarc_report(mail: Evidence) -> str:
    """RFC 7489 section 7.2.1.1: what must be in the subject, and an XML file, zipped or not."""
    if not wording.DMARC_REPORT_SUBJECT.match(mail.subject):
        return ""
    files = (".xml", ".xml.gz", ".zip", ".gz")
    return "it is a DMARC report" if any(attachment.name.lower().endswith(files) for attachment in mail.attachments) else ""


_Sign = Callable[[Evidence], str]
_MACHINES: tuple[tuple[OriginKind, tuple[_Sign, ...]], ...] = (
    (OriginKind.OWN, (_own_address, _loop)),
    (OriginKind.BOUNCE, (_report, _mailer, _bounce_words)),
    (OriginKind.LIST, (_list_headers,)),
    (
        OriginKind.AUTO_REPLY,
        (_auto_submitted, _disposition_notification, _auto_reply_header, _precedence_auto_reply, _calendar, _absence_words),
    ),
    (OriginKind.BULK, (_bulk_headers, _bulk_feedback, _dmarc_report)),
)
"""In order: the first kind with any sign is the kind of the mail."""
