"""What the manager's dashboard shows: words, addresses and charts around the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards import charts, figures
from dashboards.addresses import to
from dashboards.figures import HeatCell, Kept, Overdue, OwnerFigure, StageFigure
from dashboards.queries import Overview, WaitingRow
from dashboards.scope import Scope, all_gaps
from dashboards.sentences import (
    DIP_LINE,
    change_words,
    kept_words,
    nobody_words,
    oldest_words,
    state_words,
)
from people.rules import WorkingCalendar
from plancraft.lib.dates import Period
from workflow.ages import AGE_KEYS
from workflow.clock import Clock, clock
from workflow.filters import YES, age_label
from workflow.registry import Found

PERSONS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice above the page."""

    name: str
    label: str
    choices: list[tuple[int, str]]
    value: int | str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number at the top, which leads to its rows; a number in its note to fewer of them."""

    label: str
    value: str
    unit: str
    note: str
    tone: str
    icon: str
    url: str
    note_url: str = ""


def filters(scope: Scope) -> list[Filter]:
    """Plan and department."""
    plans = sorted(scope.plans.values(), key=lambda plan: plan.name.casefold())
    teams = sorted(scope.loaded.teams.items(), key=lambda team: team[1].casefold())
    found = [
        Filter("plan", _("All plans"), [(p.pk, p.name) for p in plans], scope.plan or ""),
        Filter("team", _("All departments"), teams, scope.team or ""),
    ]
    return [choice for choice in found if choice.choices]


@dataclass(frozen=True)
class Counted:
    """Everything that the page counts, once."""

    kept: Kept
    ahead: HeatCell
    late: list[Overdue]
    nobody: list[Found]
    waiting: list[WaitingRow]


def _count(scope: Scope, seen: Overview) -> Counted:
    loaded, team = scope.loaded, scope.team
    return Counted(
        kept=figures.kept(loaded, scope.windows.past, scope.today, team),
        ahead=figures.everything(loaded, scope.windows.all_ahead, scope.now, team),
        late=overdue(scope, seen),
        nobody=[row for row in seen.nobody if scope.covers(row)],
        waiting=[row for row in seen.waiting if scope.covers(row)],
    )


def overdue(scope: Scope, seen: Overview) -> list[Overdue]:
    """The posts and tasks that are overdue in this scope."""
    tasks = [task for task in seen.late_tasks if scope.covers(task)]
    return figures.overdue(all_gaps(scope), tasks, scope.team)


def dashboard(scope: Scope, seen: Overview) -> dict[str, Any]:
    """Everything that `dashboards/dashboard.html` needs."""
    slug = scope.membership.organization.slug
    counted = _count(scope, seen)
    return {
        "scope": scope,
        "notices": scope.notices,
        "filters": filters(scope),
        "lead": _lead(scope),
        "clear_url": reverse("dashboard", args=[slug]) if scope.is_narrowed else "",
        "key_figures": _key_figures(scope, counted),
        "kept": counted.kept,
        "kept_words": kept_words(counted.kept),
        "state": state_words(counted.kept),
        **_week_charts(counted.kept),
        "heat": _heat(scope),
        "heat_weeks": scope.windows.ahead,
        "ahead": counted.ahead,
        "gaps_url": _gaps_url(scope, scope.windows.all_ahead, scope.team),
        **_people(scope, counted),
    }


def _people(scope: Scope, counted: Counted) -> dict[str, Any]:
    """What waits for people: decisions, owners, overdue posts."""
    stages = figures.by_stage(counted.waiting, scope.now, lambda row: _clock(scope, row))
    owners = figures.by_owner(scope.loaded, counted.late)
    return {
        "ages": _unowned_ages(scope, counted),
        "nobody": counted.nobody,
        "nobody_words": nobody_words(counted.nobody, scope.now),
        "unowned_url": _list("unowned", scope),
        "owners": [_owner_line(scope, figure, owners) for figure in owners[:PERSONS_SHOWN]],
        "owners_more": max(0, len(owners) - PERSONS_SHOWN),
        "late": counted.late,
        "late_url": _late_url(scope),
        "stages": [_stage_line(scope, figure, stages) for figure in stages],
        "waiting_ages": _waiting_ages(scope, counted),
        "waiting": counted.waiting,
        "approvals_url": _list("approvals", scope),
    }


def _list(name: str, scope: Scope, **narrower: Any) -> str:
    """A list of `workflow` with the rows of this dashboard, and narrower where a figure is."""
    return to(name, scope.membership.organization.slug, **scope.choice, **narrower)


def _unowned_ages(scope: Scope, counted: Counted) -> charts.AgeChart:
    counts = figures.ages((row.since for row in counted.nobody if row.since), scope.now)
    return charts.age_chart(counts, [_list("unowned", scope, age=key) for key in AGE_KEYS])


def _waiting_ages(scope: Scope, counted: Counted) -> list[dict[str, Any]]:
    counts = figures.ages((row.opened_at for row in counted.waiting), scope.now)
    return [
        {
            "label": age_label(n),
            "count": count,
            "bar": charts.share(count, max(counts)),
            "url": _list("approvals", scope, age=AGE_KEYS[n]),
        }
        for n, count in enumerate(counts)
    ]


def _late_url(scope: Scope) -> str:
    slug = scope.membership.organization.slug
    return to("dashboard-overdue", slug, plan=scope.plan, team=scope.team)


def _week_charts(kept: Kept) -> dict[str, Any]:
    """The same weeks on a wide and on a narrow canvas, with the dip marked."""
    wide = charts.week_chart(kept.weeks, charts.WIDE)
    narrow = charts.week_chart(kept.weeks, charts.NARROW, every=3)
    dip = charts.longest_dip([week.percent for week in kept.weeks], DIP_LINE)
    return {
        "wide": wide,
        "narrow": narrow,
        "wide_dip": wide.bracket(dip),
        "narrow_dip": narrow.bracket(dip),
        "dip_line": DIP_LINE,
    }


def _lead(scope: Scope) -> str:
    name = scope.membership.organization.name
    if scope.plan:
        name = scope.plans[scope.plan].name
    elif scope.is_own:
        name = _("The plans that you champion")
    else:
        name = _("All plans of %(name)s") % {"name": name}
    if scope.team:
        name = f"{name}, {scope.loaded.teams[scope.team]}"
    week = scope.today.isocalendar().week
    return _("%(name)s, week %(week)s, %(day)s") % {
        "name": name,
        "week": week,
        "day": date_format(scope.today, "l j F Y"),
    }


def _clock(scope: Scope, row: WaitingRow) -> Clock:
    organization = scope.membership.organization
    working = scope.loaded.working
    calendar = WorkingCalendar(
        weekdays=working.weekdays,
        closed=working.closed,
        opens=organization.work_starts,
        closes=organization.work_ends,
        zone=ZoneInfo(organization.time_zone),
    )
    return clock(row.opened_at, row.due_at, scope.now, calendar)


def _gaps_url(scope: Scope, week: Period, team: int | None) -> str:
    slug = scope.membership.organization.slug
    span = {"from": week.start.isoformat(), "to": week.end.isoformat()}
    return to("gaps", slug, **span, **{**scope.choice, "team": team})


def _heat(scope: Scope) -> list[dict[str, Any]]:
    rows = figures.heat(scope.loaded, scope.windows.ahead, scope.now, scope.team)
    return [
        {
            "name": row.name,
            "cells": [{"cell": c, "url": _gaps_url(scope, c.week, row.team)} for c in row.cells],
        }
        for row in rows
    ]


def _key_figures(scope: Scope, counted: Counted) -> list[KeyFigure]:
    return [
        _on_time(counted.kept),
        _missing(scope, counted.ahead),
        _without_owner(scope, counted.nobody),
        _undecided(scope, counted.waiting),
        _overdue(scope, counted.late),
    ]


def _on_time(kept: Kept) -> KeyFigure:
    change = kept.change
    tone, arrow = "ink", "arrow-right"
    if change:
        tone, arrow = ("ok", "arrow-up-right") if change > 0 else ("late", "arrow-down-right")
    return KeyFigure(
        _("On time, last 4 weeks"),
        "–" if kept.percent is None else str(kept.percent),
        "" if kept.percent is None else "%",
        change_words(kept),
        tone,
        arrow,
        "#kept",
    )


def _missing(scope: Scope, ahead: HeatCell) -> KeyFigure:
    return KeyFigure(
        _("Promised posts missing"),
        str(ahead.missing),
        _("of %(n)d") % {"n": ahead.promised},
        _("in the next six weeks"),
        "risk" if ahead.missing else "ok",
        "calendar3",
        _gaps_url(scope, scope.windows.all_ahead, scope.team),
    )


def _without_owner(scope: Scope, nobody: Sequence[Found]) -> KeyFigure:
    return KeyFigure(
        _("Without an owner"),
        str(len(nobody)),
        "",
        oldest_words(nobody, scope.now),
        "risk" if nobody else "ok",
        "person-exclamation" if nobody else "check-lg",
        _list("unowned", scope),
    )


def _undecided(scope: Scope, waiting: Sequence[WaitingRow]) -> KeyFigure:
    over = sum(1 for row in waiting if row.due_at < scope.now)
    return KeyFigure(
        _("Waiting for a decision"),
        str(len(waiting)),
        "",
        _("%(n)d over the limit") % {"n": over},
        "late" if over else "ok",
        "hourglass-split" if over else "check-lg",
        _list("approvals", scope),
        _list("approvals", scope, late=YES) if over else "",
    )


def _overdue(scope: Scope, late: Sequence[Overdue]) -> KeyFigure:
    return KeyFigure(
        _("Overdue"),
        str(len(late)),
        "",
        _("posts not approved, tasks not done"),
        "late" if late else "ok",
        "exclamation-triangle-fill" if late else "check-lg",
        _late_url(scope),
    )


def _owner_line(scope: Scope, figure: OwnerFigure, every: Sequence[OwnerFigure]) -> dict[str, Any]:
    slug = scope.membership.organization.slug
    return {
        "person": figure.person,
        "count": figure.count,
        "oldest": figure.oldest,
        "bar": charts.share(figure.count, max(f.count for f in every)),
        "url": to("dashboard-overdue", slug, owner=figure.key, plan=scope.plan, team=scope.team),
    }


def _stage_line(scope: Scope, figure: StageFigure, every: Sequence[StageFigure]) -> dict[str, Any]:
    slug = scope.membership.organization.slug
    highest = max(f.waited.total_seconds() for f in every)
    return {
        "figure": figure,
        "bar": charts.share(figure.waited.total_seconds(), highest),
        "url": _list("approvals", scope, stage=figure.name),
        "late_url": _list("approvals", scope, stage=figure.name, late=YES),
        "oldest_url": reverse("story", args=[slug, figure.oldest.item]),
    }
