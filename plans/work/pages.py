"""What the pages show of tasks, put into words before a template sees it: no query, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.mentions import Piece, pieces
from people.models import Membership
from people.permissions import Perm, can
from plancraft.lib.dates import week_of
from plans.models import KeyDate, Task, TaskAttachment, TaskComment
from plans.rules import PlanState
from plans.work.rules import TRANSITIONS, Decider, State, is_late

STATE_MARKS = {
    State.OPEN: ("circle", gettext_lazy("To do"), "draft"),
    State.DOING: ("circle-half", gettext_lazy("In progress"), "review"),
    State.DONE: ("check-circle-fill", gettext_lazy("Done"), "done"),
    State.CANCELLED: ("slash-circle", gettext_lazy("Cancelled"), "cancelled"),
}
"""Icon, word and colour of each state."""

BUTTONS = {
    "started": ("play-fill", gettext_lazy("Start")),
    "paused": ("pause-fill", gettext_lazy("Back to do")),
    "finished": ("check-lg", gettext_lazy("Done")),
    "cancelled": ("slash-circle", gettext_lazy("Cancel the task")),
    "reopened": ("arrow-counterclockwise", gettext_lazy("Reopen")),
}
"""Icon and words for each change of the one table of states."""

MOST_TICKS = 12


@dataclass(frozen=True)
class StateButton:
    """One way out of the state in which the task is."""

    to: str
    icon: str
    words: Any
    is_first: bool = False


def state_buttons(task: Task) -> list[StateButton]:
    """The ways that the table of states gives, finishing first."""
    ways = sorted(TRANSITIONS[State(task.state)].items(), key=lambda way: way[1] != "finished")
    return [
        StateButton(to.value, *BUTTONS[word], is_first=word in ("finished", "reopened"))
        for to, word in ways
    ]


@dataclass(frozen=True)
class TaskRow:
    """A task in a list. `late` in days, 0 if it is not; `may_move` whether it can be ticked."""

    task: Task
    icon: str
    state: Any
    css: str
    late: int
    checklist: str = ""
    talk: str = ""
    files: str = ""
    may_move: bool = False


def task_row(task: Any, today: date, me: Membership) -> TaskRow:
    """The task in words, with the counts that the query carried."""
    icon, word, css = STATE_MARKS[State(task.state)]
    late = (today - task.due).days if is_late(task.state, task.due, today) else 0
    return TaskRow(
        task=task,
        icon=icon,
        state=word,
        css=css,
        late=late,
        checklist=f"{task.lines_done}/{task.lines}" if getattr(task, "lines", 0) else "",
        talk=str(getattr(task, "comment_count", "") or ""),
        files=str(getattr(task, "file_count", "") or ""),
        may_move=task.plan.state != PlanState.CLOSED and can(me, Perm.TASK_EDIT, task),
    )


@dataclass
class Group:
    """Rows under one heading."""

    key: str
    label: str
    rows: list[TaskRow] = field(default_factory=list)


def grouped(rows: Iterable[TaskRow], today: date, week_start: int) -> list[Group]:
    """Late, today, this week, later, without a date; groups without rows are left out."""
    end = week_of(today, week_start).end
    groups = {
        "late": Group("late", _("Late")),
        "today": Group("today", _("Today")),
        "week": Group("week", _("This week")),
        "later": Group("later", _("Later")),
        "over": Group("over", _("Over")),
        "undated": Group("undated", _("Without a date")),
    }
    for row in rows:
        groups[_place(row, today, end)].rows.append(row)
    return [group for group in groups.values() if group.rows]


def _place(row: TaskRow, today: date, end: date) -> str:
    if row.late:
        return "late"
    if row.task.due is None:
        return "undated"
    if row.task.due < today:
        return "over"
    if row.task.due == today:
        return "today"
    return "week" if row.task.due <= end else "later"


# One task ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LinkRow:
    """A task or key date that stands in an order with this one."""

    title: str
    url: str
    day: date | None
    owner: Membership | None
    is_key_date: bool = False
    state: str = ""
    clash: str = ""


def link_row(end: Task | KeyDate, slug: str, task: Task, *, precedes: bool) -> LinkRow:
    """The other end; `clash` says where the days stand the wrong way round."""
    is_date = isinstance(end, KeyDate)
    day: date | None = end.date if isinstance(end, KeyDate) else end.due
    state = "" if isinstance(end, KeyDate) else str(STATE_MARKS[State(end.state)][1])
    first, last = (task.due, day) if precedes else (day, task.due)
    undone = task.is_open or (isinstance(end, Task) and end.is_open and not precedes)
    clash = _("the days stand the wrong way round") if first and last and first > last else ""
    return LinkRow(
        title=end.title,
        url=key_date_url(slug, end) if isinstance(end, KeyDate) else task_page_url(slug, end.pk),
        day=day,
        owner=end.owner,
        is_key_date=is_date,
        state=state,
        clash=clash if undone else "",
    )


def task_page_url(slug: str, pk: int) -> str:
    """The page of a task."""
    return reverse("task", args=[slug, pk])


def key_date_url(slug: str, key_date: KeyDate) -> str:
    """The page of a key date."""
    return reverse("key-date", args=[slug, key_date.pk])


def built_back(task: Task) -> str:
    """How its day came about, for a task that was built back from a key date."""
    if task.lead is None or task.key_date is None:
        return ""
    words = ngettext(
        "%(n)d working day before what it precedes",
        "%(n)d working days before what it precedes",
        task.lead,
    ) % {"n": task.lead}
    return _("%(words)s; set by hand") % {"words": words} if task.pinned else words


def effort_words(minutes: int | None) -> str:
    """2 h 30 min."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    parts = [_("%(n)d h") % {"n": hours}] if hours else []
    parts += [_("%(n)d min") % {"n": rest}] if rest else []
    return " ".join(parts)


def decider_words(found: Decider, decide_by: date) -> str:
    """Whose it is to say who owns it."""
    day = date_format(decide_by, _("D j F"))
    if found == Decider.CANDIDATES:
        return _("They decide among themselves by %(day)s.") % {"day": day}
    if found == Decider.CHAMPION:
        return _("Their day was %(day)s. Now the champion decides.") % {"day": day}
    return _("Their day was %(day)s. Now a manager decides.") % {"day": day}


@dataclass(frozen=True)
class CommentRow:
    """A comment, with the names it addresses apart, so that each is a link."""

    comment: TaskComment
    pieces: Sequence[Piece]
    may_remove: bool


def comment_row(comment: Any, me: Membership, *, leads: bool) -> CommentRow:
    """The comment for this reader."""
    may = comment.removed_at is None and (leads or comment.author_id == me.pk)
    return CommentRow(comment, pieces(comment.text, comment.addressed_names), may)


@dataclass(frozen=True)
class FileRow:
    """An attachment with its size in words."""

    file: TaskAttachment
    size: str
    icon: str
    may_remove: bool


FILE_ICONS = {"image": "file-earmark-image", "video": "file-earmark-play", "text": "file-earmark"}
OTHER_FILE = "file-earmark-text"


def file_row(attachment: TaskAttachment, me: Membership, *, may_edit: bool) -> FileRow:
    """The attachment for this reader."""
    icon = FILE_ICONS.get(attachment.content_type.split("/")[0], OTHER_FILE)
    mine = attachment.uploaded_by_id == me.pk
    return FileRow(attachment, filesizeformat(attachment.size), icon, mine or may_edit)
