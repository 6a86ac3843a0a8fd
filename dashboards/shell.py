"""What this room adds to the frame around every page: *My work* and the dashboard, and counts."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboards import queries
from people.models import Membership
from people.permissions import Perm, can
from people.shell import NavItem, Shell, contribute, page_name

DASHBOARD_PAGES = frozenset({"dashboard", "dashboard-week", "dashboard-overdue"})


@contribute
def entries(request: Any, membership: Membership, shell: Shell) -> None:
    """My work first, with what waits; the dashboard for who may see one. One query.

    It also knows how many decisions wait for the member, and says so beside *Approvals*.
    """
    slug, here = [membership.organization.slug], page_name(request)
    found = queries.counts(membership, timezone.now())
    shell.nav.append(
        NavItem(
            label=_("My work"),
            url=reverse("my-work", args=slug),
            icon="inbox",
            current=here == "my-work",
            count=found.waiting,
            count_late=found.is_late,
            count_word=_("waiting"),
            order=10,
        )
    )
    shell.count_beside(
        reverse("approvals", args=slug),
        found.decisions,
        late=bool(found.decisions_late),
        word=_("wait for you"),
    )
    if can(membership, Perm.DASHBOARD) or (found.champions and membership.role == "member"):
        shell.nav.append(
            NavItem(
                label=_("Dashboard"),
                url=reverse("dashboard", args=slug),
                icon="bar-chart-line",
                current=here in DASHBOARD_PAGES,
                order=70,
            )
        )
