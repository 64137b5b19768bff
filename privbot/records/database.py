"""Opening the two databases: the records, and – apart, with a backup life of its own – the key store.

SQLite in WAL mode with `synchronous=FULL` by default, PostgreSQL for a fleet; the same models serve both. All times are stored in UTC.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from privbot.config import Config, ConfigWrong
from privbot.errors import FaultOfWorld

KEYS = "keys"
"""The alias of the key store."""
RESERVED_KEYS = 500
MIGRATION_LOCK = 0x7072_6976_6D
"""Any constant, the same for every process ("privm")."""


class DatabaseUnavailable(FaultOfWorld):
    """The database does not answer; privbot waits for it and goes on."""

    code = "database"


class KeyStoreRouter:
    """Data keys live in the key store, everything else in the records; nothing joins the two."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return KEYS if model._meta.model_name == "datakey" else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return self.db_for_read(one) == self.db_for_read(other)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        return (db == KEYS) == (model_name == "datakey")


def connect(config: Config, console: Mapping[str, Any] | None = None) -> None:
    """Prepare Django for these databases. Once per process; a second call with the same configuration does nothing.

    `console`: what the console sets besides (`privbot.console.settings`), in a process that serves it.
    """
    import django
    from django.conf import settings

    # A web request's thread lets its connection go at the end of the request; other threads by `let_go_of_connections`.
    age = None if console is None else 0
    databases = {
        "default": {**_database(config, config.database), "CONN_MAX_AGE": age},
        KEYS: {**_database(config, config.key_database), "CONN_MAX_AGE": age},
    }
    if settings.configured:
        if {alias: settings.DATABASES[alias]["NAME"] for alias in databases} != {
            alias: one["NAME"] for alias, one in databases.items()
        }:
            raise ConfigWrong("This process is already connected to another database.")
        return
    records = {
        "DATABASES": databases,
        "DATABASE_ROUTERS": ["privbot.records.database.KeyStoreRouter"],
        "INSTALLED_APPS": ["privbot.records.apps.RecordsConfig"],
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        # Without the console nothing is signed by Django.
        "SECRET_KEY": os.urandom(32).hex(),
    }
    settings.configure(**{**records, **(console or {})})
    django.setup()


def migrate() -> None:
    """Bring both databases to the present shape. Safe to run at every start, by several processes at once.

    Raises DatabaseUnavailable.
    """
    from django.core.management import call_command
    from django.db import Error, connections
    from django.db.migrations.executor import MigrationExecutor

    def is_behind(alias: str) -> bool:
        executor = MigrationExecutor(connections[alias])
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    try:
        for alias in ("default", KEYS):
            if is_behind(alias):
                with _one_process(alias):
                    call_command("migrate", database=alias, verbosity=0, interactive=False)
    except Error as fault:
        raise DatabaseUnavailable(
            f"The {alias} database cannot be opened ({type(fault).__name__}); check its address, rights and disk."
        ) from fault


def refuse_lost_records() -> None:
    """Raise DatabaseUnavailable when the key store knows many mails and the records know none: an empty file in the place of a lost one would
    answer everybody anew."""
    from privbot.records.models import DataKey, IncomingMail

    # Keys are reserved a batch ahead, so a few of them without a mail mean nothing.
    if not IncomingMail.objects.exists() and DataKey.objects.exclude(wrapped=None).count() > RESERVED_KEYS:
        raise DatabaseUnavailable(
            "The key store knows mails that the records have lost; restore the records, or begin anew with both removed."
        )


@contextmanager
def _one_process(alias: str) -> Iterator[None]:
    """Hold back other processes that start at the same moment: a file lock beside SQLite's file, an advisory lock in PostgreSQL."""
    from django.db import connections

    connection = connections[alias]
    if connection.vendor == "sqlite":
        with open(f"{connection.settings_dict['NAME']}.lock", "w") as lock:  # noqa: PTH123 – the name is Django's own string
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _database(config: Config, url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        # sqlite:///relative.db and sqlite:////absolute.db, as everybody writes them.
        path = config.path(unquote(parts.path.removeprefix("/")))
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "OPTIONS": {
                "timeout": 30,
                # A transaction takes its write lock at once: upgrading a read lock later fails with "database is locked" without waiting.
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON",
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
        }
    raise ConfigWrong(
        f"A database is sqlite:///path or postgresql://user@host/name, not {parts.scheme or 'a name without a scheme'}."
    )


_one_writer = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """One transaction on the records. Within a process writers queue here: SQLite's own waiting sleeps up to 100 ms at a time."""
    from django.db import InterfaceError, OperationalError, transaction

    with _one_writer:
        try:
            with transaction.atomic():
                yield
        except (OperationalError, InterfaceError) as fault:
            let_go_of_connections()
            raise DatabaseUnavailable(
                f"The database does not answer ({type(fault).__name__}); privbot waits for it and goes on."
            ) from fault


def let_go_of_connections() -> None:
    """Close this thread's connections, so that the next use opens new ones: after a fault, and before a thread ends or idles."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
