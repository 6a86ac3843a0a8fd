"""The states of a task: one table feeds the buttons and the checks.

    open  -> doing (started) | done (finished) | cancelled (cancelled)
    doing -> open (paused)   | done (finished) | cancelled (cancelled)
    done, cancelled -> open (reopened)

A task is *late* on `today` while it is open or in progress and its due day lies before `today`.
Who is to own it is *undecided* while it has no owner, at least two candidates and a day by which
to decide; from the day after that the champion decides, and after two more working days the
managers do (rule 2).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from plancraft.lib.dates import WorkingCalendar

FEWEST_CANDIDATES = 2
CHAMPION_HAS = 2
"""Working days for the champion to decide before it falls to the managers."""


class State(StrEnum):
    """The states of a task, as the model stores them."""

    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    CANCELLED = "cancelled"


TRANSITIONS: dict[State, dict[State, str]] = {
    State.OPEN: {
        State.DOING: "started",
        State.DONE: "finished",
        State.CANCELLED: "cancelled",
    },
    State.DOING: {
        State.OPEN: "paused",
        State.DONE: "finished",
        State.CANCELLED: "cancelled",
    },
    State.DONE: {State.OPEN: "reopened"},
    State.CANCELLED: {State.OPEN: "reopened"},
}
"""From state, to state, and the word by which the change is recorded; the buttons follow it too."""


def is_late(state: str, due: date | None, today: date) -> bool:
    """Whether it should have been done before `today`."""
    return state in (State.OPEN, State.DOING) and due is not None and due < today


class Decider(StrEnum):
    """Whose it is to say who will own a task."""

    CANDIDATES = "candidates"
    CHAMPION = "champion"
    MANAGERS = "managers"


def decider(decide_by: date, today: date, calendar: WorkingCalendar) -> Decider:
    """Who is to decide on `today` (see the module)."""
    if today <= decide_by:
        return Decider.CANDIDATES
    return (
        Decider.CHAMPION if today <= calendar.shift(decide_by, CHAMPION_HAS) else Decider.MANAGERS
    )
