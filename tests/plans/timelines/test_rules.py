"""What every row becomes, and who is to do it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.dates import WorkingCalendar
from plans.timelines import rules
from plans.timelines.dates import When
from plans.timelines.records import TimelineRow
from plans.timelines.rules import Assigned, Becomes, Choice
from tests.plans.timelines.kit import GARDEN, read

D = date


def row(number: int, what: str, day: date | None = None, **kw: object) -> TimelineRow:
    return TimelineRow(number, what, when=When(day), **kw)  # type: ignore[arg-type]


def words(rows: list[TimelineRow], main: int | None, chosen: dict[int, str]) -> dict[int, str]:
    return {n: choice.word() for n, choice in rules.choices(rows, main, chosen).items()}


def test_the_last_bold_row_named_like_a_launch_is_the_key_date() -> None:
    rows = read(GARDEN).rows
    main = rules.suggested_key_date(rows)
    found = rules.choices(rows, main, {})
    by_what = {r.what: found[r.number].word() for r in rows}
    assert by_what["Garden app released"] == "key_date"
    assert by_what["Release note published"] == f"step:{main}"  # the same day
    assert by_what["Harvest fair"] == by_what["Thank the helpers"] == "key_date"
    assert by_what["Photo call"] == f"step:{main}"  # without a day
    assert sum(word.startswith("step") for word in by_what.values()) == 9


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["Launch", "Party"], 1),
        (["Release one", "Release two"], 2),
        (["Plan", "Talk"], 2),
        (["Produkt veröffentlicht", "Feier"], 1),
        (["Releasedness of it", "Talk"], 2),
    ],
)
def test_the_key_date_is_found_by_its_name_else_the_last(titles: list[str], expected: int) -> None:
    rows = [row(n, title, D(2027, 3, n)) for n, title in enumerate(titles, 1)]
    assert rules.suggested_key_date(rows) == expected


def test_nothing_dated_makes_tasks_of_the_plan() -> None:
    rows = [row(1, "Think"), row(2, "")]
    assert rules.suggested_key_date(rows) is None
    found = rules.choices(rows, None, {})
    assert found[1] == Choice(Becomes.STEP)
    assert (found[2].becomes, str(found[2].reason)) == (
        Becomes.SKIP,
        "It does not say what is to happen.",
    )


def test_a_person_may_choose_otherwise() -> None:
    rows = [row(n, f"Row {n}", D(2027, 3, n)) for n in (1, 2, 3)]
    assert words(rows, 3, {}) == {1: "step:3", 2: "step:3", 3: "key_date"}
    assert words(rows, 3, {1: "step:2", 2: "key_date"}) == {
        1: "step:2",
        2: "key_date",
        3: "key_date",
    }
    assert words(rows, 3, {1: "skip", 2: "task"}) == {1: "skip", 2: "task", 3: "key_date"}


def test_choices_that_make_no_sense_are_passed_over() -> None:
    rows = [row(1, "A", D(2027, 3, 1)), row(2, "B"), row(3, "C", D(2027, 3, 3)), row(4, "")]
    chosen = {1: "step:2", 2: "key_date", 3: "skip", 4: "key_date", 9: "skip"}
    assert words(rows, 3, chosen) == {1: "step:3", 2: "step:3", 3: "key_date", 4: "skip"}
    later = [row(1, "A", D(2027, 3, 1)), row(2, "Main", D(2027, 3, 2)), row(3, "C", D(2027, 3, 3))]
    assert words(later, 2, {1: "step:3", 3: "step:2"}) == {1: "step:2", 2: "key_date", 3: "step:2"}


choice_words = st.sampled_from(["key_date", "skip", "task", "step:1", "step:2", "step:5", "x", ""])


@given(
    st.lists(st.tuples(st.sampled_from(["A", "B", ""]), st.dates() | st.none()), min_size=1),
    st.integers(0, 6),
    st.dictionaries(st.integers(0, 6), choice_words),
)
def test_every_row_becomes_one_thing_and_no_step_leads_nowhere(
    cells: list[tuple[str, date | None]], main: int, chosen: dict[int, str]
) -> None:
    rows = [row(n, what, day) for n, (what, day) in enumerate(cells, 1)]
    dated = {r.number for r in rows if r.what and r.when.day}
    found = rules.choices(rows, main if main in dated else None, chosen)
    assert list(found) == [r.number for r in rows]
    key_dates = {n for n, choice in found.items() if choice.becomes is Becomes.KEY_DATE}
    assert key_dates <= dated
    assert all(choice.towards in (None, *key_dates) for choice in found.values())


def test_a_row_is_known_again_by_its_title_or_its_calendar_name() -> None:
    once = rules.keys_of([row(1, "Draft"), row(2, "draft!"), row(3, "Else", uid="u")])
    again = rules.keys_of([row(7, "New"), row(8, "DRAFT"), row(9, "Changed", uid="u")])
    assert len(set(once.values())) == 3
    assert (once[1], once[3]) == (again[8], again[9])


PEOPLE = {"Ana": "1", "Ben": "2", "Comms": "1", "Docs": "2"}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("", Assigned()),
        ("Comms", Assigned(owner="1", role="Comms")),
        ("Legal", Assigned(role="Legal")),
        ("Comms / Docs", Assigned(candidates=("1", "2"), role="Comms / Docs")),
        ("Ana, Comms", Assigned(owner="1", role="Ana, Comms")),
        ("Comms / Legal", Assigned(collaborators=("1",), role="Comms / Legal")),
    ],
)
def test_whom_a_cell_means(who: str, expected: Assigned) -> None:
    assert rules.assigned(who, lambda part: PEOPLE.get(part, "")) == expected


def test_a_persons_own_name_is_no_role() -> None:
    assert rules.assigned("Ana", PEOPLE.__getitem__, is_a_name=True) == Assigned(owner="1")


def test_candidates_decide_within_a_week_and_before_it_is_due() -> None:
    today, calendar = D(2027, 3, 1), WorkingCalendar()
    assert rules.decide_by(None, today, calendar) == D(2027, 3, 8)
    assert rules.decide_by(D(2027, 3, 3), today, calendar) == D(2027, 3, 3)
    assert rules.decide_by(D(2027, 2, 1), today, calendar) == today
