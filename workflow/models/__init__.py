"""Who owns a thing, and who says yes to it."""

from workflow.models.ownership import Handover, Owned
from workflow.models.reviews import (
    Approval,
    ApprovalWithdrawal,
    Decision,
    Review,
    ReviewStage,
    Revision,
    Subject,
    SubjectEdit,
)
from workflow.models.templates import Stage, WorkflowTemplate

__all__ = [
    "Approval",
    "ApprovalWithdrawal",
    "Decision",
    "Handover",
    "Owned",
    "Review",
    "ReviewStage",
    "Revision",
    "Stage",
    "Subject",
    "SubjectEdit",
    "WorkflowTemplate",
]
