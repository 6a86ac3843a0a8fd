"""Momentum: what was delivered on time against what was promised, week by week (rule 8). Pure.

    weeks = weekly_adherence(coverage(world, span), span, today=..., week_start=0)
    momentum = assess(weeks)

- adherence(week) = sum of min(delivered on time, expected) / sum of expected, over each
  (commitment, period) whose last day is in the week; no value where nothing is expected.
- delivered on time: published no later than planned + tolerance (``Coverage.delivered``).
- Posts imported with their time already past are outside momentum: they are not delivered, and
  each takes one away from what its period expects, so that importing last year loses nobody marks.
- momentum = mean of the last four weeks that have a value. Healthy >= 80 %, slipping >= 50 %, lost.
- falling: each of the last three weeks lower than the one before it, or the last week more than
  25 points below the mean of the four before it. Weeks without a value are passed over, and with
  fewer weeks than that nothing is said to fall.

Values are exact fractions from 0 to 1, so that 80 % is 80 % and not a float beside it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from calendar_app.gap_records import Coverage
from plancraft.lib.dates import Period, periods_in, week_of

WEEKS = 4
HEALTHY = Fraction(80, 100)
SLIPPING = Fraction(50, 100)
DROP = Fraction(25, 100)
FALLING_WEEKS = 3


class State(StrEnum):
    """How a team's momentum stands."""

    HEALTHY = "healthy"
    SLIPPING = "slipping"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Week:
    """One closed week: posts expected in it and, of those, delivered on time."""

    period: Period
    expected: int
    delivered: int

    @property
    def value(self) -> Fraction | None:
        """Its adherence from 0 to 1, or None where nothing was expected."""
        return Fraction(self.delivered, self.expected) if self.expected else None


@dataclass(frozen=True, slots=True)
class Momentum:
    """The figure, its state, and whether it falls; None before the first week with a value."""

    value: Fraction | None
    state: State | None
    falling: bool


def weekly_adherence(
    cells: Iterable[Coverage], span: Period, *, today: date, week_start: int = 0
) -> list[Week]:
    """Each week with a day in ``span`` that closed before ``today``, in order.

    ``cells`` come from ``coverage`` over at least those weeks. A month counts in the week in which
    it ends, so weeks that reach beyond ``span`` need cells that reach as far.
    """
    expected: Counter[date] = Counter()
    delivered: Counter[date] = Counter()
    for cell in cells:
        week = week_of(cell.period.end, week_start).start
        owed = max(0, cell.expected - cell.historical)
        expected[week] += owed
        delivered[week] += min(cell.delivered, owed)
    return [
        Week(week, expected[week.start], delivered[week.start])
        for week in periods_in(span, "week", week_start)
        if week.end < today
    ]


def assess(weeks: Sequence[Week]) -> Momentum:
    """Where the team stands after the last of ``weeks`` (in order of time)."""
    values = [week.value for week in weeks if week.value is not None]
    value = mean(values[-WEEKS:])
    return Momentum(value, state_of(value), is_falling(values))


def mean(values: Sequence[Fraction]) -> Fraction | None:
    """The mean, or None of nothing."""
    return sum(values, Fraction(0)) / len(values) if values else None


def state_of(value: Fraction | None) -> State | None:
    """Healthy from 80 %, slipping from 50 %, lost below."""
    if value is None:
        return None
    if value >= HEALTHY:
        return State.HEALTHY
    return State.SLIPPING if value >= SLIPPING else State.LOST


def is_falling(values: Sequence[Fraction]) -> bool:
    """Three weeks in a row each lower than the one before, or one far below the four before it."""
    return _slides(values) or _drops(values)


def _slides(values: Sequence[Fraction]) -> bool:
    last = values[-FALLING_WEEKS - 1 :]
    return len(last) > FALLING_WEEKS and all(later < earlier for earlier, later in pairwise(last))


def _drops(values: Sequence[Fraction]) -> bool:
    before = mean(values[-WEEKS - 1 : -1]) if len(values) > WEEKS else None
    return before is not None and before - values[-1] > DROP
