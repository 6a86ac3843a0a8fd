"""What a person can do with stories and posts, and the only way in which anything does it.

Every function locks the subject and then the story it decides on, asks `can()` again, records the
activity and brings the state copies up to date, in one transaction. A change of what a reader
would see is reported to the approvals (`guards.changing_content`); one of the time is not (rule 6).
"""

from calendar_app.services.guards import NewPost
from calendar_app.services.posts import add_post, cancel_post, edit_post, move_post, restore_post
from calendar_app.services.stories import (
    cancel_story,
    create_story,
    edit_story,
    restore_story,
    set_collaborators,
)

__all__ = [
    "NewPost",
    "add_post",
    "cancel_post",
    "cancel_story",
    "create_story",
    "edit_post",
    "edit_story",
    "move_post",
    "restore_post",
    "restore_story",
    "set_collaborators",
]
