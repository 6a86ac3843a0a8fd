"""`make run`, started for real from a path with spaces that is too long for a socket's name."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.checkout import Checkout

pytestmark = [pytest.mark.runtime, pytest.mark.xdist_group("runtime")]
AWKWARD = "a path with spaces, of " + "many " * 20 + "letters"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """One copy for the whole module: its tests follow each other like a person's day."""
    folder = tmp_path_factory.mktemp("run") / AWKWARD
    copy = Checkout(folder)
    yield copy
    copy.stop(signal.SIGTERM)
    for pid in copy.processes():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(copy.elsewhere, ignore_errors=True)


def the_one(pids: list[int]) -> int:
    assert pids
    return pids[0]


def test_it_answers_and_stops_leaving_nothing(checkout: Checkout) -> None:
    assert len(str(checkout.folder)) > 108
    checkout.start()
    assert f"http://localhost:{checkout.port}" in checkout.words()
    assert checkout.get("/readyz") == 200
    assert checkout.get("/accounts/login/") == 200
    assert "Traceback" not in checkout.words()
    refused = checkout.run("make", "run")
    assert refused.returncode != 0
    assert "already runs from this checkout" in refused.stderr
    assert f"localhost:{checkout.port}" in refused.stderr
    assert "Traceback" not in refused.stderr
    checkout.stop(signal.SIGTERM)
    assert checkout.processes() == []
    assert "PlanCraft has stopped." in checkout.words()


def test_a_second_start_is_quick_and_every_part_may_be_killed(checkout: Checkout) -> None:
    assert checkout.start() < 10
    for words in (["gunicorn"], ["redis-server"], ["bin/postgres"], ["runtime.keeper"]):
        victim = the_one(processes_of(checkout, words))
        os.kill(victim, signal.SIGKILL)
        checkout.wait_until(lambda w=words, v=victim: recovered(checkout, w, v), 30)
    checkout.stop(signal.SIGINT)
    assert checkout.processes() == []


def processes_of(checkout: Checkout, words: list[str]) -> list[int]:
    """Redis names itself after its socket, so it is found by whose child it is."""
    if words == ["redis-server"]:
        keeper = the_one(checkout.processes("runtime.keeper"))
        children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
        return [int(pid) for pid in children if "redis-server" in name(int(pid))]
    return checkout.processes(*words)


def name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def recovered(checkout: Checkout, words: list[str], victim: int) -> bool:
    keepers = checkout.processes("runtime.keeper")
    found = processes_of(checkout, words) if keepers else []
    return bool(found) and victim not in found and checkout.get("/readyz") == 200


def test_nothing_outlives_a_killed_supervisor(checkout: Checkout) -> None:
    checkout.start()
    os.kill(the_one(checkout.processes("plancraft.runtime run")), signal.SIGKILL)
    assert checkout.process is not None
    checkout.process.wait(10)
    checkout.process = None
    checkout.wait_until_nothing_runs()


def test_a_command_brings_its_own_database(checkout: Checkout) -> None:
    """After the crash above, and with a lock file that a power cut might have left."""
    stale = checkout.data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n")
    ask = "from people.models import User; print('users:', User.objects.count())"
    done = checkout.manage("shell", "--verbosity", "0", "-c", ask)
    assert "users: " in done.stdout, done.stderr
    checkout.wait_until_nothing_runs()
    assert checkout.manage("check").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_as_root_without_user_namespaces(checkout: Checkout) -> None:
    """The data move to where the other account can reach them, and back."""
    make = "from people.models import User; User.objects.create(email='{}@moved.example')"
    moved = "User.objects.filter(email__endswith='@moved.example')"
    ask = f"from people.models import User; print('users:', {moved}.count())"
    quiet = ("shell", "--verbosity", "0", "-c")
    for command, variables in (
        (make.format("a"), {}),
        (make.format("b"), {"PLANCRAFT_NO_USER_NAMESPACE": "1"}),
        (ask, {}),
    ):
        done = checkout.manage(*quiet, command, **variables)
        assert done.returncode == 0, done.stderr
        checkout.wait_until_nothing_runs()
    assert "users: 2" in done.stdout
    if checkout.data.is_relative_to(checkout.folder):
        checkout.elsewhere.rmdir()
