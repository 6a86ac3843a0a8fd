"""Key dates of the demo: one on course, one late from the start, an event of two departments."""

from __future__ import annotations

from datetime import date, timedelta

from dashboards.demo.cast import FOUNDATION, RETAIL
from dashboards.demo.stage import EVERYDAY, GRANTS, HOME, World
from people.working_calendar import calendar_of
from plans.models import BackScheduleTemplate, KeyDate, KeyDateKind, Task
from plans.schedule import queries, services
from plans.schedule.preview import Pin
from plans.schedule.records import KeyDateFields, StepFields
from plans.work.services import finish_task

OFFER = (
    ("brief", "Brief", "hanna", "", 3, ("copy",)),
    ("copy", "Copy deck", "lucia", "", 4, ("design",)),
    ("design", "Design", "tom", "", 3, ("legal",)),
    ("legal", "Legal approval", "", "Legal", 2, ("corrections",)),
    ("corrections", "Corrections, brand", "maya", "", 2, ("scheduling",)),
    ("scheduling", "Scheduling", "daniel", "", 2, ("key_date",)),
)
NOTICE = (
    ("wording", "Agree on the wording of the change", "priya", "", 5, ("translate", "answers")),
    ("translate", "Translate it", "amara", "", 4, ("check",)),
    ("answers", "Write the answers for the branches", "daniel", "", 3, ("brief",)),
    ("check", "Compliance reads it", "priya", "", 3, ("brief",)),
    ("brief", "Brief the branches", "daniel", "", 2, ("key_date",)),
)


def write(world: World) -> None:
    """The back-schedules that come with PlanCraft, two of the bank's own, and three key dates."""
    services.give_shipped(world.organization)
    _on_course(world)
    _late_from_the_start(world)
    _shared_event(world)


def _template(
    world: World, name: str, steps: tuple[tuple[str, str, str, str, int, tuple[str, ...]], ...]
) -> BackScheduleTemplate:
    return services.create_template(
        organization=world.organization,
        by=world.cast["ines"],
        name=name,
        steps=[
            StepFields(key, title, lead, before, role, world.who(owner))
            for key, title, owner, role, lead, before in steps
        ],
    )


def _built(world: World, key_date: KeyDate, template: BackScheduleTemplate) -> dict[str, Task]:
    """Build the template back, and answer with its tasks by their keys."""
    version, today = queries.newest_version(template), world.days.today
    seen = services.preview_build(key_date, version, key_date.date, today)
    services.apply_build(
        key_date=key_date,
        version=version,
        to=key_date.date,
        by=world.cast["ines"],
        token=seen.token,
        today=today,
    )
    return {task.step_key: task for task in queries.steps_of(key_date)}


def _key_date(world: World, plan: str, title: str, day: date, kind: str, owner: str) -> KeyDate:
    works = calendar_of(world.organization).shift(day, 0)
    return services.create_key_date(
        plan=world.plans[plan],
        by=world.cast["ines"],
        fields=KeyDateFields(title=title, date=works, kind=kind),
        owner=world.who(owner),
    )


def _on_course(world: World) -> None:
    """The first step is done, and design stands where its designer wanted it."""
    days, template = world.days, _template(world, "Branch offer", OFFER)
    launch = _key_date(
        world, HOME, "First Home rate lock", days.day(4, 2), KeyDateKind.LAUNCH.value, "hanna"
    )
    made = _built(world, launch, template)
    finish_task(task=made["brief"], by=world.cast["hanna"], at=days.now)
    launch = queries.get_key_date(world.organization, world.cast["ines"], launch.pk)
    design = made["design"]
    assert design.due is not None
    change = Pin(design, design.due - timedelta(days=1))
    seen = queries.preview(launch, change, days.today)
    services.apply_change(
        key_date=launch,
        change=change,
        by=world.cast["hanna"],
        token=seen.token,
        today=days.today,
    )


def _late_from_the_start(world: World) -> None:
    """A date that was set too close: its first steps were due before anyone began."""
    notice = _key_date(
        world,
        EVERYDAY,
        "Card fees change",
        world.days.day(1, 3),
        KeyDateKind.REGULATORY.value,
        "daniel",
    )
    _built(world, notice, _template(world, "Notice to customers", NOTICE))


def _shared_event(world: World) -> None:
    """An evening of the foundation that retail banking is asked about."""
    retail, foundation = world.team(RETAIL), world.team(FOUNDATION)
    services.create_key_date(
        plan=world.plans[GRANTS],
        by=world.cast["ines"],
        fields=KeyDateFields(
            title="Grants evening in Eastport",
            date=world.days.day(7, 3),
            kind=KeyDateKind.EVENT.value,
            department=foundation,
            note="Forty guests, in the branch after closing time.",
        ),
        owner=world.cast["amara"],
        affected=[retail] if retail else [],
    )
