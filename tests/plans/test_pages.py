"""The pages of plans, and what every page of theirs holds to, through the browser's eyes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.permissions import Perm
from plans.models import Blackout, Channel, Objective, Plan, PlanReader
from plans.registry import (
    PLAN_PANELS,
    PlanFact,
    PlanPanel,
    PlanPanels,
    PlanTab,
    PromiseCell,
    PromiseColumn,
)
from plans.rules import PlanState
from tests import factories
from tests.plans.kit import HUGE, at, plan_form


# The list ----------------------------------------------------------------------------------------
def test_a_plan_without_champion_says_so_and_comes_first(
    cast: Any, client_of: Any, plan: Plan
) -> None:
    factories.make_plan(cast.organization, name="Zebra Grants")
    page = client_of(cast.viewer).get(at("plans")).content.decode()
    assert "No champion" in page
    assert page.index("Zebra Grants") < page.rindex("Home Buyer Spring")


def test_the_first_run_offers_the_next_step(cast: Any, client_of: Any) -> None:
    page = client_of(cast.admin).get(at("plans")).content.decode()
    assert "Northlake Bank has no plan yet" in page
    assert at("channel-new") in page and at("plan-new") in page
    assert at("channel-new") not in client_of(cast.viewer).get(at("plans")).content.decode()


def test_closed_plans_stand_under_their_own_tab(cast: Any, client_of: Any, plan: Plan) -> None:
    old = factories.make_plan(cast.organization, name="Last Autumn", state=PlanState.CLOSED)
    client = client_of(cast.viewer)
    assert old.name not in client.get(at("plans")).content.decode()
    shown = client.get(at("plans"), {"show": "closed"})
    assert [row.plan for row in shown.context["rows"]] == [old]


@pytest.mark.parametrize("query", ["show=nonsense", "page=abc", "page=-1", "page=999999", "x=%00"])
def test_malformed_parameters_give_the_plain_page(
    cast: Any, client_of: Any, plan: Plan, query: str
) -> None:
    response = client_of(cast.viewer).get(at("plans") + "?" + query)
    assert response.status_code == 200 and plan.name in response.content.decode()


# The plan ----------------------------------------------------------------------------------------
def test_the_plan_shows_its_promises_streams_and_days_left(
    cast: Any, client_of: Any, channel: Channel
) -> None:
    today = timezone.now().date()
    plan = factories.make_plan(
        cast.organization, owner=cast.member, starts_on=today, ends_on=today + timedelta(days=21)
    )
    factories.make_commitment(plan, channel, count=3, weekdays=[0, 2, 4])
    factories.make_stream(plan, name="Branch stories")
    grants = factories.make_plan(
        cast.organization, name="Grants", starts_on=today, ends_on=today + timedelta(days=9)
    )
    factories.make_commitment(grants, channel)
    page = client_of(cast.viewer).get(at("plan", plan_id=plan.pk)).content.decode()
    for words in (
        "every Monday, Wednesday and Friday",
        "Cole Colleague",
        "Branch stories",
        "21 days left",
        "3 a week promised by Grants",
    ):
        assert words in page
    assert at("plan-edit", plan_id=plan.pk) not in page


def test_an_id_that_cannot_be_is_not_found(cast: Any, client_of: Any, plan: Plan) -> None:
    client = client_of(cast.admin)
    for name, ids in {
        "plan": {"plan_id": HUGE},
        "plan-edit": {"plan_id": HUGE},
        "promise-edit": {"plan_id": plan.pk, "promise_id": HUGE},
        "stream-edit": {"plan_id": plan.pk, "stream_id": HUGE},
        "channel": {"channel_id": HUGE},
        "channel-edit": {"channel_id": 0},
    }.items():
        assert client.get(at(name, **ids)).status_code == 404, name
    assert client.post(at("blackout-remove", blackout_id=HUGE)).status_code == 404


def test_a_promise_is_found_under_its_own_plan_only(
    cast: Any, client_of: Any, plan: Plan, channel: Channel
) -> None:
    promise = factories.make_commitment(factories.make_plan(cast.organization), channel)
    url = at("promise-edit", plan_id=plan.pk, promise_id=promise.pk)
    assert client_of(cast.admin).get(url).status_code == 404


def test_a_confidential_plan_is_not_there_for_others(cast: Any, client_of: Any, plan: Plan) -> None:
    missing = client_of(cast.manager).get(at("plan", plan_id=HUGE)).content
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    for who in (cast.manager, cast.colleague, cast.viewer):
        response = client_of(who).get(at("plan", plan_id=plan.pk))
        assert response.status_code == 404
        assert plan.name not in client_of(who).get(at("plans")).content.decode()
    assert len(client_of(cast.manager).get(at("plan", plan_id=plan.pk)).content) == len(missing)
    assert client_of(cast.member).get(at("plan", plan_id=plan.pk)).status_code == 200


def test_an_administrator_sees_only_that_it_exists_and_takes_it_over(
    cast: Any, client_of: Any, plan: Plan
) -> None:
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    client = client_of(cast.admin)
    for url in (at("plans"), at("plan", plan_id=plan.pk)):
        page = client.get(url).content.decode()
        assert "Maya Member" in page and "A confidential plan" in page
        assert plan.name not in page and plan.summary not in page
    url = at("plan-take-over", plan_id=plan.pk)
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "On leave"}).status_code == 302
    assert plan.name in client.get(at("plan", plan_id=plan.pk)).content.decode()
    assert "On leave" in client_of(cast.member).get(at("plan", plan_id=plan.pk)).content.decode()


def test_a_plan_is_closed_and_reopened_by_its_buttons(
    cast: Any, client_of: Any, plan: Plan
) -> None:
    client, url = client_of(cast.member), at("plan-state", plan_id=plan.pk)
    assert client.post(url, {"to": "closed"}).status_code == 302
    assert "This plan is closed" in client.get(at("plan", plan_id=plan.pk)).content.decode()
    assert client.post(url, {"to": "draft"}).status_code == 409
    assert client.post(url, {"to": "nonsense"}).status_code == 409
    assert client.post(url, {"to": "running"}).status_code == 302
    assert client.get(url).status_code == 405
    assert client_of(cast.colleague).post(url, {"to": "closed"}).status_code == 403


# Creating and editing ----------------------------------------------------------------------------
def test_a_plan_is_created_with_its_champion_and_objectives(cast: Any, client_of: Any) -> None:
    data = plan_form(champion=cast.member.pk, objectives="More readers\n\n More bookings ", start=1)
    response = client_of(cast.manager).post(at("plan-new"), data)
    plan = Plan.objects.get()
    assert response.url == at("plan", plan_id=plan.pk)
    assert plan.owner == cast.member and plan.state == PlanState.RUNNING
    assert [o.title for o in plan.objectives.all()] == ["More readers", "More bookings"]


def test_what_was_typed_survives_what_is_to_correct(cast: Any, client_of: Any) -> None:
    data = plan_form(name="", ends_on="2027-01-03", summary="My words", champion=HUGE)
    response = client_of(cast.manager).post(at("plan-new"), data)
    page = response.content.decode()
    assert response.status_code == 422
    for words in ("Give the plan a name.", "cannot end before it begins", "My words"):
        assert words in page
    assert not Plan.objects.exists()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "abc", "2027-02-30", "\x00"])
def test_days_that_cannot_be_are_said_so(cast: Any, client_of: Any, day: str) -> None:
    response = client_of(cast.manager).post(at("plan-new"), plan_form(ends_on=day))
    assert response.status_code == 422 and response.context["form"].errors["ends_on"]


def test_a_taken_name_is_said_so_and_loses_nothing(cast: Any, client_of: Any, plan: Plan) -> None:
    data = plan_form(name=plan.name.upper(), summary="Mine")
    response = client_of(cast.manager).post(at("plan-new"), data)
    page = response.content.decode()
    assert response.status_code == 422 and "taken already" in page and "Mine" in page


def test_foreign_people_and_departments_cannot_be_chosen(
    cast: Any, client_of: Any, plan: Plan
) -> None:
    foreign = factories.make_department(cast.other_organization)
    data = plan_form(plan, department=foreign.pk, readers=[cast.outsider.pk], is_confidential=1)
    response = client_of(cast.member).post(at("plan-edit", plan_id=plan.pk), data)
    assert set(response.context["form"].errors) == {"department", "readers"}


def test_the_second_editor_sees_what_differs_and_loses_nothing(
    cast: Any, client_of: Any, plan: Plan
) -> None:
    url, first, second = at("plan-edit", plan_id=plan.pk), plan_form(plan), plan_form(plan)
    first["summary"], second["summary"] = "For first-time buyers", "For every buyer"
    assert client_of(cast.member).post(url, first).status_code == 302
    response = client_of(cast.manager).post(url, second)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Maya Member changed this while you were writing" in page
    assert "For first-time buyers" in page and "For every buyer" in page
    plan.refresh_from_db()
    assert plan.summary == "For first-time buyers"
    again = {**second, "version": response.context["form"]["version"].value()}
    assert client_of(cast.manager).post(url, again).status_code == 302
    plan.refresh_from_db()
    assert plan.summary == "For every buyer"


@pytest.mark.parametrize("version", ["", "abc", "-1", str(HUGE)])
def test_a_broken_version_counts_as_an_old_one(
    cast: Any, client_of: Any, plan: Plan, version: str
) -> None:
    data = plan_form(plan, summary="Mine", version=version)
    response = client_of(cast.member).post(at("plan-edit", plan_id=plan.pk), data)
    assert response.status_code in (409, 422) and "Mine" in response.content.decode()


# The same number of statements for 1 row and for 50 ----------------------------------------------
def statements(client: Any, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_lists_and_plan_ask_the_database_as_often_for_one_row_as_for_fifty(
    cast: Any, client_of: Any, plan: Plan, channel: Channel
) -> None:
    client = client_of(cast.admin)
    factories.make_stream(plan, owner=cast.member)
    factories.make_commitment(plan, channel)
    factories.make_plan(cast.organization, is_confidential=True, owner=cast.colleague)
    pages = [
        at("plans"),
        at("plan", plan_id=plan.pk),
        at("channels"),
        at("channel", channel_id=channel.pk),
        at("blackouts"),
        at("promise-new", plan_id=plan.pk),
    ]
    Blackout.objects.create(
        organization=cast.organization, name="Q", starts_on="2999-01-01", ends_on="2999-01-02"
    )
    few = [statements(client, url) for url in pages]
    for n in range(50):
        owner = factories.make_member(cast.organization)
        department = factories.make_department(cast.organization)
        more = factories.make_channel(cast.organization, owner=owner, department=department)
        other = factories.make_plan(cast.organization, owner=owner, department=department)
        factories.make_commitment(plan, more)
        factories.make_commitment(other, channel)
        factories.make_stream(plan, owner=owner)
        factories.make_plan(cast.organization, is_confidential=True, owner=owner)
        Blackout.objects.create(
            organization=cast.organization,
            channel=more,
            name=f"Q{n}",
            starts_on="2999-01-01",
            ends_on="2999-01-02",
        )
    many = [statements(client, url) for url in pages]
    assert many == few
    assert max(many) <= 12


@pytest.mark.parametrize("state", ["draft", "running", "closed"])
@pytest.mark.parametrize("is_confidential", [False, True])
def test_the_plans_page_keeps_its_budget_in_every_state(
    cast: Any, client_of: Any, plan: Plan, channel: Channel, state: str, is_confidential: bool
) -> None:
    url = at("plan", plan_id=plan.pk)
    Plan.objects.filter(pk=plan.pk).update(state=state, is_confidential=is_confidential)
    viewers = (cast.admin, cast.manager, cast.member, cast.viewer)
    for reader in viewers:
        PlanReader.objects.create(organization=cast.organization, plan=plan, member=reader)
    other = factories.make_plan(cast.organization, owner=cast.colleague)
    for made in (plan, other):
        factories.make_commitment(made, channel)
        factories.make_stream(made)
    Objective.objects.create(organization=cast.organization, plan=plan, title="Be found")
    for viewer in viewers:
        assert statements(client_of(viewer), url) <= 12, viewer
    assert "Be found" in client_of(cast.admin).get(url).content.decode()


def test_only_plans_of_the_same_days_promise_beside_it(
    cast: Any, client_of: Any, plan: Plan, channel: Channel
) -> None:
    later = plan.ends_on + timedelta(days=1)
    beside = factories.make_plan(
        cast.organization, name="Beside it", starts_on=plan.ends_on, ends_on=later
    )
    after = factories.make_plan(cast.organization, name="After it", starts_on=later, ends_on=later)
    for made in (plan, beside, after):
        factories.make_commitment(made, channel)
    page = client_of(cast.viewer).get(at("plan", plan_id=plan.pk)).content.decode()
    assert "by Beside it" in page and "by After it" not in page


def test_no_query_runs_while_a_template_renders(
    cast: Any, client_of: Any, plan: Plan, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.template import base

    factories.make_stream(plan)
    factories.make_commitment(plan, channel)
    while_rendering: list[str] = []
    render = base.Template._render

    def watched(self: Any, context: Any) -> Any:
        with CaptureQueriesContext(connection) as found:
            text = render(self, context)
        while_rendering.extend(query["sql"] for query in found.captured_queries)
        return text

    client = client_of(cast.member)
    monkeypatch.setattr(base.Template, "_render", watched)
    for url in (
        at("plans"),
        at("plan", plan_id=plan.pk),
        at("plan-edit", plan_id=plan.pk),
        at("channels"),
        at("channel", channel_id=channel.pk),
        at("promise-new", plan_id=plan.pk),
        at("blackouts"),
    ):
        client.get(url)
    assert while_rendering == []


# The frame and the rooms above -------------------------------------------------------------------
def test_the_sidebar_lists_the_plans_one_works_on(cast: Any, client_of: Any, plan: Plan) -> None:
    today = timezone.now().date()
    near = factories.make_plan(
        cast.organization, owner=cast.member, starts_on=today, ends_on=today + timedelta(days=3)
    )
    nobody = factories.make_plan(cast.organization)
    factories.make_plan(cast.organization, owner=cast.colleague)
    factories.make_plan(cast.organization, owner=cast.member, state=PlanState.CLOSED)
    shell = client_of(cast.member).get(at("plans")).context["shell"]
    assert [(link.name, link.nobody, link.days_left) for link in shell.plans] == [
        (near.name, False, 3),
        (plan.name, False, None if today < plan.starts_on else (plan.ends_on - today).days),
        (nobody.name, True, None if today < nobody.starts_on else (nobody.ends_on - today).days),
    ]
    labels = {item.label: item.current for item in shell.nav}
    assert labels["Plans"] is True and labels["Channels"] is False
    assert list(labels)[:6] == ["My work", "Calendar", "Gaps", "Plans", "Tasks", "Approvals"]


def test_upper_rooms_add_tabs_facts_columns_and_panels(
    cast: Any, client_of: Any, plan: Plan, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise = factories.make_commitment(plan, channel)
    fresh = PlanPanels()
    fresh.add_tab(PlanTab("gaps", "Gaps ahead", lambda plan: f"/gaps/{plan.pk}", order=30))
    fresh.facts.append(lambda occasion: PlanFact("Momentum", "78%", "4 points", "risk"))
    cell = PromiseCell("6 of 8", percent=75)
    fresh.add_column(PromiseColumn("Next 14 days", lambda occasion, rows: {promise.pk: cell}))
    fresh.add_panel(PlanPanel("side", "people/_activity.html", lambda occasion: {"any": 1}))
    fresh.add_panel(PlanPanel("main", "plans/nowhere.html", lambda occasion: None))
    monkeypatch.setattr("plans.views.plans.PLAN_PANELS", fresh)
    page = client_of(cast.viewer).get(at("plan", plan_id=plan.pk)).content.decode()
    for words in ("Gaps ahead", f"/gaps/{plan.pk}", "Momentum", "78%", "Next 14 days", "6 of 8"):
        assert words in page


def test_a_tab_is_entered_once_and_a_panel_stands_somewhere() -> None:
    with pytest.raises(ValueError, match="already"):
        PLAN_PANELS.add_tab(PlanTab("overview", "Again", lambda plan: ""))
    with pytest.raises(ValueError, match="main or side"):
        PLAN_PANELS.add_panel(PlanPanel("top", "x.html", lambda occasion: None))


def test_a_tab_is_shown_to_those_who_may_open_it(
    cast: Any, client_of: Any, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = PlanPanels()
    fresh.add_tab(PlanTab("files", "Files of it", lambda plan: "/files/", perm=Perm.IMPORT))
    monkeypatch.setattr("plans.views.plans.PLAN_PANELS", fresh)
    address = at("plan", plan_id=plan.pk)
    assert "Files of it" in client_of(cast.member).get(address).content.decode()
    assert "Files of it" not in client_of(cast.viewer).get(address).content.decode()
