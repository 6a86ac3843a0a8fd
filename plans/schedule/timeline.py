"""The geometry of a built-back timeline: from days to shapes of an SVG. Pure.

A row is a bar from its first to its last day, both whole days: `x(day)` is where a day begins, and
a bar that ends on a day reaches to where the next one begins. With `n` days between the margins a
day is `(WIDTH - LABELS) / n` wide. Days without work are gathered into runs; where a day would be
narrower than `NARROWEST`, weekends are left out, since they would only be a grey veil, and holidays
stay. Today is drawn while it lies no more than `NEAR` days before the first bar or after the last;
farther away it would squeeze everything else together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plancraft.lib.dates import ONE_DAY, WorkingCalendar

WIDTH, LABELS = 1120.0, 220.0
TOP, ROW, BAR = 54.0, 44.0, 20.0
NARROWEST = 4.0
NEAR = 60
TICK_ROOM = 64.0
LETTER = 5.6
"""How wide a letter of a label is, about: enough to choose the side on which it has room."""
TITLE_LETTERS = 25


@dataclass(frozen=True, slots=True)
class Bar:
    """A row before it has a place. `look` is done, plan, late, missing or launch.

    `slack_to`: the last day to which it can slip. `late_to`: today, for one that is overdue.
    `before`: ids of rows that it leads to. `points`: days on the bar that are marked, with a look.
    """

    id: str
    title: str
    first: date
    last: date
    look: str
    words: str = ""
    slack_to: date | None = None
    late_to: date | None = None
    before: tuple[str, ...] = ()
    points: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A text and where it stands; `anchor` is start or end."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A row in its place. `y` is its middle; the spans are x and width, or None."""

    bar: Bar
    title: str
    y: float
    x: float
    width: float
    label: Label
    slack: tuple[float, float] | None
    late: tuple[float, float] | None
    points: tuple[tuple[float, str], ...]

    @property
    def top(self) -> float:
        """Where the bar begins from above."""
        return self.y - BAR / 2

    @property
    def end(self) -> float:
        """Where the bar ends."""
        return round(self.x + self.width, 1)


@dataclass(frozen=True, slots=True)
class Closed:
    """A run of days without work; `is_holiday` for more than a weekend."""

    x: float
    width: float
    is_holiday: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A day that is named above."""

    x: float
    day: date
    is_month: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that is drawn, in units of the view box."""

    height: float
    shapes: tuple[Shape, ...]
    closed: tuple[Closed, ...]
    ticks: tuple[Tick, ...]
    links: tuple[str, ...]
    lines: tuple[float, ...]
    today: float | None
    width: float = WIDTH

    @property
    def bottom(self) -> float:
        """Where the last row ends."""
        return self.height - 6


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to x."""

    first: date
    last: date

    @property
    def per_day(self) -> float:
        """How wide a day is."""
        return (WIDTH - LABELS) / ((self.last - self.first).days + 1)

    def x(self, day: date) -> float:
        """Where the day begins, kept between the margins."""
        return self._at((day - self.first).days)

    def end(self, day: date) -> float:
        """Where the day ends."""
        return self._at((day - self.first).days + 1)

    def _at(self, days: int) -> float:
        return round(min(WIDTH, max(LABELS, LABELS + days * self.per_day)), 1)


def timeline(bars: Sequence[Bar], today: date, calendar: WorkingCalendar) -> Timeline | None:
    """The timeline of these rows, in their order; None without any."""
    if not bars:
        return None
    scale = _scale(bars, today)
    shapes = tuple(_shape(bar, n, scale) for n, bar in enumerate(bars))
    height = TOP + ROW * len(bars) + 6
    return Timeline(
        height=height,
        shapes=shapes,
        closed=tuple(_closed(scale, calendar)),
        ticks=tuple(_ticks(scale)),
        links=tuple(_links(shapes)),
        lines=tuple(TOP + ROW * n for n in range(len(bars) + 1)),
        today=scale.x(today) if scale.first <= today <= scale.last else None,
    )


def _scale(bars: Sequence[Bar], today: date) -> Scale:
    first = min(bar.first for bar in bars)
    last = max(max(bar.last, bar.slack_to or bar.last, bar.late_to or bar.last) for bar in bars)
    if first - timedelta(days=NEAR) <= today < first:
        first = today
    if last < today <= last + timedelta(days=NEAR):
        last = today
    spare = timedelta(days=max(1, (last - first).days // 40))
    return Scale(_moved(first, -spare), _moved(last, spare))


def _moved(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day


# Rows --------------------------------------------------------------------------------------------
def _shape(bar: Bar, number: int, scale: Scale) -> Shape:
    x, end = scale.x(bar.first), scale.end(bar.last)
    late = _span(end, scale.end(bar.late_to)) if bar.late_to else None
    slack = _span(end + 4, scale.end(bar.slack_to)) if bar.slack_to else None
    reach = max(end, late[0] + late[1] if late else end, slack[0] + slack[1] if slack else end)
    return Shape(
        bar=bar,
        title=_clipped(bar.title),
        y=TOP + ROW * number + ROW / 2,
        x=x,
        width=round(end - x, 1),
        label=_label(bar.words, x, reach),
        slack=slack,
        late=late,
        points=tuple(
            (round((scale.x(day) + scale.end(day)) / 2, 1), look) for day, look in bar.points
        ),
    )


def _span(start: float, end: float) -> tuple[float, float] | None:
    return (round(start, 1), round(end - start, 1)) if end - start >= 1 else None


def _label(words: str, start: float, end: float) -> Label:
    """To the right of the bar where it has room, else to the left, else within its end."""
    wide = len(words) * LETTER + 9
    if WIDTH - end >= wide:
        return Label(round(end + 9, 1), words, "start")
    if start - LABELS >= wide:
        return Label(round(start - 9, 1), words, "end")
    return Label(round(end - 6, 1), words, "end")


def _clipped(title: str) -> str:
    return title if len(title) <= TITLE_LETTERS else title[: TITLE_LETTERS - 1].rstrip() + "…"


# What lies behind the rows -----------------------------------------------------------------------
def _closed(scale: Scale, calendar: WorkingCalendar) -> Iterable[Closed]:
    """Runs of days without work, the same kind together."""
    start, kind = scale.first, ""
    day = scale.first
    while day <= scale.last:
        now = _kind(day, calendar, scale)
        if now != kind:
            yield from _run(scale, start, day, kind)
            start, kind = day, now
        day += ONE_DAY
    yield from _run(scale, start, day, kind)


def _kind(day: date, calendar: WorkingCalendar, scale: Scale) -> str:
    if day in calendar.closed:
        return "holiday"
    if calendar.is_working_day(day) or scale.per_day < NARROWEST:
        return ""
    return "weekend"


def _run(scale: Scale, start: date, after: date, kind: str) -> Iterable[Closed]:
    if kind:
        x = scale.x(start)
        yield Closed(x, round(scale.end(after - ONE_DAY) - x, 1), kind == "holiday")


def _ticks(scale: Scale) -> Iterable[Tick]:
    """Mondays while each has room for its name, else the first of each month, as far as it has."""
    days = [scale.first + timedelta(days=n) for n in range((scale.last - scale.first).days + 1)]
    weekly = scale.per_day * 7 >= TICK_ROOM
    taken = 0.0
    for day in days:
        wanted = day.weekday() == 0 if weekly else day.day == 1
        x = scale.x(day)
        if wanted and x >= taken and x <= WIDTH - TICK_ROOM / 2:
            taken = x + TICK_ROOM
            yield Tick(x, day, not weekly)


def _links(shapes: Sequence[Shape]) -> Iterable[str]:
    """From below each bar to above what it leads to, as paths that end in an arrow's tip."""
    by_id: Mapping[str, Shape] = {shape.bar.id: shape for shape in shapes}
    for shape in shapes:
        for id_ in shape.bar.before:
            other = by_id.get(id_)
            if other is not None and other.y > shape.y:
                yield _path(shape, other)


def _path(shape: Shape, other: Shape) -> str:
    start = max(shape.x + 2, shape.end - 8)
    into = max(other.x + 4, min(start, other.end - 4))
    tip = other.top - 1
    return f"M{start:.1f} {shape.top + BAR:.1f}V{tip - 11:.1f}H{into:.1f}V{tip:.1f}"


def starts(due: Mapping[str, date], before: Mapping[str, Sequence[str]]) -> dict[str, date]:
    """From when each can be worked on: the day after the last of what leads to it is due.

    What nothing leads to, or only what is due as late as itself, begins on its own day.
    """
    latest: dict[str, date] = {}
    for id_, others in before.items():
        for other in others:
            if id_ in due and other in due and due[id_] < due[other]:
                latest[other] = max(latest.get(other, due[id_]), due[id_])
    return {
        id_: min(day, latest[id_] + ONE_DAY) if id_ in latest else day for id_, day in due.items()
    }


def arrows(links: Iterable[str]) -> list[tuple[str, str]]:
    """Each path of a link with the tip of its arrow."""
    found = []
    for path in links:
        x, y = path.rsplit("H", 1)[1].split("V")
        found.append((path, f"M{float(x) - 3:.1f} {float(y) - 4:.1f}l3 4.5 3-4.5z"))
    return found
