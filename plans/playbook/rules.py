"""The rules of asking: pure.

states     asked (nobody has answered), answered, accepted (the asker took one), closed
answer     asked, answered -> answered
edit       an answer may be edited while the question is asked or answered, never after acceptance
accept     answered -> accepted
close      asked, answered -> closed
reopen     accepted, closed -> answered where there is an answer, else asked
publish    answered, accepted: it stays as it is
late       asked, and `now` is past `answer_by`
answer_by  when asked + the time to answer, in working hours (the caller adds them)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

MOST_TOPICS = 6
LONGEST_TOPIC = 30
MOST_WORDS = 12


class State(StrEnum):
    """Where a question stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class Action(StrEnum):
    """Everything that can be done with it."""

    ANSWER = "answer"
    EDIT_ANSWER = "edit_answer"
    ACCEPT = "accept"
    CLOSE = "close"
    REOPEN = "reopen"
    PUBLISH = "publish"


ALLOWED: Mapping[State, frozenset[Action]] = {
    State.ASKED: frozenset({Action.ANSWER, Action.CLOSE}),
    State.ANSWERED: frozenset(
        {Action.ANSWER, Action.EDIT_ANSWER, Action.ACCEPT, Action.CLOSE, Action.PUBLISH}
    ),
    State.ACCEPTED: frozenset({Action.REOPEN, Action.PUBLISH}),
    State.CLOSED: frozenset({Action.REOPEN}),
}
"""The transition table: for the buttons and for the checks."""

_LEADS_TO = {
    Action.ANSWER: State.ANSWERED,
    Action.ACCEPT: State.ACCEPTED,
    Action.CLOSE: State.CLOSED,
}


def allowed(state: str, action: Action) -> bool:
    """Whether the action exists in this state, whoever asks."""
    return action in ALLOWED[State(state)]


def after(state: str, action: Action, *, has_answers: bool) -> State:
    """The state that the action leads to; `ValueError` where the table does not have it."""
    if not allowed(state, action):
        raise ValueError(f"{action} is not possible when {state}")
    if action == Action.REOPEN:
        return State.ANSWERED if has_answers else State.ASKED
    return _LEADS_TO.get(action, State(state))


def is_late(state: str, answer_by: datetime, now: datetime) -> bool:
    """Whether an answer is owed since a while."""
    return state == State.ASKED and answer_by < now


def tidy_topics(text: str) -> tuple[str, ...]:
    """Topics as stored: small letters, single spaces, each once, in the order they were typed."""
    found = (" ".join(topic.lower().split()) for topic in text.split(","))
    return tuple(dict.fromkeys(topic for topic in found if topic))


def words_of(text: str) -> list[str]:
    """The words of a search, in small letters, each once; the first `MOST_WORDS`."""
    found = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text.lower())
    return list(dict.fromkeys(found))[:MOST_WORDS]


def mend(text: str, corrections: Mapping[str, str]) -> str:
    """The search with each wrongly typed word replaced; signs (quotes, minus) stay."""
    for wrong, right in corrections.items():
        text = re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)", right, text, flags=re.IGNORECASE)
    return text


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """Which of these names stand in the text as whole words, whatever their case."""
    return [
        name
        for name in names
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags=re.IGNORECASE)
    ]
