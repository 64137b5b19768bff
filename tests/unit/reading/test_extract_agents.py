"""Who writes for whom. People are invented."""

import pytest

from privbot.reading.agents import Standing, standing
from privbot.reading.fold import fold
from privbot.reading.patterns import for_language


def _standing(language: str, body: str, sender: str = "Dorrit Norrick") -> Standing:
    return standing(body, fold(body), for_language(language), language, sender_name=sender, sender_address="d@norrick.example")


@pytest.mark.parametrize(
    ("language", "body", "principal"),
    [
        ("en", "We are instructed by Ms Vera Quist, a patient of yours.", "Vera Quist"),
        ("en", "ErasePal acts for Vera Quist (account 1).", "Vera Quist"),
        ("en", "My late father, Ambrose Quist, was a member.", "Ambrose Quist"),
        ("de", "wir vertreten Frau Vera Quist, deren Daten betroffen sind.", "Vera Quist"),
        ("de", "Frau Vera Quist hat uns gebeten, für sie zu schreiben.", "Vera Quist"),
        ("de", "mein Vater Ambros Quist ist verstorben", "Ambros Quist"),
        ("fr", "Je suis le conseil de Mme Quist, dont le toit fuit.", "Quist"),  # a title makes one word enough
        ("es", "En representación de D.ª Vera Quist les escribo.", "Vera Quist"),
        ("it", "scrivo in nome e per conto della signora Vera Quist", "Vera Quist"),
        ("nl", "Namens mevrouw Vera Quist verzoek ik u", "Vera Quist"),
        ("sv", "Som ombud för Vera Quist får jag anföra följande.", "Vera Quist"),
        ("ja", "当職は山野 花江氏の代理人です。", "山野 花江"),
        ("ja", "依頼人 山野花江(会員番号 1)の委任により申し上げます。", "山野花江"),
    ],
)
def test_the_person_one_writes_for_is_the_principal(language: str, body: str, principal: str) -> None:
    found = _standing(language, body)
    assert [one.value for one in found.principals] == [principal]
    assert found.agent == "Dorrit Norrick"


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("en", "My brother helped me write this."),  # a relative without a name
        ("en", "Thank you for the parcel. Please delete my account for good."),
        ("ja", "消去の依頼を断る場合の理由を教えてください。"),  # 依頼 without anybody
    ],
)
def test_nobody_is_made_a_principal_by_a_mere_word(language: str, body: str) -> None:
    found = _standing(language, body)
    assert not found.principals
    assert found.agent is None


def test_a_parent_who_writes_for_a_child_is_its_guardian() -> None:
    found = _standing("en", "My son Milo Norrick is eight and told your game he was eighteen.")
    assert found.guardian == "Dorrit Norrick"
    assert found.minor
    assert [one.value for one in found.principals] == ["Milo Norrick"]


def test_a_child_with_the_writers_surname_is_found_anywhere() -> None:
    found = _standing("en", "As a parent I want everything you noted about Milo Norrick.")
    assert [one.value for one in found.principals] == ["Milo Norrick"]
