"""Moving a key date in a real browser: dragged on the calendar, and by keyboard, by one preview."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from plans.models import KeyDate, Task
from plans.schedule import queries, services
from tests import factories
from tests.browser.conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def midweek(weeks: int) -> date:
    """A Tuesday so many weeks ahead."""
    today = timezone.now().date()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks, days=1)


@pytest.fixture
def launch(cast: Any) -> KeyDate:
    """A launch with three steps built back, whose whole month lies ahead."""
    today = timezone.now().date()
    plan = factories.make_plan(
        cast.organization, owner=cast.member, starts_on=today, ends_on=today + timedelta(weeks=30)
    )
    key_date = factories.make_key_date(plan, title="Launch", date=midweek(8), owner=cast.colleague)
    version = factories.make_back_schedule(cast.organization)
    version = queries.get_version(cast.organization, version.pk)
    seen = services.preview_build(key_date, version, key_date.date, today)
    services.apply_build(
        key_date=key_date,
        version=version,
        to=key_date.date,
        by=cast.manager,
        token=seen.token,
        today=today,
    )
    return key_date


def signed_in(page: Any, live_server: Any, client_of: Any, member: Any) -> str:
    session = client_of(member).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return f"{live_server.url}/o/northlake/"


def days() -> list[date | None]:
    return list(Task.objects.order_by("pk").values_list("due", flat=True))


def test_a_flag_is_dragged_to_another_day(
    page: Any, live_server: Any, cast: Any, client_of: Any, launch: KeyDate
) -> None:
    base, before = signed_in(page, live_server, client_of, cast.manager), days()
    page.set_viewport_size(SIZES["desktop"])
    page.goto(f"{base}calendar/?month={launch.date:%Y-%m}")
    to = launch.date + timedelta(days=1)
    page.locator(".keydate-flag").drag_to(page.locator(f"#d{to}"))
    page.wait_for_url(f"**/key-dates/{launch.pk}/move/?date={to}")
    assert page.get_by_text("3 steps move.").is_visible()
    assert days() == before
    page.get_by_role("button", name="Move it").click()
    page.wait_for_url(f"**/key-dates/{launch.pk}/")
    launch.refresh_from_db()
    assert launch.date == to
    assert days() != before


def test_the_same_is_done_by_keyboard(
    page: Any, live_server: Any, cast: Any, client_of: Any, launch: KeyDate
) -> None:
    base = signed_in(page, live_server, client_of, cast.manager)
    page.set_viewport_size(SIZES["desktop"])
    page.goto(f"{base}calendar/?month={launch.date:%Y-%m}")
    page.locator(".keydate-flag").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/key-dates/{launch.pk}/")
    page.get_by_role("link", name="Move the day").focus()
    page.keyboard.press("Enter")
    to = launch.date + timedelta(days=7)
    page.get_by_label("New day").fill(str(to))
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move it").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/key-dates/{launch.pk}/")
    launch.refresh_from_db()
    assert launch.date == to


def test_who_may_not_move_it_drags_nothing(
    page: Any, live_server: Any, cast: Any, client_of: Any, launch: KeyDate
) -> None:
    base = signed_in(page, live_server, client_of, cast.colleague)
    page.goto(f"{base}calendar/?month={launch.date:%Y-%m}")
    flag = page.locator(".keydate-flag")
    assert flag.get_attribute("data-move") is None
    assert flag.get_attribute("draggable") is None


def test_nothing_is_wider_than_a_phone(
    page: Any, live_server: Any, cast: Any, client_of: Any, launch: KeyDate
) -> None:
    base = signed_in(page, live_server, client_of, cast.manager)
    page.set_viewport_size(SIZES["phone"])
    template = launch.template_version or KeyDate.objects.get(pk=launch.pk).template_version
    for path in (
        f"plans/{launch.plan_id}/key-dates/",
        f"key-dates/{launch.pk}/",
        f"key-dates/{launch.pk}/move/?date={midweek(9)}",
        f"back-schedules/{template.template_id}/edit/",
    ):
        page.goto(base + path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_to_say(
    page: Any, live_server: Any, cast: Any, client_of: Any, launch: KeyDate, theme: str
) -> None:
    base = signed_in(page, live_server, client_of, cast.manager)
    page.set_viewport_size(SIZES["desktop"])
    page.emulate_media(color_scheme=theme)
    version = KeyDate.objects.get(pk=launch.pk).template_version
    assert version is not None
    for path in (
        f"plans/{launch.plan_id}/key-dates/",
        f"plans/{launch.plan_id}/key-dates/new/",
        f"key-dates/{launch.pk}/",
        f"key-dates/{launch.pk}/edit/",
        f"key-dates/{launch.pk}/move/?date={midweek(1)}",
        f"key-dates/{launch.pk}/move/?date=soon",
        f"key-dates/{launch.pk}/call-off/",
        "back-schedules/",
        f"back-schedules/{version.template_id}/",
        f"back-schedules/{version.template_id}/edit/",
        f"calendar/?month={launch.date:%Y-%m}",
    ):
        page.goto(base + path)
        found = Axe().run(page).response["violations"]
        said = [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]
        assert said == [], path
