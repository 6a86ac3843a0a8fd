"""Geometry of the charts: numbers in, coordinates out. Pure; templates draw what stands here.

Every chart also has its numbers as a table, and reads in greyscale: what is there is solid, what is
missing is dashed and hatched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from workflow.ages import AGES


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing's size and margins, in its own units."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def base(self) -> float:
        """Where the bars stand."""
        return self.height - self.bottom

    @property
    def inner(self) -> float:
        """How wide the plot is."""
        return self.width - self.left - self.right


WIDE = Canvas(860, 268, 34, 12, 46, 32)
NARROW = Canvas(342, 244, 22, 6, 34, 28)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across at a value."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: delivered from the base up, missing on top of it, and where its words stand."""

    x: float
    width: float
    middle: float
    top: float
    height: float
    gap_top: float
    gap_height: float
    week: int
    start: date
    expected: int
    delivered: int
    percent: int | None
    is_labelled: bool


@dataclass(frozen=True, slots=True)
class Bracket:
    """From where to where the dip reached, in the chart's units, and for how many weeks."""

    left: float
    right: float
    middle: float
    weeks: int


@dataclass(frozen=True, slots=True)
class WeekChart:
    """A chart of weeks on one canvas."""

    canvas: Canvas
    bars: list[Bar]
    ticks: list[Tick]

    def bracket(self, dip: Dip | None) -> Bracket | None:
        """The mark over the weeks of a dip."""
        if dip is None or not self.bars:
            return None
        first, last = self.bars[dip.first], self.bars[dip.last]
        left, right = first.x - 3, last.x + last.width + 3
        return Bracket(_round(left), _round(right), _round((left + right) / 2), dip.weeks)

    @property
    def plot(self) -> float:
        """How tall the plot is."""
        return self.canvas.base - self.canvas.top


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """What a bar shows: promised and delivered on time in the week that begins on `start`."""

    start: date
    expected: int
    delivered: int

    @property
    def percent(self) -> int | None:
        """Delivered of promised in whole per cent, rounded down; None if nothing was promised."""
        return 100 * self.delivered // self.expected if self.expected else None


def steps(highest: int, lines: int = 3) -> list[int]:
    """0 and up to `lines` round values that reach `highest`: 0, 8, 16, 24."""
    size = max(1, ceil(highest / lines))
    unit = next(
        unit for unit in (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 50, 100, size) if unit >= size
    )
    return [unit * n for n in range(lines + 1)]


def week_chart(weeks: Sequence[WeekFigure], canvas: Canvas, every: int = 1) -> WeekChart:
    """The bars of these weeks; `every` n-th has its number under it, counted from the last."""
    scale = steps(max((week.expected for week in weeks), default=0))
    plot = canvas.base - canvas.top
    unit = plot / scale[-1]
    slot = canvas.inner / max(1, len(weeks))
    bars = [
        _bar(week, canvas, unit, slot, n, (len(weeks) - 1 - n) % every == 0)
        for n, week in enumerate(weeks)
    ]
    ticks = [Tick(_round(canvas.base - value * unit), value) for value in scale]
    return WeekChart(canvas, bars, ticks)


def _bar(
    week: WeekFigure, canvas: Canvas, unit: float, slot: float, n: int, is_labelled: bool
) -> Bar:
    width = slot * 0.68
    x = canvas.left + n * slot + (slot - width) / 2
    delivered, missing = week.delivered * unit, (week.expected - week.delivered) * unit
    top = canvas.base - delivered
    return Bar(
        x=_round(x),
        width=_round(width),
        middle=_round(x + width / 2),
        top=_round(top),
        height=_round(delivered),
        gap_top=_round(top - missing),
        gap_height=_round(max(0, missing - 1.5)),
        week=week.start.isocalendar().week,
        start=week.start,
        expected=week.expected,
        delivered=week.delivered,
        percent=week.percent,
        is_labelled=is_labelled,
    )


def _round(value: float) -> float:
    return round(value, 1)


# Ages -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AgeBar:
    """How many things are of one age; `blocks` are the tops of the boxes that stand for them.

    `url` is the list of them.
    """

    x: float
    middle: float
    width: float
    first: int
    last: int | None
    count: int
    blocks: list[float]
    block_height: float
    label_y: float
    is_old: bool
    url: str


@dataclass(frozen=True, slots=True)
class AgeChart:
    """Things by age, one box for each, or one bar where there are too many to count."""

    width: float
    height: float
    base: float
    bars: list[AgeBar]


def age_chart(counts: Sequence[int], urls: Sequence[str], *, tallest: int = 4) -> AgeChart:
    """The chart of counts by `AGES`, each with the list that it leads to.

    Up to `tallest` boxes are drawn singly; above, to scale.
    """
    width, height, base, plot = 272.0, 148.0, 124.5, 88.0
    slot = width / len(AGES)
    highest = max((*counts, 1))
    bars = []
    for n, count in enumerate(counts):
        box = min(39.0, plot / highest - 3) if highest <= tallest else plot * count / highest
        blocks = (
            [_round(base - 0.5 - (k + 1) * (box + 3) + 3) for k in range(count)]
            if highest <= tallest
            else ([_round(base - box)] if count else [])
        )
        top = min(blocks, default=base - 8)
        first, last = AGES[n]
        bars.append(
            AgeBar(
                x=_round(n * slot + 5),
                middle=_round(n * slot + slot / 2),
                width=_round(slot - 10),
                first=first,
                last=last,
                count=count,
                blocks=blocks,
                block_height=_round(box),
                label_y=_round(top - 10),
                is_old=first >= 15,
                url=urls[n],
            )
        )
    return AgeChart(width, height, base, bars)


# Bars across ------------------------------------------------------------------------------------
def share(value: float, highest: float, width: float = 200.0) -> float:
    """How long a bar across is; something that is there is never drawn shorter than 2."""
    if value <= 0 or highest <= 0:
        return 0.0
    return _round(max(2.0, width * value / highest))


# The dip ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Dip:
    """The longest run of weeks below the line, by index of its first and last week."""

    first: int
    last: int

    @property
    def weeks(self) -> int:
        """How long it was."""
        return self.last - self.first + 1


def longest_dip(percents: Sequence[int | None], line: int, least: int = 2) -> Dip | None:
    """The longest run of at least `least` weeks under `line` per cent; the earliest of equals.

    Weeks without a value neither count nor end a run.
    """
    best: Dip | None = None
    start: int | None = None
    last = 0
    for n, percent in enumerate((*percents, 100)):
        if percent is None:
            continue
        if percent < line:
            start, last = (n if start is None else start), n
            continue
        if start is not None and last - start + 1 >= least:
            found = Dip(start, last)
            best = found if best is None or found.weeks > best.weeks else best
        start = None
    return best
