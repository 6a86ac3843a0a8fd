"""What the pages of a plan's life show: buttons that work, or why they are off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from plans.registry import Occasion
from plans.rules import PlanState
from workflow.queries import Panel, review_panel


@dataclass(frozen=True)
class Life:
    """Where a plan stands with its approval, for one viewer; `panel` None where it needs none."""

    state: PlanState
    has_workflow: bool = False
    panel: Panel | None = None

    @property
    def is_release(self) -> bool:
        """Whether starting it is a release without approval."""
        draft = self.state == PlanState.DRAFT
        return bool(self.has_workflow and draft and self.panel and not self.panel.needs_approval)

    @property
    def shows_panel(self) -> bool:
        """Whether the panel says more than the button that starts the plan."""
        return self.panel is not None and not self.is_release

    @property
    def is_running(self) -> bool:
        """Whether it runs, approved as it is now or not."""
        return self.state == PlanState.RUNNING

    @property
    def is_in_approval(self) -> bool:
        """Whether a submission waits."""
        return self.panel is not None and self.panel.review is not None

    @property
    def was_approved(self) -> bool:
        """Whether there is an approved version to show."""
        return self.panel is not None and self.panel.last_approval is not None

    @property
    def reads_otherwise(self) -> bool:
        """Whether it runs and says something else than what was approved."""
        running = self.state == PlanState.RUNNING
        return bool(running and self.panel is not None and self.panel.is_edited)

    def next_states(self, states: Sequence[str]) -> list[str]:
        """Of these, what one may turn it into by hand: a draft is not started past approval."""
        off = self.state == PlanState.DRAFT and self.has_workflow and not self._may_release
        return [state for state in states if not (off and state == PlanState.RUNNING)]

    @property
    def _may_release(self) -> bool:
        return self.is_release and bool(self.panel and self.panel.release)

    @property
    def start_off(self) -> str:
        """Why a release cannot be made by the viewer; empty where it can, or none is needed."""
        if not self.is_release or self._may_release or self.panel is None:
            return ""
        reason = self.panel.release.reason
        return reason or _("No approval of plans is needed here: the champion starts it.")


def life_of(occasion: Occasion) -> Life:
    """Where the plan of `get_plan_page` stands, read by a constant number of statements."""
    plan: Any = occasion.plan
    panel = None
    if plan.has_workflow or plan.was_submitted:
        panel = review_panel(occasion.membership, plan.subject, occasion.now, plan)
    return Life(PlanState(plan.state), plan.has_workflow, panel)
