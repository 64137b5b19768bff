"""A Mail as the line that `privbot parse --json` prints. Stable: others read it."""

from __future__ import annotations

from privbot.mail.model import Address, Mail


def as_json(mail: Mail, file: str) -> dict[str, object]:
    """The line for one mail; `file` is the name it was read from, `date` ISO 8601 in the sender's zone or None."""
    return {
        "file": file,
        "from": _address(mail.sender) if mail.sender else None,
        "to": [_address(address) for address in mail.to],
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "message_id": mail.message_id,
        "text": mail.text,
        "attachments": [
            {"name": attachment.name, "type": attachment.type, "size": attachment.size} for attachment in mail.attachments
        ],
        "origin": {"kind": mail.origin.kind.value, "answerable": mail.origin.answerable, "reasons": list(mail.origin.reasons)},
        "defects": [defect.value for defect in mail.defects],
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}
