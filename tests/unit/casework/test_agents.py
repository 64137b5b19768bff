"""Who writes for whom, and on what ground."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import a_mail, a_reading

from privbot.casework.agents import agent_of, split
from privbot.casework.verification import Authority
from privbot.mail.model import Attachment
from privbot.reading.model import Detail, Requester

BULK = """We are the authorized agent of the following California consumers.

ref      name                 e-mail                          ZIP
118-01   Abel Castronovo      abel.c@webpost.example          95814
118-02   Winifred Oduya       w.oduya@inbox.test              92103
118-03   Teodor Halloran      teo@halloran.example            90012
"""


def attached(name: str, text: str = "") -> Attachment:
    return Attachment(name, "application/pdf", "application/pdf", 1000, 1, text)


def test_somebody_who_writes_for_themselves_is_no_agent():
    assert agent_of(a_mail(text="I hereby request access to my data."), a_reading("access")) is None


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("We act as the authorised agent of the consumer named below.", True),
        ("Our client Hanne Falk requests the deletion of her data.", True),
        ("Ich bin bevollmächtigt, für Frau Falk Auskunft zu verlangen.", True),
        ("代理人として開示を請求します。", True),
        ("On her behalf we request deletion.", True),
        ("I have an agent who sells houses.", False),
    ],
)
def test_an_agent_is_known_by_the_wording(text, agent):
    assert (agent_of(a_mail(text=text), a_reading("erasure")) is not None) is agent


def test_an_agent_is_known_by_the_headers_of_its_machines():
    mail = a_mail(headers={"x-agent-request-id": ("77",)})
    assert agent_of(mail, a_reading("erasure"))


def test_consumers_in_a_list_are_each_one_request():
    agent = agent_of(a_mail(text=BULK), a_reading("erasure", "opt-out-of-sale", agent="Forget Me Wholesale"))
    readings = split(a_reading("erasure", "opt-out-of-sale"), agent.consumers)
    assert [one.principals for one in readings] == [("Abel Castronovo",), ("Winifred Oduya",), ("Teodor Halloran",)]
    assert readings[1].requester.emails[0].value == "w.oduya@inbox.test"
    assert all(one.decided_rights == ("erasure", "opt-out-of-sale") for one in readings)


def test_a_list_in_a_table_of_commas_is_a_list_too():
    rows = "name,email\nAbel Castronovo,abel.c@webpost.example\nWinifred Oduya,w.oduya@inbox.test\n"
    mail = a_mail(text="See the list.", attachments=(attached("batch.csv", rows),))
    assert len(agent_of(mail, a_reading("erasure")).consumers) == 2


def test_one_consumer_keeps_what_was_read_of_them_without_the_agents_own_address():
    requester = Requester(emails=(Detail("mel@ortega.example", "header", 1.0), Detail("hlm@rosehill.example", "body", 0.9)))
    reading = replace(a_reading("erasure", agent="Clearhedge"), principals=("Harriet Moss",), requester=requester)
    [consumer] = agent_of(a_mail(), reading).consumers
    assert consumer.name.value == "Harriet Moss"
    assert [email.value for email in consumer.emails] == ["hlm@rosehill.example"]


@pytest.mark.parametrize(
    ("attachment", "permission", "authority"),
    [
        (attached("permission_Moss.pdf"), True, Authority.PERMISSION),
        (attached("scan.pdf", "AUTHORIZATION OF AN AGENT\nI, Harriet Moss, authorize"), True, Authority.PERMISSION),
        (attached("Vollmacht.pdf"), True, Authority.PERMISSION),
        (attached("power of attorney.pdf"), False, Authority.POWER_OF_ATTORNEY),
        (attached("photo.jpg"), False, Authority.PERMISSION),
    ],
)
def test_the_ground_on_which_an_agent_acts_is_read_from_what_they_attach(attachment, permission, authority):
    agent = agent_of(a_mail(attachments=(attachment,)), a_reading("erasure", agent="Clearhedge"))
    assert (agent.permission_attached, agent.authority) == (permission, authority)


def test_a_power_of_attorney_that_is_only_spoken_of_is_none():
    mail = a_mail(text="I hold a power of attorney under the Probate Code.")
    assert agent_of(mail, a_reading("erasure", agent="Clearhedge")).authority is Authority.PERMISSION


def test_an_agent_that_says_it_is_registered_is_shown_as_saying_so():
    text = "We are registered with the California Secretary of State, and act on behalf of our client."
    assert agent_of(a_mail(text=text), a_reading("erasure")).says_registered


def test_without_consumers_the_reading_stays_one():
    assert split(a_reading("erasure"), ()) == [a_reading("erasure")]
