"""Prints figures as they come, with the load of the machine and the CPU seconds they took."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """What a block took: `wall` seconds, and `cpu` seconds of this process alone."""

    wall = 0.0
    cpu = 0.0


class Report:
    """Lines on standard output."""

    def part(self, name: str) -> None:
        """The heading of a part, with the machine it runs on."""
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        self.say(f"{name}: {os.cpu_count()} cores, load {load}, Python {sys.version.split()[0]}")

    def figure(self, what: str, figure: str, target: str = "") -> None:
        """One line: what was measured, what came of it, what it should be."""
        self.say(f"  {what:<52} {figure}" + (f"   (target: {target})" if target else ""))

    @contextmanager
    def timed(self) -> Iterator[Clock]:
        """Measure a block."""
        clock = Clock()
        wall, cpu = time.perf_counter(), time.process_time()
        yield clock
        clock.wall, clock.cpu = time.perf_counter() - wall, time.process_time() - cpu

    def say(self, words: str) -> None:
        print(words, flush=True)  # noqa: T201
