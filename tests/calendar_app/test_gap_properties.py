"""What holds in every world: the same answer as a slow model, and a few laws of its own."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from calendar_app.gaps import Kind, Period, coverage, find_gaps
from calendar_app.scenario import answer, read_scenario
from tests.calendar_app.gap_model import model_findings
from tests.calendar_app.scenario_documents import documents

slow = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
quick = settings(slow, max_examples=20)

PROMISE_KINDS = {Kind.SHORTFALL, Kind.EMPTY_SLOT, Kind.SILENCE}
PLACEMENT_KINDS = {
    Kind.MISSED,
    Kind.UNCONFIRMED,
    Kind.BLACKOUT,
    Kind.AT_RISK,
    Kind.BROKEN_EMBARGO,
    Kind.MEDIA_NOT_FIRST,
    Kind.COLLISION,
    Kind.MISSING_COMPANION,
}


@slow
@given(documents())
def test_the_answer_is_the_models(document):
    assert answer(document) == {"findings": model_findings(document)}


@quick
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(document, chance: random.Random):
    shuffled = {
        key: chance.sample(value, len(value)) if isinstance(value, list) else value
        for key, value in document.items()
    }
    assert answer(shuffled) == answer(document)


@quick
@given(documents())
def test_every_finding_has_its_own_key_and_overlaps_the_window(document):
    world, now, window = read_scenario(document)
    found = find_gaps(world, now, window)
    assert len({finding.key for finding in found}) == len(found)
    assert all(finding.period.overlaps(window) for finding in found)


@quick
@given(documents())
def test_a_missing_post_is_never_reported_twice(document):
    world, now, window = read_scenario(document)
    told: dict[tuple[object, date], Kind] = {}
    for finding in find_gaps(world, now, window):
        if finding.kind in PROMISE_KINDS:
            for day in finding.period.days():
                assert told.setdefault((finding.commitment, day), finding.kind) == finding.kind


@quick
@given(documents())
def test_shortfalls_say_what_coverage_says(document):
    world, now, window = read_scenario(document)
    cells = {
        (cell.commitment.id, cell.period): cell
        for cell in coverage(world, window)
        if cell.missing and not cell.commitment.has_slots
    }
    found = {
        (finding.commitment, finding.period): finding
        for finding in find_gaps(world, now, window)
        if finding.kind is Kind.SHORTFALL
    }
    assert found.keys() == cells.keys()
    for key, finding in found.items():
        cell = cells[key]
        assert (finding.missing, finding.expected, finding.scheduled, finding.secured) == (
            cell.missing,
            cell.expected,
            cell.scheduled,
            cell.secured,
        )


@quick
@given(documents(), st.integers(0, 30))
def test_two_halves_of_a_window_find_what_the_whole_finds(document, cut):
    """True of what stands on one day; a silence is judged up to the window's end."""
    world, now, window = read_scenario(document)
    middle = window.start + timedelta(days=cut)
    assume(middle < window.end)
    halves = [Period(window.start, middle), Period(middle + timedelta(days=1), window.end)]

    def placed(part):
        found = find_gaps(world, now, part)
        return {finding for finding in found if finding.kind in PLACEMENT_KINDS | {Kind.SHORTFALL}}

    assert placed(halves[0]) | placed(halves[1]) == placed(window)


@quick
@given(documents())
def test_history_is_never_missed_or_unconfirmed(document):
    world, now, window = read_scenario(document)
    imported = [placement._replace(historical=True) for placement in world.placements]
    before = find_gaps(world, now, window)
    after = find_gaps(replace(world, placements=imported), now, window)
    chased = (Kind.MISSED, Kind.UNCONFIRMED)
    assert after == [finding for finding in before if finding.kind not in chased]


@quick
@given(documents())
def test_filling_every_empty_slot_leaves_none(document):
    slots = {
        "id": "slots",
        "plan": "p0",
        "channel": "c0",
        "count": 3,
        "per": "week",
        "weekdays": [0, 2, 4],
        "max_silence": None,
        "from": None,
        "to": None,
    }
    promised = document | {"commitments": [*document["commitments"], slots]}
    empty = [f for f in find_gaps(*read_scenario(promised)) if f.kind is Kind.EMPTY_SLOT]
    filled = promised | {
        "items": document["items"] + [_item(slot.key, slot.plan) for slot in empty],
        "placements": document["placements"] + [_post(document, slot.key, slot) for slot in empty],
    }
    left = {finding["kind"] for finding in answer(filled)["findings"]}
    assert Kind.EMPTY_SLOT not in left


def _item(name, plan):
    return {"id": name, "plan": plan, "stream": None, "embargo_until": None, "linked": []}


def _post(document, name, slot):
    """A draft at noon of the slot's day in its channel's zone."""
    channel = next(row for row in document["channels"] if row["id"] == slot.channel)
    zone = ZoneInfo(channel["timezone"] or document["organization"]["timezone"])
    day = slot.period.start
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone).astimezone(UTC)
    return {
        "id": name,
        "item": name,
        "channel": slot.channel,
        "at": noon.isoformat(),
        "state": "draft",
        "hand_in_by": None,
        "published_at": None,
    }
