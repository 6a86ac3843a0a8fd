"""What a user can do with tasks: one function each."""

from plans.work.services.bulk import Done, assign_tasks, move_tasks, undo_bulk
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
from plans.work.services.links import set_links
from plans.work.services.notes import (
    add_line,
    attach,
    comment,
    order_lines,
    remove_attachment,
    remove_comment,
    remove_line,
    reword_line,
    tick_line,
)

__all__ = [
    "Done",
    "add_line",
    "assign_tasks",
    "attach",
    "cancel_task",
    "change_state",
    "comment",
    "create_task",
    "edit_task",
    "fields_now",
    "finish_task",
    "move_tasks",
    "order_lines",
    "remove_attachment",
    "remove_comment",
    "remove_line",
    "reopen_task",
    "reword_line",
    "set_links",
    "start_task",
    "tick_line",
    "undo_bulk",
]
