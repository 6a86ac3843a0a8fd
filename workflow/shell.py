"""What this room adds to the frame around every page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Membership
from people.permissions import Perm, can
from people.shell import NavItem, Shell, contribute, page_name

SETTINGS_PAGES = frozenset({"workflow-settings", "workflow-new", "workflow-edit"})


@contribute
def workflow_entries(request: Any, membership: Membership, shell: Shell) -> None:
    """Approvals in the sidebar, who approves what among the settings. No query."""
    slug, here = membership.organization.slug, page_name(request)
    shell.nav.append(
        NavItem(
            _("Approvals"),
            reverse("approvals", args=[slug]),
            "patch-check",
            here in ("approvals", "revision"),
            order=38,
        )
    )
    if can(membership, Perm.WORKFLOW_EDIT):
        shell.settings.append(
            NavItem(
                _("Who approves what"),
                reverse("workflow-settings", args=[slug]),
                "patch-check",
                here in SETTINGS_PAGES,
                order=40,
            )
        )
