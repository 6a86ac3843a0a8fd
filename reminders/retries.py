"""What becomes of a message after an attempt: pure decisions over its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(hours=48)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
MOST_TRIES = 12
JITTER = 0.25


@dataclass(frozen=True, slots=True)
class Fate:
    """The next state of a message, and when it is tried again if it waits."""

    state: str
    again_at: datetime | None = None


def pause(attempts: int, chance: float) -> timedelta:
    """The pause after so many attempts: doubling, at most four hours, a quarter of it by chance.

    `chance` is between 0 and 1; it spreads those who were refused together.
    """
    doublings = max(0, min(attempts - 1, MOST_TRIES))
    whole: timedelta = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    return whole * (1 - JITTER + JITTER * chance)


def after_refusal(created: datetime, attempts: int, now: datetime, chance: float) -> Fate:
    """Refused for now: wait and try again, until 48 hours or twelve tries are over: given up."""
    again = now + pause(attempts, chance)
    if attempts >= MOST_TRIES or again > created + GIVE_UP_AFTER:
        return Fate("dead")
    return Fate("waiting", again)


def after_silence(rule_may_repeat: bool, repeats: int, now: datetime) -> Fate:
    """The connection died after the data began: a deadline reminder goes once more, under the same
    Message-ID; everything else, and a second time, waits for an administrator."""
    if rule_may_repeat and repeats == 0:
        return Fate("waiting", now + FIRST_PAUSE)
    return Fate("unknown")
