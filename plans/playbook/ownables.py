"""How `workflow` finds, names and finishes questions: the one asked owns one (rule 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from people.permissions import Perm
from plans.models import Question
from plans.playbook import queries
from plans.playbook.rules import State
from workflow.models import Owned
from workflow.registry import Ownable, UnownedRow, counted

LABEL = "plans.Question"


def is_asked(membership: Membership, thing: Any) -> bool:
    """Whether the thing is a question that the member was asked."""
    return isinstance(thing, Question) and thing.owner_id == membership.pk


def is_asker(membership: Membership, thing: Any) -> bool:
    """Whether the thing is a question of the member's."""
    return isinstance(thing, Question) and thing.asked_by_id == membership.pk


def is_champion(membership: Membership, thing: Any) -> bool:
    """Whether the member champions the plan that the question is about."""
    plan = thing.plan if isinstance(thing, Question) else None
    return plan is not None and plan.owner_id == membership.pk


def url(question: Question) -> str:
    """The question's page."""
    return reverse("question", args=[question.organization.slug, question.pk])


def _questions(organization: Organization, viewer: Membership | None) -> Any:
    return queries.visible_questions(organization, viewer).select_related(
        "organization", "owner__user", "asked_by__user", "plan__owner__user"
    )


def _get(organization: Organization, membership: Membership, pk: int) -> Owned | None:
    return cast("Owned | None", _questions(organization, membership).filter(pk=pk).first())


def _lock(organization: Organization, pk: int) -> Owned:
    rows = _questions(organization, None).select_for_update(of=("self",))
    return cast("Owned", rows.get(pk=pk))


def _waiting(organization: Organization, viewer: Membership | None) -> Any:
    return _questions(organization, viewer).filter(state=State.ASKED)


def _unfinished_of(organization: Organization, owner: Membership) -> Iterable[Owned]:
    return cast("Iterable[Owned]", _waiting(organization, None).filter(owner=owner))


def _unowned(organization: Organization, viewer: Membership | None) -> Sequence[UnownedRow]:
    rows = _waiting(organization, viewer).filter(owner=None).order_by("unowned_since", "pk")
    return [
        UnownedRow(
            label=LABEL,
            pk=question.pk,
            title=question.title,
            url=url(question),
            detail=_("Question by %(name)s: no one answers this") % {"name": question.asked_by},
            since=question.unowned_since,
            plan_id=question.plan_id,
            responsible=question.plan.owner if question.plan else None,
            plans=frozenset({question.plan_id} if question.plan_id else ()),
            team=question.plan.department_id if question.plan else None,
        )
        for question in rows
    ]


QUESTION = Ownable(
    label=LABEL,
    slug="question",
    noun=gettext_lazy("question"),
    get=_get,
    lock=_lock,
    title=lambda question: question.title,
    url=url,
    plan_id=lambda question: question.plan_id,
    is_finished=lambda question: question.state != State.ASKED,
    unfinished_of=_unfinished_of,
    unowned=_unowned,
    fallbacks=lambda question: (
        [question.plan.owner] if question.plan and question.plan.owner else []
    ),
    owned_counts=lambda organization: counted(_waiting(organization, None)),
    owners=queries.answerers,
    claim=Perm.ANSWER,
)
