"""The controller's own customer records, wherever they are: a CSV file, a database, a service that answers JSON.

Here records are only fetched; whether one matches a claim is casework's to say. Nothing that is fetched is logged, kept or named in an error.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import ssl
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from privbot.casework.customers import Claim, CustomerRecord
from privbot.config import (
    CUSTOMER_FACTS,
    QUERY_PARAMETER,
    Config,
    CsvCustomers,
    HttpCustomers,
    SqlCustomers,
)
from privbot.errors import FaultOfWorld, WrongUse

MOST_CANDIDATES = 50
"""Of more records that share a fact with a claim, none says who it is."""
LONGEST_ANSWER = 4 * 1024 * 1024
NEEDED = ("email", "name")
"""The facts that every kind of record must have; others may be missing."""
PHONE_DIGITS = 8
"""The last digits of a telephone number, which +43 1 and 01 share."""


class CustomersUnreachable(FaultOfWorld):
    """The customer records cannot be asked now; the comparison waits."""

    code = "customers-unreachable"


class CustomersWrong(WrongUse):
    """The customer records cannot be used as they are configured; mend [controller.customers]."""

    code = "customers-wrong"


def candidates(config: Config, controller: str, claim: Claim) -> list[CustomerRecord]:
    """The customers who share at least one fact with a claim, at most fifty; none where the controller has no customer records configured.

    Raises CustomersUnreachable (try again later) and CustomersWrong (mend the configuration or the records).
    """
    source = config.named_controller(controller).customers
    match source:
        case None:
            return []
        case CsvCustomers():
            found = _from_csv(source, config.path(source.file), claim)
        case SqlCustomers():
            found = _from_sql(source, config, claim)
        case HttpCustomers():
            found = _from_http(source, config, claim)
    return list(islice(dict.fromkeys(found), MOST_CANDIDATES))


def check(config: Config, controller: str) -> None:
    """Ask for somebody whom no controller knows: proves that the records are there and have the columns they need. Raises as `candidates`."""
    nobody = "privbot-check"
    candidates(config, controller, Claim((f"{nobody}@privbot.invalid",), nobody, (), (nobody,), ()))


# -- a file --------------------------------------------------------------------------------------------------------------


def _from_csv(source: CsvCustomers, file: Path, claim: Claim) -> Iterator[CustomerRecord]:
    wanted = _rough_facts(claim)
    try:
        # utf-8-sig: spreadsheets put a byte order mark first.
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines, strict=True)
            names = _columns(source.columns, rows.fieldnames or (), f"{file.name}")
            for row in rows:
                record = _record(row, names)
                if not wanted.isdisjoint(_rough_facts(_claim_of(record))):
                    yield record
    except OSError as fault:
        raise CustomersUnreachable(f"The customer records {file} cannot be read ({fault.strerror}).") from None
    except (UnicodeDecodeError, csv.Error):
        raise CustomersWrong(f"The customer records {file} are not a CSV file in UTF-8; export them anew.") from None


def _rough_facts(claim: Claim) -> set[tuple[str, str]]:
    """A claim's facts, so rough that one customer's are equal however they are written. Which of them truly match is not decided here."""
    facts = {("email", _plain(one)) for one in claim.emails} | {("id", _plain(one)) for one in claim.ids}
    facts |= {("wallet", _plain(one)) for one in claim.wallets} | {("name", " ".join(sorted(_plain(claim.name).split())))}
    facts |= {("phone", digits[-PHONE_DIGITS:]) for one in claim.phones if (digits := re.sub(r"\D", "", _plain(one)))}
    return {(kind, value) for kind, value in facts if value}


def _claim_of(record: CustomerRecord) -> Claim:
    """The claim a customer would make who knows everything the record knows."""
    return Claim((record.email,), record.name, (record.phone,), (record.customer_id,), (record.wallet,))


def _plain(text: str) -> str:
    """Without case, width and accents."""
    folded = unicodedata.normalize("NFKD", text).casefold().strip()
    return "".join(character for character in folded if not unicodedata.combining(character))


# -- a database ----------------------------------------------------------------------------------------------------------


def _from_sql(source: SqlCustomers, config: Config, claim: Claim) -> Iterator[CustomerRecord]:
    ask = _ask_sqlite if source.database.startswith("sqlite:") else _ask_postgresql
    for columns, rows in ask(source, config, list(_questions(source.query, claim))):
        names = _columns(source.columns, columns, "the query")
        for row in rows:
            yield _record(dict(zip(columns, row, strict=True)), names)


def _questions(query: str, claim: Claim) -> Iterator[dict[str, str | None]]:
    """One question for each claimed fact that the query asks by; the other parameters are NULL, which equals nothing."""
    asked = set(QUERY_PARAMETER.findall(query))
    facts = {
        "email": claim.emails, "name": (claim.name,), "phone": claim.phones, "id": claim.ids, "wallet": claim.wallets,
    }  # fmt: skip
    nothing = dict.fromkeys(asked)
    for kind, values in facts.items():
        if kind in asked:
            yield from (nothing | {kind: value} for value in values if value)


Answers = Iterator[tuple[list[str], list[tuple[Any, ...]]]]


def _ask_sqlite(source: SqlCustomers, config: Config, questions: list[dict[str, str | None]]) -> Answers:
    file = config.path(unquote(source.database.removeprefix("sqlite:///")))
    try:
        connection = sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=source.timeout_seconds)
    except sqlite3.Error as fault:
        raise _unreachable(file.name, fault) from None
    try:
        for question in questions:
            cursor = connection.execute(source.query, question)
            yield [one[0] for one in cursor.description or ()], cursor.fetchmany(MOST_CANDIDATES)
    except sqlite3.Error as fault:
        # "unable to open", "database is locked", "disk I/O error": the world. All else is the query's fault or the schema's.
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF in (
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
            sqlite3.SQLITE_IOERR,
        ):
            raise _unreachable(file.name, fault) from None
        raise _query_refused(fault) from None
    finally:
        connection.close()


def _ask_postgresql(source: SqlCustomers, config: Config, questions: list[dict[str, str | None]]) -> Answers:
    import psycopg

    query = QUERY_PARAMETER.sub(r"%(\1)s", source.query.replace("%", "%%"))
    where = urlsplit(source.database).hostname or "database"
    seconds = source.timeout_seconds
    limits = f"-c default_transaction_read_only=on -c statement_timeout={int(seconds * 1000)}"
    try:
        with psycopg.connect(source.database, connect_timeout=max(2, int(seconds)), options=limits) as connection:
            for question in questions:
                cursor = connection.execute(query.encode(), question)
                yield (
                    [one.name for one in cursor.description or ()],
                    cursor.fetchmany(MOST_CANDIDATES) if cursor.description else [],
                )
    except psycopg.OperationalError as fault:
        raise _unreachable(where, fault) from None
    except psycopg.Error as fault:
        raise _query_refused(fault) from None


def _unreachable(where: str, fault: Exception) -> CustomersUnreachable:
    return CustomersUnreachable(f"The customer records in {where} cannot be asked now ({type(fault).__name__}).")


def _query_refused(fault: Exception) -> CustomersWrong:
    # The database's own words are not repeated: they may quote what was asked.
    return CustomersWrong(
        f"The database refused the query of [controller.customers] ({type(fault).__name__}); only a SELECT that it knows is let through."
    )


# -- a service -----------------------------------------------------------------------------------------------------------


def _from_http(source: HttpCustomers, config: Config, claim: Claim) -> Iterator[CustomerRecord]:
    for row in _customers_in(_post(source, config, claim), urlsplit(source.url).hostname or ""):
        names = _columns(source.columns, tuple(row), "the service's answer")
        yield _record(row, names)


def _post(source: HttpCustomers, config: Config, claim: Claim) -> bytes:
    """The answer's bytes. A POST, so that nothing personal stands in an address; redirects, which could lead anywhere, are not followed."""
    import httpx

    host = urlsplit(source.url).hostname
    headers = {"Accept": "application/json"}
    if source.token:
        headers["Authorization"] = f"Bearer {source.token.read()}"
    try:
        trust = ssl.create_default_context(cafile=config.path(source.ca_file) if source.ca_file else None)
    except OSError:
        raise CustomersWrong(f"ca_file = {str(source.ca_file)!r} is not a readable PEM file of certificates.") from None
    try:
        # trust_env: no proxy that happens to be set may read whom we ask for.
        with (
            httpx.Client(timeout=source.timeout_seconds, verify=trust, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", source.url, json=asdict(claim), headers=headers) as answer,
        ):
            if answer.status_code >= 500 or answer.status_code == 429:
                raise CustomersUnreachable(
                    f"The customer service at {host} answered {answer.status_code}; it is asked again later."
                )
            if answer.status_code != 200:
                raise CustomersWrong(
                    f"The customer service at {host} answered {answer.status_code} instead of 200; check url and token (redirects are not followed)."
                )
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > LONGEST_ANSWER:
                    raise CustomersWrong(
                        f"The customer service at {host} answers with too much; it may send at most {MOST_CANDIDATES} customers."
                    )
            return body
    except httpx.HTTPError as fault:
        if isinstance(_root(fault), ssl.SSLCertVerificationError):
            raise CustomersWrong(
                f"The certificate of {host} is not valid; mend it, or name its authority with ca_file."
            ) from None
        raise CustomersUnreachable(f"The customer service at {host} does not answer ({type(fault).__name__}).") from None


def _root(fault: BaseException) -> BaseException:
    while (cause := fault.__cause__ or fault.__context__) is not None:
        fault = cause
    return fault


def _customers_in(body: bytes, host: str) -> list[Mapping[str, Any]]:
    try:
        told = json.loads(body)
        rows = told["customers"]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TypeError
    except (ValueError, TypeError, KeyError):
        raise CustomersWrong(
            f'The customer service at {host} does not answer {{"customers": [{{…}}]}}; see docs/customers.md.'
        ) from None
    return rows


# -- columns -------------------------------------------------------------------------------------------------------------


def _columns(given: Mapping[Any, str], there: Iterable[str], where: str) -> dict[str, str]:
    """Which column holds which fact. Raises CustomersWrong, naming every column that is missing – never what is there, which may be anything."""
    known = list(there)
    names = {fact: given.get(fact, fact) for fact in CUSTOMER_FACTS if fact in given or fact in NEEDED or fact in known}
    if missing := [name for name in names.values() if name not in known]:
        raise CustomersWrong(
            f"The customer records lack the column{'s' if len(missing) > 1 else ''} {', '.join(map(repr, missing))} in {where}. "
            "Add what is missing, or say in [controller.customers] columns what it is called."
        )
    return names


def _record(row: Mapping[str, Any], names: Mapping[str, str]) -> CustomerRecord:
    """A record with whatever is known; missing values are empty, numbers and dates are written out."""
    known = {fact: str(row[name]).strip() for fact, name in names.items() if row.get(name) is not None}
    return replace(CustomerRecord(), **known)
