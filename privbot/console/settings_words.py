"""How the settings' form names its fields, groups and choices. What a setting is, its description in `config.py` says."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from privbot.config import Fault
from privbot.settings_fields import Field

LABELS = {
    "id": _("Short name"),
    "name": _("Name"),
    "host": _("Server"),
    "port": _("Port"),
    "security": _("Encryption"),
    "ca_file": _("File of trusted certificates"),
    "user": _("Account"),
    "password": _("Password"),
    "timeout_seconds": _("Patience, in seconds"),
    "folders": _("Folders, one a line"),
    "controllers": _("Controllers whose mail arrives here"),
    "after": _("What happens to a kept mail on the server"),
    "keyword": _("Keyword"),
    "move_to": _("Folder to move to"),
    "go_live": _("Go-live, in UTC"),
    "poll_seconds": _("Seconds between two looks"),
    "trusted_hosts": _("Your own mail servers, one a line"),
    "size_cap_mb": _("Largest mail, in megabytes"),
    "sent_folder": _("Folder for copies of letters"),
    "addresses": _("Addresses people write to, one a line"),
    "regimes": _("Laws it answers under"),
    "mode": _("Mode"),
    "challenge": _("Confirmation of the address"),
    "contact": _("Signature below each letter"),
    "letters": _("Folder with own wording"),
    "operators": _("Operators who are told by mail, one a line"),
    "digest_at": _("Time of the daily digest"),
    "recipients": _("Recipients of data, one a line: Name <address>"),
    "retention_years": _("Years until a ticket is erased"),
    "days": _("Days"),
    "extended_days": _("Days where more time is needed"),
    "zone": _("Time zone"),
    "country": _("Country"),
    "subdivision": _("Part of the country"),
    "dpo": _("Data protection officer"),
    "customers.kind": _("Kind of customer records"),
    "customers.file": _("CSV file"),
    "database": _("Database"),
    "query": _("Query"),
    "url": _("Address of the service"),
    "token": _("Token"),
    "per_address": _("Letters to one address"),
    "per_domain": _("Letters to one mail domain"),
    "per_controller": _("Letters for one controller"),
    "customers.columns.email": _("Column of the mail address"),
    "customers.columns.name": _("Column of the name"),
    "customers.columns.phone": _("Column of the phone number"),
    "customers.columns.customer_id": _("Column of the customer number"),
    "customers.columns.wallet": _("Column of the wallet"),
    "customers.columns.postal_address": _("Column of the postal address"),
    "customers.columns.date_of_birth": _("Column of the date of birth"),
}
GROUPS = {
    "promises": _("Promises of the privacy notice"),
    "places": _("Where days are counted"),
    "contacts": _("Who answers complaints"),
    "customers": _("Customer records"),
}
CHOICES = {
    "mode": {
        "observe": _("Observe: letters are only drafted"),
        "assist": _("Assist: an operator approves each letter"),
        "auto": _("Auto: clear cases are answered without anybody; unclear ones wait for an operator"),
    },
    "challenge": {
        "on-doubt": _("Only when the mail is not authenticated"),
        "always": _("Always"),
    },
    "security": {
        "tls": _("TLS from the first byte"),
        "starttls": _("STARTTLS before the password"),
        "none": _("None, on this machine only"),
    },
    "after": {
        "leave": _("Nothing"),
        "keyword": _("It gets the keyword"),
        "move": _("It is moved to the folder"),
    },
    "kind": {"": _("None: nothing is compared"), "csv": _("CSV file"), "sql": _("Database"), "http": _("Service")},
}
SOURCES = {
    "none": _("None"),
    "env": _("From an environment variable"),
    "file": _("From a file"),
    "typed": _("Typed here: kept in a file that only the service can read"),
}
FIRSTS = {
    "regimes": _("The first of them: its time zone counts for what belongs to no law, such as the digest"),
    "controllers": _("The first of them: it is meant when the address does not tell"),
}
PARTS = {
    "smtp": _("Mail server for letters"),
    "limits": _("Limits for automatic letters"),
    "mailbox": _("Mailbox"),
    "controller": _("Controller"),
}


IN_A_DAY = _("Automatic letters in 24 hours. Beyond that, a person decides.")
HELP = {
    "per_address": IN_A_DAY,
    "per_domain": IN_A_DAY,
    "per_controller": IN_A_DAY,
    "keyword": _("Set where a kept mail gets the keyword."),
    "move_to": _("Where a kept mail is moved, if it is."),
    "digest_at": _("In the time zone of the law that comes first."),
    "recipients": _(
        "Who is told of an erasure, rectification or restriction (Art 19 GDPR). With an address, a letter to them is drafted."
    ),
    "retention_years": _("After the last contact; left out: as promised by default."),
    "kind": _("Where the controller's own records of customers are, to compare details with."),
    "url": _("https, or http on this machine. What is asked is sent as JSON, so that nothing personal stands in an address."),
    "query": _(
        "A SELECT with :email, :name, :phone, :id or :wallet. It is asked once for each fact that was claimed; the others are NULL."
    ),
}
"""Where the description speaks of the TOML's own words, or repeats the label."""
NO_HELP = ("mode", "security", "after", "password", "token", "folders", "poll_seconds")
"""What their choices or labels say already – in other words than the TOML's."""


def label(name: str, laws: Mapping[str, str] | None = None) -> str:
    """What a field is called; a setting without words is called by its own name. `laws` are their titles."""
    key = name.rpartition(".")[2]
    if name.startswith("contacts.representatives."):
        return gettext("Representative under %(law)s") % {"law": (laws or {}).get(key, key)}
    return str(LABELS.get(name) or LABELS.get(key) or key.replace("_", " "))


def help_for(one: Field) -> str:
    """What a setting is; empty where label and choices say it."""
    in_a_table = one.group.endswith((".columns", ".representatives"))
    if one.key in NO_HELP or in_a_table:
        return ""
    return str(HELP[one.key]) if one.key in HELP else gettext(one.help)


def fault(wrong: Fault) -> str:
    """What is allowed for a setting, in the reader's language where the sentence has words of ours."""
    return gettext(wrong.words).format(**wrong.limits) if wrong.words else wrong.sentence


def still_open(what: str, number: int) -> str:
    """What keeps a mailbox or a controller, counted; `what` as `worker.settings.what_is_open` calls it."""
    told = {
        "mails": ngettext("%(number)s mail not yet handled", "%(number)s mails not yet handled", number),
        "reviews": ngettext("%(number)s open review", "%(number)s open reviews", number),
        "requests": ngettext("%(number)s open request", "%(number)s open requests", number),
        "letters": ngettext("%(number)s letter that has not left", "%(number)s letters that have not left", number),
    }
    return told[what] % {"number": number}


def group(name: str) -> str:
    """What a group of fields is called, such as `promises`."""
    return str(GROUPS.get(name, name))


def choice(name: str, one: str, laws: Mapping[str, str], controllers: Mapping[str, str]) -> str:
    """What one choice of a field is called."""
    key = name.rpartition(".")[2]
    named = {"regimes": laws, "controllers": controllers}.get(key)
    return str(named.get(one, one) if named else CHOICES.get(key, {}).get(one, one))


def from_where(source: str) -> str:
    """Where a secret comes from, as `settings_form` tells it."""
    kind, _space, named = source.partition(" ")
    match kind:
        case "env":
            return gettext("From the environment variable %(name)s") % {"name": named}
        case "file":
            return gettext("From the file %(name)s") % {"name": named}
        case "command":
            return gettext("From a command in privbot.toml")
        case "value":
            return gettext("Stands in privbot.toml")
    return gettext("None")
