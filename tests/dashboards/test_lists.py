"""The lists behind the dashboard, narrowed by their address: what nobody owns, what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_app.models import ContentItem
from tests import factories
from tests.dashboards.conftest import NOON
from workflow import queries, registry
from workflow.registry import Places


def text_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_unowned_is_narrowed_by_each_of_its_filters(bank: Any, visit: Any) -> None:
    page = visit("ines", "unowned/")
    every = page.context["rows"]
    bar = {select.name: select for select in page.context["filters"]}
    assert list(bar) == ["plan", "team", "kind", "age"]
    for name in ("kind", "age"):
        parts = [
            visit("ines", f"unowned/?{name}={value}").context["rows"]
            for value, _label in bar[name].choices
        ]
        ids = sorted(row["id"] for part in parts for row in part)
        assert ids == sorted(row["id"] for row in every), "each thing is of one kind and one age"
        assert any(0 < len(part) < len(every) for part in parts)
    some = visit("ines", f"unowned/?team={bar['team'].choices[0][0]}&kind=channel")
    assert f"{len(some.context['rows'])} of {len(every)} without an owner." in text_of(some)
    assert 'value="channel" selected' in text_of(some)
    assert f'href="{some.context["clear_url"]}"' in text_of(some)


def test_approvals_are_narrowed_by_each_of_their_filters(bank: Any, visit: Any) -> None:
    page = visit("ines", "approvals/")
    total = page.context["total"]
    bar = {select.name: select for select in page.context["filters"]}
    for name in ("plan", "stage", "age", "late"):
        found = [
            visit("ines", f"approvals/?{name}={value}").context["total"]
            for value, _label in bar[name].choices
            if value != "mine"
        ]
        assert sum(found) == total, name
        assert max(found) < total, name
    mine = visit("ines", "approvals/?whom=me").context
    assert [row.waiting for row in mine["mine"]] == [r.waiting for r in page.context["mine"]]
    assert mine["others"] == []
    assert visit("ines", "approvals/?late=yes").context["total"] == page.context["late"] > 0


def test_what_fits_nothing_says_so_and_leads_back(visit: Any) -> None:
    for path, words in (
        ("unowned/?kind=channel&plan=mine", "Nothing without an owner fits the filters"),
        ("approvals/?stage=Nowhere", "Nothing that waits fits the filters"),
    ):
        page = text_of(visit("ines", path))
        assert words in page
        assert "Show everything" in page
    assert '<option value="Nowhere" selected>' in page


@pytest.mark.parametrize("page", ["unowned", "approvals"])
@pytest.mark.parametrize("query", ["plan=abc", "team=0", "age=4", "plan=99999999999999999999"])
def test_an_address_that_means_nothing_is_a_page_that_says_so(
    visit: Any, page: str, query: str
) -> None:
    answer = visit("ines", f"{page}/?{query}")
    assert answer.status_code == 200
    assert len(answer.context["notices"]) == 1
    assert answer.context["clear_url"] == ""


def test_a_confidential_plan_is_named_to_its_readers_only(bank: Any, visit: Any) -> None:
    secret = bank.plans.get(name="Project Harbor")
    for page in ("unowned", "approvals"):
        path = f"{page}/?plan={secret.pk}"
        assert visit("ines", path).context["notices"], "as of a plan that is not there"
        assert "Project Harbor" not in text_of(visit("ines", path))
        assert visit("jonas", path).context["notices"] == []


def test_a_channel_is_among_the_things_of_a_plan_that_promises_on_it(cast: Any) -> None:
    bank, me = cast.organization, cast.member
    team = factories.make_department(bank, name="Retail")
    channel = factories.make_channel(bank, name="Blog", department=team)
    plan = factories.make_plan(bank, owner=me)
    other = factories.make_plan(bank, owner=me)
    factories.make_commitment(plan, channel)
    closed = factories.make_plan(bank, owner=me, state="closed")
    factories.make_commitment(closed, channel)
    rows = [row for row in queries.unowned(bank, me) if row.label == "plans.Channel"]
    assert [(row.pk, row.plans, row.team) for row in rows] == [
        (channel.pk, frozenset({plan.pk}), team.pk)
    ]
    assert registry.places(bank, me) == Places(
        {plan.pk: plan.name, other.pk: other.name, closed.pk: closed.name},
        {team.pk: "Retail"},
        frozenset({plan.pk, other.pk}),
    )


# What it costs ------------------------------------------------------------------------------------
def test_fifty_of_them_cost_no_more_than_one(cast: Any, client_of: Any) -> None:
    bank, client = cast.organization, client_of(cast.manager)
    factories.make_template(bank)
    plan = factories.make_plan(bank, owner=cast.colleague)
    channel = factories.make_channel(bank, owner=cast.member)
    client.get(f"/o/{bank.slug}/approvals/")  # the session notes its use, holidays are read
    made: dict[str, list[int]] = {"approvals": [], "unowned": []}
    for number in (1, 49):
        for _n in range(number):
            item = factories.make_story(plan, owner=cast.member, copy="Words.")
            factories.make_post(item, channel)
            factories.make_review(item, cast.member)
            factories.make_post(factories.make_story(plan), channel)
        for page, statements in made.items():
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(f"/o/{bank.slug}/{page}/?plan={plan.pk}")
            assert answer.status_code == 200
            statements.append(len(captured))
    assert client.get(f"/o/{bank.slug}/approvals/").context["total"] == 50
    assert made == {name: [most, most] for name, (_one, most) in made.items()}
    assert max(most for counts in made.values() for most in counts) <= 12


def test_who_waits_is_counted_beside_approvals(visit: Any) -> None:
    page = visit("ines", "unowned/")
    waits = len(visit("ines", "approvals/").context["mine"])
    entry = next(item for item in page.context["shell"].nav if item.url.endswith("/approvals/"))
    assert (entry.count, entry.count_late) == (waits, True)
    assert waits > 0


def test_the_age_of_a_thing_is_counted_from_when_it_lost_its_owner(bank: Any, visit: Any) -> None:
    story = ContentItem.objects.filter(organization=bank, owner=None, state="draft").first()
    assert story is not None
    ContentItem.objects.filter(pk=story.pk).update(unowned_since=NOON - timedelta(days=4))
    for hours, age in ((-1, "0-3"), (0, "4-7"), (4 * 24 - 1, "4-7"), (4 * 24, "8-14")):
        with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
            rows = visit("ines", f"unowned/?age={age}").context["rows"]
        assert f"claim-story-{story.pk}" in {row["id"] for row in rows}, hours
