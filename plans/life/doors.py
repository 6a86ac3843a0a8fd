"""Enters a plan as something that is approved, at start-up."""

from __future__ import annotations

from plans.life.approval import PLAN
from workflow.registry import register_subject_kind


def enter() -> None:
    """Called once, by `plans.apps`."""
    register_subject_kind(PLAN)
