"""What a mail says of a time: the thing's own, and the reader's beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from reminders.queries import Described
from reminders.words import _when

PRAGUE = ZoneInfo("Europe/Prague")


@pytest.mark.parametrize(
    ("zone", "hour", "said"),
    [
        ("Europe/Vienna", 9, "Tue 9 March, 10:00"),
        ("America/New_York", 9, "Tue 9 March, 10:00 (04:00 for you)"),
        ("America/New_York", 4, "Tue 9 March, 05:00 (Mon 8 March, 23:00 for you)"),
        ("Pacific/Auckland", 20, "Tue 9 March, 21:00 (Wed 10 March, 09:00 for you)"),
    ],
)
def test_the_readers_own_time_has_its_day_where_it_is_another_one(
    zone: str, hour: int, said: str
) -> None:
    at = datetime(2027, 3, 9, hour, tzinfo=UTC)
    thing = Described(title="Fees", url="/", detail="", at=at, zone=PRAGUE)
    assert _when(thing, ZoneInfo(zone)) == said
