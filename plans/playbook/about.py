"""What a question is about, read from an address, and frozen as one line when it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Membership
from plancraft.lib.dates import local_day
from plans import queries as plan_queries
from plans.models import Plan, Question
from plans.playbook import queries
from plans.playbook.records import NOTHING, About
from plans.rules import standing
from plans.wording import standing_words
from workflow import queries as workflow
from workflow.models import Review, Subject
from workflow.registry import SubjectFacts
from workflow.rules import Phase, phase_of

PHASES = {
    Phase.DRAFT: gettext_lazy("Draft"),
    Phase.IN_REVIEW: gettext_lazy("In review"),
    Phase.CHANGES: gettext_lazy("Changes requested"),
    Phase.APPROVED: gettext_lazy("Approved"),
}


def about(viewer: Membership, asked: Mapping[str, str], now: datetime) -> About:
    """What the address names (`plan`, `subject` or `review`); `Http404` for what is not theirs."""
    organization = viewer.organization
    if asked.get("review"):
        review = queries.get_review(organization, _number(asked["review"]))
        if review is None:
            raise Http404
        return _about_subject(viewer, review.subject, review, now)
    if asked.get("subject"):
        subject = queries.get_subject(organization, _number(asked["subject"]))
        if subject is None:
            raise Http404
        return _about_subject(viewer, subject, None, now)
    if asked.get("plan"):
        plan = plan_queries.get_plan(organization, viewer, _number(asked["plan"]))
        return _about_plan(plan, now)
    return NOTHING


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)


def _about_plan(plan: Plan, now: datetime) -> About:
    today = local_day(now, ZoneInfo(plan.organization.time_zone))
    at = standing_words(standing(plan.starts_on, plan.ends_on, today))
    champion = plan.owner.name if plan.owner else _("no champion")
    return About(
        plan=plan,
        title=plan.name,
        url=reverse("plan", args=[plan.organization.slug, plan.pk]),
        snapshot=_("%(state)s, %(standing)s. Champion: %(name)s.")
        % {"state": plan.get_state_display(), "standing": at, "name": champion},
    )


def _about_subject(
    viewer: Membership, subject: Subject, review: Review | None, now: datetime
) -> About:
    facts = queries.subject_facts(viewer, subject)
    if facts is None:
        raise Http404
    plan = None
    if facts.plan_id is not None:
        plan = plan_queries.get_plan(viewer.organization, viewer, facts.plan_id)
    return About(
        plan=plan,
        subject=subject,
        review=review,
        title=facts.title,
        url=facts.url,
        snapshot=_subject_snapshot(subject, review, facts),
    )


def _subject_snapshot(subject: Subject, review: Review | None, facts: SubjectFacts) -> str:
    """Like "In review. Revision 2, submitted Thu 18 March. Goes out Mon 22 March, 09:00." """
    zone = ZoneInfo(subject.organization.time_zone)
    found = workflow.current_state_facts(subject)
    review = review or found.open_review
    phase = phase_of(
        has_open_review=found.open_review is not None,
        has_standing_approval=found.standing_approval is not None,
        last_outcome=found.last_outcome,
    )
    lines = [f"{PHASES[phase]}."]
    if review is not None:
        lines.append(
            _("Revision %(number)d, submitted %(day)s.")
            % {
                "number": review.revision.number,
                "day": date_format(review.opened_at.astimezone(zone), "D j F"),
            }
        )
    if facts.goes_out_at is not None:
        local = facts.goes_out_at.astimezone(zone)
        when = f"{date_format(local, 'D j F')}, {local:%H:%M}"
        lines.append(_("Goes out %(when)s.") % {"when": when})
    return " ".join(lines)


@dataclass(frozen=True, slots=True)
class ContextLine:
    """One thing that a question is about, as its page shows it; without `url` it has no page."""

    label: str
    title: str
    url: str = ""


def context_of(viewer: Membership, question: Question) -> list[ContextLine]:
    """Story, approval and plan of the question with their pages, as far as the viewer may see."""
    lines = []
    slug = question.organization.slug
    if question.subject is not None:
        facts = queries.subject_facts(viewer, question.subject)
        if facts is not None:
            lines.append(ContextLine(_("Story"), facts.title, facts.url))
            if question.review is not None:
                number = question.review.revision.number
                url = reverse("revision", args=[slug, question.review.revision_id])
                lines.append(ContextLine(_("Approval"), _("Revision %(n)d") % {"n": number}, url))
    if question.plan is not None:
        url = reverse("plan", args=[slug, question.plan.pk])
        lines.append(ContextLine(_("Plan"), question.plan.name, url))
    return lines
