"""The manager's dashboard: each figure leads to rows that count the same."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from calendar_app.gap_queries import adherence
from calendar_app.models import ContentItem, Placement
from people.models import Department
from plans.models import Plan
from tests import factories
from tests.dashboards.conftest import NOON
from tests.dashboards.test_my_work import text
from workflow.queries import unowned


def path(url: str) -> str:
    """The address as the browser follows it."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


# Figures and their rows ------------------------------------------------------------------------
def test_promises_kept_are_the_core_s(bank: Any, visit: Any, who: Any) -> None:
    kept = visit("ines", "dashboard/").context["kept"]
    expected = adherence(bank, who("ines"), NOON)
    assert [(w.start, w.expected, w.delivered) for w in kept.weeks] == [
        (w.period.start, w.expected, w.delivered) for w in expected.weeks
    ]
    assert kept.momentum == expected.momentum
    assert len(kept.weeks) == 16


def test_each_bar_leads_to_the_promises_it_counts(visit: Any) -> None:
    context = visit("ines", "dashboard/").context
    for bar in context["wide"].bars:
        page = visit("ines", f"dashboard/week/?week={bar.start}")
        rows = page.context["rows"]
        assert sum(row[3].text for row in rows) == bar.expected
        assert sum(row[4].text for row in rows) == bar.delivered


def test_each_cell_of_the_gaps_leads_to_the_gaps_it_counts(visit: Any) -> None:
    rows = visit("ines", "dashboard/").context["heat"]
    assert len(rows) == 3
    checked = 0
    for row in rows:
        for entry in row["cells"]:
            page = visit("ines", path(entry["url"]))
            assert page.context["figures"].missing == entry["cell"].missing, entry["url"]
            checked += 1
    assert checked == 18


def test_all_gaps_ahead_are_those_of_the_gaps_page(visit: Any) -> None:
    context = visit("ines", "dashboard/").context
    page = visit("ines", path(context["gaps_url"]))
    assert page.context["figures"].missing == context["ahead"].missing
    assert page.context["figures"].promised == context["ahead"].promised


def test_unowned_things_are_as_many_as_their_page_lists(bank: Any, visit: Any, who: Any) -> None:
    context = visit("ines", "dashboard/").context
    assert len(context["nobody"]) == len(unowned(bank, who("ines")))
    assert sum(bar.count for bar in context["ages"].bars) == len(context["nobody"])
    assert len(visit("ines", context["unowned_url"]).context["rows"]) == len(context["nobody"])


def test_overdue_posts_are_as_many_as_their_list(visit: Any) -> None:
    context = visit("ines", "dashboard/").context
    assert sum(line["count"] for line in context["owners"]) == len(context["late"]) >= 5
    for line in context["owners"]:
        assert len(visit("ines", line["url"]).context["rows"]) == line["count"]
    assert len(visit("ines", context["late_url"]).context["rows"]) == len(context["late"])


def test_what_nobody_owns_and_is_overdue_is_shown_first(bank: Any, visit: Any) -> None:
    ContentItem.objects.filter(title="Viewing checklist, second page").update(
        owner=None, unowned_since=NOON
    )
    lines = visit("ines", "dashboard/").context["owners"]
    assert lines[0]["person"] is None
    page = visit("ines", lines[0]["url"])
    assert [row[0].text for row in page.context["rows"]] == ["Viewing checklist, second page"]


def test_approvals_are_as_many_as_the_queue_shows(visit: Any) -> None:
    context = visit("ines", "dashboard/").context
    assert visit("ines", context["approvals_url"]).context["total"] == len(context["waiting"])
    assert sum(line["figure"].count for line in context["stages"]) == len(context["waiting"])
    oldest = context["stages"][0]["figure"]
    assert oldest.waited == max(NOON - row.opened_at for row in context["waiting"])


def test_key_figures_say_the_same_as_their_panels(visit: Any) -> None:
    context = visit("ines", "dashboard/").context
    values = [figure.value for figure in context["key_figures"]]
    assert values == [
        str(context["kept"].percent),
        str(context["ahead"].missing),
        str(len(context["nobody"])),
        str(len(context["waiting"])),
        str(len(context["late"])),
    ]
    assert all(figure.url for figure in context["key_figures"])


def test_the_chart_has_its_numbers_as_a_table(visit: Any) -> None:
    answer = visit("ines", "dashboard/")
    table = answer.content.decode().split("Show the numbers")[1].split("</table>")[0]
    numbers = [int(n) for n in re.findall(r'<td class="num">(\d+)</td>', table)]
    weeks = answer.context["kept"].weeks
    assert numbers[:16] == [week.expected for week in weeks]
    assert numbers[16:32] == [week.delivered for week in weeks]


# Narrowing --------------------------------------------------------------------------------------
def test_a_plan_and_a_department_narrow_every_figure(bank: Any, visit: Any) -> None:
    plan = Plan.objects.get(organization=bank, name="Home Buyer Spring")
    team = Department.objects.get(organization=bank, name="Foundation")
    whole = visit("ines", "dashboard/").context
    ours = visit("ines", f"dashboard/?plan={plan.pk}").context
    theirs = visit("ines", f"dashboard/?team={team.pk}").context
    for part in (ours, theirs):
        assert part["kept"].promised < whole["kept"].promised
        assert 0 < part["ahead"].missing < whole["ahead"].missing
        assert len(part["late"]) < len(whole["late"])
        assert len(part["nobody"]) < len(whole["nobody"])
    assert {row.plan for row in ours["waiting"]} == {plan.pk}
    assert [row["name"] for row in theirs["heat"]] == ["Foundation"]
    bar = ours["wide"].bars[-1]
    rows = visit("ines", f"dashboard/week/?week={bar.start}&plan={plan.pk}").context["rows"]
    assert sum(row[3].text for row in rows) == bar.expected
    page = visit("ines", path(ours["gaps_url"]))
    assert page.context["figures"].missing == ours["ahead"].missing


def test_links_keep_what_was_chosen(bank: Any, visit: Any) -> None:
    plan = Plan.objects.get(organization=bank, name="Everyday Banking")
    page = visit("ines", f"dashboard/?plan={plan.pk}")
    links = re.findall(r'href="([^"]*dashboard/week/[^"]*)"', page.content.decode())
    assert links
    for link in links:
        assert parse_qs(urlsplit(link.replace("&amp;", "&")).query)["plan"] == [str(plan.pk)]


@pytest.mark.parametrize(
    "query", ["plan=abc", "plan=999999999", "team=-1", "plan=99999999999999999999999", "x=%00"]
)
def test_nonsense_narrows_nothing_and_is_said(visit: Any, query: str) -> None:
    answer = visit("ines", f"dashboard/?{query}")
    assert answer.status_code == 200
    assert bool(answer.context["notices"]) == (not query.startswith("x"))


@pytest.mark.parametrize(
    "week", ["", "2027-13-01", "abc", "9999-12-31", "2027-03-02", "2027-03-08", "2020-01-06"]
)
def test_a_week_that_no_bar_stands_for_is_not_found(visit: Any, week: str) -> None:
    assert visit("ines", f"dashboard/week/?week={week}").status_code == 404


@pytest.mark.parametrize("owner", ["abc", "99999999999999999999999", "-1", "nobody"])
def test_an_unknown_owner_has_no_overdue_posts(visit: Any, owner: str) -> None:
    answer = visit("ines", f"dashboard/overdue/?owner={owner}")
    assert answer.status_code == 200
    assert answer.context["rows"] == []


# Who sees what ------------------------------------------------------------------------------------
def test_a_champion_sees_their_own_plans_only(bank: Any, visit: Any, who: Any) -> None:
    context = visit("hanna", "dashboard/").context
    plan = Plan.objects.get(organization=bank, name="Home Buyer Spring")
    assert set(context["scope"].plans) == {plan.pk}
    assert context["kept"].promised == sum(
        week.expected for week in adherence(bank, who("hanna"), NOON, plans={plan.pk}).weeks
    )
    assert {row.plan for row in context["waiting"]} == {plan.pk}
    assert {row.plan for row in context["late"]} == {plan.pk}
    other = Plan.objects.get(organization=bank, name="Everyday Banking")
    again = visit("hanna", f"dashboard/?plan={other.pk}").context
    assert again["kept"].promised == context["kept"].promised
    assert again["notices"]


def test_who_champions_nothing_is_refused_and_offered_nothing(visit: Any) -> None:
    assert visit("maya", "dashboard/").status_code == 403
    assert visit("maya", "dashboard/overdue/").status_code == 403
    nav = [str(item.label) for item in visit("maya", "my-work/").context["shell"].nav]
    assert "Dashboard" not in nav
    nav = [str(item.label) for item in visit("hanna", "my-work/").context["shell"].nav]
    assert "Dashboard" in nav


def test_a_confidential_plan_counts_for_its_readers_only(bank: Any, visit: Any) -> None:
    before = visit("ines", "dashboard/").context
    seen = visit("jonas", "dashboard/").context
    assert {plan.name for plan in seen["scope"].plans.values()} == {"Project Harbor"}
    Placement.objects.filter(item__plan__name="Project Harbor").update(
        scheduled_at=NOON - timedelta(days=4)
    )
    after = visit("ines", "dashboard/").context
    assert len(after["late"]) == len(before["late"])
    assert after["ahead"] == before["ahead"]
    assert len(visit("jonas", "dashboard/").context["late"]) == 2


def test_an_empty_organization_has_a_calm_dashboard(cast: Any, client_of: Any) -> None:
    empty = factories.make_organization()
    manager = factories.make_member(empty, "manager")
    answer = client_of(manager).get(f"/o/{empty.slug}/dashboard/")
    page = text(answer)
    assert "Nothing to measure yet." in page
    assert "Everything has an owner." in page
    assert "Nothing is overdue." in page
    assert "Nothing waits for a decision." in page
