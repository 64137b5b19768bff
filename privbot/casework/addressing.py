"""Whose mail is this? Found by the address that was written to, never by what the mail says."""

from __future__ import annotations

from collections.abc import Sequence

from privbot.casework.model import Controller
from privbot.mail.model import Mail


def find_controller(mail: Mail, controllers: Sequence[Controller]) -> Controller | None:
    """The controller written to: by Delivered-To and X-Original-To first, then To and Cc; a plus-address counts as its base address, and
    `base+<controller id>@…` names the controller. None when the addresses leave it open and there is more than one."""
    if len(controllers) == 1:
        return controllers[0]
    written_to = [*mail.delivered_to, *(a.address for a in mail.to), *(a.address for a in mail.cc)]
    for address in written_to:
        base, tag = split_plus(address)
        for controller in controllers:
            if address in controller.addresses or base in controller.addresses:
                return controller
        for controller in controllers:
            if tag == controller.id:
                return controller
    return None


def split_plus(address: str) -> tuple[str, str]:
    """`privacy+lumen@x.example` → (`privacy@x.example`, `lumen`) (RFC 5233)."""
    local, at, domain = address.partition("@")
    name, _, tag = local.partition("+")
    return f"{name}{at}{domain}", tag
