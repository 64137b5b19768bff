"""Mail to the team leaves through privbot's own SMTP server."""

from __future__ import annotations

import pytest
from django.core.mail import BadHeaderError, EmailMessage

from privbot.errors import PrivbotError


@pytest.fixture
def message(console_office) -> EmailMessage:
    return EmailMessage("Grüße", "Open this link:\nhttps://privacy.example/x", to=["robin@harbour.example"])


def test_it_arrives_as_it_is_and_no_machine_answers(message, sink):
    assert message.send() == 1
    [letter] = sink.received
    assert letter.recipients == ["robin@harbour.example"]
    assert letter.sender == "customer-lumen@harbour.example"
    assert letter.message["Subject"] == "Grüße"
    assert letter.message["Auto-Submitted"] == "auto-generated"
    assert letter.message.get_content().splitlines() == ["Open this link:", "https://privacy.example/x"]


def test_a_server_that_refuses_is_said_and_the_address_is_not(message, sink):
    sink.answers["robin@harbour.example"] = "550 no such user"
    with pytest.raises(PrivbotError) as fault:
        message.send()
    assert "robin" not in str(fault.value)


def test_a_line_end_in_a_header_is_refused(message):
    message.subject = "Hello\nBcc: everybody@harbour.example"
    with pytest.raises(BadHeaderError):
        message.send()
