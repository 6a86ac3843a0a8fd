"""The import's entry in the "New" menu."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Membership
from people.permissions import Perm, can
from people.shell import NavItem, Shell, contribute


@contribute
def import_entry(request: Any, membership: Membership, shell: Shell) -> None:
    """Import a calendar, for those who may. No query."""
    if can(membership, Perm.IMPORT):
        url = reverse("import-new", args=[membership.organization.slug])
        shell.create.append(NavItem(_("Import a calendar"), url, "file-earmark-arrow-up", order=60))
