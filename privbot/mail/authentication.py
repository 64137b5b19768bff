"""Who the sender really is, as far as our own mail server found out (RFC 8601, RFC 7489)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from privbot.mail.headers import RawHeaders, clean
from privbot.mail.model import Address, Authentication

_COMMENT = re.compile(r"\([^()]{0,2000}\)")
_RESULT = re.compile(r"^\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.I)
_PROPERTY = re.compile(r"\b(header|smtp|policy)\s*\.\s*([a-z0-9-]+)\s*=\s*\"?([^\s;\"]+)", re.I)


def authenticate(headers: RawHeaders, senders: Sequence[Address], trusted_hosts: Sequence[str]) -> Authentication:
    """The verdict of the topmost Authentication-Results line of a trusted host.

    Only lines above the first Received line of a stranger count: what stands below it came with the mail, and anybody can write
    it (RFC 8601 section 5 asks servers to remove such lines; not all do).
    """
    trusted = {host.lower().rstrip(".") for host in trusted_hosts}
    if not trusted or len(senders) != 1:
        return Authentication.NONE
    sender_domain = senders[0].address.rpartition("@")[2].rstrip(".")
    for value in _lines_of_our_own(headers, trusted):
        results = _results(value)
        if results is not None and results[0] in trusted:
            return _verdict(results[1], sender_domain)
    return Authentication.NONE


def _lines_of_our_own(headers: RawHeaders, trusted: set[str]) -> list[str]:
    """The Authentication-Results lines above the first Received line of a stranger that stands below one of ours (or of any,
    without ours)."""
    found: list[str] = []
    ours_below = any(_by(value) in trusted for name, value in headers if name == "received")
    for name, value in headers:
        if name == "received":
            if _by(value) in trusted:
                ours_below = False
            elif not ours_below:
                break
        elif name == "authentication-results":
            found.append(clean(value.decode("utf-8", "replace")))
    return found


def _by(received: bytes) -> str:
    found = re.search(rb"(?:^|\s)by\s+([^\s;()]+)", received)
    return found.group(1).decode("ascii", "replace").lower().rstrip(".") if found else ""


def _results(value: str) -> tuple[str, list[tuple[str, str, dict[str, str]]]] | None:
    """authserv-id, and (method, result, properties) for each statement."""
    for _ in range(5):  # comments nest
        value, removed = _COMMENT.subn(" ", value)
        if not removed:
            break
    identity, *statements = value.split(";")
    if not identity.strip():
        return None
    found = []
    for statement in statements[:100]:
        result = _RESULT.match(statement)
        if result:
            properties = {f"{kind}.{name}".lower(): text.lower() for kind, name, text in _PROPERTY.findall(statement)}
            found.append((result.group(1).lower(), result.group(2).lower(), properties))
    return identity.split()[0].lower().rstrip("."), found


def _verdict(results: list[tuple[str, str, dict[str, str]]], sender_domain: str) -> Authentication:
    passed = False
    for method, result, properties in results:
        if method == "dmarc":
            about = properties.get("header.from", sender_domain).rpartition("@")[2].rstrip(".")
            if result == "fail":
                return Authentication.FAIL
            passed = passed or (result == "pass" and about == sender_domain)
        elif result == "pass" and method in ("dkim", "spf"):
            names = ("header.d", "header.i") if method == "dkim" else ("smtp.mailfrom",)
            named = next((properties[name] for name in names if name in properties), "")
            passed = passed or _aligned(named.rpartition("@")[2].rstrip("."), sender_domain)
    return Authentication.PASS if passed else Authentication.NONE


def _aligned(domain: str, sender_domain: str) -> bool:
    """The same domain, or one above it. Stricter than RFC 7489 section 3.1: without the public suffix list a subdomain proves
    nothing."""
    return bool(domain) and (domain == sender_domain or ("." in domain and sender_domain.endswith("." + domain)))
