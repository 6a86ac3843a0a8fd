"""Where the rooms above add to the pages of a plan and to agendas, entered in their `apps.py`.

`plans` knows no calendar. A room above enters tabs, facts for the head, columns beside each
promise and whole panels; a plan's page asks each once, with rows that are loaded already. Each
entry makes a constant number of queries, whatever the number of promises.

    PLAN_PANELS.add_tab(PlanTab(label=_("Calendar"), url=lambda plan: ..., order=20))
    PLAN_PANELS.add_column(PromiseColumn(heading=_("Next 14 days"), cells=next_14_days, order=10))
    add_agenda_source("gaps", _("Gaps ahead"), 50, gap_lines, page="gaps")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from people.models import Membership, Organization
from people.permissions import Perm
from plans.models import Commitment, Objective, Plan, Stream


@dataclass(frozen=True)
class Occasion:
    """For whom and when a page is made; `now` is an aware instant. The plan is one they may see."""

    membership: Membership
    plan: Plan
    now: datetime


@dataclass(frozen=True)
class PlanTab:
    """A tab above the plan's page. `key` is what the page behind it names as the current one.

    With `perm` it is shown only to those whose role has that right.
    """

    key: str
    label: Any
    url: Callable[[Plan], str]
    order: int = 50
    perm: Perm | None = None


@dataclass(frozen=True)
class PlanFact:
    """A figure in the plan's head ("Momentum 78%"); `tone` is ok, risk, late or empty."""

    label: Any
    value: str
    detail: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class PromiseCell:
    """What stands beside one promise; with `percent` (0 to 100) as a meter with its words."""

    text: str
    percent: int | None = None
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class PromiseColumn:
    """A column of "Cadence promised". `cells` answers by the promise's primary key."""

    heading: Any
    cells: Callable[[Occasion, Sequence[Commitment]], Mapping[int, PromiseCell]]
    order: int = 50


@dataclass(frozen=True)
class PlanPanel:
    """A whole panel. `place` is `main` or `side`; `context` None leaves it out.

    `template` is rendered with the page's context and what `context` answers as `panel_context`.
    """

    place: str
    template: str
    context: Callable[[Occasion], dict[str, Any] | None]
    order: int = 50


@dataclass
class PlanPanels:
    """Everything that was entered, in the order in which it is shown."""

    tabs: list[PlanTab] = field(default_factory=list)
    facts: list[Callable[[Occasion], PlanFact | None]] = field(default_factory=list)
    columns: list[PromiseColumn] = field(default_factory=list)
    panels: list[PlanPanel] = field(default_factory=list)

    def add_tab(self, tab: PlanTab) -> None:
        """Enter a tab; its key must be free."""
        if any(entry.key == tab.key for entry in self.tabs):
            raise ValueError(f"there is a tab {tab.key} already")
        self.tabs = sorted([*self.tabs, tab], key=lambda entry: entry.order)

    def add_fact(self, fact: Callable[[Occasion], PlanFact | None]) -> None:
        """Enter a figure for the head."""
        self.facts.append(fact)

    def add_column(self, column: PromiseColumn) -> None:
        """Enter a column beside the promises."""
        self.columns = sorted([*self.columns, column], key=lambda entry: entry.order)

    def add_panel(self, panel: PlanPanel) -> None:
        """Enter a panel."""
        if panel.place not in ("main", "side"):
            raise ValueError(f"a panel stands in main or side, not in {panel.place}")
        self.panels = sorted([*self.panels, panel], key=lambda entry: entry.order)


PLAN_PANELS = PlanPanels()
"""The one registry; `plans` enters its own Overview tab in `apps.py`."""

OnErased = Callable[[Organization, int, datetime], None]
"""`(organization, the stakeholder's key, the instant)`, in the transaction that erases."""

ON_STAKEHOLDER_ERASED: list[OnErased] = []


def register_on_stakeholder_erased(hook: OnErased) -> None:
    """Enter what your room erases of a stakeholder: the words that it keeps about one."""
    ON_STAKEHOLDER_ERASED.append(hook)


# Agendas ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One thing to talk about. `key` names it for good within its source ("plans.Stream:12").

    `plan_id` says whose meetings it concerns, None: only those of no plan in particular.
    `owner` is a membership, or whatever carries its `pk`.
    `is_nobodys`: it should have an owner and has none. `due` is a day, `detail` a few words.
    """

    key: str
    text: str
    url: str = ""
    detail: str = ""
    plan_id: int | None = None
    owner: Any = None
    is_nobodys: bool = False
    due: date | None = None


AgendaItems = Callable[
    [Organization, Plan | None, Membership | None, datetime], Sequence[AgendaLine]
]
"""`(organization, plan or None for all, viewer or None for PlanCraft, now) -> lines`, the most
pressing first, in a constant number of queries."""


@dataclass(frozen=True)
class AgendaSource:
    """Something that meetings talk about; `page` names the address of the whole list."""

    key: str
    heading: Any
    order: int
    items: AgendaItems
    page: str = ""


AGENDA_SOURCES: dict[str, AgendaSource] = {}


def add_agenda_source(
    key: str, heading: Any, order: int, items: AgendaItems, page: str = ""
) -> None:
    """Enter what agendas are drawn up from; the key must be free."""
    if key in AGENDA_SOURCES:
        raise ValueError(f"there is an agenda source {key} already")
    AGENDA_SOURCES[key] = AgendaSource(key, heading, order, items, page)


@dataclass(frozen=True)
class ServedRow:
    """One thing that serves an objective, or none: what it is called, where, whose, by when."""

    title: str
    url: str
    owner: Membership | None
    due: date | None = None
    detail: str = ""


@dataclass(frozen=True)
class Served:
    """So many things in all, and the first of them."""

    total: int
    rows: Sequence[ServedRow]


@dataclass(frozen=True)
class ServingSource:
    """A kind of work that can serve an objective ("Stories").

    `find(occasion, objective, most)` answers what serves it, at most so many rows; with None, what
    serves no objective. At most two queries.
    """

    heading: Any
    find: Callable[[Occasion, Objective | None, int], Served]
    order: int = 50


SERVING: list[ServingSource] = []


def register_serving(source: ServingSource) -> None:
    """Enter a kind of work that can serve an objective."""
    SERVING.append(source)
    SERVING.sort(key=lambda entry: entry.order)


@dataclass(frozen=True)
class StreamSign:
    """A stream's last sign of life (a local day), and how many posts it plans off its period."""

    last_seen: date | None = None
    outside: int = 0


StreamSigns = Callable[[Organization, Sequence[Stream], datetime], Mapping[int, StreamSign]]
"""`(organization, streams, now) -> stream key -> its sign`; one query, whatever their number."""

STREAM_SIGNS: list[StreamSigns] = []


def register_stream_signs(signs: StreamSigns) -> None:
    """Enter what your room knows of whether a stream is alive (rule 5)."""
    STREAM_SIGNS.append(signs)
