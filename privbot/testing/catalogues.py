"""The console's words in other languages: `make messages` finds what is new, keeps what was translated, and compiles.

Babel reads the templates, the Python of the console and of the reports that it shows, and – because the console shows them as they are – the
sentences of all errors that a user can mend, and of wrong settings. The catalogues lie in templates/console/locale; the compiled ones are kept
beside them, so that nothing needs a build step.
"""

from __future__ import annotations

import importlib
import io
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import privbot
from privbot import resources
from privbot.config import (
    FAULT_WORDS,
    Contacts,
    Controller,
    CsvCustomers,
    HttpCustomers,
    Limits,
    Mailbox,
    PlaceSetting,
    PromiseSetting,
    Recipient,
    Smtp,
    SqlCustomers,
)
from privbot.errors import WrongUse
from privbot.records import database
from privbot.testing import world

LANGUAGES = ("ja", "de")
IN_CONTEXT = ((1, "c"), 2)
"""The first word says what is meant, where one English word means several things: a mail is from somebody, a period from a day on."""
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": IN_CONTEXT, "pgettext_lazy": IN_CONTEXT,
}  # fmt: skip
HEADER = "# The words of privbot's console.\n"
SHOWN_AS_FORMS = (
    Controller,
    Mailbox,
    Smtp,
    Limits,
    PromiseSetting,
    PlaceSetting,
    Contacts,
    Recipient,
    CsvCustomers,
    SqlCustomers,
    HttpCustomers,
)
"""The settings that the console shows as forms; each field says what it is by its description."""
BEGUN = datetime(2026, 11, 27, tzinfo=UTC)
"""One date for all: a catalogue changes when words change, and not with each run."""


def found() -> Catalog:
    """All that is to be translated, as the code and the templates say it now."""
    catalog = _empty()
    top = Path(privbot.__file__).parent
    templates = resources.templates() / "console"
    sources = [("python", file, top.parent) for folder in ("console", "reports") for file in sorted((top / folder).rglob("*.py"))]
    sources += [("jinja2.ext:babel_extract", file, templates) for file in sorted(templates.rglob("*.html"))]
    for method, file, root in sources:
        options = {
            "trimmed": "false",
            "newstyle_gettext": "true",
            "silent": "false",
            "trim_blocks": "true",
            "lstrip_blocks": "true",
        }
        for _, message, _, context in extract_from_file(
            method, file, keywords=KEYWORDS, options=options if "jinja2" in method else None
        ):
            catalog.add(message, locations=[(file.relative_to(root).as_posix(), 0)], context=context)
    for fault in faults(WrongUse):
        catalog.add((fault.__doc__ or "").strip().splitlines()[0], locations=[(fault.__module__, 0)])
    for words in FAULT_WORDS.values():
        catalog.add(words, locations=[("privbot.config", 0)])
    for section in SHOWN_AS_FORMS:
        for field in section.model_fields.values():
            if field.description:
                catalog.add(field.description, locations=[("privbot.config", 0)])
    return catalog


def faults(root: type[WrongUse]) -> Iterator[type[WrongUse]]:
    """Every error that a user can mend, from every module of the program."""
    for module in pkgutil.walk_packages(privbot.__path__, "privbot."):
        if not module.name.startswith("privbot.testing"):
            importlib.import_module(module.name)
    waiting = [root]
    seen: dict[str, type[WrongUse]] = {}
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.startswith("privbot."):
            seen[f"{one.__module__}.{one.__qualname__}"] = one
    yield from (seen[name] for name in sorted(seen))


def catalogue(language: str) -> Path:
    """Where the words of a language lie."""
    return resources.templates() / "console" / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it lies in the project."""
    file = catalogue(language)
    if not file.exists():
        return _empty(language)
    with file.open("rb") as source:
        return read_po(source, locale=language, domain="django")


def compiled(catalog: Catalog) -> bytes:
    """A catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def renew(language: str) -> Catalog:
    """Bring a language's catalogue up to what was found, and compile it."""
    catalog = read(language)
    catalog.update(found(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    file = catalogue(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        write_po(out, catalog, width=130, sort_output=True, include_lineno=False, omit_header=False)
    # From the file, as the test of it does.
    file.with_suffix(".mo").write_bytes(compiled(read(language)))
    return catalog


def main() -> None:
    """Renew all, and say what is left to translate."""
    from privbot.console.settings import settings_for

    config = world.without_servers(Path(mkdtemp(prefix="privbot-messages-")))
    database.connect(config, settings_for(config))
    for language in LANGUAGES:
        catalog = renew(language)
        missing = [message for message in catalog if message.id and not all(_strings(message.string))]
        print(f"{language}: {len(catalog)} messages, {len(missing)} to translate")


def _empty(language: str | None = None) -> Catalog:
    return Catalog(
        language, domain="django", header_comment=HEADER, project="privbot", version="1", creation_date=BEGUN, revision_date=BEGUN,
        last_translator="privbot", language_team="privbot", msgid_bugs_address="privbot", fuzzy=False,
    )  # fmt: skip


def _strings(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (str(string or ""),)


if __name__ == "__main__":
    main()
