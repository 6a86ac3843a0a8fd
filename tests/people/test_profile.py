"""A person's own page, and how PlanCraft looks and reads to them."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from people.models import User

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Maya Okafor",
    "initials": "mo",
    "tone": "4",
    "time_zone": "Asia/Tokyo",
    "language": "en",
    "theme": "dark",
}


def test_it_works(cast: Any, client_of: Any) -> None:
    client = client_of(cast.member)
    assert client.get("/profile/").status_code == 200
    assert client.post("/profile/", GOOD)["Location"] == "/profile/"
    user = cast.member.user
    user.refresh_from_db()
    assert (user.name, user.short_initials, user.tone) == ("Maya Okafor", "MO", 4)
    page = client.get("/o/northlake/people/").content.decode()
    assert 'data-theme="dark"' in page
    assert "Maya Okafor" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("initials", "FOUR"),
        ("tone", "7"),
        ("tone", "x"),
        ("time_zone", "Mars/Olympus"),
        ("language", "xx"),
        ("theme", "neon"),
    ],
)
def test_nonsense_is_said_and_changes_nothing(
    cast: Any, client_of: Any, field: str, value: str
) -> None:
    answer = client_of(cast.member).post("/profile/", {**GOOD, field: value})
    assert answer.status_code == 422
    cast.member.user.refresh_from_db()
    assert cast.member.user.name == "Maya Member"


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get("/profile/").status_code == 302


def test_the_theme_is_one_click_and_leads_back(cast: Any, client_of: Any) -> None:
    client = client_of(cast.member)
    answer = client.post("/theme/", {"theme": "dark", "next": "/o/northlake/people/"})
    assert answer["Location"] == "/o/northlake/people/"
    cast.member.user.refresh_from_db()
    assert cast.member.user.theme == "dark"
    assert client.post("/theme/", {"theme": "neon"}).status_code == 400
    assert client.get("/theme/").status_code == 405
    away = client.post("/theme/", {"theme": "light", "next": "https://evil.example/"})
    assert away["Location"] == "/"


def test_the_frame_shows_the_persons_own_day(cast: Any, client_of: Any) -> None:
    cast.member.user.time_zone = "Pacific/Auckland"
    cast.member.user.save()
    with time_machine.travel("2027-03-09T12:30:00Z", tick=False):
        page = client_of(cast.member).get("/o/northlake/people/").content.decode()
        assert timezone.now().day == 9
    assert "Wed 10 March 2027" in page


def test_a_zone_that_is_gone_locks_nobody_out(cast: Any, client_of: Any) -> None:
    cast.member.user.time_zone = "Atlantis/Capital"
    cast.member.user.save()
    assert client_of(cast.member).get("/profile/").status_code == 200


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Maya Okafor", "MO"),
        ("Zoë 🌱 <b>Nová</b>", "ZB"),
        ("李 明", "李明"),
        ("🌱", "M"),
        ("Ana-Li", "A"),
    ],
)
def test_initials_are_letters(name: str, initials: str) -> None:
    assert User(name=name, email="maya@example.org").short_initials == initials
