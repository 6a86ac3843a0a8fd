"""The gap drawer in a real browser: closing it is remembered; on a phone it comes from the side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import factories
from tests.browser.conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def calendar(page: Any, live_server: Any, cast: Any, client_of: Any) -> str:
    """The month of a plan that promises three posts a week and has none, for a member."""
    today = timezone.now().date()
    plan = factories.make_plan(
        cast.organization, starts_on=today, ends_on=today + timedelta(weeks=8)
    )
    channel = factories.make_channel(cast.organization, name="Blog", kind="blog")
    factories.make_commitment(plan, channel, count=3)
    session = client_of(cast.member).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return f"{live_server.url}/o/northlake/calendar/"


def test_closing_is_remembered(page: Any, live_server: Any, cast: Any, client_of: Any) -> None:
    page.set_viewport_size(SIZES["desktop"])
    page.goto(calendar(page, live_server, cast, client_of))
    assert page.locator("#gaps .gap-row").first.is_visible()
    page.locator("[data-drawer-close]").click()
    page.reload()
    assert not page.locator("#gaps").is_visible()
    page.locator("[data-drawer-open]").click()
    page.reload()
    assert page.locator("#gaps").is_visible()


def test_on_a_phone_it_comes_from_the_side(
    page: Any, live_server: Any, cast: Any, client_of: Any
) -> None:
    page.set_viewport_size(SIZES["phone"])
    page.goto(calendar(page, live_server, cast, client_of))
    assert not page.locator("#gaps").is_visible()
    page.locator(".drawer-line button:visible").click()
    page.locator("#gaps .gap-row").first.wait_for(state="visible")
    page.locator("#gaps [data-bs-dismiss]").click()
    page.locator("#gaps").wait_for(state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
