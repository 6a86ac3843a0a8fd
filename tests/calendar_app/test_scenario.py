"""Scenario documents: the example of the contract, every refusal, the command's exit status."""

import copy
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_app.scenario import answer
from plancraft.lib.documents import Refused, answer_all
from tests.calendar_app.scenario_documents import documents

PROJECT = Path(__file__).resolve().parents[2]

EXAMPLE = {
    "organization": {
        "timezone": "America/New_York",
        "week_start": 0,
        "working_weekdays": [0, 1, 2, 3, 4],
        "working_hours": ["09:00", "17:00"],
        "closed": ["2027-03-26"],
        "tolerance_hours": 24,
        "blackouts": [],
    },
    "now": "2027-03-01T12:00:00Z",
    "window": {"from": "2027-03-01", "to": "2027-03-31"},
    "plans": [{"id": "p1", "from": "2027-01-01", "to": "2027-12-31"}],
    "streams": [{"id": "s1", "plan": "p1", "rhythm_days": 14, "department": "csr"}],
    "channels": [
        {
            "id": "c1",
            "kind": "facebook",
            "public": True,
            "timezone": None,
            "min_spacing_minutes": 0,
            "blackouts": ["2027-03-10"],
        }
    ],
    "commitments": [
        {
            "id": "k1",
            "plan": "p1",
            "channel": "c1",
            "count": 3,
            "per": "week",
            "weekdays": None,
            "max_silence": None,
            "from": None,
            "to": None,
        }
    ],
    "companion_rules": [
        {
            "id": "r1",
            "from_kind": "news_release",
            "to_channel": "c1",
            "hours_before": 0,
            "hours_after": 24,
        }
    ],
    "media_first": {"hours": 2},
    "items": [{"id": "i1", "plan": "p1", "stream": "s1", "embargo_until": None, "linked": []}],
    "placements": [
        {
            "id": "x1",
            "item": "i1",
            "channel": "c1",
            "at": "2027-03-02T15:00:00Z",
            "state": "approved",
            "hand_in_by": None,
            "published_at": None,
        }
    ],
    "events": [{"id": "e1", "department": "retail", "date": "2027-03-20", "names": []}],
}


def changed(path, value):
    """The example with one place changed; ``...`` removes the key."""
    document = copy.deepcopy(EXAMPLE)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


def test_the_example_of_the_contract():
    findings = answer(EXAMPLE)["findings"]
    assert [(f["key"], f["missing"], f["severity"]) for f in findings] == [
        ("shortfall:k1:2027-03-01", 2, "warning"),
        ("silent_stream:s1:2027-01-01", None, "critical"),
        ("shortfall:k1:2027-03-08", 3, "notice"),
        ("shortfall:k1:2027-03-15", 3, "notice"),
        ("silent_stream:s1:2027-03-02", None, "notice"),
        ("shortfall:k1:2027-03-22", 3, "notice"),
        ("shortfall:k1:2027-03-29", 3, "notice"),
    ]
    runs = [(f["from"], f["to"]) for f in findings if f["kind"] == "silent_stream"]
    assert runs == [("2027-03-01", "2027-03-01"), ("2027-03-17", "2027-03-31")]


def test_a_finding_has_every_field():
    assert list(answer(EXAMPLE)["findings"][0]) == [
        *("kind", "channel", "plan", "stream", "commitment", "rule", "placement", "item", "event"),
        *("from", "to", "due", "missing", "expected", "scheduled", "secured", "severity", "key"),
    ]


OPTIONAL = [
    ("streams",),
    ("commitments",),
    ("companion_rules",),
    ("placements",),
    ("events",),
    ("media_first",),
    *(("organization", key) for key in EXAMPLE["organization"] if key != "timezone"),
    *(("channels", 0, key) for key in ("public", "timezone", "min_spacing_minutes", "blackouts")),
    *(("commitments", 0, key) for key in ("weekdays", "max_silence", "from", "to")),
    *(("items", 0, key) for key in ("stream", "embargo_until", "linked")),
    *(("placements", 0, key) for key in ("hand_in_by", "published_at")),
    ("events", 0, "names"),
]
REQUIRED = [
    ("organization",),
    ("now",),
    ("window",),
    ("organization", "timezone"),
    ("window", "from"),
    ("plans", 0, "to"),
    ("streams", 0, "rhythm_days"),
    ("streams", 0, "department"),
    ("channels", 0, "kind"),
    ("commitments", 0, "count"),
    ("companion_rules", 0, "hours_after"),
    ("media_first", "hours"),
    ("items", 0, "plan"),
    ("placements", 0, "at"),
    ("events", 0, "date"),
]
NULLABLE = [
    ("media_first",),
    ("channels", 0, "timezone"),
    *(("commitments", 0, key) for key in ("weekdays", "max_silence", "from", "to")),
    *(("items", 0, key) for key in ("stream", "embargo_until")),
    *(("placements", 0, key) for key in ("hand_in_by", "published_at")),
]


def named(path):
    """commitments[0].count"""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


@pytest.mark.parametrize("path", OPTIONAL, ids=named)
def test_what_is_optional_may_be_missing(path):
    document = changed(path, ...)
    if path == ("streams",):
        document["items"][0]["stream"] = None
    assert "findings" in answer(document)


@pytest.mark.parametrize("path", REQUIRED, ids=named)
def test_what_is_required_may_not(path):
    with pytest.raises(Refused) as refused:
        answer(changed(path, ...))
    assert str(refused.value) == f"{named(path)}: is required"


@pytest.mark.parametrize("path", NULLABLE, ids=named)
def test_null_stands_where_it_is_allowed(path):
    assert "findings" in answer(changed(path, None))


@pytest.mark.parametrize(
    "path", [path for path in OPTIONAL + REQUIRED if path not in NULLABLE], ids=named
)
def test_null_stands_nowhere_else(path):
    with pytest.raises(Refused) as refused:
        answer(changed(path, None))
    assert str(refused.value) == f"{named(path)}: must not be null"


TWICE = EXAMPLE["channels"] * 2
OTHER_PLAN = [*EXAMPLE["plans"], {"id": "p2", "from": "2027-01-01", "to": "2027-12-31"}]
COUNT = "must be a whole number of at least 1"
DATE = "must be a date like 2027-03-01, between the years 1900 and 2200"
INSTANT = "must be a date and time with a zone, like 2027-03-01T12:00:00Z"
ZONE = "must be a time zone like Europe/Paris"
WEEKDAY = "must be a weekday from 0 (Monday) to 6 (Sunday)"
ONE_DAY = "must name at least one weekday"
REFUSALS = [
    (("colour",), "red", "colour", "unknown key"),
    (("commitments", 0, "colour"), "red", "commitments[0].colour", "unknown key"),
    (("commitments", 0, "count"), 0, "commitments[0].count", COUNT),
    (("commitments", 0, "count"), 1.5, "commitments[0].count", COUNT),
    (("commitments", 0, "count"), True, "commitments[0].count", COUNT),
    (("commitments", 0, "count"), "3", "commitments[0].count", COUNT),
    (
        ("commitments", 0, "max_silence"),
        -1,
        "commitments[0].max_silence",
        "must be a whole number of at least 0",
    ),
    (("commitments", 0, "per"), "year", "commitments[0].per", "must be one of day, week, month"),
    (("commitments", 0, "per"), ["day"], "commitments[0].per", "must be one of day, week, month"),
    (("commitments", 0, "weekdays"), [], "commitments[0].weekdays", ONE_DAY),
    (
        ("commitments", 0, "weekdays"),
        [1, 1],
        "commitments[0].weekdays",
        "must not name a weekday twice",
    ),
    (("commitments", 0, "weekdays"), [1, 7], "commitments[0].weekdays[1]", WEEKDAY),
    (("commitments", 0, "plan"), "p9", "commitments[0].plan", "there is no p9 in plans"),
    (("commitments", 0, "channel"), "c9", "commitments[0].channel", "there is no c9 in channels"),
    (("commitments", 0, "from"), "1 March", "commitments[0].from", DATE),
    (("streams", 0, "plan"), "p9", "streams[0].plan", "there is no p9 in plans"),
    (
        ("companion_rules", 0, "to_channel"),
        "c9",
        "companion_rules[0].to_channel",
        "there is no c9 in channels",
    ),
    (
        ("companion_rules", 0, "hours_after"),
        -1,
        "companion_rules[0].hours_after",
        "must be a number from 0 to 1000000",
    ),
    (("items", 0, "plan"), "p9", "items[0].plan", "there is no p9 in plans"),
    (("items", 0, "stream"), "s9", "items[0].stream", "there is no s9 in streams"),
    (("items", 0, "linked"), ["i1", "i9"], "items[0].linked[1]", "there is no i9 in items"),
    (("placements", 0, "item"), "i9", "placements[0].item", "there is no i9 in items"),
    (("placements", 0, "channel"), "c9", "placements[0].channel", "there is no c9 in channels"),
    (("placements", 0, "at"), "2027-03-02T15:00:00", "placements[0].at", INSTANT),
    (("placements", 0, "at"), "2027-03-02", "placements[0].at", INSTANT),
    (
        ("placements", 0, "state"),
        "done",
        "placements[0].state",
        "must be one of idea, draft, in_review, changes_requested, approved, published, cancelled",
    ),
    (("placements", 0, "id"), 1, "placements[0].id", "must be text"),
    (("channels",), TWICE, "channels[1].id", "c1 is there twice"),
    (("channels", 0, "public"), 1, "channels[0].public", "must be true or false"),
    (("channels", 0, "timezone"), "Mars/Olympus", "channels[0].timezone", ZONE),
    (("channels", 0, "timezone"), "America", "channels[0].timezone", ZONE),
    (("channels", 0, "timezone"), "../../etc/passwd", "channels[0].timezone", ZONE),
    (("channels", 0, "timezone"), "", "channels[0].timezone", ZONE),
    (("channels", 0, "blackouts"), "2027-03-10", "channels[0].blackouts", "must be a list"),
    (
        ("channels", 0, "min_spacing_minutes"),
        "1",
        "channels[0].min_spacing_minutes",
        "must be a number from 0 to 60000000",
    ),
    (
        ("organization", "tolerance_hours"),
        10**400,
        "organization.tolerance_hours",
        "must be a number from 0 to 1000000",
    ),
    (("organization", "working_weekdays"), [], "organization.working_weekdays", ONE_DAY),
    (
        ("organization", "working_hours"),
        ["9", "17:00"],
        "organization.working_hours[0]",
        "must be a time of day like 09:00",
    ),
    (
        ("organization", "working_hours"),
        ["17:00", "09:00"],
        "organization.working_hours",
        "must be two times of day, the earlier first",
    ),
    (("organization", "week_start"), 7, "organization.week_start", WEEKDAY),
    (("organization",), [], "organization", "must be an object"),
    (("window", "to"), "2027-02-28", "window.to", "must not be before from"),
    (("window", "to"), "9999-12-31", "window.to", DATE),
    (("plans", 0, "to"), "2026-12-31", "plans[0].to", "must not be before from"),
    (("plans",), {}, "plans", "must be a list"),
    (("plans", 0), "p1", "plans[0]", "must be an object"),
    (("events", 0, "date"), "2027-02-29", "events[0].date", DATE),
]


@pytest.mark.parametrize(("path", "value", "place", "reason"), REFUSALS, ids=range(len(REFUSALS)))
def test_a_refusal_names_the_place(path, value, place, reason):
    with pytest.raises(Refused) as refused:
        answer(changed(path, value))
    assert str(refused.value) == f"{place}: {reason}"


def test_an_item_stays_within_its_plan():
    document = changed(("plans",), OTHER_PLAN)
    document["items"][0]["plan"] = "p2"
    with pytest.raises(Refused, match=r"^items\[0\].stream: s1 belongs to another plan$"):
        answer(document)


def test_events_may_name_what_is_not_here():
    assert "findings" in answer(changed(("events", 0, "names"), ["elsewhere"]))


def test_huge_but_allowed_numbers_do_no_harm():
    document = changed(("streams", 0, "rhythm_days"), 10**30)
    document["commitments"][0] |= {"count": 10**30, "max_silence": 10**30}
    document["organization"]["tolerance_hours"] = 1_000_000
    document["companion_rules"][0] |= {"hours_before": 1_000_000, "from_kind": "facebook"}
    assert answer(document)["findings"][0]["expected"] == 10**30


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "document: is not valid JSON (line 1, column 2)"),
        (b"", "document: is not valid JSON (line 1, column 1)"),
        (b'{"now": NaN}', "document: is not valid JSON"),
        (b"\xff\xfe\xfa", "document: is not valid JSON"),
        (b"[" * 100_000, "document: is not valid JSON"),
        (b"7", "document: must be an object"),
        (b"null", "document: must be an object"),
    ],
)
def test_what_is_no_document_is_refused(content, sentence):
    with pytest.raises(Refused) as refused:
        answer_all(content, answer)
    assert str(refused.value) == sentence


def test_an_array_is_answered_in_its_order_with_its_errors():
    broken = changed(("commitments", 0, "count"), 0)
    answers, all_valid = answer_all(json.dumps([EXAMPLE, broken, [], EXAMPLE]).encode(), answer)
    assert answers == [
        answer(EXAMPLE),
        {"error": "commitments[0].count: must be a whole number of at least 1"},
        {"error": "document: must be an object"},
        answer(EXAMPLE),
    ]
    assert not all_valid
    assert answer_all(b"[]", answer) == ([], True)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(OPTIONAL + REQUIRED), values)
def test_any_value_anywhere_is_answered_or_refused_in_one_sentence(path, value):
    try:
        assert "findings" in answer(changed(path, value))
    except Refused as refused:
        assert ": " in str(refused)


@settings(max_examples=10, deadline=None)
@given(documents())
def test_answers_are_plain_json(document):
    said = answer(document)
    assert json.loads(json.dumps(said, allow_nan=False)) == said


# The command


def run(file, capsys):
    """Exit status, standard output and standard error of the command."""
    try:
        call_command("find_gaps", scenario=str(file), json=True)
        status = 0
    except SystemExit as exit:
        status = exit.code
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_prints_the_answer(tmp_path, capsys):
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(EXAMPLE))
    status, out, err = run(file, capsys)
    assert (status, json.loads(out), err) == (0, answer(EXAMPLE), "")


def test_the_command_refuses_an_invalid_document(tmp_path, capsys):
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(changed(("now",), "today")))
    sentence = "now: must be a date and time with a zone, like 2027-03-01T12:00:00Z\n"
    assert run(file, capsys) == (2, "", sentence)


def test_the_command_answers_the_rest_of_an_array(tmp_path, capsys):
    file = tmp_path / "scenarios.json"
    file.write_text(json.dumps([{}, EXAMPLE]))
    status, out, err = run(file, capsys)
    assert (status, err) == (2, "")
    assert json.loads(out) == [{"error": "organization: is required"}, answer(EXAMPLE)]


def test_the_command_says_when_it_cannot_read(tmp_path, capsys):
    file = tmp_path / "missing.json"
    assert run(file, capsys) == (2, "", f"{file}: cannot be read (No such file or directory)\n")


def test_the_command_asks_for_a_source():
    with pytest.raises(Exception, match="scenario"):
        call_command("find_gaps", stdout=StringIO())


def test_a_scenario_needs_no_database(tmp_path):
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(EXAMPLE))
    nowhere = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "manage.py", "find_gaps", "--scenario", str(file), "--json"],
        cwd=PROJECT,
        env=nowhere,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == answer(EXAMPLE)
