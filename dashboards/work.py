"""*My work*: what lies on a desk in the order in which to do it. Pure but for words and addresses.

late        a post that was not approved when its time and the tolerance had passed (rule 4)
did it go   approved, time and tolerance passed, nobody said
to post     approved, its time comes within two hours, or came within the tolerance
today, this week, later, undated: by the local day of the post in its channel's zone, or by the day
            on which a task is due, which is late from the day after it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendar_app.gap_queries import Gap
from dashboards.queries import SOON, Counts, Desk, DeskRow, TaskRow, WaitingRow
from people.rules import WorkingCalendar
from plancraft.lib.dates import week_of
from workflow.clock import Clock, clock

UNSECURED = frozenset({"draft", "in_review", "changes_requested"})
SHOWN = 40
"""How many rows a group shows; the rest is one click away in the calendar."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that waits for the member, with the time of its stage."""

    row: WaitingRow
    clock: Clock
    asked_by: Any

    @property
    def is_late(self) -> bool:
        """Past its limit."""
        return self.clock.left < 0


@dataclass(frozen=True, slots=True)
class Task:
    """One row of *Yours*: a post to bring out, a task, a gap to fill, or someone to speak with.

    `late` in days, 0 if not; `contact` is the stakeholder's key.
    """

    title: str
    plan_name: str
    kind: str
    channel: str
    day: date | None
    at: datetime | None
    state: str
    late: int = 0
    item: int | None = None
    post: int | None = None
    gap: str = ""
    contact: int | None = None
    note: str = ""
    task: int | None = None


@dataclass
class Group:
    """Rows under one heading."""

    key: str
    label: str
    tasks: list[Task] = field(default_factory=list)

    @property
    def shown(self) -> list[Task]:
        """The first of them."""
        return self.tasks[:SHOWN]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, len(self.tasks) - SHOWN)


@dataclass(frozen=True)
class Work:
    """The page's content."""

    decisions: list[Decision]
    groups: list[Group]
    unconfirmed: list[DeskRow]
    to_post: list[DeskRow]
    counts: Counts
    total: int


def work(
    desk: Desk,
    gaps: Sequence[Gap],
    *,
    me: int,
    now: datetime,
    today: date,
    week_start: int,
    tolerance: timedelta,
    calendar: WorkingCalendar,
) -> Work:
    """Everything of the desk in its place. `today` is the organization's."""
    decisions = [
        Decision(
            row, clock(row.opened_at, row.due_at, now, calendar), desk.people.get(row.opened_by)
        )
        for row in desk.waiting
    ]
    latest = now - tolerance
    unconfirmed = [r for r in desk.rows if _is_ready(r) and r.at and r.at < latest]
    to_post = [r for r in desk.rows if _is_ready(r) and r.at and latest <= r.at <= now + SOON]
    elsewhere = {row.post for row in (*unconfirmed, *to_post)}
    mine = [r for r in desk.rows if r.owner == me and (r.post is None or r.post not in elsewhere)]
    tasks = [_task(row, latest, today) for row in mine if not row.historical]
    tasks += [_gap_task(gap) for gap in gaps]
    tasks += [_own_task(row, today) for row in desk.tasks]
    groups = grouped(tasks, today, week_start)
    overdue = sum(1 for task in tasks if task.late)
    counts = Counts(
        decisions=len(decisions),
        decisions_late=sum(1 for d in decisions if d.row.due_at < now),
        overdue=overdue,
        unconfirmed=len(unconfirmed),
        offers=len(desk.offers),
        questions=len(desk.questions),
        questions_late=sum(1 for q in desk.questions if q.answer_by < now),
        undecided=len(desk.undecided),
    )
    return Work(decisions, groups, unconfirmed, to_post, counts, len(tasks))


def _is_ready(row: DeskRow) -> bool:
    return row.state == "approved" and not row.historical and row.post is not None


def _task(row: DeskRow, latest: datetime, today: date) -> Task:
    late = 0
    if row.at and row.day and row.at < latest and row.state in UNSECURED:
        late = max(1, (today - row.day).days)
    return Task(
        title=row.title,
        plan_name=row.plan_name,
        kind=row.kind,
        channel=row.channel,
        day=row.day,
        at=row.at,
        state=row.state,
        late=late,
        item=row.item,
        post=row.post,
    )


def _gap_task(gap: Gap) -> Task:
    channel = gap.channel
    return Task(
        title=gap.words,
        plan_name=gap.plan.name if gap.plan else "",
        kind=channel.kind if channel else "",
        channel=channel.name if channel else "",
        day=gap.finding.due,
        at=None,
        state="",
        gap=gap.key,
        contact=gap.stakeholder.pk if gap.stakeholder else None,
        note=gap.handed.note if gap.handed else "",
    )


def _own_task(row: TaskRow, today: date) -> Task:
    return Task(
        title=row.title,
        plan_name=row.plan_name,
        kind="",
        channel="",
        day=row.due,
        at=None,
        state="",
        late=max(0, (today - row.due).days) if row.due else 0,
        note=row.key_date,
        task=row.pk,
    )


def grouped(tasks: Iterable[Task], today: date, week_start: int = 0) -> list[Group]:
    """Overdue on top, then by date; groups without rows are left out."""
    end = week_of(today, week_start).end
    groups = {
        "overdue": Group("overdue", _("Overdue")),
        "today": Group("today", _("Today")),
        "week": Group("week", _("This week")),
        "later": Group("later", _("Later")),
        "undated": Group("undated", _("Without a date")),
    }
    for task in sorted(tasks, key=_order):
        groups[_place(task, today, end)].tasks.append(task)
    return [group for group in groups.values() if group.tasks]


def _order(task: Task) -> tuple[date, str, str]:
    at = task.at.isoformat() if task.at else ""
    return (task.day or date.max, at, task.title)


def _place(task: Task, today: date, end: date) -> str:
    if task.late:
        return "overdue"
    if task.day is None:
        return "undated"
    if task.day <= today:
        return "today"
    return "week" if task.day <= end else "later"


def headline(counts: Counts) -> str:
    """One sentence that says what presses: "Three decisions wait on you, and one is late." """
    parts = [
        text
        for number, text in (
            (counts.decisions, _decisions(counts.decisions)),
            (counts.overdue, _overdue(counts.overdue)),
            (counts.unconfirmed, _unconfirmed(counts.unconfirmed)),
            (counts.offers, _offers(counts.offers)),
            (counts.questions, _questions(counts.questions)),
            (counts.undecided, _undecided(counts.undecided)),
        )
        if number
    ]
    if not parts:
        return _("Nothing waits on you.")
    if len(parts) == 1:
        return _("%(first)s.") % {"first": _capital(parts[0])}
    first = ", ".join(parts[:-1])
    return _("%(first)s, and %(last)s.") % {"first": _capital(first), "last": parts[-1]}


def _decisions(n: int) -> str:
    text = ngettext("%(n)s decision waits on you", "%(n)s decisions wait on you", n)
    return text % {"n": number_word(n)}


def _overdue(n: int) -> str:
    text = ngettext("%(n)s of yours is late", "%(n)s of yours are late", n)
    return text % {"n": number_word(n)}


def _unconfirmed(n: int) -> str:
    text = ngettext(
        "nobody has said whether %(n)s post went out",
        "nobody has said whether %(n)s posts went out",
        n,
    )
    return text % {"n": number_word(n)}


def _offers(n: int) -> str:
    text = ngettext(
        "%(n)s question waits for your answer", "%(n)s questions wait for your answer", n
    )
    return text % {"n": number_word(n)}


def _undecided(n: int) -> str:
    text = ngettext(
        "%(n)s task names you among who may take it",
        "%(n)s tasks name you among who may take them",
        n,
    )
    return text % {"n": number_word(n)}


def _questions(n: int) -> str:
    text = ngettext("%(n)s question asks for your advice", "%(n)s questions ask for your advice", n)
    return text % {"n": number_word(n)}


def number_word(n: int) -> str:
    """Numbers up to twelve in words, as people write them; others in digits."""
    words = [
        "",
        _("one"),
        _("two"),
        _("three"),
        _("four"),
        _("five"),
        _("six"),
        _("seven"),
        _("eight"),
        _("nine"),
        _("ten"),
        _("eleven"),
        _("twelve"),
    ]
    return words[n] if 0 < n < len(words) else str(n)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
