"""From sign-up to the first organization in a real browser: zone and country are guessed."""

from __future__ import annotations

from typing import Any

import pytest

from people.models import Organization, User
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "timezone_id": "America/Toronto", "locale": "en-CA"}


def test_the_browser_offers_zone_and_country(live_server: Any, page: Any) -> None:
    page.goto(f"{live_server.url}/accounts/signup/")
    page.fill("[name=name]", "Nora New")
    page.fill("[name=email]", "nora@example.org")
    page.fill("[name=password1]", factories.PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/confirm-email/")
    user = User.objects.get()
    assert user.time_zone == "America/Toronto"
    user.emailaddress_set.update(verified=True)
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("[name=login]", "nora@example.org")
    page.fill("[name=password]", factories.PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/organizations/new/")
    page.fill("[name=name]", "Northlake Bank")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/o/northlake-bank/**")
    organization = Organization.objects.get()
    assert (organization.time_zone, organization.country) == ("America/Toronto", "CA")
