"""What the frame around every page shows: a registry that upper rooms enter themselves in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from people import queries
from people.models import Membership


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
    """Everything around the page: see `templates/shell.html`."""

    organizations: list[OrganizationLink] = field(default_factory=list)
    new_organization_url: str = ""
    nav: list[NavItem] = field(default_factory=list)
    plans: list[PlanLink] = field(default_factory=list)
    create: list[NavItem] = field(default_factory=list)
    account: list[NavItem] = field(default_factory=list)
    foot: str = ""
    unread: int = 0
    inbox_url: str = ""
    theme_url: str = ""
    sign_out_url: str = ""


Contributor = Callable[[Any, Membership, Shell], None]
CONTRIBUTORS: list[Contributor] = []


def contribute(contributor: Contributor) -> Contributor:
    """Enter a function `(request, membership, shell)` that adds to the frame. At most one query."""
    CONTRIBUTORS.append(contributor)
    return contributor


def build(request: Any, membership: Membership) -> Shell:
    """The frame of a page inside an organization."""
    slug = membership.organization.slug
    shell = Shell(
        sign_out_url=reverse("account_logout"),
        organizations=[
            OrganizationLink(
                m.organization.name,
                reverse("organization-home", args=[m.organization.slug]),
                m.organization.slug == slug,
            )
            for m in queries.memberships_of(membership.user)
        ],
    )
    for contributor in CONTRIBUTORS:
        contributor(request, membership, shell)
    shell.nav.sort(key=lambda item: item.order)
    shell.create.sort(key=lambda item: item.order)
    return shell


def context(request: Any) -> dict[str, Any]:
    """Template context: `shell` inside an organization, else None; built before rendering."""
    membership = getattr(request, "membership", None)
    if membership is None or request.headers.get("HX-Request") == "true":
        return {"shell": None}
    return {"shell": build(request, membership)}
