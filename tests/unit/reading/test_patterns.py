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
        ("ja", "生徒台帳にある、うちの子の所見を読ませていただけますか。", "access"),
        ("ja", "倉庫の日誌に書いてあるわしのこと、全部見せてつかあさい。", "access"),
        ("ja", "うちの電話番号、名簿からすっかり無くしてもらえますか。", "erasure"),
        ("ja", "もうええから全部ほかしといて。", "erasure"),
        ("ja", "なまえと じゅうしょと しゃしんを けして ください。", "erasure"),
        ("ja", "左か未回答に変えて 自分の画面では無理だった", "rectification"),
        ("ja", "独身になってますが結婚しています、直しといてください。", "rectification"),
        ("ja", "来月の展示会の案内は、今回でおしまいにしてください。", "direct-marketing"),
        ("ja", "動画を公開していいと言った件、撤回でお願いします。", "consent-withdrawal"),
        ("ja", "うちの検診の判定はAIじゃなくて、職員の方がもう一度見直してください。", "automated-decision"),
        ("ja", "受付で私の病名を大声で読み上げられました。", "complaint"),
        ("ja", "担任が息子の成績を飲み会で話したそうです。", "complaint"),
        ("fr", "Merci de supprimer toutes mes données.", "erasure"),
        ("fr", "Vous pouvez me sortir tout ce que vous gardez sur moi ?", "access"),
        ("fr", "Plus rien à mon nom chez vous, merci.", "erasure"),
        ("es", "Solicito acceso a mis datos personales.", "access"),
        ("es", "Limpien mis datos de su sistema.", "erasure"),
        ("pt", "Deitem fora a minha ficha.", "erasure"),
        ("it", "Chiedo la cancellazione dei miei dati.", "erasure"),
        ("nl", "Graag ontvang ik inzage in mijn gegevens.", "access"),
        ("pt", "Peço que apaguem os meus dados.", "erasure"),
        ("pl", "Proszę o usunięcie moich danych.", "erasure"),
        ("sv", "Jag vill att ni raderar mina uppgifter.", "erasure"),
        ("da", "Jeg anmoder om indsigt i mine oplysninger.", "access"),
        ("fi", "Pyydän poistamaan tietoni.", "erasure"),
        ("cs", "Žádám o výmaz svých osobních údajů.", "erasure"),
        # Polish, Czech, Italian: people's own words, polite and familiar, orders in the infinitive
        ("pl", "Co wy tam macie o mnie zapisane?", "access"),
        ("pl", "skąd wzięliście mój prywatny numer", "access"),
        ("pl", "Chcę dostać odbitkę tego, co zanotowano na mój temat.", "access"),
        ("pl", "Niech po mnie u was nic nie zostanie, usuńcie cały profil.", "erasure"),
        ("pl", "Mój brat życzy sobie, aby nie pozostał po nim żaden ślad.", "erasure"),
        ("pl", "Nazywam się Kowal, a nie Kowol, proszę to poprawić.", "rectification"),
        ("pl", "więcej do mnie nie dzwońcie z ofertami", "direct-marketing"),
        ("pl", "Tę zgodę na zdjęcia wycofuję.", "consent-withdrawal"),
        ("pl", "Dopóki sprawa trwa, nie używajcie moich danych.", "restriction"),
        ("pl", "Niech mój wniosek sprawdzi człowiek, nie program.", "automated-decision"),
        ("pl", "Wysłaliście moje wyniki badań sąsiadce z klatki.", "complaint"),  # told as a story
        ("cs", "Co jste si o mně zapsali? Pošlete mi to.", "access"),
        ("cs", "Ráda bych viděla celou svou kartu, pošlete mi ji.", "access"),
        ("cs", "ať po mně u vás nic nezůstane", "erasure"),
        ("cs", "Škrtněte mě z evidence i s fotkou.", "erasure"),
        ("cs", "Příjmení mám Malá, nikoli Mála, opravte to.", "rectification"),
        ("cs", "Netelefonujte mi kvůli nabídkám.", "direct-marketing"),
        ("cs", "Svůj souhlas s focením beru zpět.", "consent-withdrawal"),
        ("cs", "Zmrazte moje údaje, dokud se to nevyřeší.", "restriction"),
        ("cs", "Ať to přezkoumá člověk, ne počítač.", "automated-decision"),
        ("cs", "Vaše recepční řekla mou diagnózu nahlas přede všemi.", "complaint"),  # told as a story
        ("it", "Mi occorre una stampata di quello che avete scritto su di me.", "access"),
        ("it", "come siete venuti in possesso del mio numero?", "access"),
        ("it", "Depennatemi dai vostri archivi, non resti niente di me.", "erasure"),
        ("it", "Il mio cognome è storpiato, va riscritto con due zeta.", "rectification"),
        ("it", "basta con la pubblicità nella mia posta", "direct-marketing"),
        ("it", "Avevo detto sì, ora dico no: mi riprendo il consenso.", "consent-withdrawal"),
        ("it", "Finché non si chiarisce, tenete fermi i miei dati.", "restriction"),
        ("it", "Chiedo che la decisione sia riesaminata da una persona.", "automated-decision"),
        ("it", "Avete appeso la mia diagnosi in bacheca.", "complaint"),  # told as a story
        ("sv", "Kan du mejla mig alla anteckningar som finns om min son?", "access"),
        ("sv", "Jag undrar vilka uppgifter ni sparat om oss i hushållet.", "access"),
        ("sv", "Ta bort mig ur ert register omedelbart.", "erasure"),
        ("sv", "Släng min gamla ansökan och kopian på körkortet.", "erasure"),
        ("sv", "Mitt efternamn stavas med z, kan ni ändra det i registret?", "rectification"),
        ("sv", "Skicka inga fler reklamsms till min telefon.", "direct-marketing"),
        ("sv", "Jag ångrar mig och drar tillbaka mitt samtycke till bilderna.", "consent-withdrawal"),
        ("sv", "Frys mina uppgifter tills tvisten är avgjord.", "restriction"),
        ("sv", "Jag vill att en människa granskar beslutet, inte en dator.", "automated-decision"),
        ("sv", "Er kassörska berättade om min skuld för hela kön och min granne hörde allt.", "complaint"),
        ("sv", "Ni skickade min diagnos till min chef, det är skandal.", "complaint"),
        ("sv", "Till vilka bolag har ni sålt mitt telefonnummer?", "third-party-records"),
        ("da", "Send mig en kopi af alle notater, I har om mig.", "access"),
        ("da", "Jeg vil gerne vide, hvad I har stående om min datter.", "access"),
        ("da", "Smid venligst mine papirer ud og luk kontoen.", "erasure"),
        ("da", "Slet alt, hvad I har om os.", "erasure"),
        ("da", "Min fødselsdag står forkert hos jer, ret den til 4. maj.", "rectification"),
        ("da", "Hold nu op med at sende mig de reklamer.", "direct-marketing"),
        ("da", "Jeg trækker min tilladelse til at bruge billederne tilbage.", "consent-withdrawal"),
        ("da", "Lås min sag, indtil klagen er afgjort.", "restriction"),
        ("da", "Jeg vil have en medarbejder til at se på afslaget, ikke en robot.", "automated-decision"),
        ("da", "I har fortalt min chef om min sygdom, og det finder jeg mig ikke i.", "complaint"),
        ("da", "Hvem har I givet mit nummer til?", "third-party-records"),
        ("fi", "Lähettäkää minulle kopio kaikista tiedoistani.", "access"),
        ("fi", "Mitä tietoja teillä on tallessa lapsestani?", "access"),
        ("fi", "Saisinko nähdä merkinnät, joita hoitaja kirjoitti minusta?", "access"),
        ("fi", "Poistattehan kaikki kuvani sivuiltanne.", "erasure"),
        ("fi", "Hävittäkää hakemukseni ja liitteet.", "erasure"),
        ("fi", "Nimeni on teillä kirjoitettu väärin, korjatkaa se.", "rectification"),
        ("fi", "Lopettakaa mainosviestien lähettäminen puhelimeeni.", "direct-marketing"),
        ("fi", "Perun suostumukseni kuvien käyttöön.", "consent-withdrawal"),
        ("fi", "Rajoittakaa tietojeni käsittelyä, kunnes riita on ratkaistu.", "restriction"),
        ("fi", "Vaadin, että ihminen käsittelee hakemukseni uudelleen.", "automated-decision"),
        ("fi", "Työntekijänne kertoi velastani naapurille, se on törkeää.", "complaint"),
        ("fi", "Terveystietoni olivat kaikkien nähtävillä aulassa.", "complaint"),
        ("fi", "Kenelle olette luovuttaneet osoitteeni?", "third-party-records"),
        ("nl", "Stuur me even alles wat jullie over mij hebben opgeslagen.", "access"),
        ("nl", "Mag ik de aantekeningen lezen die de arts over mij maakte?", "access"),
        ("nl", "Gooi mijn sollicitatiebrief en cv maar weg.", "erasure"),
        ("nl", "Kunt u mijn account met alle foto's wissen?", "erasure"),
        ("nl", "Mijn geboortejaar staat fout in uw systeem, wilt u dat aanpassen?", "rectification"),
        ("nl", "Ik hoef die reclamemails niet meer.", "direct-marketing"),
        ("nl", "Bel me nooit meer op met aanbiedingen.", "direct-marketing"),
        ("nl", "Hierbij trek ik mijn toestemming voor het gebruik van mijn foto in.", "consent-withdrawal"),
        ("nl", "Zet mijn dossier op slot tot de rechter uitspraak heeft gedaan.", "restriction"),
        ("nl", "Ik wil dat een mens mijn aanvraag opnieuw bekijkt, geen computer.", "automated-decision"),
        ("nl", "Uw medewerker heeft mijn diagnose aan mijn baas verteld.", "complaint"),
        ("nl", "Mijn loonstrook lag bij de buren in de bus, schandalig.", "complaint"),
        ("nl", "Aan wie hebben jullie mijn nummer doorgegeven?", "third-party-records"),
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
        ("fr", "Je vous ai déjà demandé de supprimer mon compte.", "erasure"),
        ("es", "Retiro lo de borrar mi cuenta.", "erasure"),
        ("pt", "Desisto do pedido de exclusão dos meus dados.", "erasure"),
        ("de", "Nein, Sie müssen mir keine Kopie meiner Daten schicken.", "access"),
        ("de", "Am 3. Mai hab ich um die Löschung meiner Daten gebeten.", "erasure"),
        ("de", "Ihr Konto wird gelöscht, wenn Sie nicht bestätigen.", "erasure"),
        ("de", "An Ihren Rechten auf Auskunft und Löschung ändert sich nichts.", "erasure"),
        ("de", "Ich möchte meine Unterlagen für die Prüfung bekommen.", "access"),
        ("de", "Können Sie den Namen auf dem Namensschild korrigieren?", "rectification"),
        ("de", "Der Zählerstand ist falsch, bitte korrigieren Sie die Abrechnung.", "rectification"),
        ("de", "Im Treppenhaus hängt noch unser Weihnachtsbaum.", "complaint"),
        ("ja", "パスワードを忘れてしまいました。", "erasure"),
        ("pl", "Proszę nic nie usuwać, konto jest mi potrzebne.", "erasure"),  # the opposite
        ("pl", "Wniosek o usunięcie danych wycofuję.", "erasure"),  # taken back
        ("pl", "Proszę usunąć drugie zamówienie z koszyka.", "erasure"),  # ordinary business
        ("pl", "Proszę o korektę faktury, jest zły adres.", "rectification"),
        ("pl", "Wypiszcie mnie z grafiku na piątek.", "direct-marketing"),
        ("pl", "Proszę wykreślić błędny tytuł i wpisać inżynier.", "erasure"),  # replaced, not deleted
        ("cs", "O výmaz výslovně nežádám.", "erasure"),  # the opposite
        ("cs", "V jaké lhůtě vymažete údaje po skončení smlouvy?", "erasure"),  # a question about how it goes
        ("cs", "Opravte prosím fakturu, je tam špatná adresa.", "rectification"),  # ordinary business
        ("cs", "Odhlaste se jedním kliknutím níže.", "direct-marketing"),  # a newsletter instructs
        ("it", "Non si domanda alcuna cancellazione.", "erasure"),  # the opposite
        ("it", "Vorrei avere i filmati del cancello.", "erasure"),  # cancello is a gate
        ("it", "Cancellate la prenotazione della sala.", "erasure"),  # ordinary business
        ("it", "Correggete la fattura, il prezzo è sbagliato.", "rectification"),
        ("it", "Abbiamo ricevuto un reclamo per il ritardo del treno.", "complaint"),
        ("sv", "Ni behöver inte radera något, det har löst sig.", "erasure"),
        ("sv", "Du kan när som helst återkalla ditt samtycke.", "consent-withdrawal"),
        ("sv", "Kan ni ta bort den andra raden i min order?", "erasure"),
        ("sv", "Kan ni rätta beloppet på fakturan?", "rectification"),
        ("sv", "Skicka en kopia av kvittot, tack.", "access"),
        ("sv", "Paketet kom till fel granne och jag är arg.", "complaint"),
        ("sv", "Avbeställ mitt bord på lördag.", "direct-marketing"),
        ("da", "I behøver ikke slette noget, det har løst sig.", "erasure"),
        ("da", "Du kan altid trække dit samtykke tilbage.", "consent-withdrawal"),
        ("da", "Vil I rette beløbet på fakturaen?", "rectification"),
        ("da", "Send mig en kopi af kvitteringen.", "access"),
        ("da", "Slet den ene vare fra min ordre, tak.", "erasure"),
        ("da", "Maden var kold, og tjeneren var uforskammet.", "complaint"),
        ("fi", "Älkää poistako mitään, asia hoitui.", "erasure"),
        ("fi", "Korjatkaa laskun summa.", "rectification"),
        ("fi", "Lähettäkää kopio kuitista.", "access"),
        ("fi", "Poistakaa toinen tuote tilauksestani.", "erasure"),
        ("fi", "Voit perua suostumuksesi milloin tahansa.", "consent-withdrawal"),
        ("fi", "Ruoka oli kylmää ja tarjoilija törkeä.", "complaint"),
        ("nl", "U hoeft niets te verwijderen, het is al opgelost.", "erasure"),
        ("nl", "U kunt uw toestemming altijd intrekken.", "consent-withdrawal"),
        ("nl", "Kunt u het bedrag op de factuur aanpassen?", "rectification"),
        ("nl", "Stuur mij een kopie van de bon.", "access"),
        ("nl", "Haal het tweede artikel uit mijn bestelling.", "erasure"),
        ("nl", "Het eten was koud en de ober onbeschoft.", "complaint"),
        ("nl", "Ik kan niet inloggen op mijn account.", "access"),
        ("ja", "先日はデータを消していただいてありがとうございました。", "erasure"),  # done already
        ("ja", "「情報を消してください」という手紙が最近増えています。", "erasure"),  # somebody else's words
        ("ja", "二つ目の申込を取り消してください。", "erasure"),  # 取り消す is no 消す
        ("ja", "名刺の名前を新しい部署名に変えてください。", "rectification"),  # ordinary business
        ("ja", "しつこい広告は「やめて」と言えます。", "direct-marketing"),
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
