"""Who is asking: name, addresses, phones, date of birth, numbers and wallets that the writer states about themselves.

Each detail has a module of its own (names, phones, addresses, numbers, wallets, dates); here they are put together, so that no piece of
text is taken for two of them. Each says where it stood and how sure the bot is. What is quoted is never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from privbot.reading import addresses, dates, details, layout, names, numbers, phones, wallets
from privbot.reading.fold import Folded, fold
from privbot.reading.model import Detail, Requester

_NAMED = re.compile(
    r"[\"“„«「『](?P<quoted>[^\"“”„«»「」『』\n]{2,40})[\"”“»」』]|(?P<plain>[A-ZÀ-Þ][\w&'’+-]*[\w+](?: [A-ZÀ-Þ0-9][\w&'’+-]*){0,3})"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")


def requester(
    body: str,
    language: str,
    *,
    sender_name: str = "",
    sender_address: str = "",
    principal: Detail | None = None,
    signature: str = "",
) -> Requester:
    """Everything the writer says about who they are. Spans count characters of `body`."""
    body = layout.without_quotes(body)
    folded = fold(body)
    laid_out = layout.of(body, folded)
    name = principal or names.find(body, folded, laid_out, sender_name, sender_address, signature)
    found_wallets = tuple(wallets.find(body))
    found_addresses = tuple(addresses.find(body, folded, laid_out, name))
    found_phones = tuple(phones.find(body, folded, language))
    born = _date_of_birth(folded)
    others = (*found_wallets, *found_addresses, *found_phones, *((born,) if born else ()))
    return Requester(
        name=name,
        emails=tuple(_emails(body, sender_address)),
        phones=found_phones or tuple(_without_span(phones.find(signature, fold(signature), language))),
        addresses=found_addresses,
        date_of_birth=born,
        ids=tuple(_own_numbers(numbers.find(body, folded, others), sender_name)),
        wallets=found_wallets,
        services=tuple(_services(body, folded)),
    )


def _own_numbers(found: Iterable[Detail], sender_name: str) -> Iterator[Detail]:
    """Without the numbers that a help desk gives to its own tickets."""
    from_helpdesk = details.helpdesk().search(fold(sender_name).text) is not None
    return (number for number in found if not (from_helpdesk and number.kind in ("ticket", "")))


def identifiers(text: str) -> tuple[Detail, ...]:
    """The labelled numbers of a text by itself: a subject line."""
    return tuple(numbers.find(text, fold(text)))


def _services(body: str, folded: Folded) -> Iterator[Detail]:
    """ "your app Mossgarden", "the Otley Post newsletter": what stands behind the word, or in quotation marks."""
    for match in details.services().finditer(folded.text):
        _, end = folded.original(match.end() - 1, match.end())
        if named := _NAMED.match(body, end):
            value = named["quoted"] or named["plain"]
            start = named.start("quoted" if named["quoted"] else "plain")
            yield Detail(value, "body", 0.6, start, start + len(value))


def _emails(body: str, sender_address: str) -> Iterator[Detail]:
    seen = set()
    if sender_address:
        seen.add(sender_address.lower())
        yield Detail(sender_address.lower(), "header", 0.9)
    for match in _EMAIL.finditer(body) if "@" in body else ():
        address = match[0].rstrip(".").lower()
        if address not in seen:
            seen.add(address)
            yield Detail(address, "body", 0.8, match.start(), match.start() + len(address))


def _without_span(found: Iterable[Detail]) -> Iterator[Detail]:
    """Details of the signature, which is no part of the text that spans count in."""
    for detail in found:
        yield replace(detail, source="signature", start=-1, end=-1)


def _date_of_birth(folded: Folded) -> Detail | None:
    for pattern, confidence in ((details.label("date_of_birth"), 0.95), (details.inline_label("date_of_birth"), 0.8)):
        for match in pattern.finditer(folded.text):
            if found := dates.parse_date(match[1]):
                start, end = folded.original(*match.span(1))
                return Detail(found.isoformat(), "label", confidence, start, end)
    return None
