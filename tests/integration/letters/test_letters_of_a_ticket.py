"""Every letter, written about a real ticket under every law: what the law's files say stands in it."""

from __future__ import annotations

import pytest

from privbot.casework.model import AddRequest
from privbot.law.clocks import due
from privbot.law.refusals import remedies
from privbot.law.regimes import regime, regimes
from privbot.law.verification import verification
from privbot.letters.compose import letters
from privbot.letters.errors import UnknownLetter
from privbot.letters.sample import invented_values
from privbot.worker.controllers import for_casework
from privbot.worker.office import Office
from privbot.worker.once import poll_once
from privbot.worker.preview import letter_for_ticket
from privbot.worker.writing import write_letter

ACCESS = b"""Return-Path: <mel@ortega.example>\r
From: Mel Ortega <mel@ortega.example>\r
To: customer-lumen@harbour.example\r
Subject: my data\r
Message-ID: <1@ortega.example>\r
Content-Type: text/plain; charset=utf-8\r
\r
I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.\r
\r
Mel Ortega\r
"""


@pytest.fixture
def office(config, clock):
    made = Office(config, clock)
    yield made
    made.close()


def test_every_letter_can_be_shown_as_a_ticket_would_get_it(imap, office):
    imap.deliver(ACCESS)
    poll_once(office)
    from privbot.records.models import Ticket

    reference = Ticket.objects.get().reference
    for name in letters():
        made = letter_for_ticket(office, reference, name, "de")
        assert reference in made.subject
        assert "Rechtsgrundlage: Datenschutz-Grundverordnung (DSGVO) – Art 15\n" in made.text, name
    with pytest.raises(UnknownLetter):
        letter_for_ticket(office, reference, "nonsense", "de")


@pytest.mark.parametrize("name", regimes())
def test_a_refusal_names_the_authority_that_the_law_names(config, clock, name):
    law = regime(name)
    right = next(iter(law.rights))
    asked = AddRequest(name, right, "other", due(name, right, clock()), verification(name, right))
    controller = for_casework(next(iter(config.controllers.values())))
    made = write_letter(
        config, controller, "refusal", "en", reference="LUM-AAAA-0001", requester_name="Mel Ortega", requests=[asked],
        received=clock(), now=clock(), more=invented_values("refusal"),
    )  # fmt: skip
    text = made.text.replace("\n", " ")
    for told in (remedies(name).authority, remedies(name).address, remedies(name).url):
        assert told in text


@pytest.mark.parametrize("name", regimes())
def test_every_refusal_of_the_law_has_its_words(name):
    from privbot.letters.words import languages, words

    for language in languages():
        assert [code for code in regime(name).refusals if f"refusals.{code}" not in words(language).fragments] == []
