"""The page of one mail: who may do what there, and how what strangers wrote is kept in its box."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privbot.records.models import AuditEvent, IncomingMail
from privbot.worker import mail_view
from privbot.worker.once import poll_once

MAIL = """From: "service@bank.example" <mel@ortega.example>
Reply-To: <eve@elsewhere.example>
To: customer-{controller}@harbour.example
Subject: <script>my data</script>
Message-ID: <{controller}@ortega.example>
Received: from mail.ortega.example by mx.harbour.example; Fri, 20 Nov 2026 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-8

<p onclick=alert(1)>Please <b>erase</b> my data under Article 17 GDPR. <a href="https://evil.example/">www.bank.example</a></p>
--b
Content-Type: application/pdf; name="scan.pdf"
Content-Disposition: attachment; filename*=utf-8''M%C3%BCller%22%0D%0AX-Evil%3A%201%E2%80%AEfdp.exe

MZprogram
--b--
"""


@pytest.fixture
def mails(imap, console_office) -> dict[str, IncomingMail]:
    """One for each controller of the demo world."""
    for controller in ("lumen", "tidal"):
        imap.deliver(MAIL.format(controller=controller).replace("\n", "\r\n").encode())
    poll_once(console_office)
    return {one.controller: one for one in IncomingMail.objects.all()}


def attachment_of(number: int) -> str:
    return f"/mail/{number}/attachment/1"


def test_the_page_tells_who_wrote_what_and_what_is_odd(mails, person, client_of):
    html = client_of(person("viewer")).get(f"/mail/{mails['lumen'].id}").content.decode()
    for words in (
        "&lt;script&gt;my data&lt;/script&gt;",
        "Please erase my data under Article 17 GDPR.",
        "Nobody vouches for the address; it may be forged.",
        "The name beside the address looks like another address.",
        "Replies would go to another domain than the sender&#39;s.",
        "mail.ortega.example",
        "A program, or an archive with one: do not open it.",
        "Its name is written so that it seems to be another kind of file.",
    ):
        assert words in html, words
    assert "<script>my data" not in html and "\u202e" not in html


def test_text_comes_first_and_the_formatted_form_in_a_sandbox(mails, person, client_of):
    client, number = client_of(person("viewer")), mails["lumen"].id
    text = client.get(f"/mail/{number}").content.decode()
    assert "<iframe" not in text and "1 link leads elsewhere than its text says." in text
    html = client.get(f"/mail/{number}?show=formatted").content.decode()
    assert 'sandbox=""' in html and f'src="/mail/{number}/formatted"' in html
    assert "1 link leads elsewhere than its text says." in html


def test_the_document_in_the_frame_may_do_nothing(mails, person, client_of):
    answer = client_of(person("viewer")).get(f"/mail/{mails['lumen'].id}/formatted")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "; sandbox;" in policy
    assert (answer.headers["X-Frame-Options"], answer.headers["X-Content-Type-Options"]) == ("SAMEORIGIN", "nosniff")
    assert answer.headers["Cache-Control"] == "no-store"
    html = answer.content.decode()
    assert "<b>erase</b>" in html and "onclick" not in html and "<a " not in html
    assert "Careful, the link leads elsewhere than its text says: https://evil.example/" in html


def test_an_attachment_is_saved_and_never_opened(mails, person, client_of):
    operator, number = person("operator"), mails["lumen"].id
    answer = client_of(operator).get(attachment_of(number))
    assert answer.content == b"MZprogram"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "X-Evil" not in answer.headers
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    event = AuditEvent.objects.get(action="attachment downloaded")
    assert (event.actor, event.subject, event.data) == (operator.name, f"mail:{number}", {"part": 1})


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("viewer", "/mail/{}", 200),
        ("viewer", "/mail/{}/formatted", 200),
        ("viewer", "/mail/{}/attachment/1", 403),  # files leave the console
        ("operator", "/mail/{}/attachment/1", 200),
        ("operator", "/mail/{}/attachment/0", 404),  # the text is no attachment
        ("operator", "/mail/{}/attachment/9", 404),
        ("operator", "/mail/{}/raw", 403),
        ("lead", "/mail/{}/raw", 200),
    ],
)
def test_who_may_do_what(mails, person, client_of, role, path, status):
    assert client_of(person(role)).get(path.format(mails["lumen"].id)).status_code == status


@pytest.mark.parametrize("path", ["/mail/{}", "/mail/{}/formatted", "/mail/{}/attachment/1", "/mail/{}/raw"])
def test_a_foreign_controllers_mail_is_not_there(mails, person, client_of, path):
    client = client_of(person("lead", controllers=["tidal"]))
    assert client.get(path.format(mails["lumen"].id)).status_code == 404
    assert client.get(path.format(mails["tidal"].id)).status_code == 200


def test_the_mail_as_it_came_asks_to_sign_in_again(mails, person, client_of):
    path = f"/mail/{mails['lumen'].id}/raw"
    assert client_of(person("lead"), signed_in_lately=False).get(path).status_code == 302
    answer = client_of(person("lead")).get(path)
    assert b"Subject: <script>my data</script>" in answer.content
    assert answer.headers["Content-Disposition"] == f'attachment; filename="mail-{mails["lumen"].id}.eml"'
    assert AuditEvent.objects.filter(action="mail exported").count() == 1


def test_a_mail_that_cannot_be_opened_says_so_and_offers_its_raw_form(mails, person, client_of, monkeypatch):
    def stuck(*_: object) -> None:
        raise mail_view.CannotBeOpened

    monkeypatch.setattr(mail_view, "open_mail", stuck)
    answer = client_of(person("lead")).get(f"/mail/{mails['lumen'].id}")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "cannot be opened here" in html and f"/mail/{mails['lumen'].id}/raw" in html
    assert client_of(person("lead")).get(f"/mail/{mails['lumen'].id}/formatted").status_code == 404


def test_an_erased_mail_is_told_as_such(mails, console_office, person, client_of):
    kept = mails["lumen"]
    console_office.seals.destroy([kept.key], console_office.clock())
    client = client_of(person("lead"))
    assert "This mail was erased" in client.get(f"/mail/{kept.id}").content.decode()
    for path in ("formatted", "attachment/1", "raw"):
        assert client.get(f"/mail/{kept.id}/{path}").status_code == 404


def test_a_page_takes_few_questions(mails, person, client_of):
    client = client_of(person("lead"))
    client.get("/queue")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/mail/{mails['lumen'].id}").status_code == 200
    assert len(asked) <= 12


@pytest.mark.parametrize("show", ["", "?show=formatted"])
def test_everybody_can_use_the_page(mails, person, page, sign_in, show):
    """axe-core finds nothing against WCAG 2.2 AA, light and dark, wide and narrow."""
    from axe_playwright_python.sync_playwright import Axe

    sign_in(person("lead"))
    page.set_default_navigation_timeout(60_000)
    for scheme in ("light", "dark"):
        for width in (1440, 390):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"/mail/{mails['lumen'].id}{show}")
            found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
