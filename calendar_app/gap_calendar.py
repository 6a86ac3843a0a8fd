"""The gaps on the month's page: empty slots on their days, the drawer, and its figure.

The drawer and the figure are those of the days ahead from today, whatever month is looked at; the
slots are those of the month's grid. Both come from one loading, so their numbers agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendar_app.calendar_view import Slot
from calendar_app.filters import Filters
from calendar_app.gap_page import contacts_in, covers, drawer_context, for_gaps, narrowed
from calendar_app.gap_queries import SOON, Ahead, Gap, ahead, around, gaps_in, load, soon
from calendar_app.gap_slots import EmptySlot, slots_of
from calendar_app.pages import Figure, address
from people.models import Membership
from people.permissions import Perm, can
from plancraft.lib.dates import Period


@dataclass(frozen=True)
class MonthGaps:
    """What the month shows of gaps; `slots` by day, `ahead` the days ahead from today."""

    slots: Mapping[date, Sequence[Slot]]
    ahead: Ahead
    drawer: dict[str, Any]

    @property
    def label(self) -> str:
        """The figure's words, after its number."""
        if not self.ahead.promised and not self.ahead.count:
            return _("gaps: nothing is promised in the next 14 days")
        return ngettext(
            "gap in the next 14 days, %(missing)d of %(promised)d posts missing",
            "gaps in the next 14 days, %(missing)d of %(promised)d posts missing",
            self.ahead.count,
        ) % {"missing": self.ahead.missing, "promised": self.ahead.promised}


def month_gaps(
    member: Membership, grid: Period, now: datetime, today: date, filters: Filters
) -> MonthGaps:
    """At most three statements. Narrowed to a status, the month shows no empty slot."""
    lists = around(today)
    loaded = load(member.organization, member, [grid, lists], now)
    found = narrowed(gaps_in(loaded, lists, now), filters)
    figures = ahead(loaded, soon(today), found, partial(covers, loaded, filters))
    shown = [] if filters.status else _on_grid(loaded, grid, now, today, filters)
    slots: dict[date, list[Slot]] = defaultdict(list)
    may_fill = can(member, Perm.GAP_FILL)
    for slot in shown:
        slots[slot.day].append(_slot(slot, member.organization.slug, may_fill))
    return MonthGaps(
        slots, figures, drawer_context(member, figures, contacts_in(found), today, filters)
    )


def _on_grid(
    loaded: Any, grid: Period, now: datetime, today: date, filters: Filters
) -> list[EmptySlot]:
    if grid.end < today:
        return []
    found: list[Gap] = narrowed(gaps_in(loaded, grid, now), filters)
    return slots_of(loaded, found, today, grid)


def _slot(slot: EmptySlot, slug: str, may_fill: bool) -> Slot:
    words = ngettext("slot empty", "%(count)d slots empty", slot.count) % {"count": slot.count}
    if may_fill:
        url = address("gap-fill", slug, key=slot.gap.key, date=slot.day)
    else:
        url = address("gaps", slug, channel=slot.gap.channel.pk if slot.gap.channel else None)
    channel = slot.gap.channel.pk if slot.gap.channel else 0
    return Slot(slot.day, channel, url, words)


def add_to_page(
    context: dict[str, Any], found: MonthGaps, slug: str, filters: Filters, cookie: str
) -> None:
    """The drawer and the first figure; the drawer open unless this reader closed it (`cookie`)."""
    url = address("gaps", slug, days=SOON, **for_gaps(filters))
    figure = Figure(found.ahead.count, found.label, url, "gap", icon="exclamation-diamond")
    context["figures"] = [figure, *context["figures"]]
    context["drawer"] = found.drawer
    context["drawer_state"] = "closed" if cookie == "closed" else "open"
