"""Human or machine, answerable or not, and who says that the sender is true."""

import pytest

from privbot.mail.model import Authentication, Mail, OriginKind
from privbot.mail.parse import ParseSettings, parse

SETTINGS = ParseSettings(
    trusted_hosts=("mx.harbour.example",), own_addresses=frozenset({"privacy@harbour.example", "customer-lumen@harbour.example"})
)
SENDER = "From: Mel <mel@ortega.example>"


def mail(*lines: str, text: str = "Please delete my data.") -> Mail:
    lines = lines if any(line.startswith("From:") for line in lines) else (SENDER, *lines)
    return parse("\n".join([*lines, "", text]).encode(), settings=SETTINGS)


def report(kind: str, part: str) -> tuple[tuple[str, ...], str]:
    lines = ("Return-Path: <>", f"Content-Type: multipart/report; report-type={kind}; boundary=b")
    return lines, f"--b\n\nYour mail\n--b\nContent-Type: {part}\n\nReporting-MTA: dns; x.example\n--b--\n"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        # RFC 3834, with comment and parameters
        (("Auto-Submitted: auto-replied",), OriginKind.AUTO_REPLY),
        (("Auto-Submitted: Auto-Generated; owner-email=x",), OriginKind.AUTO_REPLY),
        (("Auto-Submitted: auto-replied (vacation)",), OriginKind.AUTO_REPLY),
        (("X-Autoreply: yes",), OriginKind.AUTO_REPLY),
        (("X-Autorespond: x",), OriginKind.AUTO_REPLY),
        (("Precedence: auto_reply",), OriginKind.AUTO_REPLY),
        (("Precedence: bulk",), OriginKind.BULK),
        (("Precedence: junk", "X-Autorespond: x"), OriginKind.AUTO_REPLY),
        (("Precedence: list",), OriginKind.LIST),
        (("List-Id: Gear <gear.lists.example>",), OriginKind.LIST),
        (("List-Unsubscribe: <https://x.example>",), OriginKind.BULK),
        (("From: privacy@harbour.example",), OriginKind.OWN),
        (("X-Loop: privacy@harbour.example",), OriginKind.OWN),
        (("From: MAILER-DAEMON@x.example",), OriginKind.BOUNCE),
        (("From: postmaster@x.example", "Return-Path: <>"), OriginKind.BOUNCE),
        (("Return-Path: <>", "Subject: Undeliverable: your request"), OriginKind.BOUNCE),
        (("X-Failed-Recipients: a@b.example",), OriginKind.BOUNCE),
    ],
)
def test_machines_are_never_answered(lines: tuple[str, ...], kind: OriginKind) -> None:
    origin = mail(*lines).origin
    assert (origin.kind, origin.answerable) == (kind, False)
    assert origin.reasons


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("Auto-Submitted: no",),
        # Outlook puts this on people's mail
        ("X-Auto-Response-Suppress: All",),
        ("X-Autoreply: no",),
        ("Precedence: normal",),
        # large hosts put it on every mail
        ("Feedback-ID: 1.eu:host",),
        # our own address may be a group of the mail host
        ("List-Id: <customer-lumen.harbour.example>", "Precedence: list", "List-Unsubscribe: <mailto:x@harbour.example>"),
        ("From: postmaster@small.example", "Subject: my data"),
        # a person who answers a machine, and one who writes about machines
        ("Subject: Re: Automatic reply: your request",),
        ("Subject: Automatic reply mails: please stop them",),
        ("Subject: 自動送信メールの停止希望",),
        ("Subject: Undeliverable promises",),
    ],
)
def test_people_are_answered(lines: tuple[str, ...]) -> None:
    origin = mail(*lines).origin
    assert (origin.kind, origin.answerable, origin.reasons) == (OriginKind.HUMAN, True, ())


@pytest.mark.parametrize(
    "lines",
    [
        ("From: no-reply@shop.example",),
        ("From: noreply@shop.example",),
        ("From: orders-do-not-reply@shop.example",),
        ("From: nicht-antworten@shop.example",),
        ("From: ne-pas-repondre@shop.example",),
        ("Return-Path: <>",),
        ("From: nobody",),
        ("From: a@b.example, c@d.example",),
    ],
)
def test_people_who_cannot_be_answered(lines: tuple[str, ...]) -> None:
    origin = mail(*lines).origin
    assert (origin.kind, origin.answerable) == (OriginKind.HUMAN, False)
    assert origin.reasons


@pytest.mark.parametrize(
    ("kind", "part", "expected"),
    [
        ("delivery-status", "message/delivery-status", OriginKind.BOUNCE),
        ("disposition-notification", "message/disposition-notification", OriginKind.AUTO_REPLY),
        ("feedback-report", "message/feedback-report", OriginKind.AUTO_REPLY),
    ],
)
def test_reports(kind: str, part: str, expected: OriginKind) -> None:
    lines, text = report(kind, part)
    assert mail(*lines, text=text).origin.kind is expected


def test_qmail_bounces_have_no_report_part() -> None:
    found = mail("Return-Path: <>", text="Hi. This is the qmail-send program at x.example.\n\n<a@b.example>:\nno such user")
    assert found.origin.kind is OriginKind.BOUNCE


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Hello", "Out of office until Monday", "Abwesenheitsnotiz: Hallo", "Automatische Antwort: x", "Réponse automatique : x",
        "Absence du bureau", "Respuesta automática: x", "Fuera de la oficina", "Risposta automatica: x", "Automatisch antwoord: x", "Afwezig: x",
        "Resposta automática: x", "Odpowiedź automatyczna: x", "Autosvar: x", "Automatiskt svar: x", "Automaattinen vastaus: x",
        "Automatická odpověď: x", "自動返信: x", "【自動応答】x", "不在のお知らせ",
    ],
)  # fmt: skip
def test_absence_notices_are_known_by_their_subject(subject: str) -> None:
    assert mail(f"Subject: {subject}").origin.kind is OriginKind.AUTO_REPLY


@pytest.mark.parametrize(
    "text",
    [
        "This is an automatic reply.", "This is an automated response to your mail.", "Dies ist eine automatische Antwort.",
        "Ceci est une réponse automatique.", "Esta es una respuesta automática.", "Questa è una risposta automatica.",
        "Dit is een automatisch antwoord.", "Esta é uma resposta automática.", "To jest automatyczna odpowiedź.",
        "Detta är ett automatiskt svar.", "Tämä on automaattinen vastaus.", "Toto je automatická odpověď.", "このメールは自動返信です。",
    ],
)  # fmt: skip
def test_automatic_replies_are_known_by_their_own_words(text: str) -> None:
    assert mail(text=f"Hello,\n\n{text}\n\nRegards").origin.kind is OriginKind.AUTO_REPLY
    # quoted, they are somebody else's
    assert mail(text=f"Please delete me\n\n> {text}").origin.kind is OriginKind.HUMAN


def test_a_form_that_calls_itself_automatic_is_no_automatic_reply() -> None:
    assert (
        mail(text="This message was generated automatically by our web form.\nI want my data deleted.").origin.kind
        is OriginKind.HUMAN
    )


def test_calendar_programs_and_dmarc_reports_are_machines() -> None:
    assert mail("Content-Type: text/calendar; method=REPLY").origin.kind is OriginKind.AUTO_REPLY
    dmarc = mail(
        "Subject: Report Domain: harbour.example Submitter: x.example Report-ID: 1",
        "Content-Type: application/zip; name=a.xml.zip",
        "Content-Disposition: attachment; filename=x.example!harbour.example!1!2.zip",
    )
    assert dmarc.origin.kind is OriginKind.BULK


RECEIVED = "Received: from a.example by mx.harbour.example; Fri, 20 Nov 2026 10:00:00 +0000"
STRANGER = "Received: from x by relay.example; Fri, 20 Nov 2026 10:00:00 +0000"
RESULTS = "Authentication-Results: mx.harbour.example"


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ((f"{RESULTS}; dmarc=pass (p=none) header.from=ortega.example",), Authentication.PASS),
        ((f"{RESULTS} 1; dmarc=pass",), Authentication.PASS),
        ((f"{RESULTS}; spf=pass smtp.mailfrom=bounce@ortega.example",), Authentication.PASS),
        ((f"{RESULTS}; dkim=pass header.i=@ortega.example",), Authentication.PASS),
        ((f"{RESULTS}; dkim=pass header.d=evil.example; dkim=pass header.d=ortega.example",), Authentication.PASS),
        ((f"{RESULTS}; dmarc=fail (p=none); spf=pass smtp.mailfrom=ortega.example",), Authentication.FAIL),
        # not aligned with the From domain
        ((f"{RESULTS}; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example",), Authentication.NONE),
        ((f"{RESULTS}; dkim=pass header.d=notortega.example",), Authentication.NONE),
        ((f"{RESULTS}; dkim=pass header.d=example",), Authentication.NONE),
        ((f"{RESULTS}; dmarc=pass header.from=evil.example",), Authentication.NONE),
        ((f"{RESULTS}; none",), Authentication.NONE),
        ((f"{RESULTS}; dkim=none (dmarc=pass; dkim=pass header.d=ortega.example)",), Authentication.NONE),
        # another host's word
        (("Authentication-Results: mx.evil.example; dmarc=pass",), Authentication.NONE),
        # ours says nothing good; what stands below came with the mail
        ((f"{RESULTS}; dmarc=none", RECEIVED, f"{RESULTS}; dmarc=pass"), Authentication.NONE),
        ((RECEIVED, f"{RESULTS}; dmarc=pass", STRANGER), Authentication.PASS),
        ((RECEIVED, STRANGER, f"{RESULTS}; dmarc=pass"), Authentication.NONE),
        ((STRANGER, RECEIVED, f"{RESULTS}; dmarc=pass"), Authentication.PASS),  # a store of ours behind the trusted host
        ((STRANGER, f"{RESULTS}; dmarc=pass"), Authentication.NONE),
        (("From: a@ortega.example, b@ortega.example", f"{RESULTS}; dmarc=pass"), Authentication.NONE),
        ((), Authentication.NONE),
    ],
)
def test_authentication(lines: tuple[str, ...], verdict: Authentication) -> None:
    assert mail(*lines).origin.authentication is verdict


def test_without_trusted_hosts_nobody_is_believed() -> None:
    raw = f"{SENDER}\n{RESULTS}; dmarc=pass\n\nx".encode()
    assert parse(raw, settings=ParseSettings()).origin.authentication is Authentication.NONE
