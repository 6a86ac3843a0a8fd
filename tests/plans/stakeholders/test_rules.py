"""When a stakeholder has lapsed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.dates import LATEST, ONE_DAY, Period
from plans.stakeholders.rules import Contact, is_lapsed, lapses, parse_key

MONDAY = date(2027, 3, 1)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
RHYTHMS = st.none() | st.integers(1, 1098)
CONTACTS = st.builds(Contact, st.just(7), RHYTHMS, DAYS, st.none() | DAYS)


def contact(rhythm: int | None = 30, ago: int | None = 41, held: int = 100) -> Contact:
    last = MONDAY - timedelta(days=ago) if ago is not None else None
    return Contact(7, rhythm, MONDAY - timedelta(days=held), last)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (contact(ago=30), False),
        (contact(ago=31), True),
        (contact(ago=0), False),
        (contact(ago=None, held=30), False),
        (contact(ago=None, held=31), True),
        (contact(rhythm=None), False),
        (contact(ago=-3), False),
        (contact(ago=41, held=2), True),
    ],
)
def test_lapsed_is_more_days_than_the_rhythm_since_the_last_contact(
    one: Contact, expected: bool
) -> None:
    assert is_lapsed(one, MONDAY) is expected


def test_a_lapse_names_contact_and_day_and_runs_to_today() -> None:
    (found,) = lapses([contact()], MONDAY, Period(MONDAY, MONDAY))
    assert found.key == f"lapsed_stakeholder:7:{MONDAY - timedelta(days=41)}"
    assert found.due == MONDAY - timedelta(days=11)
    assert found.period == Period(MONDAY - timedelta(days=10), MONDAY)
    assert parse_key(found.key) == (7, found.since)


def test_a_lapse_ahead_is_seen_before_it_begins() -> None:
    window = Period(MONDAY, MONDAY + timedelta(days=6))
    (found,) = lapses([contact(ago=25)], MONDAY, window)
    assert found.period.start == found.period.end == MONDAY + timedelta(days=6)
    assert found.due == MONDAY + timedelta(days=5)
    assert list(lapses([contact(ago=24)], MONDAY, window)) == []


def test_a_window_that_is_over_has_no_lapse() -> None:
    assert list(lapses([contact()], MONDAY, Period(MONDAY - 9 * ONE_DAY, MONDAY - ONE_DAY))) == []


@pytest.mark.parametrize("key", ["", "a:b", "shortfall:7:2027-03-01", "lapsed_stakeholder:x:y"])
def test_other_text_is_no_key(key: str) -> None:
    with pytest.raises(ValueError):
        parse_key(key)


@given(CONTACTS, DAYS, st.integers(0, 60))
def test_it_is_found_today_exactly_if_it_is_lapsed(one: Contact, today: date, more: int) -> None:
    found = list(lapses([one], today, Period(today, today)))
    assert bool(found) is is_lapsed(one, today)
    wider = list(lapses([one], today, Period(today, today + timedelta(days=more))))
    assert {lapse.key for lapse in found} <= {lapse.key for lapse in wider}
    for lapse in wider:
        assert one.rhythm_days is not None
        assert lapse.due == lapse.since + timedelta(days=one.rhythm_days)
        assert lapse.period.start == lapse.due + ONE_DAY
        assert (lapse.period.start <= today) is is_lapsed(one, today)


@given(CONTACTS, DAYS)
def test_speaking_with_them_today_mends_it(one: Contact, today: date) -> None:
    spoken = Contact(one.id, one.rhythm_days, one.held_since, today)
    assert list(lapses([spoken], today, Period(today, today))) == []


@given(CONTACTS, DAYS, st.integers(0, 400))
def test_the_same_lapse_keeps_its_key_while_nobody_speaks(
    one: Contact, today: date, later: int
) -> None:
    then = today + timedelta(days=later)
    keys = {lapse.key for lapse in lapses([one], today, Period(today, today))}
    assert keys <= {lapse.key for lapse in lapses([one], then, Period(then, then))}


def test_a_rhythm_longer_than_any_calendar_never_lapses() -> None:
    assert Contact(7, 400, LATEST - ONE_DAY).due is None
