"""Shared events: who answers for a department, what is refused, and who waits for whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people import queries as people
from people.activity import feed
from people.errors import NotAllowed, Refused
from plans.models import KeyDate, KeyDateAnswer, Plan
from plans.schedule import events
from tests import factories
from tests.plans.kit import at

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 1, 15, tzinfo=UTC)


@pytest.fixture
def retail(cast: Any) -> Any:
    """The department of Maya and Vera."""
    department = factories.make_department(cast.organization, name="Retail")
    for member in (cast.member, cast.viewer):
        member.department = department
        member.save()
    return department


def ask(key_date: KeyDate, department: Any, days: int = 3) -> KeyDateAnswer:
    return KeyDateAnswer.objects.create(
        organization=key_date.organization,
        key_date=key_date,
        department=department,
        asked_at=NOW - timedelta(days=days),
    )


def say(answer: KeyDateAnswer, by: Any, choice: str = "takes_part", seen: str = "") -> Any:
    return events.answer_event(answer=answer, by=by, choice=choice, seen=seen, at=NOW)


def test_a_member_of_the_department_answers_and_changes_it_on_record(
    cast: Any, key_date: KeyDate, retail: Any
) -> None:
    asked = ask(key_date, retail)
    assert [row.pk for row in events.unanswered(cast.organization)] == [asked.pk]
    say(asked, cast.member)
    assert not events.unanswered(cast.organization).exists()
    say(asked, cast.member)  # again: nothing
    say(asked, cast.manager, "informed", "takes_part")
    done = KeyDateAnswer.objects.get(pk=asked.pk)
    assert (done.answer, done.answered_by, done.answered_at) == ("informed", cast.manager, NOW)
    told = feed(people.activity_of(cast.organization, key_date._meta.label, key_date.pk))
    assert [row.words for row in told] == [
        "changed the answer of Retail about “Launch” to: informed",
        "answered for Retail about “Launch”: takes part",
    ]


def test_others_do_not_answer_for_it(cast: Any, key_date: KeyDate, retail: Any) -> None:
    asked = ask(key_date, retail)
    for who in (cast.colleague, cast.viewer, cast.expert, cast.outsider):
        with pytest.raises(NotAllowed):
            say(asked, who)
    with pytest.raises(Refused, match="Choose whether"):
        say(asked, cast.member, "")


def test_who_was_slower_is_told_who_answered(cast: Any, key_date: KeyDate, retail: Any) -> None:
    asked = ask(key_date, retail)
    say(asked, cast.manager)
    with pytest.raises(Refused, match="Ines Manager answered in the meantime: Takes part"):
        say(asked, cast.member, "not_affected")
    asked.delete()
    with pytest.raises(Refused, match="not asked any more"):
        say(KeyDateAnswer(pk=asked.pk or 0, key_date=key_date), cast.member)


def test_nobody_waits_for_what_is_over_or_closed(cast: Any, key_date: KeyDate, retail: Any) -> None:
    asked = ask(key_date, retail)
    KeyDate.objects.update(done_at=NOW)
    assert not events.unanswered(cast.organization).exists()
    with pytest.raises(Refused, match="is done"):
        say(asked, cast.member)
    KeyDate.objects.update(done_at=None)
    Plan.objects.update(state="closed")
    assert not events.unanswered(cast.organization).exists()
    with pytest.raises(Refused, match="closed"):
        say(asked, cast.member)


def test_a_confidential_event_asks_only_who_sees_it(
    cast: Any, key_date: KeyDate, retail: Any, client_of: Any
) -> None:
    asked = ask(key_date, retail)
    Plan.objects.update(is_confidential=True)
    with pytest.raises(NotAllowed):
        say(KeyDateAnswer.objects.get(pk=asked.pk), cast.member)
    mine = client_of(cast.member)
    assert "Launch" not in mine.get(at("event-answers")).content.decode()
    url = at("event-answer", key_date_id=key_date.pk, department_id=retail.pk)
    assert mine.post(url, {"answer": "informed"}).status_code == 404


def test_it_is_answered_from_the_list_and_from_the_event(
    cast: Any, key_date: KeyDate, retail: Any, client_of: Any
) -> None:
    ask(key_date, retail)
    mine = client_of(cast.member)
    page = mine.get(at("event-answers")).content.decode()
    assert "not answered yet" in page
    assert "Takes part" in page
    url = at("event-answer", key_date_id=key_date.pk, department_id=retail.pk)
    answer = mine.post(url, {"answer": "takes_part", "seen": "", "from": "list"})
    assert answer.url == at("event-answers")
    event = mine.get(at("key-date", key_date_id=key_date.pk)).content.decode()
    assert 'aria-pressed="true">Takes part' in event
    late = client_of(cast.manager).post(url, {"answer": "informed", "seen": ""})
    assert late.status_code == 409
    assert "answered in the meantime" in late.content.decode()
    listed = client_of(cast.manager).post(url, {"answer": "", "seen": "", "from": "list"})
    assert listed.status_code == 409
    other = client_of(cast.colleague)
    assert other.post(url, {"answer": "informed", "seen": "takes_part"}).status_code == 403
    assert 'name="answer"' not in other.get(at("event-answers")).content.decode()


def test_the_list_is_kind_when_empty_and_costs_the_same_for_fifty(
    cast: Any, key_date: KeyDate, retail: Any, client_of: Any
) -> None:
    mine = client_of(cast.member)
    assert "Nothing is asked" in mine.get(at("event-answers")).content.decode()

    def cost() -> int:
        with CaptureQueriesContext(connection) as made:
            assert mine.get(at("event-answers")).status_code == 200
        return len(made)

    ask(key_date, retail)
    before = cost()
    for n in range(50):
        other = factories.make_key_date(key_date.plan, owner=cast.manager)
        ask(other, retail, n)
    assert cost() == before <= 12
