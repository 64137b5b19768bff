"""The mails that the year's people, machines and strangers write, as bytes."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

TRUSTED_HOST = "mx.harbour.example"


def mail(
    sender: str, name: str, to: str, subject: str, text: str, *, at: datetime, identifier: str, result: str = "none", answers: str = "",
    files: tuple[str, ...] = (), headers: dict[str, str] | None = None,
) -> bytes:  # fmt: skip
    """A mail as our own server received it; `result` is what it found out about the sender, `files` the names of attached letters."""
    message = EmailMessage(policy=policy.SMTP.clone(cte_type="8bit"))
    message["From"] = formataddr((name, sender))
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{identifier}@{sender.rpartition('@')[2]}>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    for header, value in (headers or {}).items():
        message[header] = value
    message.set_content(text)
    for file in files:
        message.add_attachment(f"Signed: {name}\n", filename=file)
    return _stamp(sender, result, at) + message.as_bytes()


def bounce(recipient: str, to: str, answers: str, *, at: datetime, identifier: str) -> bytes:
    """A delivery status notification (RFC 3464) about one of our letters."""
    domain = recipient.rpartition("@")[2]
    lines = (
        f"From: MAILER-DAEMON@{domain}", f"To: {to}", "Subject: Undelivered Mail Returned to Sender", f"Date: {format_datetime(at)}",
        f"Message-ID: <{identifier}@{domain}>", f"In-Reply-To: {answers}", f"References: {answers}", "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "",
        "--b", "Content-Type: text/plain", "", "The mailbox does not exist any more.", "",
        "--b", "Content-Type: message/delivery-status", "", f"Reporting-MTA: dns; mx.{domain}", "",
        f"Final-Recipient: rfc822; {recipient}", "Action: failed", "Status: 5.1.1", "",
        "--b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {answers}", "", "--b--", "",
    )  # fmt: skip
    return _stamp("", "none", at) + "\r\n".join(lines).encode()


def _stamp(sender: str, result: str, at: datetime) -> bytes:
    domain = sender.rpartition("@")[2] or "postmaster.example"
    lines = (
        f"Return-Path: <{sender}>", f"Received: from mail.{domain} by {TRUSTED_HOST}; {format_datetime(at)}",
        f"Authentication-Results: {TRUSTED_HOST}; dmarc={result} header.from={domain}", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()
