"""My work and the dashboard in a real browser: accessible, and no wider than the screen."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe

from dashboards.demo import build
from people.models import Membership
from tests.dashboards.conftest import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_they_are_accessible_and_fit(
    live_server: Any, browser: Any, client_of: Any, size: str, theme: str
) -> None:
    with time_machine.travel(NOON, tick=False):
        bank = build.build(NOON)
        for email, path in (("maya@", "my-work/"), ("ines@", "dashboard/")):
            member = Membership.objects.get(organization=bank, user__email__startswith=email)
            context = browser.new_context(viewport=SIZES[size], color_scheme=theme)
            session = client_of(member).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            page = context.new_page()
            page.goto(f"{live_server.url}/o/{bank.slug}/{path}")
            page.wait_for_load_state("networkidle")
            found = Axe().run(page).response["violations"]
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            context.close()
            assert [(rule["id"], len(rule["nodes"])) for rule in found] == []
            assert wider <= 0
