"""Letters on the wire: SMTP with TLS and authentication (RFC 5321, 8314, 3207), through the standard library.

Encryption is never given up, and the certificate is always checked. Whether a refusal is final is the server's word: 4xx is tried again, 5xx
is not (RFC 5321, 4.2.1).
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from privbot.config import Smtp
from privbot.errors import FaultOfContent, FaultOfWorld


class SmtpUnreachable(FaultOfWorld):
    """The SMTP server does not answer; the letters wait in the outbox."""

    code = "smtp-unreachable"


class SmtpRefused(FaultOfWorld):
    """The SMTP server refused the connection's certificate, encryption or login; mend [smtp], the letters wait in the outbox."""

    code = "smtp-refused"


class LetterPostponed(FaultOfWorld):
    """The SMTP server cannot take this letter now (4xx); it is tried again later."""

    code = "letter-postponed"


class LetterRefused(FaultOfContent):
    """The SMTP server refused this letter for good (5xx); an operator decides."""

    code = "letter-refused"


class Unfinished(FaultOfWorld):
    """The connection broke after DATA was begun: whether the letter left is not known."""

    code = "letter-unfinished"


class Carrier:
    """A connection to the SMTP server, kept between letters. `folder` is where relative paths of the configuration begin."""

    def __init__(self, smtp: Smtp, folder: Path) -> None:
        self._smtp = smtp
        self._folder = folder
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Carrier:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def connect(self) -> None:
        """Have a working connection. Raises SmtpUnreachable or SmtpRefused."""
        if self._connection is not None:
            try:
                if self._connection.noop()[0] == 250:
                    return
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        try:
            self._connection = self._new_connection()
        except ssl.SSLCertVerificationError as fault:
            raise SmtpRefused(
                f"The certificate of {self._smtp.host} is not valid ({fault.verify_message}); mend it, or name its authority with ca_file."
            ) from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise SmtpRefused(f"{self._smtp.host} offers no STARTTLS or no login; privbot never gives up encryption.") from fault
        except smtplib.SMTPAuthenticationError as fault:
            raise SmtpRefused(f"{self._smtp.host} refused user or password; check both.") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise SmtpUnreachable(
                f"{self._smtp.host} does not answer ({type(fault).__name__}); the letters wait in the outbox."
            ) from fault

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        """Hand one message over. Raises LetterPostponed, LetterRefused, SmtpUnreachable (surely not sent) or Unfinished (perhaps sent)."""
        assert self._connection is not None
        connection = self._connection
        try:
            options = [] if recipient.isascii() and sender.isascii() else ["SMTPUTF8"]
            if options and not connection.has_extn("smtputf8"):
                raise LetterRefused("The SMTP server cannot carry an address with characters outside ASCII (RFC 6531).")
            code, _ = connection.mail(sender, options)
            if code >= 500:
                # 530, 550 relaying denied: what the server refuses is us, not this letter.
                raise SmtpRefused(
                    f"{self._smtp.host} does not let us send ({code}); mend [smtp], the letters wait in the outbox."
                )
            self._expect((code, b""), (250,))
            self._expect(connection.rcpt(recipient), (250, 251))
        except (smtplib.SMTPServerDisconnected, OSError) as fault:
            self.close()
            raise SmtpUnreachable(f"{self._smtp.host} broke off; the letters wait in the outbox.") from fault
        try:
            self._expect(connection.data(message), (250,))
        except smtplib.SMTPDataError as fault:
            # The server refused DATA itself (354 never came): the letter surely did not leave.
            self._expect((fault.smtp_code, b""), ())
        except (smtplib.SMTPServerDisconnected, OSError) as fault:
            self.close()
            raise Unfinished from fault

    def close(self) -> None:
        """Say goodbye."""
        connection, self._connection = self._connection, None
        if connection:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _expect(self, answer: tuple[int, bytes], good: tuple[int, ...]) -> None:
        code, _ = answer
        if code in good:
            return
        with suppress(smtplib.SMTPException, OSError):
            # The server may hang up after refusing; its answer counts all the same.
            assert self._connection is not None
            self._connection.rset()
        # The server's words are not repeated: they quote the recipient.
        if 400 <= code < 500:
            raise LetterPostponed(f"The SMTP server answered {code}; the letter is tried again later.")
        raise LetterRefused(f"The SMTP server answered {code}; an operator decides.")

    def _new_connection(self) -> smtplib.SMTP:
        smtp = self._smtp
        # Reading the system's certificates takes longer than handing over ten letters: only where they are needed.
        trust = smtp.trusted_certificates(self._folder) if smtp.security != "none" else None
        connection: smtplib.SMTP
        if smtp.security == "tls":
            connection = smtplib.SMTP_SSL(smtp.host, smtp.standard_port, timeout=smtp.timeout_seconds, context=trust)
        else:
            connection = smtplib.SMTP(smtp.host, smtp.standard_port, timeout=smtp.timeout_seconds)
        try:
            if smtp.security == "starttls":
                connection.starttls(context=trust)
            if connection.sock:
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.ehlo_or_helo_if_needed()
            if smtp.user is not None:
                connection.login(smtp.user, smtp.password.read() if smtp.password else "")
        except BaseException:
            connection.close()
            raise
        return connection
