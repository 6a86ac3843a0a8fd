"""The embedded PostgreSQL: made, started, given its roles, stopped.

Only the server's programs are used; it listens on no network, only on a socket in a private folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2

from . import process
from .binaries import find_postgres
from .errors import Trouble
from .places import APPLICATION, DATABASE, OWNER, SUPERUSER, Home, make_private

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "io_method": "sync",
    "log_checkpoints": "off",
    "log_line_prefix": "",
}
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "autovacuum": "off",
}
INITDB = [
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--auth=trust",
    "--data-checksums",
]

DATABASE_STAMPS = ("migrated.stamp", "demo.txt")


class Postgres:
    """The server of one home, started by the keeper alone."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.bin, self.major = find_postgres()
        self.data = home.postgres
        self.account: pwd.struct_passwd | None = None
        self._become: Callable[[], None] | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._choose_user()

    # Who runs it

    def _choose_user(self) -> None:
        """As root: a user namespace where the kernel lets us, else another account."""
        if os.geteuid() != 0:
            return
        user = process.ordinary_user()
        if user is None:
            raise Trouble(
                "PostgreSQL does not run as root and this machine has no other account; "
                "add one, or set DATABASE_URL to a running server."
            )
        digest = hashlib.sha256(str(self.home.folder).encode()).hexdigest()[:10]
        elsewhere = Path("/var/lib") / f"plancraft-{digest}"
        if not os.environ.get("PLANCRAFT_NO_USER_NAMESPACE") and process.user_namespaces_work():
            self._become = lambda: process.enter_user_namespace(user.pw_uid, user.pw_gid)
            self._bring_data(elsewhere / "postgres", self.home.postgres)
            return
        self.account = user
        self._become = lambda: _become_account(user)
        self._move_within_reach(elsewhere)

    def _move_within_reach(self, elsewhere: Path) -> None:
        """Where the account cannot walk to our data or programs, keep them where it can."""
        self.bin = self.bin.resolve()
        if not _can_walk_to(self.home.folder):
            elsewhere.mkdir(mode=0o755, exist_ok=True)
            self._bring_data(self.home.postgres, elsewhere / "postgres")
            self.data = elsewhere / "postgres"
        if not _can_walk_to(self.bin):
            elsewhere.mkdir(mode=0o755, exist_ok=True)
            self.bin = _copy_programs(self.bin, elsewhere / f"programs-{self.major}")

    @staticmethod
    def _bring_data(source: Path, target: Path) -> None:
        """The data follow when a machine begins or ceases to allow user namespaces."""
        if (source / "PG_VERSION").exists() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, target)

    def _own_data(self) -> None:
        """As root the data may have been another account's until now."""
        if os.geteuid() != 0:
            return
        uid, gid = (self.account.pw_uid, self.account.pw_gid) if self.account else (0, 0)
        if self.data.stat().st_uid == uid:
            return
        for folder, _, files in os.walk(self.data):
            os.chown(folder, uid, gid)
            for name in files:
                os.chown(Path(folder) / name, uid, gid, follow_symlinks=False)

    def _owners(self) -> set[int]:
        """Whose the socket folder may have been; for root also the other account's, from before."""
        user = process.ordinary_user() if os.geteuid() == 0 else None
        return {os.getuid(), user.pw_uid} if user else {os.getuid()}

    def _hand_over(self, folder: Path) -> None:
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        elif os.geteuid() == 0:
            os.chown(folder, 0, 0)

    def _run(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments,
            capture_output=True,
            text=True,
            env=_clean_environment(),
            cwd="/",
            preexec_fn=process.prepare_child(signal.SIGTERM, self._become),
        )

    # The data folder

    def prepare(self) -> None:
        """Make the data folder where there is none; Trouble where it is of another version."""
        make_private(self.home.sockets, self._owners())
        self._hand_over(self.home.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._own_data()
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(self.major):
            raise Trouble(
                f"The data in {self.data} was made by PostgreSQL {found}, but PostgreSQL "
                f"{self.major} was found; set POSTGRES_BIN to the bin folder of version {found}."
            )
        self._clear_stale_lock()

    def _initialise(self) -> None:
        """Into a folder of a temporary name, renamed at the end: half a database never counts."""
        parent = self.data.parent
        parent.mkdir(parents=True, exist_ok=True)
        if self.data.exists():
            raise Trouble(
                f"{self.data} holds something that is no database; move it away, then start again."
            )
        for left in parent.glob("postgres.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=parent))
        self._hand_over(fresh)
        quick = ["--no-sync"] if self.home.disposable else []
        answer = self._run(
            [str(self.bin / "initdb"), "-D", str(fresh), "-U", SUPERUSER, *INITDB, *quick]
        )
        if answer.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise Trouble(f"The database could not be made: {_last_line(answer.stderr)}")
        fresh.rename(self.data)
        # What was true of a former database is not true of this one.
        for name in DATABASE_STAMPS:
            (self.home.folder / name).unlink(missing_ok=True)

    def _clear_stale_lock(self) -> None:
        """End a server that a killed keeper left behind; forget one that a power cut left behind.

        The caller holds the keeper's lock, so no server may rightly run on this folder.
        """
        path = self.data / "postmaster.pid"
        try:
            pid = int(path.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            path.unlink(missing_ok=True)
            return
        if process.is_alive(pid) and str(self.data) in process.command_line(pid):
            for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
                if process.wait_gone(pid, 10):
                    break
        path.unlink(missing_ok=True)

    # The server

    def start(self, output: int) -> None:
        """Start the server with its output to the descriptor, and wait until it answers."""
        settings = SETTINGS | (TEST_SETTINGS if self.home.disposable else {})
        if self.major < 18:
            settings.pop("io_method")
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [
                str(self.bin / "postgres"),
                "-D",
                str(self.data),
                "-k",
                str(self.home.sockets),
                *options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_clean_environment(),
            cwd="/",
            preexec_fn=process.prepare_child(signal.SIGINT, self._become),
        )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + 120
        while True:
            try:
                self.connect("postgres").close()
                return
            except psycopg2.OperationalError as error:
                if self.process is None or self.process.poll() is not None:
                    raise Trouble(
                        "The database did not start; its last words stand above."
                    ) from error
                if time.monotonic() > end:
                    raise Trouble("The database did not answer within two minutes.") from error
                time.sleep(0.03)

    def connect(self, database: str = DATABASE) -> psycopg2.extensions.connection:
        """A connection as the superuser; for the keeper and the test suite alone."""
        connection = psycopg2.connect(
            host=str(self.home.sockets), user=SUPERUSER, dbname=database, connect_timeout=5
        )
        connection.autocommit = True
        return connection

    def ensure_roles(self) -> None:
        """The database, an owner that migrates, and an application role that owns nothing."""
        with contextlib.closing(self.connect("postgres")) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT rolname FROM pg_roles")
            roles = {name for (name,) in cursor.fetchall()}
            if OWNER not in roles:
                cursor.execute(f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER CREATEDB NOCREATEROLE")
            if APPLICATION not in roles:
                cursor.execute(
                    f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
                )
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def stop(self) -> None:
        """SIGINT: end sessions, write everything down, leave."""
        if self.process is not None:
            process.stop(self.process, signal.SIGINT, 30)


def _clean_environment() -> dict[str, str]:
    """Without PG* variables, which would lead the programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "LANG": "C"}


def _become_account(user: pwd.struct_passwd) -> None:
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def _can_walk_to(folder: Path) -> bool:
    """Whether everybody may walk through every folder above this one."""
    folder.mkdir(parents=True, exist_ok=True)
    return all(
        part.stat().st_mode & 0o001 for part in (folder.resolve(), *folder.resolve().parents)
    )


def _copy_programs(bin_folder: Path, target: Path) -> Path:
    """The server's programs and their libraries, copied to where another account can run them."""
    package = bin_folder.parent.parent
    if not target.exists():
        fresh = target.with_name(target.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        for source in (package, package.with_name(package.name + ".libs")):
            if source.exists():
                shutil.copytree(source, fresh / source.name, symlinks=True)
        for folder, _, _ in os.walk(fresh):
            Path(folder).chmod(0o755)
        fresh.rename(target)
    return target / package.name / bin_folder.parent.name / bin_folder.name


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given."
