"""The people of an organization: roles, deactivation with hand-over, reactivation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calendar_app.models import ContentItem
from people import registry, services
from people.errors import NotAllowed, Refused
from people.models import Activity, Invitation, Membership
from tests import factories
from workflow.models import Subject

pytestmark = pytest.mark.django_db


class Room:
    """A room above, whose things have owners: what plans and posts are in the real ones."""

    def __init__(self) -> None:
        self.owner: dict[str, int | None] = {}
        self.reasons: dict[str, str] = {}

    def things(self, leaver: Membership, hidden: Collection[int]) -> list[registry.OwnedThing]:
        return [
            registry.OwnedThing(key, "plan", f"Title of {key}")
            for key, owner in self.owner.items()
            if owner == leaver.pk
        ]

    def hand_over(self, *, member: Any, heirs: Any, reason: str, by: Any) -> None:
        for key, owner in self.owner.items():
            if owner == member.pk:
                heir = heirs.get(key)
                self.owner[key] = heir.pk if heir else None
                self.reasons[key] = reason

    def counts(self, organization: Any) -> dict[int, int]:
        owners = [owner for owner in self.owner.values() if owner]
        return {owner: owners.count(owner) for owner in owners}


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    room = Room()
    entry = registry.OnDeactivate("test", room.things, room.hand_over, room.counts)
    monkeypatch.setattr(registry, "ON_DEACTIVATE", [entry])
    yield room


def address(member: Any, action: str = "") -> str:
    return f"/o/northlake/people/{member.pk}/{action}"


class TestList:
    def test_it_shows_everyone_by_department(self, cast: Any, client_of: Any, room: Room) -> None:
        retail = factories.make_department(cast.organization, name="Retail")
        cast.member.department = retail
        cast.member.save()
        room.owner = {"plan:1": cast.member.pk, "plan:2": cast.member.pk}
        page = client_of(cast.viewer).get("/o/northlake/people/").content.decode()
        assert page.index("Retail") < page.index("Maya Member") < page.index("No department")
        assert "2 things" in page
        assert "Otto Outsider" not in page
        assert "Dora Deactivated" not in page, "who has left is for those who lead"
        assert "Invite someone" not in page

    def test_leaders_see_who_is_invited_and_who_left(self, cast: Any, client_of: Any) -> None:
        offer(cast, "new@example.org")
        page = client_of(cast.manager).get("/o/northlake/people/").content.decode()
        assert "new@example.org" in page
        assert "Dora Deactivated" in page
        assert "Reactivate" not in page, "that is for administrators"

    def test_as_many_queries_for_many_as_for_few(
        self, cast: Any, client_of: Any, django_assert_max_num_queries: Any
    ) -> None:
        client = client_of(cast.admin)
        client.get("/o/northlake/people/")
        with django_assert_max_num_queries(40) as few:
            client.get("/o/northlake/people/")
        for _n in range(30):
            department = factories.make_department(cast.organization)
            factories.make_member(cast.organization, department=department)
            offer(cast, factories.make_user().email + ".invalid")
        with django_assert_max_num_queries(len(few)):
            client.get("/o/northlake/people/")

    def test_outsider_gets_404(self, cast: Any, client_of: Any) -> None:
        assert client_of(cast.outsider).get("/o/northlake/people/").status_code == 404

    def test_it_rejects_post(self, cast: Any, client_of: Any) -> None:
        assert client_of(cast.admin).post("/o/northlake/people/").status_code == 405


def offer(cast: Any, email: str, **kw: Any) -> services.Offer:
    return services.create_invitation(
        **{
            "organization": cast.organization,
            "email": email,
            "role": "member",
            "department": None,
            "by": cast.admin,
            "now": timezone.now(),
            **kw,
        }
    )


class TestPerson:
    def test_it_works_for_everyone(self, cast: Any, client_of: Any, room: Room) -> None:
        room.owner = {"plan:1": cast.member.pk}
        page = client_of(cast.viewer).get(address(cast.member)).content.decode()
        assert "Title of plan:1" in page
        assert "Hand over and deactivate" not in page

    def test_of_many_things_the_first_are_shown_and_the_rest_by_pages(
        self, cast: Any, client_of: Any, room: Room
    ) -> None:
        room.owner = {f"plan:{n}": cast.member.pk for n in range(1, 61)}
        room.owner |= {"channel:1": cast.member.pk}
        client = client_of(cast.viewer)

        def shown(query: str) -> list[str]:
            page = client.get(address(cast.member) + query).content.decode()
            return re.findall(r"Title of (\w+:\d+)<", page)

        assert shown("") == [*(f"plan:{n}" for n in range(1, 21)), "channel:1"]
        first = client.get(address(cast.member)).content.decode()
        assert "All 60 of them" in first
        assert 'href="?kind=plan#owned"' in first
        assert '<span class="count">61</span>' in first
        assert shown("?kind=plan") == [f"plan:{n}" for n in range(1, 51)]
        assert shown("?kind=plan&page=2") == [f"plan:{n}" for n in range(51, 61)]
        assert shown("?kind=plan&page=nonsense") == shown("?kind=plan")
        assert shown("?kind=nonsense") == shown("")

    def test_what_is_hidden_is_neither_shown_nor_counted(self, cast: Any, client_of: Any) -> None:
        bank = cast.organization
        open_plan = factories.make_plan(bank, owner=cast.manager)
        secret = factories.make_plan(bank, owner=cast.manager, is_confidential=True)
        for n in range(25):
            factories.make_story(open_plan, owner=cast.member, title=f"Open {n}")
            factories.make_story(secret, owner=cast.member, title=f"Merger {n}")
        for query in ("", "?kind=story", "?kind=story&page=2"):
            page = client_of(cast.viewer).get(address(cast.member) + query).content.decode()
            assert "Merger" not in page
            assert "confidential" not in page
            assert '<span class="count">25</span>' in page
        told = client_of(cast.admin).get(address(cast.member)).content.decode()
        assert "Merger" not in told
        assert "All 50 of them" in told, "an administrator must be able to pass it on"

    @pytest.mark.parametrize("role", ["admin", "manager", "member", "viewer"])
    def test_a_thousand_things_cost_no_more_than_one(
        self, cast: Any, client_of: Any, role: str
    ) -> None:
        bank, client = cast.organization, client_of(cast.roles[role])
        plan = factories.make_plan(bank, owner=cast.colleague)
        client.get(address(cast.colleague))
        with CaptureQueriesContext(connection) as few:
            client.get(address(cast.colleague))
        subjects = Subject.objects.bulk_create(Subject(organization=bank) for _n in range(1000))
        ContentItem.objects.bulk_create(
            ContentItem(
                organization=bank,
                plan=plan,
                subject=subject,
                title=f"A story with a title of some length, number {subject.pk}",
                owner=cast.colleague,
                unowned_since=None,
            )
            for subject in subjects
        )
        with CaptureQueriesContext(connection) as many:
            page = client.get(address(cast.colleague))
        assert len(many) == len(few) <= 12
        assert len(page.content) < 50_000

    def test_a_person_of_elsewhere_is_nobody_here(self, cast: Any, client_of: Any) -> None:
        client = client_of(cast.admin)
        assert client.get(address(cast.outsider)).status_code == 404
        assert client.get("/o/northlake/people/999999999999999999999/").status_code == 404

    def test_a_deactivated_person_is_shown_as_such(self, cast: Any, client_of: Any) -> None:
        page = client_of(cast.admin).get(address(cast.deactivated)).content.decode()
        assert "Deactivated on" in page
        assert "Reactivate" in page


class TestChange:
    def test_it_works_and_holds_at_the_next_request(self, cast: Any, client_of: Any) -> None:
        manager = client_of(cast.manager)
        assert manager.get("/o/northlake/audit/").status_code == 200
        retail = factories.make_department(cast.organization, name="Retail")
        data = {"role": "viewer", "department": retail.pk}
        answer = client_of(cast.admin).post(address(cast.manager, "change/"), data)
        assert answer["Location"] == address(cast.manager)
        cast.manager.refresh_from_db()
        assert (cast.manager.role, cast.manager.department) == ("viewer", retail)
        assert manager.get("/o/northlake/audit/").status_code == 403
        verbs = set(Activity.objects.values_list("verb", flat=True))
        assert verbs == {"member.role_changed", "member.department_changed"}

    def test_nothing_changed_records_nothing(self, cast: Any, client_of: Any) -> None:
        client_of(cast.admin).post(address(cast.member, "change/"), {"role": "member"})
        assert not Activity.objects.exists()

    def test_the_last_administrator_stays_one(self, cast: Any, client_of: Any) -> None:
        answer = client_of(cast.admin).post(address(cast.admin, "change/"), {"role": "member"})
        assert answer.status_code == 409
        assert "last administrator" in answer.content.decode()
        cast.admin.refresh_from_db()
        assert cast.admin.role == "admin"

    def test_a_deactivated_administrator_does_not_count(self, cast: Any) -> None:
        factories.make_member(cast.organization, "admin", deactivated_at=timezone.now())
        with pytest.raises(Refused, match="last administrator"):
            services.change_member(
                member=cast.admin, role="manager", department=None, by=cast.admin
            )

    def test_with_a_second_one_the_first_may_go(self, cast: Any) -> None:
        second = factories.make_member(cast.organization, "admin")
        services.change_member(member=cast.admin, role="member", department=None, by=second)
        cast.admin.refresh_from_db()
        assert cast.admin.role == "member"

    def test_who_owns_things_cannot_become_someone_who_cannot(
        self, cast: Any, client_of: Any, room: Room
    ) -> None:
        room.owner = {"plan:1": cast.member.pk}
        answer = client_of(cast.admin).post(address(cast.member, "change/"), {"role": "viewer"})
        assert answer.status_code == 409
        assert "still owns one thing" in answer.content.decode()
        services.hand_over_things(member=cast.member, heirs={}, by=cast.admin)
        answer = client_of(cast.admin).post(address(cast.member, "change/"), {"role": "viewer"})
        assert answer.status_code == 302

    @pytest.mark.parametrize("data", [{"role": "king"}, {}, {"role": "member", "department": "x"}])
    def test_nonsense_is_refused(self, cast: Any, client_of: Any, data: dict[str, Any]) -> None:
        answer = client_of(cast.admin).post(address(cast.member, "change/"), data)
        assert answer.status_code == 422

    def test_a_department_of_elsewhere_is_no_choice(self, cast: Any, client_of: Any) -> None:
        theirs = factories.make_department(cast.other_organization)
        data = {"role": "member", "department": theirs.pk}
        assert client_of(cast.admin).post(address(cast.member, "change/"), data).status_code == 422
        with pytest.raises(NotAllowed):
            services.change_member(
                member=cast.member, role="member", department=theirs, by=cast.admin
            )

    def test_only_an_administrator_may(self, cast: Any) -> None:
        for by in (cast.manager, cast.member, cast.expert, cast.viewer, cast.outsider):
            with pytest.raises(NotAllowed):
                services.change_member(member=cast.viewer, role="admin", department=None, by=by)


class TestDeactivate:
    def test_each_thing_goes_where_it_was_sent(self, cast: Any, client_of: Any, room: Room) -> None:
        room.owner = dict.fromkeys(["plan:1", "plan:2", "plan:3"], cast.member.pk)
        client = client_of(cast.admin)
        page = client.get(address(cast.member, "deactivate/")).content.decode()
        assert "Title of plan:2" in page
        assert "Vera Viewer" not in page.split("<form")[-1], "a viewer can own nothing"
        data = {
            "everything": cast.colleague.pk,
            "heir-plan:2": cast.manager.pk,
            "heir-plan:3": "none",
        }
        answer = client.post(address(cast.member, "deactivate/"), data)
        assert answer["Location"] == address(cast.member)
        assert room.owner == {
            "plan:1": cast.colleague.pk,
            "plan:2": cast.manager.pk,
            "plan:3": None,
        }
        assert room.reasons["plan:3"] == "deactivated"
        cast.member.refresh_from_db()
        assert cast.member.deactivated_at is not None

    def test_it_holds_at_the_next_request(self, cast: Any, client_of: Any) -> None:
        member = client_of(cast.member)
        assert member.get("/o/northlake/people/").status_code == 200
        services.deactivate_member(member=cast.member, heirs={}, by=cast.admin, now=timezone.now())
        assert member.get("/o/northlake/people/").status_code == 404

    def test_it_is_all_or_nothing(self, cast: Any, room: Room) -> None:
        def fail(**kwargs: Any) -> None:
            raise RuntimeError("the room above failed")

        room.hand_over = fail  # type: ignore[method-assign]
        registry.ON_DEACTIVATE[0] = registry.OnDeactivate("t", room.things, fail, room.counts)
        with pytest.raises(RuntimeError):
            services.deactivate_member(
                member=cast.member, heirs={}, by=cast.admin, now=timezone.now()
            )
        cast.member.refresh_from_db()
        assert cast.member.is_active
        assert not Activity.objects.exists()

    def test_an_heir_who_left_meanwhile_is_refused(self, cast: Any, room: Room) -> None:
        room.owner = {"plan:1": cast.member.pk}
        for heir in (cast.deactivated, cast.viewer, cast.outsider, cast.member):
            with pytest.raises(Refused, match="Choose again"):
                services.deactivate_member(
                    member=cast.member,
                    heirs={"plan:1": heir},
                    by=cast.admin,
                    now=timezone.now(),
                )
        assert room.owner == {"plan:1": cast.member.pk}

    def test_the_last_administrator_cannot_go(self, cast: Any, client_of: Any) -> None:
        answer = client_of(cast.admin).post(address(cast.admin, "deactivate/"))
        assert answer.status_code == 409
        assert "last administrator" in answer.content.decode()

    def test_their_open_invitations_are_withdrawn(self, cast: Any) -> None:
        offer(cast, "new@example.org", by=cast.manager)
        services.deactivate_member(member=cast.manager, heirs={}, by=cast.admin, now=timezone.now())
        assert Invitation.objects.get().revoked_at is not None

    def test_twice_is_once(self, cast: Any, client_of: Any) -> None:
        for _time in range(2):
            client_of(cast.admin).post(address(cast.member, "deactivate/"))
        assert Activity.objects.filter(verb="member.deactivated").count() == 1

    def test_only_an_administrator_may(self, cast: Any, client_of: Any) -> None:
        assert client_of(cast.manager).post(address(cast.member, "deactivate/")).status_code == 403
        for by in (cast.manager, cast.outsider):
            with pytest.raises(NotAllowed):
                services.deactivate_member(member=cast.member, heirs={}, by=by, now=timezone.now())


class TestHandOver:
    def test_the_member_stays(self, cast: Any, client_of: Any, room: Room) -> None:
        room.owner = {"plan:1": cast.member.pk}
        data = {"everything": cast.colleague.pk}
        client_of(cast.admin).post(address(cast.member, "hand-over/"), data)
        cast.member.refresh_from_db()
        assert cast.member.is_active
        assert room.owner == {"plan:1": cast.colleague.pk}

    def test_a_stranger_is_no_heir(self, cast: Any, client_of: Any, room: Room) -> None:
        room.owner = {"plan:1": cast.member.pk}
        data = {"everything": cast.outsider.pk}
        answer = client_of(cast.admin).post(address(cast.member, "hand-over/"), data)
        assert answer.status_code == 422


class TestReactivate:
    def test_it_works(self, cast: Any, client_of: Any) -> None:
        again = client_of(cast.deactivated)
        assert again.get("/o/northlake/people/").status_code == 404
        client_of(cast.admin).post(address(cast.deactivated, "reactivate/"))
        assert again.get("/o/northlake/people/").status_code == 200

    def test_it_rejects_get(self, cast: Any, client_of: Any) -> None:
        answer = client_of(cast.admin).get(address(cast.deactivated, "reactivate/"))
        assert answer.status_code == 405

    def test_only_an_administrator_may(self, cast: Any, client_of: Any) -> None:
        answer = client_of(cast.manager).post(address(cast.deactivated, "reactivate/"))
        assert answer.status_code == 403
        with pytest.raises(NotAllowed):
            services.reactivate_member(member=cast.deactivated, by=cast.manager)
