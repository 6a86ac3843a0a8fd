"""What is promised, by when."""

from plans.models.channels import Blackout, Channel, ChannelKind, Commitment
from plans.models.plans import Objective, Plan, PlanReader, Stream
from plans.models.stakeholders import Stakeholder, Touchpoint

__all__ = [
    "Blackout",
    "Channel",
    "ChannelKind",
    "Commitment",
    "Objective",
    "Plan",
    "PlanReader",
    "Stakeholder",
    "Stream",
    "Touchpoint",
]
