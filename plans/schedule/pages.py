"""What the pages of key dates show: rows, sentences and timelines, made before a template runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Membership, User
from plancraft.lib.dates import WorkingCalendar
from plans.models import KeyDate, Task
from plans.models.keydates import KEY_DATE
from plans.models.tasks import TaskState
from plans.schedule.graph import Node
from plans.schedule.preview import Preview, Row
from plans.schedule.timeline import Bar, Shape, Timeline, arrows, starts, timeline

LOOKS = {
    "done": ("check-lg", "step-done"),
    "late": ("exclamation-lg", "step-late"),
    "missing": ("question-lg", "step-none"),
    "plan": ("dot", "step-plan"),
    "launch": ("flag-fill", "step-launch"),
}
"""For each look of a step: its icon, and its class in a list of steps."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about a step with its icon; `tone` is late, risk, ok, nobody or empty."""

    words: str
    icon: str = ""
    tone: str = ""


def short(day: date) -> str:
    """Mon 29 Mar, with the year where it is not clear from the words beside it."""
    return date_format(day, "D j M")


def late_words(days: int) -> str:
    """How late something is, in working days."""
    return ngettext("%(n)d working day late", "%(n)d working days late", days) % {"n": days}


def slack_words(days: int) -> str:
    """How many working days it can slip."""
    if days == 0:
        return _("no slack")
    return ngettext("%(n)d working day of slack", "%(n)d working days of slack", days) % {"n": days}


def task_url(slug: str, task: Task | None) -> str:
    """The page of the task; empty where it has none."""
    if task is None:
        return ""
    try:
        return reverse("task", args=[slug, task.pk])
    except NoReverseMatch:
        return ""


# Where a key date stands -------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as it stands: on the key date's page in the table, the list and the timeline."""

    title: str
    url: str
    owner: Membership | None
    role: str
    due: date | None
    look: str
    state: str
    tone: str
    task: Task
    is_pinned: bool
    is_built_back: bool
    notes: tuple[Note, ...] = ()

    @property
    def icon(self) -> str:
        """The mark of its look."""
        return LOOKS[self.look][0]

    @property
    def css(self) -> str:
        """Its class in a list of steps."""
        return LOOKS[self.look][1]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.task.is_open


def step_rows(
    key_date: KeyDate, tasks: Sequence[Task], standing: Preview | None, today: date
) -> list[StepRow]:
    """Every task of the key date but cancelled ones, by its day; those without a day last."""
    rows = {row.task.pk: row for row in standing.rows if row.task} if standing else {}
    slug = key_date.organization.slug
    return [
        _step_row(slug, task, rows.get(task.pk), today)
        for task in tasks
        if task.state != TaskState.CANCELLED
    ]


def _step_row(slug: str, task: Task, row: Row | None, today: date) -> StepRow:
    look, state, tone = _standing(task, row, today)
    return StepRow(
        title=task.title,
        url=task_url(slug, task),
        owner=task.owner,
        role=task.role,
        due=task.due,
        look=look,
        state=state,
        tone=tone,
        task=task,
        is_pinned=task.pinned,
        is_built_back=task.lead is not None,
        notes=tuple(conflicts(row)) if row else (),
    )


def _standing(task: Task, row: Row | None, today: date) -> tuple[str, str, str]:
    """Its look, in words how it stands, and their tone."""
    if task.state == TaskState.DONE:
        return "done", _("done"), "ok"
    if task.due is None:
        return "plan" if task.owner else "missing", _("no day yet"), ""
    if task.due < today:
        return "late", late_words(max(1, row.late_by if row else 1)), "late"
    if task.owner is None:
        return "missing", _("no one owns this"), "nobody"
    return "plan", slack_words(row.slack) if row else "", ""


def conflicts(row: Row) -> Iterable[Note]:
    """A sentence for each thing that a step set by hand would come after, both named."""
    for other in row.conflicts:
        sentence = _("“%(step)s” stands on %(day)s, after “%(other)s”, which it must come before.")
        words = sentence % {"step": row.title, "day": short(row.new), "other": other}
        yield Note(words, "intersect", "late")


# Timelines ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ChartRow:
    """A row of a timeline with who owns it. `css` is the class of its bar."""

    shape: Shape
    owner: Membership | None
    css: str
    url: str = ""

    @property
    def who(self) -> User | None:
        """Whose initials and tone stand before the row; None for nobody."""
        return self.owner.user if self.owner else None


@dataclass(frozen=True, slots=True)
class Chart:
    """A timeline with what it says in one sentence."""

    line: Timeline
    rows: Sequence[ChartRow]
    links: Sequence[tuple[str, str]]
    summary: str


BARS = {"done": "c-data", "plan": "c-plan", "missing": "c-missing", "launch": "c-data"}
POINTS = {"done": "c-data", "plan": "c-plan", "missing": "c-missing", "late": "c-late"}


def _chart(
    line: Timeline, owners: Mapping[str, Membership | None], urls: Mapping[str, str], summary: str
) -> Chart:
    rows = [
        ChartRow(shape, owners[shape.bar.id], BARS[shape.bar.look], urls.get(shape.bar.id, ""))
        for shape in line.shapes
    ]
    return Chart(line, rows, arrows(line.links), summary)


def key_date_chart(
    key_date: KeyDate,
    rows: Sequence[StepRow],
    nodes: Sequence[Node],
    calendar: WorkingCalendar,
    today: date,
) -> Chart | None:
    """The built-back timeline; None without steps that have a day."""
    dated = [row for row in rows if row.due is not None]
    if not dated:
        return None
    due = {f"t{row.task.pk}": row.due for row in dated if row.due} | {KEY_DATE: key_date.date}
    before = {node.id: node.before for node in nodes if node.id in due}
    begins = starts(due, before)
    bars = [_bar(row, begins, before, due, today) for row in dated]
    bars.append(
        Bar(
            id=KEY_DATE,
            title=key_date.title,
            first=key_date.date,
            last=key_date.date,
            look="launch",
            words=short(key_date.date),
        )
    )
    line = timeline(bars, today, calendar)
    assert line is not None
    owners = {f"t{row.task.pk}": row.owner for row in dated} | {KEY_DATE: key_date.owner}
    urls = {f"t{row.task.pk}": row.url for row in dated}
    return _chart(line, owners, urls, standing_words(rows))


def _bar(
    row: StepRow,
    begins: Mapping[str, date],
    before: Mapping[str, Sequence[str]],
    due: Mapping[str, date],
    today: date,
) -> Bar:
    id_ = f"t{row.task.pk}"
    assert row.due is not None
    ends = [due[other] for other in before.get(id_, ()) if other in due]
    pattern = _("By hand: %(day)s, %(state)s") if row.is_pinned else _("Due %(day)s: %(state)s")
    if row.look == "done":
        pattern = _("Done, was due %(day)s")
    return Bar(
        id=id_,
        title=row.title,
        first=begins[id_],
        last=row.due,
        look=_bar_look(row),
        words=pattern % {"day": short(row.due), "state": row.state},
        slack_to=min(ends) if ends and row.look == "plan" and min(ends) > row.due else None,
        late_to=today if row.look == "late" else None,
        before=tuple(before.get(id_, ())),
    )


def _bar_look(row: StepRow) -> str:
    """Whose it is shows in the bar; how late it is, beside it."""
    if row.look == "done":
        return "done"
    return "plan" if row.owner else "missing"


def standing_words(rows: Sequence[StepRow]) -> str:
    """How the steps stand, in one or two sentences."""
    done = sum(1 for row in rows if row.look == "done")
    late = [row.title for row in rows if row.look == "late"]
    nobody = sum(1 for row in rows if row.owner is None and row.is_open)
    words = [_("%(done)d of %(n)d steps done.") % {"done": done, "n": len(rows)}]
    if len(late) == 1:
        words.append(_("“%(step)s” is late.") % {"step": late[0]})
    elif late:
        words.append(_("%(n)d are late, “%(step)s” first.") % {"n": len(late), "step": late[0]})
    if nobody:
        words.append(
            ngettext("%(n)d has no owner.", "%(n)d have no owner.", nobody) % {"n": nobody}
        )
    return " ".join(words)


def plan_chart(
    slug: str,
    rows: Sequence[KeyDate],
    tasks: Mapping[int, Sequence[Task]],
    calendar: WorkingCalendar,
    today: date,
) -> Chart | None:
    """Every key date of a plan in one timeline, each with its steps as points on its bar."""
    line = timeline(
        [_summary_bar(row, tasks.get(row.pk, ()), today) for row in rows], today, calendar
    )
    if line is None:
        return None
    urls = {f"k{row.pk}": reverse("key-date", args=[slug, row.pk]) for row in rows}
    return _chart(line, {f"k{row.pk}": row.owner for row in rows}, urls, "")


def _summary_bar(key_date: KeyDate, tasks: Sequence[Task], today: date) -> Bar:
    dated = [t for t in tasks if t.due is not None and t.state != TaskState.CANCELLED]
    points = [(t.due, _standing(t, None, today)[0]) for t in dated if t.due is not None]
    days = [day for day, _look in points]
    return Bar(
        id=f"k{key_date.pk}",
        title=key_date.title,
        first=min([*days, key_date.date]),
        last=key_date.date,
        look="done" if key_date.done_at else "plan",
        points=tuple((day, POINTS[look]) for day, look in points),
    )


# Lists -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class DateRow:
    """A key date in the list of its plan."""

    key_date: Any
    state: str
    tone: str
    progress: str
    flags: tuple[Note, ...]


def date_row(key_date: Any, today: date) -> DateRow:
    """The row of a key date that carries its counts (`key_date_rows`)."""
    state, tone = _date_state(key_date, today)
    progress = ""
    if key_date.steps:
        progress = _("%(done)d of %(n)d steps done") % {
            "done": key_date.steps_done,
            "n": key_date.steps,
        }
    flags = []
    if key_date.steps_late and not key_date.is_over:
        words = ngettext("%(n)d late", "%(n)d late", key_date.steps_late)
        flags.append(Note(words % {"n": key_date.steps_late}, "exclamation-triangle-fill", "late"))
    if key_date.steps_unowned and not key_date.is_over:
        words = ngettext("%(n)d without owner", "%(n)d without owner", key_date.steps_unowned)
        flags.append(Note(words % {"n": key_date.steps_unowned}, "person-raised-hand", "nobody"))
    return DateRow(key_date, state, tone, progress, tuple(flags))


def _date_state(key_date: KeyDate, today: date) -> tuple[str, str]:
    if key_date.cancelled_at is not None:
        return _("called off"), ""
    if key_date.done_at is not None:
        return _("done"), "ok"
    if key_date.date < today:
        return _("its day has passed"), "late"
    return "", ""
