"""Plans and promises in words: calm, concrete, and the same on every page and in every mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from plans.rules import Doubt, Phase, Standing, Terms, fewest_silent_days, fits

WORKING_WEEK = (0, 1, 2, 3, 4)


def promise_words(terms: Terms) -> str:
    """Like "4 a week, never silent longer than 3 days" or "every Monday, Wednesday and Friday"."""
    words = _rate(terms)
    if terms.max_silence is None:
        return words
    return ngettext(
        "%(promise)s, never silent longer than %(days)d day",
        "%(promise)s, never silent longer than %(days)d days",
        terms.max_silence,
    ) % {"promise": words, "days": terms.max_silence}


def _rate(terms: Terms) -> str:
    weekdays = tuple(sorted(terms.weekdays or ()))
    every_one = terms.per == "week" and terms.count == len(weekdays or range(7))
    if every_one or (terms.per == "day" and terms.count == 1):
        return _every(weekdays)
    count = _count(terms)
    if not weekdays:
        return count
    pattern = gettext("%(count)s, on %(days)s")
    join = all_of if terms.per == "day" else _one_of
    return pattern % {"count": count, "days": join([weekday(d) for d in weekdays])}


def _count(terms: Terms) -> str:
    pattern = {
        "day": gettext("%(count)d a day"),
        "week": gettext("%(count)d a week"),
        "month": gettext("%(count)d a month"),
    }[terms.per]
    return pattern % {"count": terms.count}


def _every(weekdays: Sequence[int]) -> str:
    if len(weekdays) in (0, 7):
        return gettext("every day")
    if tuple(weekdays) == WORKING_WEEK:
        return gettext("every day from Monday to Friday")
    return gettext("every %(days)s") % {"days": all_of([weekday(d) for d in weekdays])}


def weekday(number: int) -> str:
    """The name of a day of the week, Monday = 0."""
    return str(WEEKDAYS[number])


def all_of(words: Sequence[str]) -> str:
    """Names in a row: "Monday, Wednesday and Friday"."""
    return _joined(words, gettext("%(list)s and %(last)s"))


def _one_of(words: Sequence[str]) -> str:
    return _joined(words, gettext("%(list)s or %(last)s"))


def _joined(words: Sequence[str], pattern: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return pattern % {"list": ", ".join(words[:-1]), "last": words[-1]}


def promised(terms: Terms) -> str:
    """Like "3 a week promised"."""
    return gettext("%(promise)s promised") % {"promise": promise_words(terms)}


def when_effective(terms: Terms) -> str:
    """Like "from Mon 1 February 2027"; empty where the promise holds as long as its plan."""
    start, end = terms.effective_from, terms.effective_to
    if start and end:
        return gettext("from %(start)s to %(end)s") % {"start": _day(start), "end": _day(end)}
    if start:
        return gettext("from %(start)s") % {"start": _day(start)}
    return gettext("until %(end)s") % {"end": _day(end)} if end else ""


def period_words(starts_on: date, ends_on: date) -> str:
    """Like "4 January to 14 March 2027", or one day; the first year only where it is another."""
    if starts_on == ends_on:
        return date_format(starts_on, gettext("j F Y"))
    first = gettext("j F") if starts_on.year == ends_on.year else gettext("j F Y")
    return gettext("%(start)s to %(end)s") % {
        "start": date_format(starts_on, first),
        "end": date_format(ends_on, gettext("j F Y")),
    }


def standing_words(standing: Standing) -> str:
    """Like "21 days left", "begins in 3 days", "ended 2 days ago"."""
    days = standing.days
    if standing.phase == Phase.AHEAD:
        return ngettext("begins in %(days)d day", "begins in %(days)d days", days) % {"days": days}
    if standing.phase == Phase.OVER:
        return ngettext("ended %(days)d day ago", "ended %(days)d days ago", days) % {"days": days}
    if days == 0:
        return gettext("last day today")
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


def doubt_words(doubt: Doubt, terms: Terms) -> str:
    """One kind sentence on what may be odd about a promise."""
    words = {"promise": _rate(terms), "fits": fits(terms), "silence": terms.max_silence or 0}
    if doubt == Doubt.MORE_THAN_FITS:
        if terms.per == "day":
            return gettext("%(promise)s is a lot to keep up. Is a day meant?") % words
        return (
            gettext("%(promise)s means more than one post on some days: %(fits)d would fill each.")
            % words
        )
    if doubt == Doubt.SILENCE_TOO_SHORT:
        days = fewest_silent_days(terms)
        return ngettext(
            "Even when it is kept, %(promise)s leaves %(days)d day silent, more than the "
            "%(silence)d you allow.",
            "Even when it is kept, %(promise)s leaves %(days)d days silent, more than the "
            "%(silence)d you allow.",
            days,
        ) % {**words, "days": days}
    if doubt == Doubt.OUTSIDE_THE_PLAN:
        return gettext("It reaches beyond the plan's own period.")
    return gettext(
        "This plan already promises posts on this channel at that time. Both will count."
    )


def _day(value: date) -> str:
    return date_format(value, gettext("D j F Y"))
