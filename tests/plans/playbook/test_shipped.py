"""The shipped playbook: short, whole, given once to each organization, never twice."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils import timezone

from people.services import create_organization
from plans.models import PlaybookEntry, PlaybookVersion
from plans.playbook import services
from plans.playbook.markup import plain, render
from plans.playbook.rules import tidy_topics
from plans.playbook.search import search
from plans.playbook.shipped import entries
from tests import factories


def test_each_is_short_and_well_formed() -> None:
    shipped = entries()
    assert len(shipped) >= 15
    assert len({entry.title for entry in shipped}) == len({e.key for e in shipped}) == len(shipped)
    for entry in shipped:
        assert 120 <= len(plain(entry.body).split()) <= 250, entry.key
        assert len(entry.title) <= 160 and entry.topics
        assert ", ".join(tidy_topics(entry.topics)) == entry.topics
        assert "!" not in entry.title + entry.body
        assert "<p>" in render(entry.body) and "**" not in render(entry.body)


def test_a_new_organization_begins_with_it(db: None) -> None:
    founder = create_organization(
        user=factories.make_user(), name="Fresh", time_zone="UTC", now=timezone.now()
    )
    rows = PlaybookEntry.objects.filter(organization=founder.organization)
    assert rows.count() == len(entries())
    assert PlaybookVersion.objects.filter(organization=founder.organization).count() == len(rows)
    services.give_shipped(founder.organization)
    assert rows.count() == len(entries())


def test_an_organization_of_before_is_given_it_by_the_migration(cast: Any) -> None:
    assert not PlaybookEntry.objects.filter(organization=cast.organization).exists()
    import_module("plans.migrations.0007_shipped_playbook").give(apps, None)
    for organization in (cast.organization, cast.other_organization):
        rows = PlaybookEntry.objects.filter(organization=organization)
        assert set(rows.values_list("shipped_key", flat=True)) == {e.key for e in entries()}
        assert PlaybookVersion.objects.filter(organization=organization).count() == len(rows)


def test_what_teams_debate_is_found(cast: Any) -> None:
    services.give_shipped(cast.organization)
    expected = {
        "who approves what": "Who approves what",
        "approver on holiday": "When the approver is away",
        "the boss is sick, nobody can approve": "When the approver is away",
        "angry comments": "When the comments go wrong",
        "hashtag screen readers": "Posts that everyone can read",
        "how many stages": "How many approval stages are enough",
        "quiet period results": "A quiet period before results",
        "holding statement": "The first hour of a crisis",
        "journalists before facebook": "Media first, or social first",
        "record keeping brokerage": "Keeping records of what was published",
    }
    for asked, title in expected.items():
        found = search(cast.organization, asked, 3)
        titles = ["".join(piece.text for piece in hit.title) for hit in found.hits]
        assert title in titles, (asked, titles)
