"""The embedded Redis: a doorbell and a cache on a private socket; losing it loses nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time

from . import process
from .binaries import find_redis
from .errors import Trouble
from .places import Home


class Redis:
    """The server of one home, started by the keeper alone."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.program = find_redis()
        self.pid_file = home.folder / "redis.pid"
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        self.home.redis.mkdir(parents=True, exist_ok=True)
        self.home.sockets.mkdir(mode=0o700, exist_ok=True)
        self._end_left_over()
        self.home.redis_socket.unlink(missing_ok=True)

    def _end_left_over(self) -> None:
        """A server that a killed keeper left behind would take our socket along when it ends."""
        try:
            pid = int(self.pid_file.read_text())
        except (OSError, ValueError):
            return
        if process.is_alive(pid) and str(self.home.redis_socket) in process.command_line(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            if not process.wait_gone(pid, 10):
                os.kill(pid, signal.SIGKILL)
                process.wait_gone(pid, 5)
        self.pid_file.unlink(missing_ok=True)

    def start(self, output: int) -> None:
        """Start it; where its data cannot be read, set them aside and start empty."""
        try:
            self._start(output)
        except Trouble:
            aside = self.home.redis.with_name(f"redis.unreadable-{int(time.time())}")
            self.home.redis.rename(aside)
            self.prepare()
            self._start(output)

    def _start(self, output: int) -> None:
        durable = "no" if self.home.disposable else "yes"
        options = {
            "port": "0",
            "unixsocket": str(self.home.redis_socket),
            "unixsocketperm": "700",
            "dir": str(self.home.redis),
            "appendonly": durable,
            "save": "",
            "maxmemory": "128mb",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
            "databases": "64",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.process = subprocess.Popen(
            [str(self.program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            preexec_fn=process.prepare_child(signal.SIGTERM),
        )
        self.pid_file.write_text(str(self.process.pid))
        self._wait_until_it_answers(self.process)

    def _wait_until_it_answers(self, started: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + 60
        while not self._answers():
            if started.poll() is not None:
                raise Trouble("Redis did not start; its last words stand above.")
            if time.monotonic() > end:
                process.stop(started, signal.SIGKILL, 5)
                raise Trouble("Redis did not answer within a minute.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(2)
                link.connect(str(self.home.redis_socket))
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        if self.process is not None:
            process.stop(self.process, signal.SIGTERM, 15)
