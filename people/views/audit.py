"""The audit trail: who did what to which thing, when, and whether the record is whole."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from people import activity, queries, sealing
from people.forms import AuditForm
from people.http import MemberRequest, member_view
from people.models import Organization
from people.permissions import Perm
from plancraft.lib.dates import at_wall_clock

PAGE = 50


def _midnight(day: date | None, organization: Organization, days: int = 0) -> datetime | None:
    """When that day, or one some days later, begins for the organization."""
    if day is None:
        return None
    return at_wall_clock(day + timedelta(days=days), time(0), ZoneInfo(organization.time_zone))


def _filter(organization: Organization, wanted: dict[str, Any]) -> queries.AuditFilter:
    return queries.AuditFilter(
        actor_id=wanted["person"],
        subject_type=wanted["thing"] or "",
        subject_id=wanted["id"] if wanted["thing"] else None,
        since=_midnight(wanted["since"], organization),
        until=_midnight(wanted["until"], organization, days=1),
        before=wanted["before"],
    )


@require_GET
@member_view(Perm.AUDIT)
def audit(request: MemberRequest) -> HttpResponse:
    """Newest first, a page at a time; each page begins where the last one ended."""
    organization = request.organization
    actors, recorded = queries.recorded(organization)
    kinds = [(label, activity.thing_name(label)) for label in recorded]
    form = AuditForm(request.GET, actors=actors, kinds=kinds)
    wanted = form.valid_part()
    trail = queries.audit_trail(organization, request.membership, _filter(organization, wanted))
    rows = list(trail[: PAGE + 1])
    context = {
        "form": form,
        "rows": activity.feed(rows[:PAGE], request.membership),
        "next_before": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "is_filtered": any(value for name, value in wanted.items() if name != "before"),
        "is_first_page": wanted["before"] is None,
        "alarm": sealing.alarm(now=timezone.now(), organization=organization),
        "head": sealing.head_of(organization.pk),
    }
    return render(request, "people/audit.html", context)
