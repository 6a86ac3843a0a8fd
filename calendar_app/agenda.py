"""What planning meetings are told of the calendar: the gaps of the next two weeks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from calendar_app.gap_queries import Gap, gaps, most_pressing, soon
from people.models import Membership, Organization
from plancraft.lib.dates import local_day
from plans.models import Plan
from plans.registry import AgendaLine


def gap_lines(
    organization: Organization, plan: Plan | None, viewer: Membership | None, now: datetime
) -> list[AgendaLine]:
    """The gaps that can still be put right, the most pressing first; as the page counts them."""
    window = soon(local_day(now, ZoneInfo(organization.time_zone)))
    only = [plan.pk] if plan else None
    found = gaps(organization, viewer, window, now, plans=only)
    page = reverse("gaps", args=[organization.slug])
    return [_line(gap, page) for gap in most_pressing(gap for gap in found if gap.is_ahead)]


def _line(gap: Gap, page: str) -> AgendaLine:
    due = gap.finding.due
    return AgendaLine(
        key=gap.key,
        text=gap.words,
        url=page,
        detail=_("%(where)s, to be put right by %(day)s")
        % {"where": gap.title, "day": date_format(due, _("D j F"))},
        plan_id=gap.plan.pk if gap.plan else None,
        owner=gap.answers,
        is_nobodys=gap.answers is None,
        due=due,
    )
