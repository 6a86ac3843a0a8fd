"""What reminders add to the frame around every page, and to the feed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from people.activity import describes
from people.models import Activity, Membership
from people.permissions import Perm, can
from people.shell import NavItem, Shell, contribute


@contribute
def enter(request: Any, membership: Membership, shell: Shell) -> None:
    """*Sent mail* for administrators, one's own reminders for everybody."""
    slug = membership.organization.slug
    here = request.resolver_match.url_name if request.resolver_match else ""
    if can(membership, Perm.SENT_MAIL):
        shell.nav.append(
            NavItem(
                label=_("Sent mail"),
                url=reverse("sent-mail", args=[slug]),
                icon="envelope-check",
                current=here in {"sent-mail", "sent-message"},
                order=85,
            )
        )
    shell.account.append(
        NavItem(
            label=_("Reminders"),
            url=reverse("reminder-settings", args=[slug]),
            icon="bell",
            current=here == "reminder-settings",
            order=40,
        )
    )


@describes("message.sent_again")
def _sent_again(activity: Activity) -> str:
    return _("sent a reminder again")
