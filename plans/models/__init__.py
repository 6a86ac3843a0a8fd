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
from plans.models.meetings import (
    ActionItem,
    AgendaItem,
    Meeting,
    MeetingAnswer,
    MeetingAttendee,
    MeetingDecision,
    MeetingFlag,
    MeetingMail,
    MeetingSeries,
)
from plans.models.plans import Objective, ObjectiveReading, Plan, PlanReader, Stream
from plans.models.playbook import PlaybookEntry, PlaybookVersion, Question
from plans.models.responsibilities import Involvement, InvolvementKind
from plans.models.stakeholders import Stakeholder, Touchpoint
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
from plans.models.timelines import TimelineImport, TimelineImportRow

__all__ = [
    "ActionItem",
    "AgendaItem",
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
    "Meeting",
    "MeetingAnswer",
    "MeetingAttendee",
    "MeetingDecision",
    "MeetingFlag",
    "MeetingMail",
    "MeetingSeries",
    "Objective",
    "ObjectiveReading",
    "Plan",
    "PlanReader",
    "PlaybookEntry",
    "PlaybookVersion",
    "Question",
    "Stakeholder",
    "Stream",
    "Task",
    "TaskAttachment",
    "TaskCandidate",
    "TaskCollaborator",
    "TaskComment",
    "TaskLink",
    "TaskMention",
    "TaskState",
    "TimelineImport",
    "TimelineImportRow",
    "Touchpoint",
]
