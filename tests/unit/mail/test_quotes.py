"""What the writer wrote here, and what only stands below."""

import pytest

from privbot.mail.model import Address
from privbot.mail.quotes import separate

OWN = "Please delete my data."
MEL = "Mel Ortega <mel@ortega.example>"


@pytest.mark.parametrize(
    "attribution",
    [
        f"On Fri, 20 Nov 2026 at 10:41, {MEL} wrote:",
        f"On Fri, 20 Nov 2026 at 10:41,\n{MEL}\nwrote:",
        f"2026年11月20日(金) 10:41 {MEL}:",
        "2026年11月20日 10:41、Mel Ortega <mel@ortega.example> のメール:",
        "Am 20.11.2026 um 10:41 schrieb Mel Ortega:",
        f"Am Fr., 20. Nov. 2026 um 10:41 Uhr schrieb {MEL}:",
        f"Le ven. 20 nov. 2026 à 10:41, {MEL} a écrit :",
        f"El vie, 20 nov 2026 a las 10:41, {MEL} escribió:",
        f"Il giorno ven 20 nov 2026 alle ore 10:41 {MEL} ha scritto:",
        f"Op vr 20 nov 2026 om 10:41 schreef {MEL}:",
        f"Em sex., 20 de nov. de 2026 às 10:41, {MEL} escreveu:",
        f"pt., 20 lis 2026 o 10:41 {MEL} napisał(a):",
        f"Den fre 20 nov. 2026 kl 10:41 skrev {MEL}:",
        f"Den fre. 20. nov. 2026 kl. 10.41 skrev {MEL}:",
        f"pe 20. marrask. 2026 klo 10.41 {MEL} kirjoitti:",
        f"pá 20. 11. 2026 v 10:41 odesílatel {MEL} napsal:",
    ],
)
@pytest.mark.parametrize(
    "quote", ["> You may ask for access.\n> Yours", "You may ask for access.\nYours"], ids=["marked", "unmarked"]
)
def test_attribution_and_quote_are_set_apart(attribution: str, quote: str) -> None:
    found = separate(f"{OWN}\n\n{attribution}\n\n{quote}", subject="Re: x")
    assert found.text == OWN
    assert found.quoted.startswith(attribution)
    assert found.quoted.endswith("Yours")


@pytest.mark.parametrize(
    "labels",
    [
        "From: {0}\nSent: Friday, 20 November 2026 10:41\nTo: a@b.example\nSubject: Hello",
        "Von: {0}\nGesendet: Freitag, 20. November 2026 10:41\nAn: a@b.example\nBetreff: Hello",
        "De : {0}\nEnvoyé : vendredi 20 novembre 2026 10:41\nÀ : a@b.example\nObjet : Hello",
        "De: {0}\nEnviado el: viernes, 20 de noviembre de 2026 10:41\nPara: a@b.example\nAsunto: Hello",
        "Da: {0}\nInviato: venerdì 20 novembre 2026 10:41\nA: a@b.example\nOggetto: Hello",
        "Van: {0}\nVerzonden: vrijdag 20 november 2026 10:41\nAan: a@b.example\nOnderwerp: Hello",
        "De: {0}\nEnviada em: sexta-feira, 20 de novembro de 2026 10:41\nPara: a@b.example\nAssunto: Hello",
        "Od: {0}\nWysłano: piątek, 20 listopada 2026 10:41\nDo: a@b.example\nTemat: Hello",
        "Från: {0}\nSkickat: den 20 november 2026 10:41\nTill: a@b.example\nÄmne: Hello",
        "Fra: {0}\nSendt: 20. november 2026 10:41\nTil: a@b.example\nEmne: Hello",
        "Lähettäjä: {0}\nLähetetty: perjantai 20. marraskuuta 2026 10.41\nVastaanottaja: a@b.example\nAihe: Hello",
        "Od: {0}\nOdesláno: pátek 20. listopadu 2026 10:41\nKomu: a@b.example\nPředmět: Hello",
        "差出人: {0}\n送信日時: 2026年11月20日 10:41\n宛先: a@b.example\n件名: Hello",
    ],
)
def test_outlook_blocks_are_quotes_below_a_reply_and_forwards_below_a_forward(labels: str) -> None:
    below = labels.format(MEL) + "\n\nI want my data."
    reply = separate(f"{OWN}\n\n________________________________\n{below}", subject="AW: Hello")
    assert (reply.text, reply.forwarded) == (OWN, [])
    assert reply.quoted.endswith("I want my data.")

    passed_on = separate(f"{OWN}\n\n{below}", subject="FW: Hello")
    assert passed_on.text == OWN
    [forward] = passed_on.forwarded
    assert (forward.sender, forward.subject, forward.text) == (
        Address("Mel Ortega", "mel@ortega.example"),
        "Hello",
        "I want my data.",
    )


@pytest.mark.parametrize(
    "marker",
    [
        "---------- Forwarded message ---------", "-------- Weitergeleitete Nachricht --------", "---------- Message transféré ---------",
        "Begin forwarded message:", "Anfang der weitergeleiteten Nachricht:", "---------- Messaggio inoltrato ----------",
        "-------- Doorgestuurd bericht --------", "---------- Mensaje reenviado ----------", "---------- 転送メッセージ ----------",
        "-------- Přeposlaná zpráva --------", "-------- Välitetty viesti --------", "-------- Vidarebefordrat meddelande --------",
    ],
)  # fmt: skip
def test_inline_forwards_are_mails_of_their_own(marker: str) -> None:
    found = separate(
        f"one for you?\n\n{marker}\nFrom: {MEL}\nDate: Fri, 20 Nov 2026 at 10:41\nSubject: my info\nTo: <a@b.example>\n\nI want\nmy data.\n"
    )
    assert (found.text, found.quoted) == ("one for you?", "")
    [forward] = found.forwarded
    assert (forward.sender, forward.subject, forward.text) == (
        Address("Mel Ortega", "mel@ortega.example"),
        "my info",
        "I want\nmy data.",
    )


@pytest.mark.parametrize(
    "marker",
    [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "-----元のメッセージ-----",
    ],
)
def test_original_message_is_a_quote(marker: str) -> None:
    found = separate(f"{OWN}\n{marker}\nolder words", subject="Re: x")
    assert (found.text, found.quoted) == (OWN, f"{marker}\nolder words")


def test_a_forward_marked_line_by_line_is_read_without_its_marks() -> None:
    [forward] = separate(
        f"look\n\nBegin forwarded message:\n\n> From: {MEL}\n> Subject: my info\n> \n> I want\n> my data\n"
    ).forwarded
    assert (forward.sender, forward.subject, forward.text) == (
        Address("Mel Ortega", "mel@ortega.example"),
        "my info",
        "I want\nmy data",
    )


def test_the_head_of_a_paper_letter_below_a_greeting_is_no_quote() -> None:
    text = "Hello,\n\nFrom: Mel Ortega\nDate: 20 November\nSubject: my data\n\nPlease delete it."
    assert separate(text, subject="Re: my data").text == text


def test_answers_between_the_quotes_are_the_writers() -> None:
    found = separate("> May we keep it?\nNo.\n> And the photos?\nNeither.\n")
    assert found.text == "No.\nNeither."
    assert found.quoted == "> May we keep it?\n> And the photos?"


def test_nothing_but_a_quote_leaves_no_text() -> None:
    found = separate(f"On Fri, 20 Nov 2026 at 10:41, {MEL} wrote:\n> delete me")
    assert found.text == ""
    assert found.quoted.endswith("> delete me")


@pytest.mark.parametrize(
    "text",
    [
        "Last May your support wrote:\nwe keep nothing. But you do.",
        "I ask for three things:\n1. my data\n2. its source",
        "From: Mel Ortega, Mill Yard 3\nTo: Lumen\nDate: 20 November\nSubject: my data\n\nPlease delete it.",
        "Name: Mel\nE-mail: mel@ortega.example\nDate of birth: 1990-01-02",
        "What is stored - and why -- I do not know.\n\n-- no --\n\nMel",
    ],
)
def test_the_writers_own_words_are_not_taken_for_quotes(text: str) -> None:
    found = separate(text, subject="my data")
    assert (found.text, found.quoted, found.signature) == (text, "", "")


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nMel Ortega\nMill Yard 3",
        "--\nMel Ortega",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "iPhoneから送信",
        "━━━━━━━━━━━━━━\n佐伯 直子\n東京都\n━━━━━━━━━━━━━━",
        "-- \nMel Ortega\n-- \nChecked by a relay",
    ],
)
def test_signature(signature: str) -> None:
    found = separate(f"{OWN}\n\n{signature}\n")
    assert found.text == OWN
    assert found.signature.splitlines()[-1] == signature.splitlines()[-1]


def test_a_mail_that_is_all_signature_keeps_it_as_text() -> None:
    assert separate("-- \nMel Ortega").text == "--\nMel Ortega"


def test_no_line_is_lost() -> None:
    text = f"one\n> two\nthree\n-- \nfour\nOn Fri, 20 Nov 2026 at 10:41, {MEL} wrote:\nfive"
    found = separate(text)
    together = "\n".join((found.text, found.quoted, found.signature))
    assert all(word in together for word in ("one", "two", "three", "four", "five"))
