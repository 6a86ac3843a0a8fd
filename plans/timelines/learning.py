"""From dates that were once kept to a back-schedule: the leads between them. Pure.

For a step on day d that stands before things whose earliest day is a,

    lead(step) = 0 if d >= a, else the working days from d up to the day before a, at least 1

so that `shift(a, -lead)` is d again if d is a working day before a. If d is no working day, it is
the last one before, and those that precede the step are counted from there, since that is where
building back puts it. A step that stood after something it must precede comes to that day.

A step without a day, or after the key date, cannot be built back: it is `left` with the reason, and
what it was before is handed on to those that precede it; so it is for steps that are not wanted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plancraft.lib.dates import WorkingCalendar
from plancraft.lib.workingdays import WorkingDays, numbered

KEY_DATE = "key_date"


class Why(StrEnum):
    """Why a step cannot be learned as it stands."""

    UNDATED = "undated"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Kept:
    """A step as it was: its day, and the ids it must precede (or `KEY_DATE`)."""

    id: str
    day: date | None
    before: tuple[str, ...] = (KEY_DATE,)


@dataclass(frozen=True, slots=True)
class Learned:
    """A step with its lead in working days; `built` is where building back from the same date puts
    it, `moved` by how many days that is earlier (negative: later) than where it was.
    """

    id: str
    lead: int
    before: tuple[str, ...]
    day: date
    built: date

    @property
    def moved(self) -> int:
        """Calendar days by which the back-schedule puts it earlier than it was."""
        return (self.day - self.built).days


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned, in the order of days, and why the others were not, by id."""

    steps: tuple[Learned, ...]
    left: Mapping[str, Why]


def learn(
    key_date: date,
    steps: Sequence[Kept],
    calendar: WorkingCalendar,
    wanted: Collection[str] | None = None,
) -> Lesson:
    """The leads of the `wanted` steps (all, if None) before `key_date`.

    The ids in `before` are others' or unknown, which counts for nothing; they form no circle.
    """
    left = {step.id: why for step in steps if (why := _why(step, key_date)) is not None}
    taken = {s.id for s in steps if s.id not in left and (wanted is None or s.id in wanted)}
    before = _stepped_over({step.id: step.before for step in steps}, taken)
    days, built, found = numbered(calendar), {KEY_DATE: key_date}, list[Learned]()
    for step in _furthest_last([step for step in steps if step.id in taken], before):
        assert step.day is not None
        anchor = min(built[other] for other in before[step.id])
        lead = _lead(step.day, anchor, days)
        built[step.id] = _back(anchor, lead, days)
        found.append(Learned(step.id, lead, before[step.id], step.day, built[step.id]))
    place = {step.id: n for n, step in enumerate(steps)}
    return Lesson(tuple(sorted(found, key=lambda s: (s.day, place[s.id]))), left)


def _why(step: Kept, key_date: date) -> Why | None:
    if step.day is None:
        return Why.UNDATED
    return Why.AFTER if step.day > key_date else None


def _lead(day: date, anchor: date, days: WorkingDays) -> int:
    if day >= anchor:
        return 0
    last = days.day(days.rank(day.toordinal()))
    return days.between(last, anchor.toordinal() - 1) + 1


def _back(anchor: date, lead: int, days: WorkingDays) -> date:
    return date.fromordinal(days.back(anchor.toordinal(), lead))


def _stepped_over(
    before: Mapping[str, Sequence[str]], taken: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """What each taken step is before, among the taken ones and the key date."""
    return {id_: tuple(dict.fromkeys(_ends(id_, before, taken))) or (KEY_DATE,) for id_ in taken}


def _ends(start: str, before: Mapping[str, Sequence[str]], taken: Collection[str]) -> Iterable[str]:
    waiting, seen = list(reversed(before.get(start, ()))), {start}
    while waiting:
        other = waiting.pop()
        if other in seen:
            continue
        seen.add(other)
        if other == KEY_DATE or other in taken:
            yield other
        else:
            waiting.extend(reversed(before.get(other, ())))


def _furthest_last(steps: Sequence[Kept], before: Mapping[str, Sequence[str]]) -> list[Kept]:
    """The steps, each after everything that it is before."""
    placed, order, waiting = {KEY_DATE}, list[Kept](), list(steps)
    while waiting:
        ready = [step for step in waiting if all(other in placed for other in before[step.id])]
        if not ready:
            raise ValueError("the steps form a circle")
        order += ready
        placed |= {step.id for step in ready}
        waiting = [step for step in waiting if step.id not in placed]
    return order
