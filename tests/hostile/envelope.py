"""The ordinary mail around each trick."""

from __future__ import annotations

REQUEST = "Please erase all my personal data under Article 17 GDPR."


def mail(
    body: bytes | str, *, kind: str = "text/html; charset=utf-8", sender: str = "Mel Ortega <mel{number}@ortega.example>", subject: str = "my data",
    more: str = "", encoding: str = "8bit",
) -> bytes:  # fmt: skip
    """A mail of one part."""
    data = body.encode() if isinstance(body, str) else body
    return _head(sender, subject, more, f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n") + data


def with_files(*files: tuple[str, str, bytes], text: str = REQUEST) -> bytes:
    """A mail with attached files: (parameter for the name, type, bytes)."""
    parts = [b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode()]
    for name, kind, data in files:
        parts.append(
            f"Content-Type: {kind}\nContent-Disposition: attachment; {name}\nContent-Transfer-Encoding: base64\n\n".encode()
            + base64_lines(data)
        )
    return multipart("mixed", *parts)


def multipart(kind: str, *parts: bytes) -> bytes:
    """Parts with their own headers."""
    body = b"".join(b"--limit\n" + part + b"\n" for part in parts) + b"--limit--\n"
    return (
        _head("Mel Ortega <mel{number}@ortega.example>", "my data", "", f"Content-Type: multipart/{kind}; boundary=limit\n")
        + body
    )


def base64_lines(data: bytes) -> bytes:
    from base64 import encodebytes

    return encodebytes(data)


def _head(sender: str, subject: str, more: str, content: str) -> bytes:
    return (
        f"From: {sender}\nTo: customer-lumen@harbour.example\nSubject: {subject}\nDate: Fri, 20 Nov 2026 10:00:00 +0100\n"
        f"Message-ID: <hostile-{{number}}@ortega.example>\n{more}MIME-Version: 1.0\n{content}\n"
    ).encode("utf-8", "surrogateescape")
