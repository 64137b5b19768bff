"""What the sign-in library's script for passkeys is told: a block of data in the page, never code."""

from __future__ import annotations

import json

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

HARMLESS = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


def script(ids: dict[str, str], function: str) -> SafeString:
    """The block that names the page's elements to `function`, such as `loginForm`."""
    # As in Django's `json_script`, nothing in the data can end the element.
    data = mark_safe(json.dumps({"ids": ids}).translate(HARMLESS))  # noqa: S308
    return format_html(
        '<script type="application/json" data-allauth-onload="allauth.webauthn.forms.{}">{}</script>', function, data
    )
