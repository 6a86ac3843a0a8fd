"""How `workflow` sees a plan: as something that is approved. Entered in `apps.py`.

`refresh` is the one writer of `Plan.state` for what approval decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.activity import record
from people.models import Membership, Organization
from plans.life.reading import fields
from plans.life.snapshot import content_of, contents, snapshot
from plans.models import Plan
from plans.queries import listed_at, may_see, sighted, visible_plans
from plans.rules import PlanState, approved_state
from plans.wording import period_words
from workflow.models import Approval, Review, Subject
from workflow.registry import SubjectFacts, SubjectKind
from workflow.rules import content_hash

KIND = "plan"


def _load(subject: Subject) -> Plan:
    """The plan of the subject with its parts; locked where a transaction is open."""
    plans = Plan.objects.select_related("organization", "owner__user", "department", "subject")
    if connection.in_atomic_block:
        plans = plans.select_for_update(of=("self",))
    plan: Any = plans.get(subject=subject, organization_id=subject.organization_id)
    plan.content = contents([plan])[plan.pk]
    found: Plan = plan
    return found


def facts(plan: Plan) -> SubjectFacts:
    """What approval needs to know of the plan."""
    content = content_of(plan)
    return _facts(plan, _missing(bool(content.objectives), bool(content.promises)))


def _facts(plan: Plan, missing: str = "") -> SubjectFacts:
    closed = plan.state == PlanState.CLOSED
    return SubjectFacts(
        title=plan.name,
        url=reverse("plan", args=[plan.organization.slug, plan.pk]),
        plan_id=plan.pk,
        champion=plan.owner,
        owner=plan.owner,
        channel_kinds=frozenset(),
        closed_because=_("This plan is closed.") if closed else "",
        missing_because=missing,
        listed=sighted(plan),
        detail=_("Plan, %(period)s") % {"period": period_words(plan.starts_on, plan.ends_on)},
        team=plan.department_id,
    )


def _missing(has_objective: bool, has_promise: bool) -> str:
    """What whoever approves it would look for first."""
    if not has_objective:
        return _("It has no objective yet. Say what should be true when it ends; then submit it.")
    if not has_promise:
        return _("It promises nothing yet. Say how often it speaks on which channel; then submit.")
    return ""


def facts_of(viewer: Membership | None, subjects: Sequence[Subject]) -> dict[int, SubjectFacts]:
    """Subject key -> facts of its plan, of those the viewer may see; one query.

    What is missing for a submission is left out: these are lists of what was submitted.
    """
    if not subjects:
        return {}
    plans = (
        visible_plans(subjects[0].organization, viewer)
        .filter(subject__in=subjects)
        .select_related("organization", "owner__user")
        .annotate(listed=listed_at("pk"))
    )
    return {plan.subject_id: _facts(plan) for plan in plans}


def _blind(plan: Plan, members: Collection[int]) -> frozenset[int]:
    listed = sighted(plan)
    return frozenset() if listed is None else frozenset(members) - listed


def refresh(plan: Plan) -> None:
    """Recompute the state from the facts of its approval, and store and tell what changed."""
    wanted = _wanted([plan])[plan.pk]
    if plan.state == wanted:
        return
    Plan.objects.filter(pk=plan.pk).update(state=wanted, version=F("version") + 1)
    plan.state = wanted
    if wanted == PlanState.RUNNING:
        record(
            organization=plan.organization,
            actor=None,
            verb="plan.started",
            subject=plan,
            plan_id=plan.pk,
            text=plan.name,
            approved=True,
        )


def differences(organization: Organization) -> list[str]:
    """Each plan of the organization whose stored state is not what its facts say."""
    plans = list(Plan.objects.filter(organization=organization).order_by("pk"))
    wanted = _wanted(plans)
    return [
        f"plan {plan.pk} is stored as {plan.state}, its facts say {wanted[plan.pk].value}"
        for plan in plans
        if plan.state != wanted[plan.pk]
    ]


def _wanted(plans: Sequence[Plan]) -> dict[int, PlanState]:
    """The state of each plan by the facts; five queries at most, however many there are."""
    open_plans = [p for p in plans if p.state in (PlanState.DRAFT, PlanState.IN_APPROVAL)]
    subjects = [plan.subject_id for plan in open_plans]
    reviewed = Review.objects.filter(subject__in=subjects, state=Review.State.OPEN)
    reviewed_now = set(reviewed.values_list("subject_id", flat=True)) if subjects else set()
    standing = Approval.objects.filter(subject__in=subjects, withdrawal=None)
    approved = set(standing.values_list("subject_id", "revision__hash")) if subjects else set()
    parts = contents(open_plans) if approved else {}
    found = {plan.pk: PlanState(plan.state) for plan in plans}
    for plan in open_plans:
        subject: Any = plan
        subject.content = parts.get(plan.pk, getattr(plan, "content", None))
        found[plan.pk] = approved_state(
            PlanState(plan.state),
            has_open_review=plan.subject_id in reviewed_now,
            is_approved=bool(approved) and (plan.subject_id, _hash(plan)) in approved,
        )
    return found


def _hash(plan: Plan) -> str:
    return content_hash(snapshot(plan))


PLAN = SubjectKind(
    kind=KIND,
    choice=gettext_lazy("Plans"),
    load=_load,
    snapshot=snapshot,
    facts=facts,
    refresh=refresh,
    visible=may_see,
    blind=_blind,
    differences=differences,
    fields=fields,
    facts_of=facts_of,
)
