"""Whose mail it is."""

from __future__ import annotations

import pytest
from builders import LUMEN, TIDAL, a_mail

from privbot.casework.addressing import find_controller
from privbot.mail.model import Address


def to(*addresses: str) -> tuple[Address, ...]:
    return tuple(Address("", address) for address in addresses)


@pytest.mark.parametrize(
    ("mail", "controller"),
    [
        (a_mail(to=to("customer-lumen@harbour.example")), LUMEN),
        (a_mail(to=to("customer-tidal@harbour.example")), TIDAL),
        # what the server says it delivered to wins over what the sender wrote
        (a_mail(to=to("customer-lumen@harbour.example"), delivered_to=("customer-tidal@harbour.example",)), TIDAL),
        # a plus-address is its base address (RFC 5233)
        (a_mail(to=to("customer-tidal+news@harbour.example")), TIDAL),
        # and may name the controller
        (a_mail(to=to("privacy@harbour.example"), delivered_to=("privacy+tidal@harbour.example",)), TIDAL),
        (a_mail(to=to("someone@else.example"), cc=to("customer-lumen@harbour.example")), LUMEN),
        # Bcc, a list, a typo: a person finds out
        (a_mail(to=to("privacy@harbour.example")), None),
    ],
)
def test_the_controller_is_found_by_the_address_written_to(mail, controller):
    assert find_controller(mail, [LUMEN, TIDAL]) is controller


def test_a_mailbox_of_one_controller_needs_no_address():
    assert find_controller(a_mail(to=()), [TIDAL]) is TIDAL
