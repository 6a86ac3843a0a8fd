"""What others did that a person must know: mentions, answers, tasks given, dates moved.

Read from the rows and from the record of the last days, and only what still stands: a task that has
moved on, or belongs to someone else by now, is no news. Who did it is not told of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from people.models import Activity
from plans.models import KeyDate, Question, Task, TaskMention
from plans.models.playbook import Answer
from plans.models.tasks import OPEN_TASKS, TaskState
from plans.playbook.rules import State
from plans.queries import OPEN_STATES
from reminders import work_rules
from reminders.described import Moved
from reminders.rules import Subject
from reminders.work_facts import (
    COMMENT,
    KEY_DATE,
    QUESTION_LABEL,
    TASK,
    TASK_COLUMNS,
    Scope,
    Work,
    key_date_line,
    owned_questions,
    question_line,
    task_line,
)
from reminders.work_rules import NewsFact

CANCELLED = "key_date.cancelled"
KEY_DATE_VERBS = (
    "key_date.built",
    "key_date.moved",
    "key_date.leads_changed",
    "key_date.pinned",
    "key_date.unpinned",
    "key_date.recomputed",
    CANCELLED,
)
OWNER_VERBS = (
    "task.created",
    "ownership.assigned",
    "ownership.assign_undone",
    "ownership.claimed",
    "ownership.claim_undone",
    "ownership.accepted",
    "ownership.vacated",
)
GIVEN = ("task.created", "ownership.assigned")
TASKS_MOVED = "tasks.moved"


def read(scope: Scope, work: Work) -> None:
    """All the news since `scope.since`, by a constant number of queries."""
    if scope.asks_for(COMMENT):
        _read_mentions(scope, work)
    if scope.asks_for(QUESTION_LABEL):
        _read_answered(scope, work)
    if scope.asks_for(TASK, KEY_DATE, QUESTION_LABEL):
        _read_record(scope, work)


def _read_mentions(scope: Scope, work: Work) -> None:
    rows = TaskMention.objects.filter(
        organization=scope.organization,
        comment__created_at__range=(scope.since, scope.now),
        comment__removed_at=None,
    ).select_related("comment__author__user", "comment__task__plan", "comment__task__key_date")
    if scope.only is not None:
        rows = rows.filter(comment__in=scope.only.get(COMMENT, ()))
    for row in rows.order_by("pk"):
        comment, task = row.comment, row.comment.task
        said = task_line(
            scope.organization,
            {
                "pk": task.pk,
                "title": task.title,
                "due": task.due,
                "plan": task.plan_id,
                "plan__name": task.plan.name,
                "key_date__title": task.key_date.title if task.key_date else "",
            },
            who=str(comment.author),
            paste=comment.text,
        )
        said = replace(said, url=f"{said.url}#comment-{comment.pk}")
        subject = Subject(COMMENT, comment.pk)
        fact = NewsFact(
            work_rules.MENTIONED, subject, row.member_id, "mentioned", comment.created_at
        )
        work.tell(fact, said)


def _read_answered(scope: Scope, work: Work) -> None:
    rows = Answer.objects.filter(
        organization=scope.organization,
        created_at__range=(scope.since, scope.now),
        question__state=State.ANSWERED,
    ).select_related("author__user", "question__plan", "question__asked_by")
    if scope.only is not None:
        rows = rows.filter(question__in=scope.only.get(QUESTION_LABEL, ()))
    latest = {row.question_id: row for row in rows.order_by("pk")}
    for answer in latest.values():
        question = answer.question
        if answer.author_id == question.asked_by_id:
            continue
        fact = NewsFact(
            work_rules.QUESTION_ANSWERED,
            Subject(QUESTION_LABEL, question.pk),
            question.asked_by_id,
            str(answer.pk),
            answer.created_at,
        )
        work.tell(fact, question_line(scope, question, who=str(answer.author)))


# From the record ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Step:
    """A task that an activity speaks of, as it is now, with its day before and after."""

    task: dict[str, Any]
    was: date | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Now:
    """The things that the record speaks of, as they are now."""

    tasks: Mapping[int, dict[str, Any]]
    key_dates: Mapping[int, dict[str, Any]]
    questions: Mapping[int, Question]


def _read_record(scope: Scope, work: Work) -> None:
    rows = list(
        Activity.objects.filter(
            organization=scope.organization,
            at__range=(scope.since, scope.now),
            verb__in=[*KEY_DATE_VERBS, *OWNER_VERBS, TASKS_MOVED],
        )
        .select_related("actor__user")
        .order_by("pk")
    )
    now = _now(scope, rows)
    _tell_given(scope, work, rows, now)
    _tell_asked(scope, work, rows, now)
    _tell_moved(scope, work, rows, now)
    _tell_key_dates(scope, work, rows, now)


def _now(scope: Scope, rows: Iterable[Activity]) -> Now:
    about: dict[str, set[int]] = {}
    for row in rows:
        about.setdefault(row.subject_type, set()).add(row.subject_id)
        about.setdefault(TASK, set()).update(pk for pk, *_days in _entries(row))
    tasks = Task.objects.filter(
        organization=scope.organization,
        pk__in=about.get(TASK, ()),
        plan__state__in=OPEN_STATES,
        owner__isnull=False,
    )
    key_dates = KeyDate.objects.filter(
        organization=scope.organization,
        pk__in=about.get(KEY_DATE, ()),
        plan__state__in=OPEN_STATES,
        done_at=None,
    )
    return Now(
        tasks={row["pk"]: row for row in tasks.values(*TASK_COLUMNS, "state")},
        key_dates={
            row["pk"]: dict(row)
            for row in key_dates.values(
                "pk", "title", "date", "owner", "plan", "plan__name", "cancelled_at"
            )
        },
        questions={question.pk: question for question in owned_questions(scope)},
    )


def _entries(row: Activity) -> list[tuple[int, str | None, str | None]]:
    """(task, day before, day after) of everything that the activity speaks of."""
    facts = row.payload
    if row.verb == TASKS_MOVED:
        return [(fact["task"], fact["from"], fact["to"]) for fact in facts.get("tasks", ())]
    if row.verb == CANCELLED:
        return [(pk, None, None) for pk in facts.get("tasks", ())]
    if row.verb not in KEY_DATE_VERBS:
        return []
    moved = [(f["task"], f["from"], f["to"]) for f in facts.get("moved", ()) if f["task"]]
    return moved + [(pk, None, None) for pk in facts.get("made", ())]


def _steps(row: Activity, now: Now, states: Iterable[str]) -> list[Step]:
    """What stands as the activity left it, and belongs to someone other than its actor."""
    found = []
    for pk, was, day in _entries(row):
        task = now.tasks.get(pk)
        if task is None or task["state"] not in states or task["owner"] == row.actor_id:
            continue
        if day is None or task["due"] == date.fromisoformat(day):
            before = date.fromisoformat(was) if was else None
            found.append(Step(task, before, task["due"]))
    return found


def _given(rows: Iterable[Activity], label: str) -> dict[int, Activity]:
    """Of each thing of this kind the last change of its owner, where that was a gift."""
    last = {
        row.subject_id: row for row in rows if row.subject_type == label and row.verb in OWNER_VERBS
    }
    return {pk: row for pk, row in last.items() if row.verb in GIVEN}


def _receiver(row: Activity) -> int | None:
    """To whom it was given, unless by themselves."""
    to: int | None = row.payload.get("owner" if row.verb == "task.created" else "to")
    return None if to == row.actor_id else to


def _tell_given(scope: Scope, work: Work, rows: Iterable[Activity], now: Now) -> None:
    """A task, or a key date, to its new owner."""
    for pk, row in _given(rows, TASK).items():
        task = now.tasks.get(pk)
        if task and task["state"] in OPEN_TASKS and task["owner"] == _receiver(row):
            said = task_line(scope.organization, task, who=_actor(row))
            work.tell(_news(work_rules.ASSIGNED, TASK, pk, task["owner"], row), said)
    for pk, row in _given(rows, KEY_DATE).items():
        key_date = now.key_dates.get(pk)
        if key_date and not key_date["cancelled_at"] and key_date["owner"] == _receiver(row):
            said = key_date_line(
                scope.organization, key_date, day=key_date["date"], who=_actor(row)
            )
            work.tell(_news(work_rules.ASSIGNED, KEY_DATE, pk, key_date["owner"], row), said)


def _news(rule: str, label: str, pk: int, member: int, row: Activity) -> NewsFact:
    return NewsFact(rule, Subject(label, pk), member, str(row.pk), row.at)


def _actor(row: Activity) -> str:
    return str(row.actor) if row.actor else ""


def _tell_asked(scope: Scope, work: Work, rows: Iterable[Activity], now: Now) -> None:
    """A question to the one asked, or asked in another's place; not to who took it."""
    rows = list(rows)
    changed = {row.subject_id for row in rows if row.verb in OWNER_VERBS}
    given = _given(rows, QUESTION_LABEL)
    for pk, question in now.questions.items():
        owner, row = question.owner_id, given.get(pk)
        if owner is None or (row is None and pk in changed):
            continue
        if row is not None and _receiver(row) != owner:
            continue
        at, occasion = (row.at, str(row.pk)) if row else (question.asked_at, "asked")
        if at < scope.since:
            continue
        said = question_line(
            scope,
            question,
            at=question.answer_by,
            zone=scope.setting.calendar.zone,
            who=str(question.asked_by),
        )
        subject = Subject(QUESTION_LABEL, pk)
        work.tell(NewsFact(work_rules.QUESTION_ASKED, subject, owner, occasion, at), said)


def _tell_moved(scope: Scope, work: Work, rows: Iterable[Activity], now: Now) -> None:
    """A task that somebody else gave another day; of several changes the last."""
    latest = {
        step.task["pk"]: (row, step)
        for row in rows
        if row.verb == TASKS_MOVED
        for step in _steps(row, now, OPEN_TASKS)
    }
    for pk, (row, step) in latest.items():
        said = task_line(scope.organization, step.task, was=step.was, who=_actor(row))
        work.tell(_news(work_rules.SCHEDULE_CHANGED, TASK, pk, step.task["owner"], row), said)


def _tell_key_dates(scope: Scope, work: Work, rows: Iterable[Activity], now: Now) -> None:
    """Each owner of steps, once, of the last change that moved, made or cancelled some of them."""
    latest: dict[tuple[int, int], tuple[Activity, list[Step]]] = {}
    for row in rows:
        key_date = now.key_dates.get(row.subject_id) if row.verb in KEY_DATE_VERBS else None
        if key_date is None or bool(key_date["cancelled_at"]) != (row.verb == CANCELLED):
            continue
        states = [str(TaskState.CANCELLED)] if row.verb == CANCELLED else OPEN_TASKS
        mine: dict[int, list[Step]] = {}
        for step in _steps(row, now, states):
            mine.setdefault(step.task["owner"], []).append(step)
        latest |= {(row.subject_id, member): (row, steps) for member, steps in mine.items()}
    for (pk, member), (row, steps) in latest.items():
        fact = _news(work_rules.SCHEDULE_CHANGED, KEY_DATE, pk, member, row)
        work.tell(fact, _changed(scope, row, now.key_dates[pk], steps))


def _changed(scope: Scope, row: Activity, key_date: dict[str, Any], steps: list[Step]) -> Any:
    was, day = row.payload.get("was"), row.payload.get("date")
    return key_date_line(
        scope.organization,
        key_date,
        day=key_date["date"],
        was=date.fromisoformat(was) if was and was != day else None,
        noun=row.verb.removeprefix("key_date."),
        who=_actor(row),
        steps=tuple(Moved(step.task["title"], step.was, step.day) for step in steps),
        count=len(steps),
    )
