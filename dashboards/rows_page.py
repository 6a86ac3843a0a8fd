"""The rows behind a figure of the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards import figures
from dashboards.addresses import to
from dashboards.dashboard_page import overdue
from dashboards.queries import Overview
from dashboards.scope import Scope
from plancraft.lib.dates import Period


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


def overdue_rows(scope: Scope, seen: Overview, params: Any) -> dict[str, Any]:
    """The overdue posts and tasks of one person, of nobody, or of everyone."""
    asked = params.get("owner", "")
    slug = scope.membership.organization.slug
    late = overdue(scope, seen)
    if asked:
        late = [row for row in late if str(row.owner or "nobody") == asked]
    rows = [
        [
            Cell(row.title, reverse(row.page, args=[slug, row.pk]) if row.pk else ""),
            Cell(row.channel or _("Task")),
            Cell(row.plan_name),
            Cell(person=scope.loaded.people.get(row.owner or 0), is_person=True),
            Cell(date_format(row.since, "D j M")),
            Cell((scope.today - row.since).days, is_number=True),
        ]
        for row in late
    ]
    person = scope.loaded.people.get(int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    title = _("Overdue: %(name)s") % {"name": person.name} if person else _("Overdue")
    if asked == "nobody":
        title = _("Overdue, and no one owns it")
    lead = ngettext(
        "%(n)d post or task was not ready when its time had passed.",
        "%(n)d posts and tasks were not ready when their time had passed.",
        len(rows),
    ) % {"n": len(rows)}
    heads = [_("What"), _("Where"), _("Plan"), _("Owner"), _("Was planned for"), _("Days late")]
    return _rows_page(scope, title, lead, heads, rows)
