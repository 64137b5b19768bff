"""The `mail:` part of every golden pair holds."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from privbot.mail.parse import ParseSettings, parse

GOLDEN = Path(__file__).parents[3] / "fixtures" / "emails"
HARBOUR = ParseSettings(
    trusted_hosts=("mx.harbour.example",),
    own_addresses=frozenset({"privacy@harbour.example", "customer-lumen@harbour.example", "customer-tidal@harbour.example"}),
)
PAIRS = sorted(GOLDEN.glob("*.yml"))


def test_there_are_golden_mails() -> None:
    assert PAIRS


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.stem)
def test_golden_mail_is_parsed_as_its_pair_says(pair: Path) -> None:
    expected: dict[str, Any] = yaml.safe_load(pair.read_text(encoding="utf-8")).get("mail") or {}
    mail = parse(pair.with_suffix(".eml").read_bytes(), settings=HARBOUR)

    if "name" in expected.get("from", {}):
        assert mail.sender is not None and mail.sender.name == expected["from"]["name"]
    if "address" in expected.get("from", {}):
        assert mail.sender is not None and mail.sender.address == expected["from"]["address"].lower()
    if "subject" in expected:
        assert mail.subject == expected["subject"]
    for wanted in expected.get("text_contains", []):
        assert _in_one_line(str(wanted)) in _in_one_line(mail.text)
    for unwanted in expected.get("text_excludes", []):
        assert _in_one_line(str(unwanted)) not in _in_one_line(mail.text)
    if "attachments" in expected:
        found = [{"name": attachment.name, "type": attachment.type} for attachment in mail.attachments]
        assert [
            {key: one[key] for key in wanted} for one, wanted in zip(found, expected["attachments"], strict=True)
        ] == expected["attachments"]
    for key, value in expected.get("origin", {}).items():
        assert getattr(mail.origin, key) == value
    assert set(expected.get("defects", [])) <= set(mail.defects)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
