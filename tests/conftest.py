"""The same cast in every test: one bank, each role once, an outsider with a firm of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings

from tests import factories

# How fast a busy machine finds examples says nothing about the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@dataclass
class Cast:
    """Who appears in the tests. `outsider` owns another organization and belongs only there."""

    organization: Any
    other_organization: Any
    admin: Any
    manager: Any
    member: Any
    colleague: Any
    expert: Any
    viewer: Any
    deactivated: Any
    outsider: Any

    @property
    def roles(self) -> dict[str, Any]:
        """The role of each who has one."""
        names = ("admin", "manager", "member", "expert", "viewer")
        return {name: getattr(self, name) for name in names}


@pytest.fixture
def cast(db: None) -> Cast:
    """The bank and its people."""
    from django.utils import timezone

    bank = factories.make_organization(name="Northlake Bank", slug="northlake")
    other = factories.make_organization(name="Juniper Home", slug="juniper")

    def member(name: str, role: str, organization: Any = bank, **kw: Any) -> Any:
        email = name.split()[0].lower() + "@example.org"
        return factories.make_member(
            organization, role, user_fields={"name": name, "email": email}, **kw
        )

    return Cast(
        organization=bank,
        other_organization=other,
        admin=member("Ada Admin", "admin"),
        manager=member("Ines Manager", "manager"),
        member=member("Maya Member", "member"),
        colleague=member("Cole Colleague", "member"),
        expert=member("Emil Expert", "expert"),
        viewer=member("Vera Viewer", "viewer"),
        deactivated=member("Dora Deactivated", "member", deactivated_at=timezone.now()),
        outsider=member("Otto Outsider", "admin", other),
    )


@pytest.fixture
def client_of() -> Any:
    """`client_of(membership)`: a browser in which that person is signed in."""

    def make(membership: Any) -> Client:
        client = Client()
        client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
