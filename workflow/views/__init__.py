"""Pages of ownership and approval."""

from workflow.views.approvals import (
    approval_withdraw,
    approvals,
    review_decide,
    review_release,
    review_submit,
    review_withdraw,
    revision,
)
from workflow.views.ownership import (
    handover_answer,
    handover_withdraw,
    own_assign,
    own_claim,
    own_hand_on,
    own_history,
    own_undo,
    own_vacate,
    unowned,
)
from workflow.views.settings import (
    workflow_edit,
    workflow_new,
    workflow_remove,
    workflow_settings,
)

__all__ = [
    "approval_withdraw",
    "approvals",
    "handover_answer",
    "handover_withdraw",
    "own_assign",
    "own_claim",
    "own_hand_on",
    "own_history",
    "own_undo",
    "own_vacate",
    "review_decide",
    "review_release",
    "review_submit",
    "review_withdraw",
    "revision",
    "unowned",
    "workflow_edit",
    "workflow_new",
    "workflow_remove",
    "workflow_settings",
]
