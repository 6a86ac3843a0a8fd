"""A copy of this checkout in an awkward place, run as a person would run it."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from plancraft.runtime.places import ROOT
from plancraft.runtime.process import command_line, is_alive

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", "tests", "staticfiles"
)
# What the suite's own environment says about its servers must not reach the copy.
OWN_VARIABLES = ("DATABASE", "REDIS", "TEST_SERVERS", "SECRET_KEY", "BASE_URL", "ALLOWED", "COV_")
OWN_VARIABLES += ("HASHED", "LOG_", "PYTEST", "MAKE", "PORT", "HOST", "MFLAGS", "DJANGO")


class Checkout:
    """One copied tree and what runs in it."""

    def __init__(self, folder: Path, *, with_packages: bool = True) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        if with_packages:
            (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
            if (ROOT / "node_modules").exists():
                (folder / "node_modules").symlink_to((ROOT / "node_modules").resolve())
        self.port = free_port()
        self.output = folder.parent / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def elsewhere(self) -> Path:
        """Where root without user namespaces keeps the data, for another account to reach."""
        digest = hashlib.sha256(str(self.folder / "var").encode()).hexdigest()[:10]
        return Path(f"/var/lib/plancraft-{digest}")

    @property
    def data(self) -> Path:
        """Where the database's files stand now."""
        here = self.folder / "var/postgres"
        return here if here.exists() else self.elsewhere / "postgres"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OWN_VARIABLES)}
        return kept | more

    def start(self) -> float:
        """`make run` until it answers; gives the seconds that took."""
        began = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["make", "run", f"PORT={self.port}"],
                cwd=self.folder,
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_until(lambda: self.get("/healthz") == 200 and "answers at" in self.words(), 150)
        return time.monotonic() - began

    def words(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_until(self, condition, seconds: float) -> None:  # type: ignore[no-untyped-def]
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s; it said:\n{self.words()}"
            assert self.process is None or self.process.poll() is None or condition(), self.words()
            time.sleep(0.05)

    def get(self, path: str) -> int:
        """The status of an address, 0 where nothing answers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", path)
            return link.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            link.close()

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A command in the copy, to its end."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=90,
        )

    def manage(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run(str(self.folder / ".venv/bin/python"), "manage.py", *arguments, **more)

    def processes(self, *words: str) -> list[int]:
        """Processes that were started in or from this copy, and whose command has these words."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and is_alive(int(entry.name)) and self._is_ours(entry):
                line = command_line(int(entry.name))
                if all(word in line for word in words):
                    found.append(int(entry.name))
        return sorted(found)

    def _is_ours(self, entry: Path) -> bool:
        try:
            where = str((entry / "cwd").readlink())
        except OSError:
            return False
        ours = (str(self.folder), str(self.elsewhere))
        return where.startswith(ours) or str(self.folder) in command_line(int(entry.name))

    def stop(self, sign: int = signal.SIGTERM) -> None:
        """End `make run`: SIGTERM to make alone, Ctrl-C to all as a terminal does."""
        if self.process is not None and self.process.poll() is None:
            if sign == signal.SIGINT:
                os.killpg(self.process.pid, sign)
            else:
                self.process.send_signal(sign)
            self.process.wait(40)
        self.process = None

    def wait_until_nothing_runs(self, seconds: float = 20) -> None:
        self.wait_until(lambda: not self.processes(), seconds)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
