"""What the rules of work decide on: tasks, key dates, questions and shared events, as plain facts.

A constant number of queries. `Scope.only` narrows them to some things, which is how what was
written is judged once more before it is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from people.models import Membership, Organization
from people.models.organizations import Role
from people.permissions import Perm, can
from plancraft.lib.dates import local_day
from plans.models import (
    KeyDate,
    KeyDateAnswer,
    Question,
    Stakeholder,
    Task,
    TaskCandidate,
    TaskComment,
)
from plans.models.tasks import OPEN_TASKS
from plans.playbook.ownables import QUESTION
from plans.playbook.queries import waiting_answers
from plans.queries import OPEN_STATES
from plans.schedule.ownables import KEY_DATE_OWNABLE
from plans.stakeholders import queries as stakeholders
from plans.stakeholders.ownable import STAKEHOLDER
from plans.work.ownables import TASK_OWNABLE
from reminders import rules, work_rules
from reminders.described import Described
from reminders.rules import REPEATS, WEEK, Due, Setting, Subject
from reminders.work_rules import (
    AnswerFact,
    ContactFact,
    EventFact,
    KeyDateFact,
    NewsFact,
    TaskFact,
    UndecidedFact,
    WorkFacts,
)

TASK, KEY_DATE, QUESTION_LABEL = Task._meta.label, KeyDate._meta.label, Question._meta.label
COMMENT, ANSWER_OF = TaskComment._meta.label, KeyDateAnswer._meta.label
CONTACT = Stakeholder._meta.label
PLAN_OF: dict[str, tuple[Any, str]] = {
    TASK: (Task, "plan"),
    KEY_DATE: (KeyDate, "plan"),
    QUESTION_LABEL: (Question, "plan"),
    COMMENT: (TaskComment, "task__plan"),
    ANSWER_OF: (KeyDateAnswer, "key_date__plan"),
    CONTACT: (Stakeholder, "plan"),
}
"""What these rules speak of, by its label: its model, and the way to its plan."""

AHEAD = timedelta(days=21)
"""How far ahead days are read: five working days over the longest holidays."""
BEHIND = (REPEATS + 1) * WEEK + timedelta(days=7)
LEADERS = frozenset({Role.ADMIN, Role.MANAGER})


def is_about_work(rule: str, subject_type: str) -> bool:
    """Whether an obligation is one of these rules', and not that nobody owns the thing."""
    return subject_type in PLAN_OF and rule != rules.NO_OWNER


@dataclass(frozen=True)
class Scope:
    """Of which organization, at what moment, with whom; and of which things only (None: all).

    `since` is from when on news is told. `listed` are the readers of each confidential plan.
    """

    organization: Organization
    now: datetime
    since: datetime
    setting: Setting
    members: Mapping[int, Membership]
    champions: Mapping[int, int]
    listed: Mapping[int, frozenset[int]]
    only: Mapping[str, Collection[int]] | None = None

    def asks_for(self, *labels: str) -> bool:
        """Whether anything of these kinds is looked at."""
        return self.only is None or any(self.only.get(label) for label in labels)

    def narrowed(self, rows: QuerySet[Any], label: str) -> QuerySet[Any]:
        """The rows that are looked at."""
        return rows if self.only is None else rows.filter(pk__in=self.only.get(label, ()))


@dataclass
class Work:
    """The facts, and what a mail says of each thing to be told."""

    facts: WorkFacts = field(default_factory=WorkFacts)
    told: dict[tuple[str, Subject], Described] = field(default_factory=dict)
    news: dict[tuple[str, Subject, int, str], Described] = field(default_factory=dict)

    def about(self, due: Due) -> Described:
        """What is said of it; of news, to this person."""
        said = self.news.get((due.rule, due.subject, due.recipient, due.occasion))
        return said or self.told[due.rule, due.subject]

    def tell(self, fact: NewsFact, said: Described) -> None:
        """Add a piece of news."""
        self.facts.news.append(fact)
        self.news[fact.rule, fact.subject, fact.member, fact.occasion] = said


def read(scope: Scope, work: Work) -> None:
    """Everything but the news."""
    if scope.asks_for(TASK):
        _read_tasks(scope, work)
        _read_undecided(scope, work)
    if scope.asks_for(KEY_DATE):
        _read_key_dates(scope, work)
    if scope.asks_for(ANSWER_OF):
        _read_events(scope, work)
    if scope.asks_for(QUESTION_LABEL):
        _read_answers(scope, work)
    if scope.asks_for(CONTACT):
        _read_contacts(scope, work)


TASK_COLUMNS = ("pk", "title", "due", "owner", "plan", "plan__name", "key_date__title")


def task_line(organization: Organization, row: Mapping[str, Any], **more: Any) -> Described:
    """What is said of a task, from its columns."""
    detail = [name for name in (row["plan__name"], row["key_date__title"]) if name]
    return Described(
        title=row["title"],
        url=TASK_OWNABLE.address(organization.slug, row["pk"], row["plan"]),
        detail=" · ".join(detail),
        plan_id=row["plan"],
        **{"day": row["due"], **more},
    )


def _open_tasks(scope: Scope) -> QuerySet[Task]:
    rows = Task.objects.filter(
        organization=scope.organization, state__in=OPEN_TASKS, plan__state__in=OPEN_STATES
    )
    return scope.narrowed(rows, TASK)


def _read_tasks(scope: Scope, work: Work) -> None:
    today = local_day(scope.now, scope.setting.calendar.zone)
    rows = _open_tasks(scope).filter(
        owner__isnull=False, due__range=(today - BEHIND, today + AHEAD)
    )
    for row in rows.order_by("due", "pk").values(*TASK_COLUMNS):
        subject = Subject(TASK, row["pk"])
        work.facts.tasks.append(TaskFact(subject, row["due"], row["owner"]))
        said = task_line(scope.organization, row)
        work.told[rules.DUE_SOON, subject] = work.told[rules.OVERDUE, subject] = said


def _read_undecided(scope: Scope, work: Work) -> None:
    today = local_day(scope.now, scope.setting.calendar.zone)
    rows = _open_tasks(scope).filter(owner=None, decide_by__gte=today - BEHIND)
    columns = [*TASK_COLUMNS, "unowned_since", "decide_by"]
    found = {row["pk"]: row for row in rows.order_by("pk").values(*columns)}
    candidates: dict[int, set[int]] = {pk: set() for pk in found}
    named = TaskCandidate.objects.filter(organization=scope.organization, task__in=found)
    for task, member in named.values_list("task", "member"):
        candidates[task].add(member)
    for pk, row in found.items():
        if candidates[pk]:
            _tell_undecided(scope, work, row, frozenset(candidates[pk]))


def _tell_undecided(
    scope: Scope, work: Work, row: dict[str, Any], candidates: frozenset[int]
) -> None:
    subject, plan = Subject(TASK, row["pk"]), row["plan"]
    work.facts.undecided.append(
        UndecidedFact(
            subject,
            row["unowned_since"],
            row["decide_by"],
            candidates,
            scope.champions.get(plan),
            scope.listed.get(plan),
        )
    )
    said = task_line(scope.organization, row, day=row["decide_by"])
    work.told[work_rules.DECIDE_BY, subject] = said


def _read_key_dates(scope: Scope, work: Work) -> None:
    today = local_day(scope.now, scope.setting.calendar.zone)
    rows = KeyDate.objects.filter(
        organization=scope.organization,
        plan__state__in=OPEN_STATES,
        owner__isnull=False,
        done_at=None,
        cancelled_at=None,
        date__range=(today, today + AHEAD),
    ).annotate(undone=Count("tasks", filter=Q(tasks__state__in=OPEN_TASKS)))
    rows = scope.narrowed(rows, KEY_DATE).filter(undone__gt=0).order_by("date", "pk")
    for row in rows.values("pk", "title", "date", "owner", "plan", "plan__name", "undone"):
        subject = Subject(KEY_DATE, row["pk"])
        work.facts.key_dates.append(KeyDateFact(subject, row["date"], row["owner"]))
        said = key_date_line(scope.organization, row, day=row["date"], count=row["undone"])
        work.told[work_rules.KEY_DATE_AHEAD, subject] = said


def key_date_line(organization: Organization, row: Mapping[str, Any], **more: Any) -> Described:
    """What is said of a key date, from its columns."""
    return Described(
        title=row["title"],
        url=KEY_DATE_OWNABLE.address(organization.slug, row["pk"], row["plan"]),
        detail=row["plan__name"],
        plan_id=row["plan"],
        **more,
    )


def _read_events(scope: Scope, work: Work) -> None:
    today = local_day(scope.now, scope.setting.calendar.zone)
    rows = KeyDateAnswer.objects.filter(
        organization=scope.organization,
        answer="",
        asked_at__lte=scope.now,
        key_date__date__gte=today,
        key_date__done_at=None,
        key_date__cancelled_at=None,
        key_date__plan__state__in=OPEN_STATES,
    ).annotate(
        title=F("key_date__title"), plan=F("key_date__plan"), plan__name=F("key_date__plan__name")
    )
    answering = _answering(scope.members)
    columns = (
        "pk", "key_date", "key_date__date", "department", "department__name", "asked_at",
        "title", "plan", "plan__name",
    )  # fmt: skip
    for row in scope.narrowed(rows, ANSWER_OF).order_by("pk").values(*columns):
        subject, day, plan = Subject(ANSWER_OF, row["pk"]), row["key_date__date"], row["plan"]
        work.facts.events.append(
            EventFact(
                subject,
                row["asked_at"],
                day,
                answering.get(row["department"], frozenset()),
                scope.champions.get(plan),
                scope.listed.get(plan),
            )
        )
        work.told[work_rules.EVENT_UNANSWERED, subject] = key_date_line(
            scope.organization,
            {**row, "pk": row["key_date"]},
            day=day,
            who=row["department__name"],
        )


def _answering(members: Mapping[int, Membership]) -> dict[int, frozenset[int]]:
    """Who can answer for each department: its leaders, else all of it who may answer."""
    leading: dict[int, set[int]] = {}
    working: dict[int, set[int]] = {}
    for member in members.values():
        if member.department_id is not None and can(member, Perm.CLAIM):
            working.setdefault(member.department_id, set()).add(member.pk)
            if member.role in LEADERS:
                leading.setdefault(member.department_id, set()).add(member.pk)
    return {key: frozenset(leading.get(key, everyone)) for key, everyone in working.items()}


def owned_questions(scope: Scope) -> Iterator[Question]:
    """The questions that somebody was asked and nobody has answered."""
    rows = waiting_answers(scope.organization).filter(owner__isnull=False)
    yield from scope.narrowed(rows, QUESTION_LABEL)


def question_line(scope: Scope, question: Question, **more: Any) -> Described:
    """What is said of a question."""
    return Described(
        title=question.title,
        url=QUESTION.address(scope.organization.slug, question.pk, question.plan_id),
        detail=question.plan.name if question.plan else "",
        plan_id=question.plan_id,
        **more,
    )


def _read_answers(scope: Scope, work: Work) -> None:
    for question in owned_questions(scope):
        if question.owner_id is None or question.answer_by > scope.now:
            continue
        subject = Subject(QUESTION_LABEL, question.pk)
        champion = question.plan.owner_id if question.plan else None
        work.facts.answers.append(
            AnswerFact(subject, question.answer_by, question.owner_id, champion)
        )
        said = question_line(
            scope,
            question,
            at=question.answer_by,
            zone=scope.setting.calendar.zone,
            who=str(question.asked_by),
            reason=str(question.owner),
        )
        work.told[rules.OVERDUE, subject] = work.told[work_rules.ANSWER_LATE, subject] = said


def _read_contacts(scope: Scope, work: Work) -> None:
    """The stakeholders with an owner whose rhythm is broken."""
    today = local_day(scope.now, scope.setting.calendar.zone)
    rows = stakeholders.visible(scope.organization, None).filter(
        archived_at=None, owner__isnull=False, rhythm_days__isnull=False
    )
    for row in stakeholders.with_last(scope.narrowed(rows, CONTACT)).order_by("pk"):
        contact = stakeholders.contact_of(row)
        if row.owner_id is None or contact.due is None or contact.due >= today:
            continue
        subject = Subject(CONTACT, row.pk)
        work.facts.contacts.append(ContactFact(subject, contact.since, contact.due, row.owner_id))
        work.told[work_rules.LAPSED_STAKEHOLDER, subject] = Described(
            title=row.name,
            url=STAKEHOLDER.address(scope.organization.slug, row.pk, row.plan_id),
            detail=row.affiliation,
            plan_id=row.plan_id,
            day=contact.since,
            noun="spoken" if contact.last else "",
            count=contact.rhythm_days or 0,
        )
