"""Building back once more, slowly and straight from the page: what the tests compare with.

Walks day by day, recurses without memory, and tries every date for the earliest feasible one.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import permutations
from typing import Any

DAY = timedelta(days=1)


class Model:
    """One document, answered by brute force."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.weekdays = set(document["working_weekdays"])
        self.closed = set(document["closed"])
        self.today = date.fromisoformat(document["today"])
        self.key = document["key_date"]["id"]
        self.date = date.fromisoformat(document["key_date"]["date"])
        self.steps = {step["id"]: step for step in document["steps"]}

    def works(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day.isoformat() not in self.closed

    def shift_back(self, day: date, n: int) -> date:
        if n == 0:
            while not self.works(day):
                day -= DAY
            return day
        while n:
            day -= DAY
            n -= self.works(day)
        return day

    def fixed(self, id_: str) -> date | None:
        pinned = self.steps[id_]["pinned"]
        return date.fromisoformat(pinned) if pinned else None

    def days(self, key_date: date) -> dict[str, date]:
        @cache
        def due(id_: str) -> date:
            if id_ == self.key:
                return key_date
            fixed = self.fixed(id_)
            if fixed is not None:
                return fixed
            step = self.steps[id_]
            return self.shift_back(min(due(other) for other in step["before"]), step["lead"])

        return {id_: due(id_) for id_ in [*self.steps, self.key]}

    def conflicts(self, id_: str, days: dict[str, date]) -> list[str]:
        step = self.steps[id_]
        if step["done"] or step["pinned"] is None:
            return []
        return sorted({other for other in step["before"] if days[other] < days[id_]})

    def late_by(self, id_: str, days: dict[str, date]) -> int:
        day, count = days[id_], 0
        if self.steps[id_]["done"] or day >= self.today:
            return 0
        while day < self.today:
            day += DAY
            count += self.works(day)
        return max(1, count)

    def feasible(self, key_date: date) -> bool:
        days = self.days(key_date)
        for id_, step in self.steps.items():
            if step["done"]:
                continue
            if step["pinned"] is None and days[id_] < self.today:
                return False
            if self.conflicts(id_, days):
                return False
        return True

    def earliest(self, within: int) -> date | None:
        for n in range(within + 1):
            if self.feasible(self.today + n * DAY):
                return self.today + n * DAY
        return None


def cycles(graph: dict[str, list[str]]) -> tuple[str, ...] | None:
    """The cycle that the page asks for, among all there are; for graphs of a few ids only."""
    found: list[tuple[str, ...]] = []
    for size in range(1, len(graph) + 1):
        for way in permutations(sorted(graph), size):
            if all(way[(n + 1) % size] in graph[here] for n, here in enumerate(way)):
                found.append(way)
    if not found:
        return None
    smallest = min(id_ for way in found for id_ in way)
    from_smallest = [way for way in found if way[0] == smallest]
    return min(from_smallest, key=lambda way: (len(way), way))
