"""What a person says about themselves, whatever the organization."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Mod

from people.models import User

PROFILE = ("name", "initials", "tone", "time_zone", "language", "theme")


@transaction.atomic
def change_profile(*, user: User, **changes: Any) -> User:
    """Name, initials, colour, time zone, language, appearance: the person's own."""
    unknown = set(changes) - set(PROFILE)
    if unknown:
        raise ValueError(f"no part of a profile: {sorted(unknown)}")
    for key, value in changes.items():
        setattr(user, key, value)
    user.save(update_fields=list(changes))
    return user


@transaction.atomic
def choose_theme(*, user: User, theme: str) -> User:
    """Light, dark, or as the device. `ValueError` for any other word."""
    if theme not in User.Theme.values:
        raise ValueError(f"no such theme: {theme}")
    return change_profile(user=user, theme=theme)


@transaction.atomic
def name_person(*, user: User, name: str, time_zone: str = "") -> User:
    """A new person's name, the zone of their browser, and a colour that differs from the last's."""
    user.name = name
    if time_zone:
        user.time_zone = time_zone
    user.save(update_fields=["name", "time_zone"])
    User.objects.filter(pk=user.pk).update(tone=Mod(F("id"), 6) + 1)
    user.refresh_from_db(fields=["tone"])
    return user
