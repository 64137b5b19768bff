"""The words by which machines give themselves away when no header does: absence notices, bounces, reports.

Matched against subjects and first lines only, and narrow on purpose: a person's mail taken for a machine's is never answered.
"""

from __future__ import annotations

import re

AUTO_REPLY_SUBJECT = re.compile(
    r"^\s*\W{0,3}(?:"
    r"(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder)|autoreply|automatische antwort|réponse automatique|"
    r"respuesta automática|"
    r"risposta automatica|automatisch(?:e)? antwoord|resposta automática|odpowiedź automatyczna|automatyczna odpowiedź|"
    r"automatiskt svar|autosvar|"
    r"automatisk svar|automaattinen vastaus|automatická odpověď|自動(?:返信|応答))\s*(?:[:：;\-–—()\[\]【】]|$)|"
    r"(?:out of (?:the )?office|ooo|away from (?:the )?office|abwesenheits(?:notiz|meldung|nachricht|benachrichtigung)|"
    r"absence du bureau|"
    r"message d['’]absence|notification d['’]absence|fuera de (?:la )?oficina|ausente de la oficina|fuori (?:sede|ufficio)|"
    r"assenza dall['’]ufficio|"
    r"afwezigheids(?:bericht|melding)|afwezig|fora do escritório|ausência do escritório|poza biurem|nieobecność w (?:pracy|"
    r"biurze)|"
    r"frånvaromeddelande|frånvaro|fraværsmeddelelse|ikke på kontoret|poissaoloviesti|poissa toimistolta|mimo kancelář|"
    r"nepřítomnost v (?:práci|kanceláři)|"
    r"不在(?:通知|のお知らせ))(?![\w-])"
    r")",
    re.I,
)
"""Out-of-office subjects of Outlook, Gmail, Domino and their like. Not behind "Re:": that is a person who answers a machine."""

AUTO_REPLY_TEXT = re.compile(
    r"this is an? (?:automatic|automated|auto-generated)(?: e-?mail)? (?:reply|response|answer)\b|"
    r"dies ist eine automatische (?:antwort|abwesenheit)|diese antwort wurde automatisch|automatisch (?:erstellte|"
    r"generierte|erzeugte) antwort|"
    r"ceci est une réponse automatique|réponse (?:envoyée|générée) automatiquement|"
    r"(?:esta|esto) es una respuesta automática|questa è una risposta automatica|"
    r"dit is een automati(?:sch|sche|sch gegenereerd) antwoord|(?:dit|"
    r"deze) .{0,40}\bautomatisch(?: gegenereerd)? antwoord\b|^\W{0,5}automatisch antwoord\b|"
    r"esta é uma resposta automática|to jest (?:automatyczna odpowiedź|odpowiedź automatyczna)|"
    r"(?:detta är ett automatiskt|det här är ett automatiskt|dette er et automatisk) svar|tämä on automaattinen vastaus|"
    r"toto je automatická odpověď|(?:この|本)(?:メール|メッセージ)は(?:、)?自動(?:的に)?(?:返信|応答)",
    re.I | re.M,
)
"""Sentences that call the mail itself an automatic *reply*. "Automatic message" is not enough: web forms and agents' systems
say so above
true requests."""

BOUNCE_SUBJECT = re.compile(
    r"^\s*(?:failure notice|undeliver(?:able|ed)\b|mail delivery (?:failed|failure|system)|delivery status notification|"
    r"delivery (?:failure|delayed)|"
    r"returned mail|mail not delivered|unzustellbar|nicht zustellbar|non remis|no se puede entregar|impossibile recapitare|"
    r"onbestelbaar|"
    r"não entregue|niedostarczon|配信不能|配信エラー)",
    re.I,
)
QMAIL_BOUNCE = re.compile(
    r"\A\s*hi\. this is the qmail-send program|\A\s*<[^<>\s]+@[^<>\s]+>:\s*\n.*(?:does not|no such|not accept|rejected|55\d)",
    re.I | re.S,
)
"""The first line of a QSBMF message (qmail-send bounce message format), and its commonest first paragraph."""

DMARC_REPORT_SUBJECT = re.compile(r"^\s*(?:\[[^\]]{1,40}\]\s*)?report domain\s*:\s*\S+.{0,200}(?:submitter|report-id)\s*:", re.I)
"""RFC 7489 section 7.2.1.1."""

NO_REPLY_LOCAL_PART = re.compile(
    r"^(?:.*[._-])?(?:no[._-]?reply|do[._-]?not[._-]?reply|donotreply|dont[._-]?reply|nicht[._-]?antworten|"
    r"ne[._-]?pas[._-]?repondre|no[._-]?responder|noreply\d+|"
    r"non[._-]?rispondere|noreply[._-].{1,40})(?:\+.*)?$",
    re.I,
)
MAILER_LOCAL_PART = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|bounce|bounces)(?:[+=].*)?$", re.I)
