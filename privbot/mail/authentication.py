"""Who the sender really is, as far as our own mail server found out (RFC 8601, RFC 7489)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from privbot.mail.headers import RawHeaders, clean
from privbot.mail.model import Address, Authentication

_COMMENT = re.compile(r"\([^()]{0,2000}\)")
_RESULT = re.compile(r"^\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.I)
_PROPERTY = re.compile(r"\b(header|smtp|policy)\s*\.\s*([a-z0-9-]+)\s*=\s*\"?([^\s;\"]+)", re.I)


@dataclass(frozen=True, slots=True)
class Proof:
    """What our own server found out by one method: dkim, spf, dmarc, …"""

    method: str
    result: str
    """pass, fail, softfail, none, …"""
    domain: str
    """Whose word it is; empty if the line does not say."""


def authenticate(headers: RawHeaders, senders: Sequence[Address], trusted_hosts: Sequence[str]) -> Authentication:
    """The verdict of the topmost Authentication-Results line of a trusted host.

    Only lines above the first Received line of a stranger count: what stands below it came with the mail, and anybody can write
    it (RFC 8601 section 5 asks servers to remove such lines; not all do).
    """
    results = _trusted_results(headers, trusted_hosts)
    if results is None or len(senders) != 1:
        return Authentication.NONE
    return _verdict(results, senders[0].address.rpartition("@")[2].rstrip("."))


def proofs(headers: RawHeaders, trusted_hosts: Sequence[str]) -> tuple[Proof, ...]:
    """What the verdict rests on, for a person to judge; empty if no trusted host said anything."""
    return tuple(
        Proof(method, result, _named(method, properties))
        for method, result, properties in _trusted_results(headers, trusted_hosts) or ()
    )


def _trusted_results(headers: RawHeaders, trusted_hosts: Sequence[str]) -> list[tuple[str, str, dict[str, str]]] | None:
    trusted = {host.lower().rstrip(".") for host in trusted_hosts}
    if not trusted:
        return None
    for value in _lines_of_our_own(headers, trusted):
        results = _results(value)
        if results is not None and results[0] in trusted:
            return results[1]
    return None


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
            passed = passed or _aligned(_named(method, properties), sender_domain)
    return Authentication.PASS if passed else Authentication.NONE


def _named(method: str, properties: dict[str, str]) -> str:
    """The domain that a result is about."""
    names = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",), "dmarc": ("header.from",)}.get(method, ())
    return next((properties[name] for name in names if name in properties), "").rpartition("@")[2].rstrip(".")


def _aligned(domain: str, sender_domain: str) -> bool:
    """The same domain, or one above it. Stricter than RFC 7489 section 3.1: without the public suffix list a subdomain proves
    nothing."""
    return bool(domain) and (domain == sender_domain or ("." in domain and sender_domain.endswith("." + domain)))
