"""What is promised, by when."""

from plans.models.channels import Blackout, Channel, ChannelKind, Commitment
from plans.models.plans import Objective, Plan, PlanReader, Stream

__all__ = [
    "Blackout",
    "Channel",
    "ChannelKind",
    "Commitment",
    "Objective",
    "Plan",
    "PlanReader",
    "Stream",
]
