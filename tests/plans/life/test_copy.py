"""A plan copied to a new period: every date, who owns what, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from people.errors import NotAllowed, Refused, Stale
from plans.life import queries, services
from plans.models import ChecklistItem, Objective, Plan, Task
from tests import factories
from tests.plans.kit import at
from tests.plans.life.kit import draft

pytestmark = pytest.mark.django_db
TODAY = date(2027, 1, 11)
LAUNCH = date(2027, 3, 1)


def whole(cast: Any) -> tuple[Plan, Any]:
    """A running plan with a launch, built back: design (5) before legal (3) before the launch."""
    plan = draft(cast, state="running")
    Objective.objects.filter(plan=plan).update(measure="homes", target=9, due_on=date(2027, 3, 12))
    factories.make_stream(plan, name="Branches", owner=cast.colleague)
    promise = plan.commitments.get()
    promise.effective_from = date(2027, 2, 1)
    promise.save()
    launch = factories.make_key_date(plan, title="Launch", date=LAUNCH, owner=cast.deactivated)
    team = factories.make_department(cast.organization)
    launch.answers.create(
        organization=cast.organization,
        department=team,
        answer="informed",
        answered_at="2027-01-05T12:00Z",
    )
    legal = factories.make_task(
        plan, title="Legal", key_date=launch, lead=3, due=date(2027, 2, 24), before=[launch]
    )
    design = factories.make_task(
        plan,
        title="Design",
        key_date=launch,
        lead=5,
        due=date(2027, 2, 17),
        before=[legal],
        owner=cast.member,
        state="done",
    )
    ChecklistItem.objects.create(
        organization=cast.organization,
        task=design,
        text="Logo",
        done_by=cast.member,
        done_at="2027-01-05T12:00Z",
    )
    factories.make_task(plan, title="Dropped", key_date=launch, lead=1, state="cancelled")
    factories.make_task(plan, title="Loose", due=LAUNCH)
    return plan, launch


def copied(plan: Plan, by: Any, day: date, anchor: Any = None, name: str = "Again") -> Plan:
    copy = services.plan_of_copy(queries.copied_from(plan), anchor, day, TODAY)
    return services.copy_plan(
        plan=plan, by=by, name=name, anchor=anchor, day=day, today=TODAY, token=copy.token
    )


def days(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {"plan": (plan.starts_on, plan.ends_on)}
    found |= {k.title: k.date for k in plan.key_dates.filter(cancelled_at=None)}
    steps = Task.objects.filter(plan=plan, key_date__isnull=False).exclude(state="cancelled")
    found |= {t.title: t.due for t in steps}
    found |= {o.title: o.due_on for o in plan.objectives.all()}
    found |= {
        f"promise {c.count}": (c.effective_from, c.effective_to) for c in plan.commitments.all()
    }
    return found


def test_moving_it_by_nothing_keeps_every_date(cast: Any) -> None:
    plan, launch = whole(cast)
    Task.objects.filter(title="Legal").update(due=date(2027, 2, 20))  # not where it would be built
    assert days(copied(plan, cast.member, plan.starts_on)) == days(plan)
    assert days(copied(plan, cast.member, LAUNCH, launch, "Twice")) == days(plan)


def test_a_key_date_moves_everything_and_steps_are_built_back_in_working_days(cast: Any) -> None:
    plan, launch = whole(cast)
    made = copied(plan, cast.member, date(2027, 9, 1), launch)
    shift = date(2027, 9, 1) - LAUNCH
    found = days(made)
    assert found["plan"] == (plan.starts_on + shift, plan.ends_on + shift)
    assert found["Launch"] == date(2027, 9, 1)  # a Wednesday
    assert found["Legal"] == date(2027, 8, 27)  # three working days before: a Friday
    assert found["Design"] == date(2027, 8, 20)
    assert found["More first homes"] == date(2027, 3, 12) + shift
    assert found["promise 3"] == (date(2027, 2, 1) + shift, None)
    assert {"Dropped", "Loose"}.isdisjoint(found)


def test_everything_is_to_be_done_again_by_who_still_can(cast: Any) -> None:
    plan, launch = whole(cast)
    made = copied(plan, cast.manager, LAUNCH + timedelta(days=364), launch)
    assert (made.state, made.owner, made.name) == ("draft", cast.member, "Again")
    key_date = made.key_dates.get()
    assert key_date.owner is None
    assert key_date.unowned_reason == "its owner has left"
    assert [a.answer for a in key_date.answers.all()] == [""]
    tasks = {task.title: task for task in made.tasks.all()}
    assert tasks["Design"].state == "open"
    assert tasks["Design"].owner == cast.member
    assert tasks["Legal"].owner is None
    assert {link.before_task for link in tasks["Design"].links.all()} == {tasks["Legal"]}
    assert [link.key_date for link in tasks["Legal"].links.all()] == [key_date]
    item = ChecklistItem.objects.get(task=tasks["Design"])
    assert (item.text, item.done_at) == ("Logo", None)
    assert made.streams.get().owner == cast.colleague
    assert made.objectives.get().target == 9
    assert plan.tasks.get(title="Design").state == "done"


def test_a_member_who_copies_anothers_plan_champions_the_copy(cast: Any) -> None:
    plan, _launch = whole(cast)
    assert copied(plan, cast.colleague, plan.starts_on).owner == cast.colleague


def test_what_is_refused(cast: Any) -> None:
    plan, launch = whole(cast)
    with pytest.raises(NotAllowed):
        copied(plan, cast.viewer, plan.starts_on)
    with pytest.raises(Refused, match="taken already"):
        copied(plan, cast.member, plan.starts_on, name=plan.name)
    with pytest.raises(Refused, match="too far away"):
        copied(plan, cast.member, date(2200, 12, 30), launch)
    other = factories.make_key_date(factories.make_plan(cast.organization))
    with pytest.raises(Refused, match="not copied"):
        copied(plan, cast.member, LAUNCH, other)
    copy = services.plan_of_copy(queries.copied_from(plan), None, plan.starts_on, TODAY)
    Task.objects.filter(title="Design").update(owner=cast.colleague)
    with pytest.raises(Stale):
        services.copy_plan(
            plan=plan,
            by=cast.member,
            name="Again",
            anchor=None,
            day=plan.starts_on,
            today=TODAY,
            token=copy.token,
        )
    assert not Plan.objects.filter(name="Again").exists()


def test_a_confidential_plan_stays_so_and_is_copied_only_by_who_sees_it(cast: Any) -> None:
    plan, _launch = whole(cast)
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    plan.refresh_from_db()
    with pytest.raises(NotAllowed):
        copied(plan, cast.manager, plan.starts_on)
    made = copied(plan, cast.member, plan.starts_on)
    assert made.is_confidential
    assert made.streams.get().owner is None  # Cole does not see it


def test_the_page_shows_every_date_before_anything_is_saved(cast: Any, client_of: Any) -> None:
    plan, launch = whole(cast)
    mine, url = client_of(cast.member), at("plan-copy", plan_id=plan.pk)
    assert "Nothing happens yet" in mine.get(url).content.decode()
    asked = {"name": "Autumn", "anchor": str(launch.pk), "day": "2027-09-01"}
    answer = mine.get(url, asked)
    shown = answer.content.decode()
    assert "Fri 27 August 2027" in shown
    assert "Dora Deactivated has left" in shown
    token = answer.context["copy"].token
    assert not Plan.objects.filter(name="Autumn").exists()
    stale = mine.post(url, {**asked, "token": "other"})
    assert stale.status_code == 409
    done = mine.post(url, {**asked, "token": token})
    assert done.url == at("plan", plan_id=Plan.objects.get(name="Autumn").pk)
    taken = mine.post(url, {**asked, "token": token})
    assert taken.status_code == 422
    assert "taken already" in taken.content.decode()
    assert mine.get(url, {**asked, "day": "soon"}).status_code == 400
    assert client_of(cast.viewer).get(url).status_code == 403


def test_the_paper_says_it_all(cast: Any, client_of: Any) -> None:
    plan, _launch = whole(cast)
    url = at("plan-print", plan_id=plan.pk)
    shown = client_of(cast.viewer).get(url).content.decode()
    for words in ("Maya Member", "More first homes", "3 a week", "Branches", "Legal", "Launch"):
        assert words in shown, words
    assert "Nothing of this plan was approved" in shown
    assert (
        "paper-letter.css" in client_of(cast.viewer).get(url, {"size": "letter"}).content.decode()
    )
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    assert client_of(cast.viewer).get(url).status_code == 404
