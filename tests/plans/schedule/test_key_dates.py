"""Key dates and back-schedules: one service each, success and refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from people.errors import NotAllowed, Refused, Stale
from people.models import Activity
from people.services import create_organization
from plans.backschedule import find_cycle
from plans.models import (
    BackScheduleStep,
    BackScheduleTemplate,
    BackScheduleVersion,
    KeyDate,
    Plan,
    Task,
)
from plans.schedule import queries, services
from plans.schedule.records import KeyDateFields, StepFields, free_key, key_date_fields
from plans.schedule.shipped import SHIPPED
from tests import factories
from tests.plans.schedule.conftest import LAUNCH, TODAY
from workflow import ownership
from workflow.queries import responsible_for, unowned

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
STEPS = (StepFields("legal", "Legal review", 3, ("key_date",), role="Legal"),)


# Key dates ---------------------------------------------------------------------------------------
def test_a_key_date_with_owner_and_affected_departments(plan: Plan, cast: Any) -> None:
    retail = factories.make_department(cast.organization, name="Retail")
    made = services.create_key_date(
        plan=plan,
        by=cast.colleague,
        fields=KeyDateFields("Opening", LAUNCH, kind="event"),
        owner=cast.member,
        affected=[retail],
    )
    made.refresh_from_db()
    assert (made.owner, made.kind, made.date) == (cast.member, "event", LAUNCH)
    assert [answer.department for answer in queries.answers_of(made)] == [retail]
    assert Activity.objects.get(verb="key_date.created").payload["date"] == "2027-03-01"


def test_who_may_not_edit_the_plan_makes_no_key_date(plan: Plan, cast: Any) -> None:
    fields = KeyDateFields("Opening", LAUNCH)
    for by in (cast.member, cast.expert, cast.viewer, cast.deactivated, cast.outsider):
        with pytest.raises(NotAllowed):
            services.create_key_date(plan=plan, by=by, fields=fields)
    with pytest.raises(Refused, match="title"):
        services.create_key_date(plan=plan, by=cast.manager, fields=KeyDateFields(" ", LAUNCH))
    with pytest.raises(Refused, match="another day"):
        services.create_key_date(
            plan=plan,
            by=cast.manager,
            fields=replace(fields, at=datetime(2027, 3, 2, 9, tzinfo=UTC)),
        )
    assert not KeyDate.objects.exists()


def test_editing_keeps_the_day_and_notices_who_was_faster(key_date: KeyDate, cast: Any) -> None:
    fields = replace(key_date_fields(key_date), note="Doors at nine")
    edited = services.edit_key_date(key_date=key_date, by=cast.manager, version=1, fields=fields)
    assert (edited.note, edited.version) == ("Doors at nine", 2)
    with pytest.raises(Stale):
        services.edit_key_date(key_date=key_date, by=cast.colleague, version=1, fields=fields)
    with pytest.raises(Refused, match="preview"):
        services.edit_key_date(
            key_date=key_date, by=cast.colleague, version=2, fields=replace(fields, date=TODAY)
        )


def test_done_called_off_and_reopened(key_date: KeyDate, cast: Any, plan: Plan) -> None:
    task = factories.make_task(plan, key_date=key_date, owner=cast.member)
    done = services.finish_key_date(key_date=key_date, by=cast.colleague, at=NOW)
    assert done.done_at == NOW
    assert services.finish_key_date(key_date=key_date, by=cast.colleague, at=NOW).version == 2
    with pytest.raises(Refused, match="done"):
        services.cancel_key_date(key_date=key_date, by=cast.colleague, at=NOW)
    services.reopen_key_date(key_date=key_date, by=cast.colleague)
    off = services.cancel_key_date(key_date=key_date, by=cast.colleague, at=NOW)
    task.refresh_from_db()
    assert off.cancelled_at == NOW and task.state == "cancelled" and task.owner == cast.member
    assert Activity.objects.get(verb="key_date.cancelled").payload["affected"] == [cast.member.pk]
    with pytest.raises(NotAllowed):
        services.reopen_key_date(key_date=key_date, by=cast.member)


def test_key_dates_and_tasks_are_owned_like_everything(
    key_date: KeyDate, plan: Plan, cast: Any
) -> None:
    stream = factories.make_stream(plan, owner=cast.manager)
    free = factories.make_task(plan, stream=stream, role="Legal", due=TODAY)
    nobody = factories.make_key_date(plan)
    rows = {(row.label, row.pk): row for row in unowned(cast.organization, cast.viewer)}
    assert set(rows) >= {("plans.Task", free.pk), ("plans.KeyDate", nobody.pk)}
    assert rows[("plans.Task", free.pk)].due == TODAY
    assert list(responsible_for(free)) == [cast.manager, cast.colleague]
    assert next(iter(responsible_for(nobody))) == cast.colleague
    ownership.claim(row=free, by=cast.member)
    ownership.assign(row=nobody, to=cast.member, by=cast.colleague)
    assert ownership.vacate_everything_of(cast.member, "left", cast.admin) == 2
    Plan.objects.update(is_confidential=True)
    assert not unowned(cast.organization, cast.manager)


def test_reading_key_dates_by_plan_and_days(key_date: KeyDate, plan: Plan, cast: Any) -> None:
    late = factories.make_task(plan, key_date=key_date, due=date(2027, 1, 4))
    factories.make_task(plan, key_date=key_date, state="done", owner=cast.member)
    row = queries.key_date_rows(cast.organization, cast.viewer, TODAY, plan=plan).get()
    assert (row.steps, row.steps_done, row.steps_late, row.steps_unowned) == (2, 1, 1, 1)
    assert late.pk
    found = queries.key_dates(cast.organization, cast.viewer, first=TODAY, last=LAUNCH)
    assert list(found) == [key_date]
    assert not queries.key_dates(cast.organization, cast.viewer, last=TODAY).exists()
    assert not queries.key_dates(cast.organization, cast.outsider).exists()


# Back-schedules ----------------------------------------------------------------------------------
def create(cast: Any, **kw: Any) -> BackScheduleTemplate:
    kw.setdefault("by", cast.manager)
    kw.setdefault("name", "Our launch")
    kw.setdefault("steps", STEPS)
    return services.create_template(organization=cast.organization, **kw)


def test_a_template_is_versioned_by_its_steps(cast: Any) -> None:
    template = create(cast)
    call = {"template": template, "by": cast.manager, "name": "Our launch"}
    services.edit_template(**call, seen=1, steps=STEPS)
    assert queries.newest_version(template).number == 1
    more = (*STEPS, StepFields("design", "Design", 5, ("legal",)))
    services.edit_template(**call, seen=1, steps=more)
    newest = queries.newest_version(template)
    assert (newest.number, [s.key for s in newest.steps.all()]) == (2, ["legal", "design"])
    with pytest.raises(Stale):
        services.edit_template(**call, seen=1, steps=STEPS)
    row = queries.templates(cast.organization).get()
    assert (row.number, row.step_count) == (2, 2)


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ((), "at least one step"),
        ((StepFields("a", " ", 1, ("key_date",)),), "title"),
        ((StepFields("key_date", "A", 1, ("key_date",)),), "key of its own"),
        ((STEPS[0], STEPS[0]), "key of its own"),
        ((StepFields("a", "Ask", 1, ()),), "“Ask” comes before"),
        ((StepFields("a", "Ask", 1, ("b",)),), "not there"),
        ((StepFields("a", "Ask", -1, ("key_date",)),), "lead of “Ask”"),
        (
            (StepFields("a", "Ask", 1, ("b",)), StepFields("b", "Wait", 1, ("a",))),
            "wait for each other.*“Ask” → “Wait” → “Ask”",
        ),
    ],
)
def test_steps_that_make_no_schedule_are_refused_by_name(
    cast: Any, steps: Any, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        create(cast, steps=steps)
    assert not BackScheduleTemplate.objects.exists()


def test_a_template_is_changed_by_leaders_only(cast: Any) -> None:
    template = create(cast)
    for by in (cast.member, cast.expert, cast.viewer, cast.deactivated, cast.outsider):
        with pytest.raises(NotAllowed):
            create(cast, by=by, name="Another")
        with pytest.raises(NotAllowed):
            services.archive_template(template=template, by=by, at=NOW)
        with pytest.raises(NotAllowed):
            services.edit_template(template=template, by=by, seen=1, name="Mine", steps=STEPS)
        with pytest.raises(NotAllowed):
            services.copy_template(template=template, by=by, name="Copy")


def test_a_step_is_meant_for_someone_who_can_own(cast: Any) -> None:
    for member in (cast.viewer, cast.deactivated, cast.outsider):
        with pytest.raises(Refused, match="cannot be made accountable"):
            create(cast, steps=[replace(STEPS[0], member=member)])


def test_copy_archive_and_restore(cast: Any) -> None:
    template = create(cast, steps=[replace(STEPS[0], member=cast.member)])
    copy = services.copy_template(template=template, by=cast.manager, name="Copy")
    assert queries.newest_version(copy).steps.get().member == cast.member
    with pytest.raises(Refused, match="taken"):
        services.copy_template(template=template, by=cast.manager, name="copy")
    services.archive_template(template=template, by=cast.manager, at=NOW)
    assert [t.name for t in queries.templates(cast.organization)] == ["Copy"]
    assert [t.name for t in queries.templates(cast.organization, archived=True)] == ["Our launch"]
    services.restore_template(template=template, by=cast.manager)
    assert queries.templates(cast.organization).count() == 2


def test_keys_are_made_of_titles() -> None:
    assert free_key("Legal review", set()) == "legal-review"
    assert free_key("Legal review", {"legal-review"}) == "legal-review-2"
    assert free_key("法律", set()) == "step"
    assert free_key("key_date", set()) == "key_date-2"


# What PlanCraft comes with -----------------------------------------------------------------------
def test_the_shipped_ones_make_schedules() -> None:
    assert len(SHIPPED) >= 8
    assert len({shipped.key for shipped in SHIPPED}) == len(SHIPPED)
    for shipped in SHIPPED:
        keys = [step.key for step in shipped.steps]
        assert len(set(keys)) == len(keys) >= 8
        assert all(step.title and step.role for step in shipped.steps)
        assert {o for step in shipped.steps for o in step.before} <= {*keys, "key_date"}
        assert find_cycle({step.key: step.before for step in shipped.steps}) is None


def test_a_new_organization_begins_with_them(db: None, cast: Any) -> None:
    admin = create_organization(
        user=factories.make_user(), name="New Firm", time_zone="UTC", now=timezone.now()
    )
    found = queries.templates(admin.organization)
    assert {row.shipped_key for row in found} == {shipped.key for shipped in SHIPPED}
    assert all(row.step_count >= 8 for row in found)
    services.give_shipped(admin.organization)
    assert found.count() == len(SHIPPED)


def test_organizations_there_are_get_them_once_by_migration(cast: Any) -> None:
    from importlib import import_module

    give = import_module("plans.migrations.0005_shipped_back_schedules").give
    for _ in range(2):
        give(apps, None)
        assert BackScheduleTemplate.objects.filter(organization=cast.organization).count() == 9
    assert BackScheduleVersion.objects.count() == 18
    assert BackScheduleStep.objects.filter(organization=cast.organization).count() > 80
    assert not Task.objects.exists()
