"""In a real browser: a plan printed by Chromium, on A4 and on US letter."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
POINTS = {"a4": (595, 842), "letter": (612, 792)}


@pytest.mark.parametrize("size", ["a4", "letter"])
def test_the_whole_plan_is_printed_without_navigation(
    page: Any, live_server: Any, cast: Any, client_of: Any, size: str
) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.member, name="Home Buyer Spring")
    launch = factories.make_key_date(plan, title="Rate lock", owner=cast.manager)
    for n in range(40):
        factories.make_task(
            plan, title=f"Step {n}", key_date=launch, due=date(2027, 2, 1), owner=cast.colleague
        )
    session = client_of(cast.viewer).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/o/northlake/plans/{plan.pk}/print/?size={size}")
    assert page.get_by_role("link", name="Back to the plan").is_visible()
    page.emulate_media(media="print")
    assert not page.get_by_role("link", name="Back to the plan").is_visible()
    printed = page.locator("main").inner_text()
    for words in ("Home Buyer Spring", "Maya Member", "Rate lock", "Step 39", "Cole Colleague"):
        assert words in printed, words
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) >= 2
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert boxes
    assert {(round(float(wide)), round(float(high))) for wide, high in boxes} == {POINTS[size]}
