"""What a change to a key date would do, before anybody does it (rule 3).

A change is one of the small records below. `previewed` builds the key date's steps back with the
change made and says for each step where it stands and where it would stand. `token` is a digest of
exactly that: applying takes it along and is refused as stale where another preview would be shown
by then. What only the passing of days changes (how late a step is) is not in the token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from people.errors import Refused
from people.models import Membership
from plancraft.lib.changes import fingerprint
from plancraft.lib.dates import WorkingCalendar
from plans import backschedule
from plans.models import BackScheduleVersion, KeyDate, Task
from plans.models.keydates import KEY_DATE
from plans.schedule.graph import Node, task_id, with_template


@dataclass(frozen=True, slots=True)
class Build:
    """Build back a version of a template to this day. Steps that are there are brought up to it."""

    version: BackScheduleVersion
    to: date
    verb: str = "key_date.built"


@dataclass(frozen=True, slots=True)
class MoveTo:
    """Move the key date to another day."""

    to: date
    verb: str = "key_date.moved"


@dataclass(frozen=True, slots=True)
class Leads:
    """Give tasks (by primary key) other leads, in working days."""

    leads: Mapping[int, int]
    verb: str = "key_date.leads_changed"


@dataclass(frozen=True, slots=True)
class Pin:
    """Set the day of a task by hand: it no longer moves."""

    task: Task
    to: date
    verb: str = "key_date.pinned"


@dataclass(frozen=True, slots=True)
class Unpin:
    """Let a task be built back again."""

    task: Task
    verb: str = "key_date.unpinned"


@dataclass(frozen=True, slots=True)
class Recompute:
    """Nothing but the working calendar, or what others moved, is new."""

    verb: str = "key_date.recomputed"


Change = Build | MoveTo | Leads | Pin | Unpin | Recompute


@dataclass(frozen=True, slots=True)
class Row:
    """One step: where it stands (None: it would be new) and where it would stand.

    `late_by` is in working days; `conflicts` are titles of what it must precede and would not;
    `slack` in working days, as `backschedule` defines it. `held` is "done" or "pinned" for a step
    that does not move.
    """

    id: str
    title: str
    role: str
    owner: Membership | None
    old: date | None
    new: date
    late_by: int
    conflicts: tuple[str, ...]
    slack: int
    held: str
    task: Task | None

    @property
    def is_new(self) -> bool:
        """Whether the task would be made."""
        return self.task is None

    @property
    def moves(self) -> bool:
        """Whether it would stand on another day than now."""
        return self.old is not None and self.old != self.new

    @property
    def late_at_birth(self) -> bool:
        """Whether it is undone and would be due before today already (rule 3)."""
        return self.late_by > 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be, as a whole. `rows` are in the order of their new days."""

    key_date: KeyDate
    change: Change
    old_date: date
    new_date: date
    rows: tuple[Row, ...]
    earliest_feasible: date | None
    margin: int | None
    token: str

    @property
    def moved(self) -> list[Row]:
        """The steps that would stand elsewhere."""
        return [row for row in self.rows if row.moves]

    @property
    def new(self) -> list[Row]:
        """The steps that would be made."""
        return [row for row in self.rows if row.is_new]

    @property
    def late(self) -> list[Row]:
        """The steps that would be late at birth."""
        return [row for row in self.rows if row.late_at_birth]

    @property
    def conflicting(self) -> list[Row]:
        """The pinned steps that would stand after something they must precede."""
        return [row for row in self.rows if row.conflicts]

    @property
    def affected(self) -> list[Membership]:
        """Each owner of a step that would move or be made, once, in the order of the steps."""
        owners = [row.owner for row in self.rows if row.owner and (row.moves or row.is_new)]
        return list({owner.pk: owner for owner in owners}.values())

    @property
    def is_feasible(self) -> bool:
        """Whether nothing would be late and nothing would conflict."""
        return not self.late and not self.conflicting

    @property
    def changes_nothing(self) -> bool:
        """Whether every step and the key date would stand where they stand."""
        return self.old_date == self.new_date and not self.moved and not self.new


def previewed(
    key_date: KeyDate,
    nodes: Sequence[Node],
    change: Change,
    *,
    today: date,
    calendar: WorkingCalendar,
    owners: Mapping[int, Membership] | None = None,
) -> Preview:
    """The preview of a change. `Refused` for steps that wait for each other, and for a lead that
    no calendar holds; the sentence names the steps."""
    new_date = change.to if isinstance(change, Build | MoveTo) else key_date.date
    nodes = changed(nodes, change, owners or {}, key_date.plan.owner_id)
    schedule = schedule_of(nodes, new_date, today, calendar)
    names = {KEY_DATE: key_date.title, **{node.id: node.title for node in nodes}}
    by_id = {node.id: node for node in nodes}
    rows = tuple(
        _row(by_id[step.id], step, names) for step in schedule.steps if by_id[step.id].shown
    )
    return Preview(
        key_date=key_date,
        change=change,
        old_date=key_date.date,
        new_date=new_date,
        rows=rows,
        earliest_feasible=schedule.earliest_feasible,
        margin=schedule.margin,
        token=_token(key_date, change, new_date, rows),
    )


def schedule_of(
    nodes: Sequence[Node], day: date, today: date, calendar: WorkingCalendar
) -> backschedule.Schedule:
    """The core's answer; `Refused`, with titles, where there is none."""
    titles = {node.id: node.title for node in nodes}
    try:
        return backschedule.build_back(
            backschedule.KeyDate(KEY_DATE, day),
            [node.as_step() for node in nodes],
            today,
            calendar,
        )
    except backschedule.Cycle as cycle:
        raise Refused(cycle_words(cycle.steps, titles)) from None
    except backschedule.TooFar as far:
        raise Refused(
            _("The lead of “%(step)s” leads too far back.") % {"step": titles[far.step]}
        ) from None


def cycle_words(ids: Iterable[str], titles: Mapping[str, str]) -> str:
    """Which steps wait for each other, by their titles, in one sentence."""
    names = [f"“{titles[id_]}”" for id_ in ids]
    way = " → ".join([*names, names[0]])
    return _("These steps wait for each other, so none could come first: %(way)s.") % {"way": way}


def changed(
    nodes: Sequence[Node],
    change: Change,
    owners: Mapping[int, Membership],
    champion: int | None,
) -> list[Node]:
    """The nodes as they would be with the change made."""
    if isinstance(change, Build):
        return with_template(nodes, list(change.version.steps.all()), owners, champion)
    if isinstance(change, Leads):
        wanted = {task_id(pk): lead for pk, lead in change.leads.items()}
        return [_with_lead(node, wanted) for node in nodes]
    if isinstance(change, Pin):
        return _one(nodes, change.task, lambda node: replace(node, pinned=change.to))
    if isinstance(change, Unpin):
        return _one(nodes, change.task, lambda node: replace(node, pinned=None))
    return list(nodes)


def _with_lead(node: Node, wanted: Mapping[str, int]) -> Node:
    built_back = node.task is not None and node.task.lead is not None
    return replace(node, lead=wanted[node.id]) if built_back and node.id in wanted else node


def _one(nodes: Sequence[Node], task: Task, alter: Callable[[Node], Node]) -> list[Node]:
    id_ = task_id(task.pk)
    return [alter(node) if node.id == id_ else node for node in nodes]


def _row(node: Node, step: backschedule.Scheduled, names: Mapping[str, str]) -> Row:
    held = "done" if node.done else "pinned" if node.pinned is not None else ""
    return Row(
        id=node.id,
        title=node.title,
        role=node.role,
        owner=node.owner,
        old=node.due,
        new=step.due,
        late_by=step.late_by,
        conflicts=tuple(names[id_] for id_ in step.conflict),
        slack=step.slack,
        held=held,
        task=node.task,
    )


def _token(key_date: KeyDate, change: Change, new_date: date, rows: Sequence[Row]) -> str:
    return fingerprint(
        {
            "key_date": key_date.pk,
            "change": change.verb,
            "template": change.version.pk if isinstance(change, Build) else None,
            "leads": sorted(change.leads.items()) if isinstance(change, Leads) else [],
            "dates": [key_date.date, new_date],
            "rows": [
                [row.id, row.title, row.held, _pk(row.owner), row.old, row.new] for row in rows
            ],
        }
    )


def _pk(owner: Membership | None) -> int | None:
    return owner.pk if owner else None
