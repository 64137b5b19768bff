"""Who is asking. People and numbers are invented."""

import itertools
import time

import pytest

from privbot.reading.dates import parse_date
from privbot.reading.extract import requester
from privbot.reading.fold import fold


def test_a_header_alone_is_a_guess() -> None:
    found = requester("delete it", "en", sender_name="Vera Quist").name
    assert found is not None
    assert found.confidence < 0.5


def test_details_are_taken_with_their_spans() -> None:
    body = (
        "Address: Quellgasse 4, 90409 Nürnberg\nDate of birth: 03.11.1992\nCustomer number: KD-20771\n"
        "Phone: +49 30 901820\nMail: vera@quist.example"
    )
    found = requester(body, "de", sender_address="other@quist.example")
    assert found.addresses[0].value == "Quellgasse 4, 90409 Nürnberg"
    assert found.date_of_birth is not None and found.date_of_birth.value == "1992-11-03"
    assert [(one.value, one.kind) for one in found.ids] == [("KD-20771", "customer")]
    assert [one.value for one in found.phones] == ["+4930901820"]
    assert [one.value for one in found.emails] == ["other@quist.example", "vera@quist.example"]
    for one in (*found.addresses, *found.ids):
        assert body[one.start : one.end] == one.value


def test_a_date_is_no_phone_number() -> None:
    assert not requester("Geburtsdatum: 03.11.1992", "de").phones


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("0x" + "ab" * 20, True),  # one case: no checksum to check
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", True),  # an example of EIP-55 itself
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", False),  # mistyped: the checksum says so
        ("0x" + "ab" * 32, False),  # a transaction, no address
    ],
)
def test_wallets_are_checked_by_their_checksum(address: str, taken: bool) -> None:
    assert bool(requester(f"my wallet {address} please", "en").wallets) is taken


def test_ens_names_are_kept() -> None:
    assert [(one.value, one.kind) for one in requester("write to verafarms.eth, not vera@eth.example", "en").wallets] == [
        ("verafarms.eth", "ens")
    ]


def test_no_piece_of_text_is_taken_twice() -> None:
    body = "Kundennummer 20-88714, Moosweg 4, 97070 Würzburg, Tel. 0931 555 0147, geboren am 03.11.1992"
    found = requester(body, "de")
    spans = sorted((one.start, one.end) for one in (*found.ids, *found.addresses, *found.phones))
    assert len(spans) == 3
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


def test_the_service_is_named() -> None:
    assert [one.value for one in requester("delete me from your app Mossgarden please", "en").services] == ["Mossgarden"]


@pytest.mark.parametrize("noise", ["1" * 50_000, "a_" * 20_000, "A1-" * 20_000, "1 " * 30_000, ", Aa" * 20_000, "市1" * 20_000])
def test_long_noise_takes_bounded_time(noise: str) -> None:
    started = time.process_time()
    requester(noise, "en")
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("14. 9. 1988", "1988-09-14"),
        ("1988-09-14", "1988-09-14"),
        ("09/14/1988", "1988-09-14"),  # the month can only be first
        ("14 September 1988", "1988-09-14"),
        ("14. März 1988", "1988-03-14"),
        ("14 de mayo de 1988", "1988-05-14"),
        ("1988年9月14日", "1988-09-14"),
        ("昭和63年9月14日", "1988-09-14"),  # by era
        ("le 14 juillet 1988", "1988-07-14"),  # not to be confused with juin
        ("14. července 1988", "1988-07-14"),  # nor července with června
        ("14. června 1988", "1988-06-14"),
    ],
)
def test_dates_are_read(text: str, iso: str) -> None:
    found = parse_date(fold(text).text)
    assert found is not None
    assert found.isoformat() == iso
