"""What stands beside each promise on a plan's page: what is planned next, and what was kept.

Both columns come from one loading: two statements, whatever the number of promises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from calendar_app import gap_queries
from calendar_app.gap_queries import PromiseFigure
from calendar_app.gap_world import Loaded
from calendar_app.momentum import HEALTHY, SLIPPING
from calendar_app.pages import address
from plancraft.lib.dates import local_day
from plans.models import Commitment
from plans.registry import Occasion, PromiseCell

WEEKS = 4

_loaded: WeakKeyDictionary[Occasion, Loaded] = WeakKeyDictionary()


def _load(occasion: Occasion) -> Loaded:
    """Once for an occasion; forgotten with it."""
    if occasion not in _loaded:
        organization = occasion.plan.organization
        today = local_day(occasion.now, ZoneInfo(organization.time_zone))
        windows = [
            gap_queries.past_weeks(today, WEEKS, organization.week_start),
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
