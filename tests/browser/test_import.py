"""The import as a person does it, in a real browser: choose, answer, look, import, take back."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from calendar_app.imports import service
from calendar_app.models import ContentItem, ImportBatch
from tests import factories
from tests.browser.conftest import SIZES
from tests.calendar_app.imports.sheetmaking import SOCIAL

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(cast: Any, client_of: Any, live_server: Any, browser: Any, request: Any) -> Any:
    """A page of a signed-in manager; its console must stay silent."""
    cookie = client_of(cast.manager).cookies["sessionid"].value
    context = browser.new_context(viewport=SIZES[request.param])
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
    page.set_default_timeout(10_000)
    yield page
    context.close()


def check(page: Any) -> None:
    """Accessible, silent, and no wider than the screen."""
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [str(n["target"]) for n in rule["nodes"]]) for rule in found] == []
    page.complaints.clear()  # axe writes inline styles, which the policy refuses


@pytest.mark.parametrize("page", ["desktop", "phone"], indirect=True)
def test_a_calendar_comes_in_and_goes_again(page: Any, cast: Any, live_server: Any) -> None:
    plan = factories.make_plan(cast.organization, name="Spring")
    for kind in ("instagram", "tiktok"):
        factories.make_channel(cast.organization, kind=kind, name=kind)
    page.goto(f"{live_server.url}/o/northlake/imports/new/?plan={plan.pk}")
    check(page)
    page.set_input_files(
        "#id_file", {"name": "calendar.csv", "mimeType": "text/csv", "buffer": SOCIAL.encode()}
    )
    page.click("text=Read the file")
    page.wait_for_selector("text=There is no channel for: Facebook.")
    check(page)
    page.select_option("#id_channel_0", label="Create the channel “Facebook”")
    page.fill("#id_first_week", "2027-01-06")
    page.click("text=Show the preview")
    page.wait_for_selector("text=Tue 5 January 2027, 09:00")
    check(page)
    page.click("text=Import 3 stories")
    page.wait_for_selector("text=0 of 5 rows")
    check(page)
    service.run(batch_id=ImportBatch.objects.get().pk, now=timezone.now())
    page.wait_for_selector("text=stories created")  # the page found out by itself
    check(page)
    assert ContentItem.objects.count() == 3
    page.click("text=Take it back")
    page.wait_for_selector("text=3 stories as they were imported are removed")
    page.click("button:has-text('Take it back')")
    page.wait_for_selector("text=This import was taken back")
    check(page)
    assert ContentItem.objects.count() == 0
