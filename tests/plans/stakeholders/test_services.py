"""What a person may do with stakeholders, and what is left when they are erased."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from people import sealing
from people.activity import sentence, words
from people.errors import NotAllowed, Refused, Stale
from people.models import Activity, ActivityText
from plancraft.lib.changes import fingerprint
from plans.models import PlanReader, Stakeholder, Touchpoint
from plans.stakeholders import queries, services
from plans.stakeholders.records import StakeholderFields, TouchpointFields, stakeholder_fields
from tests import factories
from workflow import ownership

FIELDS = StakeholderFields(kind="journalist", name="Rosa Lind", held_since=date(2027, 1, 4))


def seen(row: Stakeholder) -> str:
    return fingerprint(stakeholder_fields(row).words())


def speak(row: Any, by: Any, today: date, **changes: Any) -> Touchpoint:
    fields = replace(TouchpointFields(day=today, means="call", said="The rates"), **changes)
    return services.record_touchpoint(stakeholder=row, by=by, fields=fields, today=today)


# Keeping them -------------------------------------------------------------------------------------
def test_a_new_one_has_the_owner_it_was_given_or_none(cast: Any) -> None:
    make = {"organization": cast.organization, "by": cast.member, "fields": FIELDS}
    owned = services.create(**make, owner=cast.colleague)
    assert (owned.owner, owned.unowned_since) == (cast.colleague, None)
    nobodys = services.create(**make)
    assert nobodys.owner is None and nobodys.unowned_since is not None
    told = Activity.objects.filter(verb="stakeholder.created").order_by("pk").first()
    assert told is not None and sentence(told) == "added the stakeholder Rosa Lind"
    assert "Rosa" not in json.dumps(told.payload)


@pytest.mark.parametrize("who", ["expert", "viewer", "outsider", "deactivated"])
def test_who_only_reads_keeps_no_contacts(cast: Any, rosa: Any, today: date, who: str) -> None:
    by = getattr(cast, who)
    acts = [
        lambda: services.create(organization=cast.organization, by=by, fields=FIELDS),
        lambda: services.edit(stakeholder=rosa, by=by, seen=seen(rosa), fields=FIELDS),
        lambda: services.archive(stakeholder=rosa, by=by, at=timezone.now()),
        lambda: services.erase(stakeholder=rosa, by=by, at=timezone.now()),
        lambda: services.record_export(stakeholder=rosa, by=by),
        lambda: services.record_list_export(organization=cast.organization, by=by, count=1),
        lambda: speak(rosa, by, today),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_the_second_of_two_editors_is_told(cast: Any, rosa: Any) -> None:
    before = seen(rosa)
    fields = stakeholder_fields(rosa)
    services.edit(
        stakeholder=rosa, by=cast.colleague, seen=before, fields=replace(fields, topics="rates")
    )
    with pytest.raises(Stale, match="Cole Colleague changed this"):
        services.edit(stakeholder=rosa, by=cast.member, seen=before, fields=fields)
    told = Activity.objects.get(verb="stakeholder.edited")
    assert told.payload == {"fields": ["topics"]}


def test_a_confidential_plan_takes_only_who_sees_it(cast: Any, secret: Any) -> None:
    with pytest.raises(Refused, match="That plan is not there"):
        services.create(
            organization=cast.organization,
            by=cast.colleague,
            fields=replace(FIELDS, plan=secret),
        )
    with pytest.raises(Refused, match="cannot see this confidential plan"):
        services.create(
            organization=cast.organization,
            by=cast.member,
            fields=replace(FIELDS, plan=secret),
            owner=cast.colleague,
        )
    row = services.create(
        organization=cast.organization, by=cast.member, fields=replace(FIELDS, plan=secret)
    )
    for viewer, sees in ((cast.member, True), (cast.admin, False), (cast.outsider, False)):
        assert queries.visible(cast.organization, viewer).filter(pk=row.pk).exists() is sees
    with pytest.raises(NotAllowed):
        services.archive(stakeholder=row, by=cast.admin, at=timezone.now())


def test_a_stream_belongs_to_its_plan(cast: Any, plan: Any) -> None:
    elsewhere = factories.make_stream(factories.make_plan(cast.organization))
    with pytest.raises(Refused, match="another plan"):
        services.create(
            organization=cast.organization,
            by=cast.member,
            fields=replace(FIELDS, plan=plan, stream=elsewhere),
        )


def test_a_restored_one_has_no_owner_who_has_left(cast: Any, rosa: Any) -> None:
    services.archive(stakeholder=rosa, by=cast.member, at=timezone.now())
    cast.member.deactivated_at = timezone.now()
    cast.member.save()
    row = services.restore(stakeholder=rosa, by=cast.manager)
    row.refresh_from_db()
    assert row.archived_at is None and row.owner is None and row.unowned_since is not None


# Speaking with them -------------------------------------------------------------------------------
def test_a_touchpoint_counts_and_the_same_note_twice_is_one(
    cast: Any, rosa: Any, today: date
) -> None:
    assert speak(rosa, cast.colleague, today).pk == speak(rosa, cast.colleague, today).pk
    row = queries.get(cast.organization, cast.viewer, rosa.pk)
    assert row.last_day == today  # type: ignore[attr-defined]
    assert Activity.objects.filter(verb="touchpoint.recorded").count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence_"),
    [
        ({"day": date(2199, 1, 1)}, "yet to come"),
        ({"is_briefing": True}, "choose a story or a plan"),
        ({"next_on": date(2027, 3, 1)}, "what is to be done"),
        ({"subject": 999_999_999}, "not there"),
    ],
)
def test_what_cannot_be_recorded_says_why(
    cast: Any, rosa: Any, today: date, changes: dict[str, Any], sentence_: str
) -> None:
    with pytest.raises(Refused, match=sentence_):
        speak(rosa, cast.member, today, **changes)
    assert not Touchpoint.objects.exists()


def test_a_touchpoint_about_a_story_hides_with_its_plan(
    cast: Any, rosa: Any, secret: Any, today: date
) -> None:
    story = factories.make_story(secret, owner=cast.member, title="The merger")
    with pytest.raises(Refused, match="not there"):
        speak(rosa, cast.colleague, today, subject=story.subject_id)
    one = speak(rosa, cast.member, today, subject=story.subject_id, is_briefing=True)
    assert one.plan == secret
    organization = cast.organization
    assert list(queries.touchpoints(organization, cast.member, rosa)) == [one]
    assert list(queries.touchpoints(organization, cast.manager, rosa)) == []
    # That there was a contact counts for everyone; what it was about does not show.
    assert queries.get(organization, cast.manager, rosa.pk).last_day == today  # type: ignore[attr-defined]


def test_only_who_recorded_it_or_a_manager_takes_it_back(cast: Any, rosa: Any, today: date) -> None:
    one = speak(rosa, cast.member, today)
    with pytest.raises(NotAllowed):
        services.remove_touchpoint(touchpoint=one, by=cast.colleague)
    services.remove_touchpoint(touchpoint=one, by=cast.manager)
    services.remove_touchpoint(touchpoint=one, by=cast.manager)
    assert not Touchpoint.objects.exists()
    assert Activity.objects.filter(verb="touchpoint.removed").count() == 1


# What rule 5 reads --------------------------------------------------------------------------------
def test_the_media_were_briefed_at_the_earliest_time_that_is_certain(
    cast: Any, rosa: Any, plan: Any, today: date
) -> None:
    told, whole, never = (factories.make_story(plan).subject_id for _ in range(3))
    noon = datetime.combine(today, datetime.min.time(), UTC) - timedelta(hours=12)
    yesterday = today - timedelta(days=1)
    speak(rosa, cast.member, today, day=yesterday, at=noon, subject=told, is_briefing=True)
    speak(rosa, cast.member, today, subject=told, is_briefing=True, said="Again")
    speak(rosa, cast.member, today, subject=never, said="No briefing")
    organization = cast.organization
    assert queries.briefed_at(organization, [told, whole, never]) == {told: noon}
    end = datetime.combine(yesterday + timedelta(days=1), datetime.min.time(), UTC)
    speak(rosa, cast.member, today, day=yesterday, plan=plan, is_briefing=True)
    of_plan = dict.fromkeys((told, whole), plan.pk)
    assert queries.briefed_at(organization, [told, whole, never], of_plan) == {
        told: noon,
        whole: end,
    }
    assert queries.briefed_at(cast.other_organization, [told]) == {}


def test_the_days_of_a_stream_are_those_of_its_stakeholders(
    cast: Any, plan: Any, today: date
) -> None:
    stream = factories.make_stream(plan)
    row = factories.make_stakeholder(cast.organization, plan=plan, stream=stream)
    for day in (today, today - timedelta(days=3), today):
        factories.make_touchpoint(row, cast.member, day=day)
    assert queries.days_by_stream(cast.organization, [stream.pk]) == {
        stream.pk: [today - timedelta(days=3), today]
    }


# Ownership ----------------------------------------------------------------------------------------
def test_what_a_leaver_owned_is_unowned_and_claimable(cast: Any, rosa: Any, plan: Any) -> None:
    from workflow.queries import responsible_for, unowned

    Stakeholder.objects.filter(pk=rosa.pk).update(plan=plan, owner=cast.colleague)
    assert ownership.vacate_everything_of(cast.colleague, "left", cast.admin) == 1
    rosa.refresh_from_db()
    assert list(responsible_for(rosa)) == [cast.member, cast.manager]
    assert [row.title for row in unowned(cast.organization, cast.viewer)] == ["Rosa Lind"]
    assert ownership.claim(row=rosa, by=cast.colleague).owner == cast.colleague


# Erasing ------------------------------------------------------------------------------------------
def test_erasing_leaves_no_word_and_keeps_the_counts(cast: Any, rosa: Any, today: date) -> None:
    ownership.offer(row=rosa, to=cast.colleague, by=cast.member, note="Rosa likes figures")
    services.edit(
        stakeholder=rosa,
        by=cast.member,
        seen=seen(rosa),
        fields=replace(stakeholder_fields(rosa), name="Rosa Lindqvist"),
    )
    speak(rosa, cast.member, today, said="Rosa will call", next_step="Send Rosa the rates")
    ownership.vacate(row=rosa, by=cast.member, reason="Rosa asked for someone else")
    row = services.erase(stakeholder=rosa, by=cast.member, at=timezone.now())
    services.erase(stakeholder=rosa, by=cast.member, at=timezone.now())
    row.refresh_from_db()
    assert str(row) == "Erased stakeholder" and row.archived_at is not None
    assert row.kind == "journalist" and row.touchpoints.get().day == today
    everywhere = [
        list(Stakeholder.objects.values()),
        list(Touchpoint.objects.values()),
        list(Activity.objects.values("payload")),
        list(ActivityText.objects.values()),
        list(type(row).objects.values("unowned_reason")),
        list(ownership.Handover.objects.values()),
    ]
    told = str(everywhere)
    for word in ("Rosa", "Lind", "harbortimes", "0100", "housing", "Masthead"):
        assert word not in told
    erased = Activity.objects.get(verb="stakeholder.erased")
    assert erased.payload == {"touchpoints": 1} and words(erased) == ""
    assert all(
        words(one) == "(erased)" for one in Activity.objects.filter(verb="stakeholder.edited")
    )


def test_the_record_still_verifies_after_erasing(cast: Any) -> None:
    row = services.create(organization=cast.organization, by=cast.member, fields=FIELDS)
    sealing.seal(now=timezone.now(), everywhere=True)
    services.erase(stakeholder=row, by=cast.member, at=timezone.now())
    sealing.seal(now=timezone.now(), everywhere=True)
    assert list(sealing.verify(cast.organization, now=timezone.now())) == []


def test_nothing_more_is_kept_about_someone_erased(cast: Any, rosa: Any, today: date) -> None:
    services.erase(stakeholder=rosa, by=cast.member, at=timezone.now())
    with pytest.raises(Refused, match="was erased"):
        speak(rosa, cast.member, today)
    assert not queries.visible(cast.organization, None).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Stakeholder.objects.filter(pk=rosa.pk).update(name="Rosa again")


def test_readers_of_the_plan_alone_see_its_stakeholder(cast: Any, secret: Any) -> None:
    row = factories.make_stakeholder(cast.organization, plan=secret)
    PlanReader.objects.create(organization=cast.organization, plan=secret, member=cast.viewer)
    assert list(queries.visible(cast.organization, cast.viewer)) == [row]
    assert list(queries.visible(cast.organization, cast.manager)) == []
