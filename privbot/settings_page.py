"""docs/settings.md, made from `config.py`: `python -m privbot.settings_page > docs/settings.md`. A test holds the two together."""

from __future__ import annotations

import typing
from collections.abc import Iterator

from privbot.config import (
    Config,
    Console,
    Contacts,
    Controller,
    CsvCustomers,
    HttpCustomers,
    IdentityProvider,
    Law,
    Limits,
    Mailbox,
    PlaceSetting,
    PromiseSetting,
    Recipient,
    Section,
    Smtp,
    SqlCustomers,
)

SECTIONS: tuple[tuple[str, type[Section]], ...] = (
    ("At the top", Config), ("[smtp]", Smtp), ("[[mailbox]]", Mailbox), ("[[controller]]", Controller),
    ("[controller.promises] – a regime = {…}", PromiseSetting), ("[controller.places] – a regime = {…}", PlaceSetting),
    ('[controller.customers] with kind = "csv"', CsvCustomers), ('[controller.customers] with kind = "sql"', SqlCustomers),
    ('[controller.customers] with kind = "http"', HttpCustomers), ("[[controller.recipients]]", Recipient), ("[controller.contacts]", Contacts),
    ("[limits]", Limits), ("[law]", Law), ("[console]", Console), ("[[console.oidc]]", IdentityProvider),
)  # fmt: skip
SECTIONS_OF_THEIR_OWN = ("smtp", "mailbox", "controller", "limits", "law", "console")


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield "`privbot init` writes a privbot.toml with every setting in it. Relative paths begin in the folder of that file."
    yield "A password or key is given by"
    yield 'reference: `{env = "NAME"}`, `{file = "path"}` or `{command = "…"}` – or `{value = "…"}` in clear, if you insist.'
    for title, section in SECTIONS:
        yield ""
        yield f"## {title}"
        yield ""
        yield "| setting | default | what it is |"
        yield "|---|---|---|"
        for key, field in section.model_fields.items():
            if field.exclude or (section is Config and key in SECTIONS_OF_THEIR_OWN):
                continue
            default = "**needed**" if field.is_required() else f"`{_shown(field.get_default(call_default_factory=True))}`"
            yield f"| `{key}` | {default} | {field.description or ''} |"


def _shown(value: typing.Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, Section):
        return ", ".join(f"{key} = {one}" for key, one in value.model_dump(exclude_defaults=True).items()) or "–"
    return str(list(value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    print(page(), end="")
