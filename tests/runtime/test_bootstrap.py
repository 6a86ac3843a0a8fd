"""What a person reads when a machine lacks something: one sentence and no traceback."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from plancraft.runtime import supervisor
from plancraft.runtime.command import needs_servers
from plancraft.runtime.environment import load_env_file
from plancraft.runtime.errors import Trouble
from plancraft.runtime.lease import wanted_parts
from plancraft.runtime.locks import FileLock
from plancraft.runtime.supervisor import open_port
from tests.runtime.checkout import Checkout

pytestmark = pytest.mark.xdist_group("runtime")
BARE_PYTHON = getattr(sys, "_base_executable", sys.executable)


@pytest.fixture
def bare(tmp_path: Path) -> Checkout:
    """A copy in which nothing was ever installed."""
    return Checkout(tmp_path / "a bare copy", with_packages=False)


@pytest.mark.runtime
def test_a_missing_venv_module_is_named(bare: Checkout, tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ImportError('not packaged')")
    done = bare.run("make", "run", PYTHONPATH=str(tmp_path), PYTHON=BARE_PYTHON)
    assert done.returncode != 0
    assert "install the package python3" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.runtime
def test_a_failed_download_is_one_sentence(bare: Checkout) -> None:
    nowhere = {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }
    done = bare.run("make", "setup", PYTHON=BARE_PYTHON, **nowhere)
    assert done.returncode != 0
    assert "the Python packages could not be installed" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def test_a_port_that_was_asked_for_must_be_free(taken: int) -> None:
    with pytest.raises(Trouble, match=f"port {taken} cannot be used .*choose another"):
        open_port("127.0.0.1", str(taken))


def test_a_taken_default_port_moves_on(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "DEFAULT_PORT", taken)
    with open_port("127.0.0.1", None) as listener:
        assert listener.getsockname()[1] > taken


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "8 000"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Trouble, match="is no port"):
        open_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["find_gaps", "--scenario", "f.json", "--json"], False),
        (["find_gaps", "--scenario=f.json"], False),
        (["find_gaps", "--organization", "bank"], True),
        (["migrate"], True),
        (["migrate", "--help"], False),
        (["collectstatic", "--no-input"], False),
        ([], False),
    ],
)
def test_pure_commands_need_no_servers(arguments: list[str], needed: bool) -> None:
    assert needs_servers(arguments) is needed


@pytest.mark.parametrize(
    ("environment", "parts"),
    [
        ({}, ["database", "redis"]),
        ({"DATABASE_URL": "postgresql://x"}, ["redis"]),
        ({"REDIS_URL": "redis://x"}, ["database"]),
        ({"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://x"}, []),
        ({"DATABASE_URL": ""}, ["database", "redis"]),
    ],
)
def test_what_is_named_is_not_embedded(environment: dict[str, str], parts: list[str]) -> None:
    assert wanted_parts(environment) == parts


def test_the_env_file_fills_only_what_is_unset(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# words\nA=1\nexport B='two words'\nC=3\n\nnothing\n")
    environment = {"C": "kept"}
    load_env_file(environment, path)
    assert environment == {"A": "1", "B": "two words", "C": "kept"}


def test_a_lock_refuses_the_second_and_yields_to_sharers(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "a"), FileLock(tmp_path / "a")
    assert first.try_take()
    assert not second.try_take()
    first.release()
    assert first.try_take(shared=True)
    assert second.try_take(shared=True)
    first.release()
    assert second.try_take()
