"""The audit trail: everything that was done, filtered, a page at a time, nothing hidden told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people import registry, sealing, services
from people.activity import feed, record, thing_name
from people.models import Activity, ActivityText
from people.queries import AuditFilter, audit_trail, recorded
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/o/northlake/audit/"


def happen(cast: Any, number: int = 1, **kw: Any) -> list[Activity]:
    facts = {"organization": cast.organization, "actor": cast.member, "verb": "thing.happened"}
    facts |= {"subject": cast.organization, **kw}
    with transaction.atomic():
        return [record(**facts) for _n in range(number)]


def ids(cast: Any, **kw: Any) -> list[int]:
    trail = audit_trail(cast.organization, cast.admin, AuditFilter(**kw))
    return list(trail.values_list("pk", flat=True))


def test_it_works(cast: Any, client_of: Any) -> None:
    services.create_department(organization=cast.organization, name="Retail", by=cast.admin)
    services.change_member(member=cast.viewer, role="member", department=None, by=cast.admin)
    page = client_of(cast.manager).get(ADDRESS).content.decode()
    assert "added the department Retail." in page
    assert "changed the role of Vera Viewer from viewer to member." in page
    assert page.index("Vera Viewer") < page.index("added the department"), "newest first"


def test_nothing_yet_is_said(cast: Any, client_of: Any) -> None:
    assert "Nothing has happened yet" in client_of(cast.admin).get(ADDRESS).content.decode()


def test_filters(cast: Any, client_of: Any) -> None:
    (first,) = happen(cast)
    (second,) = happen(cast, actor=cast.admin, subject=cast.viewer)
    assert ids(cast) == [second.pk, first.pk]
    assert ids(cast, actor_id=cast.admin.pk) == [second.pk]
    assert ids(cast, subject_type="people.Membership") == [second.pk]
    assert ids(cast, subject_type="people.Membership", subject_id=cast.viewer.pk + 1) == []
    assert ids(cast, since=timezone.now() + timedelta(days=1)) == []
    assert ids(cast, until=first.at) == []
    page = client_of(cast.admin).get(ADDRESS, {"person": cast.member.pk})
    assert len(page.context["rows"]) == 1
    none = client_of(cast.admin).get(ADDRESS, {"person": cast.expert.pk}).content.decode()
    assert "Nothing matches" in none


def test_days_are_the_organizations(cast: Any, client_of: Any) -> None:
    cast.organization.time_zone = "Asia/Tokyo"
    cast.organization.save()
    at = datetime(2027, 3, 9, 23, 30, tzinfo=UTC)  # the 10th in Tokyo
    Activity.objects.bulk_create(
        [
            Activity(
                organization=cast.organization,
                actor=cast.member,
                verb="thing.happened",
                subject_type="people.Organization",
                subject_id=1,
                at=at,
            )
        ]
    )
    client = client_of(cast.admin)
    on = client.get(ADDRESS, {"since": "2027-03-10", "until": "2027-03-10"}).context["rows"]
    before = client.get(ADDRESS, {"since": "2027-03-09", "until": "2027-03-09"}).context["rows"]
    assert (len(on), len(before)) == (1, 0)


@pytest.mark.parametrize(
    "query",
    [
        {"person": "abc"},
        {"person": "99999999999999999999"},
        {"since": "9999-12-31", "until": "0001-01-01"},
        {"since": "nonsense"},
        {"thing": "no.Such", "id": "x"},
        {"thing": "people.Organization", "id": "99999999999999999999999"},
        {"before": "-1"},
        {"before": "9" * 40},
        {"utterly": "unknown"},
    ],
)
def test_nonsense_in_the_address_is_as_if_it_were_not_there(
    cast: Any, client_of: Any, query: dict[str, str]
) -> None:
    happen(cast)
    answer = client_of(cast.admin).get(ADDRESS, query)
    assert answer.status_code == 200
    assert len(answer.context["rows"]) == 1


def test_pages_follow_each_other_without_gap_or_overlap(cast: Any, client_of: Any) -> None:
    everything = [activity.pk for activity in happen(cast, 120)]
    client, seen, before = client_of(cast.admin), [], ""
    for _page in range(3):
        answer = client.get(ADDRESS, {"before": before})
        seen.append(len(answer.context["rows"]))
        before = answer.context["next_before"]
        if before is not None:
            assert before == everything[-sum(seen)]
        happen(cast)  # what happens meanwhile moves nothing
    assert seen == [50, 50, 20]
    assert before is None


def test_as_many_queries_for_many_as_for_few(
    cast: Any, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(cast.admin)
    happen(cast, subject=cast.member, text="words")
    client.get(ADDRESS)
    with django_assert_max_num_queries(40) as few:
        client.get(ADDRESS)
    for _n in range(40):
        member = factories.make_member(cast.organization)
        happen(cast, actor=member, subject=member, text="words")
    with django_assert_max_num_queries(len(few)):
        client.get(ADDRESS)


def test_hidden_plans_are_not_spoken_of(
    cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(cast, plan_id=7, text="The secret merger")
    happen(cast, plan_id=8, text="The open day")
    monkeypatch.setattr(registry, "HIDDEN_PLANS", [lambda viewer: [7]])
    assert len(ids(cast)) == 1
    answer = client_of(cast.admin).get(ADDRESS)
    assert len(answer.context["rows"]) == 1


def test_a_confidential_plan_is_told_to_its_champion_only(cast: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager, is_confidential=True)
    open_plan = factories.make_plan(cast.organization, owner=cast.manager)
    happen(cast, plan_id=plan.pk, subject=plan, text=plan.name)
    (told,) = happen(cast, plan_id=open_plan.pk, subject=open_plan)
    assert ids(cast) == [told.pk], "an administrator is not listed"
    champions = audit_trail(cast.organization, cast.manager, AuditFilter())
    assert champions.count() == 2


def test_each_thing_is_named_with_its_page_where_one_may_see_it(cast: Any, client_of: Any) -> None:
    plan = factories.make_plan(cast.organization, owner=cast.manager, name="Home Buyer Spring")
    story = factories.make_story(plan, title="First keys")
    hidden = factories.make_plan(
        cast.organization, owner=cast.manager, name="Merger", is_confidential=True
    )
    secret = factories.make_story(hidden, title="Two become one")
    for subject in (plan, story, cast.member, hidden, secret):
        happen(cast, subject=subject)  # no plan named: the title itself must not speak
    page = client_of(cast.admin).get(ADDRESS).content.decode()
    assert f'<a href="/o/northlake/plans/{plan.pk}/">Home Buyer Spring</a>' in page
    assert f'<a href="/o/northlake/stories/{story.pk}/">First keys</a>' in page
    assert f'<a href="/o/northlake/people/{cast.member.pk}/">Maya Member</a>' in page
    assert "Merger" not in page and "Two become one" not in page


def test_naming_them_asks_the_same_statements_for_one_row_and_many(
    cast: Any, client_of: Any
) -> None:
    client = client_of(cast.admin)
    plan = factories.make_plan(cast.organization, owner=cast.manager)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(ADDRESS).status_code == 200
        return len(caught)

    happen(cast, subject=factories.make_story(plan, title="The first"))
    statements()  # what is read once and kept
    one = statements()
    for number in range(30):
        happen(cast, subject=factories.make_story(plan, title=f"Number {number}"))
    assert statements() == one


def test_other_organizations_are_not_spoken_of(cast: Any) -> None:
    happen(cast, organization=cast.other_organization, actor=cast.outsider)
    assert ids(cast) == []
    assert recorded(cast.organization)[1] == []


def test_the_types_of_things_are_found_without_reading_everything(cast: Any) -> None:
    happen(cast, 3)
    happen(cast, 3, subject=cast.member)
    assert recorded(cast.organization)[1] == ["people.Membership", "people.Organization"]
    assert thing_name("people.Membership") == "person"
    assert thing_name("people.ClosureDay") == "closure day"
    assert thing_name("gone.Model") == "gone.Model"


def test_what_is_not_sealed_in_time_raises_an_alarm(cast: Any, client_of: Any) -> None:
    happen(cast)
    client = client_of(cast.admin)
    page = client.get(ADDRESS).content.decode()
    assert "In a moment" in page
    assert "not sealed yet" not in page
    Activity.objects.bulk_create(
        [
            Activity(
                organization=cast.organization,
                verb="thing.happened",
                subject_type="people.Organization",
                subject_id=1,
                at=timezone.now() - timedelta(minutes=2),
            )
        ]
    )
    assert "One entry is not sealed yet" in client.get(ADDRESS).content.decode()
    sealing.seal(now=timezone.now())
    page = client.get(ADDRESS).content.decode()
    assert "not sealed yet" not in page
    assert "2 entries are sealed" in page


def test_erased_words_say_so(cast: Any) -> None:
    services.create_department(organization=cast.organization, name="Retail", by=cast.admin)
    ActivityText.objects.update(text="", salt="", erased_at=timezone.now())
    (row,) = feed(audit_trail(cast.organization, cast.admin, AuditFilter()))
    assert row.words == "added the department (erased)."


@pytest.mark.parametrize("who", ["member", "expert", "viewer"])
def test_it_is_for_those_who_lead(cast: Any, client_of: Any, who: str) -> None:
    assert client_of(cast.roles[who]).get(ADDRESS).status_code == 403
    assert client_of(cast.outsider).get(ADDRESS).status_code == 404
    assert client_of(cast.admin).post(ADDRESS).status_code == 405
