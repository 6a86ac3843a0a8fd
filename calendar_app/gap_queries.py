"""The gaps of an organization as people see them: findings with names, words and who answers.

One function, `gaps`, serves the page, the drawer, the dashboard, the reminders and the command, so
that their numbers agree. A gap is *ahead* while it can still be put right and nobody waived it;
what is past is kept apart and shown muted, what is waived stays in the record and does not count.

Who answers for a gap (rule 2): who it was handed to; else, for a post, its story's owner; else the
channel's or the stakeholder's owner, the stream's owner, the champion, the managers. Only people
who can act.

Kinds shown: shortfall, empty slot, silence, missed, unconfirmed, lapsed stakeholder. A closed plan
and an archived channel ask for nothing new: of them only what is past is left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from calendar_app.gap_contacts import lapsed, today_of
from calendar_app.gap_records import Coverage, Finding, Kind, Severity
from calendar_app.gap_world import (
    ChannelFacts,
    Handed,
    Loaded,
    Person,
    PlanFacts,
    PostWords,
    StakeholderFacts,
    StreamFacts,
    Waiver,
    load,
    world_of,
)
from calendar_app.gaps import coverage, find_gaps
from calendar_app.momentum import Momentum, Week, assess, weekly_adherence
from calendar_app.wording import Names, sentence
from people.models import Membership, Organization
from plancraft.lib.dates import Period, local_day, week_of
from plans.stakeholders.words import last_words

__all__ = [
    "Adherence",
    "Ahead",
    "Gap",
    "PromiseFigure",
    "TeamFigure",
    "adherence",
    "ahead",
    "around",
    "by_team",
    "fillable",
    "gaps",
    "gaps_in",
    "kept_by_promise",
    "load",
    "next_by_promise",
    "soon",
    "world_of",
]

PROMISED = frozenset({Kind.SHORTFALL, Kind.EMPTY_SLOT, Kind.SILENCE})
"""What is filled with a new post; the other kinds are about a post that is there."""
SHOWN = PROMISED | {Kind.MISSED, Kind.UNCONFIRMED}
"""Of what the pure core finds; lapsed stakeholders come beside it."""
PRESSING = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.NOTICE: 2, Severity.PAST: 3}
SOON = 14
"""How many days the drawer, the dashboard and a plan's promises look ahead, today included."""
PAGE_DAYS = 30
"""How many days ahead the gaps page and the command look unless asked otherwise."""
BACK = 28
"""How many days back what is past, missed or unconfirmed is shown."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One finding with everything that is said of it.

    `answers` is the person who answers for it and `because` why it is them (handed, story, channel,
    stream, champion, manager); `team` is the department that it is counted for.
    """

    finding: Finding
    words: str
    channel: ChannelFacts | None
    plan: PlanFacts | None
    stream: StreamFacts | None
    post: PostWords | None
    answers: Person | None
    because: str
    handed: Handed | None
    waiver: Waiver | None
    waived_by: Person | None = None
    stakeholder: StakeholderFacts | None = None

    @property
    def key(self) -> str:
        """Stable over days: what a form names the gap by."""
        return self.finding.key

    @property
    def is_past(self) -> bool:
        """Nothing can be done any more."""
        return self.finding.severity == Severity.PAST

    @property
    def is_ahead(self) -> bool:
        """It counts: it can be put right, and nobody waived it."""
        return not self.is_past and self.waiver is None

    @property
    def is_promise(self) -> bool:
        """A promised post that is not there: it can be filled, handed on and waived."""
        return self.finding.kind in PROMISED

    @property
    def is_contact(self) -> bool:
        """Someone who has not been spoken to: a touchpoint mends it; handed on and waived too."""
        return self.stakeholder is not None

    @property
    def missing(self) -> int:
        """How many promised posts it lacks; 0 for a gap about a post that is there."""
        return (self.finding.missing or 0) if self.is_promise else 0

    @property
    def team(self) -> int | None:
        """The department: the channel's or stakeholder's, else the stream's, else the plan's."""
        places = (self.channel, self.stakeholder, self.stream, self.plan)
        found = (place.team for place in places if place)
        return next((team for team in found if team is not None), None)

    @property
    def teams(self) -> set[int]:
        """Every department that a filter finds it under."""
        places = (self.channel, self.stakeholder, self.stream, self.plan)
        return {place.team for place in places if place and place.team is not None}

    @property
    def has_nobody(self) -> bool:
        """Nobody near it owns it: only the champion or the managers are left to chase."""
        return self.because in ("champion", "manager", "")

    @property
    def title(self) -> str:
        """Where it is, in two words: the channel's name, or the stakeholder's."""
        if self.stakeholder:
            return self.stakeholder.name
        return self.channel.name if self.channel else (self.plan.name if self.plan else "")


# Gaps -----------------------------------------------------------------------------------------
def gaps(
    organization: Organization,
    viewer: Membership | None,
    window: Period,
    now: datetime,
    *,
    plans: Collection[int] | None = None,
    channels: Collection[int] | None = None,
) -> list[Gap]:
    """Every gap with a day in the window that the viewer (None: PlanCraft) may see, by first day.

    Waived and past ones are among them: see `Gap.is_ahead`. Two statements, or three where a
    promise limits its silence.
    """
    loaded = load(organization, viewer, [window], now, plans=plans, channels=channels)
    return gaps_in(loaded, window, now)


def gaps_in(loaded: Loaded, window: Period, now: datetime) -> list[Gap]:
    """The gaps in a window of a world that is loaded already."""
    found = [
        finding
        for finding in find_gaps(loaded.world, now, window)
        if finding.kind in SHOWN and _asks(loaded, finding)
    ]
    found += lapsed(loaded, window, now)
    today = today_of(loaded, now)
    return [_gap(loaded, finding, today) for finding in sorted(found, key=_by_day)]


def _by_day(finding: Finding) -> tuple[date, str, str]:
    return finding.period.start, finding.kind, finding.key


def _asks(loaded: Loaded, finding: Finding) -> bool:
    """Whether its plan and channel still ask for anything, or it is past anyway."""
    if finding.severity == Severity.PAST:
        return True
    plan, channel = loaded.plans.get(_pk(finding.plan)), loaded.channels.get(_pk(finding.channel))
    return not (plan and plan.closed_on) and not (channel and channel.archived_on)


def _pk(identifier: str | int | None) -> int:
    return int(identifier) if identifier is not None else 0


def _gap(loaded: Loaded, finding: Finding, today: date) -> Gap:
    channel = loaded.channels.get(_pk(finding.channel))
    plan = loaded.plans.get(_pk(finding.plan))
    stream = loaded.streams.get(_pk(finding.stream))
    post = loaded.posts.get(_pk(finding.placement))
    contact = loaded.contacts.get(_pk(finding.stakeholder))
    handed = loaded.handed.get(finding.key)
    waiver = loaded.waivers.get(finding.key)
    chain = [
        (handed.to if handed else None, "handed"),
        (post.owner if post else None, "story"),
        (channel.owner if channel else None, "channel"),
        (contact.owner if contact else None, "stakeholder"),
        (stream.owner if stream else None, "stream"),
        (plan.owner if plan else None, "champion"),
        *((manager.pk, "manager") for manager in loaded.managers),
    ]
    answers, because = _first_active(loaded, chain)
    return Gap(
        finding=finding,
        words=sentence(
            finding,
            Names(
                channel=channel.name if channel else "",
                stream=stream.name if stream else "",
                item=post.title if post else "",
                stakeholder=contact.called if contact else "",
                contact=last_words(contact.contact, today) if contact else "",
            ),
        ),
        channel=channel,
        plan=plan,
        stream=stream,
        post=post,
        answers=answers,
        because=because,
        handed=handed if because == "handed" else None,
        waiver=waiver,
        waived_by=loaded.people.get(waiver.by) if waiver else None,
        stakeholder=contact,
    )


def _first_active(
    loaded: Loaded, chain: Iterable[tuple[int | None, str]]
) -> tuple[Person | None, str]:
    for pk, because in chain:
        person = loaded.people.get(pk) if pk is not None else None
        if person is not None and person.active:
            return person, because
    return None, ""


def most_pressing(found: Iterable[Gap]) -> list[Gap]:
    """By consequence: severity, then the last day on which it can be put right, then place."""
    return sorted(
        found,
        key=lambda gap: (PRESSING[gap.finding.severity], gap.finding.due, gap.title, gap.key),
    )


def fillable(
    organization: Organization, viewer: Membership | None, key: str, now: datetime
) -> tuple[Loaded, Gap | None]:
    """The gap of a promise that this key names, as it is now; None where there is none (any more).

    Looked for in the period that the key names; a silence as far ahead as the gaps page looks.
    """
    kind, promise, start = parse_key(key)
    window = Period(start, start + timedelta(days=366 if kind == Kind.SILENCE else 31))
    loaded = load(organization, viewer, [window], now)
    if promise not in loaded.commitments:
        return loaded, None
    return loaded, next((g for g in gaps_in(loaded, window, now) if g.key == key), None)


def parse_key(key: str) -> tuple[Kind, int, date]:
    """Kind, promise and first day of a promise's gap; `ValueError` for any other text."""
    kind, promise, start = key.split(":")
    if not (promise.isascii() and promise.isdigit() and len(promise) < 19):
        raise ValueError("the key names no promise")
    if Kind(kind) not in PROMISED:
        raise ValueError("not a gap that can be filled")
    day = date.fromisoformat(start)
    if not 1900 <= day.year <= 2199:
        raise ValueError("no day of a calendar")
    return Kind(kind), int(promise), day


# Figures --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Ahead:
    """The gaps of promises ahead in a window, most pressing first, and what they come to.

    `missing` of `promised` posts are not there. The same on page, drawer, dashboard and command.
    What is past its time (missed, unconfirmed) is counted apart.
    """

    gaps: list[Gap]
    missing: int
    promised: int

    @property
    def count(self) -> int:
        """How many gaps."""
        return len(self.gaps)


def ahead(
    loaded: Loaded,
    window: Period,
    found: Sequence[Gap],
    covers: Callable[[Coverage], bool] = lambda cell: True,
) -> Ahead:
    """The figures of a window: its gaps that count, and what those promises ask that `covers`."""
    counting = [
        gap
        for gap in found
        if gap.is_ahead and gap.is_promise and gap.finding.period.overlaps(window)
    ]
    cells = [cell for cell in coverage(loaded.world, window) if covers(cell)]
    return Ahead(
        gaps=most_pressing(counting),
        missing=sum(gap.missing for gap in counting),
        promised=sum(promised_in(cell, window) for cell in cells),
    )


def promised_in(cell: Coverage, window: Period) -> int:
    """What the promise asks of this period: where each weekday is a slot, of its days in window."""
    if cell.commitment.has_slots:
        return sum(1 for day in cell.slots if day in window)
    return cell.expected


def soon(today: date, days: int = SOON) -> Period:
    """The days ahead: today and the following, `days` in all."""
    return Period(today, today + timedelta(days=days - 1))


def around(today: date, days: int = SOON) -> Period:
    """The window in which lists look for gaps: the days ahead, and four weeks of the past.

    One window for all of them, because a silence is only told where no shortfall says it already.
    """
    return Period(today - timedelta(days=BACK), soon(today, days).end)


@dataclass(frozen=True, slots=True)
class TeamFigure:
    """A department's gaps ahead; `pk` None: of no department."""

    pk: int | None
    name: str
    gaps: int
    missing: int


def by_team(found: Iterable[Gap], teams: Mapping[int, str]) -> list[TeamFigure]:
    """The gaps of promises that count, by department; the most first, those of none last."""
    counted: dict[int | None, list[Gap]] = {}
    for gap in found:
        if gap.is_ahead and gap.is_promise:
            counted.setdefault(gap.team if gap.team in teams else None, []).append(gap)
    figures = [
        TeamFigure(
            pk, teams[pk] if pk else _("No team"), len(rows), sum(gap.missing for gap in rows)
        )
        for pk, rows in counted.items()
    ]
    return sorted(figures, key=lambda figure: (figure.pk is None, -figure.gaps, figure.name))


# Momentum -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PromiseFigure:
    """So many of so many, for one promise or department."""

    done: int
    of: int

    @property
    def percent(self) -> int | None:
        """In whole per cent, rounded down so that 100 means all; None where nothing was asked."""
        return 100 * self.done // self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Adherence:
    """What was delivered on time against what was promised, in weeks that are over (rule 8)."""

    weeks: list[Week]
    momentum: Momentum
    by_team: dict[int | None, PromiseFigure]
    teams: dict[int, str]


def adherence(
    organization: Organization,
    viewer: Membership | None,
    now: datetime,
    *,
    weeks: int = 16,
    plans: Collection[int] | None = None,
) -> Adherence:
    """The last `weeks` weeks that are over for the organization, and where momentum stands."""
    today = local_day(now, ZoneInfo(organization.time_zone))
    span = past_weeks(today, weeks, organization.week_start)
    loaded = load(organization, viewer, [span], now, plans=plans)
    cells = coverage(loaded.world, span)
    counted = weekly_adherence(cells, span, today=today, week_start=organization.week_start)
    return Adherence(
        weeks=counted,
        momentum=assess(counted),
        by_team=_kept_by_team(loaded, cells, span),
        teams=loaded.teams,
    )


def past_weeks(today: date, weeks: int, week_start: int) -> Period:
    """So many whole weeks before the one that is running."""
    this_week = week_of(today, week_start).start
    return Period(this_week - timedelta(days=7 * weeks), this_week - timedelta(days=1))


def _kept_by_team(
    loaded: Loaded, cells: Iterable[Coverage], span: Period
) -> dict[int | None, PromiseFigure]:
    found: dict[int | None, PromiseFigure] = {}
    for cell in cells:
        channel, plan = loaded.channels[_pk(cell.commitment.channel)], _pk(cell.commitment.plan)
        team = channel.team if channel.team is not None else loaded.plans[plan].team
        found[team] = _with(found.get(team), cell, span)
    return found


def _with(figure: PromiseFigure | None, cell: Coverage, span: Period) -> PromiseFigure:
    """The figure with one more period, if that ended within the span (rule 8)."""
    figure = figure or PromiseFigure(0, 0)
    if cell.period.end not in span:
        return figure
    owed = max(0, cell.expected - cell.historical)
    return PromiseFigure(figure.done + min(cell.delivered, owed), figure.of + owed)


def kept_by_promise(loaded: Loaded, span: Period) -> dict[int, PromiseFigure]:
    """Promise -> delivered on time of what was owed, over the periods that ended in the span."""
    found: dict[int, PromiseFigure] = {}
    for cell in coverage(loaded.world, span):
        pk = _pk(cell.commitment.id)
        found[pk] = _with(found.get(pk), cell, span)
    return found


def next_by_promise(loaded: Loaded, window: Period, now: datetime) -> dict[int, PromiseFigure]:
    """Promise -> planned of what is promised in the periods of the window.

    Planned is what no shortfall or empty slot lacks, waived or not, so it agrees with the gaps.
    """
    lacking: dict[int, int] = {}
    for finding in find_gaps(loaded.world, now, window):
        if finding.kind in (Kind.SHORTFALL, Kind.EMPTY_SLOT) and finding.commitment is not None:
            pk = _pk(finding.commitment)
            lacking[pk] = lacking.get(pk, 0) + (finding.missing or 0)
    asked: dict[int, int] = {}
    for cell in coverage(loaded.world, window):
        pk = _pk(cell.commitment.id)
        asked[pk] = asked.get(pk, 0) + promised_in(cell, window)
    return {pk: PromiseFigure(max(0, of - lacking.get(pk, 0)), of) for pk, of in asked.items()}
