"""What requesters write: plain words of their own, law by law and language by language. Each asks for one thing and names its law."""

from __future__ import annotations

ASKS: dict[tuple[str, str], dict[str, str]] = {
    ("gdpr", "access"): {
        "en": "I hereby request access to my personal data under Article 15 GDPR. Please send me a copy.",
        "de": "Hiermit verlange ich Auskunft über meine personenbezogenen Daten nach Artikel 15 DSGVO. Bitte senden Sie mir eine Kopie.",
        "fr": "Je souhaite exercer mon droit d'accès à mes données personnelles, article 15 du RGPD. Merci de m'en envoyer une copie.",
        "es": "Solicito acceso a mis datos personales conforme al artículo 15 del RGPD. Les ruego que me envíen una copia.",
        "it": "Chiedo l'accesso ai miei dati personali ai sensi dell'articolo 15 del GDPR. Vi prego di inviarmene una copia.",
        "nl": "Ik verzoek om inzage in mijn persoonsgegevens op grond van artikel 15 AVG. Stuur mij alstublieft een kopie.",
        "pt": "Solicito o acesso aos meus dados pessoais nos termos do artigo 15.º do RGPD. Enviem-me uma cópia, por favor.",
        "pl": "Wnoszę o dostęp do moich danych osobowych na podstawie art. 15 RODO. Proszę o przesłanie kopii.",
        "sv": "Jag begär tillgång till mina personuppgifter enligt artikel 15 i GDPR. Skicka mig en kopia, tack.",
        "da": "Jeg anmoder om indsigt i mine personoplysninger efter artikel 15 i GDPR. Send mig venligst en kopi.",
        "fi": "Pyydän pääsyä henkilötietoihini GDPR:n 15 artiklan nojalla. Lähettäkää minulle jäljennös.",
        "cs": "Žádám o přístup ke svým osobním údajům podle článku 15 GDPR. Zašlete mi prosím kopii.",
    },
    ("gdpr", "erasure"): {
        "en": "Please delete all my personal data under Article 17 GDPR.",
        "de": "Bitte löschen Sie alle meine personenbezogenen Daten nach Artikel 17 DSGVO.",
        "fr": "Veuillez effacer toutes mes données personnelles, conformément à l'article 17 du RGPD.",
        "es": "Les pido que supriman todos mis datos personales conforme al artículo 17 del RGPD.",
        "it": "Vi chiedo di cancellare tutti i miei dati personali ai sensi dell'articolo 17 del GDPR.",
        "nl": "Ik verzoek u al mijn persoonsgegevens te wissen op grond van artikel 17 AVG.",
        "pl": "Proszę o usunięcie wszystkich moich danych osobowych na podstawie art. 17 RODO.",
    },
    ("gdpr", "rectification"): {
        "en": "Please correct my personal data under Article 16 GDPR: my surname is misspelt in your records.",
        "de": "Bitte berichtigen Sie meine personenbezogenen Daten nach Artikel 16 DSGVO: mein Nachname ist bei Ihnen falsch geschrieben.",
    },
    ("gdpr", "portability"): {
        "en": "Under Article 20 GDPR (data portability) please send me the data I gave you in a machine-readable format.",
        "de": "Nach Artikel 20 DSGVO (Datenübertragbarkeit) bitte ich um meine Daten in einem maschinenlesbaren Format.",
    },
    ("gdpr", "restriction"): {
        "en": "I request the restriction of processing of my personal data under Article 18 GDPR.",
        "de": "Ich verlange die Einschränkung der Verarbeitung meiner personenbezogenen Daten nach Artikel 18 DSGVO.",
    },
    ("gdpr", "objection"): {
        "en": "I object to the processing of my personal data under Article 21(1) GDPR, on grounds of my particular situation.",
        "de": "Aus Gründen meiner besonderen Situation widerspreche ich der Verarbeitung meiner Daten nach Artikel 21 Abs. 1 DSGVO.",
    },
    ("gdpr", "direct-marketing"): {
        "en": "I object to the use of my personal data for direct marketing under Article 21(2) GDPR.",
        "de": "Ich widerspreche der Nutzung meiner Daten für Direktwerbung nach Artikel 21 Abs. 2 DSGVO.",
    },
    ("gdpr", "consent-withdrawal"): {
        "en": "I withdraw my consent to the processing of my personal data under Article 7(3) GDPR.",
        "de": "Ich widerrufe meine Einwilligung in die Verarbeitung meiner Daten nach Artikel 7 Abs. 3 DSGVO.",
    },
    ("gdpr", "automated-decision"): {
        "en": "Under Article 22 GDPR I ask for human review of the automated decision by which my order was declined.",
    },
    ("gdpr", "complaint"): {
        "en": "I want to complain about how you handle my personal data; under Article 77 GDPR I can go to the authority.",
        "de": "Ich beschwere mich über Ihren Umgang mit meinen personenbezogenen Daten; nach Artikel 77 DSGVO kann ich zur Aufsichtsbehörde gehen.",
    },
    ("uk-gdpr", "access"): {
        "en": "Under Article 15 of the UK GDPR and the Data Protection Act 2018 I request access to my personal data.",
    },
    ("uk-gdpr", "erasure"): {
        "en": "Please erase all my personal data under Article 17 of the UK GDPR and the Data Protection Act 2018.",
    },
    ("uk-gdpr", "rectification"): {
        "en": "Please correct my personal data under Article 16 of the UK GDPR: my address in your records is out of date.",
    },
    ("uk-gdpr", "direct-marketing"): {
        "en": "Under Article 21(2) of the UK GDPR I object to the use of my personal data for direct marketing.",
    },
    ("uk-gdpr", "complaint"): {
        "en": "I want to complain under the UK GDPR about how you handle my personal data, before I write to the ICO.",
    },
    ("ccpa", "erasure"): {
        "en": "I am a California resident. Under Cal. Civ. Code 1798.105 (CCPA) I hereby request the deletion of my personal information.",
        "es": "Soy residente de California. Conforme a la CCPA (Cal. Civ. Code 1798.105) solicito que eliminen mi información personal.",
    },
    ("ccpa", "know-specific"): {
        "en": "I am a California resident. Under Civ. Code 1798.110 (CCPA) tell me the specific pieces of personal information you collected.",
    },
    ("ccpa", "know-categories"): {
        "en": "I am a California resident. Under Civ. Code 1798.110 (CCPA) tell me which categories of personal information you collected.",
    },
    ("ccpa", "rectification"): {
        "en": "I am a California resident. Under Civ. Code 1798.106 (CCPA) I ask you to correct inaccurate personal information about me.",
    },
    ("ccpa", "opt-out-of-sale"): {
        "en": "I am a California resident. Under Cal. Civ. Code 1798.120 (CCPA) I opt out of the sale of my personal information. Do not sell it.",
    },
    ("ccpa", "limit-sensitive"): {
        "en": "I am a California resident. Under Cal. Civ. Code 1798.121 (CCPA) limit the use of my sensitive personal information.",
    },
    ("shine-the-light", "shine-the-light"): {
        "en": "I am your customer in California. Under Civil Code section 1798.83 (Shine the Light) tell me to which third parties you disclosed my "
        "personal information for their direct marketing in the preceding calendar year.",
    },
    ("appi", "access"): {
        "ja": "個人情報保護法第33条に基づき、貴社が保有する私の個人データの開示を請求いたします。",
        "en": "Under Article 33 of the APPI (Act on the Protection of Personal Information, Japan) I request disclosure of my personal data.",
    },
    ("appi", "rectification"): {"ja": "個人情報保護法第34条に基づき、私の保有個人データの内容の訂正を請求いたします。住所が誤っております。"},
    ("appi", "erasure"): {"ja": "個人情報保護法第34条に基づき、私の保有個人データの削除を請求いたします。"},
    ("appi", "stop-use"): {"ja": "個人情報保護法第35条に基づき、私の保有個人データの利用停止を請求いたします。"},
    ("appi", "third-party-records"): {"ja": "個人情報保護法第33条第5項に基づき、第三者提供記録の開示を請求いたします。"},
}  # fmt: skip

AGENT = """We are the authorized agent of the following California consumers. For each we submit a request to delete under the CCPA.

ref      name                 e-mail
{rows}
"""
CHILD = "I am 14 years old."
GUARDIAN = "I am the parent, and I write for my child. The statement of my parental authority is attached; please go on."
DETAILS = "Here are the details you asked for. My phone number is {phone}. My customer number is {customer}.\n\n{name}"
DECLARATION = "The declaration you asked for, signed under penalty of perjury, is attached.\n\n{name}"
ANSWER = "I mean the account of the shop only.\n\n{name}"
WITHDRAWAL = "I have thought about it again, and take my request back.\n\n{name}"
THANKS = "Thank you very much for your quick reply.\n\n{name}"
ABSENCE = "I am out of the office until next week. This is an automatic reply."
NOISE = (
    ("Great offer for your office", "Buy our excellent toner cartridges now, only this week with a discount of 40 %. Unsubscribe at any time."),
    ("Order 4711", "Hello, where is my parcel? It was to come last Tuesday."),
    ("Partnership", "We would like to present our search engine optimisation to your marketing team. When do you have time for a short call?"),
)  # fmt: skip
