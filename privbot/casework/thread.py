"""Which conversation does a mail belong to? Told by an unforgeable token in our letters' Message-ID, never by the subject.

A letter's Message-ID is `<reference.nonce.token@domain>`; the token is 128 bits of HMAC over reference and nonce, so that nobody can
write one for a ticket from whose letters they hold none (RFC 5322, 3.6.4: replies carry it in In-Reply-To and References).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from privbot.mail.model import Mail

MESSAGE_ID = re.compile(
    r"^<?([a-z0-9]{1,8}-[a-z0-9]{4}-[a-z0-9]{4})\.([a-z0-9]{6,32})\.([a-z2-7]{26})@[^@\s>]+>?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Token:
    """What a Message-ID of ours says. Believe it only after checking `token` against `signed`."""

    reference: str
    nonce: str
    token: str

    @property
    def signed(self) -> str:
        """What the token is an HMAC of."""
        return f"{self.reference}\0{self.nonce}"


def message_id(token: Token, domain: str) -> str:
    """The Message-ID of a letter, with its angle brackets."""
    return f"<{token.reference.lower()}.{token.nonce}.{token.token}@{domain}>"


def tokens_in(mail: Mail) -> list[Token]:
    """Tokens the mail carries, the directly answered letter first; unchecked."""
    found: dict[Token, None] = {}
    for identifier in (*mail.in_reply_to, *reversed(mail.references)):
        if match := MESSAGE_ID.match(identifier.strip()):
            token = Token(match[1].upper(), match[2].lower(), match[3].lower())
            found[token] = None
    return list(found)
