"""What a plan's period and its promises come to: pure rules on dates and plain records.

Period
    Before `starts_on` a plan is *ahead*, with `starts_on - today` days to go; after `ends_on` it
    is *over*, for `today - ends_on` days; else it is *under way* with `ends_on - today` days left
    (0 on its last day). Closing a plan is a decision and does not follow from its dates.

Promises (rule 4)
    A promise is `count` posts per `day`, `week` or `month`, on `weekdays` (Monday = 0; none: any
    day), never silent for more than `max_silence` days. What it asks for may be odd without being
    wrong, so `doubts` warn and never refuse:

    more than fits    count > 10 for a day; count > number of weekdays (of 7 where any) for a week;
                      count > 4 * weekdays (28 where any) for a month: more than one a day
    silence too short the fewest silent days that can be had while the promise is just kept exceed
                      `max_silence`: for a week with every weekday used, the longest stretch of days
                      strictly between two of them; else ceil(days / count) - 1
    outside the plan  the effective days reach out of the plan's period
    twice             the plan promises on this channel already at the same time; both then count
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from plancraft.lib.dates import Period

DAYS_OF = {"day": 1, "week": 7, "month": 31}
MANY_A_DAY = 10
LONGEST_PLAN = 5 * 366
"""Days; a longer period is refused, because it is a slip of the keyboard and not a plan."""


class PlanState(StrEnum):
    """The states of a plan."""

    DRAFT = "draft"
    IN_APPROVAL = "in_approval"
    RUNNING = "running"
    CLOSED = "closed"


TRANSITIONS: dict[PlanState, dict[PlanState, str]] = {
    PlanState.DRAFT: {PlanState.RUNNING: "started", PlanState.CLOSED: "closed"},
    PlanState.IN_APPROVAL: {PlanState.CLOSED: "closed"},
    PlanState.RUNNING: {PlanState.CLOSED: "closed"},
    PlanState.CLOSED: {PlanState.RUNNING: "reopened"},
}
"""From state, to state, and the word by which the change is recorded; the buttons follow it too.

What approval decides is not in it: `approved_state` follows from its facts.
"""


def approved_state(state: PlanState, *, has_open_review: bool, is_approved: bool) -> PlanState:
    """The state that approval leaves a plan in.

    A draft is in approval while a review of it is open, and runs from the moment at which exactly
    what it says is approved. What runs goes on running whatever is edited, submitted or withdrawn:
    it is delivered against the version that was approved. What is closed stays closed.
    """
    if state in (PlanState.RUNNING, PlanState.CLOSED):
        return state
    if is_approved:
        return PlanState.RUNNING
    return PlanState.IN_APPROVAL if has_open_review else PlanState.DRAFT


class Phase(StrEnum):
    """Where today lies in a period."""

    AHEAD = "ahead"
    UNDER_WAY = "under_way"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Standing:
    """Phase of a period, and how many days until it begins, until it ends, or since it ended."""

    phase: Phase
    days: int


def standing(starts_on: date, ends_on: date, today: date) -> Standing:
    """Where `today` lies in the period (see the module)."""
    if today < starts_on:
        return Standing(Phase.AHEAD, (starts_on - today).days)
    if today > ends_on:
        return Standing(Phase.OVER, (today - ends_on).days)
    return Standing(Phase.UNDER_WAY, (ends_on - today).days)


@dataclass(frozen=True, slots=True)
class Terms:
    """A promise as plain facts. Dates null: from the plan's first day, to its last."""

    count: int
    per: str
    weekdays: tuple[int, ...] | None = None
    max_silence: int | None = None
    effective_from: date | None = None
    effective_to: date | None = None

    def effective(self, plan: Period) -> Period | None:
        """The days on which it holds; None where its end lies before its start."""
        start, end = self.effective_from or plan.start, self.effective_to or plan.end
        return Period(start, end) if start <= end else None


class Doubt(StrEnum):
    """What may be odd about a promise."""

    MORE_THAN_FITS = "more_than_fits"
    SILENCE_TOO_SHORT = "silence_too_short"
    OUTSIDE_THE_PLAN = "outside_the_plan"
    TWICE = "twice"


def doubts(terms: Terms, plan: Period, others: Sequence[Terms] = ()) -> list[Doubt]:
    """What to ask kindly about before the promise is kept as typed.

    `others` are the same plan's other promises on the same channel.
    """
    found = []
    if terms.count > fits(terms):
        found.append(Doubt.MORE_THAN_FITS)
    if terms.max_silence is not None and fewest_silent_days(terms) > terms.max_silence:
        found.append(Doubt.SILENCE_TOO_SHORT)
    effective = terms.effective(plan)
    if effective and (effective.start < plan.start or effective.end > plan.end):
        found.append(Doubt.OUTSIDE_THE_PLAN)
    if effective and any(_at_once(effective, other.effective(plan)) for other in others):
        found.append(Doubt.TWICE)
    return found


def _at_once(one: Period, other: Period | None) -> bool:
    return other is not None and one.overlaps(other)


def fits(terms: Terms) -> int:
    """How many posts a period holds before some day has more than one (ten, for a day)."""
    days = len(terms.weekdays or range(7))
    return {"day": MANY_A_DAY, "week": days, "month": 4 * days}[terms.per]


def fewest_silent_days(terms: Terms) -> int:
    """The longest silence that remains when the promise is just kept, spread as well as can be."""
    if terms.weekdays and (terms.per == "day" or terms.count >= len(terms.weekdays)):
        return _longest_stretch(terms.weekdays)
    days = DAYS_OF[terms.per]
    return -(-days // terms.count) - 1 if terms.count < days else 0


def _longest_stretch(weekdays: Sequence[int]) -> int:
    """The most days strictly between two neighbouring weekdays, the week being a circle."""
    ring = sorted(weekdays)
    return max(b - a - 1 for a, b in pairwise([*ring, ring[0] + 7]))


def never_due(terms: Terms, plan: Period) -> bool:
    """Whether the promise asks for no single day: it ends before it begins, or its weekdays do not
    occur while it holds, or it holds only outside the plan."""
    effective = terms.effective(plan)
    if effective is None or not effective.overlaps(plan):
        return True
    if not terms.weekdays or len(effective) >= 7:
        return False
    return not any(day.weekday() in terms.weekdays for day in effective.days())


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list typed as text: the row it keeps (None: a new one) and its words."""

    pk: int | None
    text: str


def match_lines(existing: Sequence[tuple[int, str]], typed: Sequence[str]) -> list[Line]:
    """Which row each typed line continues, so that a line that was reworded keeps its row.

    The same words keep their row wherever they moved. A line between the same neighbours as before
    continues the row that stood there: leftover lines take leftover rows in order, as long as there
    are as many of both; else the surplus is new. Rows that no line takes are gone.
    """
    free = dict(existing)
    by_text = {text.casefold(): pk for pk, text in reversed(existing)}
    lines: list[Line] = []
    for text in typed:
        pk = by_text.get(text.casefold())
        pk = pk if pk in free else None
        if pk is not None:
            del free[pk]
        lines.append(Line(pk, text))
    left = list(free)
    return [
        line if line.pk is not None or not left else Line(left.pop(0), line.text) for line in lines
    ]
