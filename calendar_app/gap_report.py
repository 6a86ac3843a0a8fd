"""What `manage.py find_gaps --organization` prints: what the gaps page shows, as text or JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendar_app.gap_page import because_words, due_words, title
from calendar_app.gap_queries import Ahead, Gap
from calendar_app.scenario import finding_as_json
from people.models import Organization
from people.queries import organizations
from plancraft.lib.documents import Refused
from plans.models import Plan
from plans.queries import visible_plans


def organization_named(slug: str) -> Organization:
    """The organization with this slug; `Refused` with those there are."""
    known = organizations()
    for organization in known:
        if organization.slug == slug:
            return organization
    names = ", ".join(sorted(organization.slug for organization in known)) or "none yet"
    raise Refused("--organization", f"there is no {slug}; the organizations are: {names}")


def plan_named(organization: Organization, name: str) -> Plan:
    """The plan of that name, in whatever letters; `Refused` with those there are."""
    known = list(visible_plans(organization, None).order_by("name"))
    for plan in known:
        if plan.name.casefold() == name.casefold():
            return plan
    names = ", ".join(plan.name for plan in known) or "none yet"
    raise Refused("--plan", f"there is no “{name}”; the plans are: {names}")


def as_json(organization: Organization, figures: Ahead, found: Iterable[Gap]) -> dict[str, Any]:
    """Everything that the page shows: the figures, and each gap with its names."""
    return {
        "organization": organization.slug,
        "gaps": figures.count,
        "missing": figures.missing,
        "promised": figures.promised,
        "findings": [_gap_as_json(gap) for gap in found],
    }


def _gap_as_json(gap: Gap) -> dict[str, Any]:
    return finding_as_json(gap.finding) | {
        "channel_name": gap.channel.name if gap.channel else None,
        "plan_name": gap.plan.name if gap.plan else None,
        "story": gap.post.title if gap.post else None,
        "stakeholder": gap.stakeholder.name if gap.stakeholder else None,
        "sentence": gap.words,
        "responsible": gap.answers.name if gap.answers else None,
        "because": gap.because or None,
        "waived_until": gap.waiver.expires_on.isoformat() if gap.waiver else None,
        "waived_because": gap.waiver.reason if gap.waiver else None,
        "counts": gap.is_ahead,
    }


def as_text(figures: Ahead, found: list[Gap], today: date) -> list[str]:
    """The same in the page's sections and words, a line for each."""
    parts = {
        _("To fill"): figures.gaps,
        _("To speak with"): [g for g in found if g.is_ahead and g.is_contact],
        _("Past their time"): [
            g for g in found if g.is_ahead and not (g.is_promise or g.is_contact)
        ],
        _("Waived"): [g for g in found if g.waiver and not g.is_past],
        _("Past"): [g for g in found if g.is_past],
    }
    lines = [
        ngettext(
            "%(count)d gap: %(missing)d of %(promised)d promised posts missing.",
            "%(count)d gaps: %(missing)d of %(promised)d promised posts missing.",
            figures.count,
        )
        % {"count": figures.count, "missing": figures.missing, "promised": figures.promised}
    ]
    for heading, gaps in parts.items():
        if gaps:
            lines += ["", f"{heading} ({len(gaps)})", *(_line(gap, today) for gap in gaps)]
    return lines


def _line(gap: Gap, today: date) -> str:
    who = gap.answers.name if gap.answers else _("no one")
    told = f"{gap.finding.severity.value:8}  {title(gap, today)}: {gap.words}"
    if gap.waiver:
        until = date_format(gap.waiver.expires_on, "j F Y")
        return f"{told} “{gap.waiver.reason}” ({until})"
    return f"{told} {due_words(gap, today)} – {who} ({because_words(gap)})"
