"""What a page of the calendar is narrowed to: read from the address, and nothing else.

An address is typed, shortened and passed on, so a value that means nothing is never an error: it is
left out, and the page says so in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calendar_app.models import ItemState

NOBODY, ME, MINE = "none", "me", "mine"
NAMES = ("plan", "channel", "team", "owner", "status")
CAUSED_STATES: dict[str, Any] = {
    "missed": gettext_lazy("Missed"),
    "unconfirmed": gettext_lazy("Did it go out?"),
}
STATUSES: dict[str, Any] = {**dict(ItemState.choices), **CAUSED_STATES}
WORDS: dict[str, Any] = {
    "plan": gettext_lazy("plan"),
    "channel": gettext_lazy("channel"),
    "team": gettext_lazy("team"),
    "owner": gettext_lazy("owner"),
    "status": gettext_lazy("status"),
}


@dataclass(frozen=True)
class Filters:
    """Ids, `owner` also `NOBODY`; None means not narrowed. `status` is a key of `STATUSES`.

    `own` are the plans that one champions, where a page that knows them is narrowed to those.
    """

    plan: int | None = None
    channel: int | None = None
    team: int | None = None
    owner: int | str | None = None
    status: str | None = None
    own: frozenset[int] | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def plans(self) -> frozenset[int] | None:
        """The plans that are shown; None for all of them."""
        return self.own if self.plan is None else frozenset({self.plan})

    @property
    def any(self) -> bool:
        """Whether the page shows less than everything."""
        return bool(self.given)


@dataclass(frozen=True)
class Known:
    """The ids that may be asked for: what this member sees in this organization.

    `own` are the plans they champion; None on a page that cannot be narrowed to several.
    """

    plans: frozenset[int]
    channels: frozenset[int]
    teams: frozenset[int]
    people: frozenset[int]
    me: int
    own: frozenset[int] | None = None


def read(params: Mapping[str, str], known: Known) -> tuple[Filters, list[str]]:
    """The filters of an address, and a sentence for each value that was left out."""
    values: dict[str, Any] = {}
    given: dict[str, str] = {}
    ignored: list[str] = []
    for name in NAMES:
        text = (params.get(name) or "").strip()
        if not text:
            continue
        if (name, text) == ("plan", MINE) and known.own is not None:
            values["own"], given[name] = known.own, text
            continue
        value = _value(name, text, known)
        if value is None:
            ignored.append(_sentence(name))
        else:
            values[name], given[name] = value, text
    return Filters(**values, given=given), ignored


def _value(name: str, text: str, known: Known) -> int | str | None:
    if name == "status":
        return text if text in STATUSES else None
    if name == "owner" and text in (NOBODY, ME):
        return NOBODY if text == NOBODY else known.me
    ids = {"plan": known.plans, "channel": known.channels, "team": known.teams}
    number = whole_number(text)
    return number if number in ids.get(name, known.people) else None


def whole_number(text: str) -> int | None:
    """The id that the text names, or None; never a number that a database cannot hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _sentence(name: str) -> str:
    return _("The address names a %(what)s that is not here, so nothing is narrowed by it.") % {
        "what": WORDS[name]
    }
