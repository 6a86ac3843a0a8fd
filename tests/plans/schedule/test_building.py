"""Building back, moving and pinning: previews, applying them, and refusing what is stale."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.errors import NotAllowed, Refused, Stale
from people.models import Activity, ClosureDay
from plans.models import KeyDate, Plan, Task, TaskLink
from plans.schedule import queries, services
from plans.schedule.preview import Leads, MoveTo, Pin, Recompute, Unpin
from plans.schedule.records import StepFields, step_fields
from tests import factories
from tests.plans.schedule.conftest import LAUNCH, TODAY


def build(key_date: KeyDate, version: Any, cast: Any, to: date = LAUNCH) -> Any:
    preview = services.preview_build(key_date, version, to, TODAY)
    return services.apply_build(
        key_date=key_date,
        version=version,
        to=to,
        by=cast.colleague,
        token=preview.token,
        today=TODAY,
    )


def apply(key_date: KeyDate, change: Any, by: Any, today: date = TODAY) -> Any:
    key_date.refresh_from_db()
    preview = queries.preview(key_date, change, today)
    return services.apply_change(
        key_date=key_date, change=change, by=by, token=preview.token, today=today
    )


def steps(key_date: KeyDate) -> dict[str, Task]:
    return {task.step_key or task.title: task for task in key_date.tasks.all()}


def days(key_date: KeyDate) -> dict[str, str]:
    return {key: task.due.isoformat() for key, task in steps(key_date).items() if task.due}


BUILT = {"design": "2027-02-17", "legal": "2027-02-24", "brief": "2027-02-26"}


# Building ----------------------------------------------------------------------------------------
def test_a_preview_changes_nothing(key_date: KeyDate, version: Any, cast: Any) -> None:
    preview = services.preview_build(key_date, version, LAUNCH, TODAY)
    assert [(row.title, row.new.isoformat(), row.is_new) for row in preview.rows] == [
        ("Design the visuals", "2027-02-17", True),
        ("Legal review", "2027-02-24", True),
        ("Brief the branches", "2027-02-26", True),
    ]
    assert preview.affected == [cast.member]
    assert preview.earliest_feasible == date(2027, 2, 11)
    assert preview.is_feasible and not preview.changes_nothing
    assert not Task.objects.exists() and not Activity.objects.exists()


def test_applied_it_makes_tasks_with_owners_and_links(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    build(key_date, version, cast)
    made = steps(key_date)
    assert days(key_date) == BUILT
    assert made["design"].owner == cast.member and made["design"].lead == 5
    assert made["legal"].owner is None and made["legal"].role == "Legal"
    assert made["legal"].unowned_since is not None
    links = {
        (link.task.step_key, link.before_task_id or "launch") for link in TaskLink.objects.all()
    }
    assert links == {("design", made["legal"].pk), ("legal", "launch"), ("brief", "launch")}
    key_date.refresh_from_db()
    assert key_date.template_version == version and key_date.version == 2


def test_one_activity_names_each_affected_owner_once(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    version.steps.update(member=cast.member)
    version = queries.get_version(cast.organization, version.pk)
    build(key_date, version, cast)
    activity = Activity.objects.get(verb="key_date.built")
    assert activity.payload["affected"] == [cast.member.pk]
    assert len(activity.payload["made"]) == 3
    apply(key_date, MoveTo(date(2027, 3, 8)), cast.colleague)
    activity = Activity.objects.get(verb="key_date.moved")
    assert activity.payload["affected"] == [cast.member.pk]
    assert len(activity.payload["moved"]) == 3


def test_late_at_birth_is_shown_with_its_days(key_date: KeyDate, version: Any) -> None:
    preview = services.preview_build(key_date, version, date(2027, 2, 5), TODAY)
    assert [(row.title, row.new.isoformat(), row.late_by) for row in preview.late] == [
        ("Design the visuals", "2027-01-26", 4)
    ]
    assert not preview.is_feasible and preview.margin == -4


def test_a_member_who_cannot_own_leaves_the_step_to_its_role(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    version.steps.filter(key="design").update(member=cast.deactivated)
    Plan.objects.filter(pk=key_date.plan_id).update(is_confidential=True)
    version.steps.filter(key="legal").update(member=cast.manager)
    version = queries.get_version(cast.organization, version.pk)
    build(KeyDate.objects.get(pk=key_date.pk), version, cast)
    assert [task.owner for task in key_date.tasks.all()] == [None, None, None]


def test_a_step_meant_for_the_champion_is_theirs(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    version.steps.filter(key="legal").update(role="Champion")
    version = queries.get_version(cast.organization, version.pk)
    preview = services.preview_build(key_date, version, LAUNCH, TODAY)
    assert key_date.plan.owner in preview.affected
    build(key_date, version, cast)
    assert steps(key_date)["legal"].owner == key_date.plan.owner


def test_building_a_newer_version_brings_up_what_is_there(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    build(key_date, version, cast)
    fields = step_fields(version.steps.all())
    more = [
        *(field for field in fields if field.key != "design"),
        StepFields("design", "Design", 8, ("legal",), member=cast.member),
        StepFields("shoot", "Shoot", 2, ("design",)),
    ]
    services.edit_template(
        template=version.template, by=cast.manager, seen=1, name="Newer", steps=more
    )
    newer = queries.newest_version(version.template)
    assert newer.number == 2
    key_date.refresh_from_db()
    done = build(key_date, newer, cast)
    assert [row.title for row in done.new] == ["Shoot"]
    assert [row.title for row in done.moved] == ["Design the visuals"]
    assert key_date.tasks.count() == 4
    assert days(key_date)["design"] == "2027-02-12"


def test_a_task_by_hand_with_the_steps_key_is_built_back_from_then_on(
    key_date: KeyDate, version: Any, cast: Any, plan: Plan
) -> None:
    task = factories.make_task(plan, key_date=key_date, step_key="legal", due=date(2027, 2, 2))
    build(key_date, version, cast)
    task.refresh_from_db()
    assert (task.due, task.lead, task.pinned) == (date(2027, 2, 24), 3, False)


# Moving ------------------------------------------------------------------------------------------
def test_moving_moves_what_is_open_and_nothing_else(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    build(key_date, version, cast)
    made = steps(key_date)
    made["brief"].state, made["brief"].done_at = "done", datetime(2027, 2, 1, tzinfo=UTC)
    made["brief"].save()
    apply(key_date, Pin(made["legal"], date(2027, 2, 22)), cast.colleague)
    assert days(key_date)["design"] == "2027-02-15"
    apply(key_date, MoveTo(date(2027, 3, 15)), cast.colleague)
    assert days(key_date) == {
        "design": "2027-02-15",
        "legal": "2027-02-22",
        "brief": "2027-02-26",
    }
    apply(key_date, Unpin(steps(key_date)["legal"]), cast.colleague)
    assert days(key_date) == {**BUILT, "design": "2027-03-03", "legal": "2027-03-10"}


def test_the_time_of_day_moves_with_the_day_across_a_change_of_clocks(
    plan: Plan, cast: Any
) -> None:
    cast.organization.time_zone = "America/New_York"
    cast.organization.save()
    at = datetime(2027, 3, 10, 14, 0, tzinfo=UTC)  # nine o'clock in winter
    key_date = factories.make_key_date(plan, date=date(2027, 3, 10), at=at)
    apply(key_date, MoveTo(date(2027, 3, 17)), cast.manager)
    key_date.refresh_from_db()
    assert key_date.at == datetime(2027, 3, 17, 13, 0, tzinfo=UTC)


def test_moving_by_nothing_leaves_no_trace(key_date: KeyDate, version: Any, cast: Any) -> None:
    build(key_date, version, cast)
    done = apply(key_date, MoveTo(LAUNCH), cast.colleague)
    assert done.changes_nothing
    assert not Activity.objects.filter(verb="key_date.moved").exists()


def test_what_is_no_longer_as_previewed_is_refused(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    build(key_date, version, cast)
    to = date(2027, 3, 8)
    seen = services.preview_move(key_date, to, TODAY)
    ClosureDay.objects.create(
        organization=cast.organization, date=date(2027, 3, 3), name="Office closed"
    )
    with pytest.raises(Stale) as stale:
        services.apply_move(
            key_date=key_date, to=to, by=cast.colleague, token=seen.token, today=TODAY
        )
    assert days(key_date) == BUILT
    again = stale.value.current
    assert again.rows[-1].new == date(2027, 3, 5)
    services.apply_move(key_date=key_date, to=to, by=cast.colleague, token=again.token, today=TODAY)
    assert days(key_date)["design"] == "2027-02-23"


def test_a_day_later_the_preview_still_holds(key_date: KeyDate, version: Any, cast: Any) -> None:
    seen = services.preview_build(key_date, version, LAUNCH, TODAY)
    assert services.apply_build(
        key_date=key_date,
        version=version,
        to=LAUNCH,
        by=cast.manager,
        token=seen.token,
        today=TODAY + timedelta(days=1),
    )


def test_two_who_apply_the_same_preview_build_once(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    seen = services.preview_build(key_date, version, LAUNCH, TODAY)
    for expected in (None, Stale):
        call = {"version": version, "to": LAUNCH, "by": cast.manager, "today": TODAY}
        if expected is None:
            services.apply_build(key_date=key_date, token=seen.token, **call)
        else:
            with pytest.raises(expected):
                services.apply_build(key_date=key_date, token=seen.token, **call)
    assert key_date.tasks.count() == 3


def test_leads_can_be_changed_for_this_key_date(key_date: KeyDate, version: Any, cast: Any) -> None:
    build(key_date, version, cast)
    made = steps(key_date)
    by_hand = factories.make_task(key_date.plan, key_date=key_date, due=TODAY)
    apply(key_date, Leads({made["legal"].pk: 5, by_hand.pk: 3}), cast.colleague)
    assert days(key_date)["legal"] == "2027-02-22"
    assert days(key_date)["design"] == "2027-02-15"
    by_hand.refresh_from_db()
    assert by_hand.lead is None and by_hand.due == TODAY


def test_closing_a_day_is_offered_as_a_recomputation(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    build(key_date, version, cast)
    assert queries.would_move(cast.organization, cast.manager, TODAY) == []
    ClosureDay.objects.create(
        organization=cast.organization, date=date(2027, 2, 25), name="Office closed"
    )
    offered = queries.would_move(cast.organization, cast.manager, TODAY)
    assert [(p.key_date, len(p.moved)) for p in offered] == [(key_date, 2)]
    assert days(key_date) == BUILT
    services.apply_change(
        key_date=key_date,
        change=Recompute(),
        by=cast.manager,
        token=offered[0].token,
        today=TODAY,
    )
    assert days(key_date) == {**BUILT, "legal": "2027-02-23", "design": "2027-02-16"}
    assert queries.would_move(cast.organization, cast.manager, TODAY) == []


def test_nobody_is_offered_what_they_may_not_see(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    build(key_date, version, cast)
    ClosureDay.objects.create(organization=cast.organization, date=date(2027, 2, 25), name="x")
    Plan.objects.update(is_confidential=True)
    assert queries.would_move(cast.organization, cast.manager, TODAY) == []
    assert len(queries.would_move(cast.organization, cast.colleague, TODAY)) == 1


# What stands beside ------------------------------------------------------------------------------
def test_what_is_cancelled_is_stepped_over(key_date: KeyDate, version: Any, cast: Any) -> None:
    build(key_date, version, cast)
    made = steps(key_date)
    Task.objects.filter(pk=made["legal"].pk).update(state="cancelled")
    apply(key_date, Recompute(), cast.colleague)
    assert days(key_date)["design"] == "2027-02-22"


def test_a_pinned_step_behind_what_it_must_precede_conflicts(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    build(key_date, version, cast)
    design = steps(key_date)["design"]
    preview = services.preview_pin(key_date, design, date(2027, 2, 26), TODAY)
    assert [(row.title, row.conflicts) for row in preview.conflicting] == [
        ("Design the visuals", ("Legal review",))
    ]


def test_a_task_of_another_key_date_holds_and_does_not_move(
    key_date: KeyDate, plan: Plan, cast: Any
) -> None:
    other = factories.make_key_date(plan, date=date(2027, 2, 12))
    foreign = factories.make_task(plan, key_date=other, due=date(2027, 2, 10), before=[other])
    ours = factories.make_task(
        plan, key_date=key_date, lead=2, due=date(2027, 2, 8), before=[key_date, foreign]
    )
    preview = services.preview_move(key_date, date(2027, 4, 1), TODAY)
    assert [row.task for row in preview.rows] == [ours]
    assert preview.changes_nothing is False and preview.moved == []


# Refusals ----------------------------------------------------------------------------------------
def test_only_champion_and_leaders_move_a_key_date(
    key_date: KeyDate, version: Any, cast: Any
) -> None:
    token = services.preview_build(key_date, version, LAUNCH, TODAY).token
    for by in (cast.member, cast.expert, cast.viewer, cast.deactivated, cast.outsider):
        with pytest.raises(NotAllowed):
            services.apply_build(
                key_date=key_date, version=version, to=LAUNCH, by=by, token=token, today=TODAY
            )
    Plan.objects.filter(pk=key_date.plan_id).update(is_confidential=True)
    with pytest.raises(NotAllowed):
        services.apply_build(
            key_date=key_date, version=version, to=LAUNCH, by=cast.manager, token=token, today=TODAY
        )
    assert not Task.objects.exists()


def test_what_is_over_or_closed_does_not_move(key_date: KeyDate, cast: Any) -> None:
    token = services.preview_move(key_date, TODAY, TODAY).token
    call = {"to": TODAY, "by": cast.manager, "token": token, "today": TODAY}
    KeyDate.objects.update(done_at=datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(Refused, match="done"):
        services.apply_move(key_date=key_date, **call)
    KeyDate.objects.update(done_at=None)
    Plan.objects.update(state="closed")
    with pytest.raises(Refused, match="closed"):
        services.apply_move(key_date=key_date, **call)


def test_a_template_of_another_organization_is_refused(key_date: KeyDate, cast: Any) -> None:
    foreign = factories.make_back_schedule(cast.other_organization)
    preview = services.preview_build(key_date, foreign, LAUNCH, TODAY)
    with pytest.raises(Refused, match="not one of yours"):
        services.apply_build(
            key_date=key_date,
            version=foreign,
            to=LAUNCH,
            by=cast.manager,
            token=preview.token,
            today=TODAY,
        )


def test_a_done_step_is_neither_pinned_nor_unpinned(key_date: KeyDate, plan: Plan) -> None:
    done = factories.make_task(plan, key_date=key_date, lead=1, due=TODAY, state="done")
    by_hand = factories.make_task(plan, key_date=key_date, due=TODAY)
    elsewhere = factories.make_task(plan, due=TODAY)
    for task in (done, elsewhere):
        with pytest.raises(Refused):
            services.preview_pin(key_date, task, TODAY, TODAY)
    with pytest.raises(Refused, match="not built back"):
        services.preview_unpin(key_date, by_hand, TODAY)


def test_links_in_a_circle_are_named(key_date: KeyDate, plan: Plan) -> None:
    one = factories.make_task(plan, key_date=key_date, title="One", lead=1, due=TODAY)
    two = factories.make_task(plan, key_date=key_date, title="Two", lead=1, due=TODAY, before=[one])
    TaskLink.objects.create(organization=plan.organization, task=one, before_task=two)
    with pytest.raises(Refused, match=r"“One” → “Two” → “One”|“Two” → “One” → “Two”"):
        services.preview_move(key_date, LAUNCH, TODAY)


def test_the_number_of_queries_does_not_grow(key_date: KeyDate, cast: Any, plan: Plan) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as found:
            queries.standing(
                queries.get_key_date(cast.organization, cast.member, key_date.pk), TODAY
            )
            queries.would_move(cast.organization, cast.member, TODAY)
            list(queries.key_date_rows(cast.organization, cast.member, TODAY))
        return len(found)

    few = ask()
    for _ in range(3):
        other = factories.make_key_date(plan)
        for _ in range(5):
            for which in (key_date, other):
                factories.make_task(
                    plan, key_date=which, lead=1, due=TODAY, owner=cast.member, before=[which]
                )
    assert ask() == few
