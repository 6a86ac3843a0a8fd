"""A mail server in a process of its own that takes everything; says its port, then how many."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.smtp import free_port


class Counter:
    """Counts what arrives and forgets it."""

    def __init__(self) -> None:
        self.mails = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails += 1
        return "250 taken"


class Sink:
    """`port` while it runs, `mails` once it has ended."""

    port = 0
    mails = 0


@contextmanager
def sink() -> Iterator[Sink]:
    """The server, as long as the block lasts."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.sink"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    found = Sink()
    found.port = int(server.stdout.readline())
    try:
        yield found
    finally:
        words, _errors = server.communicate("", timeout=30)
        found.mails = int(words)


if __name__ == "__main__":
    counter = Counter()
    controller = Controller(counter, hostname="127.0.0.1", port=free_port())
    controller.start()
    print(controller.port, flush=True)  # noqa: T201
    sys.stdin.read()
    controller.stop()
    print(counter.mails, flush=True)  # noqa: T201
