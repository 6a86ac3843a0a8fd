"""allauth's forms in PlanCraft's words: what an empty field asks for, what an address is called.

allauth takes them by name from `settings.ACCOUNT_FORMS`; nothing else is changed.
"""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from django.utils.translation import gettext_lazy as _

from people.adapters import CONFIRMED

LABELS = {"login": _("E-mail address"), "email": _("E-mail address")}
NEEDED = {
    "login": _("Give the address you signed up with."),
    "email": _("Give an e-mail address."),
    "name": _("Say what your colleagues call you."),
    "password": _("Give your password."),
    "password1": _("Choose a password."),
    "password2": _("Give the new password once more."),
    "oldpassword": _("Give the password you have now."),
}


class InOurWords:
    """Mixed in before allauth's form: labels, and a sentence for each field left empty."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.error_messages["required"] = NEEDED.get(name, _("Fill this in."))
            field.widget.attrs.pop("placeholder", None)
            if name in LABELS:
                field.label = LABELS[name]


class Login(InOurWords, allauth.LoginForm):  # type: ignore[misc]
    """Signing in, with the address at hand that was just confirmed in this browser."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        confirmed = self.request.session.get(CONFIRMED) if self.request else None
        if confirmed:
            self.initial.setdefault("login", confirmed)


class Signup(InOurWords, allauth.SignupForm):  # type: ignore[misc]
    """Beginning."""


class AddEmail(InOurWords, allauth.AddEmailForm):  # type: ignore[misc]
    """Another address."""


class ChangePassword(InOurWords, allauth.ChangePasswordForm):  # type: ignore[misc]
    """A new password, knowing the old one."""


class ResetPassword(InOurWords, allauth.ResetPasswordForm):  # type: ignore[misc]
    """A link for a forgotten password."""


class ResetPasswordKey(InOurWords, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password behind that link."""
