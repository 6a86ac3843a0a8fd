"""Rows of the permission matrix for mail and reminders."""

from people.permissions import Perm
from tests.matrix import Row

ADMIN_ONLY = {"admin": 200, "manager": 403, "member": 403, "expert": 403, "viewer": 403}
ALL = {"admin": 200, "manager": 200, "member": 200, "expert": 200, "viewer": 200}

ROWS = [
    Row("sent-mail", ADMIN_ONLY, Perm.SENT_MAIL),
    Row(
        "sent-message",
        ADMIN_ONLY,
        Perm.SENT_MAIL,
        kwargs=lambda w: {"message_id": w.message.pk},
    ),
    Row(
        "sent-message-again",
        {**ADMIN_ONLY, "admin": 302},
        Perm.SENT_MAIL,
        method="POST",
        kwargs=lambda w: {"message_id": w.message.pk},
    ),
    Row("reminder-settings", ALL, Perm.OWN_SETTINGS),
]
