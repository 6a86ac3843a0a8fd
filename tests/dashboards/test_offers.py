"""What someone was asked to take, and may no longer see, is not named on their desk."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tests import factories
from workflow import ownership


def test_an_offer_of_what_became_confidential_is_not_named(cast: Any, client_of: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager, name="Plan Merger")
    story = factories.make_story(plan, owner=cast.manager, title="The merger")
    channel = factories.make_channel(cast.organization, owner=cast.manager, name="The blog")
    for row in (story, channel):
        ownership.offer(row=row, to=cast.member, by=cast.manager)
    client, page = client_of(cast.member), reverse("my-work", args=["northlake"])
    shown = client.get(page).content.decode()
    assert "The merger" in shown
    assert "The blog" in shown
    type(plan).objects.filter(pk=plan.pk).update(is_confidential=True)
    shown = client.get(page).content.decode()
    assert "The merger" not in shown
    assert "The blog" in shown
