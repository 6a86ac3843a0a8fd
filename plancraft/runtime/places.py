"""Where things lie: data under the checkout's ignored `var/`, sockets in a short private folder."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .errors import Trouble

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "plancraft"
SUPERUSER = "plancraft"
OWNER = "plancraft_owner"
APPLICATION = "plancraft_app"


@dataclass(frozen=True)
class Home:
    """One set of servers: its folder, and whether it may be lost (tests)."""

    folder: Path
    disposable: bool = False

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def redis(self) -> Path:
        return self.folder / "redis"

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def sockets(self) -> Path:
        """A folder whose name is short whatever the checkout's is: drivers refuse long sockets."""
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"plancraft-{os.getuid()}-{digest}"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def lock(self, name: str) -> Path:
        return self.folder / f"{name}.lock"


def user_home() -> Home:
    """The servers that hold the user's data."""
    return Home(ROOT / "var")


def test_home() -> Home:
    """The servers of the test suite: never the user's data."""
    return Home(ROOT / "var" / "test", disposable=True)


def make_private(folder: Path, allowed_owners: set[int]) -> None:
    """Make the folder for its owner alone; refuse one that somebody else laid in our way."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed_owners:
        raise Trouble(
            f"The folder {folder} belongs to somebody else; remove it or set TMPDIR to a folder "
            "of your own, then start again."
        )
    folder.chmod(0o700)
