"""Under what number or name the writer is known. All invented."""

import pytest

from privbot.reading.extract import identifiers, requester


@pytest.mark.parametrize(
    ("body", "id", "kind"),
    [
        # English: labels before and after the number
        ("My customer number is 7710045.", "7710045", "customer"),
        ("loyalty card (7714 0092 3361)", "7714 0092 3361", "customer"),  # in groups
        ("hospital number 943 210 7755", "943 210 7755", "patient"),  # no phone, though it looks like one
        ("I was staff no. 3308 there.", "3308", "employee"),
        ("loan id ML20254418", "ML20254418", "contract"),
        ("20-88714 is my membership number", "20-88714", "customer"),  # behind it
        ("RMA 6021", "6021", "order"),  # the label in capitals
        ("My username is moss-pool.", "moss-pool", "user"),  # no digit at all
        ("the player name is “Moss☆Pool”", "Moss☆Pool", "user"),  # anything, in quotation marks
        # one label a language
        ("Meine Kundennummer lautet 7710045.", "7710045", "customer"),
        ("den Versicherungsvertrag 88-1207", "88-1207", "contract"),  # inside a compound
        ("numéro de client : 40817", "40817", "customer"),
        ("adhérente 50127", "50127", "customer"),
        ("soy el socio 31.442", "31.442", "customer"),  # with a full stop for thousands
        ("contratto di noleggio 2024/5567", "2024/5567", "contract"),
        ("Personeelsnummer 664", "664", "employee"),
        ("número de cliente 40817", "40817", "customer"),
        ("numer klienta 40817", "40817", "customer"),
        ("kundnummer 40817", "40817", "customer"),
        ("medlemsnummer 19-3387", "19-3387", "customer"),
        ("asiakasnumero 40817", "40817", "customer"),
        ("zákaznické číslo 40817", "40817", "customer"),
        ("会員番号は31-00562です", "31-00562", "customer"),
        ("社員コード 220417", "220417", "employee"),
        # by their shape alone
        ("I ordered the grout twice, W-33120", "W-33120", ""),
        ("it is all under RAC-3-19884 with you", "RAC-3-19884", ""),
        ("unter moos_silke bin ich bekannt", "moos_silke", "user"),
        ("I booked QX7L2P", "QX7L2P", "order"),
    ],
)  # fmt: skip
def test_numbers_that_identify_are_found(body: str, id: str, kind: str) -> None:
    found = requester(body, "en").ids
    assert [(one.value.removeprefix("RMA "), one.kind) for one in found] == [(id, kind)]
    assert all(body[one.start : one.end] == one.value for one in found)


@pytest.mark.parametrize(
    "body",
    [
        "Our ref: TV/KI/20918",  # the writer's own file
        "Unser Zeichen: 20918-M",
        "under Article 15 of Regulation (EU) 2016/679",  # a law
        "Cal. Civ. Code 1798.105",
        "born on 14.09.1988, a customer since 2019",  # a date, a year
        "you charged 1.250 € and 40 000 kr",  # sums
        "call 07700 900123 or +44 7700 900456",  # phones
        "Flat 6, 2 Moss Court, Leeds, LS7 9QX",  # an address
        "see scan_2024.pdf and report-17.docx",  # files
        "the Nutzer_innen and Kund_innen",  # German words for all genders
        "write to moss_pool@quist.example",  # a mail address
        "COVID-19 and ISO-27001",
        "the 30th, pages 10-12",
    ],
)
def test_laws_dates_sums_and_the_like_are_no_ids(body: str) -> None:
    assert not requester(body, "en").ids


def test_a_help_desks_own_ticket_is_not_the_requesters_number() -> None:
    body = "A ticket was opened for you: case 77120. Reply above this line."
    assert not requester(body, "en", sender_name="Helpdesk").ids
    assert requester(body, "en", sender_name="Vera Quist").ids


def test_a_subject_line_has_numbers_of_its_own() -> None:
    assert [one.value for one in identifiers("Order 40817: wrong size")] == ["40817"]
