"""What somebody claims to be, and what a controller's customer records say: values only. Fetching is `records.customers`' work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """The facts by which a requester says that the controller knows them. Phones in E.164, wallets as Ethereum addresses."""

    emails: tuple[str, ...] = ()
    name: str = ""
    phones: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    """Customer, account or order numbers, as written."""
    wallets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """One customer as the controller knows them, in the controller's own spelling; an empty string where nothing is known."""

    email: str = ""
    name: str = ""
    phone: str = ""
    customer_id: str = ""
    wallet: str = ""
    postal_address: str = ""
    date_of_birth: str = ""
