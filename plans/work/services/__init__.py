"""What a user can do with tasks: one function each."""

from plans.work.services.editing import (
    cancel_task,
    change_state,
    create_task,
    edit_task,
    fields_now,
    finish_task,
    reopen_task,
    start_task,
)

__all__ = [
    "cancel_task",
    "change_state",
    "create_task",
    "edit_task",
    "fields_now",
    "finish_task",
    "reopen_task",
    "start_task",
]
