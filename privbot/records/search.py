"""Words by which mails and tickets are found while everything stays sealed: a keyed hash for each, over controller and word.

Words are folded as the reading folds them (lower case, without accents and tricks). Scripts that are written without spaces – Chinese, Japanese,
Thai, Lao, Khmer, Burmese – are cut into pairs of neighbouring characters. Of a mail its sender, subject and own text are indexed, up to
TERMS_OF_A_MAIL different words; what stands in attachments is not. Whoever holds the database but not the master key learns how many words a mail
has, and which mails of one controller share words – not which words.

A search takes bounded work, however many mails there are: it goes through the mails and the tickets that hold the rarest word, the newest NEWEST
of each.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection
from django.db.models import Q

from privbot.errors import WrongUse
from privbot.reading.fold import fold
from privbot.records.cases import Requester, UnknownReference, by_reference
from privbot.records.models import IncomingMail, SearchTerm, Ticket
from privbot.records.sealing import Seals

TERMS_OF_A_MAIL = 200
"""Different words of one mail that can be found: sender and subject first, then the text from its beginning."""
WORDS_OF_A_SEARCH = 12
NEWEST = 500
LONGEST_WORD = 40

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Within the lengths of RFC 5321 §4.5.3.1: without a limit, 60,000 letters in a row without an @ took half a minute.
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[\w.-]{0,254}\w")
_RUN = re.compile(rf"([{_UNSPACED}]+)|(?:(?![{_UNSPACED}])[^\W_])+")
_REFERENCE = re.compile(r"[A-Z0-9]{1,3}-[A-Z0-9-]*")
_LAST_CHARACTER = "Z"
"""Of the alphabet of references."""


class TooLittleToFind(WrongUse):
    """Write at least one word of two characters, an address, or the beginning of a reference such as LUM-7K."""

    code = "too-little-to-find"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, by id. The tickets are those of the mails, too."""

    mails: frozenset[int] = frozenset()
    tickets: frozenset[int] = frozenset()
    more: bool = False
    """Only the newest mails or tickets with these words were looked through: another word narrows the search."""


# -- words ---------------------------------------------------------------------------------------------------------------


def words_of(text: str) -> Iterator[str]:
    """The words of a text as they are indexed, in their order, with repetitions."""
    folded = fold(unicodedata.normalize("NFKC", text)).text
    yield from (found[0] for found in _ADDRESS.finditer(folded))
    for run in _RUN.finditer(folded):
        word = run[0]
        if run[1]:
            yield from (word[start : start + 2] for start in range(max(1, len(word) - 1)))
        elif len(word) > 1:
            yield word[:LONGEST_WORD]


def _different(texts: Iterable[str], most: int) -> list[str]:
    return list(islice(dict.fromkeys(word for text in texts for word in words_of(text)), most))


# -- writing -------------------------------------------------------------------------------------------------------------


def index_mail(mail: IncomingMail, texts: Iterable[str], seals: Seals) -> None:
    """Make a mail findable, inside the transaction that handles it. `texts`: the sender's name and address, the subject, the text."""
    _insert("mail_id", mail.id, seals.terms(mail.controller, _different(texts, TERMS_OF_A_MAIL)))


def index_ticket(ticket: Ticket, requester: Requester, seals: Seals) -> None:
    """Make a ticket findable by its requester's name and address; called again when they change, it forgets the old ones."""
    SearchTerm.objects.filter(ticket=ticket).delete()
    _insert(
        "ticket_id", ticket.id, seals.terms(ticket.controller, _different((requester.name, requester.address), TERMS_OF_A_MAIL))
    )


def forget(tickets: Iterable[Ticket], mails: Iterable[IncomingMail]) -> None:
    """What is erased is no longer found."""
    SearchTerm.objects.filter(Q(ticket__in=list(tickets)) | Q(mail__in=list(mails))).delete()


def _insert(column: str, owner: int, terms: Sequence[int]) -> None:
    # Without model objects: two hundred of them would cost as much as all other records of a mail.
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO records_searchterm (term, {column}) VALUES (%s, %s)",  # noqa: S608 – one of two names
            [(term, owner) for term in terms],
        )


# -- finding -------------------------------------------------------------------------------------------------------------


def find(text: str, controllers: Sequence[str], seals: Seals) -> Found:
    """The mails and tickets of these controllers that `text` tells of: the beginning of a reference, an address, or words that must all occur.

    Raises TooLittleToFind.
    """
    text = text.strip()
    by_reference = _by_reference(text, controllers)
    if by_reference:
        return Found(tickets=by_reference)
    words = _different([text], WORDS_OF_A_SEARCH)
    if not words:
        raise TooLittleToFind
    found = _by_words(words, controllers, seals)
    if "@" in text and found == Found():
        # A ticket of an older release, whose words are not indexed yet.
        index = seals.index("address", text.lower())
        of_sender = Ticket.objects.filter(controller__in=controllers, sender_index=index).order_by("-id")
        return Found(tickets=frozenset(of_sender.values_list("id", flat=True)[:NEWEST]))
    return found


def named(text: str) -> Ticket | None:
    """The ticket whose whole reference this is, open or closed, or the one that it was merged into; None where there is none, or it is erased."""
    reference = text.strip().upper()
    if not _REFERENCE.fullmatch(reference):
        return None
    try:
        ticket = by_reference(reference)
    except UnknownReference:
        return None
    return None if ticket.erased_at else ticket


def _by_reference(text: str, controllers: Sequence[str]) -> frozenset[int]:
    beginning = text.upper()
    if not _REFERENCE.fullmatch(beginning):
        return frozenset()
    # As a range, because only that is answered by the index in every database.
    last = beginning.ljust(24, _LAST_CHARACTER)
    tickets = Ticket.objects.filter(
        reference__range=(beginning, last), reference__startswith=beginning, controller__in=controllers, erased_at=None
    )
    # A ticket that was merged into another one is found as that one.
    found = tickets.order_by("-reference").values_list("id", "merged_into")[:NEWEST]
    return frozenset(into or number for number, into in found)


Owner = tuple[str, int]
"""`mail` or `ticket`, and its id."""


def _by_words(words: Sequence[str], controllers: Sequence[str], seals: Seals) -> Found:
    """What holds all these words: the holders of each controller's rarest one that hold the others as well."""
    word_of = {term: word for controller in controllers for term, word in zip(seals.terms(controller, words), words, strict=True)}
    counts = _counts(word_of)
    rarest, others = [], []
    for controller in controllers:
        terms = sorted(seals.terms(controller, words), key=lambda term: counts[term])
        if counts[terms[0]]:
            rarest.append(terms[0])
            others += terms[1:]
    holders: dict[Owner, set[str]] = defaultdict(set)
    ticket_of: dict[Owner, int | None] = {}
    looked_through: Counter[int] = Counter()
    for term, owner, ticket in _newest(rarest):
        looked_through[term] += 1
        holders[owner].add(word_of[term])
        ticket_of[owner] = ticket
    more = any(counts[term] > looked_through[term] for term in rarest)
    if others:
        for term, owner in _holding(others, list(holders)):
            holders[owner].add(word_of[term])
    complete = [owner for owner, held in holders.items() if len(held) == len(words)]
    mails = frozenset(number for kind, number in complete if kind == "mail")
    return Found(mails, frozenset(ticket for owner in complete if (ticket := ticket_of[owner])), more)


def _counts(terms: Iterable[int]) -> dict[int, int]:
    """How many mails and tickets hold each term; counted up to one more than `_newest` gives."""
    counts: dict[int, int] = {}
    for some in _some(list(terms)):
        wanted = ", ".join(["(%s)"] * len(some))
        question = (
            f"WITH wanted(term) AS (VALUES {wanted}) SELECT term, (SELECT count(*) FROM"  # noqa: S608 – placeholders only
            " (SELECT 1 FROM records_searchterm AS held WHERE held.term = wanted.term LIMIT %s) AS few) FROM wanted"
        )
        with connection.cursor() as cursor:
            cursor.execute(question, [*some, 2 * NEWEST + 1])
            counts |= dict(cursor.fetchall())
    return counts


def _newest(terms: Sequence[int]) -> Iterator[tuple[int, Owner, int | None]]:
    """The newest mails that hold each of these terms and the newest tickets, with the ticket that each belongs to."""
    # Apart: a ticket's row has no mail, and databases disagree on whether what is missing comes first or last.
    mails = (
        "SELECT newest.term, newest.mail_id, mail.ticket_id FROM (SELECT term, mail_id FROM records_searchterm"
        " WHERE term = %s AND mail_id IS NOT NULL ORDER BY mail_id DESC LIMIT %s) AS newest"
        " JOIN records_incomingmail AS mail ON mail.id = newest.mail_id"
    )
    tickets = (
        "SELECT * FROM (SELECT term, mail_id, ticket_id FROM records_searchterm"
        " WHERE term = %s AND mail_id IS NULL ORDER BY ticket_id DESC LIMIT %s) AS newest"
    )
    for some in _some(terms):
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join([mails, tickets] * len(some)), [part for term in some for part in (term, NEWEST) * 2]
            )
            yield from ((term, _owner(mail, ticket), ticket) for term, mail, ticket in cursor.fetchall())


def _some(terms: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many at a time as SQLite puts into one question (500), each asked for twice."""
    yield from (terms[start : start + 200] for start in range(0, len(terms), 200))


def _holding(terms: Sequence[int], owners: Sequence[Owner]) -> Iterator[tuple[int, Owner]]:
    """Which of these owners hold which of these terms."""
    held = SearchTerm.objects.filter(term__in=terms)
    mails, tickets = ([number for kind, number in owners if kind == wanted] for wanted in ("mail", "ticket"))
    columns = ("term", "mail_id", "ticket_id")
    rows = (
        held.filter(mail__in=mails).values_list(*columns).union(held.filter(ticket__in=tickets).values_list(*columns), all=True)
    )
    yield from ((term, _owner(mail, ticket)) for term, mail, ticket in rows)


def _owner(mail: int | None, ticket: int | None) -> Owner:
    return ("mail", mail) if mail is not None else ("ticket", ticket or 0)
