"""Deactivation with the real rooms above: things change hands, or are nobody’s."""

from __future__ import annotations

from typing import Any

import pytest

from people import registry
from tests import factories

pytestmark = pytest.mark.django_db


def test_everything_goes_where_it_was_sent(cast: Any, client_of: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.member, name="Home Buyer Spring")
    channel = factories.make_channel(cast.organization, owner=cast.member)
    story = factories.make_story(plan, owner=cast.member)
    client = client_of(cast.admin)
    address = f"/o/northlake/people/{cast.member.pk}/deactivate/"
    assert "Home Buyer Spring" in client.get(address).content.decode()
    assert "3 things" in client.get("/o/northlake/people/").content.decode()
    data = {
        "everything": cast.colleague.pk,
        f"heir-channel:{channel.pk}": cast.manager.pk,
        f"heir-story:{story.pk}": "none",
    }
    assert client.post(address, data).status_code == 302
    for row in (plan, channel, story):
        row.refresh_from_db()
    assert (plan.owner, channel.owner, story.owner) == (cast.colleague, cast.manager, None)
    assert story.unowned_since is not None
    assert story.unowned_reason != ""


def test_a_confidential_plan_is_named_to_nobody_and_told_to_administrators(cast: Any) -> None:
    factories.make_plan(cast.organization, owner=cast.member, name="Merger", is_confidential=True)
    (seen,) = registry.things_of(cast.member, cast.admin)
    assert "Merger" not in seen.title
    assert seen.url == ""
    assert registry.things_of(cast.member, cast.viewer) == []
    assert registry.things_of(cast.member, cast.member)[0].title == "Merger"
