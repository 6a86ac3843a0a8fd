"""Everything a person can do about people: one function per act, each atomic and recorded."""

from people.activity import record
from people.services.departments import create_department, delete_department, rename_department
from people.services.invitations import (
    Offer,
    accept_invitation,
    create_invitation,
    renew_invitation,
    revoke_invitation,
)
from people.services.members import (
    change_member,
    deactivate_member,
    hand_over_things,
    reactivate_member,
)
from people.services.organizations import (
    SETTINGS,
    add_closure_day,
    change_settings,
    create_organization,
    remove_closure_day,
    settings_seen,
)
from people.services.persons import PROFILE, change_profile, choose_theme, name_person

__all__ = [
    "PROFILE",
    "SETTINGS",
    "Offer",
    "accept_invitation",
    "add_closure_day",
    "change_member",
    "change_profile",
    "change_settings",
    "choose_theme",
    "create_department",
    "create_invitation",
    "create_organization",
    "deactivate_member",
    "delete_department",
    "hand_over_things",
    "name_person",
    "reactivate_member",
    "record",
    "remove_closure_day",
    "rename_department",
    "renew_invitation",
    "revoke_invitation",
    "settings_seen",
]
