"""`make test`, `make check` and `make bench`: the same tools in the same order for everybody."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .places import ROOT

ROOMS = ["plancraft", "people", "workflow", "plans", "calendar_app", "reminders", "dashboards"]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium() -> str | None:
    """A Chromium on this machine: CHROMIUM_BIN, or one on PATH, or none."""
    named = os.environ.get("CHROMIUM_BIN")
    if named:
        return named if Path(named).exists() else None
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def run_tests(arguments: list[str]) -> int:
    """The suite on as many processes as there are cores, with branch coverage printed.

    ARGS narrow it; then coverage is left out, since it would say nothing true.
    """
    if find_chromium() is None:
        print(  # noqa: T201
            "Browser tests are skipped: no Chromium was found on PATH or in CHROMIUM_BIN.",
            flush=True,
        )
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadgroup"]
    if not arguments:
        command += ["--cov", "--cov-branch", "--cov-report=term", "-ra"]
    return subprocess.call([*command, *arguments], cwd=ROOT, env=os.environ | {"COLUMNS": "100"})


def run_benches(arguments: list[str]) -> int:
    """Figures of speed, on servers and data of their own; names narrow it to those parts."""
    return subprocess.call([sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT)


def run_checks() -> int:
    """Every check, to the end, so that one run shows everything; fails if any did."""
    failed = [name for name, command in checks().items() if not _passes(name, command)]
    if failed:
        print(f"make check: failed: {', '.join(failed)}")  # noqa: T201
        return 1
    print("make check: all passed")  # noqa: T201
    return 0


def checks() -> dict[str, list[str]]:
    """Name and command of each check."""
    python = [sys.executable, "-m"]
    # No database runs for these, which they would mention.
    manage = [sys.executable, "-W", "ignore::RuntimeWarning", "manage.py"]
    templates = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    found = {
        "format": [*python, "ruff", "format", "--check", "."],
        "lint": [*python, "ruff", "check", "."],
        "types": [*python, "mypy"],
        "layers": [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
        ],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "deployment": [*manage, "check", "--deploy", "--fail-level", "WARNING"],
    }
    if templates:
        found["templates"] = [_beside("djade"), "--check", "--target-version", "5.2", *templates]
    return found


def _beside(program: str) -> str:
    """A program (no Python script, whose first line cannot hold a blank) next to our Python."""
    return str(Path(sys.executable).parent / program)


def _passes(name: str, command: list[str]) -> bool:
    print(f"-- {name}", flush=True)  # noqa: T201
    return subprocess.call(command, cwd=ROOT, env=_environment(name)) == 0


def _environment(name: str) -> dict[str, str]:
    if name != "deployment":
        return {"SECRET_KEY": "only-to-read-the-settings"} | os.environ
    # As in production: the settings must be right for a real address.
    return os.environ | {
        "SECRET_KEY": "only-to-check-the-settings-" + "0123456789abcdefghijklmnop" * 2,
        "BASE_URL": "https://plancraft.example.org",
        "ALLOWED_HOSTS": "plancraft.example.org",
        "DATABASE_URL": "postgresql://plancraft_app@localhost/plancraft",
        "DATABASE_OWNER_URL": "postgresql://plancraft_owner@localhost/plancraft",
        "REDIS_URL": "redis://localhost:6379/0",
        "DEBUG": "",
    }
