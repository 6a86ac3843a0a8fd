"""A file under its answers: what every row becomes in this plan, and what must still be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.messages import Message, gettext_noop, say
from plancraft.lib.sheets.names import KnownPerson, PeopleFinder, parts_of
from plans.models import Plan
from plans.timelines import queries, rules
from plans.timelines.answers import Answers
from plans.timelines.queries import There
from plans.timelines.reading import read_timeline
from plans.timelines.records import Timeline, TimelineRow
from plans.timelines.rules import Assigned, Becomes, Choice

NO_KEY_DATE = 0
"""The answer that no row is the key date."""


class Outcome(StrEnum):
    """What happens to a row; together they are all rows of the file."""

    CREATE = "create"
    UNCHANGED = "unchanged"
    SKIP = "skip"


@dataclass(frozen=True)
class Planned:
    """One row and what it becomes; `there` is what it became before."""

    row: TimelineRow
    choice: Choice
    key: str
    outcome: Outcome
    assigned: Assigned
    there: There | None = None
    reason: Message | None = None
    problems: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Role:
    """A name under "Who": who it is taken for, or nobody; `remembered` from an import before."""

    word: str
    member: str = ""
    remembered: bool = False


@dataclass(frozen=True)
class Prepared:
    """The file under its answers. `main` is the number of the key date's row."""

    plan: Plan
    timeline: Timeline
    answers: Answers
    main: int | None
    rows: Sequence[Planned]
    roles: Sequence[Role]
    people: Sequence[KnownPerson]
    blockers: Sequence[Message] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        """How many rows come to this."""
        return sum(row.outcome is outcome for row in self.rows)

    def creates(self, becomes: Becomes) -> int:
        """How many rows become this."""
        return sum(r.outcome is Outcome.CREATE and r.choice.becomes is becomes for r in self.rows)

    @property
    def suggested(self) -> int | None:
        """The row that would be the key date if nobody said otherwise."""
        return rules.suggested_key_date(self.timeline.rows)


def prepare(*, content: bytes, plan: Plan, answers: Answers) -> Prepared:
    """Read the file for this plan; raises SheetError where it cannot be read. Four queries."""
    timeline = read_timeline(
        content,
        zone=ZoneInfo(plan.organization.time_zone),
        near=plan.starts_on,
        day_first=answers.day_first,
    )
    main = _main(timeline.rows, answers)
    people = queries.known_people(plan)
    roles = _roles(timeline.rows, plan, answers, people)
    return Prepared(
        plan=plan,
        timeline=timeline,
        answers=answers,
        main=main,
        rows=list(_planned(timeline.rows, plan, answers, main, roles, PeopleFinder(people))),
        roles=roles,
        people=people,
        blockers=list(_blockers(timeline)),
    )


def _main(rows: Sequence[TimelineRow], answers: Answers) -> int | None:
    if answers.main == NO_KEY_DATE:
        return None
    dated = {row.number for row in rows if row.when.day is not None and row.what}
    return answers.main if answers.main in dated else rules.suggested_key_date(rows)


def _blockers(timeline: Timeline) -> Iterator[Message]:
    if timeline.asks_order:
        template = gettext_noop("Say whether “%(date)s” begins with the day or with the month.")
        yield say(template, date=timeline.order_example)


def _roles(
    rows: Sequence[TimelineRow], plan: Plan, answers: Answers, people: Sequence[KnownPerson]
) -> list[Role]:
    """Every name under "Who": as answered, as remembered, or as its name or address says."""
    able = {person.key for person in people}
    remembered = queries.remembered_roles(plan.organization)
    finder = PeopleFinder(people)
    found = []
    for word in rules.roles_of(rows):
        key = answers.roles.get(fold(word))
        if key is not None:
            found.append(Role(word, key if key in able else ""))
        elif remembered.get(fold(word)) in able:
            found.append(Role(word, remembered[fold(word)], remembered=True))
        else:
            keys = finder.find(word).keys
            found.append(Role(word, keys[0] if len(keys) == 1 else ""))
    return found


def _planned(
    rows: Sequence[TimelineRow],
    plan: Plan,
    answers: Answers,
    main: int | None,
    roles: Sequence[Role],
    finder: PeopleFinder,
) -> Iterator[Planned]:
    keys = rules.keys_of(rows)
    there = queries.already_there(plan, keys.values())
    choices = rules.choices(rows, main, answers.chosen)
    members = {fold(role.word): role.member for role in roles}
    for row in rows:
        named = all(finder.find(part).keys for part in parts_of(row.who))
        who = rules.assigned(row.who, lambda part: members.get(fold(part), ""), named)
        yield _plan_row(row, choices[row.number], keys[row.number], who, there)


def _plan_row(
    row: TimelineRow, choice: Choice, key: str, who: Assigned, there: Mapping[str, There]
) -> Planned:
    if choice.becomes is Becomes.SKIP:
        return Planned(row, choice, key, Outcome.SKIP, who, reason=choice.reason)
    known = there.get(key)
    if known is None:
        return Planned(row, choice, key, Outcome.CREATE, who, problems=row.problems)
    differs = tuple(_differs(known.day, row.when.day))
    reason = say(gettext_noop("It is there already."))
    return Planned(row, choice, key, Outcome.UNCHANGED, who, known, reason, differs)


def _differs(there: date | None, here: date | None) -> Iterator[Message]:
    if there is not None and here is not None and there != here:
        template = gettext_noop(
            "The file says %(here)s, and it stands on %(there)s. Move it on its own page."
        )
        yield say(template, here=here, there=there)
