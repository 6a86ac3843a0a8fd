"""The one sentence that says why something is a gap or a conflict, in plain words.

Calm and factual: what was promised, what is there, what follows. No blame, no jargon.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop, ngettext

from calendar_app.gap_records import Finding, Kind


@dataclass(frozen=True, slots=True)
class Names:
    """What a finding's things are called; empty where it has none.

    ``contact`` says when the stakeholder was last spoken to; ``item`` is the story's title;
    ``event`` and ``other_event`` are those of a collision of events.
    """

    channel: str = ""
    stream: str = ""
    item: str = ""
    stakeholder: str = ""
    contact: str = ""
    event: str = ""
    other_event: str = ""


#: What one template says, filled with ``item``, ``channel`` and ``day``.
SAID: dict[Kind, str] = {
    Kind.EMPTY_SLOT: gettext_noop(
        "A post is promised on %(channel)s for %(day)s and nothing is planned."
    ),
    Kind.MISSING_COMPANION: gettext_noop(
        "“%(item)s” goes out on %(day)s without its companion post on %(channel)s."
    ),
    Kind.BROKEN_EMBARGO: gettext_noop(
        "“%(item)s” would be public on %(channel)s on %(day)s, before its embargo lifts."
    ),
    Kind.MEDIA_NOT_FIRST: gettext_noop(
        "“%(item)s” would be public on %(channel)s on %(day)s, before the media have had it."
    ),
    Kind.COLLISION: gettext_noop(
        "“%(item)s” follows another post on %(channel)s too closely on %(day)s."
    ),
    Kind.BLACKOUT: gettext_noop(
        "“%(item)s” stands on %(day)s, a day on which %(channel)s stays quiet."
    ),
    Kind.AT_RISK: gettext_noop(
        "“%(item)s” is planned on %(channel)s for %(day)s, and the time left is shorter than its "
        "approval takes."
    ),
    Kind.MISSED: gettext_noop(
        "“%(item)s” was planned on %(channel)s for %(day)s and was not ready to go out."
    ),
    Kind.UNCONFIRMED: gettext_noop(
        "“%(item)s” was approved for %(channel)s on %(day)s; nobody has recorded that it went out."
    ),
    Kind.LAPSED_STAKEHOLDER: gettext_noop("%(stakeholder)s: %(contact)s."),
}


def sentence(finding: Finding, names: Names) -> str:
    """Why ``finding`` is one, as one sentence in the active language."""
    if finding.event is not None:
        return _events(finding, names)
    if finding.kind in COUNTED:
        return COUNTED[finding.kind](finding, names)
    return gettext(SAID[finding.kind]) % {
        "item": names.item,
        "channel": names.channel,
        "stakeholder": names.stakeholder,
        "contact": names.contact,
        "day": day_in_words(finding.period.start),
    }


def day_in_words(day: date) -> str:
    """Like "Thu 18 March"."""
    return date_format(day, gettext("D j F"))


def _shortfall(finding: Finding, names: Names) -> str:
    """Two whole sentences by whether anything stands, because "0 of 3" reads like a bill."""
    words = {
        "expected": finding.expected,
        "scheduled": finding.scheduled,
        "channel": names.channel,
        "when": _when(finding),
    }
    if not finding.scheduled:
        return (
            ngettext(
                "%(expected)d post is promised on %(channel)s %(when)s and none is planned.",
                "%(expected)d posts are promised on %(channel)s %(when)s and none is planned.",
                finding.expected or 0,
            )
            % words
        )
    return (
        ngettext(
            "%(scheduled)d of %(expected)d promised post is planned on %(channel)s %(when)s.",
            "%(scheduled)d of %(expected)d promised posts are planned on %(channel)s %(when)s.",
            finding.expected or 0,
        )
        % words
    )


def _when(finding: Finding) -> str:
    start, end = finding.period.start, finding.period.end
    if start == end:
        return gettext("for %(day)s") % {"day": day_in_words(start)}
    return gettext("from %(start)s to %(end)s") % {
        "start": day_in_words(start),
        "end": day_in_words(end),
    }


def _silence(finding: Finding, names: Names) -> str:
    days = len(finding.period)
    return ngettext(
        "Nothing is planned on %(channel)s for %(days)d day, %(when)s.",
        "Nothing is planned on %(channel)s for %(days)d days, %(when)s.",
        days,
    ) % {"channel": names.channel, "days": days, "when": _when(finding)}


def _silent_stream(finding: Finding, names: Names) -> str:
    days = len(finding.period)
    return ngettext(
        "“%(stream)s” is silent past its rhythm for %(days)d day, %(when)s.",
        "“%(stream)s” is silent past its rhythm for %(days)d days, %(when)s.",
        days,
    ) % {"stream": names.stream, "days": days, "when": _when(finding)}


def _events(finding: Finding, names: Names) -> str:
    return gettext(
        "“%(event)s” and “%(other)s” fall on the same day, %(day)s, and neither department "
        "mentions the other."
    ) % {
        "event": names.event,
        "other": names.other_event,
        "day": day_in_words(finding.period.start),
    }


COUNTED: dict[Kind, Callable[[Finding, Names], str]] = {
    Kind.SHORTFALL: _shortfall,
    Kind.SILENCE: _silence,
    Kind.SILENT_STREAM: _silent_stream,
}
