"""What a plan's page shows of its promises: what is planned next, what was kept, its momentum.

Its tabs lead to the calendar, the gaps and the imports of this plan alone. All the rest comes from
one loading: two or three statements, whatever the number of promises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calendar_app import gap_queries
from calendar_app.gap_queries import PromiseFigure
from calendar_app.gap_world import Loaded
from calendar_app.gaps import coverage
from calendar_app.momentum import HEALTHY, SLIPPING, State, assess, weekly_adherence
from calendar_app.pages import address
from people.permissions import Perm
from plancraft.lib.dates import local_day
from plans.models import Commitment, Plan
from plans.registry import Occasion, PlanFact, PlanTab, PromiseCell

WEEKS = 4
HISTORY = 12
"""Weeks looked back for momentum, of which the last four that asked for something count."""


def _narrowed(name: str) -> Callable[[Plan], str]:
    """The address of a page of this room, narrowed to the plan."""
    return lambda plan: address(name, plan.organization.slug, plan=plan.pk)


TABS = (
    PlanTab("calendar", gettext_lazy("Calendar"), _narrowed("calendar"), order=20),
    PlanTab("gaps", gettext_lazy("Gaps"), _narrowed("gaps"), order=30),
    PlanTab("imports", gettext_lazy("Imports"), _narrowed("imports"), order=80, perm=Perm.IMPORT),
)

_loaded: WeakKeyDictionary[Occasion, Loaded] = WeakKeyDictionary()


def _load(occasion: Occasion) -> Loaded:
    """Once for an occasion; forgotten with it."""
    if occasion not in _loaded:
        organization = occasion.plan.organization
        today = local_day(occasion.now, ZoneInfo(organization.time_zone))
        windows = [
            gap_queries.past_weeks(today, HISTORY, organization.week_start),
            gap_queries.soon(today),
        ]
        _loaded[occasion] = gap_queries.load(
            organization, occasion.membership, windows, occasion.now, plans=[occasion.plan.pk]
        )
    return _loaded[occasion]


def next_14_days(occasion: Occasion, promises: Sequence[Commitment]) -> Mapping[int, PromiseCell]:
    """So many planned of so many promised in the periods of the next 14 days, today included."""
    organization = occasion.plan.organization
    window = gap_queries.soon(local_day(occasion.now, ZoneInfo(organization.time_zone)))
    figures = gap_queries.next_by_promise(_load(occasion), window, occasion.now)
    return {
        promise.pk: _next(figures[promise.pk], promise, organization.slug)
        for promise in promises
        if promise.pk in figures and figures[promise.pk].of
    }


def _next(figure: PromiseFigure, promise: Commitment, slug: str) -> PromiseCell:
    words = _("%(done)d of %(of)d planned") % {"done": figure.done, "of": figure.of}
    if figure.done == figure.of:
        return PromiseCell(words, tone="ok")
    url = address("gaps", slug, plan=promise.plan_id, channel=promise.channel_id, days=14)
    return PromiseCell(words, tone="risk", url=url)


def kept_4_weeks(occasion: Occasion, promises: Sequence[Commitment]) -> Mapping[int, PromiseCell]:
    """So much of what was promised went out on time, in the four weeks before this one (rule 8)."""
    organization = occasion.plan.organization
    today = local_day(occasion.now, ZoneInfo(organization.time_zone))
    span = gap_queries.past_weeks(today, WEEKS, organization.week_start)
    figures = gap_queries.kept_by_promise(_load(occasion), span)
    return {
        promise.pk: _kept(figures[promise.pk])
        for promise in promises
        if promise.pk in figures and figures[promise.pk].of
    }


def _kept(figure: PromiseFigure) -> PromiseCell:
    percent = figure.percent or 0
    tone = "ok" if percent >= 100 * HEALTHY else "risk" if percent >= 100 * SLIPPING else "late"
    words = _("%(done)d of %(of)d") % {"done": figure.done, "of": figure.of}
    return PromiseCell(words, percent=percent, tone=tone)


WORDS = {
    State.HEALTHY: ("ok", gettext_lazy("healthy")),
    State.SLIPPING: ("risk", gettext_lazy("slipping")),
    State.LOST: ("late", gettext_lazy("lost")),
}


def momentum(occasion: Occasion) -> PlanFact | None:
    """The plan's momentum (rule 8); nothing before the first week that asked for something."""
    organization = occasion.plan.organization
    today = local_day(occasion.now, ZoneInfo(organization.time_zone))
    span = gap_queries.past_weeks(today, HISTORY, organization.week_start)
    cells = coverage(_load(occasion).world, span)
    weeks = weekly_adherence(cells, span, today=today, week_start=organization.week_start)
    found = assess(weeks)
    if found.value is None or found.state is None:
        return None
    tone, word = WORDS[found.state]
    detail = _("%(state)s and falling") % {"state": word} if found.falling else str(word)
    return PlanFact(_("Momentum"), f"{int(found.value * 100)}%", detail=detail, tone=tone)
