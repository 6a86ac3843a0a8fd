"""Every figure of the dashboard is followed: the page behind it lists as many rows as it says.

Unfiltered, by each plan, by each department and by both, as a manager and as a member who
champions one plan or several.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import resolve

from calendar_app.models import ContentItem
from people.models import Department
from plans.models import Channel, Plan
from tests.dashboards.conftest import NOON

LINK = re.compile(r'<a\b([^>]*)\bhref="([^"]+)"([^>]*)>(.*?)</a>', re.S)
ROWS_BEHIND = {"unowned", "approvals", "gaps", "dashboard-week", "dashboard-overdue"}


@dataclass(frozen=True)
class Link:
    """A link of the dashboard's page: the page it leads to and the numbers that it says."""

    name: str
    url: str
    numbers: tuple[int, ...]
    words: str


def links_of(page: Any) -> list[Link]:
    """The links in the middle of the page that lead to rows, with the numbers they bear."""
    main = page.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    found = []
    for before, url, after, inner in LINK.findall(main):
        label = re.search(r'aria-label="([^"]*)"', before + after)
        words = label.group(1) if label else re.sub(r"<[^>]+>", " ", inner)
        target = unescape(url)
        if target.startswith("#"):
            continue
        name = resolve(urlsplit(target).path).url_name or ""
        numbers = tuple(int(n) for n in re.findall(r"\d+", unescape(words)))
        found.append(Link(name, target, numbers, " ".join(unescape(words).split())))
    return [link for link in found if link.name in ROWS_BEHIND]


def numbers_behind(name: str, page: Any) -> tuple[int, ...]:
    """What the rows of a page come to: how many, or how many of how many."""
    context, html = page.context, page.content.decode()
    if name == "unowned":
        assert html.count('class="claim-row"') == len(context["rows"])
        return (len(context["rows"]),)
    if name == "approvals":
        assert html.count('class="decision-row"') == context["total"]
        return (context["total"],)
    if name == "gaps":
        assert context["figures"].missing == sum(gap.missing for gap in context["figures"].gaps)
        return context["figures"].missing, context["figures"].promised
    if name == "dashboard-week":
        rows = context["rows"]
        return sum(row[4].text for row in rows), sum(row[3].text for row in rows)
    return (len(context["rows"]),)


def said_by(link: Link) -> tuple[int, ...]:
    """What the figure says of its rows; the day of a week is no figure, "it" is one."""
    if "for it" in link.words:
        return (1,)
    if "more pe" in link.words:  # so many people, with whatever they are late with
        return ()
    if link.name == "dashboard-week":
        return link.numbers[1:] if "Week of" in link.words else ()
    return link.numbers[:2] if link.name == "gaps" else link.numbers[:1]


def is_recent(link: Link) -> bool:
    """Whether it names one of the two weeks before `NOON`."""
    week = date.fromisoformat(parse_qs(urlsplit(link.url).query)["week"][0])
    return week > NOON.date() - timedelta(days=22)


def check(visit: Any, name: str, query: str = "") -> dict[str, int]:
    """Follow every figure; page -> how many of its links were followed.

    Of the weeks of a narrowed dashboard only the last ones: each costs a page.
    """
    page = visit(name, f"dashboard/{query}")
    assert page.status_code == 200
    followed: dict[str, int] = {}
    seen: dict[str, tuple[int, ...]] = {}
    for link in links_of(page):
        if link.name == "dashboard-week" and query and not is_recent(link):
            continue
        if link.url not in seen:
            behind = visit(name, link.url)
            assert behind.status_code == 200, link
            assert not behind.context["notices"], link
            seen[link.url] = numbers_behind(link.name, behind)
        said = said_by(link)
        assert said or link.name == "dashboard-week" or "more" in link.words, link
        assert seen[link.url][: len(said)] == said, link
        followed[link.name] = followed.get(link.name, 0) + 1
    return followed


def test_a_manager_follows_every_figure(visit: Any) -> None:
    followed = check(visit, "ines")
    assert set(followed) == ROWS_BEHIND
    assert followed["gaps"] >= 18
    assert followed["dashboard-week"] == 48, "each week on two canvases and in the table"
    assert followed["unowned"] >= 12
    assert followed["approvals"] >= 8


def test_so_do_they_narrowed_to_each_plan(bank: Any, visit: Any) -> None:
    for plan in Plan.objects.filter(organization=bank, is_confidential=False):
        check(visit, "ines", f"?plan={plan.pk}")


def test_so_do_they_narrowed_to_each_department(bank: Any, visit: Any) -> None:
    plan = Plan.objects.get(organization=bank, name="Everyday Banking")
    first, *others = Department.objects.filter(organization=bank).order_by("name")
    check(visit, "ines", f"?team={first.pk}")
    for team in others:
        check(visit, "ines", f"?team={team.pk}&plan={plan.pk}")


def vacate_something_everywhere(bank: Any) -> None:
    """A story of each plan and each channel lose their owner, at different times."""
    for days, plan in enumerate(Plan.objects.filter(organization=bank).order_by("pk")):
        story = ContentItem.objects.filter(plan=plan, state="draft").first()
        if story is not None:
            since = NOON - timedelta(days=5 * days)
            ContentItem.objects.filter(pk=story.pk).update(owner=None, unowned_since=since)
    Channel.objects.filter(organization=bank).update(
        owner=None, unowned_since=NOON - timedelta(days=9)
    )


def test_a_champion_follows_every_figure(bank: Any, visit: Any) -> None:
    vacate_something_everywhere(bank)
    followed = check(visit, "hanna")
    assert set(followed) == ROWS_BEHIND
    assert followed["gaps"] >= 8
    for query in parse_choices(visit("hanna", "dashboard/")):
        check(visit, "hanna", query)


def parse_choices(page: Any) -> list[str]:
    """Every address that the filters of the page offer, one select at a time."""
    return [
        f"?{choice.name}={value}"
        for choice in page.context["filters"]
        for value, _text in choice.choices
    ]


def test_who_champions_several_plans_follows_every_figure(bank: Any, who: Any, visit: Any) -> None:
    vacate_something_everywhere(bank)
    Plan.objects.filter(organization=bank, name="Everyday Banking").update(
        owner=who("hanna"), unowned_since=None
    )
    page = visit("hanna", "dashboard/")
    assert len(page.context["scope"].plans) == 2
    assert len(page.context["nobody"]) < len(visit("ines", "dashboard/").context["nobody"])
    check(visit, "hanna")
    links = [link for link in links_of(page) if link.name in ("gaps", "unowned", "approvals")]
    assert {parse_qs(urlsplit(link.url).query)["plan"][0] for link in links} == {"mine"}


@pytest.mark.parametrize(("days", "name"), [(3, "hanna"), (29, "ines")])
def test_what_grows_older_moves_to_the_next_age_on_both_pages(
    bank: Any, visit: Any, days: int, name: str
) -> None:
    with time_machine.travel(NOON + timedelta(days=days, hours=1), tick=False):
        check(visit, name)
