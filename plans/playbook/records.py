"""What the forms of questions and of the playbook carry, as plain records."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from people.models import Membership
from plans.models import Plan, PlaybookEntry
from workflow.models import Review, Subject

ENTRY_LABELS = {"title": _("Title"), "body": _("Text"), "topics": _("Topics")}
"""The fields of an entry, for comparing two edits that cross."""


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about: at most one story or approval, and the plan concerned.

    `snapshot` is its state as one line, as it is frozen with the question.
    """

    plan: Plan | None = None
    subject: Subject | None = None
    review: Review | None = None
    title: str = ""
    url: str = ""
    snapshot: str = ""

    @property
    def is_confidential(self) -> bool:
        """Whether only the plan's readers will see the question."""
        return self.plan is not None and self.plan.is_confidential


NOTHING = About()


@dataclass(frozen=True, slots=True)
class QuestionFields:
    """A question as its form carries it; `hours` of working time to answer."""

    title: str
    hours: float
    body: str = ""
    asked: Membership | None = None


@dataclass(frozen=True, slots=True)
class EntryFields:
    """An entry as its form carries it; `topics` as stored."""

    title: str
    body: str
    topics: str = ""

    def words(self) -> dict[str, str]:
        """What stands in each field."""
        return {"title": self.title, "body": self.body, "topics": self.topics}


def entry_fields(entry: PlaybookEntry) -> EntryFields:
    """What stands in the entry now."""
    return EntryFields(title=entry.title, body=entry.body, topics=entry.topics)
