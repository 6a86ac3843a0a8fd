"""Reads of questions and of the playbook. Every list of questions begins at `visible_questions`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404

from people import queries as people
from people.models import Activity, Membership, Organization
from people.models.organizations import Role
from plans.models import PlaybookEntry, PlaybookVersion, Question
from plans.models.playbook import Answer
from plans.playbook.rules import State
from plans.queries import visible_plans
from workflow import queries as workflow
from workflow.models import Review, Subject
from workflow.registry import SubjectFacts, kind_of

ANSWERERS = (Role.ADMIN, Role.MANAGER, Role.MEMBER, Role.EXPERT)
OPEN = (State.ASKED.value, State.ANSWERED.value)


def answerers(organization: Organization) -> QuerySet[Membership]:
    """Who may be asked: experts first, then everyone else who may answer, by name."""
    expert_first = Case(When(role=Role.EXPERT, then=Value(0)), default=Value(1))
    return (
        people.members(organization)
        .filter(role__in=ANSWERERS)
        .order_by(expert_first, Lower("user__name"), "id")
    )


# Questions ----------------------------------------------------------------------------------------
def visible_questions(organization: Organization, viewer: Membership | None) -> QuerySet[Question]:
    """The questions that the viewer may see: those about a confidential plan with the plan only.

    `viewer` None is PlanCraft itself, which sees all of them. Who belongs to another organization
    sees none, whatever asks.
    """
    if viewer is not None and viewer.organization_id != organization.pk:
        return Question.objects.none()
    plans = visible_plans(organization, viewer)
    return Question.objects.filter(organization=organization).filter(
        Q(plan=None) | Q(plan__in=plans.values("pk"))
    )


def _whole(rows: QuerySet[Question]) -> QuerySet[Question]:
    return rows.select_related(
        "organization", "asked_by__user", "owner__user", "plan__owner__user", "review__revision"
    )


def get_question(
    organization: Organization, viewer: Membership | None, question_id: int
) -> Question:
    """The question with its people and plan; 404 for one that the viewer may not see."""
    rows = _whole(visible_questions(organization, viewer)).select_related("subject__organization")
    return get_object_or_404(rows, pk=question_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of questions is narrowed to: whose, in which state, late ones only."""

    show: str = "all"
    state: str = ""
    late: bool = False


def question_rows(
    organization: Organization, viewer: Membership, wanted: Wanted, now: datetime
) -> QuerySet[Question]:
    """The list: those that wait first, the most urgent on top, then the newest.

    Each carries `answer_count`.
    """
    rows = _whole(visible_questions(organization, viewer)).filter(_whose(viewer, wanted.show))
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.late:
        rows = rows.filter(state=State.ASKED, answer_by__lt=now)
    waits = Case(When(state=State.ASKED, then=F("answer_by")), default=None)
    return rows.annotate(answer_count=Count("answers")).order_by(
        waits.asc(nulls_last=True), "-asked_at", "-pk"
    )


def _whose(viewer: Membership, show: str) -> Q:
    if show == "mine":
        return Q(asked_by=viewer)
    return Q(owner=viewer) if show == "asked" else Q()


def question_counts(organization: Organization, viewer: Membership) -> dict[str, int]:
    """How many questions there are by whose they are, and how many wait for the viewer; one query.

    `mine`, `asked` and `all` count every state, `waiting` those that the viewer has to answer.
    """
    return visible_questions(organization, viewer).aggregate(
        mine=Count("pk", filter=Q(asked_by=viewer)),
        asked=Count("pk", filter=Q(owner=viewer)),
        all=Count("pk"),
        waiting=Count("pk", filter=Q(owner=viewer, state=State.ASKED)),
    )


def waiting_answers(organization: Organization) -> QuerySet[Question]:
    """Every question that nobody has answered, the most urgent first, unowned ones too.

    For reminders: `owner` (with user) is who is chased, None where no one answers; `answer_by` an
    instant; `plan_id` says who may know of it.
    """
    return (
        _whole(visible_questions(organization, None))
        .filter(state=State.ASKED)
        .order_by("answer_by", "pk")
    )


def answers(question: Question) -> list[Answer]:
    """The answers with their authors: the accepted one first, then as they were given."""
    return list(
        Answer.objects.filter(organization=question.organization, question=question)
        .select_related("author__user")
        .order_by(F("accepted_at").asc(nulls_last=True), "created_at", "pk")
    )


def get_answer(question: Question, answer_id: int) -> Answer:
    """An answer of this question, else 404."""
    rows = Answer.objects.select_related("author__user", "question", "organization")
    return get_object_or_404(
        rows, organization=question.organization, question=question, pk=answer_id
    )


# What a question is about -------------------------------------------------------------------------
def subject_facts(viewer: Membership, subject: Subject) -> SubjectFacts | None:
    """What the story (or plan) is called and where it stands; None where the viewer may not see."""
    return kind_of(subject).facts_for(viewer, [subject]).get(subject.pk)


def get_subject(organization: Organization, subject_id: int) -> Subject | None:
    """A subject of the organization."""
    return (
        Subject.objects.filter(organization=organization, pk=subject_id)
        .select_related("organization")
        .first()
    )


def get_review(organization: Organization, review_id: int) -> Review | None:
    """A review of the organization with its subject and revision."""
    return (
        Review.objects.filter(organization=organization, pk=review_id)
        .select_related("subject__organization", "revision", "organization")
        .first()
    )


def open_review(subject: Subject) -> Review | None:
    """The review of the subject that waits for decisions."""
    return workflow.open_review(subject)


# The playbook -------------------------------------------------------------------------------------
def entries(organization: Organization, *, archived: bool = False) -> QuerySet[PlaybookEntry]:
    """The entries in use (or the archived ones), by title."""
    return (
        PlaybookEntry.objects.filter(organization=organization, archived_at__isnull=not archived)
        .select_related("author__user")
        .defer("search", "vocabulary")
        .order_by(Lower("title"), "pk")
    )


def get_entry(organization: Organization, entry_id: int) -> PlaybookEntry:
    """The entry, archived or not, with its author; else 404."""
    rows = PlaybookEntry.objects.select_related("author__user", "organization").defer(
        "search", "vocabulary"
    )
    return get_object_or_404(rows, organization=organization, pk=entry_id)


def source_of(entry: PlaybookEntry, viewer: Membership) -> Question | None:
    """The question that the entry came from, if the viewer may see it."""
    if entry.source_question_id is None:
        return None
    rows = visible_questions(entry.organization, viewer).select_related("asked_by__user")
    return rows.filter(pk=entry.source_question_id).first()


def entries_from(question: Question) -> list[PlaybookEntry]:
    """The entries in use that were published from the question."""
    return list(entries(question.organization).filter(source_question=question))


def topics(organization: Organization) -> list[tuple[str, int]]:
    """Each topic of the entries in use with how many have it, the most frequent first."""
    rows = PlaybookEntry.objects.filter(organization=organization, archived_at=None)
    found = Counter(
        topic
        for text in rows.values_list("topics", flat=True)
        for topic in text.split(", ")
        if topic
    )
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def versions(entry: PlaybookEntry) -> list[PlaybookVersion]:
    """Every version of the entry with who wrote it, newest first."""
    return list(
        PlaybookVersion.objects.filter(organization=entry.organization, entry=entry)
        .select_related("by__user")
        .order_by("-number")
    )


def confidential_names(organization: Organization, viewer: Membership) -> list[str]:
    """The names of the confidential plans that the viewer knows: none may stand in the playbook."""
    plans = visible_plans(organization, viewer).filter(is_confidential=True)
    return list(plans.values_list("name", flat=True))


def history_of(question: Question) -> Sequence[Activity]:
    """What happened to the question, newest first."""
    label = question._meta.label
    return list(people.activity_of(question.organization, label, question.pk)[:20])
