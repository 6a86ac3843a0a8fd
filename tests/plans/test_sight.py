"""Who may not see a confidential plan can do nothing in it, and is left with nothing in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from people.errors import NotAllowed, Refused
from plancraft.lib.changes import fingerprint
from plans import queries, services
from plans.models import PlanReader
from plans.records import PlanFields, channel_fields, plan_fields
from plans.rules import PlanState
from tests import factories
from workflow import ownership


@pytest.fixture
def secret(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.member, is_confidential=True)


def test_a_member_of_another_organization_sees_no_plan_at_all(cast: Any) -> None:
    plan = factories.make_plan(cast.organization)
    assert list(queries.visible_plans(cast.organization, cast.outsider)) == []
    assert not queries.may_see(cast.outsider, plan)
    assert list(queries.visible_plans(cast.organization, cast.viewer)) == [plan]
    assert queries.may_see(cast.viewer, plan)


def test_a_manager_who_may_not_see_it_gives_nothing_in_it_to_anyone(cast: Any, secret: Any) -> None:
    stream = factories.make_stream(secret, owner=cast.member)
    for row in (secret, stream):
        with pytest.raises(NotAllowed):
            ownership.assign(row=row, to=cast.member, by=cast.manager)
        with pytest.raises(NotAllowed):
            ownership.vacate(row=row, by=cast.manager, reason="Not theirs")
        with pytest.raises(NotAllowed):
            ownership.offer(row=row, to=cast.member, by=cast.manager)
    PlanReader.objects.create(organization=cast.organization, plan=secret, member=cast.manager)
    assert ownership.vacate(row=stream, by=cast.manager, reason="Not theirs").owner is None


def test_who_hands_a_confidential_plan_on_goes_on_seeing_it(cast: Any, secret: Any) -> None:
    story = factories.make_story(secret, owner=cast.member)
    for reader in (cast.colleague, cast.manager):
        PlanReader.objects.create(organization=cast.organization, plan=secret, member=reader)
    question = ownership.offer(row=secret, to=cast.colleague, by=cast.member)
    ownership.answer_offer(handover=question, accept=True, by=cast.colleague)
    assert queries.may_see(cast.member, type(secret).objects.get(pk=secret.pk))
    assert ownership.vacate(row=story, by=cast.member, reason="Too much").owner is None
    PlanReader.objects.filter(member=cast.colleague).delete()
    plan = ownership.assign(row=secret, to=cast.manager, by=cast.colleague)
    assert plan.owner == cast.manager
    assert {member.pk for member in queries.readers(cast.organization, plan)} >= {
        cast.member.pk,
        cast.colleague.pk,
    }


def test_handing_an_open_plan_on_lists_nobody(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.member)
    ownership.assign(row=plan, to=cast.manager, by=cast.member)
    assert not PlanReader.objects.exists()


def as_confidential(plan: Any, *readers: Any) -> PlanFields:
    return replace(plan_fields(plan, [], []), is_confidential=True, readers=readers)


def test_a_plan_hides_from_nobody_who_owns_a_story_in_it(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    factories.make_story(plan, owner=cast.member, title="The merger")
    factories.make_story(factories.make_plan(cast.organization), owner=cast.colleague)
    with pytest.raises(Refused, match="Maya Member owns the story “The merger”"):
        services.edit_plan(plan=plan, by=cast.manager, version=1, fields=as_confidential(plan))
    fields = as_confidential(plan, cast.member)
    edited = services.edit_plan(plan=plan, by=cast.manager, version=1, fields=fields)
    assert edited.is_confidential


def test_who_left_while_a_plan_was_closed_owns_nothing_once_it_goes_on(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.deactivated, state="closed")
    stream = factories.make_stream(plan, owner=cast.deactivated)
    kept = factories.make_stream(plan, owner=cast.member)
    services.change_state(plan=plan, by=cast.manager, to=PlanState.RUNNING)
    for row in (plan, stream, kept):
        row.refresh_from_db()
    assert (plan.owner, stream.owner, kept.owner) == (None, None, cast.member)
    assert plan.unowned_since <= timezone.now()
    assert plan.unowned_reason == "its owner has left"


def test_its_owner_does_not_make_a_channel_another_kind(cast: Any) -> None:
    """The kind decides who approves: an owner could release what needs someone else's yes."""
    channel = factories.make_channel(cast.organization, owner=cast.member, kind="instagram")
    before = channel_fields(channel)
    change: dict[str, Any] = {
        "channel": channel,
        "seen": fingerprint(before.words()),
        "fields": replace(before, kind="event"),
    }
    with pytest.raises(Refused, match="ask a manager"):
        services.edit_channel(by=cast.member, **change)
    assert services.edit_channel(by=cast.manager, **change).kind == "event"


def test_nothing_is_promised_on_a_channel_that_was_put_away_a_moment_ago(cast: Any) -> None:
    from plans.rules import Terms

    plan = factories.make_plan(cast.organization, owner=cast.manager)
    channel = factories.make_channel(cast.organization)
    seen_before = type(channel).objects.get(pk=channel.pk)
    services.archive_channel(
        channel=channel, by=cast.manager, at=timezone.now(), today=date(2027, 1, 5)
    )
    with pytest.raises(Refused, match="archived"):
        services.make_promise(
            plan=plan, by=cast.manager, channel=seen_before, terms=Terms(count=3, per="week")
        )
