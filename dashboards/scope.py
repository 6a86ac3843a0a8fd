"""What a viewer's dashboard covers, and what its address narrows it to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from calendar_app.filters import whole_number
from calendar_app.gap_queries import Gap, gaps_in
from calendar_app.gap_world import Loaded, PlanFacts, contacts_of, load
from dashboards.figures import Windows, windows
from dashboards.queries import TaskRow, WaitingRow
from people.models import Membership
from people.permissions import Perm, can
from plancraft.lib.dates import Period
from workflow.filters import MINE
from workflow.registry import Found


@dataclass(frozen=True)
class Scope:
    """One viewer's view from above: the rows, the plans that may be chosen, the choices made."""

    membership: Membership
    now: datetime
    today: date
    loaded: Loaded
    windows: Windows
    plans: dict[int, PlanFacts]
    is_own: bool
    plan: int | None
    team: int | None
    notices: tuple[str, ...]

    @property
    def query(self) -> str:
        """The choices as the address carries them on, `&` first; empty where there are none."""
        given = [(name, getattr(self, name)) for name in ("plan", "team") if getattr(self, name)]
        return f"&{urlencode(given)}" if given else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether it covers less than the viewer could see."""
        return bool(self.plan or self.team)

    @property
    def covered(self) -> frozenset[int] | None:
        """The plans that these figures count; None for everything that the viewer may see."""
        if self.plan is not None:
            return frozenset({self.plan})
        return frozenset(self.plans) if self.is_own else None

    def covers(self, row: WaitingRow | TaskRow | Found) -> bool:
        """Whether the row belongs into these figures."""
        if self.team not in (None, row.team):
            return False
        return self.covered is None or not self.covered.isdisjoint(row.plans)

    @property
    def choice(self) -> dict[str, Any]:
        """What a list of another room is narrowed to, so that it has these figures' rows."""
        plan = self.plan if self.plan is not None else MINE if self.is_own else None
        return {"plan": plan, "team": self.team}


def scope(
    membership: Membership, params: Any, now: datetime, today: date, *, past: bool, ahead: bool
) -> Scope:
    """The viewer's scope, narrowed by `plan` and `team` of the address.

    Members who champion see their own plans only; who champions none is refused
    (`PermissionDenied`). What an address names and is not there narrows nothing, and is said.
    """
    organization = membership.organization
    around = windows(today, organization.week_start)
    asked = [window for window, on in ((around.past, past), (around.all_ahead, ahead)) if on]
    asked_plan = whole_number(params.get("plan", ""))
    loaded = load(organization, membership, asked or [Period(today, today)], now)
    is_own = not can(membership, Perm.DASHBOARD)
    plans = {
        pk: plan
        for pk, plan in loaded.plans.items()
        if not is_own or (plan.owner == membership.pk and plan.closed_on is None)
    }
    if is_own and not plans:
        raise PermissionDenied
    plan = asked_plan if asked_plan in plans else None
    team = whole_number(params.get("team", ""))
    team = team if team in loaded.teams else None
    if is_own or plan is not None:
        loaded = narrowed(loaded, {plan} if plan is not None else set(plans))
    return Scope(
        membership,
        now,
        today,
        loaded,
        around,
        plans,
        is_own,
        plan,
        team,
        tuple(_ignored(params, plan, team)),
    )


def _ignored(params: Any, plan: int | None, team: int | None) -> Iterable[str]:
    if params.get("plan") and plan is None:
        yield _("The address names a plan that is not here, so nothing is narrowed by it.")
    if params.get("team") and team is None:
        yield _("The address names a department that is not here, so nothing is narrowed by it.")


def narrowed(loaded: Loaded, plans: set[int]) -> Loaded:
    """The same rows with the promises and posts of these plans only."""
    world = loaded.world
    items = [item for item in world.items if item.plan in plans]
    kept = {item.id for item in items}
    return replace(
        loaded,
        contacts=contacts_of(loaded.contacts, plans),
        world=replace(
            world,
            commitments=[promise for promise in world.commitments if promise.plan in plans],
            items=items,
            placements=[post for post in world.placements if post.item in kept],
        ),
    )


def all_gaps(found: Scope) -> list[Gap]:
    """Every gap of the weeks behind and ahead."""
    span = Period(found.windows.past.start, found.windows.all_ahead.end)
    return gaps_in(found.loaded, span, found.now)
