"""Where the writer lives. Streets and people are invented."""

import pytest

from privbot.reading.extract import requester


@pytest.mark.parametrize(
    ("language", "body", "address"),
    [
        # English
        ("en", "I live at 9 Mossgate Road, Otley, LS21 9ZY and always have.", "9 Mossgate Road, Otley, LS21 9ZY"),  # inside prose
        ("en", "Thanks\nVera Quist\nFlat 2, 40 Mossgate Road\nOtley\nLS21 9ZY", "Flat 2, 40 Mossgate Road, Otley, LS21 9ZY"),  # a flat, many lines
        ("en", "Thanks\n\nVera Quist\nThe Old Dairy\nMossgate\nOtley\nLS21 9ZY", "The Old Dairy, Mossgate, Otley, LS21 9ZY"),  # a house with a name
        ("en", "Vera Quist, Ballymoss House, Ennis, Co. Clare, V95 XY34", "Ballymoss House, Ennis, Co. Clare, V95 XY34"),  # Eircode
        ("en", "Vera Quist\n77 Mossgate Ave, Apt 4B, Fresno, CA 93799", "77 Mossgate Ave, Apt 4B, Fresno, CA 93799"),  # United States
        ("en", "send it to C-402, Moss Heights, Baner, Pune 411099 please", "C-402, Moss Heights, Baner, Pune 411099"),  # India
        ("en", "Address: 12 Mossgate Street\nPreston VIC 3072", "12 Mossgate Street, Preston VIC 3072"),  # Australia, below a label
        ("en", "I live at 9 Mill Lane in Otley.", "9 Mill Lane in Otley"),  # no postcode, but the words say so
        # German: three countries
        ("de", "Grüße\nVera Quist\nAm Moosgraben 19\n99423 Weimar", "Am Moosgraben 19, 99423 Weimar"),
        ("de", "Ich wohne seit dem 1. Juni Moosstr. 30, 44805 Bochum, und nicht mehr dort.", "Moosstr. 30, 44805 Bochum"),  # a date before it
        ("de", "an: Vera Quist, Moosplatz 11/3, 8700 Leoben.", "Moosplatz 11/3, 8700 Leoben"),  # the name is no part
        # French
        ("fr", "J'habite au 14 bis rue des Mousses, 59200 Tourcoing.", "14 bis rue des Mousses, 59200 Tourcoing"),
        ("fr", "Vera Quist, 88 avenue de la Mousse, bâtiment F, 75013 Paris", "88 avenue de la Mousse, bâtiment F, 75013 Paris"),
        # Spanish: the number behind a comma, floor and door
        ("es", "Vivo en la calle Musgo, 12, 3.º B, 28013 Madrid.", "calle Musgo, 12, 3.º B, 28013 Madrid"),
        # Italian: the province in brackets
        ("it", "residente in via del Muschio 4, 20121 Milano (MI)", "via del Muschio 4, 20121 Milano (MI)"),
        # Dutch
        ("nl", "Vera Quist\nMosstraat 6\n5731 HE Mierlo", "Mosstraat 6, 5731 HE Mierlo"),
        # Portuguese
        ("pt", "Moro na Rua do Musgo, 25, 4000-123 Porto.", "Rua do Musgo, 25, 4000-123 Porto"),
        ("pt", "Rua do Musgo, 340, fundos, Jd. Verde, Chapecó - SC, 89803-112", "Rua do Musgo, 340, fundos, Jd. Verde, Chapecó - SC, 89803-112"),
        # Polish
        ("pl", "Vera Quist\nul. Mchowa 12/4\n00-950 Warszawa", "ul. Mchowa 12/4, 00-950 Warszawa"),
        # Swedish, Danish, Finnish
        ("sv", "Vera Quist, Mossgatan 7, 114 55 Stockholm", "Mossgatan 7, 114 55 Stockholm"),
        ("da", "Vera Quist\nMosvej 14, 2. tv\n2100 København Ø", "Mosvej 14, 2. tv, 2100 København Ø"),
        ("fi", "Vera Quist\nSammalkatu 3 B 12\n00100 Helsinki", "Sammalkatu 3 B 12, 00100 Helsinki"),
        # Czech: the town with its district
        ("cs", "Vera Quist, Mechová 38, 602 00 Brno", "Mechová 38, 602 00 Brno"),
        # Japanese: with and without a postcode, chōme in kanji, a room
        ("ja", "〒020-8899 岩手県盛岡市苔園七丁目3-20 真野 花江", "〒020-8899 岩手県盛岡市苔園七丁目3-20"),
        ("ja", "住所は千葉県柏市苔ヶ丘5-18-301です。", "千葉県柏市苔ヶ丘5-18-301"),
        ("ja", "送り先は徳島市苔屋町1-22-5 コーポ若苔302 です。", "徳島市苔屋町1-22-5 コーポ若苔302"),
    ],
)  # fmt: skip
def test_addresses_are_found_in_the_shapes_of_each_country(language: str, body: str, address: str) -> None:
    assert [one.value for one in requester(body, language, sender_name="Vera Quist").addresses] == [address]


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("en", "We deliver 4000 Parcels a day, since 2019 Christmas has been busy."),  # numbers before capitals
        ("en", "Order 40817 went through on 3 May 2024, Friday."),  # an order, a date
        ("de", "Im Jahr 2019, 2020 Kunden hatten wir damals."),  # a year and a count
        ("fr", "l'article 15 du Règlement (UE) 2016/679"),  # a law
        ("es", "Client 2200-8715-66, GSM 0483 55 01 02"),  # a phone behind a word in capitals
        ("ja", "2019年5月12日に市内の3店で買いました。"),  # a date
    ],
)
def test_dates_laws_and_orders_are_no_addresses(language: str, body: str) -> None:
    assert not requester(body, language).addresses
