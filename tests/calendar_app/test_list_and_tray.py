"""The list by date and the tray: pages without offsets, nothing twice and nothing lost."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests import factories

LIST = "/o/northlake/calendar/list/"
TRAY = "/o/northlake/calendar/tray/"
NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def titles(page: str) -> list[str]:
    return re.findall(r">(Story no\. \d+)<", page)


def link(page: str, words: str) -> str:
    """The address behind these words."""
    found = re.search(rf'href="([^"]+)"[^>]*>(?:<i[^>]*></i>)?{words}', page)
    assert found is not None, words
    return html.unescape(found[1])


def test_it_begins_today_and_groups_by_day(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    for number, day in enumerate((8, 10, 12, 12)):
        item = factories.make_story(plan, title=f"Story no. {number}")
        at = datetime(2027, 3, day, 9, number, tzinfo=UTC)
        factories.make_post(item, channel, scheduled_at=at)
    page = client_of(cast.viewer).get(LIST).content.decode()
    assert titles(page) == ["Story no. 1", "Story no. 2", "Story no. 3"]
    assert page.count("Friday 12 March") == 1
    earlier = client_of(cast.viewer).get(link(page, "Earlier")).content.decode()
    assert titles(earlier) == ["Story no. 0"]


def test_a_crowded_day_goes_over_several_pages_nothing_twice(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    for number in range(130):
        item = factories.make_story(plan, title=f"Story no. {number}")
        at = datetime(2027, 3, 12, 9, tzinfo=UTC) + timedelta(minutes=number // 4)
        factories.make_post(item, channel, scheduled_at=at)
    client = client_of(cast.member)
    first = client.get(LIST).content.decode()
    second = client.get(link(first, "More of these days")).content.decode()
    assert len(titles(first)) == 100 and len(titles(second)) == 30
    assert len({*titles(first), *titles(second)}) == 130
    assert "More of these days" not in second


def test_filters_stay_when_one_turns_the_page(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    page = client_of(cast.member).get(LIST, {"channel": channel.pk}).content.decode()
    assert f"channel={channel.pk}" in link(page, "Later")
    assert f"channel={channel.pk}" in link(page, "Month")


def test_the_ends_of_the_calendar_are_no_error(cast: Any, client_of: Any, plan: Any) -> None:
    client = client_of(cast.member)
    assert "Later" not in client.get(LIST, {"date": "2200-12-31"}).content.decode()
    assert "Earlier" not in client.get(LIST, {"date": "1900-01-01"}).content.decode()


def test_an_empty_list_offers_the_next_step(cast: Any, client_of: Any, plan: Any) -> None:
    client = client_of(cast.member)
    assert "Nothing is scheduled in these weeks" in client.get(LIST).content.decode()
    page = client.get(LIST, {"owner": "me"}).content.decode()
    assert "Nothing in these weeks fits the filters" in page and "Show everything" in page


def test_the_tray_goes_over_several_pages_nothing_twice(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    for number in range(103):
        item = factories.make_story(plan, title=f"Story no. {number}")
        factories.make_post(item, channel, scheduled_at=None)
    client = client_of(cast.member)
    first = client.get(TRAY).content.decode()
    second = client.get(link(first, "More")).content.decode()
    assert titles(first)[0] == "Story no. 102"
    assert len({*titles(first), *titles(second)}) == 103
    assert "Date it" in first
    assert "Date it" not in client_of(cast.viewer).get(TRAY).content.decode()


def test_what_is_cancelled_waits_in_no_tray(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    item = factories.make_story(plan, title="Story no. 1")
    factories.make_post(item, channel, scheduled_at=None, state="cancelled")
    page = client_of(cast.member).get(TRAY).content.decode()
    assert "Everything has a date" in page and titles(page) == []


def test_a_story_on_no_channel_is_found_in_the_tray(
    cast: Any, client_of: Any, plan: Any, channel: Any
) -> None:
    factories.make_story(plan, title="Story no. 1")
    cancelled = factories.make_story(plan, title="Story no. 2")
    factories.make_post(cancelled, channel, scheduled_at=None, state="cancelled")
    factories.make_post(factories.make_story(plan, title="Story no. 3"), channel)
    secret = factories.make_plan(cast.organization, owner=cast.colleague, is_confidential=True)
    factories.make_story(secret, title="Story no. 4")
    page = client_of(cast.manager).get(TRAY).content.decode()
    assert titles(page) == ["Story no. 1"]
    assert "On no channel yet" in page
    narrowed = client_of(cast.manager).get(f"{TRAY}?channel={channel.pk}").content.decode()
    assert titles(narrowed) == []
