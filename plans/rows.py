"""What the pages show of each row, put into words before a template sees it: no query, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.models import Blackout, Channel, Commitment, Plan
from plans.records import terms_of
from plans.registry import Occasion, PlanPanels, PromiseCell
from plans.rules import Phase, Terms, standing
from plans.wording import period_words, promise_words, promised, standing_words, when_effective


@dataclass(frozen=True)
class PlanRow:
    """A plan in a list or a head."""

    plan: Plan
    period: str
    standing: str
    is_over: bool
    promises: str = ""
    streams: str = ""
    unowned_streams: int = 0


def plan_row(plan: Plan, today: date) -> PlanRow:
    """The plan in words; its counts where the query carried them."""
    at = standing(plan.starts_on, plan.ends_on, today)
    return PlanRow(
        plan=plan,
        period=period_words(plan.starts_on, plan.ends_on),
        standing=standing_words(at),
        is_over=at.phase == Phase.OVER and plan.state != Plan.State.CLOSED,
        promises=_promise_count(plan),
        streams=_stream_count(plan),
        unowned_streams=getattr(plan, "unowned_streams", 0),
    )


def _promise_count(plan: Plan) -> str:
    promises, channels = getattr(plan, "promise_count", 0), getattr(plan, "channel_count", 0)
    if not promises:
        return ""
    of = ngettext("%(n)d promise", "%(n)d promises", promises) % {"n": promises}
    on = ngettext("%(n)d channel", "%(n)d channels", channels) % {"n": channels}
    return _("%(promises)s on %(channels)s") % {"promises": of, "channels": on}


def _stream_count(plan: Plan) -> str:
    count = getattr(plan, "stream_count", 0)
    return ngettext("%(n)d stream", "%(n)d streams", count) % {"n": count} if count else ""


@dataclass(frozen=True)
class PromiseRow:
    """A promise beside its channel, what upper rooms know of it, and what other plans promise."""

    promise: Commitment
    terms: Terms
    words: str
    when: str
    has_ended: bool = False
    cells: Sequence[PromiseCell | None] = ()
    others: Sequence[str] = field(default_factory=tuple)


def promise_row(promise: Commitment, today: date | None = None) -> PromiseRow:
    """The promise in words."""
    terms = terms_of(promise)
    ended = bool(today and terms.effective_to and terms.effective_to < today)
    return PromiseRow(promise, terms, promise_words(terms), when_effective(terms), ended)


def promise_rows(
    promises: Sequence[Commitment],
    others: Iterable[Commitment],
    panels: PlanPanels,
    occasion: Occasion,
    today: date,
) -> list[PromiseRow]:
    """The table "Cadence promised": what still holds first; each upper room is asked once."""
    columns = [column.cells(occasion, promises) for column in panels.columns]
    elsewhere = _by_channel(others)
    rows = []
    for promise in promises:
        row = promise_row(promise, today)
        rows.append(
            PromiseRow(
                promise=promise,
                terms=row.terms,
                words=row.words,
                when=row.when,
                has_ended=row.has_ended,
                cells=[cells.get(promise.pk) for cells in columns],
                others=elsewhere.get(promise.channel_id, ()),
            )
        )
    return sorted(rows, key=lambda row: row.has_ended)


def _by_channel(others: Iterable[Commitment]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for other in others:
        pattern = _("%(promised)s by %(plan)s")
        words = pattern % {"promised": promised(terms_of(other)), "plan": other.plan.name}
        found[other.channel_id].append(words)
    return found


@dataclass(frozen=True)
class ChannelGroup:
    """The channels of one department."""

    name: str
    channels: Sequence[Channel]


def channel_groups(channels: Iterable[Channel]) -> list[ChannelGroup]:
    """Channels by department, in the order in which they come; those of none under one name."""
    found: dict[str, list[Channel]] = {}
    for channel in channels:
        name = channel.department.name if channel.department else _("No department")
        found.setdefault(name, []).append(channel)
    return [ChannelGroup(name, rows) for name, rows in found.items()]


@dataclass(frozen=True)
class BlackoutRow:
    """Quiet days in words."""

    blackout: Blackout
    days: str
    is_past: bool
    may_remove: bool


def blackout_row(blackout: Blackout, today: date, *, may_remove: bool) -> BlackoutRow:
    """The quiet days in words."""
    days = period_words(blackout.starts_on, blackout.ends_on)
    return BlackoutRow(blackout, days, blackout.ends_on < today, may_remove)
