"""One of everything in the bank, for the permission matrix; the cast owns none of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from people.models import ClosureDay, Invitation, Job
from plans.models import (
    ActionItem,
    AgendaItem,
    Blackout,
    MeetingDecision,
    Objective,
    ObjectiveReading,
)
from plans.playbook import services as playbook
from plans.playbook.records import About, EntryFields, QuestionFields
from reminders.models import Message
from tests import factories
from workflow.models import Handover


def make_question(cast: Any, plan: Any, *, asked: Any, by: Any) -> Any:
    """A question about the plan that waits for an answer."""
    return playbook.ask(
        organization=cast.organization,
        by=by,
        fields=QuestionFields("Zephyr: may we say so?", 8, "We wonder.", asked),
        about=About(plan=plan, title=plan.name, snapshot="Running."),
        now=timezone.now(),
    )


def make_entry(cast: Any) -> Any:
    """An entry of the playbook."""
    return playbook.create_entry(
        organization=cast.organization,
        by=cast.manager,
        fields=EntryFields("When to post", "In the morning.", "timing"),
        now=timezone.now(),
    )


def make_world(cast: Any) -> SimpleNamespace:
    """Everything an address may name, in the cast's organization; `champion` owns the plan."""
    bank = cast.organization
    champion = factories.make_member(bank, user_fields={"name": "Hanna Champion"})
    owner = factories.make_member(bank, user_fields={"name": "Lucia Owner"})
    department = factories.make_department(bank, name="Retail")
    plan = factories.make_plan(
        bank,
        owner=champion,
        starts_on=date(2027, 1, 4),
        ends_on=date(2027, 12, 31),
        department=department,
    )
    channel = factories.make_channel(bank, owner=owner, kind="instagram", department=department)
    promise = factories.make_commitment(plan, channel)
    ahead = timezone.now().date() + timedelta(days=14)
    ahead -= timedelta(days=ahead.weekday())  # a Monday ahead, on which one post is missing
    missing = factories.make_commitment(
        plan, channel, count=1, effective_from=ahead, effective_to=ahead + timedelta(days=6)
    )
    story = factories.make_story(plan, owner=owner, copy="Open on Saturday.", created_by=owner)
    post = factories.make_post(story, channel, scheduled_at=datetime(2027, 3, 3, 9, tzinfo=UTC))
    template = factories.make_template(bank)
    invitation = Invitation.objects.create(
        organization=bank,
        email=f"new{bank.pk}@example.org",
        token_hash=f"{bank.pk:064d}",
        invited_by=cast.admin,
        expires_at=timezone.now() + timedelta(days=7),
    )
    reviewed = factories.make_story(plan, owner=owner, copy="Closed on Sunday.")
    approved = factories.make_story(plan, owner=owner, copy="Open again.")
    handover = Handover.objects.create(
        organization=bank,
        subject_type="plans.Channel",
        subject_id=channel.pk,
        offered_by=owner,
        to=champion,
    )
    contact = factories.make_stakeholder(
        bank,
        name="Rosa Lind",
        owner=owner,
        plan=plan,
        held_since=timezone.now().date() - timedelta(days=40),
    )
    series = factories.make_series(
        bank,
        plan=plan,
        owner=owner,
        first_day=ahead - timedelta(days=56),
        invited=[owner, champion],
    )
    meeting = factories.make_meeting(series, notes="It works.")
    question = make_question(cast, plan, asked=champion, by=owner)
    answered = make_question(cast, plan, asked=champion, by=owner)
    objective = Objective.objects.create(
        organization=bank,
        plan=plan,
        title="More readers",
        measure="Readers",
        baseline=Decimal(0),
        target=Decimal(100),
    )
    key_date = factories.make_key_date(plan, title="Launch", owner=owner)
    key_date.answers.create(organization=bank, department=department)
    step = factories.make_task(
        plan, key_date=key_date, owner=owner, due=date(2027, 2, 24), lead=3, before=[key_date]
    )
    return SimpleNamespace(
        **factories.make_task_with_everything(plan, owner=owner),
        key_date=key_date,
        step=step,
        back_schedule=factories.make_back_schedule(bank).template,
        question=question,
        answered_question=answered,
        answer=playbook.answer(
            question=answered, by=champion, body="Ask the branch first.", now=timezone.now()
        ),
        entry=make_entry(cast),
        reading=ObjectiveReading.objects.create(
            organization=bank,
            objective=objective,
            on=date(2027, 2, 1),
            value=12,
            recorded_by=champion,
        ),
        stakeholder=contact,
        touchpoint=factories.make_touchpoint(
            contact, owner, day=contact.held_since, said="Told her of the spring fair."
        ),
        lapse_key=f"lapsed_stakeholder:{contact.pk}:{contact.held_since}",
        handover=handover,
        series=series,
        meeting=meeting,
        meeting_day=ahead.isoformat(),
        agenda_item=AgendaItem.objects.create(
            organization=bank, meeting=meeting, source="own", key="own:1", text="The spring"
        ),
        decision=MeetingDecision.objects.create(
            organization=bank, meeting=meeting, text="We go on.", by=owner
        ),
        action=ActionItem.objects.create(
            organization=bank, meeting=meeting, text="Ask the branch", created_by=owner
        ),
        unowned_channel=factories.make_channel(bank),
        free_template=factories.make_template(
            bank, name="Free", channel_kinds=["other"], needs_approval=False
        ),
        review=factories.make_review(reviewed, by=owner),
        approval=factories.make_approval(
            approved, by=owner, approver=factories.make_member(bank, "manager")
        ),
        cast=cast,
        organization=bank,
        champion=champion,
        owner=owner,
        member=factories.make_member(bank, user_fields={"name": "Tom Target"}),
        department=department,
        closure=ClosureDay.objects.create(
            organization=bank, date=date(2027, 12, 24), name="Christmas Eve"
        ),
        plan=plan,
        objective=objective,
        stream=factories.make_stream(plan, owner=owner),
        channel=channel,
        promise=promise,
        gap_key=f"shortfall:{missing.pk}:{ahead}",
        gap_day=ahead + timedelta(days=2),
        blackout=Blackout.objects.create(
            organization=bank,
            name="Quiet period",
            starts_on=date(2027, 4, 1),
            ends_on=date(2027, 4, 3),
        ),
        story=story,
        post=post,
        template=template,
        invitation=invitation,
        message=Message.objects.create(
            organization=bank,
            recipient=owner,
            occasion="2027-03-01",
            address=owner.user.email,
            subject="Late: a story",
            text="A story is late.",
            html="<p>A story is late.</p>",
            message_id=f"<matrix-{bank.pk}@plancraft.test>",
            state="failed",
        ),
        job=Job.objects.create(organization=bank, kind="import", started_by=owner),
    )
