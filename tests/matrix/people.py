"""Who may open which page about people."""

from __future__ import annotations

from typing import Any

from people.permissions import Perm
from tests.matrix import Row

EVERYONE = dict.fromkeys(("admin", "manager", "member", "expert", "viewer"), 200)
LEADERS = {"admin": 200, "manager": 200, "member": 403, "expert": 403, "viewer": 403}
ADMIN = {"admin": 200, "manager": 403, "member": 403, "expert": 403, "viewer": 403}


def to(status: int, expect: dict[str, int]) -> dict[str, int]:
    """The same table for something that answers otherwise than by a page."""
    return {role: status if code == 200 else code for role, code in expect.items()}


def member(w: Any) -> dict[str, Any]:
    return {"member_id": w.member.pk}


def invitation(w: Any) -> dict[str, Any]:
    return {"invitation_id": w.invitation.pk}


def department(w: Any) -> dict[str, Any]:
    return {"department_id": w.department.pk}


EDIT, INVITE = Perm.ORGANIZATION_EDIT, Perm.INVITE
ROWS = [
    Row(name="organization-home", perm=Perm.READ, expect=to(302, EVERYONE)),
    Row(name="people", perm=Perm.READ, expect=EVERYONE),
    Row(name="person", perm=Perm.READ, kwargs=member, expect=EVERYONE),
    Row(
        name="person-change",
        method="POST",
        perm=EDIT,
        kwargs=member,
        data=lambda w: {"role": "manager"},
        expect=to(302, ADMIN),
    ),
    Row(name="person-hand-over", perm=EDIT, kwargs=member, expect=ADMIN),
    Row(
        name="person-hand-over",
        method="POST",
        perm=EDIT,
        kwargs=member,
        data=lambda w: {"everything": ""},
        expect=to(302, ADMIN),
    ),
    Row(name="person-deactivate", perm=EDIT, kwargs=member, expect=ADMIN),
    Row(
        name="person-deactivate",
        method="POST",
        perm=EDIT,
        kwargs=member,
        data=lambda w: {"everything": ""},
        expect=to(302, ADMIN),
    ),
    Row(name="person-reactivate", method="POST", perm=EDIT, kwargs=member, expect=to(302, ADMIN)),
    Row(name="invitations", perm=INVITE, expect=LEADERS),
    Row(name="invitation-new", perm=INVITE, expect=LEADERS),
    Row(
        name="invitation-new",
        method="POST",
        perm=INVITE,
        data=lambda w: {"email": "someone@example.org", "role": "member"},
        expect=LEADERS,
    ),
    Row(name="invitation-renew", method="POST", perm=INVITE, kwargs=invitation, expect=LEADERS),
    Row(
        name="invitation-revoke",
        method="POST",
        perm=INVITE,
        kwargs=invitation,
        expect=to(302, LEADERS),
    ),
    Row(name="organization-settings", perm=EDIT, expect=ADMIN),
    Row(name="organization-settings", method="POST", perm=EDIT, expect=to(422, ADMIN)),
    Row(
        name="closure-day-add",
        method="POST",
        perm=EDIT,
        data=lambda w: {"day": "2027-12-31", "name": "Stocktaking"},
        expect=to(302, ADMIN),
    ),
    Row(
        name="closure-day-remove",
        method="POST",
        perm=EDIT,
        kwargs=lambda w: {"closure_id": w.closure.pk},
        expect=to(302, ADMIN),
    ),
    Row(name="departments", perm=EDIT, expect=ADMIN),
    Row(
        name="departments",
        method="POST",
        perm=EDIT,
        data=lambda w: {"name": "Press"},
        expect=to(302, ADMIN),
    ),
    Row(name="department-edit", perm=EDIT, kwargs=department, expect=ADMIN),
    Row(
        name="department-edit",
        method="POST",
        perm=EDIT,
        kwargs=department,
        data=lambda w: {"name": "Press"},
        expect=to(302, ADMIN),
    ),
    Row(name="department-delete", perm=EDIT, kwargs=department, expect=ADMIN),
    Row(
        name="department-delete",
        method="POST",
        perm=EDIT,
        kwargs=department,
        expect=to(302, ADMIN),
    ),
    Row(name="audit", perm=Perm.AUDIT, expect=LEADERS),
]
