"""Who is told what: tables of cases, and the properties that make planning safe to repeat."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.rules import WorkingCalendar
from reminders.rules import (
    Due,
    PostFact,
    ReviewFact,
    Setting,
    Subject,
    UnownedFact,
    after_quiet,
    due_now,
    of_post,
    of_review,
    of_unowned,
)

NEW_YORK = ZoneInfo("America/New_York")
SETTING = Setting(
    calendar=WorkingCalendar(zone=ZoneInfo("UTC")), tolerance=timedelta(hours=24), managers=(90, 91)
)
POST = Subject("calendar_app.Placement", 1)
# Wednesday 10 March 2027, 09:00.
AT = datetime(2027, 3, 10, 9, tzinfo=UTC)


def post(state: str = "draft", **kw: object) -> PostFact:
    values: dict[str, object] = {
        "subject": POST, "at": AT, "zone": ZoneInfo("UTC"), "state": state, "owner": 7,
    }  # fmt: skip
    return PostFact(**{**values, **kw})  # type: ignore[arg-type]


def rules_at(fact: PostFact, now: datetime) -> list[str]:
    return [due.rule for due in of_post(fact, SETTING, now)]


@pytest.mark.parametrize(
    ("state", "hours", "expected"),
    [
        ("draft", -49, []),  # Monday 08:00, an hour before work begins
        ("draft", -48, ["due_soon"]),
        ("changes_requested", -1, ["due_soon"]),
        ("in_review", -1, []),  # it waits for the approver, not for the owner
        ("draft", 1, []),  # its time has come; nothing helps until it is missed
        ("draft", 24.1, ["overdue"]),
        ("in_review", 24.1, ["overdue"]),
        ("approved", -0.3, []),
        ("approved", -0.25, ["time_to_post"]),
        ("approved", 24, ["time_to_post"]),
        ("approved", 24.1, ["did_it_go_out"]),
        ("published", 24.1, []),
        ("cancelled", 24.1, []),
        ("idea", -1, []),
        ("approved", 24 * 28.9, ["did_it_go_out"]),
        ("approved", 24 * 29, []),  # three repeats, then the dashboards keep it
    ],
)
def test_what_an_owner_is_told_and_when(state: str, hours: float, expected: list[str]) -> None:
    assert rules_at(post(state), AT + timedelta(hours=hours)) == expected


def test_due_soon_counts_working_days_in_the_channels_zone() -> None:
    # Monday 8 March 02:00 UTC is still Sunday in New York: two working days before are Thursday.
    late_sunday = post(at=datetime(2027, 3, 8, 2, tzinfo=UTC), zone=NEW_YORK)
    assert rules_at(late_sunday, datetime(2027, 3, 4, 9, tzinfo=UTC)) == ["due_soon"]
    assert rules_at(late_sunday, datetime(2027, 3, 4, 8, 59, tzinfo=UTC)) == []


def test_nobody_is_told_of_history_or_of_what_has_no_owner() -> None:
    late = AT + timedelta(days=2)
    assert rules_at(post(historical=True), late) == []
    assert rules_at(post(owner=None), late) == []


def audience(since: datetime, now: datetime, **kw: int | None) -> list[tuple[int, str]]:
    values: dict[str, int | None] = {"fallback": 3, "champion": 5, **kw}
    thing = UnownedFact(Subject("plans.Channel", 2), since, **values)
    return [(due.recipient, due.occasion) for due in of_unowned(thing, SETTING, now)]


def test_no_owner_climbs_from_fallback_to_champion_to_managers_then_weekly() -> None:
    since = datetime(2027, 3, 10, 15, tzinfo=UTC)  # a Wednesday
    assert audience(since, since) == [(3, "2027-03-10:0")]
    assert audience(since, datetime(2027, 3, 12, 8, 59, tzinfo=UTC)) == [(3, "2027-03-10:0")]
    assert audience(since, datetime(2027, 3, 12, 9, tzinfo=UTC)) == [(5, "2027-03-10:1")]
    managers = [(90, "2027-03-10:2"), (91, "2027-03-10:2")]
    assert audience(since, datetime(2027, 3, 17, 9, tzinfo=UTC)) == managers
    assert audience(since, datetime(2027, 3, 24, 9, tzinfo=UTC))[0] == (90, "2027-03-10:3")


def test_no_owner_without_fallback_or_champion_goes_to_the_managers() -> None:
    since = datetime(2027, 3, 10, 15, tzinfo=UTC)
    assert [m for m, _ in audience(since, since, fallback=None)] == [90, 91]
    second_day = datetime(2027, 3, 12, 9, tzinfo=UTC)
    assert [m for m, _ in audience(since, second_day, champion=None)] == [90, 91]


def test_approval_waiting_asks_at_once_and_escalates_past_its_limit() -> None:
    asked = datetime(2027, 3, 10, 10, tzinfo=UTC)
    limit = datetime(2027, 3, 11, 10, tzinfo=UTC)
    review = ReviewFact(Subject("workflow.Review", 4), asked, limit, frozenset({11, 12}), 5)

    def told(now: datetime) -> list[int]:
        return [due.recipient for due in of_review(review, SETTING, now)]

    assert told(asked - timedelta(seconds=1)) == []
    assert told(asked) == [11, 12]
    assert told(limit) == [11, 12]
    assert told(datetime(2027, 3, 12, 9, tzinfo=UTC)) == [11, 12, 5]
    assert told(datetime(2027, 3, 15, 9, tzinfo=UTC)) == [11, 12, 5, 90, 91]
    first = {due.occasion for due in of_review(review, SETTING, asked)}
    again = {due.occasion for due in of_review(review, SETTING, limit)}
    assert first.isdisjoint(again)


instants = st.datetimes(
    datetime(2026, 1, 1),
    datetime(2029, 1, 1),
    timezones=st.just(UTC),
)
states = st.sampled_from(["idea", "draft", "in_review", "changes_requested", "approved"])


@given(at=instants, state=states, now=instants)
def test_the_same_moment_gives_the_same_and_never_the_future(
    at: datetime, state: str, now: datetime
) -> None:
    facts = [post(state, at=at)]
    thing = [UnownedFact(Subject("plans.Plan", 3), at, None, None)]
    found = due_now(facts, thing, [], SETTING, now)
    assert found == due_now(facts, thing, [], SETTING, now)
    assert all(due.due_at <= now for due in found)
    keys = [(d.rule, d.subject, d.recipient, d.occasion) for d in found]
    assert len(keys) == len(set(keys))


@given(since=instants, steps=st.lists(st.integers(1, 90), max_size=12))
def test_an_occasion_keeps_its_name_while_it_lasts_and_never_returns(
    since: datetime, steps: list[int]
) -> None:
    thing = UnownedFact(Subject("plans.Plan", 3), since, 3, 5)
    seen: list[str] = []
    now = since
    for hours in steps:
        now += timedelta(hours=hours)
        occasions: list[Due] = list(of_unowned(thing, SETTING, now))
        assert len({due.occasion for due in occasions}) == 1
        if not seen or seen[-1] != occasions[0].occasion:
            seen.append(occasions[0].occasion)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("hour", "expected_day", "expected_hour"),
    [(18, 10, 18), (19, 11, 8), (23, 11, 8), (7, 10, 8), (8, 10, 8), (12, 10, 12)],
)
def test_quiet_hours_wait_for_their_end(hour: int, expected_day: int, expected_hour: int) -> None:
    now = datetime(2027, 3, 10, hour, tzinfo=NEW_YORK)
    end = after_quiet(now, NEW_YORK, time(19), time(8)).astimezone(NEW_YORK)
    assert (end.day, end.hour) == (expected_day, expected_hour)


def test_no_quiet_hours_where_both_times_are_the_same() -> None:
    assert after_quiet(AT, NEW_YORK, time(8), time(8)) == AT
