"""How details are counted."""

import pytest

from privbot.reading.evaluate_details import DetailCounts
from privbot.reading.model import Detail, Requester


def _count(truth: dict[str, tuple[str, ...]], found: Requester, language: str = "en") -> DetailCounts:
    counts = DetailCounts()
    counts.add("1", language, truth, found, found, 1.0)
    return counts


@pytest.mark.parametrize(
    ("truth", "found", "right", "wrong_person"),
    [
        ("Vera Quist", "vera quist", True, False),  # case
        ("Dr. Vera Quist", "Vera Quist", True, False),  # title
        ("Vera", "Vera Quist", True, False),  # signed with the first name, completed from the header
        ("V. Quist", "Vera Quist", True, False),  # an initial
        ("Vera Quist", "Vera", False, False),  # a part is not the whole, but nobody else either
        ("Vera Quist", "Dorrit Norrick", False, True),
        ("Vojtěch Moosek", "Vojtěcha Mooseka", True, False),  # another case of a Czech name
        ("山野 花江", "山野花江", True, False),  # no space
        ("山野 花江", "早川", False, True),
    ],
)
def test_names(truth: str, found: str, right: bool, wrong_person: bool) -> None:
    counts = _count({"Name": (truth,)}, Requester(name=Detail(found, "signature", 0.9)))
    assert (counts.counts["name"].hits == 1) is right
    assert bool(counts.wrong_person) is wrong_person


@pytest.mark.parametrize(
    ("field", "truth", "found", "right"),
    [
        ("Phone", "07700 900123", "+447700900123", True),  # a number no plan knows
        ("Phone", "07700 900123", "+447700900124", False),
        ("Ids", "policy V 88-1207", "88-1207", True),  # what holds digits agrees
        ("Ids", "会員番号 31-00562", "31-00562", True),  # the label is none
        ("Ids", "KD 20771", "kd20771", True),
    ],
)
def test_phones_and_ids(field: str, truth: str, found: str, right: bool) -> None:
    detail = Detail(found, "label", 0.9)
    requester = Requester(phones=(detail,)) if field == "Phone" else Requester(ids=(detail,))
    counts = _count({field: (truth,)}, requester).counts["phone" if field == "Phone" else "ids"]
    assert (counts.hits, counts.false) == ((1, 0) if right else (0, 1))
