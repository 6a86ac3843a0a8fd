"""What is promised, by when."""

from plans.models.channels import Blackout, Channel, ChannelKind, Commitment
from plans.models.plans import Objective, Plan, PlanReader, Stream
from plans.models.playbook import Answer, PlaybookEntry, PlaybookVersion, Question

__all__ = [
    "Answer",
    "Blackout",
    "Channel",
    "ChannelKind",
    "Commitment",
    "Objective",
    "Plan",
    "PlanReader",
    "PlaybookEntry",
    "PlaybookVersion",
    "Question",
    "Stream",
]
