"""What is promised, by when, and the work that it takes."""

from plans.models.channels import Blackout, Channel, ChannelKind, Commitment
from plans.models.keydates import (
    Answer,
    BackScheduleStep,
    BackScheduleTemplate,
    BackScheduleVersion,
    KeyDate,
    KeyDateAnswer,
    KeyDateKind,
)
from plans.models.plans import Objective, ObjectiveReading, Plan, PlanReader, Stream
from plans.models.responsibilities import Involvement, InvolvementKind
from plans.models.tasks import (
    ChecklistItem,
    Task,
    TaskAttachment,
    TaskCandidate,
    TaskCollaborator,
    TaskComment,
    TaskLink,
    TaskMention,
    TaskState,
)

__all__ = [
    "Answer",
    "BackScheduleStep",
    "BackScheduleTemplate",
    "BackScheduleVersion",
    "Blackout",
    "Channel",
    "ChannelKind",
    "ChecklistItem",
    "Commitment",
    "Involvement",
    "InvolvementKind",
    "KeyDate",
    "KeyDateAnswer",
    "KeyDateKind",
    "Objective",
    "ObjectiveReading",
    "Plan",
    "PlanReader",
    "Stream",
    "Task",
    "TaskAttachment",
    "TaskCandidate",
    "TaskCollaborator",
    "TaskComment",
    "TaskLink",
    "TaskMention",
    "TaskState",
]
