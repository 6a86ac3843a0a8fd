"""One conversation with the mail server, with its phases told apart.

Exactly-once mail is impossible: the connection may die between the final dot and the 250. So the
caller is told, before the data begins, that from here on the outcome may stay unknown.
"""

from __future__ import annotations

import binascii
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import base64mime
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache
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

    def as_bytes(self) -> bytes:
        """The letter as MIME, text first, as it goes over the wire.

        Put together by hand, since the library takes ten times as long over it. Raises ValueError
        where a header would run over its line, and so into the next one.
        """
        if any(end in self.to + self.subject + self.message_id for end in "\r\n"):
            raise ValueError("A header has more than one line.")
        lines = [
            f"From: {_sender(settings.DEFAULT_FROM_EMAIL)}",
            f"To: {self.to}",
            f"Subject: {_folded(self.subject)}",
            f"Message-ID: {self.message_id}",
            f"Date: {formatdate(localtime=False)}",
            *KEEP_MACHINES_QUIET,
            "MIME-Version: 1.0",
            *(self._with_file() if self.calendar else self._readings()),
            "",
        ]
        return "\r\n".join(lines).encode("ascii")

    def _readings(self) -> list[str]:
        """The same in several forms: text, HTML, and what calendar programs act on."""
        return [
            f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"',
            "",
            *_part("plain", self.text),
            *_part("html", self.html),
            *(_file(BOUNDARY, self.calendar, self.calendar_method) if self.calendar else ()),
            f"--{BOUNDARY}--",
        ]

    def _with_file(self) -> list[str]:
        """The readings, and the calendar file once more as a file to keep."""
        keep = f'Content-Disposition: attachment; filename="{FILE_NAME}"'
        return [
            f'Content-Type: multipart/mixed; boundary="{AROUND}"',
            "",
            f"--{AROUND}",
            *self._readings(),
            *_file(AROUND, self.calendar, self.calendar_method, keep),
            f"--{AROUND}--",
        ]


KEEP_MACHINES_QUIET = ("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All")
"""Headers that keep out-of-office replies away."""

BOUNDARY = "=_plancraft"
"""Stands between the parts; no quoted-printable text can contain `=_` (RFC 2045), nor base64."""
AROUND = "=_plancraft_around"
"""Stands around the readings where a file goes along."""
FILE_NAME = "meeting.ics"


@lru_cache(maxsize=8)
def _sender(address: str) -> str:
    """The configured sender as a header; a name in any script is encoded."""
    name, at = parseaddr(address)
    return formataddr((name, at))


def _folded(subject: str) -> str:
    """A subject as a header, encoded where it is not plain English letters, in lines that fit."""
    charset = "us-ascii" if subject.isascii() else "utf-8"
    return Header(subject, charset, maxlinelen=76, header_name="Subject").encode(linesep="\r\n")


def _file(boundary: str, calendar: str, method: str, *headers: str) -> list[str]:
    """A calendar file as a part of its own, in base64 so that it arrives to the byte as it was."""
    return [
        f"--{boundary}",
        f'Content-Type: text/calendar; method="{method}"; charset="utf-8"',
        "Content-Transfer-Encoding: base64",
        *headers,
        "",
        *base64mime.body_encode(calendar.encode()).splitlines(),
    ]


def _part(subtype: str, text: str) -> list[str]:
    """The lines of one part of a letter; whatever ends its lines, CR LF does on the wire."""
    clean = b"\n".join(text.encode().splitlines()) + b"\n"
    return [
        f"--{BOUNDARY}",
        f'Content-Type: text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        *binascii.b2a_qp(clean, istext=True).decode("ascii").split("\n"),
    ]


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
        data = letter.as_bytes()
        reused = self.server is not None
        try:
            server = self._introduce(letter)
        except Unreachable:
            # Servers end a long conversation (421, or just gone); that is not being down.
            if not reused:
                raise
            server = self._introduce(letter)
        on_data()
        return self._data(server, data)

    def _introduce(self, letter: Letter) -> smtplib.SMTP:
        """Sender and recipient, on the open connection or a new one."""
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
        return server

    def _data(self, server: smtplib.SMTP, data: bytes) -> str:
        try:
            code, answer = server.data(data)
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
