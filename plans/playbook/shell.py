"""What the playbook adds to the frame around every page. No query."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Membership
from people.permissions import Perm, can
from people.shell import NavItem, Shell, page_name
from plans.registry import Occasion


def entries(request: Any, membership: Membership, shell: Shell) -> None:
    """The playbook in the sidebar, a question in the "New" menu."""
    slug, here = [membership.organization.slug], page_name(request)
    shell.nav.append(
        NavItem(
            label=_("Playbook"),
            url=reverse("playbook", args=slug),
            icon="journal-text",
            current=here.startswith(("playbook", "question", "answer-")),
            order=60,
        )
    )
    if can(membership, Perm.ASK):
        url = reverse("question-new", args=slug)
        shell.create.append(NavItem(_("Question"), url, "chat-left-text", order=60))


def plan_panel(occasion: Occasion) -> dict[str, Any] | None:
    """Where a plan's page leads to asking about it; nothing for those who cannot ask."""
    if not can(occasion.membership, Perm.ASK):
        return None
    address = reverse("question-new", args=[occasion.plan.organization.slug])
    return {"url": f"{address}?plan={occasion.plan.pk}"}
