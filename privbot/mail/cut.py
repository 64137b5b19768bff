"""A mail without some of its attachments: all else stays byte for byte as it came."""

from __future__ import annotations

from collections.abc import Collection

from privbot.mail.attachments import MAX_DEPTH, MAX_PARTS
from privbot.mail.structure import take_apart


def without(raw: bytes, parts: Collection[int]) -> bytes:
    """The mail with the bodies of these parts (`Attachment.part`) emptied; their headers stay, so that one sees that something was there.

    A file that was packed into another part takes that part with it. Where a part cannot be found again in the bytes, because the mail is
    broken, only the mail's own headers are left: better too little than what was to go.
    """
    leaves = list(take_apart(raw, max_parts=MAX_PARTS, max_depth=MAX_DEPTH).root.leaves())
    packed = any(part >= len(leaves) for part in parts)
    doomed = [leaf for leaf in leaves if leaf.index in parts or (packed and "tnef" in leaf.type)]
    for leaf in doomed:
        if not leaf.body.strip():
            continue
        if leaf.body not in raw:
            return _headers(raw)
        raw = raw.replace(leaf.body, b"")
    return raw if doomed else _headers(raw)


def _headers(raw: bytes) -> bytes:
    for blank in (b"\r\n\r\n", b"\n\n"):
        head, found, _ = raw.partition(blank)
        if found:
            return head + blank
    return b""
