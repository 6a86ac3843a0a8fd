"""The variables that settings read, where nobody set them: `.env`, and what a machine needs."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path

from .places import ROOT, user_home


def load_env_file(environment: MutableMapping[str, str], path: Path = ROOT / ".env") -> None:
    """Take `NAME=value` lines for variables that are not set; comments and quotes as in a shell."""
    with contextlib.suppress(FileNotFoundError):
        for line in path.read_text().splitlines():
            name, found, value = line.strip().partition("=")
            if found and not name.startswith("#"):
                environment.setdefault(
                    name.removeprefix("export ").strip(), value.strip().strip("\"'")
                )


def local_secret_key() -> str:
    """This checkout's own key, made once, readable by its owner alone."""
    path = user_home().folder / "secret_key"
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(50))
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
    return path.read_text().strip()


def fill_local(environment: MutableMapping[str, str]) -> None:
    """What a run on one's own machine needs and nobody should have to type."""
    if not environment.get("SECRET_KEY"):
        environment["SECRET_KEY"] = local_secret_key()
    environment.setdefault("LOG_FORMAT", "plain")
