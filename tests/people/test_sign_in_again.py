"""A session that has ended: the way to sign in, and back to a page that can be opened."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse


def where_to(answer: Any) -> str:
    parts = urlsplit(answer["Location"])
    assert parts.path == reverse("account_login")
    return parse_qs(parts.query)["next"][0]


@pytest.fixture
def page(cast: Any) -> str:
    return reverse("departments", args=["northlake"])


def test_a_page_leads_back_to_itself(page: str) -> None:
    assert where_to(Client().get(f"{page}?x=1")) == f"{page}?x=1"


@pytest.mark.parametrize(
    ("stood", "back"),
    [
        ("http://testserver/o/northlake/plans/3/?a=b", "/o/northlake/plans/3/?a=b"),
        ("https://evil.example/o/", "/"),
        ("http://testserver//evil.example/", "/"),
        ("", "/"),
    ],
)
def test_a_form_leads_back_to_the_page_it_stood_on(cast: Any, stood: str, back: str) -> None:
    take = reverse("own-claim", args=["northlake", "plan", 1])
    assert where_to(Client().post(take, headers={"referer": stood})) == back


def test_a_fragment_has_its_page_loaded_again(page: str) -> None:
    answer = Client().get(page, headers={"hx-request": "true"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Refresh"] == "true"
