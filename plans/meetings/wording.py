"""Meetings in words: when they take place, and how long they last."""

from __future__ import annotations

from datetime import time

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.meetings.recurrence import LAST, MONTHLY, ONCE, Rule
from plans.wording import all_of, weekday


def rule_words(rule: Rule, clock: time, minutes: int, zone: str = "") -> str:
    """ "Every second Monday, 09:00 to 09:45, until Thu 1 April 2027 (Europe/Berlin)"."""
    parts = [recurrence_words(rule), _("at %(clock)s, %(length)s") % {
        "clock": f"{clock:%H:%M}",
        "length": length_words(minutes),
    }]  # fmt: skip
    if rule.frequency != ONCE:
        parts += _end_words(rule)
    said = ", ".join(parts)
    return f"{said} ({zone})" if zone else said


def recurrence_words(rule: Rule) -> str:
    """On which days: "Every Monday and Thursday", "The last Friday of every second month"."""
    if rule.frequency == ONCE:
        return date_format(rule.first, _("D j F Y"))
    names = all_of([weekday(day) for day in _in_order(rule)])
    if rule.frequency == MONTHLY:
        return _monthly(rule, names)
    if rule.interval == 1:
        return _("Every %(days)s") % {"days": names}
    if rule.interval == 2:
        return _("Every second week on %(days)s") % {"days": names}
    return _("Every %(n)s weeks on %(days)s") % {"n": rule.interval, "days": names}


def _in_order(rule: Rule) -> list[int]:
    return sorted(rule.weekdays, key=lambda day: (day - rule.week_start) % 7)


def _monthly(rule: Rule, name: str) -> str:
    which = {
        1: _("first %(day)s"),
        2: _("second %(day)s"),
        3: _("third %(day)s"),
        4: _("fourth %(day)s"),
        LAST: _("last %(day)s"),
    }[rule.nth or 1] % {"day": name}
    if rule.interval == 1:
        return _("The %(which)s of every month") % {"which": which}
    if rule.interval == 2:
        return _("The %(which)s of every second month") % {"which": which}
    return _("The %(which)s of every %(n)s months") % {"which": which, "n": rule.interval}


def _end_words(rule: Rule) -> list[str]:
    words = []
    if rule.count is not None:
        words.append(ngettext("%(n)s time", "%(n)s times", rule.count) % {"n": rule.count})
    if rule.until is not None:
        words.append(_("until %(day)s") % {"day": date_format(rule.until, _("D j F Y"))})
    return words


def length_words(minutes: int) -> str:
    """ "45 min", "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    parts = [_("%(n)s h") % {"n": hours}] if hours else []
    if rest or not hours:
        parts.append(_("%(n)s min") % {"n": rest})
    return " ".join(parts)
