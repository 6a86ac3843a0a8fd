"""What this room adds to the frame around every page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Membership
from people.permissions import Perm, can
from people.shell import NavItem, Shell, contribute

CALENDAR_PAGES = frozenset({"calendar", "calendar-list", "tray"})
GAP_PAGES = frozenset({"gaps", "gap-fill", "gap-hand-on", "gap-waive"})


@contribute
def calendar_entries(request: Any, membership: Membership, shell: Shell) -> None:
    """The calendar and its gaps in the sidebar, and a new story in the "New" menu. No query."""
    slug = membership.organization.slug
    match = getattr(request, "resolver_match", None)
    shell.nav.append(
        NavItem(
            label=_("Calendar"),
            url=reverse("calendar", args=[slug]),
            icon="calendar3",
            current=bool(match and match.url_name in CALENDAR_PAGES),
            order=20,
        )
    )
    shell.nav.append(
        NavItem(
            label=_("Gaps"),
            url=reverse("gaps", args=[slug]),
            icon="exclamation-diamond",
            current=bool(match and match.url_name in GAP_PAGES),
            order=30,
        )
    )
    if can(membership, Perm.STORY_EDIT):
        shell.create.append(
            NavItem(
                label=_("Story"),
                url=reverse("story-new", args=[slug]),
                icon="pencil-square",
                order=10,
            )
        )
