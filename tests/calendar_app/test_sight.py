"""Nobody owns or helps with what they may not see, and nothing goes on with who has left."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from calendar_app import services
from calendar_app.imports import queries as imports
from people.errors import NotAllowed, Refused
from plans.models import PlanReader
from tests import factories
from workflow import queries as workflow
from workflow import reviews


@pytest.fixture
def secret(cast: Any) -> Any:
    return factories.make_plan(cast.organization, owner=cast.member, is_confidential=True)


def test_a_story_is_given_to_nobody_who_may_not_see_its_plan(cast: Any, secret: Any) -> None:
    new: dict[str, Any] = {
        "organization": cast.organization,
        "plan": secret,
        "title": "The merger",
        "by": cast.member,
        "owner": cast.colleague,
    }
    with pytest.raises(Refused, match="Cole Colleague cannot see this confidential plan"):
        services.create_story(**new)
    PlanReader.objects.create(organization=cast.organization, plan=secret, member=cast.colleague)
    assert services.create_story(**new).owner == cast.colleague


def test_nor_may_they_help_or_say_who_helps(cast: Any, secret: Any) -> None:
    story = factories.make_story(secret, owner=cast.member)
    with pytest.raises(Refused, match="Cole Colleague cannot see"):
        services.set_collaborators(item=story, members=[cast.colleague], by=cast.member)
    with pytest.raises(NotAllowed):
        services.set_collaborators(item=story, members=[cast.member], by=cast.manager)


def test_an_import_names_only_those_who_may_see_the_plan(cast: Any, secret: Any) -> None:
    def known(plan: Any) -> set[str]:
        return {person.name for person in imports.known_people(cast.organization, plan)}

    everybody = known(factories.make_plan(cast.organization))
    assert {"Maya Member", "Cole Colleague"} < everybody
    PlanReader.objects.create(organization=cast.organization, plan=secret, member=cast.manager)
    assert known(secret) == {"Maya Member", "Ines Manager"}


def test_a_member_of_another_organization_writes_nothing(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.member)
    with pytest.raises(NotAllowed):
        services.create_story(
            organization=cast.organization, plan=plan, title="Foreign", by=cast.outsider
        )
    story = factories.make_story(plan)
    with pytest.raises(NotAllowed):
        services.edit_story(item=story, by=cast.outsider, version=1, changes={"title": "Foreign"})


def test_what_is_brought_back_does_not_belong_to_who_has_left(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    story = factories.make_story(plan, owner=cast.member, created_by=cast.member)
    services.cancel_story(item=story, by=cast.manager)
    type(cast.member).objects.filter(pk=cast.member.pk).update(deactivated_at=story.created_at)
    services.restore_story(item=story, by=cast.manager)
    story.refresh_from_db()
    assert (story.owner, story.unowned_reason) == (None, "its owner has left")


def test_saving_a_story_does_not_take_it_out_of_an_archived_stream(
    cast: Any, client_of: Any
) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager)
    stream = factories.make_stream(plan, owner=cast.member)
    story = factories.make_story(plan, owner=cast.member, stream=stream)
    type(stream).objects.update(archived_at=story.created_at)
    client, page = client_of(cast.member), reverse("story-edit", args=["northlake", story.pk])
    form = client.get(page).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"title": "Another title"}
    assert client.post(page, typed).status_code == 302
    story.refresh_from_db()
    assert (story.title, story.stream) == ("Another title", stream)


def test_what_nobody_who_approves_may_see_is_not_submitted_into_a_dead_end(
    cast: Any, secret: Any
) -> None:
    factories.make_template(cast.organization)
    story = factories.make_story(secret, owner=cast.member, copy="Words")

    def submit() -> Any:
        return reviews.submit(
            subject=story.subject,
            by=cast.member,
            expected_hash=workflow.hash_now(story.subject),
            key=uuid.uuid4(),
            now=timezone.now(),
        )

    with pytest.raises(Refused, match="may see this confidential plan"):
        submit()
    PlanReader.objects.create(organization=cast.organization, plan=secret, member=cast.manager)
    assert submit().state == "open"


def test_submitting_says_it_asks_only_those_who_may_see_it(cast: Any, secret: Any) -> None:
    factories.make_template(cast.organization)
    reader = factories.make_member(cast.organization, "manager")
    PlanReader.objects.create(organization=cast.organization, plan=secret, member=reader)
    story = factories.make_story(secret, owner=cast.member, copy="Words")
    panel = workflow.review_panel(cast.member, story.subject)
    assert panel.submit
    assert panel.would_ask == [reader]
    type(secret).objects.update(is_confidential=False)
    story.subject.refresh_from_db()
    panel = workflow.review_panel(cast.member, story.subject)
    assert {member.pk for member in panel.would_ask} == {cast.manager.pk, reader.pk}


def test_who_no_longer_sees_it_is_not_named_to_decide(cast: Any) -> None:
    """The plan became confidential while its review was running: panel, list and reminders."""
    factories.make_template(cast.organization)
    reader = factories.make_member(cast.organization, "manager")
    plan = factories.make_plan(cast.organization, owner=cast.member)
    story = factories.make_story(plan, owner=cast.member, copy="Words")
    factories.make_review(story, cast.member)

    def named() -> tuple[set[Any], set[Any], bool]:
        story.subject.refresh_from_db()
        panel = workflow.review_panel(cast.member, story.subject)
        (row,) = workflow.waiting(cast.organization, None)
        assert panel.is_stuck == row.is_stuck
        (stage,) = panel.stages
        return set(stage.deciders), set(row.deciders), panel.is_stuck

    everyone = {cast.manager, reader}
    assert named() == (everyone, everyone, False)
    type(plan).objects.update(is_confidential=True)
    assert named() == (set(), set(), True)
    PlanReader.objects.create(organization=cast.organization, plan=plan, member=reader)
    assert named() == ({reader}, {reader}, False)
