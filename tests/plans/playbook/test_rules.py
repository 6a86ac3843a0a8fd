"""The pure rules: the transition table, topics, words, names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.models import Question
from plans.playbook.rules import (
    ALLOWED,
    Action,
    State,
    after,
    allowed,
    is_late,
    mend,
    names_in,
    tidy_topics,
    words_of,
)

NOON = datetime(2027, 3, 8, 12, tzinfo=UTC)


def test_the_table_speaks_of_every_stored_state() -> None:
    assert {state.value for state in ALLOWED} == set(Question.State.values)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("has_answers", [True, False])
def test_each_step_leads_where_the_table_says_or_nowhere(
    state: State, action: Action, has_answers: bool
) -> None:
    expected = {
        (State.ASKED, Action.ANSWER): State.ANSWERED,
        (State.ASKED, Action.CLOSE): State.CLOSED,
        (State.ANSWERED, Action.ANSWER): State.ANSWERED,
        (State.ANSWERED, Action.EDIT_ANSWER): State.ANSWERED,
        (State.ANSWERED, Action.ACCEPT): State.ACCEPTED,
        (State.ANSWERED, Action.CLOSE): State.CLOSED,
        (State.ANSWERED, Action.PUBLISH): State.ANSWERED,
        (State.ACCEPTED, Action.PUBLISH): State.ACCEPTED,
        (State.ACCEPTED, Action.REOPEN): State.ANSWERED if has_answers else State.ASKED,
        (State.CLOSED, Action.REOPEN): State.ANSWERED if has_answers else State.ASKED,
    }
    if (state, action) in expected:
        assert allowed(state, action)
        assert after(state, action, has_answers=has_answers) == expected[state, action]
        return
    assert not allowed(state, action)
    with pytest.raises(ValueError, match="not possible"):
        after(state, action, has_answers=has_answers)


def test_only_what_nobody_answered_is_late() -> None:
    before, hour = NOON - timedelta(hours=1), timedelta(hours=1)
    assert is_late("asked", before, NOON)
    assert not is_late("asked", NOON + hour, NOON)
    assert not is_late("asked", NOON, NOON)
    assert not is_late("answered", before, NOON)


def test_topics_are_small_single_and_in_order() -> None:
    assert tidy_topics(" Legal ,approval,,LEGAL,  two   words") == (
        "legal",
        "approval",
        "two words",
    )


@given(st.text())
def test_tidying_topics_twice_is_tidying_them_once(text: str) -> None:
    once = tidy_topics(text)
    assert tidy_topics(", ".join(once)) == once


def test_words_are_found_without_their_signs() -> None:
    assert words_of("“Who's away?” -embargo Who's") == ["who's", "away", "embargo"]
    assert words_of("?? … --") == []


def test_mending_keeps_signs_and_other_words() -> None:
    assert mend('"embrago lift" -embragoes', {"embrago": "embargo"}) == '"embargo lift" -embragoes'


def test_names_are_whole_words_whatever_their_case() -> None:
    names = ["Project Harbor", "Ink"]
    assert names_in("about project harbor’s opening, with a link", names) == ["Project Harbor"]
