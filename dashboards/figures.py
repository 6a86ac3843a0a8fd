"""The manager's dashboard in figures, all from the one gap core, so that every page agrees.

kept      promises delivered on time of promised, by week, over the sixteen weeks that are over
ahead     promised posts that are missing in each of the coming six weeks, by department
overdue   posts not approved when their time and tolerance had passed, and tasks not done on their
          day, by who answers for them
approvals reviews that wait for a decision, by stage and by age
nobody    things without owner, by age

`team` narrows to one department, and finds what concerns it: what stands on its channels, and what
belongs to its plans (`Gap.teams`), so that each figure is what the gaps page shows for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from calendar_app.gap_queries import PROMISED, Gap, promised_in
from calendar_app.gap_records import Coverage, Finding, Kind, Severity
from calendar_app.gap_world import Loaded
from calendar_app.gaps import coverage, find_gaps
from calendar_app.momentum import Momentum, Week, assess, weekly_adherence
from dashboards.charts import WeekFigure
from dashboards.queries import TaskRow, WaitingRow
from plancraft.lib.dates import Period, week_of
from workflow.ages import AGES, age_of
from workflow.clock import Clock

WEEKS_BACK, WEEKS_AHEAD = 16, 6


@dataclass(frozen=True)
class Windows:
    """The weeks that the dashboard looks at: those that are over, and from this one on."""

    past: Period
    ahead: list[Period]

    @property
    def all_ahead(self) -> Period:
        """From the first day of this week to the last of the sixth."""
        return Period(self.ahead[0].start, self.ahead[-1].end)


def windows(today: date, week_start: int) -> Windows:
    """The weeks around today."""
    this = week_of(today, week_start)
    ahead = [
        Period(this.start + timedelta(weeks=n), this.end + timedelta(weeks=n))
        for n in range(WEEKS_AHEAD)
    ]
    past = Period(this.start - timedelta(weeks=WEEKS_BACK), this.start - timedelta(days=1))
    return Windows(past, ahead)


# Promises kept --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Kept:
    """Delivered on time against promised, week by week, and where momentum stands."""

    weeks: list[WeekFigure]
    momentum: Momentum
    before: Momentum
    span: Period

    @property
    def percent(self) -> int | None:
        """Momentum in whole per cent, rounded down so that 100 means all."""
        return _percent(self.momentum)

    @property
    def change(self) -> int | None:
        """Points up or down against four weeks before."""
        now, before = _percent(self.momentum), _percent(self.before)
        return None if now is None or before is None else now - before

    @property
    def promised(self) -> int:
        """Promised over all of the weeks."""
        return sum(week.expected for week in self.weeks)


def _percent(momentum: Momentum) -> int | None:
    return int(momentum.value * 100) if momentum.value is not None else None


def teams_of(loaded: Loaded, channel: Any, plan: Any) -> set[int]:
    """The departments that a promise concerns: its channel's and its plan's (as `Gap.teams`)."""
    found = {loaded.channels[int(channel)].team, loaded.plans[int(plan)].team}
    return {team for team in found if team is not None}


def kept(loaded: Loaded, span: Period, today: date, team: int | None) -> Kept:
    """The sixteen weeks."""
    cells = cells_of(loaded, span, team)
    weeks: list[Week] = weekly_adherence(
        cells, span, today=today, week_start=loaded.organization.week_start
    )
    figures = [WeekFigure(w.period.start, w.expected, w.delivered) for w in weeks]
    return Kept(figures, assess(weeks), assess(weeks[:-4]), span)


def cells_of(loaded: Loaded, span: Period, team: int | None) -> list[Coverage]:
    """Each promise in each of its periods that touches the span."""
    cells = coverage(loaded.world, span)
    return [cell for cell in cells if team is None or team in _teams(loaded, cell)]


def _teams(loaded: Loaded, cell: Coverage) -> set[int]:
    return teams_of(loaded, cell.commitment.channel, cell.commitment.plan)


def cells_of_week(loaded: Loaded, week: Period, team: int | None) -> list[Coverage]:
    """The promises that count in that week: their period ends in it (rule 8)."""
    return [cell for cell in cells_of(loaded, week, team) if cell.period.end in week]


# Gaps ahead -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class HeatCell:
    """A department in a week: `missing` of `promised` posts are not there."""

    week: Period
    missing: int
    promised: int

    @property
    def planned(self) -> int:
        """How many of the promised stand in the calendar."""
        return max(0, self.promised - self.missing)

    @property
    def percent(self) -> int | None:
        """Planned of promised, rounded down; None where nothing is promised."""
        return 100 * self.planned // self.promised if self.promised else None

    @property
    def css(self) -> str:
        """How full it is drawn."""
        if self.percent is None:
            return "cover-none"
        if self.percent == 100:
            return "cover-full"
        return "cover-part" if self.percent > 50 else "cover-low"


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One department over the weeks."""

    team: int
    name: str
    cells: list[HeatCell]

    @property
    def missing(self) -> int:
        """Over all weeks."""
        return sum(cell.missing for cell in self.cells)


def heat(loaded: Loaded, weeks: Sequence[Period], now: datetime, team: int | None) -> list[HeatRow]:
    """Departments that promises concern, by name. What concerns two stands in both rows.

    Each figure is what the gaps page says of that department and those days.
    """
    found = [_week_by_team(loaded, week, now) for week in weeks]
    teams = {pk for week in found for pk in week if team in (None, pk)}
    rows = [
        HeatRow(
            pk,
            loaded.teams[pk],
            [w.get(pk) or HeatCell(week, 0, 0) for week, w in zip(weeks, found, strict=True)],
        )
        for pk in teams
    ]
    return sorted(rows, key=lambda row: row.name.casefold())


def everything(loaded: Loaded, span: Period, now: datetime, team: int | None) -> HeatCell:
    """The same of all departments, or of the chosen one, over a span."""
    missing = sum(f.missing or 0 for f in lacking(loaded, span, now, team))
    cells = cells_of(loaded, span, team)
    return HeatCell(span, missing, sum(promised_in(cell, span) for cell in cells))


def lacking(loaded: Loaded, span: Period, now: datetime, team: int | None) -> list[Finding]:
    """The promised posts that are missing, can still be made, and that nobody waived."""
    return [
        finding
        for finding in find_gaps(loaded.world, now, span)
        if finding.kind in PROMISED
        and finding.severity != Severity.PAST
        and finding.key not in loaded.waivers
        and (team is None or team in teams_of(loaded, finding.channel, finding.plan))
    ]


WeekByTeam = dict[int, HeatCell]


def _week_by_team(loaded: Loaded, week: Period, now: datetime) -> WeekByTeam:
    missing: Counter[int] = Counter()
    promised: Counter[int] = Counter()
    for finding in lacking(loaded, week, now, None):
        for team in teams_of(loaded, finding.channel, finding.plan):
            missing[team] += finding.missing or 0
    for cell in coverage(loaded.world, week):
        for team in _teams(loaded, cell):
            promised[team] += promised_in(cell, week)
    return {
        team: HeatCell(week, missing[team], promised[team])
        for team in {*missing, *promised}
        if team in loaded.teams
    }


# Overdue --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class OwnerFigure:
    """How many posts and tasks of one person are overdue; `person` None is nobody."""

    person: Any
    count: int
    oldest: date

    @property
    def key(self) -> str:
        """What the list is filtered by."""
        return str(self.person.pk) if self.person else "nobody"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A post or a task that should have been done on `since`, a local day."""

    title: str
    page: str
    pk: int | None
    owner: int | None
    plan: int | None
    plan_name: str
    channel: str
    since: date
    key: str


def overdue(gaps: Iterable[Gap], tasks: Iterable[TaskRow], team: int | None) -> list[Overdue]:
    """The posts that were missed and can still be put right, and the late tasks; oldest first.

    `tasks` are those that the viewer's figures cover, of that department already.
    """
    missed = [
        _missed(gap)
        for gap in gaps
        if gap.finding.kind == Kind.MISSED and gap.is_ahead and (team is None or team in gap.teams)
    ]
    late = [_late(task, task.due) for task in tasks if task.due is not None]
    return sorted([*missed, *late], key=lambda row: (row.since, row.key))


def _missed(gap: Gap) -> Overdue:
    return Overdue(
        title=gap.post.title if gap.post else gap.title,
        page="story",
        pk=gap.post.item if gap.post else None,
        owner=gap.post.owner if gap.post else None,
        plan=gap.plan.pk if gap.plan else None,
        plan_name=gap.plan.name if gap.plan else "",
        channel=gap.channel.name if gap.channel else "",
        since=gap.finding.period.start,
        key=gap.key,
    )


def _late(task: TaskRow, due: date) -> Overdue:
    return Overdue(
        title=task.title,
        page="task",
        pk=task.pk,
        owner=task.owner,
        plan=task.plan,
        plan_name=task.plan_name,
        channel="",
        since=due,
        key=f"task:{task.pk}",
    )


def by_owner(loaded: Loaded, found: Iterable[Overdue]) -> list[OwnerFigure]:
    """The most first; nobody before everyone, since nobody will act by themselves."""
    groups: dict[int | None, list[Overdue]] = defaultdict(list)
    for row in found:
        groups[row.owner].append(row)
    figures = [
        OwnerFigure(
            loaded.people.get(pk) if pk is not None else None,
            len(rows),
            min(row.since for row in rows),
        )
        for pk, rows in groups.items()
    ]
    return sorted(
        figures,
        key=lambda f: (f.person is not None, -f.count, f.person.name if f.person else ""),
    )


# Approvals and owners ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class StageFigure:
    """How many stories wait at a stage, how many past its limit, and how long the oldest."""

    name: str
    count: int
    late: int
    oldest: WaitingRow
    waited: timedelta
    over: Clock


def by_stage(rows: Iterable[WaitingRow], now: datetime, clock_of: Any) -> list[StageFigure]:
    """The stage with the longest wait first. `clock_of(row)` gives the time of one stage."""
    groups: dict[str, list[WaitingRow]] = defaultdict(list)
    for row in rows:
        groups[row.stage].append(row)
    figures = []
    for name, group in groups.items():
        oldest = min(group, key=lambda row: (row.opened_at, row.review))
        late = sum(1 for row in group if row.due_at < now)
        waited = now - oldest.opened_at
        figures.append(StageFigure(name, len(group), late, oldest, waited, clock_of(oldest)))
    return sorted(figures, key=lambda figure: (-figure.waited, figure.name))


def ages(since: Iterable[datetime], now: datetime) -> list[int]:
    """How many of what has waited since these instants are of each of `AGES`."""
    counted = Counter(age_of(instant, now) for instant in since)
    return [counted[n] for n in range(len(AGES))]
