"""What a user can do with key dates and back-schedules: one function each."""

from plans.schedule.services.building import (
    apply_build,
    apply_change,
    apply_move,
    preview_build,
    preview_leads,
    preview_move,
    preview_pin,
    preview_recompute,
    preview_unpin,
)
from plans.schedule.services.keydates import (
    cancel_key_date,
    create_key_date,
    edit_key_date,
    finish_key_date,
    reopen_key_date,
)
from plans.schedule.services.templates import (
    archive_template,
    check_steps,
    copy_template,
    create_template,
    edit_template,
    give_shipped,
    restore_template,
)

__all__ = [
    "apply_build",
    "apply_change",
    "apply_move",
    "archive_template",
    "cancel_key_date",
    "check_steps",
    "copy_template",
    "create_key_date",
    "create_template",
    "edit_key_date",
    "edit_template",
    "finish_key_date",
    "give_shipped",
    "preview_build",
    "preview_leads",
    "preview_move",
    "preview_pin",
    "preview_recompute",
    "preview_unpin",
    "reopen_key_date",
    "restore_template",
]
