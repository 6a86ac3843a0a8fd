"""The frame and the parts that pages are made of: what they say, and that they query nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory

from people.shell import NavItem, OrganizationLink, PlanLink, Shell


def signed_in(membership: Any) -> Any:
    request = RequestFactory().get("/o/northlake/")
    request.user = membership.user
    request.membership = membership
    request.organization = membership.organization
    return request


@pytest.fixture
def frame() -> Shell:
    return Shell(
        organizations=[OrganizationLink("Northlake Bank", "/o/northlake/", True)],
        nav=[
            NavItem(
                "My work", "/w/", "inbox", True, count=4, count_late=True, count_word="waiting"
            ),
            NavItem("People", "/p/", "people"),
        ],
        plans=[
            PlanLink("Home <Buyer>", "/h/", days_left=21),
            PlanLink("Grants", "/g/", nobody=True),
        ],
        create=[NavItem("Post", "/new/", "calendar-plus")],
        foot="Wed 10 March 2027.",
    )


def test_frame_shows_where_one_is_without_a_query(
    cast: Any, frame: Shell, django_assert_num_queries: Any
) -> None:
    request = signed_in(cast.manager)
    with django_assert_num_queries(0):
        html = render_to_string("shell.html", {"request": request, "shell": frame})
    assert html.count('aria-current="page"') == 2, "sidebar and phone bar"
    assert "Home &lt;Buyer&gt;" in html
    assert "no champion" in html
    assert "Ines Manager" in html
    assert "New" in html
    assert html.count('class="bottom-link"') == 3, "two entries, and More"
    assert html.count("> waiting<") == 2


def test_frame_offers_nothing_to_create_where_the_role_may_not(cast: Any) -> None:
    html = render_to_string("shell.html", {"request": signed_in(cast.viewer), "shell": Shell()})
    assert "bi-plus-lg" not in html.split("app-topbar")[1].split("</header>")[0]


def test_frame_stands_without_anything(rf: RequestFactory) -> None:
    html = render_to_string("shell.html", {"shell": None})
    assert 'id="main"' in html


def test_claim_row_offers_the_one_accent_button() -> None:
    html = render_to_string(
        "components/claim_row.html",
        {"id": "t1", "title": "<Brief>", "url": "/t/1/", "claim_url": "/t/1/claim/", "days": 1},
    )
    assert html.count("btn-claim") == 1
    assert 'action="/t/1/claim/"' in html
    assert 'method="post"' in html
    assert "day unowned" in html
    assert "&lt;Brief&gt;" in html


def test_claim_row_says_why_it_cannot_be_taken() -> None:
    html = render_to_string(
        "components/claim_row.html",
        {
            "id": "t1",
            "title": "Brief",
            "url": "/t/1/",
            "claim_url": "/x/",
            "days": 6,
            "may_claim": False,
            "reason": "Viewers read along.",
        },
    )
    assert "btn-claim" not in html
    assert "Viewers read along." in html


def test_claimed_row_names_who_was_faster(cast: Any) -> None:
    context = {"id": "t1", "title": "Brief", "membership": cast.colleague, "undo_url": "/undo/"}
    theirs = render_to_string("components/claimed_row.html", {**context, "yours": False})
    yours = render_to_string("components/claimed_row.html", {**context, "yours": True})
    assert "Cole Colleague took it a moment ago." in theirs
    assert "/undo/" not in theirs
    assert "Yours now." in yours
    assert "/undo/" in yours


def test_gap_row_leads_to_its_filling_only_where_one_may() -> None:
    gap = {"severity": "critical", "title": "Instagram, 2 of 4", "sentence": "Silent for 3 days."}
    assert "btn-fill" not in render_to_string("components/gap_row.html", gap)
    html = render_to_string("components/gap_row.html", {**gap, "fill_url": "/fill/"})
    assert 'href="/fill/"' in html
    assert "severity-high" in html
    assert 'aria-label="Critical"' in html


def test_pagination_keeps_the_filters(rf: RequestFactory) -> None:
    page = Paginator(range(50), 20).page(2)
    request = rf.get("/list/?plan=3&page=2")
    html = render_to_string("components/pagination.html", {"page": page, "request": request})
    assert "?plan=3&amp;page=1" in html
    assert "?plan=3&amp;page=3" in html
    assert "21 to 40 of 50" in html


def test_filter_bar_is_a_plain_form_that_remembers() -> None:
    plan = SimpleNamespace(name="plan", label="All plans", choices=[(3, "Spring")], value="3")
    html = render_to_string("components/filter_bar.html", {"filters": [plan], "keep": {"q": "a"}})
    assert 'method="get"' in html
    assert '<option value="3" selected>' in html
    assert 'name="q" value="a"' in html


def test_stack_table_repeats_its_headings_for_phones() -> None:
    html = render_to_string(
        "components/stack_table.html",
        {"caption": "Kept", "heads": ["Channel", "Promised"], "rows": [["Blog", 3]]},
    )
    assert 'data-head="Promised"' in html
    assert '<th scope="row"' in html


def test_confirm_page_posts_and_can_be_left(cast: Any) -> None:
    context = {
        "request": signed_in(cast.manager),
        "title": "Cancel this post?",
        "text": "It leaves the calendar.",
        "action_url": "/cancel/",
        "action_label": "Cancel the post",
        "cancel_url": "/back/",
        "hidden": {"token": "abc"},
    }
    html = render_to_string("components/confirm_page.html", context)
    assert '<form class="panel confirm" method="post" action="/cancel/">' in html
    assert 'href="/back/"' in html
    assert 'name="token" value="abc"' in html


@pytest.mark.parametrize(
    ("level", "kind", "role"), [("success", "ok", "status"), ("error", "late", "alert")]
)
def test_messages_are_notices(level: str, kind: str, role: str) -> None:
    class Message(SimpleNamespace):
        def __str__(self) -> str:
            return "<Saved>"

    html = render_to_string("components/messages.html", {"messages": [Message(level_tag=level)]})
    assert f'class="notice notice-{kind}" role="{role}"' in html
    assert "&lt;Saved&gt;" in html
