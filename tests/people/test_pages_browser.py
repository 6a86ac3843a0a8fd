"""People's pages in a real browser: no accessibility rule broken, nothing scrolls sideways."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from people import services
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_every_page_in_both_widths_and_themes(
    live_server: Any, page: Any, cast: Any, client_of: Any
) -> None:
    department = factories.make_department(cast.organization, name="Retail")
    factories.make_plan(cast.organization, owner=cast.member)
    offer = services.create_invitation(
        organization=cast.organization,
        email="nora@example.org",
        role="member",
        department=department,
        by=cast.admin,
        now=timezone.now(),
    )
    session = client_of(cast.admin).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    inside = (
        "people/",
        f"people/{cast.member.pk}/",
        f"people/{cast.member.pk}/deactivate/",
        f"people/{cast.deactivated.pk}/",
        "people/invitations/",
        "people/invitations/new/",
        "settings/",
        "settings/departments/",
        f"settings/departments/{department.pk}/",
        f"settings/departments/{department.pk}/delete/",
        "audit/",
    )
    outside = ("/profile/", "/organizations/new/", f"/invitation/{offer.token}/", "/invitation/x/")
    problems = []
    for address in (*(f"/o/northlake/{name}" for name in inside), *outside):
        for width, theme in ((1440, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=theme)
            page.goto(live_server.url + address)
            result = Axe().run(page).response
            assert len(result["passes"]) > 10, "the rules did run"
            problems += [
                (address, width, rule["id"], rule["nodes"][0]["html"])
                for rule in result["violations"]
            ]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                problems.append((address, width, "scrolls sideways", ""))
    assert problems == []
