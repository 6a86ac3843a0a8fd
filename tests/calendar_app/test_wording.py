"""Each kind of finding says in one sentence why it is one."""

from dataclasses import replace

import pytest

from calendar_app.gaps import Kind, Period, find_gaps
from calendar_app.wording import Names, sentence
from tests.calendar_app.gap_worlds import MARCH, day, instant, post, promise, world

NAMES = Names(
    channel="Instagram",
    stream="Ramp grants",
    item="Spring rates",
    stakeholder="Rosa Lind",
    contact="last spoken 41 days ago, every 30",
    event="Open day",
    other_event="Grant gala",
)
WEEK = Period(day(8), day(14))


def a_finding(**kw):
    """A real finding, with what the test names put in its place."""
    (finding,) = find_gaps(world(promise(3)), instant(1), WEEK)
    return replace(finding, **kw)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"scheduled": 1},
            "1 of 3 promised posts are planned on Instagram from Mon 8 March to Sun 14 March.",
        ),
        (
            {},
            "3 posts are promised on Instagram from Mon 8 March to Sun 14 March "
            "and none is planned.",
        ),
        (
            {"expected": 1, "period": Period(day(8), day(8))},
            "1 post is promised on Instagram for Mon 8 March and none is planned.",
        ),
        (
            {"kind": Kind.EMPTY_SLOT, "period": Period(day(8), day(8))},
            "A post is promised on Instagram for Mon 8 March and nothing is planned.",
        ),
        (
            {"kind": Kind.SILENCE},
            "Nothing is planned on Instagram for 7 days, from Mon 8 March to Sun 14 March.",
        ),
        (
            {"kind": Kind.COLLISION, "event": "e", "period": Period(day(8), day(8))},
            "“Open day” and “Grant gala” fall on the same day, Mon 8 March, "
            "and neither department mentions the other.",
        ),
        (
            {"kind": Kind.UNCONFIRMED},
            "“Spring rates” was approved for Instagram on Mon 8 March; "
            "nobody has recorded that it went out.",
        ),
    ],
)
def test_a_finding_in_words(changes, words):
    assert sentence(a_finding(**changes), NAMES) == words


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_one_calm_sentence(kind):
    said = sentence(a_finding(kind=kind), NAMES)
    assert said.endswith(".")
    assert said.count(". ") == 0
    assert "%" not in said
    assert "!" not in said
    assert any(name in said for name in ("Instagram", "Ramp grants", "Rosa Lind"))


def test_a_title_with_a_percent_sign_stays_as_it_is():
    missed = find_gaps(world(posts=[post("a", instant(2))]), instant(9), MARCH)[0]
    said = sentence(missed, replace(NAMES, item="100 %(d) sure"))
    assert "“100 %(d) sure” was planned on Instagram for Tue 2 March" in said
