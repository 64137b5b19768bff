"""Tricks in the plain text of a mail."""

from __future__ import annotations

from tests.hostile.envelope import REQUEST, mail, multipart

TRICKS: tuple[tuple[str, str], ...] = (
    ("text: markup", "<script>top.ran=1</script><img src=x onerror=alert(1)><style>*{display:none}</style>"),
    ("text: markup that closes a container", "</div></section></main></body><script>top.ran=1</script></textarea></pre>"),
    ("text: attribute breakers", "\" onmouseover=alert(1) x=\" ' onfocus=alert(1) autofocus '"),
    ("text: template language", "{{7*7}} {% raw %} {{ request.office.seals }} ${7*7} <%= 7*7 %>"),
    ("text: letters turned around", "Pay to \u202eelpmaxe.live\u202c \u2066\u2067now\u2069\u2069"),
    ("text: isolates that do not end", "\u2066\u2067\u2068\u202e" * 1_000 + "never closed"),
    ("text: invisible letters", "era\u200bse\u2060 my\u00ad da\ufeffta \U000e0041\U000e0042"),
    ("text: towers of accents", "Z" + "\u0300\u0301\u0302\u0315\u031b\u0321" * 500 + "algo"),
    ("text: controls and escapes", "\x1b[2J\x1b]0;owned\x07 \x08\x08\x7f\x00 \x9b31m"),
    ("text: one endless line", "W" * 300_000),
    ("text: a hundred thousand lines", "x\n" * 100_000),
    ("text: addresses of scripts", "javascript:top.ran=1 data:text/html,<script>top.ran=1</script> {canary}/"),
    ("text: widest characters", "\ufdfd\u2e3b\U0001242b" * 2_000),  # one character as wide as a line
    (
        "text: forged headings of the console",
        "What became of it\nOn a ticket\nThe sender's mail server vouches for this address.",
    ),
    ("text: lone surrogates by UTF-7", "+2AA-+3AA-+2AA-"),
    ("text: deep quotes", "\n".join(">" * depth + " x" for depth in range(0, 3_000, 10))),
)


def mails() -> list[tuple[str, bytes]]:
    """Each trick in a plain mail."""
    made = [
        (
            name,
            mail(f"{REQUEST}\n\n{trick}\n", kind="text/plain; charset=utf-7" if "UTF-7" in name else "text/plain; charset=utf-8"),
        )
        for name, trick in TRICKS
    ]
    flood = [f"Content-Type: text/plain\n\npart {number}".encode() for number in range(3_000)]
    made.append(("text: three thousand parts", multipart("mixed", *flood)))
    nested = b"Content-Type: text/plain\n\n" + REQUEST.encode()
    for depth in range(300):
        nested = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--" % (depth, depth, nested, depth)
    made.append(("text: parts nested three hundred times", multipart("mixed", nested)))
    return made
