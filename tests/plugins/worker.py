"""A real Celery worker on the test database and Redis, for tests of what must not be lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from celery import current_app

from plancraft.runtime import process
from plancraft.runtime.places import ROOT

Start = Callable[..., "subprocess.Popen[bytes]"]


def answers(name: str) -> bool:
    """Whether the worker of this name takes orders."""
    return bool(current_app.control.ping(destination=[name], timeout=0.3))


def start_worker(number: int, **variables: str) -> subprocess.Popen[bytes]:
    name = f"test{number}@{os.getpid()}"
    command = [sys.executable, "-m", "celery", "-A", "plancraft", "--quiet", "worker"]
    options = ["--concurrency", "1", "--without-gossip", "--without-mingle", "-n", name]
    started = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "ignore"} | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=process.prepare_child(signal.SIGKILL),
    )
    end = time.monotonic() + 40
    while not answers(name):
        assert started.poll() is None, "the worker ended at once"
        assert time.monotonic() < end, "the worker does not answer"
    return started


@pytest.fixture
def start_celery_worker(transactional_db: None) -> Iterator[Start]:
    """Start workers, `start_celery_worker(VARIABLE="x")`; all end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**variables: str) -> subprocess.Popen[bytes]:
        started.append(start_worker(len(started), **variables))
        return started[-1]

    yield start
    for worker in started:
        process.stop(worker, signal.SIGTERM, 10)


@pytest.fixture
def celery_worker_process(start_celery_worker: Start) -> subprocess.Popen[bytes]:
    """One worker that is ready for work."""
    return start_celery_worker()
