"""privbot.toml and the environment → `Config`. Every setting is declared and documented here, and nowhere else.

A setting's `description` is what `privbot init` writes above it and what `docs/settings.md` is made of.
"""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from privbot.errors import WrongUse
from privbot.law.regimes import regimes, use_folder


def _law_in_use(name: str) -> str:
    if name not in regimes():
        raise ValueError(f"{name!r} is not a law in use; in use are {', '.join(map(repr, regimes()))}")
    return name


Regime = Annotated[str, AfterValidator(_law_in_use)]
"""The name of a law: one privbot comes with, or an own one from the `[law]` folder."""
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
EmailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$"), BeforeValidator(lambda value: str(value).strip().lower())]


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong setting. `path` leads to it as it stands in the TOML, such as ("mailbox", 0, "port"); `key` says the same for people."""

    path: tuple[str | int, ...]
    key: str
    sentence: str
    """What is allowed there. The value itself is not repeated: it could be a secret."""
    words: str = ""
    """The sentence before `limits` were filled in, to be translated; empty for one that has no translation."""
    limits: Mapping[str, object] = field(default_factory=dict)


FAULT_WORDS = {
    "missing": "this is needed",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "float_parsing": "write a number",
    "float_type": "write a number",
    "finite_number": "write a number",
    "greater_than_equal": "write a number not below {ge}",
    "greater_than": "write a number greater than {gt}",
    "less_than_equal": "write a number not above {le}",
    "less_than": "write a number below {lt}",
    "time_parsing": "write a time of day such as 08:00",
    "datetime_parsing": "write a moment such as 2026-11-01T08:00",
    "datetime_from_date_parsing": "write a moment such as 2026-11-01T08:00",
    "too_short": "name at least one",
    "string_too_short": "this is needed",
}
"""In our words, by pydantic's type of fault: what may be typed there, and not which Python it is parsed by. Other faults keep their own sentence."""


class ConfigWrong(WrongUse):
    """The configuration cannot be used; mend privbot.toml and try again."""

    code = "config"

    def __init__(self, message: str | None = None, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults
        """Every wrong setting, where the file can be read as TOML."""


class SecretMissing(WrongUse):
    """A secret that the configuration refers to cannot be read; set it and try again."""

    code = "secret"


class Section(BaseModel):
    """A part of privbot.toml. Unknown keys are refused, so that a typo never passes silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Part = TypeVar("_Part", bound=Section)


class Secret(Section):
    """A password or key, by reference: `{env = "NAME"}`, `{file = "path"}` or `{command = "…"}`; `{value = "…"}` if one insists."""

    env: str | None = None
    file: Path | None = None
    command: str | None = None
    value: str | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def exactly_one_source(self) -> Secret:
        if sum(source is not None for source in (self.env, self.file, self.command, self.value)) != 1:
            raise ValueError("needs exactly one of env, file, command (or value, if you insist on clear text)")
        return self

    def read(self) -> str:
        """The secret itself, without the line end. Raises SecretMissing, naming where it was looked for and never what was found."""
        try:
            if self.env is not None:
                return os.environ[self.env]
            if self.file is not None:
                return self.file.expanduser().read_text(encoding="utf-8").rstrip("\r\n")
            if self.command is not None:
                # The operator's own command line from the operator's own file: a shell is what they expect.
                done = subprocess.run(self.command, shell=True, check=True, capture_output=True, text=True, timeout=30)  # noqa: S602
                return done.stdout.rstrip("\r\n")
            return self.value or ""
        except KeyError:
            raise SecretMissing(f"The environment variable {self.env} is not set; set it and try again.") from None
        except OSError as fault:
            raise SecretMissing(
                f"The secret file {self.file} cannot be read ({fault.strerror}); create it and try again."
            ) from None
        except subprocess.SubprocessError:
            raise SecretMissing(f"The command that should print a secret failed: {self.command}") from None


class Server(Section):
    """How to reach a mail server."""

    host: str = Field(description="Name of the server; its certificate is checked against it.")
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(default=None, description="Left out: the standard port.")
    security: Literal["tls", "starttls", "none"] = Field(
        default="tls",
        description='"tls", "starttls", or "none", which is refused except on this machine (127.0.0.1, ::1, localhost).',
    )
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the system's, PEM.")
    user: str | None = Field(default=None, description="Account to sign in with.")
    password: Secret | None = Field(default=None, description='{env = "NAME"}, {file = "path"} or {command = "…"}.')
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = Field(
        default=30, description="Limit for every single step on the wire."
    )

    @model_validator(mode="after")
    def no_plaintext_over_a_network(self) -> Server:
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError('security = "none" is allowed only for a server on this machine; use "tls" or "starttls"')
        return self

    def trusted_certificates(self, folder: Path) -> ssl.SSLContext:
        """Certificate checks on: the system's authorities, or those in `ca_file`. Raises ConfigWrong when that file cannot be used."""
        try:
            return ssl.create_default_context(cafile=folder / self.ca_file.expanduser() if self.ca_file else None)
        except OSError:
            raise ConfigWrong(f"ca_file = {str(self.ca_file)!r} is not a readable PEM file of certificates.") from None


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Smtp(Server):
    """[smtp] – the server that letters leave through."""

    @property
    def standard_port(self) -> int:
        return self.port or {"tls": 465, "starttls": 587, "none": 25}[self.security]


class Mailbox(Server):
    """[[mailbox]] – one IMAP account, and the folders in it that are read."""

    id: Identifier = Field(description="Short name, used in logs and on the command line.")
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1, description="Folders to read.")
    controllers: tuple[Identifier, ...] = Field(
        min_length=1, description="Whose mail arrives here; the first is meant when the address does not tell."
    )
    after: Literal["leave", "keyword", "move"] = Field(
        default="leave", description="What happens on the server to a mail that is safely kept."
    )
    keyword: str = Field(
        default="$PrivbotKept", pattern=r"^[$A-Za-z][A-Za-z0-9_-]*$", description='The keyword set with after = "keyword".'
    )
    move_to: str | None = Field(default=None, description='The folder with after = "move".')
    go_live: datetime | None = Field(
        default=None,
        description="Mail received before this moment is backlog: tickets with their true dates, no automatic letter. Left out: the first poll.",
    )
    paused: bool = Field(
        default=False,
        description="true: the mailbox is not looked at; what is kept of it is worked on. Mail waits on the server, and its dates run.",
    )
    poll_seconds: Annotated[int, Field(ge=1, le=86_400)] = Field(
        default=60, description="Seconds between two looks at the mailbox."
    )
    trusted_hosts: tuple[str, ...] = Field(
        default=(), description="Names by which your own mail servers call themselves in Received and Authentication-Results."
    )
    size_cap_mb: Annotated[float, Field(gt=0, le=1024)] = Field(
        default=25, description="Larger mails are kept cut, and shown to a person."
    )
    sent_folder: str | None = Field(default=None, description="Where a copy of each letter is put; left out: none.")

    @field_validator("go_live", mode="before")
    @classmethod
    def a_day_is_its_first_moment(cls, value: Any) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time.min, UTC)
        return value

    @field_validator("go_live")
    @classmethod
    def without_an_offset_it_is_utc(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value

    @model_validator(mode="after")
    def move_needs_a_folder(self) -> Mailbox:
        if (self.after == "move") != (self.move_to is not None):
            raise ValueError('after = "move" and move_to go together')
        if self.move_to in self.folders:
            raise ValueError("move_to must not be one of the folders that are read")
        return self

    @property
    def standard_port(self) -> int:
        return self.port or {"tls": 993, "starttls": 143, "none": 143}[self.security]


class PlaceSetting(Section):
    """Where days are counted for a regime."""

    zone: str = Field(description="IANA time zone, such as Europe/Vienna.")
    country: str = Field(description="Country of the public holidays, such as AT.")
    subdivision: str | None = Field(default=None, description="Part of the country, such as ENG.")

    @field_validator("zone")
    @classmethod
    def zone_exists(cls, value: str) -> str:
        from zoneinfo import available_timezones

        if value not in available_timezones():
            raise ValueError("is not an IANA time zone such as Europe/Vienna")
        return value


class PromiseSetting(Section):
    """Calendar days promised in a privacy notice."""

    days: int = Field(ge=1, le=365, description="Days from the day of receipt.")
    extended_days: int | None = Field(default=None, ge=1, le=365, description="Days promised where the answer needs more time.")


CustomerFact = Literal["email", "name", "phone", "customer_id", "wallet", "postal_address", "date_of_birth"]
CUSTOMER_FACTS: tuple[str, ...] = get_args(CustomerFact)
QUERY_PARAMETER = re.compile(r"(?<!:):(email|name|phone|id|wallet)\b")
"""What a query asks by; two colons are PostgreSQL's cast."""
Columns = Annotated[
    dict[CustomerFact, str],
    Field(
        default_factory=dict,
        description="Your names for email, name, phone, customer_id, wallet, postal_address, date_of_birth, where they differ.",
    ),
]


class CsvCustomers(Section):
    """[controller.customers] with kind = "csv" – customer records in a file, UTF-8, with a line of headings."""

    kind: Literal["csv"] = Field(description='"csv".')
    file: Path = Field(description="The file; it is read anew at each question.")
    columns: Columns


class SqlCustomers(Section):
    """[controller.customers] with kind = "sql" – customer records in a database that is only ever read."""

    kind: Literal["sql"] = Field(description='"sql".')
    database: str = Field(
        pattern=r"^(sqlite:///.|postgres(ql)?://.)",
        description="sqlite:///path or postgresql://user@host/name (password: PGPASSWORD or ~/.pgpass); opened for reading only.",
    )
    query: str = Field(
        description="A SELECT with :email, :name, :phone, :id or :wallet. It is asked once for each fact that was claimed; the others are NULL."
    )
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = Field(default=30, description="Limit for one question.")
    columns: Columns

    @field_validator("query")
    @classmethod
    def asks_by_something(cls, value: str) -> str:
        if not QUERY_PARAMETER.search(value):
            raise ValueError("asks for nobody: it needs at least one of :email, :name, :phone, :id, :wallet")
        return value


class HttpCustomers(Section):
    """[controller.customers] with kind = "http" – customer records behind a service of yours that answers JSON."""

    kind: Literal["http"] = Field(description='"http".')
    url: str = Field(
        description="https://…, or http:// on this machine. The claim is POSTed as JSON, so that nothing personal stands in an address."
    )
    token: Secret | None = Field(default=None, description='Sent as "Authorization: Bearer …".')
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the system's, PEM.")
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = Field(default=30, description="Limit for every step on the wire.")
    columns: Columns

    @field_validator("url")
    @classmethod
    def no_plaintext_over_a_network(cls, value: str) -> str:
        parts = urlsplit(value)
        if not parts.hostname or parts.username or parts.scheme not in ("https", "http"):
            raise ValueError("is an address such as https://customers.example/privacy, without a user")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("http is allowed only for a service on this machine; use https")
        return value


class Recipient(Section):
    """Somebody to whom personal data was disclosed (Art 19 GDPR)."""

    name: str = Field(min_length=1, description='Who it is, as letters name it: "Shipping companies".')
    address: EmailAddress | None = Field(
        default=None, description="Where the letter to this recipient goes, if it is sent by mail."
    )


class Contacts(Section):
    """Who answers a complaint, beside the privacy office."""

    dpo: str = Field(default="", description="The data protection officer: name, address, mail; several lines are fine.")
    representatives: dict[Regime, str] = Field(
        default_factory=dict, description='The representative under a law, such as {gdpr = "…, Vienna", uk-gdpr = "…, London"}.'
    )


class Controller(Section):
    """[[controller]] – one company whose data subjects write."""

    id: Identifier = Field(description="Short name, used in references and on the command line.")
    name: str = Field(min_length=1, description="Full name, as letters give it.")
    addresses: tuple[EmailAddress, ...] = Field(
        min_length=1, description="The addresses people write to; the first one is the letters' sender."
    )
    regimes: tuple[Regime, ...] = Field(min_length=1, description="The laws this controller answers under.")
    mode: Literal["observe", "assist", "auto"] = Field(
        default="observe",
        description='"observe": drafts only; "assist": an operator approves each letter; "auto": clear cases are answered.',
    )
    paused: bool = Field(
        default=False,
        description='true: no letter leaves by itself, as if the mode were "assist". Mails are still kept, read and made tickets, and dates run.',
    )
    challenge: Literal["on-doubt", "always"] = Field(
        default="on-doubt",
        description="Under the GDPR: ask to confirm the address only when the mail is not authenticated, or always.",
    )
    contact: str = Field(default="", description="The privacy office's signature below each letter; several lines are fine.")
    promises: dict[Regime, PromiseSetting] = Field(
        default_factory=dict,
        description="What the controller's own privacy notice promises per regime, such as {gdpr = {days = 30}}.",
    )
    places: dict[Regime, PlaceSetting] = Field(
        default_factory=dict, description="Where days are counted, where it differs from the regime's own place."
    )
    letters: Path | None = Field(
        default=None, description="Folder with own wording for letters; left out: `letters/<id>` beside the TOML, if it is there."
    )
    operators: tuple[EmailAddress, ...] = Field(
        default=(), description="Who is reminded of dates by mail and gets the daily digest; left out: nobody."
    )
    digest_at: time = Field(
        default=time(8), description="When the digest leaves each day, in the time zone of the first of `regimes`."
    )
    customers: Annotated[CsvCustomers | SqlCustomers | HttpCustomers, Field(discriminator="kind")] | None = Field(
        default=None,
        description="Where the controller's own customer records are, to compare details with; left out: nothing is compared.",
    )
    recipients: tuple[Recipient, ...] = Field(
        default=(),
        description='Who is told of an erasure, rectification or restriction (Art 19 GDPR): [{name = "…", address = "…"}].',
    )
    contacts: Contacts = Field(
        default=Contacts(),
        description='Where complaints may go, beside the privacy office: {dpo = "…", representatives = {gdpr = "…"}}.',
    )
    retention_years: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None,
        description="Years after the last contact until a ticket is erased; left out: as law/promises.toml cites it (7).",
    )

    @property
    def answers_by_itself(self) -> bool:
        """Whether clear cases are answered without an operator."""
        return self.mode == "auto" and not self.paused

    @model_validator(mode="after")
    def lists_fit_together(self) -> Controller:
        for regime in self.contacts.representatives:
            if regime not in self.regimes:
                raise ValueError(f"contacts.representatives names {regime!r}, which is not one of regimes")
        names = [one.name for one in self.recipients]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"recipients names {sorted(twice)[0]!r} twice")
        return self


class Law(Section):
    """[law] – laws of your own, beside those privbot comes with."""

    folder: Path | None = Field(
        default=None,
        description="Folder of regime files, one per law; a file named like a shipped one takes its place. `privbot law check` checks them.",
    )


class Limits(Section):
    """[limits] – how many automatic letters may leave in 24 hours. Over a limit, a person decides."""

    per_address: Annotated[int, Field(ge=1)] = Field(default=5, description="To one address.")
    per_domain: Annotated[int, Field(ge=1)] = Field(default=200, description="To one mail domain.")
    per_controller: Annotated[int, Field(ge=1)] = Field(default=2000, description="For one controller.")


class IdentityProvider(Section):
    """[[console.oidc]] – sign-in with your own accounts by OpenID Connect. Only people who were invited can sign in."""

    id: Identifier = Field(description="Short name, part of the address that the provider sends people back to.")
    name: str = Field(min_length=1, description='As the sign-in page names it: "Sign in with …".')
    issuer: str = Field(
        description="https://… of the provider, below which /.well-known/openid-configuration lies; http:// only on this machine."
    )
    client_id: str = Field(min_length=1, description="Your client's id at the provider.")
    client_secret: Secret = Field(description='{env = "NAME"}, {file = "path"} or {command = "…"}.')

    @field_validator("issuer")
    @classmethod
    def no_plaintext_over_a_network(cls, value: str) -> str:
        parts = urlsplit(value)
        if not parts.hostname or parts.scheme not in ("https", "http"):
            raise ValueError("is an address such as https://login.example")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("http is allowed only for a provider on this machine; use https")
        return value


class Console(Section):
    """[console] – the operators' web console."""

    with_run: bool = Field(default=True, description="Whether `privbot run` serves it; `privbot console` serves it alone.")
    host: str = Field(
        default="127.0.0.1", description="Where it listens; beyond this machine only behind a proxy with `address`."
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=8400, description="Port it listens on; 0: any free one.")
    address: str | None = Field(
        default=None,
        description="How people reach it through your proxy, such as https://privacy.example; left out: http://localhost:PORT.",
    )
    proxy: str | None = Field(
        default=None, description="Address of the proxy in front, such as 127.0.0.1: only its X-Forwarded headers are believed."
    )
    require_mfa: bool = Field(default=True, description="Everybody sets up a second factor before anything else.")
    idle_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(
        default=30, description="A session ends after so long without use."
    )
    session_hours: Annotated[int, Field(ge=1, le=168)] = Field(
        default=12, description="A session ends after so long in any case."
    )
    breached_passwords: Path | None = Field(
        default=None,
        description="A file of breached passwords: upper-case SHA-1 hashes, sorted, one a line; `:count` may follow.",
    )
    oidc: tuple[IdentityProvider, ...] = Field(default=(), description="Sign-in with your own accounts; see [[console.oidc]].")

    @model_validator(mode="after")
    def no_plaintext_over_a_network(self) -> Console:
        parts = urlsplit(self.address or "http://localhost")
        if not parts.hostname or parts.scheme not in ("https", "http") or parts.path.strip("/") or parts.query:
            raise ValueError("address is such as https://privacy.example, without a path")
        if parts.scheme == "http" and not (is_loopback(parts.hostname) and is_loopback(self.host)):
            raise ValueError('without an https:// address the console listens on this machine only (host = "127.0.0.1")')
        return self

    @property
    def origin(self) -> str:
        """How people reach it, without a slash at the end."""
        return (self.address or f"http://localhost:{self.port}").rstrip("/")


class Config(Section):
    """The whole of privbot.toml."""

    database: str = Field(
        default="sqlite:///privbot.db",
        description="sqlite:///path or postgresql://user@host/name (password: PGPASSWORD or ~/.pgpass)",
    )
    key_database: str = Field(
        default="sqlite:///privbot-keys.db",
        description="The key store. Back it up apart from the data, and briefly: a destroyed key is what makes deletion real.",
    )
    master_key: Secret = Field(
        default=Secret(env="PRIVBOT_MASTER_KEY"),
        description="Wraps every data key. Make one with `privbot init`, and keep a copy in a safe place.",
    )
    smtp: Smtp
    mailbox: tuple[Mailbox, ...] = Field(min_length=1)
    controller: tuple[Controller, ...] = Field(min_length=1)
    limits: Limits = Limits()
    law: Law = Law()
    console: Console = Console()
    lease_seconds: Annotated[float, Field(ge=1, le=3600)] = Field(
        default=60, description="How long a worker holds a mailbox or a letter before another worker may take it over."
    )
    folder: Path = Field(default=Path(), exclude=True, repr=False)
    file: Path | None = Field(default=None, exclude=True, repr=False)
    """The privbot.toml this was read from; None for a configuration made in code."""
    version: str = Field(default="", exclude=True, repr=False)
    """Of the text of `file`: `version_of`."""

    @model_validator(mode="after")
    def names_fit_together(self) -> Config:
        known = {controller.id for controller in self.controller}
        for what, ids in (("controller", [c.id for c in self.controller]), ("mailbox", [m.id for m in self.mailbox])):
            if twice := {one for one in ids if ids.count(one) > 1}:
                raise ValueError(f"two [[{what}]] have the id {sorted(twice)[0]!r}")
        addresses = [address for controller in self.controller for address in dict.fromkeys(controller.addresses)]
        if twice := {one for one in addresses if addresses.count(one) > 1}:
            raise ValueError(f"two [[controller]] have the address {sorted(twice)[0]}; it has to tell whose mail it is")
        letters = [self.letters_folder(controller).resolve() for controller in self.controller]
        if twice_used := {one for one in letters if letters.count(one) > 1}:
            raise ValueError(
                f"two [[controller]] have their letters in {sorted(twice_used)[0].name}; each needs a folder of its own"
            )
        for mailbox in self.mailbox:
            for one in mailbox.controllers:
                if one not in known:
                    raise ValueError(f"mailbox {mailbox.id!r} names the controller {one!r}; known are {', '.join(sorted(known))}")
        return self

    @cached_property
    def controllers(self) -> dict[str, Controller]:
        return {controller.id: controller for controller in self.controller}

    def named_controller(self, identifier: str) -> Controller:
        """The controller with this id. Raises ConfigWrong, listing those there are."""
        if identifier not in self.controllers:
            raise ConfigWrong(
                f"There is no controller {identifier!r}; the configuration has {', '.join(sorted(self.controllers))}."
            )
        return self.controllers[identifier]

    @cached_property
    def mailboxes(self) -> dict[str, Mailbox]:
        return {mailbox.id: mailbox for mailbox in self.mailbox}

    def sent_folder(self, mailbox: str) -> str | None:
        """Where copies of the letters that answer this mailbox's mails are put; None also where it was renamed since or is gone."""
        known = self.mailboxes.get(mailbox)
        return known.sent_folder if known else None

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """Every address that privbot writes from or receives at: never answered."""
        accounts = {mailbox.user.lower() for mailbox in self.mailbox if mailbox.user and "@" in mailbox.user}
        return frozenset(accounts | {address for controller in self.controller for address in controller.addresses})

    @property
    def data_folder(self) -> Path:
        """Where models trained here lie: beside the SQLite database; beside the TOML when the records are in PostgreSQL."""
        name = self.database.removeprefix("sqlite:///")
        return self.path(unquote(name)).parent if name != self.database else self.folder

    def letters_folder(self, controller: Controller) -> Path:
        """Where a controller's own wording lies, or would lie."""
        return self.path(controller.letters or Path("letters", controller.id))

    def own_wording(self, controller: Controller) -> Path | None:
        """The folder with a controller's own wording; None where it has none. One that the TOML names must be there when it is used."""
        folder = self.letters_folder(controller)
        return folder if controller.letters or folder.is_dir() else None

    def path(self, name: str | Path) -> Path:
        """A path from the TOML, taken from the folder in which the TOML lies."""
        return self.folder / Path(name).expanduser()


DEFAULT_FILE = "privbot.toml"


def load(file: Path | None = None) -> Config:
    """Read a privbot.toml: the one given, or $PRIVBOT_CONFIG, or ./privbot.toml. From then on the laws of its `[law]` folder are in use.

    Raises ConfigWrong in one sentence, WrongLawFile for a wrong file in that folder.
    """
    path = file or Path(os.environ.get("PRIVBOT_CONFIG", DEFAULT_FILE))
    text = read_text(path)
    use_folder(law_folder(parsed(text, path), path.resolve().parent))
    return validated(text, path)


def read_text(path: Path) -> str:
    """What stands in a privbot.toml. Raises ConfigWrong."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8 text"
        raise ConfigWrong(f"{path} cannot be read ({why}); run `privbot init` to write one, or name one with --config.") from None


def parsed(text: str, path: Path) -> dict[str, Any]:
    """The text as settings that nobody has looked at yet. Raises ConfigWrong."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise ConfigWrong(f"{path} is not valid TOML: {fault}.") from None


def validated(text: str, path: Path) -> Config:
    """The text of the privbot.toml at `path` as configuration, under the laws that are in use. Raises ConfigWrong with every fault."""
    settings = parsed(text, path)
    folder = path.resolve().parent
    _anchor_secret_files(settings, folder)
    try:
        config = Config.model_validate({**settings, "folder": folder})
    except ValidationError as wrong:
        faults = _faults(wrong, settings)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise ConfigWrong(f"{path}: {faults[0].key or 'the file'}: {faults[0].sentence}{more}.", faults) from None
    return config.model_copy(update={"file": path.resolve(), "version": version_of(text)})


def validated_part(model: type[_Part], settings: dict[str, Any], path: tuple[str | int, ...], folder: Path) -> _Part:
    """One part of a privbot.toml alone, such as a mailbox that nobody has saved yet; `path` is where it will stand. Raises ConfigWrong."""
    _anchor_secret_files(settings, folder)
    try:
        return model.model_validate(settings)
    except ValidationError as wrong:
        faults = tuple(replace(one, path=(*path, *one.path)) for one in _faults(wrong, settings))
        raise ConfigWrong(f"{faults[0].key or path[0]}: {faults[0].sentence}.", faults) from None


def version_of(text: str) -> str:
    """By which two texts of privbot.toml are told apart (SHA-256)."""
    return hashlib.sha256(text.encode()).hexdigest()


def law_folder(settings: dict[str, Any], folder: Path) -> Path | None:
    """The `[law]` folder as written; whatever is wrong with the setting itself, validation says."""
    law = settings.get("law")
    named = law.get("folder") if isinstance(law, dict) else None
    return folder / Path(named).expanduser() if isinstance(named, str) else None


def _anchor_secret_files(settings: Any, folder: Path) -> None:
    """A secret's relative file begins in the folder of the TOML, like every other path in it."""
    for value in settings.values() if isinstance(settings, dict) else settings if isinstance(settings, list) else ():
        if isinstance(value, dict) and set(value) == {"file"} and isinstance(value["file"], str):
            value["file"] = str(folder / Path(value["file"]).expanduser())
        else:
            _anchor_secret_files(value, folder)


def _faults(wrong: ValidationError, settings: dict[str, Any]) -> tuple[Fault, ...]:
    told = wrong.errors(include_url=False, include_input=False)
    # A list of one that is wrong is called too short as well.
    inner = [one for one in told if not any(other["loc"][: len(one["loc"])] == one["loc"] != other["loc"] for other in told)]
    return tuple(_fault(one["type"], one["msg"], one.get("ctx", {}), tuple(one["loc"]), settings) for one in inner)


def _fault(kind: str, message: str, limits: Mapping[str, object], path: tuple[str | int, ...], settings: dict[str, Any]) -> Fault:
    words = FAULT_WORDS.get(kind, "")
    sentence = words.format(**limits) if words else _sentence(message)
    return Fault(path, _key(path, settings), sentence, words, limits if words else {})


def _sentence(message: str) -> str:
    said = message.removeprefix("Value error, ")
    return said[0].lower() + said[1:]


def _key(path: Sequence[str | int], settings: dict[str, Any]) -> str:
    """Such as `mailbox[privacy].port`."""
    key = ""
    here: Any = settings
    for step in path:
        here = _inside(here, step)
        if isinstance(step, int):
            name = here.get("id") if isinstance(here, dict) else None
            key += f"[{name or step + 1}]"
        else:
            key += f".{step}" if key else str(step)
    return key


def _inside(container: Any, step: str | int) -> Any:
    try:
        return container[step]
    except (KeyError, IndexError, TypeError):
        return None
