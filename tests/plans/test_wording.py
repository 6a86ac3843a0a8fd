"""How a promise reads."""

from datetime import date

import pytest

from plans.rules import Doubt, Phase, Standing, Terms
from plans.wording import (
    doubt_words,
    period_words,
    promise_words,
    promised,
    standing_words,
    when_effective,
)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (Terms(3, "week"), "3 a week"),
        (Terms(3, "week", (4, 0, 2)), "every Monday, Wednesday and Friday"),
        (Terms(1, "week", (4,)), "every Friday"),
        (Terms(5, "week", (0, 1, 2, 3, 4)), "every day from Monday to Friday"),
        (Terms(7, "week"), "every day"),
        (Terms(1, "day"), "every day"),
        (Terms(2, "day"), "2 a day"),
        (Terms(1, "day", (0, 4)), "every Monday and Friday"),
        (Terms(2, "day", (0, 4)), "2 a day, on Monday and Friday"),
        (Terms(2, "week", (0, 2, 4)), "2 a week, on Monday, Wednesday or Friday"),
        (Terms(4, "month"), "4 a month"),
        (Terms(4, "week", max_silence=3), "4 a week, never silent longer than 3 days"),
        (Terms(4, "week", max_silence=1), "4 a week, never silent longer than 1 day"),
    ],
)
def test_a_promise_in_words(terms: Terms, words: str) -> None:
    assert promise_words(terms) == words


def test_a_promise_beside_a_channel() -> None:
    assert promised(Terms(3, "week")) == "3 a week promised"


def test_the_time_for_which_it_holds() -> None:
    assert when_effective(Terms(3, "week")) == ""
    terms = Terms(3, "week", effective_from=date(2027, 2, 1), effective_to=date(2027, 2, 28))
    assert when_effective(terms) == "from Mon 1 February 2027 to Sun 28 February 2027"


def test_periods_name_a_year_once() -> None:
    assert period_words(date(2027, 1, 4), date(2027, 3, 14)) == "4 January to 14 March 2027"
    assert period_words(date(2026, 9, 1), date(2027, 1, 4)) == "1 September 2026 to 4 January 2027"


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(Phase.AHEAD, 1), "begins in 1 day"),
        (Standing(Phase.UNDER_WAY, 21), "21 days left"),
        (Standing(Phase.UNDER_WAY, 0), "last day today"),
        (Standing(Phase.OVER, 2), "ended 2 days ago"),
    ],
)
def test_days_left(standing: Standing, words: str) -> None:
    assert standing_words(standing) == words


@pytest.mark.parametrize("doubt", list(Doubt))
def test_each_doubt_is_one_sentence_with_its_figures(doubt: Doubt) -> None:
    words = doubt_words(doubt, Terms(4, "week", (0, 2), max_silence=1))
    assert words.endswith(".") and "%" not in words
