"""What a member answers for, as their page shows it: the first of each kind, or one kind by pages.

Someone who owns a thousand things has a page as light as anyone's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from people.registry import OwnedThing

SHOWN = 20
PER_PAGE = 50


@dataclass(frozen=True)
class OwnedKind:
    """The first things of one kind; `count` is of all of them."""

    slug: str
    noun: str
    things: Sequence[OwnedThing]
    count: int

    @property
    def is_cut(self) -> bool:
        """Whether there are more than are shown."""
        return self.count > len(self.things)


def by_kind(things: Iterable[OwnedThing]) -> list[OwnedKind]:
    """The first `SHOWN` of each kind, in the order in which the kinds come."""
    found: dict[str, list[OwnedThing]] = {}
    for thing in things:
        found.setdefault(thing.kind, []).append(thing)
    return [OwnedKind(slug, rows[0].noun, rows[:SHOWN], len(rows)) for slug, rows in found.items()]


def page_of_kind(
    things: Iterable[OwnedThing], kind: str, number: str | None
) -> Page[OwnedThing] | None:
    """A page of everything of that kind; None where the member owns nothing of it."""
    rows = [thing for thing in things if thing.kind == kind]
    return Paginator(rows, PER_PAGE).get_page(number) if rows else None
