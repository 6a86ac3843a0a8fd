"""What the pages of this room show: words, addresses and charts around the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendar_app.momentum import State
from dashboards import charts, figures
from dashboards.figures import Kept, OwnerFigure, StageFigure
from dashboards.queries import Desk, Overview, WaitingRow
from dashboards.scope import Scope, all_gaps
from dashboards.work import Work, headline
from people.models import Membership
from people.permissions import WORKERS, Perm, can
from people.rules import WorkingCalendar
from plancraft.lib.dates import Period
from workflow.clock import Clock, clock

DIP_LINE = 70
PERSONS_SHOWN = 8


def to(name: str, slug: str, *args: Any, **query: Any) -> str:
    """The address of a page with its query; parameters that are None are left out."""
    url = reverse(name, args=[slug, *args])
    given = {key: value for key, value in query.items() if value is not None}
    return f"{url}?{urlencode(given)}" if given else url


# My work --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A thing nobody owns, as `components/claim_row.html` takes it."""

    id: str
    title: str
    url: str
    meta: list[str]
    days: int
    claim_url: str
    suggest_url: str


def my_work(me: Membership, desk: Desk, found: Work, now: datetime, today: date) -> dict[str, Any]:
    """Everything that `dashboards/my_work.html` needs."""
    slug = me.organization.slug
    works = me.role in WORKERS
    return {
        "work": found,
        "lead": f"{date_format(today, 'l j F')}. {headline(found.counts)}",
        "offers": [_offer_line(slug, desk, offer) for offer in desk.offers],
        "claims": [_claim_line(slug, desk, row, now, works) for row in desk.nobody],
        "nobody_count": desk.nobody_count,
        "finished": desk.finished,
        "may_claim": works,
        "stages": _stage_note(found),
        "first_run": first_run(me, desk.first_run),
        "now": now,
        "today": today,
    }


def _offer_line(slug: str, desk: Desk, offer: Any) -> dict[str, Any]:
    return {
        "offer": offer,
        "by": desk.people.get(offer.offered_by),
        "url": _thing_url(slug, offer.label, offer.thing),
        "noun": NOUNS().get(offer.label, ""),
    }


def NOUNS() -> dict[str, str]:
    """What each kind of thing is called."""
    return {
        "calendar_app.ContentItem": _("story"),
        "plans.Channel": _("channel"),
        "plans.Stream": _("stream"),
        "plans.Plan": _("plan"),
    }


PAGES = {
    "calendar_app.ContentItem": "story",
    "story": "story",
    "plans.Channel": "channel",
    "channel": "channel",
    "plans.Plan": "plan",
    "plan": "plan",
}


def _thing_url(slug: str, label: str, pk: int) -> str:
    page = PAGES.get(label)
    return reverse(page, args=[slug, pk]) if page else reverse("plans", args=[slug])


def _claim_line(slug: str, desk: Desk, row: Any, now: datetime, works: bool) -> ClaimLine:
    meta = [text for text in (row.plan_name if row.slug != "plan" else "", row.channel) if text]
    if row.slug == "plan":
        meta.append(_("This plan has no champion"))
    if row.slug == "stream" and row.plan:
        meta = [_("Stream of %(plan)s") % {"plan": row.plan_name}]
    if row.slug == "channel":
        meta = [_("Channel")]
    person = desk.people.get(row.responsible) if row.responsible else None
    if person is not None:
        meta.append(_("%(name)s is reminded instead") % {"name": person.name})
    url = (
        reverse("plan", args=[slug, row.plan]) + "#streams"
        if row.slug == "stream"
        else _thing_url(slug, row.slug, row.pk)
    )
    return ClaimLine(
        id=f"claim-{row.slug}-{row.pk}",
        title=row.title,
        url=url,
        meta=meta,
        days=max(0, (now - row.since).days),
        claim_url=reverse("own-claim", args=[slug, row.slug, row.pk]),
        suggest_url=reverse("own-hand-on", args=[slug, row.slug, row.pk]) if works else "",
    )


def _stage_note(found: Work) -> str:
    names = list(dict.fromkeys(decision.row.stage for decision in found.decisions))
    return _("You decide at: %(stages)s") % {"stages": ", ".join(names)} if names else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a new organization: what, why, and where it is done."""

    title: str
    why: str
    is_done: bool
    url: str
    button: str


def first_run(me: Membership, counts: dict[str, int]) -> list[Step]:
    """The next steps of a new organization; none once anything is promised and planned."""
    if me.role not in WORKERS or (counts["promises"] and counts["stories"]):
        return []
    slug = me.organization.slug
    leads = can(me, Perm.CHANNEL_CREATE)
    return [
        Step(
            _("Name the channels"),
            _("Instagram, the newsletter, the blog: each with one owner."),
            counts["channels"] > 0,
            reverse("channel-new", args=[slug]) if leads else "",
            _("Add a channel"),
        ),
        Step(
            _("Add a plan, with one champion"),
            _("Its period, what it is for, and who answers for it."),
            counts["plans"] > 0,
            reverse("plan-new", args=[slug]),
            _("New plan"),
        ),
        Step(
            _("Say how often"),
            _("“Instagram, four times a week.” From then on the gaps show."),
            counts["promises"] > 0,
            reverse("plans", args=[slug]),
            _("To the plans"),
        ),
        Step(
            _("Import the calendar you have"),
            _("A spreadsheet will do. Nothing is saved before you have looked."),
            counts["stories"] > 0,
            reverse("import-new", args=[slug]),
            _("Import"),
        ),
    ]


# The dashboard ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Filter:
    """One choice above the page."""

    name: str
    label: str
    choices: list[tuple[int, str]]
    value: int | str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number at the top, which leads to its rows."""

    label: str
    value: str
    unit: str
    note: str
    tone: str
    icon: str
    url: str


def filters(scope: Scope) -> list[Filter]:
    """Plan and department."""
    plans = sorted(scope.plans.values(), key=lambda plan: plan.name.casefold())
    teams = sorted(scope.loaded.teams.items(), key=lambda team: team[1].casefold())
    found = [
        Filter("plan", _("All plans"), [(p.pk, p.name) for p in plans], scope.plan or ""),
        Filter("team", _("All departments"), teams, scope.team or ""),
    ]
    return [choice for choice in found if choice.choices]


def dashboard(scope: Scope, seen: Overview) -> dict[str, Any]:
    """Everything that `dashboards/dashboard.html` needs."""
    loaded, slug = scope.loaded, scope.membership.organization.slug
    gaps = all_gaps(scope)
    kept = figures.kept(loaded, scope.windows.past, scope.today, scope.team)
    late = figures.overdue(gaps, scope.team)
    waiting = [row for row in seen.waiting if scope.covers(row)]
    nobody = [row for row in seen.nobody if scope.covers(row)]
    ahead = figures.everything(loaded, scope.windows.all_ahead, scope.now, scope.team)
    stages = figures.by_stage(waiting, scope.now, lambda row: _clock(scope, row))
    owners = figures.by_owner(loaded, late)
    counts = figures.ages(nobody, scope.now)
    return {
        "scope": scope,
        "notices": scope.notices,
        "filters": filters(scope),
        "lead": _lead(scope),
        "clear_url": reverse("dashboard", args=[slug]) if scope.is_narrowed else "",
        "key_figures": _key_figures(scope, kept, ahead, nobody, waiting, late),
        "kept": kept,
        "kept_words": kept_words(kept),
        "state": state_words(kept),
        **_week_charts(kept),
        "heat": _heat(scope),
        "heat_weeks": scope.windows.ahead,
        "ahead": ahead,
        "gaps_url": _gaps_url(scope, scope.windows.all_ahead, scope.team),
        "ages": charts.age_chart(counts),
        "nobody": nobody,
        "nobody_words": _nobody_words(nobody, scope.now),
        "unowned_url": reverse("unowned", args=[slug]),
        "owners": [_owner_line(scope, figure, owners) for figure in owners[:PERSONS_SHOWN]],
        "owners_more": max(0, len(owners) - PERSONS_SHOWN),
        "late": late,
        "late_url": to("dashboard-overdue", slug, plan=scope.plan, team=scope.team),
        "stages": [_stage_line(scope, figure, stages) for figure in stages],
        "waiting": waiting,
        "approvals_url": to("approvals", slug, show="all"),
    }


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
    return to("gaps", slug, **span, plan=scope.plan, team=team)


def _heat(scope: Scope) -> list[dict[str, Any]]:
    rows = figures.heat(scope.loaded, scope.windows.ahead, scope.now, scope.team)
    links = scope.plan is not None or not scope.is_own
    return [
        {
            "name": row.name,
            "cells": [
                {"cell": c, "url": _gaps_url(scope, c.week, row.team) if links else ""}
                for c in row.cells
            ],
        }
        for row in rows
    ]


def _key_figures(
    scope: Scope,
    kept: Kept,
    ahead: figures.HeatCell,
    nobody: Sequence[Any],
    waiting: Sequence[WaitingRow],
    late: Sequence[Any],
) -> list[KeyFigure]:
    slug = scope.membership.organization.slug
    over = sum(1 for row in waiting if row.due_at < scope.now)
    change = kept.change
    tone, arrow = "ink", "arrow-right"
    if change:
        tone, arrow = ("ok", "arrow-up-right") if change > 0 else ("late", "arrow-down-right")
    return [
        KeyFigure(
            _("On time, last 4 weeks"),
            "–" if kept.percent is None else str(kept.percent),
            "" if kept.percent is None else "%",
            _change_words(kept),
            tone,
            arrow,
            "#kept",
        ),
        KeyFigure(
            _("Promised posts missing"),
            str(ahead.missing),
            _("of %(n)d") % {"n": ahead.promised},
            _("in the next six weeks"),
            "risk" if ahead.missing else "ok",
            "calendar3",
            _gaps_url(scope, scope.windows.all_ahead, scope.team),
        ),
        KeyFigure(
            _("Without an owner"),
            str(len(nobody)),
            "",
            _oldest_words(nobody, scope.now),
            "risk" if nobody else "ok",
            "person-exclamation" if nobody else "check-lg",
            to("unowned", slug),
        ),
        KeyFigure(
            _("Waiting for a decision"),
            str(len(waiting)),
            "",
            _("%(n)d over the limit") % {"n": over},
            "late" if over else "ok",
            "hourglass-split" if over else "check-lg",
            to("approvals", slug, show="all"),
        ),
        KeyFigure(
            _("Overdue"),
            str(len(late)),
            "",
            _("posts not approved in time"),
            "late" if late else "ok",
            "exclamation-triangle-fill" if late else "check-lg",
            to("dashboard-overdue", slug, plan=scope.plan, team=scope.team),
        ),
    ]


def _change_words(kept: Kept) -> str:
    if kept.change is None:
        return _("nothing to compare with yet")
    if kept.change == 0:
        return _("as in the 4 weeks before")
    pattern = _("up %(n)d points on the 4 weeks before")
    if kept.change < 0:
        pattern = _("down %(n)d points on the 4 weeks before")
    return pattern % {"n": abs(kept.change)}


def _oldest_words(nobody: Sequence[Any], now: datetime) -> str:
    if not nobody:
        return _("everything has one")
    days = max((now - row.since).days for row in nobody)
    return ngettext("oldest %(n)d day", "oldest %(n)d days", days) % {"n": days}


def _nobody_words(nobody: Sequence[Any], now: datetime) -> str:
    if not nobody:
        return _("Everything has an owner.")
    row = min(nobody, key=lambda r: r.since)
    days = (now - row.since).days
    return ngettext(
        "The oldest is %(title)s, %(n)d day.", "The oldest is %(title)s, %(n)d days.", days
    ) % {"title": row.title, "n": days}


# Sentences ------------------------------------------------------------------------------------
def state_words(kept: Kept) -> str:
    """Healthy, slipping or lost, and whether it falls."""
    words = {
        State.HEALTHY: _("Healthy"),
        State.SLIPPING: _("Slipping"),
        State.LOST: _("Lost"),
        None: _("Not yet known"),
    }[kept.momentum.state]
    return _("%(state)s, and falling") % {"state": words} if kept.momentum.falling else words


def kept_words(kept: Kept) -> list[tuple[str, str]]:
    """What the chart says, as one would say it to someone on the telephone."""
    known = [week for week in kept.weeks if week.percent is not None]
    if not known:
        return [
            (
                _("Nothing to measure yet."),
                _("The first bar stands here a week after the first promise."),
            )
        ]
    done, asked = sum(w.delivered for w in known), kept.promised
    found = [
        (
            _("In all."),
            _("%(done)d of %(of)d promised posts went out on time in these weeks.")
            % {"done": done, "of": asked},
        )
    ]
    dip = charts.longest_dip([week.percent for week in kept.weeks], DIP_LINE)
    if dip is not None:
        found.append((_("The dip."), _dip_words(kept, dip)))
    last = known[-1]
    found.append(
        (
            _("Now."),
            _("Last week %(done)d of %(of)d, %(percent)d%%.")
            % {"done": last.delivered, "of": last.expected, "percent": last.percent},
        )
    )
    return found


def _dip_words(kept: Kept, dip: charts.Dip) -> str:
    weeks = kept.weeks[dip.first : dip.last + 1]
    lowest = min(week.percent for week in weeks if week.percent is not None)
    pattern = _("%(n)d weeks under %(line)d%%, from %(first)s; the lowest was %(lowest)d%%.")
    return pattern % {
        "n": dip.weeks,
        "line": DIP_LINE,
        "first": date_format(weeks[0].start, "j F"),
        "lowest": lowest,
    }


# Bars across ------------------------------------------------------------------------------------
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
        "url": to("approvals", slug, show="all"),
        "oldest_url": reverse("story", args=[slug, figure.oldest.item]),
    }


# Rows behind a figure ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a list: words, perhaps with an address, or a person."""

    text: Any = ""
    url: str = ""
    person: Any = None
    is_person: bool = False
    is_number: bool = False


def _rows_page(
    scope: Scope, title: str, lead: str, heads: list[str], rows: list[list[Cell]]
) -> dict[str, Any]:
    slug = scope.membership.organization.slug
    back = to("dashboard", slug, plan=scope.plan, team=scope.team)
    return {
        "title": title,
        "lead": lead,
        "heads": heads,
        "rows": rows,
        "notices": scope.notices,
        "crumbs": [(_("Dashboard"), back), (title, "")],
        "back_url": back,
    }


def week_rows(scope: Scope, week: Period) -> dict[str, Any]:
    """The promises that counted in a week; their sums are the bar's figures."""
    loaded = scope.loaded
    rows = []
    done = asked = 0
    for cell in figures.cells_of_week(loaded, week, scope.team):
        owed = max(0, cell.expected - cell.historical)
        kept = min(cell.delivered, owed)
        if not owed:
            continue
        channel, plan = (
            loaded.channels[int(cell.commitment.channel)],
            loaded.plans[int(cell.commitment.plan)],
        )
        done, asked = done + kept, asked + owed
        rows.append(
            [
                Cell(channel.name, _calendar_url(scope, cell.period, channel.pk, plan.pk)),
                Cell(plan.name),
                Cell(person=loaded.people.get(channel.owner or 0), is_person=True),
                Cell(owed, is_number=True),
                Cell(kept, is_number=True),
                Cell(owed - kept or "", is_number=True),
            ]
        )
    lead = _("%(done)d of %(of)d promised posts went out on time.") % {"done": done, "of": asked}
    title = _("Week of %(day)s") % {"day": date_format(week.start, "j F Y")}
    heads = [_("Channel"), _("Plan"), _("Owner"), _("Promised"), _("On time"), _("Missing or late")]
    return _rows_page(scope, title, lead, heads, rows)


def _calendar_url(scope: Scope, period: Period, channel: int, plan: int) -> str:
    slug = scope.membership.organization.slug
    return to("calendar-list", slug, date=period.start.isoformat(), channel=channel, plan=plan)


def overdue_rows(scope: Scope, params: Any) -> dict[str, Any]:
    """The overdue posts of one person, of nobody, or of everyone."""
    asked = params.get("owner", "")
    slug = scope.membership.organization.slug
    late = figures.overdue(all_gaps(scope), scope.team)
    if asked:
        late = [gap for gap in late if str(figures.owner_of(gap) or "nobody") == asked]
    rows = [
        [
            Cell(
                gap.post.title if gap.post else gap.title,
                reverse("story", args=[slug, gap.post.item]) if gap.post else "",
            ),
            Cell(gap.channel.name if gap.channel else ""),
            Cell(gap.plan.name if gap.plan else ""),
            Cell(person=scope.loaded.people.get(figures.owner_of(gap) or 0), is_person=True),
            Cell(date_format(gap.finding.period.start, "D j M")),
            Cell(
                (scope.today - gap.finding.period.start).days,
                is_number=True,
            ),
        ]
        for gap in late
    ]
    person = scope.loaded.people.get(int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    title = _("Overdue: %(name)s") % {"name": person.name} if person else _("Overdue")
    if asked == "nobody":
        title = _("Overdue, and no one owns it")
    lead = ngettext(
        "%(n)d post was not approved when its time had passed.",
        "%(n)d posts were not approved when their time had passed.",
        len(rows),
    ) % {"n": len(rows)}
    heads = [_("Story"), _("Channel"), _("Plan"), _("Owner"), _("Was planned for"), _("Days late")]
    return _rows_page(scope, title, lead, heads, rows)
