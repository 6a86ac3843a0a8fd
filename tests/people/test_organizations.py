"""The first organization, further ones, and moving between them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from people.models import Activity, Membership, Organization
from people.services import create_organization
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/organizations/new/"
NEW = {"name": "Café Lumière", "time_zone": "Europe/Paris", "country": "FR"}


@pytest.fixture
def nora(client: Client) -> Client:
    client.force_login(factories.make_user(name="Nora New"), backend=BACKEND)
    return client


BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_it_works(nora: Client) -> None:
    assert nora.get("/")["Location"] == ADDRESS
    assert nora.get(ADDRESS).status_code == 200
    answer = nora.post(ADDRESS, NEW)
    assert answer["Location"] == "/o/cafe-lumiere/"
    organization = Organization.objects.get()
    membership = Membership.objects.get()
    assert (organization.time_zone, organization.country) == ("Europe/Paris", "FR")
    assert (membership.role, membership.user.name) == ("admin", "Nora New")
    activity = Activity.objects.get()
    assert (activity.verb, activity.actor) == ("organization.created", membership)
    assert nora.get("/")["Location"] == "/o/cafe-lumiere/"


def test_two_of_a_name_get_addresses_of_their_own(nora: Client) -> None:
    nora.post(ADDRESS, NEW)
    second = nora.post(ADDRESS, NEW)["Location"]
    assert second.startswith("/o/cafe-lumiere-")
    assert second != "/o/cafe-lumiere/"


@pytest.mark.parametrize("name", ["広報部", "…", "a" * 120])
def test_any_name_gets_an_address(name: str) -> None:
    membership = create_organization(
        user=factories.make_user(), name=name, time_zone="UTC", now=timezone.now()
    )
    assert 0 < len(membership.organization.slug) <= 60


def test_bad_input_is_said_and_kept(nora: Client) -> None:
    answer = nora.post(ADDRESS, {"name": "Kept", "time_zone": "Mars/Olympus", "country": "XX"})
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.content.decode()
    assert not Organization.objects.exists()


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get(ADDRESS)["Location"].startswith("/accounts/login/")


def test_who_is_in_several_chooses_and_switches(cast: Any, client_of: Any) -> None:
    factories.make_member(cast.other_organization, "expert", user=cast.expert.user)
    client = client_of(cast.expert)
    page = client.get("/").content.decode()
    assert "/o/northlake/" in page
    assert "/o/juniper/" in page
    inside = client.get("/o/juniper/people/").content.decode()
    assert "/o/northlake/" in inside, "the switcher offers the other one"


def test_a_deactivated_person_is_in_none(cast: Any, client_of: Any) -> None:
    client = client_of(cast.deactivated)
    assert client.get("/")["Location"] == ADDRESS
    assert client.get("/o/northlake/people/").status_code == 404
