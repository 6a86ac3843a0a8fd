"""When and where in public: stories, posts, what went out, and the record of gaps and imports."""

from calendar_app.models.gaps import GapAssignment, GapWaiver
from calendar_app.models.imports import ImportBatch, ImportRow
from calendar_app.models.stories import Collaborator, ContentItem, ItemState, Placement, Publication

__all__ = [
    "Collaborator",
    "ContentItem",
    "GapAssignment",
    "GapWaiver",
    "ImportBatch",
    "ImportRow",
    "ItemState",
    "Placement",
    "Publication",
]
