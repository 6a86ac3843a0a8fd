"""What two people do at the same moment, on real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from people import services
from people.errors import Refused
from people.models import Activity, Membership
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Each act in a thread of its own, all let go together; "done", or the refusal's sentence."""
    barrier = threading.Barrier(len(acts))
    outcomes: list[str] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            act()
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize("attempt", range(5))
def test_two_administrators_cannot_remove_each_other(attempt: int) -> None:
    bank = factories.make_organization()
    ada, ben = (factories.make_member(bank, "admin") for _n in range(2))

    def demote(who: Membership, by: Membership) -> Callable[[], Any]:
        return lambda: services.change_member(member=who, role="member", department=None, by=by)

    def remove(who: Membership, by: Membership) -> Callable[[], Any]:
        now = timezone.now()
        return lambda: services.deactivate_member(member=who, heirs={}, by=by, now=now)

    as_before = [Membership.objects.get(pk=m.pk) for m in (ada, ben, ada, ben)]
    at_once(
        demote(ada, as_before[0]),
        demote(ben, as_before[1]),
        remove(ben, as_before[2]),
        remove(ada, as_before[3]),
    )
    admins = Membership.objects.active().filter(organization=bank, role="admin")
    assert admins.count() == 1


def test_an_invitation_is_accepted_once() -> None:
    bank = factories.make_organization()
    admin = factories.make_member(bank, "admin")
    user = factories.make_user(email="nora@example.org")
    offer = services.create_invitation(
        organization=bank,
        email="nora@example.org",
        role="member",
        department=None,
        by=admin,
        now=timezone.now(),
    )

    def accept() -> None:
        services.accept_invitation(invitation=offer.invitation, user=user, now=timezone.now())

    outcomes = at_once(*[accept] * 8)
    assert outcomes.count("done") == 1
    assert Activity.objects.filter(verb="member.joined").count() == 1


def test_an_address_is_invited_once() -> None:
    bank = factories.make_organization()
    admin = factories.make_member(bank, "admin")

    def invite() -> None:
        services.create_invitation(
            organization=bank,
            email="nora@example.org",
            role="member",
            department=None,
            by=admin,
            now=timezone.now(),
        )

    assert at_once(*[invite] * 6).count("done") == 1


def test_organizations_of_one_name_get_addresses_of_their_own() -> None:
    people = [factories.make_user() for _n in range(4)]

    def found(user: Any) -> Callable[[], Any]:
        return lambda: services.create_organization(
            user=user, name="Same Name", time_zone="UTC", now=timezone.now()
        )

    assert at_once(*map(found, people)) == ["done"] * 4
