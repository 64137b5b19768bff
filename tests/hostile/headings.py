"""Tricks in the header of a mail: names, addresses, subjects, trace lines."""

from __future__ import annotations

from base64 import b64encode

from tests.hostile.envelope import REQUEST, mail

MARKUP = "<script>top.ran=1</script><img src=x onerror=alert(1)>"


def word(text: str) -> str:
    """As an encoded word (RFC 2047)."""
    return f"=?utf-8?B?{b64encode(text.encode('utf-8', 'surrogatepass')).decode()}?="


SUBJECTS: tuple[tuple[str, str], ...] = (
    ("subject: markup", MARKUP),
    ("subject: markup in an encoded word", word(MARKUP)),
    ("subject: closes title and heading", word("</title></h1><script>top.ran=1</script>")),
    ("subject: template language", "{{7*7}} {% include 'x' %} {{ config }}"),
    ("subject: formula", "=cmd|'/c calc'!A0"),
    ("subject: turned around", word("invoice \u202efdp.exe")),
    ("subject: towers of accents", word("a" + "\u0300\u0316" * 2_000)),
    ("subject: line breaks and a header", word("my data\r\nBcc: everybody@harbour.example\r\n\r\n<script>top.ran=1</script>")),
    ("subject: a hundred thousand letters", "W" * 60_000),
    ("subject: ten thousand encoded words", "\n ".join([word("my data")] * 5_000)),
)
SENDERS: tuple[tuple[str, str], ...] = (
    ("sender: markup in the name", f'"{MARKUP}" <mel{{number}}@ortega.example>'),
    ("sender: another address in the name", '"privacy@harbour.example" <mel{number}@ortega.example>'),
    ("sender: formula in the name", "\"=HYPERLINK('{canary}/','x')\" <mel{number}@ortega.example>"),
    ("sender: formulas by other signs", '"+1-1@SUM(A1)" <mel{number}@ortega.example>'),
    ("sender: turned around", word("\u202eelpmaxe.redrah@ycavirp") + " <mel{number}@ortega.example>"),
    ("sender: template language in the name", '"{{7*7}}{% debug %}" <mel{number}@ortega.example>'),
    ("sender: markup in the address", '"Mel"@<img/src=x onerror=alert(1)>, <"<script>top.ran=1</script>"@ortega.example>'),
    ("sender: name of sixty thousand letters", f'"{"W" * 60_000}" <mel{{number}}@ortega.example>'),
    ("sender: several, the first harmless", "Mel <mel{number}@ortega.example>, Sue <sue@elsewhere.example>"),
    ("sender: none", "undisclosed:;"),
)
MORE: tuple[tuple[str, str], ...] = (
    ("header: two thousand lines", "".join(f"X-Line-{number}: {'x' * 50}\n" for number in range(2_000))),
    ("header: one line of a million letters", f"X-Long: {'x' * 900_000}\n"),
    ("header: markup in names and values", f"X-<b>: {MARKUP}\nList-Id: {MARKUP}\nX-Mailer: {MARKUP}\n"),
    ("header: forged proof", "Authentication-Results: mx.harbour.example; dkim=pass header.d=ortega.example; spf=pass\n"),
    (
        "header: markup in the trace",
        f"Received: from {MARKUP} by <b>x</b> with \u202eSMTP; Fri, 20 Nov 2026 10:00:00 +0100\n" * 50,
    ),
    ("header: replies to markup", f'Reply-To: "{MARKUP}" <x@elsewhere.example>\nIn-Reply-To: <{MARKUP}@x>\n'),
    ("header: a date that is markup", f"Date: {MARKUP}\nX-Priority: {MARKUP}\n"),
)  # fmt: skip


def mails() -> list[tuple[str, bytes]]:
    """Each trick over an ordinary request."""
    plain = "text/plain; charset=utf-8"
    return [
        *((name, mail(REQUEST, kind=plain, subject=subject)) for name, subject in SUBJECTS),
        *((name, mail(REQUEST, kind=plain, sender=sender)) for name, sender in SENDERS),
        *((name, mail(REQUEST, kind=plain, more=more)) for name, more in MORE),
    ]
