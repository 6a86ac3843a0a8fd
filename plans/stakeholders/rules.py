"""When a stakeholder has lapsed (rule 5): pure, on plain days of the organization.

A contact with a rhythm of r days was last spoken to on `last`, or never. What is yet to come does
not count: a touchpoint is something that happened.

    since        = the last touchpoint's day; the day from which we hold the contact if there is
                   none
    due          = since + r       the last day on which the rhythm is still kept
    lapsed from  = due + 1
    lapsed       = today >= lapsed from

`lapses` yields, as silent streams do, also a lapse that would begin within the window, so that it
is seen before it happens. The days of a lapse run from its first day to today; for one that is
ahead that is its first day alone. Its key names contact and `since`: the same lapse is the same
finding every day, until someone speaks with them, and a waiver ends with the rhythm it waived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from plancraft.lib.dates import LATEST, ONE_DAY, Period

KIND = "lapsed_stakeholder"
AHEAD = 7
"""How many days before its due day a lapse is shown among the gaps: a warning's reach (rule 5)."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A stakeholder as the rule sees it. `rhythm_days` None: no rhythm, so it never lapses."""

    id: int
    rhythm_days: int | None
    held_since: date
    last: date | None = None

    @property
    def since(self) -> date:
        """The day from which the rhythm counts."""
        return self.last or self.held_since

    @property
    def due(self) -> date | None:
        """The last day on which the rhythm is kept; None without one, or beyond any calendar."""
        if self.rhythm_days is None or (LATEST - self.since).days <= self.rhythm_days:
            return None
        return self.since + timedelta(days=self.rhythm_days)


@dataclass(frozen=True, slots=True)
class Lapse:
    """That a rhythm is not kept: on which days, and until when it could have been (`due`)."""

    contact: int
    since: date
    due: date
    period: Period

    @property
    def key(self) -> str:
        """Stable over days: `lapsed_stakeholder:ID:SINCE`."""
        return f"{KIND}:{self.contact}:{self.since}"


def shown(today: date) -> Period:
    """The days on which a lapse must run, or begin, to be shown among the gaps."""
    return Period(today, today + timedelta(days=AHEAD + 1))


def is_lapsed(contact: Contact, today: date) -> bool:
    """Whether the rhythm is broken today."""
    return contact.due is not None and contact.due < today


def lapses(contacts: Iterable[Contact], today: date, window: Period) -> Iterator[Lapse]:
    """Each contact's lapse with a day in the window; none in a window that is over.

    What was broken and has been mended is history and no finding.
    """
    if window.end < today:
        return
    for contact in contacts:
        due = contact.due
        if due is None:
            continue
        first = due + ONE_DAY
        run = Period(first, max(first, today))
        if run.overlaps(window):
            yield Lapse(contact.id, contact.since, due, run)


def parse_key(key: str) -> tuple[int, date]:
    """Contact and `since` of a lapse's key; `ValueError` for any other text."""
    kind, contact, since = key.split(":")
    if kind != KIND or not (contact.isascii() and contact.isdigit() and len(contact) < 19):
        raise ValueError("the key names no stakeholder")
    return int(contact), date.fromisoformat(since)
