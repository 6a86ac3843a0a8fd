"""The database dies at once in the middle of a run, several times: no reminder lost, and none
doubled outside the one window (after the data, before the outcome is on the disk), where it is
counted. On a private server with PostgreSQL's own durability, restarted by its keeper."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import psycopg2
import pytest

from plancraft.runtime.binaries import find_postgres
from plancraft.runtime.lease import Lease, lease
from plancraft.runtime.places import DATABASE, ROOT, SUPERUSER, Home
from plancraft.runtime.places import test_home as home_of_tests
from tests.plugins.servers import DATABASE_NAME
from tests.support.smtp import Ledger, smtp_server

PEOPLE = 40
SEED = 7

pytestmark = pytest.mark.runtime


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Lease]:
    with lease(Home(tmp_path_factory.mktemp("crash") / "var"), ["database"]) as held:
        copy_tables(held.home)
        yield held


def copy_tables(home: Home) -> None:
    """The tables of the test database, without their rows: quicker than to migrate again."""
    programs, _version = find_postgres()
    source = ["-h", str(home_of_tests().sockets), "-U", SUPERUSER, DATABASE_NAME]
    dump = subprocess.run(
        [str(programs / "pg_dump"), "--schema-only", *source],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    # Newer programs write lines that are meant for psql alone.
    plain = "\n".join(line for line in dump.splitlines() if not line.startswith("\\"))
    with closing(psycopg2.connect(host=str(home.sockets), user=SUPERUSER, dbname=DATABASE)) as link:
        link.cursor().execute(plain)
        link.commit()


def crash(home: Home) -> None:
    """SIGQUIT to the postmaster: an immediate stop, nothing is written down any more."""
    with suppress(OSError, ValueError, IndexError):
        os.kill(int((home.postgres / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)


class Crashing:
    """A ledger's mails, with a crash of the database at some of them."""

    def __init__(self, home: Home, ledger: Ledger, during: set[int], after: dict[int, float]):
        self.home, self.ledger, self.during, self.after = home, ledger, during, after
        self.crashes = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await Ledger.handle_DATA(self.ledger, server, session, envelope)
        number = len(self.ledger.mails)
        if number in self.during:
            self.crash()
        elif number in self.after:
            threading.Timer(self.after[number], self.crash).start()
        return answer

    def crash(self) -> None:
        self.crashes += 1
        crash(self.home)


def run(server: Lease, *arguments: str, **variables: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.crashed_database", *arguments],
        cwd=ROOT,
        env=os.environ | server.environment() | variables,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=180,
    )
    return ended.stdout


def through_crashes(server: Lease, settings: Any, name: str, *how: str) -> tuple[Any, Any, int]:
    """What arrived under each Message-ID, what is stored of it, and how often the server died."""
    run(server, "prepare", name, str(PEOPLE))
    chance = random.Random(SEED)
    after = {number: chance.uniform(0, 0.02) for number in (19, 31)}
    with smtp_server(settings) as ledger:
        crashing = Crashing(server.home, ledger, during={9}, after=after)
        ledger.handle_DATA = crashing.handle_DATA  # type: ignore[method-assign]
        variables = {
            "EMAIL_HOST": settings.EMAIL_HOST,
            "EMAIL_PORT": str(settings.EMAIL_PORT),
            "EMAIL_USE_TLS": "0",
        }
        stored = json.loads(run(server, "drain", name, *how, **variables).splitlines()[-1])
    return Counter(str(mail["Message-ID"]) for mail in ledger.mails), stored, crashing.crashes


def test_nothing_is_lost_nor_doubled_outside_the_window(server: Lease, settings: Any) -> None:
    arrived, stored, crashes = through_crashes(server, settings, "steady")
    assert crashes == 3
    assert set(stored) == set(arrived), "none lost"
    assert len(stored) == PEOPLE
    assert {state for state, _repeats in stored.values()} <= {"sent", "unknown"}
    doubled = {key: n - 1 for key, n in arrived.items() if n > 1}
    repeats = {key: repeats for key, (_state, repeats) in stored.items() if repeats}
    uncounted = {key for key, n in doubled.items() if n > repeats.get(key, 0)}
    assert uncounted == set(), "each double is within the window, and counted"
    assert sum(repeats.values()) <= crashes, "at most the one last sent at each crash"
