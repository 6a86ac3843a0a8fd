"""A lease on the embedded servers: they run while anybody holds one.

    with lease(user_home()) as servers:
        os.environ.update(servers.environment())

The first lease starts a `keeper`, later ones find it. A lease is a shared file lock, so a process
that is killed gives it back too.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

from .errors import Trouble
from .locks import FileLock
from .places import APPLICATION, DATABASE, OWNER, ROOT, SUPERUSER, Home, make_private


class Lease:
    """A hold on the servers of one home."""

    def __init__(self, home: Home, parts: list[str], users: FileLock) -> None:
        self.home = home
        self.parts = parts
        self.users = users
        self.keeper: subprocess.Popen[bytes] | None = None

    def environment(self, database: str = DATABASE, redis_number: int = 0) -> dict[str, str]:
        """The variables under which settings find the servers."""
        found: dict[str, str] = {}
        if "database" in self.parts:
            found["DATABASE_URL"] = self.database_url(APPLICATION, database)
            found["DATABASE_OWNER_URL"] = self.database_url(OWNER, database)
        if "redis" in self.parts:
            socket_path = quote(str(self.home.redis_socket))
            found["REDIS_URL"] = f"unix://{socket_path}?db={redis_number}"
        return found

    def database_url(self, user: str, database: str = DATABASE) -> str:
        """The address of a database of this home, as one of its roles."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.home.sockets), safe='')}"

    def superuser_url(self, database: str = "postgres") -> str:
        """For the test suite, which makes, copies and empties databases."""
        return self.database_url(SUPERUSER, database)

    def is_served(self) -> bool:
        """Whether a keeper, ours or another's, looks after the servers."""
        return _has_keeper(self.home)

    def release(self) -> None:
        """Give it back; where nobody else holds one, the servers stop."""
        self.users.release()


def wanted_parts(environment: Mapping[str, str]) -> list[str]:
    """Which servers must be embedded: those that the environment does not name."""
    named = {"database": "DATABASE_URL", "redis": "REDIS_URL"}
    return [part for part, variable in named.items() if not environment.get(variable)]


def take_lease(home: Home, parts: list[str], log: IO[bytes] | int | None = None) -> Lease:
    """Find or start the servers of a home. Raises Trouble, in one sentence, where that fails.

    What they say goes to `log`, by default to a file under the home's folder.
    """
    _make_home(home)
    with FileLock(home.lock("start")):
        users = FileLock(home.lock("users"))
        # Exclusively held only while a keeper stops its servers; then a new one is needed.
        if not users.take(shared=True, seconds=60):
            raise Trouble(
                "The servers are still stopping after a minute; end them, then try again."
            )
        lease = Lease(home, parts, users)
        if not _has_keeper(home):
            try:
                lease.keeper = _start_keeper(home, parts, log)
            except BaseException:
                lease.release()
                raise
        elif not all(_answers(home, part) for part in parts):
            lease.release()
            raise Trouble(
                "PlanCraft runs from this checkout with other servers (DATABASE_URL or REDIS_URL "
                "differ); stop it, or set the same variables."
            )
        return lease


@contextmanager
def lease(home: Home, parts: list[str]) -> Iterator[Lease]:
    """Hold the servers for the length of a block."""
    held = take_lease(home, parts)
    try:
        yield held
    finally:
        held.release()


def _make_home(home: Home) -> None:
    try:
        home.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0 and home.sockets.exists():
            return  # the keeper looks at its owner, who may be the database's account
        make_private(home.sockets, {os.getuid()})
    except OSError as error:
        raise Trouble(f"{error.filename} cannot be written: {error.strerror}.") from error


def _has_keeper(home: Home) -> bool:
    """Servers that answer without one are those of a keeper that was killed, about to end."""
    with_nobody = FileLock(home.lock("keeper"))
    try:
        return not with_nobody.try_take()
    finally:
        with_nobody.release()


def _answers(home: Home, part: str) -> bool:
    path = home.sockets / ".s.PGSQL.5432" if part == "database" else home.redis_socket
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(5)
            link.connect(str(path))
    except OSError:
        return False
    return True


def _start_keeper(
    home: Home, parts: list[str], log: IO[bytes] | int | None
) -> subprocess.Popen[bytes]:
    reader, writer = os.pipe()
    arguments = [str(home.folder), "1" if home.disposable else "0", ",".join(parts), str(writer)]
    own_log = None
    if log is None:
        home.logs.mkdir(parents=True, exist_ok=True)
        own_log = log = (home.logs / "servers.log").open("wb")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "PYTEST"))}
    keeper = subprocess.Popen(
        [sys.executable, "-m", "plancraft.runtime.keeper", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=[writer],
    )
    os.close(writer)
    if own_log is not None:
        own_log.close()
    with os.fdopen(reader) as pipe:
        words = pipe.read()
    if words != "ready":
        keeper.wait()
        raise Trouble(words or _last_words(home))
    return keeper


def _last_words(home: Home) -> str:
    path: Path = home.logs / "servers.log"
    return f"The embedded servers could not be started; see {path}."
