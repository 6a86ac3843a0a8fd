"""Small worlds for the tests of gaps and momentum: one plan, one channel, what the test names."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from calendar_app.gaps import (
    Channel,
    Commitment,
    Item,
    Organization,
    Period,
    Placement,
    Plan,
    World,
    find_gaps,
)

UTC_ZONE = ZoneInfo("UTC")
#: A Monday, and the five weeks that follow it.
MONDAY = date(2027, 3, 1)
MARCH = Period(MONDAY, date(2027, 3, 31))


def day(number):
    """A day of March 2027; the 1st is a Monday."""
    return MONDAY + timedelta(days=number - 1)


def instant(number, hour=12, minute=0):
    """An instant of March 2027 in UTC."""
    return datetime(2027, 3, 1, hour, minute, tzinfo=UTC) + timedelta(days=number - 1)


def post(name, at, state="draft", **kw):
    """A post of story i on channel c."""
    return Placement(name, kw.pop("item", "i"), kw.pop("channel", "c"), at, state, **kw)


def promise(count=3, per="week", **kw):
    """A promise of plan p on channel c."""
    return Commitment("k", "p", "c", count, per, **kw)


def world(*commitments, posts=(), channel=None, organization=None, **kw):
    """Plan p all year, channel c, story i."""
    return World(
        organization=replace(Organization(UTC_ZONE), **(organization or {})),
        plans=[Plan("p", Period(date(2027, 1, 1), date(2027, 12, 31)))],
        channels=kw.pop("channels", [Channel("c", "facebook", **(channel or {}))]),
        items=kw.pop("items", [Item("i", "p")]),
        commitments=commitments,
        placements=posts,
        **kw,
    )


def found(world, kind, *, now=None, window=MARCH):
    """The findings of one kind, seen on the morning of 1 March unless told otherwise."""
    return [f for f in find_gaps(world, now or instant(1, 8), window) if f.kind == kind]
