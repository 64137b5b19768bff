"""How the settings' form names its fields, groups and choices. What a setting is, its description in `config.py` says."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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


def label(name: str) -> str:
    """What a field is called; a setting without words is called by its own name."""
    key = name.rpartition(".")[2]
    if name.startswith("contacts.representatives."):
        return gettext("Representative")
    return str(LABELS.get(name) or LABELS.get(key) or key.replace("_", " "))


def group(name: str) -> str:
    """What a group of fields is called, such as `promises`."""
    return str(GROUPS.get(name, name))


def choice(name: str, one: str, laws: dict[str, str], controllers: dict[str, str]) -> str:
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
