"""One conversation with the mail server, with its phases told apart.

Exactly-once mail is impossible: the connection may die between the final dot and the 250. So the
caller is told, before the data begins, that from here on the outcome may stay unknown.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from types import TracebackType
from typing import Self

from django.conf import settings


class Deferred(Exception):
    """Refused for now (4xx, greylisting): try again later."""


class Rejected(Exception):
    """Refused for good (5xx): this message will never be taken."""


class Unreachable(Exception):
    """No conversation could be had: the message itself is not to blame."""


class Uncertain(Exception):
    """The connection died after the data had begun: perhaps sent, perhaps not."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: one recipient, a frozen body, a Message-ID that never changes."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    calendar: str = ""
    calendar_method: str = ""

    def as_email(self) -> EmailMessage:
        """The letter as MIME, text first, with the headers that keep out-of-office replies away."""
        mail = EmailMessage()
        mail["From"] = settings.DEFAULT_FROM_EMAIL
        mail["To"] = self.to
        mail["Subject"] = self.subject
        mail["Message-ID"] = self.message_id
        mail["Date"] = formatdate(localtime=False)
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(self.text, cte="quoted-printable")
        mail.add_alternative(self.html, subtype="html", cte="quoted-printable")
        if self.calendar:
            self._add_calendar(mail)
        return mail

    def _add_calendar(self, mail: EmailMessage) -> None:
        """As another reading of the mail, which calendar programs act on, and as a file to keep."""
        method = {"method": self.calendar_method, "charset": "utf-8"}
        document = self.calendar.encode()
        mail.add_alternative(document, maintype="text", subtype="calendar", params=method)
        mail.add_attachment(
            document, maintype="text", subtype="calendar", params=method, filename="meeting.ics"
        )


class Relay:
    """A connection to the configured mail server, opened at need and kept between letters."""

    def __init__(self, timeout: float = settings.EMAIL_TIMEOUT) -> None:
        self.timeout = timeout
        self.server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye, or hang up where the other side is gone."""
        if self.server is not None:
            try:
                self.server.quit()
            except (smtplib.SMTPException, OSError):
                self.server.close()
        self.server = None

    def send(self, letter: Letter, on_data: Callable[[], None]) -> str:
        """Hand the letter over; the server's answer. `on_data` is called just before the data.

        Raises `Deferred`, `Rejected`, `Unreachable` or `Uncertain`.
        """
        server = self._connected()
        try:
            self._command(server.mail, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
            self._command(server.rcpt, letter.to)
        except (smtplib.SMTPServerDisconnected, OSError) as gone:
            self.server = None
            raise Unreachable(str(gone)) from gone
        except (Deferred, Rejected):
            self._reset()
            raise
        on_data()
        return self._data(server, letter)

    def _data(self, server: smtplib.SMTP, letter: Letter) -> str:
        try:
            code, answer = server.data(letter.as_email().as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as refused:
            raise _refusal(refused.smtp_code, refused.smtp_error) from refused
        except (smtplib.SMTPServerDisconnected, OSError) as gone:
            self.server = None
            raise Uncertain(str(gone)) from gone
        if code != 250:
            raise _refusal(code, answer)
        return f"{code} {_words(answer)}"

    def _command(self, command: Callable[[str], tuple[int, bytes]], argument: str) -> None:
        code, answer = command(argument)
        if code == 421:
            self.server = None
            raise Unreachable(f"{code} {_words(answer)}")
        if code not in (250, 251):
            raise _refusal(code, answer)

    def _reset(self) -> None:
        try:
            if self.server is not None:
                self.server.rset()
        except (smtplib.SMTPException, OSError):
            self.server = None

    def _connected(self) -> smtplib.SMTP:
        if self.server is None:
            try:
                self.server = self._open()
            except (smtplib.SMTPException, OSError) as failure:
                raise Unreachable(str(failure)) from failure
        return self.server

    def _open(self) -> smtplib.SMTP:
        place = (settings.EMAIL_HOST, settings.EMAIL_PORT)
        server: smtplib.SMTP
        if settings.EMAIL_USE_SSL:
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(*place, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(*place, timeout=self.timeout)
        server.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        return server


def _refusal(code: int, answer: bytes | str) -> Exception:
    words = f"{code} {_words(answer)}"
    return Rejected(words) if code >= 500 else Deferred(words)


def _words(answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return text.replace("\n", " ")[:400]
