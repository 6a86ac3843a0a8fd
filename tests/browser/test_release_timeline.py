"""A release timeline comes in, teaches a template, and is built back and moved: in a browser."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from people.working_calendar import calendar_of
from plans.models import BackScheduleTemplate, KeyDate, Task, TimelineImport
from tests import factories
from tests.browser.conftest import SIZES
from tests.plans.timelines.kit import GARDEN, ROWS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "software-release-timeline.md"


@pytest.fixture
def page(cast: Any, client_of: Any, live_server: Any, browser: Any, request: Any) -> Any:
    """A page of a signed-in manager of a German organization; its console must stay silent."""
    cast.organization.time_zone, cast.organization.country = "Europe/Berlin", "DE"
    cast.organization.save()
    cookie = client_of(cast.manager).cookies["sessionid"].value
    context = browser.new_context(viewport=SIZES[request.param])
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
    page.set_default_timeout(15_000)
    yield page
    context.close()


def check(page: Any) -> None:
    """Accessible, silent, and no wider than the screen."""
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [str(n["target"]) for n in rule["nodes"]]) for rule in found] == []
    page.complaints.clear()  # axe writes inline styles, which the policy refuses


def bring_in(page: Any, base: str, plan: Any, name: str, text: bytes) -> None:
    page.goto(f"{base}/o/northlake/timelines/new/?plan={plan.pk}")
    page.set_input_files("#id_file", {"name": name, "mimeType": "text/plain", "buffer": text})
    page.click("text=Read the dates")
    page.wait_for_selector("h2:has-text('Preview')")


@pytest.mark.parametrize("page", ["desktop", "phone"], indirect=True)
def test_from_a_timeline_to_the_next_release(page: Any, cast: Any, live_server: Any) -> None:
    base = live_server.url
    autumn = factories.make_plan(cast.organization, name="Autumn", starts_on=date(2026, 9, 1))

    # Import: every row is shown with what it becomes.
    bring_in(page, base, autumn, "garden.md", GARDEN.encode())
    page.wait_for_selector("text=12 rows, read as follows")
    page.wait_for_selector("text=“22th” was read as 22nd.")
    check(page)
    page.click(f"text=Import {ROWS} rows")
    page.wait_for_selector("text=Learn a template from these dates")
    check(page)
    imported = dict(Task.objects.exclude(due=None).values_list("title", "due"))
    assert len(imported) == 8 and KeyDate.objects.count() == 3

    # Learn the template.
    page.click("text=Learn a template from these dates")
    page.wait_for_selector("text=6 working days")
    check(page)
    page.fill("#id_name", "Garden release")
    page.click("text=Save the back-schedule")
    page.wait_for_selector("text=can be built back from any key date now")
    check(page)
    template = BackScheduleTemplate.objects.get(name="Garden release")

    # Build it back from a new date in a new plan: the preview first, then the tasks.
    spring = factories.make_plan(
        cast.organization, name="Spring", starts_on=date(2027, 1, 4), ends_on=date(2027, 12, 31)
    )
    day = date(2027, 3, 24)
    launch = factories.make_key_date(spring, title="Spring release", date=day)
    page.goto(f"{base}/o/northlake/key-dates/{launch.pk}/build/")
    page.select_option("#id_template", str(template.pk))
    page.fill("#id_date", day.isoformat())
    page.click("text=See what would happen")
    page.wait_for_selector("text=Preview, nothing saved yet")
    page.wait_for_selector(".back-steps >> text=Second trial")
    check(page)
    assert not Task.objects.filter(key_date=launch).exists()
    page.click("button:has-text('Build it back')")
    page.wait_for_selector("text=Built back. Every owner is told once.")
    check(page)
    calendar = calendar_of(cast.organization)
    leads = dict(Task.objects.filter(key_date=launch).values_list("title", "lead"))
    assert set(leads) == set(imported)
    assert due(launch) == {title: calendar.shift(day, -lead) for title, lead in leads.items()}

    # Move the date by two weeks, over Good Friday and Easter Monday.
    before, to = due(launch), day + timedelta(days=14)
    page.goto(f"{base}/o/northlake/key-dates/{launch.pk}/move/")
    page.fill("#id_date", to.isoformat())
    page.click("text=See what would happen")
    page.wait_for_selector("text=Built back from Wed 7 April")
    trial = page.locator(".back-steps li", has_text="Second trial")
    assert "Moves from Tue 16 March" in trial.inner_text()
    assert trial.locator("time").get_attribute("datetime") == "2027-03-30"
    check(page)
    assert due(launch) == before
    page.locator("form.form-actions button.btn-primary").click()
    page.wait_for_selector("text=Spring release")
    launch.refresh_from_db()
    assert launch.date == to
    assert due(launch) == {title: calendar.shift(to, -lead) for title, lead in leads.items()}
    page.goto(f"{base}/o/northlake/key-dates/{launch.pk}/")
    check(page)


def due(key_date: KeyDate) -> dict[str, date | None]:
    return dict(Task.objects.filter(key_date=key_date).values_list("title", "due"))


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of a release timeline is not here")
@pytest.mark.parametrize("page", ["desktop"], indirect=True)
def test_the_sample_comes_in_whole(page: Any, cast: Any, live_server: Any) -> None:
    plan = factories.make_plan(cast.organization, name="Release", starts_on=date(2025, 9, 1))
    data = SAMPLE.read_bytes()
    rows = sum(line.startswith("|") for line in data.decode().splitlines()) - 2
    bring_in(page, live_server.url, plan, SAMPLE.name, data)
    check(page)
    page.click(f"text=Import {rows} rows")
    page.wait_for_selector("text=Learn a template from these dates")
    made = TimelineImport.objects.get()
    assert (made.rows, made.created, made.unchanged, made.skipped) == (rows, rows, 0, 0)
    assert KeyDate.objects.count() + Task.objects.count() == rows
    page.click("text=Learn a template from these dates")
    page.wait_for_selector("text=Save the back-schedule")
    check(page)
