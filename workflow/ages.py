"""How long something has waited, in days, and the ages that pages count and filter by: pure.

days = whole days of 24 hours between two instants, never negative
ages = 0 to 3, 4 to 7, 8 to 14, 15 to 30, and over 30 days

The dashboard counts by these ages and the lists narrow by them, so a figure and its rows agree.
"""

from __future__ import annotations

from datetime import datetime

AGES: tuple[tuple[int, int | None], ...] = ((0, 3), (4, 7), (8, 14), (15, 30), (31, None))
"""From and to, in days, both included; the last has no end."""
AGE_KEYS = tuple(f"{first}-{'' if last is None else last}" for first, last in AGES)
"""What an address names an age by: "4-7", "31-"."""


def days_since(since: datetime, now: datetime) -> int:
    """Whole days between two aware instants; 0 for one that lies ahead."""
    return max(0, (now - since).days)


def age_bucket(days: int) -> int:
    """Which of `AGES` that many days belong to."""
    return next(n for n, (_, last) in enumerate(AGES) if last is None or days <= last)


def age_of(since: datetime, now: datetime) -> int:
    """Which of `AGES` something belongs to that has waited since then."""
    return age_bucket(days_since(since, now))
