"""What `workflow` learns of plans, streams and channels."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from people.permissions import Perm, can
from plans import queries
from plans.rules import PlanState
from tests import factories
from workflow import ownership
from workflow.queries import responsible_for, unowned
from workflow.registry import OWNABLES, ownable_of


@pytest.fixture
def things(cast: Any) -> dict[str, Any]:
    plan = factories.make_plan(cast.organization, owner=cast.member)
    return {
        "plan": plan,
        "stream": factories.make_stream(plan, owner=cast.member),
        "channel": factories.make_channel(cast.organization, owner=cast.member),
    }


@pytest.mark.parametrize("slug", ["plan", "stream", "channel"])
def test_each_is_found_named_and_locked(cast: Any, things: dict[str, Any], slug: str) -> None:
    thing, ownable = things[slug], OWNABLES[slug]
    assert ownable_of(thing) is ownable
    assert ownable.get(cast.organization, cast.viewer, thing.pk) == thing
    assert ownable.get(cast.other_organization, cast.outsider, thing.pk) is None
    assert ownable.lock(cast.organization, thing.pk) == thing
    assert ownable.title(thing) == thing.name
    assert ownable.url(thing).startswith("/o/northlake/")


def test_what_a_leaver_owned_is_unowned_unless_it_is_finished(
    cast: Any, things: dict[str, Any]
) -> None:
    done = factories.make_plan(cast.organization, owner=cast.member, state=PlanState.CLOSED)
    old = factories.make_channel(cast.organization, owner=cast.member, archived_at=timezone.now())
    assert ownership.vacate_everything_of(cast.member, "left", cast.admin) == 3
    for thing in things.values():
        thing.refresh_from_db()
        assert thing.owner is None and thing.unowned_reason == "left"
    for thing in (done, old):
        thing.refresh_from_db()
        assert thing.owner == cast.member
    rows = unowned(cast.organization, cast.viewer)
    assert {(row.label, row.pk) for row in rows} == {
        (thing._meta.label, thing.pk) for thing in things.values()
    }


def test_who_gives_up_a_confidential_plan_goes_on_seeing_it(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.member, is_confidential=True)
    ownership.vacate(row=plan, by=cast.member, reason="No time this spring")
    assert queries.may_see(cast.member, plan)
    assert queries.readers(cast.organization, plan) == [cast.member]
    assert ownership.claim(row=plan, by=cast.member).owner == cast.member


def test_giving_up_an_open_plan_lists_nobody(cast: Any, things: dict[str, Any]) -> None:
    ownership.vacate(row=things["plan"], by=cast.member, reason="No time this spring")
    assert queries.readers(cast.organization, things["plan"]) == []


def test_who_leaves_the_organization_is_no_reader_of_what_they_owned(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.member, is_confidential=True)
    ownership.vacate_everything_of(cast.member, "left", cast.admin)
    assert queries.readers(cast.organization, plan) == []


def test_an_unowned_confidential_plan_and_its_streams_are_listed_to_its_readers_only(
    cast: Any,
) -> None:
    plan = factories.make_plan(cast.organization, is_confidential=True)
    factories.make_stream(plan)
    plan.readers.create(organization=cast.organization, member=cast.colleague)
    assert len(unowned(cast.organization, cast.colleague)) == 2
    assert len(unowned(cast.organization, None)) == 2
    assert unowned(cast.organization, cast.manager) == []
    assert OWNABLES["plan"].get(cast.organization, cast.manager, plan.pk) is None


def test_in_place_of_an_owner_the_champion_is_chased_and_then_the_managers(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.member)
    stream = factories.make_stream(plan)
    channel = factories.make_channel(cast.organization)
    assert list(responsible_for(stream)) == [cast.member, cast.manager]
    assert list(responsible_for(channel)) == [cast.manager]
    factories.make_commitment(plan, channel)
    assert list(responsible_for(channel)) == [cast.member, cast.manager]
    assert list(responsible_for(factories.make_plan(cast.organization))) == [cast.manager]


def test_rights_by_relation(cast: Any, things: dict[str, Any]) -> None:
    plan, stream, channel = things["plan"], things["stream"], things["channel"]
    promise = factories.make_commitment(plan, channel)
    for thing in (plan, stream, promise):
        assert can(cast.member, Perm.PLAN_EDIT, thing)
        assert not can(cast.colleague, Perm.PLAN_EDIT, thing)
    other = factories.make_plan(cast.organization)
    own_stream = factories.make_stream(other, owner=cast.member)
    assert can(cast.member, Perm.PLAN_EDIT, own_stream)
    assert not can(cast.member, Perm.PLAN_EDIT, other)
    assert can(cast.member, Perm.CHANNEL_EDIT, channel)
    assert not can(cast.colleague, Perm.CHANNEL_EDIT, channel)
