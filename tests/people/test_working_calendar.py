"""The organization's calendar: its settings, its closure days and its country's holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from people.models import ClosureDay
from people.rules import add_working_hours
from people.working_calendar import (
    calendar_of,
    country_choices,
    public_holidays,
    subdivision_choices,
    supported_countries,
)
from tests import factories


@pytest.mark.django_db
def test_it_holds_settings_closure_days_and_public_holidays(
    django_assert_num_queries: Any,
) -> None:
    bank = factories.make_organization(
        time_zone="America/Toronto",
        country="CA",
        subdivision="ON",
        working_weekdays=[0, 1, 2, 3],
        work_starts=time(8, 30),
        work_ends=time(16),
    )
    other = factories.make_organization()
    ClosureDay.objects.create(organization=bank, date=date(2027, 8, 4), name="Summer party")
    ClosureDay.objects.create(organization=other, date=date(2027, 8, 3), name="Theirs")
    with django_assert_num_queries(1):
        calendar = calendar_of(bank)
    assert calendar.is_working_day(date(2027, 8, 3))
    assert not calendar.is_working_day(date(2027, 8, 4)), "its own closure day"
    assert not calendar.is_working_day(date(2027, 7, 1)), "Canada Day"
    assert not calendar.is_working_day(date(2027, 8, 6)), "a Friday, on which it does not work"
    assert (calendar.opens, calendar.closes, str(calendar.zone)) == (
        time(8, 30),
        time(16),
        "America/Toronto",
    )
    late = datetime(2027, 6, 30, 19, 30, tzinfo=UTC)  # half an hour before the day ends
    assert add_working_hours(late, 1, calendar) == datetime(2027, 7, 5, 13, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_named_years_say_the_same_as_all_of_them() -> None:
    bank = factories.make_organization(country="DE", subdivision="BY")
    some, every = calendar_of(bank, years=[2027]), calendar_of(bank)
    assert some.closed == {day for day in every.closed if day.year == 2027}
    assert date(2027, 5, 27) in some.closed, "a holiday of Bavaria only"


@pytest.mark.django_db
def test_without_a_country_there_are_no_public_holidays() -> None:
    assert calendar_of(factories.make_organization()).closed == frozenset()


def test_every_country_has_a_name_and_regions_that_work() -> None:
    assert len(country_choices()) == len(supported_countries()) > 200
    assert dict(country_choices())["GB"] == "United Kingdom"
    assert dict(country_choices())["HK"] == "Hong Kong"
    assert dict(country_choices())["TT"] == "Trinidad and Tobago"
    assert dict(subdivision_choices("GB"))["SCT"] == "Scotland"
    assert subdivision_choices("XX") == []
    for country, regions in supported_countries().items():
        assert all(len(region) <= 20 for region in regions)
        assert len(subdivision_choices(country)) == len(regions)
    assert public_holidays("XX", "", 2027) == {}
    assert public_holidays("DE", "nowhere", 2027) == public_holidays("DE", "", 2027)
