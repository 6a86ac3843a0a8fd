"""What the pages show of each question and entry, in words before a template sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString

from people.models import Membership
from people.permissions import Perm, can
from plancraft.lib.changes import Change, differences
from plans.models import PlaybookEntry, PlaybookVersion, Question
from plans.models.playbook import Answer
from plans.playbook import markup, services
from plans.playbook.records import ENTRY_LABELS, EntryFields
from plans.playbook.rules import Action, State, allowed, is_late

START = 180
"""Letters of an entry that a list shows."""


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question in a list; `over` is how long an answer is owed already, None if it is not."""

    question: Question
    over: timedelta | None
    answers: int


def question_row(question: Question, now: datetime) -> QuestionRow:
    """The question, and whether it is late."""
    late = is_late(question.state, question.answer_by, now)
    count = getattr(question, "answer_count", 0)
    return QuestionRow(question, now - question.answer_by if late else None, count)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer on its question's page, with what the viewer may do with it."""

    answer: Answer
    html: SafeString
    may_edit: bool
    may_accept: bool


def answer_rows(
    question: Question, answers: Iterable[Answer], viewer: Membership
) -> list[AnswerRow]:
    """The answers in their order; every button that is shown works."""
    settles = services.may_settle(viewer, question) and allowed(question.state, Action.ACCEPT)
    return [
        AnswerRow(
            answer,
            markup.render(answer.body),
            may_edit=answer.author_id == viewer.pk
            and can(viewer, Perm.ANSWER, question)
            and allowed(question.state, Action.EDIT_ANSWER),
            may_accept=settles,
        )
        for answer in answers
    ]


@dataclass(frozen=True, slots=True)
class QuestionMay:
    """What the viewer may do with the question now."""

    answer: bool
    take: bool
    close: bool
    reopen: bool
    ask_another: bool
    publish: bool


def question_may(question: Question, viewer: Membership) -> QuestionMay:
    """By the transition table and the viewer's rights; no query."""
    state = question.state
    settles = services.may_settle(viewer, question)
    answers = can(viewer, Perm.ANSWER, question)
    return QuestionMay(
        answer=answers and allowed(state, Action.ANSWER),
        take=answers
        and question.is_unowned
        and state == State.ASKED
        and question.asked_by_id != viewer.pk,
        close=settles and allowed(state, Action.CLOSE),
        reopen=settles and allowed(state, Action.REOPEN),
        ask_another=can(viewer, Perm.ASSIGN, question) and state == State.ASKED,
        publish=can(viewer, Perm.PLAYBOOK_PUBLISH) and allowed(state, Action.PUBLISH),
    )


def draft_of(question: Question, answers: Sequence[Answer]) -> EntryFields:
    """What publishing begins with: the question, and the answer that was taken (else the first)."""
    body = [question.body] if question.body else []
    body += [answer.body for answer in answers[:1]]
    return EntryFields(title=question.title, body="\n\n".join(body))


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry in a list: how it begins, without signs."""

    entry: PlaybookEntry
    start: str


def entry_row(entry: PlaybookEntry) -> EntryRow:
    """The entry with its first words."""
    text = markup.plain(entry.body)
    if len(text) > START:
        text = text[:START].rsplit(" ", 1)[0].rstrip(" .,;:") + "…"
    return EntryRow(entry, text)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version with what it changed; the first changed nothing."""

    version: PlaybookVersion
    changes: list[Change]


def version_rows(versions: Sequence[PlaybookVersion]) -> list[VersionRow]:
    """Newest first, each compared with the one before it."""
    labels = {name: str(label) for name, label in ENTRY_LABELS.items()}
    older = [*versions[1:], None]
    return [
        VersionRow(
            version,
            differences(labels, current=_words(before), typed=_words(version)) if before else [],
        )
        for version, before in zip(versions, older, strict=True)
    ]


def _words(version: PlaybookVersion) -> dict[str, str]:
    return EntryFields(version.title, version.body, version.topics).words()
