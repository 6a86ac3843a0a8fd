"""Building back (rule 3): from a key date and steps to the day each step is due. Pure.

A step is due `lead` working days before the earliest of what it is *before*:

    due(key date)  its date
    due(step)      its `pinned` date, for a pinned step and for a done one
    due(step)      shift(min(due(x) for x in before), -lead) else

late_by      for an undone step due before today: the working days after `due` up to and including
             today, at least 1; else 0
conflict     for an undone pinned step: the ids in `before` that are due earlier than it
slack        for an undone step: how many working days it can slip before it conflicts, so the
             working days after `due` up to and including the earliest day of what it must precede.
             What comes after does not move by that, since it is built back from the key date: used
             up is the time that its lead gave to whoever comes next. 0 for a done one
earliest_feasible   the first date of the key date, today or later, at which no undone, unpinned
             step is due before today and no undone, pinned step conflicts; None if none lies within
             `HORIZON` days
margin       how many working days the key date could come forward (negative: must be put off)
             until it stands on `earliest_feasible`; None without one

`earliest_feasible` needs no search. If `y` is built back and must not be due before need(y), each
`x` in `before(y)` must not be due before forth(need(y), lead(y)), the first day from which going
back by the lead does not lead to before need(y); if `y` is undone and pinned, not before its own
date. Handing these needs on, from the steps that nothing precedes towards the key date, gives what
the key date needs; a fixed step that stands before its need makes it impossible.

A cycle is refused: `Cycle` carries the shortest way from the smallest id that lies on one back to
itself along `before` (ties: the smaller next id).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plancraft.lib.dates import WorkingCalendar
from plancraft.lib.workingdays import WorkingDays, numbered

HORIZON = 3653
"""Days after today beyond which no earliest feasible date is looked for: ten years."""
FIRST_ORDINAL, LAST_ORDINAL = date.min.toordinal(), date.max.toordinal()

Graph = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Step:
    """A step to build back. A done one carries in `pinned` the date on which it stood."""

    id: str
    lead: int
    before: tuple[str, ...]
    done: bool = False
    pinned: date | None = None


@dataclass(frozen=True, slots=True)
class KeyDate:
    """What everything is built back from."""

    id: str
    date: date


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A step with its day and what is to be said about it (see the module)."""

    id: str
    due: date
    late_by: int = 0
    conflict: tuple[str, ...] = ()
    slack: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every step, by (`due`, `id`), and the earliest feasible date with the margin to it."""

    steps: tuple[Scheduled, ...]
    earliest_feasible: date | None
    margin: int | None = None

    def by_id(self) -> dict[str, Scheduled]:
        """The steps by their id."""
        return {step.id: step for step in self.steps}


@dataclass(frozen=True, slots=True)
class Move:
    """A step whose day differs between two schedules; one of them may not know it."""

    id: str
    old: date | None
    new: date | None


class Cycle(ValueError):
    """Steps that wait for each other; `steps` is the shortest way around."""

    def __init__(self, steps: tuple[str, ...]) -> None:
        super().__init__(" -> ".join([*steps, steps[0]]))
        self.steps = steps


class TooFar(ValueError):
    """The lead of `step` leads to before the first day that a calendar knows."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


def build_back(
    key_date: KeyDate, steps: Sequence[Step], today: date, calendar: WorkingCalendar
) -> Schedule:
    """The day of every step. `Cycle` or `TooFar` where there is no schedule.

    Ids are unique, and each in `before` is another step's or the key date's.
    """
    days, now = numbered(calendar), today.toordinal()
    order = _order(steps)
    due = _due_days(key_date, order, days)
    earliest = _earliest(key_date.id, order, now, days)
    margin = None if earliest is None else days.between(earliest, due[key_date.id])
    found = [_scheduled(step, due, now, days) for step in steps]
    return Schedule(
        steps=tuple(sorted(found, key=lambda step: (step.due, step.id))),
        earliest_feasible=None if earliest is None else date.fromordinal(earliest),
        margin=margin,
    )


def moves(before: Mapping[str, date | None], after: Mapping[str, date | None]) -> list[Move]:
    """What differs between two sets of days, by the new day and the id; gone ones last."""
    ids = [*before, *(step for step in after if step not in before)]
    found = [Move(step, before.get(step), after.get(step)) for step in ids]
    changed = [move for move in found if move.old != move.new]
    return sorted(changed, key=lambda move: (move.new or date.max, move.id))


# Days --------------------------------------------------------------------------------------------
def _due_days(key_date: KeyDate, order: Sequence[Step], days: WorkingDays) -> dict[str, int]:
    """Each day as its number; `order` puts a step after everything it is before."""
    due = {key_date.id: key_date.date.toordinal()}
    back = days.back
    for step in order:
        if step.pinned is not None:
            due[step.id] = step.pinned.toordinal()
            continue
        day = back(min([due[other] for other in step.before]), step.lead)
        if day < FIRST_ORDINAL:
            raise TooFar(step.id)
        due[step.id] = day
    return due


def _earliest(key_id: str, order: Sequence[Step], now: int, days: WorkingDays) -> int | None:
    """The number of the earliest feasible date (see the module)."""
    need: dict[str, int] = {}
    for step in reversed(order):
        if step.pinned is None:
            ask = days.forth(max(now, need.get(step.id, now)), step.lead)
        elif step.pinned.toordinal() < need.get(step.id, FIRST_ORDINAL):
            return None
        elif step.done:
            continue
        else:
            ask = step.pinned.toordinal()
        for other in step.before:
            if ask > need.get(other, FIRST_ORDINAL):
                need[other] = ask
    earliest = max(now, need.get(key_id, now))
    return earliest if earliest <= min(now + HORIZON, LAST_ORDINAL) else None


def _scheduled(step: Step, due: Mapping[str, int], now: int, days: WorkingDays) -> Scheduled:
    day = due[step.id]
    if step.done:
        return Scheduled(step.id, date.fromordinal(day))
    late_by = max(1, days.between(day, now)) if day < now else 0
    conflict: tuple[str, ...] = ()
    if step.pinned is not None:
        conflict = tuple(sorted({other for other in step.before if due[other] < day}))
    first = min([due[other] for other in step.before])
    slack = max(0, days.between(day, first))
    return Scheduled(step.id, date.fromordinal(day), late_by, conflict, slack)


# Order and cycles --------------------------------------------------------------------------------
def _order(steps: Sequence[Step]) -> list[Step]:
    """The steps, each after everything it is before; `Cycle` where that cannot be."""
    waiting: dict[str, int] = {}
    behind: dict[str, list[Step]] = {step.id: [] for step in steps}
    for step in steps:
        named = {other for other in step.before if other in behind}
        waiting[step.id] = len(named)
        for id_ in named:
            behind[id_].append(step)
    order = [step for step in steps if waiting[step.id] == 0]
    for step in order:  # grows while it is walked
        for other in behind[step.id]:
            waiting[other.id] -= 1
            if waiting[other.id] == 0:
                order.append(other)
    if len(order) < len(steps):
        cycle = find_cycle({step.id: step.before for step in steps})
        assert cycle is not None
        raise Cycle(cycle)
    return order


def find_cycle(graph: Graph) -> tuple[str, ...] | None:
    """The shortest way from the smallest id on a cycle back to itself, or None without a cycle.

    `graph` maps an id to those that it is before; ids without an entry lead nowhere.
    """
    for start in sorted(_may_lie_on_a_cycle(graph)):
        away = _steps_to(start, graph)
        ways = [(away[other], other) for other in graph[start] if other in away]
        if ways:
            return _walk(start, graph, away)
    return None


def _walk(start: str, graph: Graph, away: Mapping[str, int]) -> tuple[str, ...]:
    """The shortest way from `start` to itself; ties go to the smaller next id."""
    way, here = [start], start
    while True:
        _, here = min((away[other], other) for other in graph[here] if other in away)
        if here == start:
            return tuple(way)
        way.append(here)


def _steps_to(target: str, graph: Graph) -> dict[str, int]:
    """How many steps along `graph` it takes from each id to `target`, where there is a way."""
    behind = _reversed(graph)
    away = {target: 0}
    queue = deque([target])
    while queue:
        here = queue.popleft()
        for other in behind.get(here, ()):
            if other not in away:
                away[other] = away[here] + 1
                queue.append(other)
    return away


def _may_lie_on_a_cycle(graph: Graph) -> set[str]:
    """What is left when ids that lead nowhere, or that nothing leads to, are taken off in turn.

    Every cycle is in it, beside some ids that only lie between two cycles.
    """
    left = set(graph)
    for edges in (graph, _reversed(graph)):
        left = _peeled(left, edges)
    return left


def _peeled(ids: set[str], edges: Graph) -> set[str]:
    """`ids` without those from which `edges` come to an end within them."""
    ways = {here: {other for other in edges.get(here, ()) if other in ids} for here in ids}
    behind = _reversed({here: tuple(others) for here, others in ways.items()})
    ends = deque(here for here, others in ways.items() if not others)
    left = set(ids)
    while ends:
        here = ends.popleft()
        left.discard(here)
        for other in behind.get(here, ()):
            ways[other].discard(here)
            if not ways[other]:
                ends.append(other)
    return left


def _reversed(graph: Graph) -> dict[str, list[str]]:
    behind: dict[str, list[str]] = {}
    for here, others in graph.items():
        for other in others:
            behind.setdefault(other, []).append(here)
    return behind


def fixed(steps: Iterable[Step]) -> set[str]:
    """The ids of those that no move of the key date moves: done, or pinned."""
    return {step.id for step in steps if step.done or step.pinned is not None}
