"""What a user can do with plans, streams, channels and promises: one function each."""

from plans.services.channels import (
    add_blackout,
    archive_channel,
    create_channel,
    edit_channel,
    remove_blackout,
    restore_channel,
)
from plans.services.plans import change_state, create_plan, edit_plan, take_over
from plans.services.promises import change_promise, end_promise, make_promise
from plans.services.streams import archive_stream, create_stream, edit_stream, restore_stream

__all__ = [
    "add_blackout",
    "archive_channel",
    "archive_stream",
    "change_promise",
    "change_state",
    "create_channel",
    "create_plan",
    "create_stream",
    "edit_channel",
    "edit_plan",
    "edit_stream",
    "end_promise",
    "make_promise",
    "remove_blackout",
    "restore_channel",
    "restore_stream",
    "take_over",
]
