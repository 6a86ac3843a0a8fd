"""The keeper: one process that holds a home's servers up for as long as anybody leases them.

Whoever needs the servers holds a shared lock on `users.lock` (see `lease`). The keeper looks a few
times a second whether it could take that lock for itself alone: then nobody is left, however they
ended, and it stops the servers and goes. So nothing outlives its users and no count can go wrong.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

from .errors import Trouble
from .locks import FileLock
from .places import Home
from .postgres import Postgres
from .redisserver import Redis

TICK_SECONDS = 0.2
MOST_RESTARTS = 5
# Advice that nobody needs for a Redis of this size, and the answer to our own knocking.
UNSAID = (b"Memory overcommit must be enabled", b"the database system is starting up")
RESTART_WINDOW_SECONDS = 60


class Keeper:
    """Starts the servers, passes on their words, restarts one that died, stops them at the end."""

    def __init__(self, home: Home, parts: list[str]) -> None:
        self.home = home
        self.users = FileLock(home.lock("users"))
        self.servers: dict[str, Postgres | Redis] = {}
        self.restarts: list[float] = []
        self.ending = False
        self.selector = selectors.DefaultSelector()
        self.outputs: dict[str, int] = {}
        self.rests: dict[str, bytes] = {}
        for part in parts:
            self.servers[part] = Postgres(home) if part == "database" else Redis(home)

    def start(self) -> None:
        """Start every server; raises Trouble, with none left running, where one does not."""
        for name, server in self.servers.items():
            reader, self.outputs[name] = os.pipe()
            os.set_blocking(reader, False)
            self.selector.register(reader, selectors.EVENT_READ, name)
            server.prepare()
        try:
            for name, server in self.servers.items():
                server.start(self.outputs[name])
                if isinstance(server, Postgres):
                    server.ensure_roles()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        for server in reversed(list(self.servers.values())):
            server.stop()
        self.pass_on(0)
        with contextlib.suppress(OSError):
            self.home.sockets.rmdir()

    def pass_on(self, seconds: float) -> None:
        """Print what the servers said, each line under its name."""
        for key, _ in self.selector.select(seconds):
            name = str(key.data)
            with contextlib.suppress(BlockingIOError):
                text = self.rests.get(name, b"") + os.read(int(key.fd), 65536)
                *lines, self.rests[name] = text.split(b"\n")
                for line in lines:
                    if not any(words in line for words in UNSAID):
                        _say(name, line.decode(errors="replace").rstrip())

    def restart_the_dead(self) -> None:
        """A server that was killed comes back with its data; raises Trouble if it keeps dying."""
        for name, server in self.servers.items():
            if server.process is None or server.process.poll() is None:
                continue
            now = time.monotonic()
            self.restarts = [t for t in self.restarts if now - t < RESTART_WINDOW_SECONDS] + [now]
            if len(self.restarts) > MOST_RESTARTS:
                raise Trouble(f"The {name} keeps stopping; its last words stand in the log.")
            _say(name, "stopped unexpectedly, starting it again")
            server.stop()
            server.prepare()
            server.start(self.outputs[name])

    def keep(self) -> None:
        """Until nobody leases the servers, or a signal says so."""
        while not self.ending and not self.users.try_take():
            self.pass_on(TICK_SECONDS)
            self.restart_the_dead()

    def end(self, *_: object) -> None:
        self.ending = True


def _say(name: str, line: str) -> None:
    # Whoever read our words may be gone; that is no reason to fail.
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(f"{name}|{line}\n")
        sys.stdout.flush()


def _report(descriptor: int, words: str) -> None:
    with contextlib.suppress(OSError):
        os.write(descriptor, words.encode())
        os.close(descriptor)


def main(arguments: list[str]) -> int:
    """`keeper FOLDER DISPOSABLE PARTS DESCRIPTOR`: `ready` or a sentence goes to the descriptor."""
    folder, disposable, parts, descriptor = arguments
    home = Home(Path(folder), disposable == "1")
    report_to = int(descriptor)
    os.setsid()
    own = FileLock(home.lock("keeper"))
    if not own.take(seconds=60):
        _report(report_to, "Another process is still stopping the servers; try again in a moment.")
        return 1
    try:
        keeper = Keeper(home, parts.split(","))
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, keeper.end)
        keeper.start()
    except Trouble as trouble:
        _report(report_to, str(trouble))
        return 1
    except (OSError, subprocess.SubprocessError, psycopg2.Error) as error:
        _report(report_to, f"The embedded servers could not be started: {error}")
        return 1
    own.write(f"{os.getpid()}\n")
    _report(report_to, "ready")
    try:
        keeper.keep()
    except Trouble as trouble:
        _say("servers", str(trouble))
    finally:
        keeper.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
