"""Promises, channels and quiet days through their services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from people import queries as people
from people.activity import sentence
from people.errors import NotAllowed, Refused, Stale
from plancraft.lib.changes import fingerprint
from plans import queries, services
from plans.models import Blackout, Commitment
from plans.records import ChannelFields, channel_fields, terms_of
from plans.rules import PlanState, Terms
from plans.services.promises import seen_of
from tests import factories

TODAY = date(2027, 2, 1)
WEEKLY = Terms(3, "week")


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.member, name="Spring")


@pytest.fixture
def channel(cast: Any) -> Any:
    return factories.make_channel(cast.organization, owner=cast.colleague, name="Instagram")


def make(plan: Any, channel: Any, by: Any, terms: Terms = WEEKLY) -> Commitment:
    return services.make_promise(plan=plan, by=by, channel=channel, terms=terms)


def told(plan: Any) -> list[str]:
    return [sentence(row) for row in people.activity_of_plan(plan.organization, plan.pk)]


def test_a_champion_promises_and_a_member_does_not(cast: Any, plan: Any, channel: Any) -> None:
    promise = make(plan, channel, cast.member, Terms(3, "week", (4, 0, 2), 3))
    promise.refresh_from_db()
    assert terms_of(promise) == Terms(3, "week", (0, 2, 4), 3)
    words = "every Monday, Wednesday and Friday, never silent longer than 3 days"
    assert told(plan) == [f"promised on Instagram: {words}"]
    for who in (cast.colleague, cast.expert, cast.viewer, cast.outsider):
        with pytest.raises(NotAllowed):
            make(plan, channel, who)


def test_a_promise_that_is_never_due_is_refused(cast: Any, plan: Any, channel: Any) -> None:
    with pytest.raises(Refused, match="not one post"):
        make(plan, channel, cast.member, Terms(1, "week", effective_from=date(2027, 6, 1)))
    with pytest.raises(Refused, match="one post at least"):
        make(plan, channel, cast.member, Terms(0, "week"))
    assert not Commitment.objects.exists()


def test_nothing_is_promised_on_an_archived_channel(cast: Any, plan: Any, channel: Any) -> None:
    channel.archived_at = timezone.now()
    channel.save()
    with pytest.raises(Refused, match="archived"):
        make(plan, channel, cast.member)


def test_a_change_from_today_keeps_what_was_measured(cast: Any, plan: Any, channel: Any) -> None:
    promise = make(plan, channel, cast.member)
    seen = seen_of(terms_of(promise))
    later = services.change_promise(
        promise=promise, by=cast.member, seen=seen, terms=Terms(5, "week"), from_day=TODAY
    )
    promise.refresh_from_db()
    assert terms_of(promise) == Terms(3, "week", effective_to=date(2027, 1, 31))
    assert terms_of(later) == Terms(5, "week", effective_from=TODAY)
    assert told(plan)[0] == "changed what is promised on Instagram: 5 a week, before 3 a week"


def test_a_change_from_the_beginning_replaces_it(cast: Any, plan: Any, channel: Any) -> None:
    promise = make(plan, channel, cast.member)
    seen = seen_of(terms_of(promise))
    same = services.change_promise(
        promise=promise, by=cast.member, seen=seen, terms=Terms(5, "week")
    )
    assert same.pk == promise.pk and Commitment.objects.count() == 1


def test_a_change_before_it_began_splits_nothing(cast: Any, plan: Any, channel: Any) -> None:
    promise = make(plan, channel, cast.member, Terms(3, "week", effective_from=date(2027, 3, 1)))
    seen, terms = seen_of(terms_of(promise)), Terms(2, "week", effective_from=date(2027, 3, 1))
    services.change_promise(promise=promise, by=cast.member, seen=seen, terms=terms, from_day=TODAY)
    assert terms_of(Commitment.objects.get()) == terms


def test_the_second_editor_of_a_promise_is_told(cast: Any, plan: Any, channel: Any) -> None:
    promise = make(plan, channel, cast.member)
    seen = seen_of(terms_of(promise))
    services.change_promise(promise=promise, by=cast.member, seen=seen, terms=Terms(4, "week"))
    with pytest.raises(Stale) as caught:
        services.change_promise(promise=promise, by=cast.manager, seen=seen, terms=Terms(5, "week"))
    assert caught.value.current == Terms(4, "week")
    assert Commitment.objects.get().count == 4


def test_a_promise_ends_and_one_that_had_not_begun_is_withdrawn(
    cast: Any, plan: Any, channel: Any
) -> None:
    promise = make(plan, channel, cast.member)
    services.end_promise(promise=promise, by=cast.member, last_day=TODAY)
    promise.refresh_from_db()
    assert promise.effective_to == TODAY
    assert told(plan)[0] == "let the promise on Instagram end on Mon 1 February: 3 a week"
    later = make(plan, channel, cast.member, Terms(3, "week", effective_from=date(2027, 3, 1)))
    assert services.end_promise(promise=later, by=cast.member, last_day=TODAY) is None
    assert not Commitment.objects.filter(pk=later.pk).exists()
    with pytest.raises(Refused, match="withdrawn in the meantime"):
        services.end_promise(promise=later, by=cast.member, last_day=TODAY)


def test_other_plans_promises_on_a_channel_are_shown_to_who_may_see_them(
    cast: Any, plan: Any, channel: Any
) -> None:
    hidden = factories.make_plan(
        cast.organization, owner=cast.colleague, is_confidential=True, name="Merger"
    )
    closed = factories.make_plan(cast.organization, state=PlanState.CLOSED)
    for one in (plan, hidden, closed):
        factories.make_commitment(one, channel)

    def shown(who: Any) -> list[str]:
        found = queries.promises_on(cast.organization, who, [channel.pk])
        return [promise.plan.name for promise in found]

    assert shown(cast.member) == ["Spring"]
    assert shown(cast.colleague) == ["Merger", "Spring"]


# Channels ----------------------------------------------------------------------------------------
def test_leaders_add_channels_and_their_owner_edits_them(cast: Any) -> None:
    fields = ChannelFields(kind="blog", name="Blog")
    channel = services.create_channel(
        organization=cast.organization, by=cast.manager, fields=fields, owner=cast.member
    )
    seen = fingerprint(channel_fields(channel).words())
    changed = replace(fields, short_name="B", time_zone="Europe/Zurich")
    services.edit_channel(channel=channel, by=cast.member, seen=seen, fields=changed)
    channel.refresh_from_db()
    assert channel_fields(channel) == changed
    with pytest.raises(Stale):
        services.edit_channel(channel=channel, by=cast.manager, seen=seen, fields=fields)
    for who in (cast.colleague, cast.expert, cast.viewer, cast.outsider):
        with pytest.raises(NotAllowed):
            services.edit_channel(channel=channel, by=who, seen=seen, fields=fields)
        with pytest.raises(NotAllowed):
            services.create_channel(organization=cast.organization, by=who, fields=fields)


def test_a_channels_name_is_taken_once(cast: Any, channel: Any) -> None:
    fields = ChannelFields(kind="instagram", name="INSTAGRAM")
    with pytest.raises(Refused, match="taken"):
        services.create_channel(organization=cast.organization, by=cast.manager, fields=fields)


def test_archiving_ends_its_promises_and_tells_their_plans(
    cast: Any, plan: Any, channel: Any
) -> None:
    promise = make(plan, channel, cast.member)
    at = timezone.now()
    with pytest.raises(NotAllowed):
        services.archive_channel(channel=channel, by=cast.colleague, at=at, today=TODAY)
    services.archive_channel(channel=channel, by=cast.manager, at=at, today=TODAY)
    services.archive_channel(channel=channel, by=cast.manager, at=at, today=TODAY)
    promise.refresh_from_db()
    channel.refresh_from_db()
    assert promise.effective_to == TODAY and channel.archived_at == at
    assert told(plan)[0].startswith("let the promise on Instagram end")
    services.restore_channel(channel=channel, by=cast.manager, at=at)
    assert channel in queries.channels(cast.organization)


# Quiet days --------------------------------------------------------------------------------------
def test_leaders_set_quiet_days_everywhere_and_owners_on_their_channel(
    cast: Any, channel: Any
) -> None:
    days = {"name": "Results", "starts_on": TODAY, "ends_on": TODAY}

    def ask(by: Any, on: Any = None) -> Blackout:
        return services.add_blackout(organization=cast.organization, by=by, channel=on, **days)

    everywhere, here = ask(cast.manager), ask(cast.colleague, channel)
    assert list(queries.blackouts(cast.organization, channel)) == [everywhere, here]
    for who, where in ((cast.colleague, None), (cast.member, channel), (cast.viewer, channel)):
        with pytest.raises(NotAllowed):
            ask(who, where)
    with pytest.raises(NotAllowed):
        services.remove_blackout(blackout=everywhere, by=cast.colleague)
    services.remove_blackout(blackout=here, by=cast.colleague)
    services.remove_blackout(blackout=here, by=cast.colleague)
    assert list(queries.blackouts(cast.organization)) == [everywhere]


def test_quiet_days_end_after_they_begin(cast: Any) -> None:
    with pytest.raises(Refused, match="before the first"):
        services.add_blackout(
            organization=cast.organization,
            by=cast.manager,
            name="Results",
            starts_on=TODAY,
            ends_on=date(2027, 1, 31),
        )
