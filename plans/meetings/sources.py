"""What agendas are drawn up from: the state of the plans, and what the last meeting left.

Each source is read once for all meetings of an organization; a meeting of a plan gets that plan's
lines, one of no plan gets everything, except what is confidential (rule 6).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.models import Membership, Organization
from plancraft.lib.dates import local_day
from plans.meetings import queries
from plans.meetings.agenda import MOST, Line
from plans.models import ActionItem, KeyDate, Meeting, MeetingFlag, Plan, Task
from plans.queries import OPEN_STATES
from plans.registry import AGENDA_SOURCES, AgendaLine, AgendaSource
from workflow.queries.owned import unowned
from workflow.queries.waiting import waiting

ACTIONS, FLAGS, OWN = "actions", "flags", "own"
HEADINGS = {
    ACTIONS: gettext_lazy("From the last meeting"),
    FLAGS: gettext_lazy("What people noticed"),
    OWN: gettext_lazy("Also"),
}
ORDER = {ACTIONS: 10, FLAGS: 20, OWN: 900}
LOOKAHEAD = timedelta(days=21)
PLACES = 1000


@dataclass(frozen=True)
class Told:
    """Everything that agendas of one organization are drawn up from."""

    by_source: Mapping[str, Sequence[AgendaLine]]
    confidential: frozenset[int]
    actions: Sequence[ActionItem]
    flags: Sequence[MeetingFlag]


def heading(source: str) -> str:
    """What stands above the lines of a source."""
    if source in HEADINGS:
        return str(HEADINGS[source])
    entry = AGENDA_SOURCES.get(source)
    return str(entry.heading) if entry else str(HEADINGS[OWN])


def position_of(source: str, number: int) -> int:
    """Where the `number`-th line of an agenda stands, by the order of its source."""
    entry = AGENDA_SOURCES.get(source)
    order = entry.order if entry else ORDER.get(source, ORDER[OWN])
    return order * PLACES + number


def read(organization: Organization, meetings: Sequence[Meeting], now: datetime) -> Told:
    """Ask every source once, for all these meetings."""
    secret = Plan.objects.filter(organization=organization, is_confidential=True)
    series = {meeting.series_id: meeting.series for meeting in meetings}
    flags = MeetingFlag.objects.filter(series__in=series).select_related("by__user")
    return Told(
        by_source={
            key: list(source.items(organization, None, None, now))
            for key, source in AGENDA_SOURCES.items()
        },
        confidential=frozenset(secret.values_list("pk", flat=True)),
        actions=queries.earlier_actions(list(series.values())),
        flags=list(flags.order_by("created_at", "pk")),
    )


def lines_for(meeting: Meeting, told: Told) -> list[Line]:
    """The agenda that this meeting would have now, in its order."""
    found = {
        ACTIONS: [_action_line(a) for a in told.actions if _is_earlier(a, meeting)],
        FLAGS: [_flag_line(f) for f in told.flags if _is_for(f, meeting)],
    }
    for source in AGENDA_SOURCES.values():
        lines = [x for x in told.by_source.get(source.key, ()) if _concerns(x, meeting, told)]
        found[source.key] = _of_source(source, lines) + _rest(meeting, source, len(lines) - MOST)
    ordered = sorted(found, key=lambda key: position_of(key, 0))
    return [line for key in ordered for line in found[key]]


def _rest(meeting: Meeting, source: AgendaSource, rest: int) -> list[Line]:
    """One line for what would make the agenda a list."""
    if rest <= 0:
        return []
    text = ngettext("And %(n)s more", "And %(n)s more", rest) % {"n": rest}
    url = address(source.page, meeting.organization.slug) if source.page else ""
    return [Line(source.key, f"{source.key}:more", text, url=url)]


def _concerns(line: AgendaLine, meeting: Meeting, told: Told) -> bool:
    plan_id = meeting.series.plan_id
    if plan_id is not None:
        return line.plan_id == plan_id
    return line.plan_id not in told.confidential


def _of_source(source: AgendaSource, lines: Sequence[AgendaLine]) -> list[Line]:
    return [
        Line(
            source.key,
            f"{source.key}:{line.key}"[:120],
            line.text[:300],
            line.detail[:200],
            line.url[:300],
            line.owner.pk if line.owner else None,
            line.is_nobodys,
        )
        for line in lines[:MOST]
    ]


def _is_earlier(action: ActionItem, meeting: Meeting) -> bool:
    mine = {meeting.series_id, meeting.series.follows_id}
    before = action.meeting.starts_at < meeting.starts_at
    return before and action.meeting.series_id in mine


def _action_line(action: ActionItem) -> Line:
    task = action.task
    owner, due = (task.owner, task.due) if task else (action.owner, action.due)
    by_when = _("due %(day)s") % {"day": _day(due)} if due else _("no date yet")
    return Line(
        ACTIONS,
        f"{ACTIONS}:{action.pk}",
        task.title if task else action.text,
        by_when if task else _("stayed a note: %(what)s") % {"what": by_when},
        "" if task is None else address("task", action.organization.slug, task.pk),
        owner.pk if owner else None,
        owner is None,
    )


def address(name: str, *args: object) -> str:
    """The page of that name, or empty where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _is_for(flag: MeetingFlag, meeting: Meeting) -> bool:
    return flag.series_id == meeting.series_id and flag.meeting_id in (None, meeting.pk)


def _flag_line(flag: MeetingFlag) -> Line:
    said = _("%(kind)s, says %(name)s") % {"kind": flag.get_kind_display(), "name": flag.by}
    return Line(FLAGS, f"{FLAGS}:{flag.pk}", flag.text, said[:200])


def _day(day: object) -> str:
    return date_format(day, _("D j F"))  # type: ignore[arg-type]


# The sources of this room and of the one below ------------------------------------------------
def late_lines(
    organization: Organization, plan: Plan | None, viewer: Membership | None, now: datetime
) -> list[AgendaLine]:
    """Tasks of open plans whose day has passed, the latest first to have been due."""
    today = local_day(now, ZoneInfo(organization.time_zone))
    rows = Task.objects.filter(
        organization=organization,
        due__lt=today,
        state__in=["open", "doing"],
        plan__state__in=OPEN_STATES,
    ).select_related("owner__user")
    rows = rows.filter(plan=plan) if plan else rows
    return [
        AgendaLine(
            key=f"task:{task.pk}",
            text=task.title,
            url=address("task", organization.slug, task.pk),
            detail=_("was due %(day)s") % {"day": _day(task.due)},
            plan_id=task.plan_id,
            owner=task.owner,
            is_nobodys=task.owner is None,
            due=task.due,
        )
        for task in rows.order_by("due", "pk")
    ]


def unowned_lines(
    organization: Organization, plan: Plan | None, viewer: Membership | None, now: datetime
) -> list[AgendaLine]:
    """What no one owns, the longest first."""
    return [
        AgendaLine(
            key=f"{row.label}:{row.pk}",
            text=row.title,
            url=row.url,
            detail=row.detail,
            plan_id=row.plan_id,
            is_nobodys=True,
        )
        for row in unowned(organization, viewer)
        if plan is None or row.plan_id == plan.pk
    ]


def approval_lines(
    organization: Organization, plan: Plan | None, viewer: Membership | None, now: datetime
) -> list[AgendaLine]:
    """Decisions that wait, the most pressing first."""
    zone = ZoneInfo(organization.time_zone)
    return [
        AgendaLine(
            key=f"review:{row.review.pk}",
            text=row.facts.title,
            url=row.facts.url,
            detail=_("%(stage)s, decision due %(day)s")
            % {"stage": row.stage_name, "day": _day(local_day(row.due_at, zone))},
            plan_id=row.facts.plan_id,
            owner=row.facts.owner,
            due=local_day(row.due_at, zone),
        )
        for row in waiting(organization, viewer)
        if plan is None or row.facts.plan_id == plan.pk
    ]


def key_date_lines(
    organization: Organization, plan: Plan | None, viewer: Membership | None, now: datetime
) -> list[AgendaLine]:
    """Key dates of the next three weeks, the nearest first."""
    today = local_day(now, ZoneInfo(organization.time_zone))
    rows = KeyDate.objects.filter(
        organization=organization,
        date__range=(today, today + LOOKAHEAD),
        done_at=None,
        cancelled_at=None,
        plan__state__in=OPEN_STATES,
    ).select_related("owner__user")
    rows = rows.filter(plan=plan) if plan else rows
    return [
        AgendaLine(
            key=f"key_date:{row.pk}",
            text=row.title,
            url=address("key-date", organization.slug, row.pk),
            detail=_day(row.date),
            plan_id=row.plan_id,
            owner=row.owner,
            is_nobodys=row.owner is None,
            due=row.date,
        )
        for row in rows.order_by("date", "pk")
    ]


def grouped(items: Sequence[object]) -> list[tuple[str, list[object]]]:
    """Items under the heading of their source, in their order."""
    groups: dict[str, list[object]] = defaultdict(list)
    for item in items:
        groups[heading(item.source)].append(item)  # type: ignore[attr-defined]
    return list(groups.items())
