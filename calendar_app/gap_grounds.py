"""What a gap hangs on, found again by its key: a promise, or a stakeholder's rhythm.

Gaps are computed, never stored; a key is all that a form carries. It opens nothing that its reader
may not see, and any other text is simply no key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from calendar_app.gap_queries import Gap, fillable, gaps_in, parse_key
from calendar_app.gap_world import Loaded, load
from people.models import Membership, Organization
from plancraft.lib.dates import local_day
from plans.models import Commitment, Plan, Stakeholder
from plans.queries import visible_plans
from plans.stakeholders import queries as stakeholders
from plans.stakeholders import rules


@dataclass(frozen=True)
class Ground:
    """The promise or the stakeholder; rights are asked with `row`, days counted in `zone`."""

    row: Commitment | Stakeholder
    plan: Plan | None
    zone: ZoneInfo

    @property
    def plan_id(self) -> int | None:
        """The plan concerned, as the record names it."""
        return self.plan.pk if self.plan else None

    def facts(self) -> dict[str, Any]:
        """What the record says of it: no name of a person outside."""
        if isinstance(self.row, Stakeholder):
            return {"stakeholder": self.row.pk}
        return {"channel": self.row.channel_id, "channel_name": self.row.channel.name}


def ground_of(
    organization: Organization, viewer: Membership, key: str, *, lock: bool = False
) -> Ground | None:
    """What the key names, if the viewer may see it; None for any other text. One query."""
    found = promises(organization, viewer, key) if is_promise(key) else None
    if found is not None:
        promise = (found.select_for_update(of=("self",)) if lock else found).first()
        return (
            Ground(promise, promise.plan, promise.channel.zone(organization)) if promise else None
        )
    contact = _contact(organization, viewer, key, lock=lock)
    zone = ZoneInfo(organization.time_zone)
    return Ground(contact, contact.plan, zone) if contact else None


def is_promise(key: str) -> bool:
    """Whether the key names a gap of a promise."""
    try:
        parse_key(key)
    except ValueError:
        return False
    return True


def promises(organization: Organization, viewer: Membership, key: str) -> QuerySet[Commitment]:
    """The promise that a promise's key names, of a plan that the viewer sees."""
    return Commitment.objects.filter(
        organization=organization,
        pk=parse_key(key)[1],
        plan__in=visible_plans(organization, viewer).values("pk"),
    ).select_related("plan", "channel")


def _contact(
    organization: Organization, viewer: Membership, key: str, *, lock: bool
) -> Stakeholder | None:
    try:
        pk, _since = rules.parse_key(key)
    except ValueError:
        return None
    rows = stakeholders.visible(organization, viewer).filter(pk=pk)
    rows = rows.select_related("plan", "organization")
    return (rows.select_for_update(of=("self",)) if lock else rows).first()


def as_it_is_now(
    organization: Organization, viewer: Membership, key: str, now: datetime
) -> tuple[Loaded, Gap | None]:
    """The gap that a valid key names, as it is now; None where it is not there (any more)."""
    if is_promise(key):
        return fillable(organization, viewer, key, now)
    window = rules.shown(local_day(now, ZoneInfo(organization.time_zone)))
    loaded = load(organization, viewer, [window], now)
    return loaded, next((gap for gap in gaps_in(loaded, window, now) if gap.key == key), None)
