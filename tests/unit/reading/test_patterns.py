"""What the patterns find in a sentence, language by language."""

import pytest

from privbot.reading import patterns
from privbot.reading.fold import fold
from privbot.reading.model import LANGUAGES
from privbot.reading.sentences import split


def acts(text: str, language: str) -> dict[str, str]:
    folded = fold(text)
    found = patterns.find(folded.text, split(folded), language)
    best: dict[str, patterns.Finding] = {}
    for finding in found:
        if finding.right not in best or finding.strength > best[finding.right].strength:
            best[finding.right] = finding
    return {right: finding.act for right, finding in best.items()}


@pytest.mark.parametrize("language", [*LANGUAGES, patterns.FOREIGN])
def test_every_pattern_file_compiles(language: str) -> None:
    assert patterns.load(language).rights


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("en", "Could you send me a copy of the data you hold about me?", "access"),
        ("en", "where did you get my phone number", "access"),
        ("en", "Erase every record of me, please.", "erasure"),
        ("en", "My surname is misspelt in your files, please correct it.", "rectification"),
        ("en", "take me off your mailing list", "direct-marketing"),
        ("en", "Do not sell my personal information.", "opt-out-of-sale"),
        ("en", "I withdraw my consent.", "consent-withdrawal"),
        ("en", "I wish to make a complaint about how you handled my data.", "complaint"),
        ("en", "This is a Shine the Light request.", "shine-the-light"),
        ("de", "Welche Daten haben Sie über mich gespeichert?", "access"),
        ("de", "Bitte löscht mein Konto.", "erasure"),
        ("de", "Meine Adresse ist falsch, bitte korrigieren.", "rectification"),
        ("de", "Ich will keine Werbung mehr bekommen.", "direct-marketing"),
        ("de", "Ich wär froh, wenn ich mein Dossier mal anschauen dürfte.", "access"),
        ("de", "Hiermit stelle ich ein Auskunftsgesuch nach Art. 25 DSG.", "access"),
        ("de", "Bitte folgen Sie mir meinen gesamten Akt aus.", "access"),
        ("de", "Bevor ich austrete, möchte ich noch wissen, was ihr von mir habt.", "access"),
        ("de", "Löschts mi bitte aus eurer Kartei.", "erasure"),
        ("de", "Schmeissen Sie mich bitte aus Ihrer Datenbank.", "erasure"),
        ("de", "Alles, was ihr von mir habt, gehört gelöscht.", "erasure"),
        ("de", "Zweitens sind meine alten Bewerbungsunterlagen zu vernichten.", "erasure"),
        ("de", "Ich habe geheiratet und heisse jetzt Bieri, bitte überall anpassen.", "rectification"),
        ("de", "Schreiben Sie meinen Namen künftig bitte mit ck.", "rectification"),
        ("de", "Die Hausnummer gehört auf 17 geändert.", "rectification"),
        ("de", "Ich möchte weder Anrufe noch Kataloge mehr bekommen.", "direct-marketing"),
        ("de", "Hörts bitte auf, mir jede Woche zu schreiben.", "direct-marketing"),
        ("de", "Bitte legen Sie über mich kein Profil an.", "objection"),
        ("de", "Meine Angaben dürfen weder verkauft noch vermietet werden.", "opt-out-of-sale"),
        ("de", "Im Stiegenhaus hängt seit gestern ein Zettel mit meinem Namen und meinen Schulden.", "complaint"),
        ("de", "Das ganze Dorf weiss jetzt Bescheid über meine Scheidung.", "complaint"),
        ("de", "Ihre Angestellte hat meiner Schwiegermutter von meiner Therapie erzählt.", "complaint"),
        ("de", "Ihr Mitarbeiter hat in meinen Befunden geschnüffelt.", "complaint"),
        ("ja", "私の個人情報を開示してください。", "access"),
        ("ja", "アカウントを削除してください。", "erasure"),
        ("ja", "住所が間違っているので訂正をお願いします。", "rectification"),
        ("ja", "個人情報の利用停止を請求します。", "stop-use"),
        ("fr", "Merci de supprimer toutes mes données.", "erasure"),
        ("es", "Solicito acceso a mis datos personales.", "access"),
        ("it", "Chiedo la cancellazione dei miei dati.", "erasure"),
        ("nl", "Graag ontvang ik inzage in mijn gegevens.", "access"),
        ("pt", "Peço que apaguem os meus dados.", "erasure"),
        ("pl", "Proszę o usunięcie moich danych.", "erasure"),
        ("sv", "Jag vill att ni raderar mina uppgifter.", "erasure"),
        ("da", "Jeg anmoder om indsigt i mine oplysninger.", "access"),
        ("fi", "Pyydän poistamaan tietoni.", "erasure"),
        ("cs", "Žádám o výmaz svých osobních údajů.", "erasure"),
    ],
)
def test_an_ask_is_an_ask(language: str, text: str, right: str) -> None:
    assert acts(text, language).get(right) == "asks"


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("en", "You have the right to have your data deleted.", "erasure"),  # a right one has
        ("en", "I asked you to delete my data on 3 May.", "erasure"),  # an earlier mail
        ("en", "Please do not delete my account.", "erasure"),  # the opposite
        ("en", "Otherwise I will file a complaint about your use of my data.", "complaint"),  # a threat
        ("en", "Please delete the second item from my order.", "erasure"),  # ordinary business
        ("en", "Can I have access to my account again?", "access"),
        ("en", "You have to confirm the erasure of my data to me.", "erasure"),  # owed beside the request, not asked
        ("de", "Sie haben das Recht auf Löschung Ihrer Daten.", "erasure"),
        ("de", "Andernfalls werde ich Beschwerde einlegen.", "complaint"),
        ("de", "Nein, Sie müssen mir keine Kopie meiner Daten schicken.", "access"),
        ("de", "Am 3. Mai hab ich um die Löschung meiner Daten gebeten.", "erasure"),
        ("de", "Ihr Konto wird gelöscht, wenn Sie nicht bestätigen.", "erasure"),
        ("de", "An Ihren Rechten auf Auskunft und Löschung ändert sich nichts.", "erasure"),
        ("de", "Ich möchte meine Unterlagen für die Prüfung bekommen.", "access"),
        ("de", "Können Sie den Namen auf dem Namensschild korrigieren?", "rectification"),
        ("de", "Der Zählerstand ist falsch, bitte korrigieren Sie die Abrechnung.", "rectification"),
        ("de", "Im Treppenhaus hängt noch unser Weihnachtsbaum.", "complaint"),
        ("ja", "パスワードを忘れてしまいました。", "erasure"),
    ],
)
def test_a_mention_is_no_ask(language: str, text: str, right: str) -> None:
    assert acts(text, language).get(right) != "asks"


def test_german_wissen_is_not_dutch_wissen() -> None:
    assert "erasure" not in acts("Ich möchte wissen, ob Sie geöffnet haben.", "de")
    assert acts("Ik wil dat u mijn gegevens wist, graag alles wissen.", "nl")["erasure"] == "asks"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("I request this under Art. 17 GDPR.", "erasure"),
        ("Hiermit beantrage ich dies nach Artikel 15 Abs. 1 DSGVO.", "access"),
        ("I make this request under Cal. Civ. Code § 1798.120.", "opt-out-of-sale"),
        ("Please answer under California Civil Code section 1798.83.", "shine-the-light"),
        ("個人情報保護法第35条に基づき請求いたします。", "stop-use"),
        ("I object under Article 21(2) GDPR.", "direct-marketing"),
    ],
)
def test_a_cited_article_names_its_right(text: str, right: str) -> None:
    assert right in acts(text, "ja" if "個" in text else "en")


def test_of_many_words_the_longest_is_found() -> None:
    words = patterns.any_word(["opt", "opt out", "option", "out", "c++"])
    assert [found[0] for found in words.finditer("opt out of c++ options, optically about outer things")] == [
        "opt out", "c++", "option", "opt", "out"
    ]  # fmt: skip
