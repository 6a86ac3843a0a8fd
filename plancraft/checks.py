"""What `check --deploy` says about PlanCraft's own settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register(deploy=True)
def two_roles(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The role that serves must not be the one that owns the tables."""
    if settings.DATABASE_OWNER["USER"] != settings.DATABASES["default"]["USER"]:
        return []
    return [
        Warning(
            "The application runs as the owner of its tables, so it could rewrite the record.",
            hint="Set DATABASE_OWNER_URL to a role that migrates and DATABASE_URL to another.",
            id="plancraft.W001",
        )
    ]


@register(deploy=True)
def public_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Links in mails and cookies rely on the address being https."""
    if settings.BASE_URL.startswith("https://"):
        return []
    return [
        Warning(
            "BASE_URL is not an https address; cookies and links would travel in the open.",
            id="plancraft.W002",
        )
    ]
