"""A real mail server, and a cache that no test inherits."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache

LINK = re.compile(r"https?://\S+")


class Mailbox:
    """What an SMTP server on this machine was given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(mail)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """Every mail to that address, oldest first."""
        return [mail for mail in self.mails if address in mail["To"]]

    def last_link(self, address: str) -> str:
        """The path of the link in the last mail to that address, which must be ours."""
        (link,) = LINK.findall(self.to(address)[-1].get_content())
        assert link.startswith("http://testserver/")
        return link.removeprefix("http://testserver")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """Mails go over SMTP to a real server in this process."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_USE_TLS = False
    yield box
    controller.stop()


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Throttles count from zero in each test."""
    cache.clear()
    yield
    cache.clear()
