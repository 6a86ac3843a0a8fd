"""The processes of a running PlanCraft: how each is started, and one log line from many."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from . import process
from .places import ROOT, user_home

NAME_WIDTH = 8
COLOURS = {"web": 36, "worker": 35, "beat": 34, "database": 32, "redis": 33, "servers": 33}
LONGEST_PAUSE_SECONDS = 30


class Log:
    """Prints what the parts say, each line under the part's name."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.rests: dict[int, bytes] = {}
        self.colourful = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def pipe(self, name: str) -> int:
        """A descriptor for a part to write to; it closes when the part and its children have."""
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        self.selector.register(reader, selectors.EVENT_READ, name)
        return writer

    def listen(self, seconds: float) -> None:
        """Print what has come in, waiting at most `seconds` for the first word."""
        if not self.selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self.selector.select(seconds):
            self._read(int(key.fd), str(key.data))

    def _read(self, reader: int, name: str) -> None:
        try:
            text = os.read(reader, 65536)
        except BlockingIOError:
            return
        *lines, self.rests[reader] = (self.rests.get(reader, b"") + text).split(b"\n")
        for line in lines:
            self.say(name, line.decode(errors="replace").rstrip())
        if not text:
            self.selector.unregister(reader)
            os.close(reader)

    def say(self, name: str, line: str) -> None:
        """One line; what the keeper passes on brings its own name."""
        inner, bar, rest = line.partition("|")
        if name == "servers" and bar:
            name, line = inner, rest
        if not line:
            return
        label = name.ljust(NAME_WIDTH)
        if self.colourful:
            label = f"\033[{COLOURS.get(name, 37)}m{label}\033[0m"
        print(f"{label} | {line}", flush=True)  # noqa: T201

    def plain(self, words: str) -> None:
        """Words of our own, to the person."""
        print(words, flush=True)  # noqa: T201


@dataclass
class Part:
    """One of our own processes, started again with growing pauses when it dies."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Log
    descriptors: list[int] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 0.0
    not_before: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        output = self.log.pipe(self.name)
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=self.descriptors,
            preexec_fn=process.prepare_child(signal.SIGTERM),
        )
        os.close(output)

    def look_after(self) -> None:
        """Start it again where it died, the later the sooner it died after its start."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            process.kill_group(self.process.pid)
            self.deaths += 1
            lived = now - self.started_at
            self.pause = 0.0 if lived > 60 else min(max(1.0, 2 * self.pause), LONGEST_PAUSE_SECONDS)
            self.not_before = now + self.pause
            self.log.say(self.name, f"stopped ({self._ending()}), starting it again")
            self.process = None
        if self.process is None and now >= self.not_before:
            self.start()

    def _ending(self) -> str:
        code = self.process.returncode if self.process else 0
        return f"signal {-code}" if code < 0 else f"status {code}"

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def has_stopped(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """End it and its children, however busy they are."""
        if self.process is not None:
            process.stop(self.process, signal.SIGKILL, 5)


def web(environment: dict[str, str], listener: int, log: Log) -> Part:
    """gunicorn as in production, on a socket that we already hold."""
    options = ["-c", "python:plancraft.serving", "--bind", f"fd://{listener}"]
    server = [sys.executable, "-m", "gunicorn", *options, "plancraft.wsgi"]
    return Part("web", server, environment, log, [listener])


def worker(environment: dict[str, str], log: Log) -> Part:
    """Celery's worker, with two processes of its own."""
    options = "--concurrency 2 --without-gossip --without-mingle --loglevel INFO"
    # On one's own machine, and in a container, root is who there is.
    quiet = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    return Part("worker", [*_celery(), "worker", *options.split()], environment | quiet, log)


def beat(environment: dict[str, str], log: Log) -> Part:
    """Celery's beat; the reminders' clock."""
    schedule = str(user_home().folder / "beat-schedule")
    options = ["--pidfile=", "-s", schedule, "--loglevel", "INFO"]
    return Part("beat", [*_celery(), "beat", *options], environment, log)


def _celery() -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "plancraft", "--quiet"]
