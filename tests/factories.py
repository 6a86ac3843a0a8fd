"""Plain functions that make rows for tests; every one takes keywords over sensible defaults."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from calendar_app.models import ContentItem, Placement
from people.models import Department, Membership, Organization, User
from plancraft.lib.dates import at_wall_clock
from plans.models import (
    BackScheduleStep,
    BackScheduleTemplate,
    BackScheduleVersion,
    Channel,
    Commitment,
    KeyDate,
    Meeting,
    MeetingAttendee,
    MeetingSeries,
    Plan,
    Stakeholder,
    Stream,
    Task,
    TaskLink,
    Touchpoint,
)
from plans.work import services as work
from workflow import reviews
from workflow.models import Approval, Review, Stage, Subject, WorkflowTemplate
from workflow.queries import hash_now

_numbers = count(1)
PASSWORD = "correct horse battery"


def _owned(kw: dict[str, Any]) -> dict[str, Any]:
    if kw.get("owner") is not None:
        kw.setdefault("unowned_since", None)
    return kw


def make_organization(**kw: Any) -> Organization:
    n = next(_numbers)
    kw.setdefault("name", f"Organization {n}")
    kw.setdefault("slug", f"organization-{n}")
    return Organization.objects.create(**kw)


def make_user(**kw: Any) -> User:
    """A person with a confirmed address, who signs in with PASSWORD if asked for a usable one."""
    from allauth.account.models import EmailAddress

    n = next(_numbers)
    kw.setdefault("email", f"person{n}@example.org")
    kw.setdefault("name", f"Person {n}")
    user = User(**kw)
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_member(organization: Organization, role: str = "member", **kw: Any) -> Membership:
    user = kw.pop("user", None) or make_user(**kw.pop("user_fields", {}))
    return Membership.objects.create(organization=organization, user=user, role=role, **kw)


def make_department(organization: Organization, **kw: Any) -> Department:
    kw.setdefault("name", f"Department {next(_numbers)}")
    return Department.objects.create(organization=organization, **kw)


def make_plan(organization: Organization, **kw: Any) -> Plan:
    kw.setdefault("name", f"Plan {next(_numbers)}")
    kw.setdefault("starts_on", date(2027, 1, 4))
    kw.setdefault("ends_on", date(2027, 3, 14))
    kw.setdefault("subject", Subject.objects.create(organization=organization, kind="plan"))
    return Plan.objects.create(organization=organization, **_owned(kw))


def make_stream(plan: Plan, **kw: Any) -> Stream:
    kw.setdefault("name", f"Stream {next(_numbers)}")
    return Stream.objects.create(organization=plan.organization, plan=plan, **_owned(kw))


def make_channel(organization: Organization, **kw: Any) -> Channel:
    kw.setdefault("name", f"Channel {next(_numbers)}")
    kw.setdefault("kind", "facebook")
    return Channel.objects.create(organization=organization, **_owned(kw))


def make_commitment(plan: Plan, channel: Channel, **kw: Any) -> Commitment:
    kw.setdefault("count", 3)
    return Commitment.objects.create(
        organization=plan.organization, plan=plan, channel=channel, **kw
    )


def make_key_date(plan: Plan, **kw: Any) -> KeyDate:
    kw.setdefault("title", f"Key date {next(_numbers)}")
    kw.setdefault("date", date(2027, 3, 1))
    return KeyDate.objects.create(organization=plan.organization, plan=plan, **_owned(kw))


def make_task(plan: Plan, **kw: Any) -> Task:
    """A task; `before` names tasks and key dates that it must precede."""
    before = kw.pop("before", ())
    kw.setdefault("title", f"Task {next(_numbers)}")
    if kw.get("state") == "done":
        kw.setdefault("done_at", datetime(2027, 1, 5, 12, tzinfo=UTC))
    task = Task.objects.create(organization=plan.organization, plan=plan, **_owned(kw))
    for thing in before:
        end = {"key_date" if isinstance(thing, KeyDate) else "before_task": thing}
        TaskLink.objects.create(organization=plan.organization, task=task, **end)
    return task


def make_task_with_everything(plan: Plan, owner: Membership) -> dict[str, Any]:
    """A task with a line, a comment, a file and a change of several tasks, each by its name."""
    task = make_task(plan, owner=owner, created_by=owner, title="Order the flags")
    moved = work.move_tasks(
        organization=plan.organization, tasks=[task.pk], by=owner, to=date(2027, 2, 1)
    )
    return {
        "task": Task.objects.get(pk=task.pk),
        "line": work.add_line(task=task, by=owner, text="Count the poles"),
        "comment": work.comment(task=task, by=owner, text="Blue ones"),
        "file": work.attach(task=task, by=owner, name="flags.txt", content=b"Twelve flags"),
        "bulk": moved.activities[0],
    }


LAUNCH_STEPS = (
    {"key": "design", "title": "Design the visuals", "lead": 5, "before": ["legal"]},
    {"key": "legal", "title": "Legal review", "role": "Legal", "lead": 3, "before": ["key_date"]},
    {"key": "brief", "title": "Brief the branches", "lead": 1, "before": ["key_date"]},
)
"""design, five working days before legal, three before the key date; brief, one before it."""


def make_back_schedule(
    organization: Organization, steps: Any = LAUNCH_STEPS, **kw: Any
) -> BackScheduleVersion:
    """The only version of a new template with these steps."""
    kw.setdefault("name", f"Back-schedule {next(_numbers)}")
    template = BackScheduleTemplate.objects.create(organization=organization, **kw)
    version = BackScheduleVersion.objects.create(organization=organization, template=template)
    for position, step in enumerate(steps, 1):
        BackScheduleStep.objects.create(
            organization=organization, version=version, position=position, **step
        )
    return version


def make_story(plan: Plan, **kw: Any) -> ContentItem:
    kw.setdefault("title", f"Story {next(_numbers)}")
    subject = Subject.objects.create(organization=plan.organization, kind="content_item")
    return ContentItem.objects.create(
        organization=plan.organization, plan=plan, subject=subject, **_owned(kw)
    )


def make_post(item: ContentItem, channel: Channel, **kw: Any) -> Placement:
    kw.setdefault("scheduled_at", datetime(2027, 1, 6, 9, tzinfo=UTC))
    return Placement.objects.create(
        organization=item.organization, item=item, channel=channel, **kw
    )


def make_series(organization: Organization, **kw: Any) -> MeetingSeries:
    """Mondays at 09:30 from 4 January 2027; `invited` are its attendees."""
    invited = kw.pop("invited", [])
    kw.setdefault("title", f"Planning {next(_numbers)}")
    kw.setdefault("time_zone", organization.time_zone)
    kw.setdefault("clock", time(9, 30))
    kw.setdefault("first_day", date(2027, 1, 4))
    kw.setdefault("weekdays", [0])
    series = MeetingSeries.objects.create(organization=organization, **_owned(kw))
    for member in invited:
        MeetingAttendee.objects.create(organization=organization, series=series, member=member)
    return series


def make_meeting(series: MeetingSeries, **kw: Any) -> Meeting:
    """One meeting of the series, on its first day unless said otherwise."""
    kw.setdefault("occurrence_on", series.first_day)
    zone = ZoneInfo(series.time_zone)
    kw.setdefault("starts_at", at_wall_clock(kw["occurrence_on"], series.clock, zone))
    kw.setdefault("duration_minutes", series.duration_minutes)
    return Meeting.objects.create(organization=series.organization, series=series, **kw)


def make_template(organization: Organization, **kw: Any) -> WorkflowTemplate:
    """The usual workflow: one stage, any one manager within 24 working hours."""
    stage = kw.pop("stage", {})
    kw.setdefault("name", "Standard")
    template = WorkflowTemplate.objects.create(organization=organization, **kw)
    if template.needs_approval:
        people = stage.pop("people", [])
        stage = {"name": "Approval", "approvers": "role", "role": "manager", **stage}
        row = Stage.objects.create(organization=organization, template=template, **stage)
        row.people.set(people)
    return template


def make_review(item: ContentItem, by: Membership, now: datetime | None = None) -> Review:
    """An open review of exactly what is there now, submitted by the story's owner."""
    return reviews.submit(
        subject=item.subject,
        by=by,
        expected_hash=hash_now(item.subject),
        key=uuid.uuid4(),
        now=now or datetime(2027, 3, 1, 12, tzinfo=UTC),
    )


def make_approval(item: ContentItem, by: Membership, approver: Membership) -> Approval:
    """An approval of exactly what is there now, with the review and the decision it needs."""
    review = make_review(item, by)
    reviews.decide(
        review=review,
        by=approver,
        choice="approve",
        expected_hash=review.revision.hash,
        key=uuid.uuid4(),
    )
    return Approval.objects.get(review=review)


def make_stakeholder(organization: Organization, **kw: Any) -> Stakeholder:
    """A journalist of the Harbor Times whom someone wants to hear from every 30 days."""
    kw.setdefault("name", f"Stakeholder {next(_numbers)}")
    kw.setdefault("kind", "journalist")
    kw.setdefault("rhythm_days", 30)
    kw.setdefault("held_since", date(2027, 1, 4))
    return Stakeholder.objects.create(organization=organization, **_owned(kw))


def make_touchpoint(stakeholder: Stakeholder, by: Membership, **kw: Any) -> Touchpoint:
    kw.setdefault("day", date(2027, 1, 6))
    kw.setdefault("means", "call")
    return Touchpoint.objects.create(
        organization=stakeholder.organization, stakeholder=stakeholder, by=by, **kw
    )
