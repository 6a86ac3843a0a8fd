"""What every row of a timeline becomes. Pure.

One row is *the* key date, to which the others lead. Suggested is, among the dated rows named like
a release, a launch or a publication, the last one that stands out in the file, else the last one;
without any such row the last dated one. Of the others

    no text                          left out
    later than the key date          a key date of its own
    lasting several days             a key date of its own (an event)
    everything else, undated too     a step towards the key date

and a person may choose otherwise for each. Without any dated row there is no key date, and rows
become tasks of the plan. A row is known again by `key_of`: its name in the calendar it came from,
or its title and how often that stood above it; so a file that comes again changes nothing.

Who is to do it: a cell may name several. If all of them are one person, that one owns it. Two or
more people are candidates, since it is unclear who answers for it. One person among names that
nobody bears helps, and the cell's words stay as the role it is meant for.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plancraft.lib.dates import WorkingCalendar
from plancraft.lib.sheets.folding import fold
from plancraft.lib.sheets.messages import Message, gettext_noop, say
from plancraft.lib.sheets.names import parts_of
from plans.timelines.records import TimelineRow

DECIDE_WITHIN = 5
"""Working days that candidates have to say who owns a step, if it is not due before."""
LONGEST_TITLE = 200
LONGEST_ROLE = 120

_LAUNCHES = (
    *("release", "released", "launch", "launched", "go live", "golive", "goes live", "published"),
    *("ship", "shipped", "general availability", "opening", "veroffentlichung", "veroffentlicht"),
    *("start frei", "einfuhrung", "lancement", "lance", "publie", "publication", "sortie"),
    *("lanzamiento", "lanzado", "publicado", "publicacion", "erscheint", "ga"),
)
_KINDS = (
    ("event", ("conference", "summit", "fair", "messe", "konferenz", "conferencia", "salon")),
    ("approval", ("approval", "approved", "sign off", "freigabe", "validation", "aprobacion")),
    ("news_release", ("press release", "news release", "pressemitteilung", "communique")),
    ("design_deadline", ("design", "layout", "artwork")),
)


class Becomes(StrEnum):
    """What a row becomes."""

    KEY_DATE = "key_date"
    STEP = "step"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a row becomes; a step leads `towards` the key date of that row, or to none."""

    becomes: Becomes
    towards: int | None = None
    reason: Message | None = None

    def word(self) -> str:
        """As forms and stored answers write it: key_date, skip, task, or step:12."""
        if self.becomes is not Becomes.STEP:
            return self.becomes.value
        return "task" if self.towards is None else f"step:{self.towards}"


# Key date or step --------------------------------------------------------------------------------
def suggested_key_date(rows: Sequence[TimelineRow]) -> int | None:
    """The number of the row that everything seems to lead to; None where nothing is dated."""
    dated = [row for row in rows if row.when.day is not None and row.what]
    named = [row for row in dated if sounds_like_launch(row.what)]
    likely = [row for row in named if row.strong] or named or dated
    if not likely:
        return None
    return max(enumerate(likely), key=lambda pair: (pair[1].when.day or date.min, pair[0]))[
        1
    ].number


def sounds_like_launch(title: str) -> bool:
    """Whether a title speaks of something coming out."""
    words = f" {fold(title)} "
    return any(f" {word} " in words for word in _LAUNCHES)


def suggested_kind(row: TimelineRow, is_main: bool) -> str:
    """The kind of key date that the row's title speaks of."""
    words = f" {fold(row.what)} "
    for kind, names in _KINDS:
        if any(f" {name} " in words for name in names):
            return kind
    if is_main or sounds_like_launch(row.what):
        return "launch"
    return "event" if row.when.until is not None else "other"


def choices(
    rows: Sequence[TimelineRow], main: int | None, chosen: Mapping[int, str]
) -> dict[int, Choice]:
    """What each row becomes, given the key date's row and what was `chosen` otherwise.

    A choice that no longer makes sense (a step towards what is no key date) is passed over.
    """
    by_number = {row.number: row for row in rows}
    main_row = by_number.get(main) if main is not None else None
    found = {row.number: suggested_choice(row, main_row) for row in rows}
    for number, word in chosen.items():
        row = by_number.get(number)
        if row is not None and row.what and word == Becomes.KEY_DATE and row.when.day:
            found[number] = Choice(Becomes.KEY_DATE)
        elif row is not None and row.what and word == Becomes.SKIP and number != main:
            found[number] = Choice(Becomes.SKIP, reason=say(gettext_noop("You left it out.")))
    key_dates = {n for n, choice in found.items() if choice.becomes is Becomes.KEY_DATE}
    for number, word in chosen.items():
        step = _step(word, key_dates - {number})
        if step is not None and number != main and number in by_number and by_number[number].what:
            found[number] = step
    for number in _dangling(found):
        found[number] = suggested_choice(by_number[number], main_row)
    return found


def _step(word: str, key_dates: set[int]) -> Choice | None:
    if word == "task":
        return Choice(Becomes.STEP)
    kind, _, number = word.partition(":")
    if kind == Becomes.STEP and number.isdecimal() and int(number) in key_dates:
        return Choice(Becomes.STEP, int(number))
    return None


def suggested_choice(row: TimelineRow, main: TimelineRow | None) -> Choice:
    """What the row becomes if nobody says otherwise (see the module)."""
    if not row.what:
        return Choice(Becomes.SKIP, reason=say(gettext_noop("It does not say what is to happen.")))
    if main is None:
        return Choice(Becomes.STEP)
    if row.number == main.number:
        return Choice(Becomes.KEY_DATE)
    day, last = row.when.day, main.when.day
    if day is not None and last is not None and (day > last or row.when.until is not None):
        return Choice(Becomes.KEY_DATE)
    return Choice(Becomes.STEP, main.number)


def _dangling(found: Mapping[int, Choice]) -> set[int]:
    """The steps whose key date has become something else: they lead nowhere."""
    key_dates = {n for n, choice in found.items() if choice.becomes is Becomes.KEY_DATE}
    return {n for n, choice in found.items() if choice.towards not in (None, *key_dates)}


# Known again -------------------------------------------------------------------------------------
def keys_of(rows: Sequence[TimelineRow]) -> dict[int, str]:
    """By which each row is known again, by its number."""
    seen: Counter[str] = Counter()
    found = {}
    for row in rows:
        name = f"uid {row.uid}" if row.uid else f"what {fold(row.what)}"
        seen[name] += 1
        found[row.number] = hashlib.sha256(f"{name} {seen[name]}".encode()).hexdigest()
    return found


# People ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Assigned:
    """Who is to do it, by the keys of members; `role` are the words where nobody owns it alone."""

    owner: str = ""
    candidates: tuple[str, ...] = ()
    collaborators: tuple[str, ...] = ()
    role: str = ""


def roles_of(rows: Sequence[TimelineRow]) -> list[str]:
    """Every name that stands under "Who", once, as it was first written."""
    found: dict[str, str] = {}
    for row in rows:
        for part in parts_of(row.who):
            found.setdefault(fold(part), part)
    return [word for key, word in found.items() if key]


def assigned(who: str, member_of: Callable[[str], str], is_a_name: bool = False) -> Assigned:
    """Whom the cell means. `member_of` answers a member's key for a name, or nothing.

    `is_a_name`: the cell names a person and no role, so that nothing is kept as the role.
    """
    parts = parts_of(who)
    keys = [member_of(part) for part in parts]
    people = tuple(dict.fromkeys(key for key in keys if key))
    role = who[:LONGEST_ROLE]
    if len(people) > 1:
        return Assigned(candidates=people, role=role)
    if people and all(keys):
        return Assigned(owner=people[0], role="" if is_a_name else role)
    return Assigned(collaborators=people, role=role)


def decide_by(due: date | None, today: date, calendar: WorkingCalendar) -> date:
    """By when candidates say who owns a step: within a week, and before it is due if it can be."""
    within = calendar.shift(today, DECIDE_WITHIN)
    return within if due is None else max(today, min(due, within))
