"""What the list of tasks is narrowed to: read from the address, and nothing else.

A value that means nothing is left out, and the page says so in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from people.models import Membership
from plancraft.lib.dates import week_of
from plans.models import KeyDate, Plan
from plans.models.tasks import OPEN_TASKS, TaskState
from plans.work.queries import TaskFilter
from workflow.filters import ME, NOBODY, YES, Select, whole_number

LATE, TODAY, WEEK, LATER, UNDATED, EVERY = "late", "today", "week", "later", "undated", "all"


@dataclass(frozen=True)
class Asked:
    """What the address asks for: for the query, for the bar, and what was left out of it."""

    shown: TaskFilter
    given: Mapping[str, str]
    ignored: Sequence[str] = field(default_factory=tuple)
    undated: bool = False

    @property
    def any(self) -> bool:
        """Whether less than every open task is shown."""
        return bool(self.given)


@dataclass(frozen=True)
class Known:
    """What may be asked for here."""

    plans: Mapping[int, str]
    plan: Plan | None
    key_dates: Sequence[KeyDate]
    everyone: Sequence[Membership]
    me: Membership
    today: date
    week_start: int


def read(params: Mapping[str, str], known: Known) -> Asked:
    """The filters of an address. Without a state it shows what is still to be done."""
    wanted: dict[str, Any] = {"states": tuple(OPEN_TASKS), "plan": known.plan}
    given: dict[str, str] = {}
    ignored: list[str] = []
    for name in ("plan", "owner", "state", "when", "key_date", "helping", "text"):
        text = _text(params, name)
        if not text:
            continue
        found = READERS[name](text, known)
        if found is None:
            ignored.append(_sentence(name))
        else:
            wanted, given[name] = {**wanted, **found}, text
    undated = wanted.pop("undated", False)
    return Asked(TaskFilter(**wanted), given, tuple(ignored), undated)


def _text(params: Mapping[str, str], name: str) -> str:
    """One value; `late=yes` and `unowned=yes` are short for what the bar offers."""
    text = (params.get(name) or "").strip()
    if name == "when" and not text and params.get("late") == YES:
        return LATE
    if name == "owner" and not text and params.get("unowned") == YES:
        return NOBODY
    return text


def _plan(text: str, known: Known) -> dict[str, Any] | None:
    return {} if known.plan is not None and text == str(known.plan.pk) else None


def _owner(text: str, known: Known) -> dict[str, Any] | None:
    if text == NOBODY:
        return {"unowned": True}
    if text == ME:
        return {"owner": known.me}
    owner = next((member for member in known.everyone if str(member.pk) == text), None)
    return {"owner": owner} if owner else None


def _state(text: str, known: Known) -> dict[str, Any] | None:
    if text == EVERY:
        return {"states": ()}
    return {"states": (text,)} if text in TaskState.values else None


def _when(text: str, known: Known) -> dict[str, Any] | None:
    end = week_of(known.today, known.week_start).end
    spans: dict[str, dict[str, Any]] = {
        LATE: {"late": True},
        TODAY: {"first": known.today, "last": known.today},
        WEEK: {"first": known.today, "last": end},
        LATER: {"first": date.fromordinal(end.toordinal() + 1)},
        UNDATED: {"undated": True},
    }
    return spans.get(text)


def _key_date(text: str, known: Known) -> dict[str, Any] | None:
    found = next((row for row in known.key_dates if str(row.pk) == text), None)
    return {"key_date": found} if found else None


def _helping(text: str, known: Known) -> dict[str, Any] | None:
    return {"helping": known.me} if text == ME else None


def _words(text: str, known: Known) -> dict[str, Any] | None:
    return {"text": text} if len(text) <= 200 and text.isprintable() else None


READERS: dict[str, Any] = {
    "plan": _plan,
    "owner": _owner,
    "state": _state,
    "when": _when,
    "key_date": _key_date,
    "helping": _helping,
    "text": _words,
}


def _sentence(name: str) -> str:
    what = {
        "plan": _("plan"),
        "owner": _("person"),
        "state": _("state"),
        "when": _("time"),
        "key_date": _("key date"),
        "helping": _("person"),
        "text": _("text"),
    }[name]
    return _("The address names a %(what)s that is not here, so nothing is narrowed by it.") % {
        "what": what
    }


def plan_asked(params: Mapping[str, str]) -> int | None:
    """The plan that the address names, if it is a number at all."""
    return whole_number((params.get("plan") or "").strip())


def bar(asked: Asked, known: Known) -> list[Select]:
    """The selects above the list; each empty choice bears its label."""
    people = [(m.pk, m.name) for m in known.everyone if m.is_active and m.pk != known.me.pk]
    choices: list[tuple[str, str, Sequence[tuple[Any, Any]]]] = [
        ("plan", _("All plans"), list(known.plans.items())),
        ("owner", _("Whoever owns it"), [(ME, _("Me")), (NOBODY, _("No one")), *people]),
        ("when", _("Whenever due"), _times()),
        (
            "state",
            _("Still to be done"),
            [*[(value, label) for value, label in TaskState.choices], (EVERY, _("Every state"))],
        ),
        ("key_date", _("Every key date"), [(row.pk, row.title) for row in known.key_dates]),
    ]
    given = asked.given
    return [Select(name, label, given.get(name, ""), rows) for name, label, rows in choices if rows]


def _times() -> list[tuple[str, str]]:
    return [
        (LATE, _("Late")),
        (TODAY, _("Today")),
        (WEEK, _("Today and this week")),
        (LATER, _("Later")),
        (UNDATED, _("Without a date")),
    ]
