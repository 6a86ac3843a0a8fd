"""The import's entry in the "New" menu, and who counts as the one who imported."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Membership
from people.permissions import Perm, can
from people.shell import NavItem, Shell
from plans.models import TimelineImport


def timeline_entry(request: Any, membership: Membership, shell: Shell) -> None:
    """Import key dates, for those who may import. No query."""
    if can(membership, Perm.IMPORT):
        url = reverse("timeline-new", args=[membership.organization.slug])
        shell.create.append(NavItem(_("Import key dates"), url, "calendar2-plus", order=61))


def is_importer(member: Membership, obj: Any) -> bool:
    """The one who imported the file."""
    return isinstance(obj, TimelineImport) and obj.imported_by_id == member.pk
