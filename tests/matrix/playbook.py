"""Who may open which address of questions and the playbook; the cast asked nothing itself."""

from __future__ import annotations

from typing import Any

from people.permissions import Perm
from tests.matrix import Row

EVERYONE = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}
ASKERS = {"admin": 200, "manager": 200, "member": 200, "expert": 403, "viewer": 403}
ASKERS_POST = {**ASKERS, "admin": 302, "manager": 302, "member": 302}
ANSWERERS_POST = {**ASKERS_POST, "expert": 302}
SETTLERS_POST = {**ASKERS_POST, "member": 403}
PUBLISHERS = {"admin": 200, "manager": 200, "member": 403, "expert": 200, "viewer": 403}
PUBLISHERS_POST = {**PUBLISHERS, "admin": 302, "manager": 302, "expert": 302}
NOBODY = {"admin": 403, "manager": 403, "member": 403, "expert": 403, "viewer": 403}


def _question(w: Any) -> dict[str, Any]:
    return {"question_id": w.question.pk}


def _answered(w: Any) -> dict[str, Any]:
    return {"question_id": w.answered_question.pk}


def _answer(w: Any) -> dict[str, Any]:
    return {"question_id": w.answered_question.pk, "answer_id": w.answer.pk}


def _entry(w: Any) -> dict[str, Any]:
    return {"entry_id": w.entry.pk}


def _asked(w: Any) -> dict[str, Any]:
    return {"title": "How often?", "time": "d1", "asked": w.owner.pk}


def _words(w: Any) -> dict[str, Any]:
    return {"title": "How often", "body": "Three a week.", "topics": "timing"}


ROWS = [
    Row("questions", EVERYONE, Perm.READ),
    Row("question-new", ASKERS, Perm.ASK),
    Row("question-new", ASKERS_POST, Perm.ASK, "POST", data=_asked),
    Row("question", EVERYONE, Perm.READ, kwargs=_question),
    Row(
        "question-answer",
        ANSWERERS_POST,
        Perm.ANSWER,
        "POST",
        _question,
        lambda w: {"body": "Yes, you may."},
    ),
    # It has an owner: whoever is too late is told so.
    Row(
        "question-take",
        {"admin": 409, "manager": 409, "member": 409, "expert": 409, "viewer": 403},
        Perm.ANSWER,
        "POST",
        _question,
    ),
    Row(
        "question-other",
        {**SETTLERS_POST},
        Perm.ASSIGN,
        "POST",
        _question,
        lambda w: {"asked": w.member.pk},
    ),
    Row("question-state", SETTLERS_POST, Perm.ASK, "POST", _question, lambda w: {"to": "closed"}),
    Row("answer-edit", NOBODY, Perm.ANSWER, kwargs=_answer),
    Row("answer-edit", NOBODY, Perm.ANSWER, "POST", _answer, lambda w: {"body": "No."}),
    Row("answer-accept", SETTLERS_POST, Perm.ASK, "POST", _answer),
    Row("question-publish", PUBLISHERS, Perm.PLAYBOOK_PUBLISH, kwargs=_answered),
    Row("question-publish", PUBLISHERS_POST, Perm.PLAYBOOK_PUBLISH, "POST", _answered, _words),
    Row("playbook", EVERYONE, Perm.READ),
    Row("playbook-entry", EVERYONE, Perm.READ, kwargs=_entry),
    Row("playbook-history", EVERYONE, Perm.READ, kwargs=_entry),
    Row("playbook-new", PUBLISHERS, Perm.PLAYBOOK_PUBLISH),
    Row("playbook-new", PUBLISHERS_POST, Perm.PLAYBOOK_PUBLISH, "POST", data=_words),
    Row("playbook-edit", PUBLISHERS, Perm.PLAYBOOK_PUBLISH, kwargs=_entry),
    Row(
        "playbook-edit",
        PUBLISHERS_POST,
        Perm.PLAYBOOK_PUBLISH,
        "POST",
        _entry,
        lambda w: {**_words(w), "version": w.entry.version},
    ),
    Row("playbook-archive", PUBLISHERS_POST, Perm.PLAYBOOK_PUBLISH, "POST", _entry),
    Row("playbook-restore", PUBLISHERS_POST, Perm.PLAYBOOK_PUBLISH, "POST", _entry),
]
