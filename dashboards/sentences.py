"""What the figures say, as one would say it to someone on the telephone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendar_app.momentum import State
from dashboards import charts
from dashboards.figures import Kept

DIP_LINE = 70
"""Weeks under this many per cent make a dip."""


def state_words(kept: Kept) -> str:
    """Healthy, slipping or lost, and whether it falls."""
    words = {
        State.HEALTHY: _("Healthy"),
        State.SLIPPING: _("Slipping"),
        State.LOST: _("Lost"),
        None: _("Not yet known"),
    }[kept.momentum.state]
    return _("%(state)s, and falling") % {"state": words} if kept.momentum.falling else words


def kept_words(kept: Kept) -> list[tuple[str, str]]:
    """What the chart says, as one would say it to someone on the telephone."""
    known = [week for week in kept.weeks if week.percent is not None]
    if not known:
        return [
            (
                _("Nothing to measure yet."),
                _("The first bar stands here a week after the first promise."),
            )
        ]
    done, asked = sum(w.delivered for w in known), kept.promised
    found = [
        (
            _("In all."),
            _("%(done)d of %(of)d promised posts went out on time in these weeks.")
            % {"done": done, "of": asked},
        )
    ]
    dip = charts.longest_dip([week.percent for week in kept.weeks], DIP_LINE)
    if dip is not None:
        found.append((_("The dip."), _dip_words(kept, dip)))
    last = known[-1]
    found.append(
        (
            _("Now."),
            _("Last week %(done)d of %(of)d, %(percent)d%%.")
            % {"done": last.delivered, "of": last.expected, "percent": last.percent},
        )
    )
    return found


def _dip_words(kept: Kept, dip: charts.Dip) -> str:
    weeks = kept.weeks[dip.first : dip.last + 1]
    lowest = min(week.percent for week in weeks if week.percent is not None)
    pattern = _("%(n)d weeks under %(line)d%%, from %(first)s; the lowest was %(lowest)d%%.")
    return pattern % {
        "n": dip.weeks,
        "line": DIP_LINE,
        "first": date_format(weeks[0].start, "j F"),
        "lowest": lowest,
    }


def change_words(kept: Kept) -> str:
    if kept.change is None:
        return _("nothing to compare with yet")
    if kept.change == 0:
        return _("as in the 4 weeks before")
    pattern = _("up %(n)d points on the 4 weeks before")
    if kept.change < 0:
        pattern = _("down %(n)d points on the 4 weeks before")
    return pattern % {"n": abs(kept.change)}


def oldest_words(nobody: Sequence[Any], now: datetime) -> str:
    if not nobody:
        return _("everything has one")
    days = max((now - row.since).days for row in nobody)
    return ngettext("oldest %(n)d day", "oldest %(n)d days", days) % {"n": days}


def nobody_words(nobody: Sequence[Any], now: datetime) -> str:
    if not nobody:
        return _("Everything has an owner.")
    row = min(nobody, key=lambda r: r.since)
    days = (now - row.since).days
    return ngettext(
        "The oldest is %(title)s, %(n)d day.", "The oldest is %(title)s, %(n)d days.", days
    ) % {"title": row.title, "n": days}
