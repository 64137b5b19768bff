"""The mail that invites somebody, and the link in it."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from privbot.config import Config
from privbot.console.models import Invitation
from privbot.errors import PrivbotError


def link(config: Config, token: str, request: HttpRequest | None = None) -> str:
    """The address that an invited person opens."""
    return absolute(config, reverse("invitation", kwargs={"token": token}), request)


def absolute(config: Config, path: str, request: HttpRequest | None = None) -> str:
    """A path with the console's own origin: as configured; else as this request reached us, which ALLOWED_HOSTS keeps on this machine."""
    if config.console.address or request is None:
        return f"{config.console.origin}{path}"
    return request.build_absolute_uri(path)


def send(invitation: Invitation, address: str) -> bool:
    """Send the link. Whether it left; if not, the log has the code, and the link must be handed over another way."""
    values: dict[str, Any] = {"link": address, "invited_by": invitation.invited_by}
    subject = render_to_string("team/invitation_subject.txt", values).strip()
    try:
        EmailMessage(subject, render_to_string("team/invitation_message.txt", values), to=[invitation.email]).send()
    except PrivbotError as fault:
        structlog.get_logger().warning("invitation not sent", invitation=invitation.id, fault=fault.code)
        return False
    return True
