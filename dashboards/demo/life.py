"""Plans that are approved: Everyday Banking was, and reads otherwise since; and events that ask
other departments."""

from __future__ import annotations

import uuid
from dataclasses import replace

from dashboards.demo.cast import CORPORATE
from dashboards.demo.stage import EVERYDAY, World
from plans.models import KeyDateAnswer
from plans.schedule import events
from plans.services.plans import edit_plan, fields_now
from workflow import queries, reviews, who_approves


def write(world: World) -> None:
    """The workflow for plans, the approved plan with a later edit, and the questions."""
    _approve(world)
    _ask(world)


def _approve(world: World) -> None:
    cast, plan = world.cast, world.plans[EVERYDAY]
    who_approves.save_template(
        organization=world.organization,
        by=cast["ruth"],
        name="Plans",
        channel_kinds=["plan"],
        stages=[who_approves.StageSpec("Plan approval", "people", people=[cast["ruth"]])],
    )
    review = reviews.submit(
        subject=plan.subject,
        by=cast["ines"],
        expected_hash=queries.hash_now(plan.subject),
        key=uuid.uuid4(),
        now=world.days.ago(9),
    )
    reviews.decide(
        review=review,
        by=cast["ruth"],
        choice="approve",
        expected_hash=review.revision.hash,
        key=uuid.uuid4(),
    )
    plan.refresh_from_db()
    said = fields_now(plan)
    summary = f"{said.summary} From this spring also for students.".strip()
    edit_plan(
        plan=plan, by=cast["ines"], version=plan.version, fields=replace(said, summary=summary)
    )
    plan.refresh_from_db()


def _ask(world: World) -> None:
    """Retail banking was asked four days ago and has not answered; corporate takes part."""
    waiting = KeyDateAnswer.objects.filter(organization=world.organization, answer="")
    waiting.update(asked_at=world.days.ago(4))
    event = waiting.select_related("key_date__plan").order_by("pk")[0].key_date
    answer = KeyDateAnswer.objects.create(
        organization=world.organization,
        key_date=event,
        department=world.team(CORPORATE),
        asked_at=world.days.ago(4),
    )
    events.answer_event(
        answer=answer,
        by=world.cast["jonas"],
        choice="takes_part",
        seen="",
        at=world.days.ago(1),
    )
