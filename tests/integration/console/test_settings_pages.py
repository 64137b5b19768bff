"""Controllers and mailboxes in the console: the same validation as the file, nothing lost that was typed, and no secret shown."""

from __future__ import annotations

import re

import pytest
from django.utils.html import escape

from privbot import settings_file
from privbot.config import load
from privbot.console import desk
from privbot.records.models import AuditEvent, IncomingMail
from privbot.worker.office import Office
from privbot.worker.once import poll_once

MAIL = (
    b"Return-Path: <mel@ortega.example>\r\nFrom: Mel <mel@ortega.example>\r\nTo: customer-lumen@harbour.example\r\nSubject: my data\r\n"
    b"Message-ID: <1@ortega.example>\r\n\r\nI hereby request access to my personal data under Article 15 GDPR.\r\n"
)
SECRET = "correct-horse-4711"


@pytest.fixture
def file(in_a_file):
    return in_a_file.config.file


@pytest.fixture
def admin(in_a_file, person, client_of):
    return client_of(person("admin", name="Ada"))


def form_of(answer) -> dict[str, list[str]]:
    """What a browser would send of the first form with a version, untouched."""
    page = answer.content.decode()
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.S) if 'name="version"' in one)
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") in ("checkbox", "radio") and not re.search(r"\schecked", tag):
            continue
        sent.setdefault(unescaped(attributes["name"]), []).append(unescaped(attributes.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = [unescaped(text)]
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        sent[name] = re.findall(r'value="([^"]*)" selected', options) or [""]
    return sent


def unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)


def send(client, path: str, **typed: object):
    sent = form_of(client.get(path)) | {name.replace("__", ":"): text for name, text in typed.items()}
    return client.post(path, sent)


PARTS = ("/settings/smtp", "/settings/limits", "/settings/mailbox/privacy", "/settings/controller/lumen")


@pytest.mark.parametrize("path", PARTS)
def test_a_form_that_nobody_touched_changes_nothing(path, admin, file):
    before = file.read_text()
    assert send(admin, path, do="save").status_code == 302
    assert file.read_text() == before
    assert not AuditEvent.objects.filter(action="settings changed").exists()


def test_a_change_is_written_told_by_its_name_and_taken_on(admin, file):
    answer = send(admin, "/settings/mailbox/privacy", poll_seconds="30", sent_folder="Sent")
    assert answer.status_code == 302
    assert load(file).mailbox[0].poll_seconds == 30
    event = AuditEvent.objects.get(action="settings changed")
    assert (event.actor, event.subject) == ("Ada", "mailbox:privacy")
    assert event.data == {"how": "changed", "keys": ["poll_seconds", "sent_folder"]}
    assert desk.office().config.mailbox[0].poll_seconds == 30


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        # the same sentences as for the file, and what was typed stays
        ("/settings/mailbox/privacy", {"poll_seconds": "often"}, "write a whole number"),
        ("/settings/mailbox/privacy", {"keyword": "two words"}, "match pattern"),
        ("/settings/mailbox/privacy", {"move_to": "<b>Kept</b>"}, "go together"),
        ("/settings/controller/lumen", {"addresses": "nobody"}, "match pattern"),
        ("/settings/controller/lumen", {"digest_at": "noon"}, "time"),
        ("/settings/controller/lumen", {"retention_years": "0"}, "not below 1"),
        ("/settings/limits", {"per_address": "-3"}, "not below 1"),
        ("/settings/smtp", {"port": "70000"}, "not above 65535"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(path, typed, words, admin, file):
    before = file.read_text()
    answer = send(admin, path, **typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page
    assert all(escape(text) in page for text in typed.values())
    assert file.read_text() == before


def test_somebody_elses_edit_in_between_is_told_with_who_and_what(admin, file, person, client_of):
    sent = form_of(admin.get("/settings/limits"))
    send(client_of(person("admin", name="Bo")), "/settings/limits", per_address="9")
    answer = admin.post("/settings/limits", sent | {"per_domain": "123"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Bo" in page and "per_address" in page and 'value="123"' in page
    assert load(file).limits.per_address == 9
    assert send_again(admin, "/settings/limits", answer).status_code == 302
    assert load(file).limits.per_domain == 123


def test_an_edit_in_between_is_told_also_where_a_server_was_tried_first(admin, file, person, client_of):
    sent = form_of(admin.get("/settings/smtp"))
    send(client_of(person("admin", name="Bo")), "/settings/limits", per_address="9")
    tried = admin.post("/settings/smtp", sent | {"do": "try"})
    assert tried.status_code == 200
    assert send_again(admin, "/settings/smtp", tried).status_code == 409


def send_again(client, path: str, answer):
    return client.post(path, form_of(answer))


def test_auto_is_confirmed(admin, file):
    send(admin, "/settings/controller/lumen", mode="observe")
    answer = send(admin, "/settings/controller/lumen", mode="auto")
    assert answer.status_code == 422 and "Confirm below" in answer.content.decode()
    assert load(file).controller[0].mode == "observe"
    assert send(admin, "/settings/controller/lumen", **{"mode": "auto", "confirm-auto": "yes"}).status_code == 302
    assert load(file).controller[0].mode == "auto"


def test_a_secret_is_never_shown_and_lies_in_a_file_of_its_own(admin, file):
    answer = send(admin, "/settings/mailbox/privacy", password__source="typed", password__typed=SECRET, poll_seconds="0")
    assert answer.status_code == 422 and SECRET not in answer.content.decode()
    answer = send(admin, "/settings/mailbox/privacy", password__source="typed", password__typed=SECRET)
    assert answer.status_code == 302
    assert SECRET not in file.read_text()
    assert load(file).mailbox[0].password.read() == SECRET
    for path in ("/settings", "/settings/mailbox/privacy"):
        assert SECRET not in admin.get(path).content.decode()
    assert SECRET not in str(AuditEvent.objects.get(action="settings changed").data)


def test_a_secret_is_changed_only_after_signing_in_again(person, client_of, file):
    client = client_of(person("admin"), signed_in_lately=False)
    before = file.read_text()
    answer = send(client, "/settings/mailbox/privacy", password__source="typed", password__typed=SECRET, poll_seconds="30")
    assert answer.status_code == 422 and "Sign in again" in answer.content.decode()
    assert file.read_text() == before
    assert send(client, "/settings/mailbox/privacy", poll_seconds="30").status_code == 302


def test_a_kept_secret_is_not_sent_to_another_server(admin):
    answer = send(admin, "/settings/mailbox/privacy", host="localhost", do="try")
    assert answer.status_code == 422 and "say it anew" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        # with what is typed, saved or not
        ("/settings/mailbox/privacy", {}, "It works."),
        ("/settings/mailbox/privacy", {"folders": "Nowhere"}, "Nowhere"),
        ("/settings/mailbox/privacy", {"password__source": "typed", "password__typed": SECRET}, "refused user or password"),
        ("/settings/smtp", {}, "No mail was sent."),
        ("/settings/smtp", {"port": "1"}, "does not answer"),
    ],
)
def test_servers_are_tried_before_they_are_saved(path, typed, words, admin, file, sink):
    before = file.read_text()
    answer = send(admin, path, do="try", **typed)
    assert answer.status_code == 200 and words in answer.content.decode()
    fragment = admin.post(
        path,
        form_of(answer) | {"do": "try"} | {k.replace("__", ":"): v for k, v in typed.items()},
        headers={"HX-Request": "true"},
    )
    assert words in fragment.content.decode() and "<h1>" not in fragment.content.decode()
    assert file.read_text() == before and sink.count == 0


def test_controllers_and_mailboxes_come_and_go(admin, file, imap):
    added = send(
        admin, "/settings/new/controller", id="sea", name="Sea Ltd", addresses="privacy@sea.example", regimes=["gdpr", "ccpa"]
    )
    assert added.status_code == 302, added.content.decode()
    assert load(file).controllers["sea"].regimes == ("gdpr", "ccpa")
    added = send(
        admin, "/settings/new/mailbox", id="sea", host="127.0.0.1", port=str(imap.port), security="none", controllers=["sea"],
        password__source="env", password__named="SEA_PASSWORD",
    )  # fmt: skip
    assert added.status_code == 302, added.content.decode()
    assert load(file).mailboxes["sea"].password.env == "SEA_PASSWORD"
    refused = admin.post("/settings/controller/sea/remove", form_of(admin.get("/settings/controller/sea")))
    assert refused.status_code == 409 and "names the controller" in refused.content.decode()
    for path in ("/settings/mailbox/sea", "/settings/controller/sea"):
        assert admin.post(f"{path}/remove", form_of(admin.get(path))).status_code == 302
    assert "sea" not in load(file).controllers | load(file).mailboxes


def test_a_name_that_is_taken_is_told(admin):
    answer = send(admin, "/settings/new/controller", id="lumen", name="x", addresses="a@b.example", regimes=["gdpr"])
    assert answer.status_code == 422 and "choose another" in answer.content.decode()


def test_what_is_open_keeps_its_mailbox_and_controller(admin, in_a_file, imap):
    imap.deliver(MAIL)
    poll_once(in_a_file)
    for path in ("/settings/mailbox/privacy", "/settings/controller/lumen"):
        page = admin.get(path).content.decode()
        assert "1 open request" in page and "Take out" not in page
        answer = admin.post(f"{path}/remove", form_of(admin.get(path)))
        assert answer.status_code == 409 and "1 requests" in answer.content.decode()


@pytest.mark.parametrize("state", ["kept", "quarantined"])
def test_a_mail_that_nobody_could_read_keeps_every_controller_of_its_mailbox(state, admin, in_a_file, file, imap):
    imap.deliver(MAIL)
    in_a_file.pollers["privacy"].poll()
    IncomingMail.objects.update(state=state)
    page = admin.get("/settings/controller/tidal").content.decode()
    assert "1 mail not yet handled" in page and "Take out" not in page
    answer = send(admin, "/settings/mailbox/privacy", controllers=["lumen"])
    assert answer.status_code == 422 and "tidal cannot be taken out of privacy" in answer.content.decode()
    assert load(file).mailbox[0].controllers == ("lumen", "tidal")
    IncomingMail.objects.update(state="handled", controller="lumen")
    assert send(admin, "/settings/mailbox/privacy", controllers=["lumen"]).status_code == 302
    assert load(file).mailbox[0].controllers == ("lumen",)


def test_a_lead_pauses_and_resumes_and_changes_nothing_else(person, client_of, file):
    lead = client_of(person("lead", name="Lou"))
    assert "Pause" in lead.get("/settings").content.decode()
    for path, part in (("/settings/mailbox/privacy", "mailbox"), ("/settings/controller/lumen", "controller")):
        assert lead.get(path).status_code == 403
        lead.post(f"{path}/pause", {"paused": "true"})
        assert getattr(load(file), part)[0].paused
        lead.post(f"{path}/pause", {"paused": "false"})
        assert not getattr(load(file), part)[0].paused
    assert AuditEvent.objects.filter(action="settings changed", actor="Lou").count() == 4


def test_who_works_for_one_controller_changes_that_one_only(person, client_of, file):
    client = client_of(person("admin", controllers=["tidal"]))
    page = client.get("/settings").content.decode()
    assert "Tidal Outdoor" in page and "Lumen Masks" not in page
    assert client.get("/settings/controller/tidal").status_code == 200
    for path in ("/settings/controller/lumen", "/settings/mailbox/privacy"):
        assert client.get(path).status_code == 404
        assert client.post(f"{path}/pause", {"paused": "true"}).status_code == 404
    for path in ("/settings/smtp", "/settings/limits", "/settings/new/mailbox", "/settings/new/controller"):
        assert client.get(path).status_code == 403


def test_who_works_for_one_controller_is_told_of_no_other(person, client_of, in_a_file, file):
    new = {"id": "tide", "host": "imap.tide.example", "controllers": ["tidal"]}
    settings_file.add(in_a_file.config, "mailbox", new, shown=in_a_file.config.version)
    client = client_of(person("admin", controllers=["tidal"]))
    assert "Lumen" not in client.get("/settings/mailbox/tide").content.decode()
    assert send(client, "/settings/mailbox/tide", controllers=["tidal", "lumen"]).status_code == 302
    assert load(file).mailboxes["tide"].controllers == ("tidal",)


def test_who_works_for_one_controller_leads_nothing_to_another_ones_things(person, client_of, in_a_file, file):
    new = {"id": "tide", "host": "imap.tide.example", "controllers": ["tidal"], "password": {"env": "TIDE_PASSWORD"}}
    settings_file.add(in_a_file.config, "mailbox", new, shown=in_a_file.config.version)
    client = client_of(person("admin", controllers=["tidal"]))
    before = file.read_text()
    page = client.get("/settings/controller/tidal").content.decode()
    assert "customer-tidal@harbour.example" in page and 'name="addresses"' not in page and 'name="customers.file"' not in page
    stolen = {
        "addresses": "customer-lumen@harbour.example",
        "letters": "letters/lumen",
        "customers.kind": "csv",
        "customers.file": "x.csv",
    }
    assert send(client, "/settings/controller/tidal", **stolen).status_code == 302
    assert 'value="env"' not in client.get("/settings/mailbox/tide").content.decode()
    for source, named in (("env", "B_IMAP_PASSWORD"), ("file", "/run/secrets/b")):
        for do in ("try", "save"):
            answer = send(
                client, "/settings/mailbox/tide", do=do, password__source=source, password__named=named, host="127.0.0.1"
            )
            assert answer.status_code == 422 and "type the secret" in answer.content.decode()
    assert file.read_text() == before


def test_settings_made_in_code_are_shown_and_cannot_be_changed(config, admin, clock):
    desk.sit_down(Office(config, clock))
    assert "no privbot.toml" in admin.get("/settings").content.decode()
    assert admin.get("/settings/limits").status_code == 409


def test_a_file_that_cannot_be_used_is_told(admin, file):
    file.write_text(file.read_text().replace("poll_seconds = 1", "poll_seconds = 0"))
    assert "poll_seconds" in admin.get("/settings").content.decode()
