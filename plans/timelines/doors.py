"""What imports of dates enter in the doors of the rooms below."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import Membership
from people.permissions import Perm, can, register_relation
from people.shell import NavItem, Shell, contribute
from plans.models import TimelineImport


def enter() -> None:
    """The entry in the "New" menu, who counts as the importer, and how it reads in the feed."""
    from plans.timelines import activity_words  # noqa: F401

    register_relation("importer", is_importer)
    contribute(timeline_entry)


def timeline_entry(request: Any, membership: Membership, shell: Shell) -> None:
    """Import key dates, for those who may import. No query."""
    if can(membership, Perm.IMPORT):
        url = reverse("timeline-new", args=[membership.organization.slug])
        shell.create.append(NavItem(_("Import key dates"), url, "calendar2-plus", order=61))


def is_importer(member: Membership, obj: Any) -> bool:
    """The one who imported the file."""
    return isinstance(obj, TimelineImport) and obj.imported_by_id == member.pk
