"""Who owns a thing changes only by claim, assign, hand on and vacate (rule 2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from people.errors import NotAllowed, Refused
from people.models import Activity
from plans.models import Channel
from tests import factories
from tests.workflow.conftest import ownable_for
from workflow import ownership, queries
from workflow.models import Handover

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def verbs(row: Any) -> list[str]:
    """What is on record about the thing, oldest first."""
    found = Activity.objects.filter(subject_type=row._meta.label, subject_id=row.pk)
    return list(found.order_by("id").values_list("verb", flat=True))


class TestClaim:
    def test_it_works(self, cast: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.member)
        channel.refresh_from_db()
        assert channel.owner == cast.member
        assert channel.unowned_since is None
        assert verbs(channel) == ["ownership.claimed"]

    def test_a_second_click_changes_nothing(self, cast: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.member)
        ownership.claim(row=channel, by=cast.member)
        assert verbs(channel) == ["ownership.claimed"]

    def test_someone_was_faster(self, cast: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.colleague)
        with pytest.raises(Refused, match="Cole Colleague took it a moment ago"):
            ownership.claim(row=channel, by=cast.member)
        channel.refresh_from_db()
        assert channel.owner == cast.colleague

    @pytest.mark.parametrize("who", ["expert", "viewer", "deactivated", "outsider"])
    def test_who_cannot_own_cannot_claim(self, cast: Any, channel: Any, who: str) -> None:
        with pytest.raises(Refused, match="choose an active member"):
            ownership.claim(row=channel, by=getattr(cast, who))
        channel.refresh_from_db()
        assert channel.owner is None
        assert verbs(channel) == []

    @pytest.mark.parametrize("who", ["admin", "manager", "member"])
    def test_everyone_who_works_can(self, cast: Any, channel: Any, who: str) -> None:
        assert ownership.claim(row=channel, by=getattr(cast, who)).owner == getattr(cast, who)

    def test_what_is_finished_keeps_its_record(self, cast: Any) -> None:
        done = factories.make_channel(cast.organization, name="finished")
        with pytest.raises(Refused, match="finished"):
            ownership.claim(row=done, by=cast.member)

    def test_who_cannot_see_a_confidential_thing_cannot_own_it(
        self, cast: Any, channel: Any, ownables: dict[str, Any]
    ) -> None:
        seen_by = {cast.manager.pk}
        ownables["channel"] = ownable_for(
            Channel,
            "channel",
            "channel",
            get=lambda o, m, pk: Channel.objects.get(pk=pk) if m.pk in seen_by else None,
        )
        with pytest.raises(Refused, match="confidential"):
            ownership.assign(row=channel, to=cast.member, by=cast.manager)
        seen_by.add(cast.member.pk)
        assert ownership.assign(row=channel, to=cast.member, by=cast.manager).owner == cast.member


class TestUndo:
    def test_it_gives_back_to_what_was_before(self, cast: Any) -> None:
        since = datetime(2027, 2, 1, 9, tzinfo=UTC)
        row = factories.make_channel(
            cast.organization, unowned_since=since, unowned_reason="Jonas left"
        )
        ownership.claim(row=row, by=cast.member)
        ownership.undo_claim(row=row, by=cast.member, now=timezone.now())
        row.refresh_from_db()
        assert (row.owner, row.unowned_since, row.unowned_reason) == (None, since, "Jonas left")
        assert verbs(row) == ["ownership.claimed", "ownership.claim_undone"]

    def test_a_second_click_changes_nothing(self, cast: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.member)
        ownership.undo_claim(row=channel, by=cast.member, now=timezone.now())
        ownership.undo_claim(row=channel, by=cast.member, now=timezone.now())
        assert verbs(channel) == ["ownership.claimed", "ownership.claim_undone"]

    def test_only_within_minutes(self, cast: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.member)
        later = timezone.now() + ownership.UNDO_WITHIN + timedelta(minutes=1)
        with pytest.raises(Refused, match="a while ago"):
            ownership.undo_claim(row=channel, by=cast.member, now=later)

    def test_only_ones_own(self, cast: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.member)
        with pytest.raises(Refused, match="no claim of yours"):
            ownership.undo_claim(row=channel, by=cast.manager, now=timezone.now())

    def test_not_after_it_was_given_to_someone(self, cast: Any, channel: Any) -> None:
        ownership.claim(row=channel, by=cast.member)
        ownership.assign(row=channel, to=cast.colleague, by=cast.member)
        with pytest.raises(Refused, match="no claim of yours"):
            ownership.undo_claim(row=channel, by=cast.member, now=timezone.now())


class TestAssign:
    @pytest.mark.parametrize("who", ["admin", "manager", "member"])
    def test_leaders_and_the_owner_may(self, cast: Any, owned: Any, who: str) -> None:
        ownership.assign(row=owned, to=cast.colleague, by=getattr(cast, who))
        owned.refresh_from_db()
        assert owned.owner == cast.colleague

    @pytest.mark.parametrize("who", ["colleague", "expert", "viewer", "deactivated"])
    def test_others_may_not(self, cast: Any, owned: Any, who: str) -> None:
        with pytest.raises(NotAllowed):
            ownership.assign(row=owned, to=cast.colleague, by=getattr(cast, who))
        owned.refresh_from_db()
        assert owned.owner == cast.member

    @pytest.mark.parametrize("who", ["expert", "viewer", "deactivated", "outsider"])
    def test_only_to_an_active_member_who_can_own(self, cast: Any, owned: Any, who: str) -> None:
        with pytest.raises(Refused, match="choose an active member"):
            ownership.assign(row=owned, to=getattr(cast, who), by=cast.manager)

    def test_twice_is_once(self, cast: Any, owned: Any) -> None:
        ownership.assign(row=owned, to=cast.colleague, by=cast.manager)
        ownership.assign(row=owned, to=cast.colleague, by=cast.manager)
        assert verbs(owned) == ["ownership.assigned"]


class TestHandOn:
    def test_accepted(self, cast: Any, owned: Any) -> None:
        asked = ownership.offer(row=owned, to=cast.colleague, by=cast.member, note="You know it.")
        owned.refresh_from_db()
        assert owned.owner == cast.member  # accountable until the answer
        ownership.answer_offer(handover=asked, accept=True, by=cast.colleague)
        owned.refresh_from_db()
        assert owned.owner == cast.colleague
        assert verbs(owned) == ["ownership.offered", "ownership.accepted"]

    def test_declined(self, cast: Any, owned: Any) -> None:
        asked = ownership.offer(row=owned, to=cast.colleague, by=cast.member)
        ownership.answer_offer(handover=asked, accept=False, by=cast.colleague)
        owned.refresh_from_db()
        assert owned.owner == cast.member
        assert verbs(owned) == ["ownership.offered", "ownership.declined"]

    def test_the_same_answer_twice_is_one(self, cast: Any, owned: Any) -> None:
        asked = ownership.offer(row=owned, to=cast.colleague, by=cast.member)
        ownership.answer_offer(handover=asked, accept=True, by=cast.colleague)
        ownership.answer_offer(handover=asked, accept=True, by=cast.colleague)
        assert verbs(owned).count("ownership.accepted") == 1
        with pytest.raises(Refused, match="settled"):
            ownership.answer_offer(handover=asked, accept=False, by=cast.colleague)

    @pytest.mark.parametrize("who", ["member", "manager", "viewer"])
    def test_only_who_was_asked_answers(self, cast: Any, owned: Any, who: str) -> None:
        asked = ownership.offer(row=owned, to=cast.colleague, by=cast.member)
        with pytest.raises(NotAllowed):
            ownership.answer_offer(handover=asked, accept=True, by=getattr(cast, who))

    def test_anyone_who_works_may_suggest_someone_for_what_nobody_owns(
        self, cast: Any, channel: Any
    ) -> None:
        asked = ownership.offer(row=channel, to=cast.colleague, by=cast.member)
        ownership.answer_offer(handover=asked, accept=True, by=cast.colleague)
        channel.refresh_from_db()
        assert channel.owner == cast.colleague

    @pytest.mark.parametrize("who", ["expert", "viewer", "deactivated"])
    def test_who_only_reads_may_not_suggest(self, cast: Any, channel: Any, who: str) -> None:
        with pytest.raises(NotAllowed):
            ownership.offer(row=channel, to=cast.colleague, by=getattr(cast, who))

    def test_a_colleague_may_not_hand_on_what_another_owns(self, cast: Any, owned: Any) -> None:
        with pytest.raises(NotAllowed):
            ownership.offer(row=owned, to=cast.manager, by=cast.colleague)

    def test_one_question_at_a_time(self, cast: Any, owned: Any) -> None:
        first = ownership.offer(row=owned, to=cast.colleague, by=cast.member)
        assert ownership.offer(row=owned, to=cast.colleague, by=cast.member) == first
        with pytest.raises(Refused, match="Cole Colleague has been asked already"):
            ownership.offer(row=owned, to=cast.admin, by=cast.member)

    def test_withdrawn(self, cast: Any, owned: Any) -> None:
        asked = ownership.offer(row=owned, to=cast.colleague, by=cast.member)
        with pytest.raises(NotAllowed):
            ownership.withdraw_offer(handover=asked, by=cast.colleague)
        ownership.withdraw_offer(handover=asked, by=cast.member)
        ownership.withdraw_offer(handover=asked, by=cast.member)
        with pytest.raises(Refused, match="settled"):
            ownership.answer_offer(handover=asked, accept=True, by=cast.colleague)
        assert verbs(owned) == ["ownership.offered", "ownership.offer_withdrawn"]

    def test_a_claim_ends_the_question(self, cast: Any, channel: Any) -> None:
        asked = ownership.offer(row=channel, to=cast.colleague, by=cast.manager)
        ownership.claim(row=channel, by=cast.member)
        with pytest.raises(Refused, match="settled"):
            ownership.answer_offer(handover=asked, accept=True, by=cast.colleague)
        channel.refresh_from_db()
        assert channel.owner == cast.member

    def test_not_to_who_owns_it_nor_to_oneself(self, cast: Any, owned: Any) -> None:
        with pytest.raises(Refused, match="owns this already"):
            ownership.offer(row=owned, to=cast.member, by=cast.manager)
        with pytest.raises(Refused, match="yourself"):
            ownership.offer(row=owned, to=cast.manager, by=cast.manager)


class TestVacate:
    def test_it_works(self, cast: Any, owned: Any) -> None:
        ownership.vacate(row=owned, by=cast.member, reason="On leave until May", now=NOW)
        owned.refresh_from_db()
        assert (owned.owner, owned.unowned_since) == (None, NOW)
        assert owned.unowned_reason == "On leave until May"
        assert Activity.objects.get(subject_id=owned.pk).text.text == "On leave until May"

    def test_without_a_clock_it_takes_the_databases(self, cast: Any, owned: Any) -> None:
        vacated = ownership.vacate(row=owned, by=cast.member, reason="On leave")
        assert abs(vacated.unowned_since - timezone.now()) < timedelta(minutes=1)

    def test_the_reason_is_needed(self, cast: Any, owned: Any) -> None:
        with pytest.raises(Refused, match="Say why"):
            ownership.vacate(row=owned, by=cast.member, reason="  ")
        owned.refresh_from_db()
        assert owned.owner == cast.member

    def test_a_colleague_may_not(self, cast: Any, owned: Any) -> None:
        with pytest.raises(NotAllowed):
            ownership.vacate(row=owned, by=cast.colleague, reason="I want it")

    def test_twice_is_once(self, cast: Any, owned: Any) -> None:
        ownership.vacate(row=owned, by=cast.member, reason="On leave")
        ownership.vacate(row=owned, by=cast.member, reason="On leave")
        assert verbs(owned) == ["ownership.vacated"]


class TestDeactivation:
    def test_nothing_unfinished_stays_with_them(self, cast: Any, owned: Any) -> None:
        done = factories.make_channel(cast.organization, name="finished", owner=cast.member)
        handed = factories.make_channel(cast.organization, name="To Cole", owner=cast.member)
        other = factories.make_channel(cast.organization, name="Ines has it", owner=cast.manager)
        changed = ownership.vacate_everything_of(
            cast.member, "Left the bank", cast.admin, {("channel", handed.pk): cast.colleague}
        )
        assert changed == 2
        for row in (owned, done, handed, other):
            row.refresh_from_db()
        assert (owned.owner, owned.unowned_reason) == (None, "Left the bank")
        assert done.owner == cast.member
        assert handed.owner == cast.colleague
        assert other.owner == cast.manager

    def test_hand_over_only_to_who_can_own(self, cast: Any, owned: Any) -> None:
        with pytest.raises(Refused, match="choose an active member"):
            ownership.vacate_everything_of(
                cast.member, "Left", cast.admin, {("channel", owned.pk): cast.viewer}
            )

    def test_their_open_questions_end(self, cast: Any, owned: Any, channel: Any) -> None:
        ownership.offer(row=owned, to=cast.colleague, by=cast.member)
        ownership.offer(row=channel, to=cast.member, by=cast.manager)
        ownership.vacate_everything_of(cast.member, "Left", cast.admin)
        assert not Handover.objects.filter(answered_at=None).exists()


def test_the_history_reads_newest_first(cast: Any, channel: Any) -> None:
    ownership.claim(row=channel, by=cast.member)
    ownership.vacate(row=channel, by=cast.member, reason="Too much")
    ownership.assign(row=channel, to=cast.colleague, by=cast.manager)
    found = [(a.verb, a.text.text) for a in queries.ownership_history(cast.organization, channel)]
    assert found == [
        ("ownership.assigned", "Cole Colleague"),
        ("ownership.vacated", "Too much"),
        ("ownership.claimed", "Maya Member"),
    ]


def test_what_nobody_owns_oldest_first(cast: Any) -> None:
    def since(day: int) -> Any:
        return {"unowned_since": datetime(2027, 1, day, tzinfo=UTC)}

    young = factories.make_channel(cast.organization, name="Young", **since(20))
    old = factories.make_channel(cast.organization, name="Old", **since(2))
    factories.make_channel(cast.organization, name="Mine", owner=cast.member)
    factories.make_channel(cast.other_organization, name="Elsewhere", **since(1))
    found = queries.unowned(cast.organization, cast.member)
    assert [row.pk for row in found] == [old.pk, young.pk]


def test_the_chain_of_who_is_chased(cast: Any, channel: Any, ownables: dict[str, Any]) -> None:
    ownables["channel"] = ownable_for(
        Channel,
        "channel",
        "channel",
        fallbacks=lambda row: [cast.colleague, cast.deactivated, cast.manager],
    )
    assert queries.responsible_for(channel) == [cast.colleague, cast.manager]
    ownership.claim(row=channel, by=cast.member)
    channel.refresh_from_db()
    assert queries.responsible_for(channel) == [cast.member]


def test_the_database_refuses_both_and_neither(cast: Any, owned: Any, channel: Any) -> None:
    for row, change in ((owned, {"unowned_since": NOW}), (channel, {"unowned_since": None})):
        with pytest.raises(IntegrityError), transaction.atomic():
            Channel.objects.filter(pk=row.pk).update(**change)
