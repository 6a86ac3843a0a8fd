"""How `workflow` finds, names and finishes questions: the one asked owns one (rule 2)."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership, Organization
from people.permissions import Perm
from plans.models import Question
from plans.playbook import queries
from plans.playbook.rules import State
from workflow.models import Owned
from workflow.registry import Columns, Ownable

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


QUESTION = Ownable(
    label=LABEL,
    slug="question",
    noun=gettext_lazy("question"),
    get=_get,
    lock=_lock,
    title=lambda question: question.title,
    plan_id=lambda question: question.plan_id,
    address=lambda slug, pk, plan: reverse("question", args=[slug, pk]),
    is_finished=lambda question: question.state != State.ASKED,
    unfinished=_waiting,
    columns=Columns(
        "title",
        team="plan__department",
        note=Coalesce(NullIf("asked_by__user__name", Value("")), "asked_by__user__email"),
        fallbacks=("plan__owner",),
    ),
    detail=lambda found: _("Question by %(name)s: no one answers this") % {"name": found.note},
    fallbacks=lambda question: (
        [question.plan.owner] if question.plan and question.plan.owner else []
    ),
    owners=queries.answerers,
    claim=Perm.ANSWER,
)
