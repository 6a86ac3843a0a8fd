"""What the frame around every page shows: a registry that upper rooms enter themselves in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people import queries
from people.models import Membership
from people.permissions import Perm, can


@dataclass(frozen=True)
class NavItem:
    """One entry of the sidebar or a menu; `count` beside it, read out with `count_word`."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0
    count_late: bool = False
    count_word: str = ""
    order: int = 50


@dataclass(frozen=True)
class PlanLink:
    """One plan in the sidebar; `nobody` where it has no champion."""

    name: str
    url: str
    current: bool = False
    nobody: bool = False
    days_left: int | None = None


@dataclass(frozen=True)
class OrganizationLink:
    """One organization in the switcher."""

    name: str
    url: str
    current: bool = False


@dataclass
class Shell:
    """Everything around the page: see `templates/shell.html`.

    `settings` are the tabs of the settings pages (`people/_settings_tabs.html`).
    """

    organizations: list[OrganizationLink] = field(default_factory=list)
    new_organization_url: str = ""
    nav: list[NavItem] = field(default_factory=list)
    plans: list[PlanLink] = field(default_factory=list)
    create: list[NavItem] = field(default_factory=list)
    account: list[NavItem] = field(default_factory=list)
    settings: list[NavItem] = field(default_factory=list)
    foot: str = ""
    unread: int = 0
    inbox_url: str = ""
    theme_url: str = ""
    sign_out_url: str = ""

    def count_beside(self, url: str, count: int, *, late: bool, word: str) -> None:
        """Put a count beside the sidebar's entry of that address, which a room below entered."""
        self.nav = [
            replace(item, count=count, count_late=late, count_word=word)
            if item.url == url
            else item
            for item in self.nav
        ]


Contributor = Callable[[Any, Membership, Shell], None]
CONTRIBUTORS: list[Contributor] = []


def contribute(contributor: Contributor) -> Contributor:
    """Enter a function `(request, membership, shell)` that adds to the frame. At most one query."""
    CONTRIBUTORS.append(contributor)
    return contributor


def build(request: Any, membership: Membership) -> Shell:
    """The frame of a page inside an organization; `member_view` has read the memberships."""
    slug = membership.organization.slug
    memberships = getattr(request, "memberships", None)
    if memberships is None:
        memberships = queries.memberships_of(membership.user)
    shell = Shell(
        organizations=[
            OrganizationLink(
                m.organization.name,
                reverse("organization-home", args=[m.organization.slug]),
                m.organization.slug == slug,
            )
            for m in memberships
        ],
        new_organization_url=reverse("organization-new"),
        foot=date_format(timezone.localdate(), "D j F Y"),
        theme_url=reverse("theme"),
        sign_out_url=reverse("account_logout"),
    )
    _own_items(request, membership, shell)
    for contributor in CONTRIBUTORS:
        contributor(request, membership, shell)
    _settings_item(shell)
    for items in (shell.nav, shell.create, shell.account, shell.settings):
        items.sort(key=lambda item: item.order)
    return shell


PEOPLE_PAGES = frozenset({"people", "person", "person-change", "person-hand-over"}) | frozenset(
    {"person-deactivate", "invitations", "invitation-new", "invitation-renew"}
)


def page_name(request: Any) -> str:
    """The name of the page's address; empty where none was found."""
    match = getattr(request, "resolver_match", None)
    return (match.url_name or "") if match else ""


def _own_items(request: Any, membership: Membership, shell: Shell) -> None:
    """What this room itself enters: People, Settings with its tabs, and the person's menu."""
    slug, here = [membership.organization.slug], page_name(request)
    in_people = here in PEOPLE_PAGES
    shell.nav.append(
        NavItem(_("People"), reverse("people", args=slug), "people", in_people, order=80)
    )
    if can(membership, Perm.ORGANIZATION_EDIT):
        shell.settings += [
            _tab(_("Working time"), "organization-settings", slug, here, 10, "closure-day-add"),
            _tab(
                _("Departments"),
                "departments",
                slug,
                here,
                20,
                "department-edit",
                "department-delete",
            ),
        ]
    if can(membership, Perm.AUDIT):
        shell.settings.append(_tab(_("Audit trail"), "audit", slug, here, 90))
    shell.account.append(NavItem(_("Profile"), reverse("profile"), "person", order=10))


def _tab(label: str, name: str, slug: list[str], here: str, order: int, *also: str) -> NavItem:
    current = here == name or here in also
    return NavItem(label, reverse(name, args=slug), "gear", current, order=order)


def _settings_item(shell: Shell) -> None:
    """One entry for all settings, which leads to the first that the member may open."""
    if shell.settings:
        first = min(shell.settings, key=lambda item: item.order)
        current = any(item.current for item in shell.settings)
        shell.nav.append(NavItem(_("Settings"), first.url, "gear", current, order=90))


def context(request: Any) -> dict[str, Any]:
    """Template context: `theme`, and `shell` inside an organization; built before rendering."""
    user = getattr(request, "user", None)
    theme = user.theme if user is not None and user.is_authenticated else "auto"
    membership = getattr(request, "membership", None)
    if membership is None or request.headers.get("HX-Request") == "true":
        return {"shell": None, "theme": theme}
    return {"shell": build(request, membership), "theme": theme}
