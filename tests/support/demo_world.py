"""The demo's own things under the names by which the permission matrix asks for them."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from calendar_app.gap_queries import gaps, soon
from calendar_app.gap_records import Kind
from calendar_app.models import ContentItem, Placement
from people.models import ClosureDay, Department, Invitation, Membership
from plans.meetings.queries import next_days
from plans.models import (
    BackScheduleTemplate,
    Blackout,
    Channel,
    ChecklistItem,
    Commitment,
    KeyDate,
    Meeting,
    MeetingSeries,
    Objective,
    Plan,
    PlaybookEntry,
    Question,
    Stakeholder,
    Stream,
    Task,
    TaskAttachment,
    TaskComment,
)
from plans.models.playbook import Answer
from reminders.models import Message
from tests.test_permission_matrix import ROWS
from workflow.models import Approval, Handover, Review, WorkflowTemplate


def demo_world(bank: Any, now: Any) -> SimpleNamespace:
    """One of everything of the demo, as `tests.matrix.world` makes one of everything."""

    def one(model: Any, **where: Any) -> Any:
        return model.objects.filter(organization=bank, **where).order_by("pk").first()

    plan = one(Plan, name="Everyday Banking")
    story = one(ContentItem, title="Send-off for the winter savers")
    gap = next(
        g
        for g in gaps(bank, None, soon(now.date() + timedelta(days=7), 40), now)
        if g.finding.kind == Kind.SHORTFALL and g.is_ahead and g.plan and g.plan.pk == plan.pk
    )
    member = one(Membership, user__name="Tom Whitfield")
    contact = one(Stakeholder, name="Carla Mendes")
    spoken = contact.touchpoints.order_by("-day").first()
    series = one(MeetingSeries, title="Home Buyer round")
    *_prepared, later = next_days(series, now, 3)
    return SimpleNamespace(
        organization=bank,
        stakeholder=contact,
        touchpoint=spoken,
        lapse_key=f"lapsed_stakeholder:{contact.pk}:{spoken.day}",
        question=one(Question, state="asked"),
        answered_question=one(Question, state="accepted"),
        answer=one(Answer),
        entry=one(PlaybookEntry),
        plan=plan,
        story=story,
        post=one(Placement, item=story),
        channel=one(Channel, name="Facebook"),
        unowned_channel=one(Channel, owner=None),
        promise=one(Commitment, plan=plan),
        stream=one(Stream, plan=plan),
        objective=one(Objective, plan=plan),
        key_date=(key_date := one(KeyDate, plan=plan, done_at=None)),
        step=one(Task, key_date=key_date, state="open"),
        back_schedule=one(BackScheduleTemplate, shipped_key="product-launch"),
        blackout=one(Blackout),
        closure=one(ClosureDay),
        department=one(Department),
        member=member,
        owner=story.owner,
        champion=plan.owner,
        invitation=Invitation(pk=0, organization=bank),
        message=one(Message),
        template=one(WorkflowTemplate),
        free_template=one(WorkflowTemplate),
        review=one(Review, state="open"),
        approval=one(Approval, subject__content_item__state="approved"),
        handover=one(Handover),
        series=series,
        meeting=one(Meeting, series=series),
        meeting_day=later.day.isoformat(),
        task=one(Task, title="Invite the estate agents of the seven towns"),
        line=one(ChecklistItem),
        comment=one(TaskComment),
        file=one(TaskAttachment),
        gap_key=gap.key,
        gap_day=gap.finding.due,
    )


def pages_of(world: Any, role: str = "manager") -> dict[str, str]:
    """Every page of the matrix that this role may open: name and address."""
    found = {}
    for row in ROWS:
        if row.method != "GET" or row.expect[role] != 200:
            continue
        kwargs = {"organization": world.organization.slug, **row.kwargs(world)}
        query = row.data(world)
        found[row.name] = reverse(row.name, kwargs=kwargs) + (
            f"?{urlencode(query)}" if query else ""
        )
    return found
