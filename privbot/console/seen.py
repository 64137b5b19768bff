"""What somebody had before them when they sent a form: nobody overwrites what they have not seen (`records.versions`).

A page reads the version before anything that it shows. The other way round, what a colleague does between the two would count as seen.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest

from privbot.console.numbers import number_in
from privbot.records import cases
from privbot.records.models import Letter, Ticket
from privbot.records.versions import version_of


def seen_version(request: HttpRequest) -> int | None:
    """The version that the form carries, in the field `seen`."""
    return number_in(request.POST.get("seen", ""))


def shown_ticket(reference: str) -> tuple[int, Ticket]:
    """The version of a ticket, and then the ticket, for a page with a form. Raises UnknownReference, Http404 once it is erased."""
    version = version_of(cases.by_reference(reference))
    ticket = cases.by_reference(reference)
    if ticket.erased_at:
        raise Http404
    return version, ticket


def shown_letter(number: int) -> tuple[int, Letter]:
    """The version of a letter's ticket, and then the letter with its ticket, for a page with a form. Raises Http404 where there is none, or once
    it is erased."""
    ticket = Ticket.objects.filter(letters=number).first()
    if ticket is None:
        raise Http404
    version = version_of(ticket)
    letter = Letter.objects.select_related("ticket").get(id=number)
    if letter.ticket.erased_at:
        raise Http404
    return version, letter
