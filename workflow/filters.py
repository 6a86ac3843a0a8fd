"""What the lists of this room are narrowed to: read from the address, and nothing else.

An address is typed, shortened and passed on, so a value that means nothing is never an error: it is
left out, and the page says so in a sentence. What the dashboard counts, these lists narrow to by
the same plans, departments and ages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.ages import AGE_KEYS, AGES, age_of
from workflow.queries import Waiting
from workflow.registry import OWNABLES, Places, UnownedRow

MINE, ME, NOBODY, YES, NO = "mine", "me", "none", "yes", "no"
UNOWNED_NAMES = ("plan", "team", "kind", "age")
QUEUE_NAMES = ("plan", "team", "stage", "age", "late", "whom")
LONGEST = 200
WORDS: dict[str, Any] = {
    "plan": gettext_lazy("plan"),
    "team": gettext_lazy("department"),
    "kind": gettext_lazy("kind of thing"),
    "age": gettext_lazy("number of days"),
    "stage": gettext_lazy("stage"),
    "late": gettext_lazy("time limit"),
    "whom": gettext_lazy("person"),
}


@dataclass(frozen=True)
class Select:
    """One select of the filter bar; the empty choice bears its label."""

    name: str
    label: str
    value: str
    choices: Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class Filters:
    """None: not narrowed. `age` is an index of `AGES`, `whom` a membership or `NOBODY`.

    `plans` are several where the address asks for those that one champions.
    """

    plans: frozenset[int] | None = None
    team: int | None = None
    kind: str | None = None
    age: int | None = None
    stage: str | None = None
    late: bool | None = None
    whom: int | str | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether the page shows less than everything."""
        return bool(self.given)

    def keeps(self, row: UnownedRow, now: datetime) -> bool:
        """Whether a thing without owner is among those asked for."""
        return (
            (self.plans is None or bool(self.plans & row.plans))
            and self.team in (None, row.team)
            and (self.kind is None or OWNABLES[self.kind].label == row.label)
            and self.age in (None, age_of(row.since, now))
        )

    def lets_wait(self, row: Waiting, now: datetime) -> bool:
        """Whether a review that waits is among those asked for."""
        return (
            (self.plans is None or row.facts.plan_id in self.plans)
            and self.team in (None, row.facts.team)
            and self.stage in (None, row.stage_name)
            and self.age in (None, age_of(row.review.opened_at, now))
            and self.late in (None, row.is_late(now))
            and self._waits_for(row)
        )

    def _waits_for(self, row: Waiting) -> bool:
        if self.whom == NOBODY:
            return not row.deciders
        return self.whom is None or any(member.pk == self.whom for member in row.deciders)


@dataclass(frozen=True)
class Known:
    """What may be asked for: places and people that this member sees in this organization."""

    places: Places
    me: int
    people: frozenset[int] = frozenset()


def read(
    params: Mapping[str, str], known: Known, names: Iterable[str]
) -> tuple[Filters, list[str]]:
    """The filters of an address, and a sentence for each value that was left out."""
    values: dict[str, Any] = {}
    given: dict[str, str] = {}
    ignored: list[str] = []
    for name in names:
        text = (params.get(name) or "").strip()
        if not text:
            continue
        value = READERS[name](text, known)
        if value is None:
            ignored.append(_sentence(name))
        else:
            values["plans" if name == "plan" else name], given[name] = value, text
    return Filters(**values, given=given), ignored


def _sentence(name: str) -> str:
    return _("The address names a %(what)s that is not here, so nothing is narrowed by it.") % {
        "what": WORDS[name]
    }


def whole_number(text: str) -> int | None:
    """The id that the text names, or None; never a number that a database cannot hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _plans(text: str, known: Known) -> frozenset[int] | None:
    if text == MINE:
        return known.places.own
    number = whole_number(text)
    return frozenset({number}) if number in known.places.plans and number else None


def _team(text: str, known: Known) -> int | None:
    number = whole_number(text)
    return number if number in known.places.teams else None


def _kind(text: str, known: Known) -> str | None:
    return text if text in OWNABLES else None


def _age(text: str, known: Known) -> int | None:
    return AGE_KEYS.index(text) if text in AGE_KEYS else None


def _stage(text: str, known: Known) -> str | None:
    """Any name: a stage that nothing waits at any more is no mistake, its list is empty."""
    return text if len(text) <= LONGEST and text.isprintable() else None


def _late(text: str, known: Known) -> bool | None:
    return {YES: True, NO: False}.get(text)


def _whom(text: str, known: Known) -> int | str | None:
    if text in (ME, NOBODY):
        return known.me if text == ME else NOBODY
    number = whole_number(text)
    return number if number in known.people else None


READERS: dict[str, Any] = {
    "plan": _plans,
    "team": _team,
    "kind": _kind,
    "age": _age,
    "stage": _stage,
    "late": _late,
    "whom": _whom,
}


# The bar ----------------------------------------------------------------------------------------
def age_label(n: int) -> str:
    """One of `AGES` in words."""
    first, last = AGES[n]
    if last is None:
        return _("over %(days)d days") % {"days": first - 1}
    return _("%(first)d to %(last)d days") % {"first": first, "last": last}


def unowned_bar(filters: Filters, places: Places) -> list[Select]:
    """The selects above what nobody owns."""
    kinds = [(slug, str(entry.noun).capitalize()) for slug, entry in OWNABLES.items()]
    return _bar(
        filters,
        [
            *_places(filters, places),
            ("kind", _("Every kind"), kinds),
            ("age", _("Any age"), _ages()),
        ],
    )


def queue_bar(
    filters: Filters, places: Places, waiting: Sequence[Waiting], members: Iterable[Any], me: int
) -> list[Select]:
    """The selects above what waits for a decision; people who have something to decide."""
    asked = {member.pk for row in waiting for member in row.deciders} | {filters.whom}
    others = [(m.pk, m.name) for m in members if m.pk in asked and m.pk != me]
    stages = sorted(
        {*(row.stage_name for row in waiting), *([filters.stage] if filters.stage else [])}
    )
    limits = [(YES, _("Over its time")), (NO, _("Within its time"))]
    return _bar(
        filters,
        [
            *_places(filters, places),
            ("stage", _("Every stage"), [(name, name) for name in stages]),
            ("age", _("Any age"), _ages()),
            ("late", _("Late or in time"), limits),
            (
                "whom",
                _("Whoever decides"),
                [(ME, _("Me")), (NOBODY, _("Nobody who can")), *others],
            ),
        ],
    )


Choices = tuple[str, str, Sequence[tuple[Any, Any]]]


def _bar(filters: Filters, choices: Iterable[Choices]) -> list[Select]:
    given = filters.given
    return [Select(name, label, given.get(name, ""), rows) for name, label, rows in choices if rows]


def _places(filters: Filters, places: Places) -> list[Choices]:
    plans: list[tuple[Any, Any]] = list(places.plans.items())
    if places.own or filters.given.get("plan") == MINE:
        plans.insert(0, (MINE, _("Plans I champion")))
    return [
        ("plan", _("All plans"), plans),
        ("team", _("All departments"), list(places.teams.items())),
    ]


def _ages() -> list[tuple[str, str]]:
    return [(key, age_label(n)) for n, key in enumerate(AGE_KEYS)]
