"""How allauth fits PlanCraft."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.utils.translation import gettext as _

from plancraft.lib.addresses import leads_nowhere

log = logging.getLogger(__name__)
CONFIRMED = "confirmed_address"
"""Where a session keeps the address that was confirmed in it, for the sign-in that follows."""


def absolute(url: str) -> str:
    """The address below the configured one, whatever host it was built for."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return f"{settings.BASE_URL}{path}"


class AccountAdapter(DefaultAccountAdapter):
    """Links in account mails come from the configured address, never from the Host header.

    Account mails go straight to the mail server (or, without one, to the server's log): they are
    never kept where anyone of an organization could read them.
    """

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail that cannot be sent is said to the person; what they did stands.

        None leaves for an address that leads nowhere (the demo's); the server's log may have it.
        """
        if leads_nowhere(email) and "console" not in settings.EMAIL_BACKEND:
            log.info("account mail %s was kept: the address leads nowhere", template_prefix)
            return
        site = SimpleNamespace(name="PlanCraft", domain=urlsplit(settings.BASE_URL).netloc)
        links = {
            key: absolute(str(value)) for key, value in context.items() if key.endswith("_url")
        }
        try:
            super().send_mail(template_prefix, email, {**context, **links, "current_site": site})
        except (SMTPException, OSError) as error:
            log.error("account mail %s was not sent: %s", template_prefix, type(error).__name__)
            messages.error(
                self.request,
                _("The mail could not be sent just now. Sign in later to have it sent again."),
            )

    def get_email_confirmation_url(self, request: Any, emailconfirmation: Any) -> str:
        return absolute(super().get_email_confirmation_url(request, emailconfirmation))

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """To the sign-in, which then knows the address that was just confirmed here."""
        if not self.request.user.is_authenticated:
            self.request.session[CONFIRMED] = email_address.email
        return str(super().get_email_verification_redirect_url(email_address))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return absolute(super().get_reset_password_from_key_url(key))
