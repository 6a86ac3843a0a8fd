"""From an imported timeline to a template, and back from a new date: the whole chain."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from people.errors import NotAllowed, Refused
from people.models import ClosureDay
from people.working_calendar import calendar_of
from plans.models import BackScheduleTemplate, KeyDate, Plan, Task
from plans.schedule.queries import newest_version
from plans.schedule.services import apply_build, apply_move, preview_build, preview_move
from plans.timelines.learning import Why
from plans.timelines.lessons import learn_template, lessons_of
from tests import factories
from tests.plans.timelines.kit import GARDEN, TODAY, brought_in

RELEASE = date(2026, 10, 14)


@pytest.fixture
def release(plan: Plan, cast: Any) -> KeyDate:
    brought_in(plan, cast.manager)
    return KeyDate.objects.get(title="Garden app released")


def learned(release: KeyDate, by: Any, name: str = "Garden release") -> BackScheduleTemplate:
    titles = {line.task.pk: line.task.title for line in lessons_of(release).taken}
    return learn_template(key_date=release, by=by, name=name, titles=titles)


def built_on(plan: Plan, template: BackScheduleTemplate, day: date, by: Any) -> KeyDate:
    """A key date of the plan with the template built back from that day."""
    key_date = factories.make_key_date(plan, title="Next release", date=day)
    version = newest_version(template)
    preview = preview_build(key_date, version, day, TODAY)
    apply_build(key_date=key_date, version=version, to=day, by=by, token=preview.token, today=TODAY)
    key_date.refresh_from_db()
    return key_date


def days(key_date: KeyDate) -> dict[str, date | None]:
    return dict(Task.objects.filter(key_date=key_date).values_list("title", "due"))


def test_building_back_from_the_same_date_gives_the_same_dates(
    release: KeyDate, plan: Plan, cast: Any
) -> None:
    template = learned(release, cast.manager)
    other = factories.make_plan(cast.organization, name="Again", starts_on=plan.starts_on)
    again = built_on(other, template, RELEASE, cast.manager)
    kept = {title: due for title, due in days(release).items() if due}
    assert len(kept) == 8 and days(again) == kept
    roles = dict(Task.objects.filter(key_date=again).values_list("title", "role"))
    assert roles["Second trial"] == "Builder"
    assert Task.objects.get(key_date=again, title="Call the local papers").owner == cast.member


def test_a_new_date_moved_across_a_holiday(release: KeyDate, plan: Plan, cast: Any) -> None:
    """The chain of the issue: import, learn, build back from a new date, move by two weeks."""
    template = learned(release, cast.manager)
    other = factories.make_plan(cast.organization, name="Spring", ends_on=date(2027, 12, 31))
    spring = built_on(other, template, date(2027, 3, 24), cast.manager)
    calendar, leads = calendar_of(cast.organization), {}
    for task in Task.objects.filter(key_date=spring):
        leads[task.title] = task.lead
        assert task.due == calendar.shift(spring.date, -task.lead)
    to = date(2027, 4, 7)  # Good Friday and Easter Monday lie between
    preview = preview_move(spring, to, TODAY)
    assert {row.title for row in preview.moved} == set(leads)
    apply_move(key_date=spring, to=to, by=cast.manager, token=preview.token, today=TODAY)
    after = days(spring)
    assert after == {title: calendar.shift(to, -lead) for title, lead in leads.items()}
    assert after["Second trial"] == date(2027, 3, 30)  # six working days, two holidays stepped over
    assert after["Release note published"] == to


def test_a_step_on_a_holiday_is_told_and_comes_before(
    release: KeyDate, plan: Plan, cast: Any
) -> None:
    ClosureDay.objects.create(organization=cast.organization, date=date(2026, 10, 6), name="Moving")
    [line] = lessons_of(release).shifted
    assert line.task.title == "Second trial" and line.learned is not None
    assert (line.learned.built, line.learned.moved) == (date(2026, 10, 5), 1)
    template = learned(release, cast.manager)
    other = factories.make_plan(cast.organization, name="Again", starts_on=plan.starts_on)
    assert days(built_on(other, template, RELEASE, cast.manager))["Second trial"] == date(
        2026, 10, 5
    )


def test_links_become_the_steps_order(plan: Plan, cast: Any) -> None:
    launch = factories.make_key_date(plan, title="Launch", date=RELEASE)
    legal = factories.make_task(
        plan, title="Legal", due=date(2026, 10, 9), key_date=launch, before=[launch]
    )
    factories.make_task(plan, title="Draft", due=date(2026, 10, 2), key_date=launch, before=[legal])
    factories.make_task(plan, title="Undated", key_date=launch)
    factories.make_task(plan, title="Thanks", due=date(2026, 10, 20), key_date=launch)
    factories.make_task(
        plan, title="Gone", due=date(2026, 10, 1), key_date=launch, state="cancelled"
    )
    lessons = lessons_of(launch)
    assert {line.task.title: line.why for line in lessons.lines} == {
        "Draft": None,
        "Legal": None,
        "Undated": Why.UNDATED,
        "Thanks": Why.AFTER,
    }
    steps = newest_version(learned(launch, cast.manager)).steps.all()
    assert [(s.key, s.lead, s.before) for s in steps] == [
        ("draft", 5, ["legal"]),
        ("legal", 3, ["key_date"]),
    ]


def test_only_what_is_ticked_is_learned_under_its_new_title(release: KeyDate, cast: Any) -> None:
    trial = Task.objects.get(title="Second trial")
    template = learn_template(
        key_date=release, by=cast.manager, name="Short", titles={trial.pk: "Last trial"}
    )
    [step] = newest_version(template).steps.all()
    assert (step.title, step.key, step.role, step.lead) == (
        "Last trial",
        "last-trial",
        "Builder",
        6,
    )


def test_refusals(release: KeyDate, plan: Plan, cast: Any) -> None:
    with pytest.raises(Refused, match="Tick at least one step"):
        learn_template(key_date=release, by=cast.manager, name="None", titles={})
    with pytest.raises(NotAllowed):
        learned(release, cast.member)
    learned(release, cast.manager)
    with pytest.raises(Refused, match="name is taken"):
        learned(release, cast.manager)
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    release.refresh_from_db()
    with pytest.raises(NotAllowed):
        learned(release, cast.manager, "Other")
    assert GARDEN
