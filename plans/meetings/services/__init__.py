"""What one can do with planning meetings: one function for each thing."""

from plans.meetings.services.agendas import (
    add_item,
    draw,
    draw_all_due,
    edit_item,
    flag,
    remove_item,
    tick_item,
)
from plans.meetings.services.occurrences import answer, cancel_one, change_one, prepare, restore_one
from plans.meetings.services.running import (
    add_action,
    add_decision,
    edit_action,
    remove_action,
    remove_decision,
    save_notes,
    send_minutes,
)
from plans.meetings.services.series import create_series, edit_series, end_series

__all__ = [
    "add_action",
    "add_decision",
    "add_item",
    "answer",
    "cancel_one",
    "change_one",
    "create_series",
    "draw",
    "draw_all_due",
    "edit_action",
    "edit_item",
    "edit_series",
    "end_series",
    "flag",
    "prepare",
    "remove_action",
    "remove_decision",
    "remove_item",
    "restore_one",
    "save_notes",
    "send_minutes",
    "tick_item",
]
