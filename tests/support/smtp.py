"""A real SMTP server in the test process, which keeps a ledger and can be told to misbehave."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller


class Ledger:
    """What arrived, and how the server answers: `rcpt` and `data` are answers to give instead."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.rcpt = ""
        self.data = ""
        self.hang_up_after_data = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, o: Any) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data:
            return self.data
        self.mails.append(email.message_from_bytes(envelope.content))
        if self.hang_up_after_data:
            server.transport.abort()
        return "250 taken"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def smtp_server(settings: Any) -> Iterator[Ledger]:
    """The server runs and the settings name it, as long as the block lasts."""
    ledger = Ledger()
    controller = Controller(ledger, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
    try:
        yield ledger
    finally:
        controller.stop()
