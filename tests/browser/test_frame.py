"""The frame and the kit in a real browser: accessible, within the policy, kind when it fails."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.browser.kit")]


def problems(page: Any) -> list[tuple[str, list[str]]]:
    """What axe finds, as (rule, where)."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [str(node["target"]) for node in rule["nodes"]]) for rule in found]


@pytest.fixture
def open_page(live_server: Any, browser: Any) -> Any:
    """`open_page(path, size, theme)`: a fresh page whose console must stay silent."""
    contexts = []

    def make(path: str = "/kit/", size: str = "desktop", theme: str = "light") -> Any:
        context = browser.new_context(viewport=SIZES[size], color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("path", ["/kit/", "/accounts/login/", "/no-such-page/"])
def test_it_is_accessible_fits_and_keeps_its_policy(
    open_page: Any, path: str, size: str, theme: str
) -> None:
    page = open_page(path, size, theme)
    assert [c for c in page.complaints if "404" not in c] == []
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("document.fonts.check('16px \"Inter Variable\"')")
    assert problems(page) == []


def test_errors_take_the_focus_and_lead_to_their_fields(open_page: Any) -> None:
    page = open_page()
    page.click("text=Save")
    page.wait_for_selector(".error-summary")
    assert "error-summary" in page.evaluate("document.activeElement.className")
    assert problems(page) == []
    page.click(".error-summary a >> nth=1")
    assert page.evaluate("document.activeElement.id") == "id_owner"
    page.click(".error-summary a >> nth=2")
    assert page.evaluate("document.activeElement.id") == "id_stage_0"


def test_what_failed_says_what_was_not_done_and_can_be_tried_again(open_page: Any) -> None:
    page = open_page()
    page.click("#decide")
    page.wait_for_selector("#toasts [role=alert]")
    words = page.inner_text("#toasts")
    assert "Your approval was not saved" in words
    assert "Nothing was sent to Lucia." in words
    with page.expect_request("**/broken/"):
        page.click("[data-again]")


def test_a_form_that_failed_is_sent_again_as_it_was(open_page: Any) -> None:
    page = open_page()
    page.click(".btn-claim")
    page.wait_for_selector("#toasts [role=alert]")
    assert "It is not yours yet" in page.inner_text("#toasts")
    with page.expect_request("**/broken/") as sent:
        page.click("[data-again]")
    assert sent.value.method == "POST"


def test_what_went_well_is_said(open_page: Any) -> None:
    page = open_page()
    page.click("#move")
    page.wait_for_selector("#toasts [role=status]")
    assert "Moved to Thu 18 March." in page.inner_text("#toasts")


def test_the_theme_changes_at_once(open_page: Any) -> None:
    page = open_page()
    with page.expect_request("**/theme/"):
        page.click("text=your account and theme")
        page.click(".theme-choice button[value=dark]")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_the_menu_of_the_phone_opens_and_gives_the_focus_back(open_page: Any) -> None:
    page = open_page("/kit/", "phone")
    page.click(".bottom-nav button")
    page.wait_for_selector("#sidebar.show:not(.showing)")
    assert problems(page) == []
    page.click(".side-close")
    page.wait_for_selector(".bottom-nav button:focus")


def test_filters_show_their_result_as_soon_as_one_is_chosen(open_page: Any) -> None:
    page = open_page()
    assert page.locator("[data-noscript]").is_hidden()
    page.select_option(".filter-bar select", "1")
    page.wait_for_url("**/kit/?plan=1")
