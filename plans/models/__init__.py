"""What is promised, by when."""

from plans.models.channels import Blackout, Channel, ChannelKind, Commitment
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
from plans.models.plans import Objective, Plan, PlanReader, Stream

__all__ = [
    "ActionItem",
    "AgendaItem",
    "Blackout",
    "Channel",
    "ChannelKind",
    "Commitment",
    "Meeting",
    "MeetingAnswer",
    "MeetingAttendee",
    "MeetingDecision",
    "MeetingFlag",
    "MeetingMail",
    "MeetingSeries",
    "Objective",
    "Plan",
    "PlanReader",
    "Stream",
]
