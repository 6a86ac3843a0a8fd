"""Gives a test run servers of its own before Django reads its settings.

Loaded by `-p` in pyproject.toml. Every test process, xdist's workers too, leases the checkout's
test servers, which start with the first and stop with the last; each has a database and a Redis
number of its own. What the user's environment names is never touched.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from plancraft.runtime.errors import Trouble
from plancraft.runtime.lease import Lease, take_lease
from plancraft.runtime.locks import FileLock
from plancraft.runtime.places import test_home

SERVERS = pytest.StashKey[Lease]()
DATABASE_NAME = f"test_{os.getpid()}"
_NO_TESTS_RUN = ("--help", "-h", "--version", "--markers", "--fixtures")


def free_redis_number(held: Lease) -> tuple[int, FileLock]:
    """A Redis database that no other test process uses, and the lock that says so."""
    for number in range(1, 64):
        lock = FileLock(held.home.lock(f"redis-{number}"))
        if lock.try_take():
            return number, lock
        lock.release()
    raise pytest.UsageError("More than 63 test processes use this checkout's test servers.")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, args: list[str]
) -> Generator[None, object, object]:
    if not any(arg in _NO_TESTS_RUN for arg in args):
        _take_servers(early_config)
    return (yield)


def _take_servers(config: pytest.Config) -> None:
    try:
        held = take_lease(test_home(), ["database", "redis"])
    except Trouble as trouble:
        raise pytest.UsageError(str(trouble)) from trouble
    number, redis_lock = free_redis_number(held)
    config.stash[SERVERS] = held
    config.add_cleanup(held.release)
    config.add_cleanup(redis_lock.release)
    os.environ.update(
        held.environment(DATABASE_NAME, number),
        SECRET_KEY="only-for-tests",
        BASE_URL="http://testserver",
        ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
        HASHED_STATIC="0",
        LOG_FORMAT="plain",
        PRIVATE_FILES_ROOT=str(test_home().folder / "files"),
        TEST_SERVERS_URL=held.superuser_url(DATABASE_NAME),
    )
    for name in ("DEBUG", "EMAIL_HOST", "HTTPS_REDIRECT", "HSTS_SECONDS", "TRUSTED_PROXIES"):
        os.environ.pop(name, None)


def pytest_configure(config: pytest.Config) -> None:
    # Entered late, so that their fixtures win over those of the same name in other plugins.
    from tests.plugins import browser, database, worker

    config.pluginmanager.register(database, "plancraft-database")
    config.pluginmanager.register(browser, "plancraft-browser")
    config.pluginmanager.register(worker, "plancraft-worker")
