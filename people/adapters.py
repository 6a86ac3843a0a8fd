"""How allauth fits PlanCraft."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class AccountAdapter(DefaultAccountAdapter):
    """Links in account mails come from the configured address, never from the Host header."""

    def _absolute(self, url: str) -> str:
        path = "/" + url.split("://", 1)[-1].split("/", 1)[-1] if "://" in url else url
        return f"{settings.BASE_URL}{path}"

    def get_email_confirmation_url(self, request: Any, emailconfirmation: Any) -> str:
        return self._absolute(super().get_email_confirmation_url(request, emailconfirmation))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return self._absolute(super().get_reset_password_from_key_url(key))
