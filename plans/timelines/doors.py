"""Where imported dates enter themselves in the rooms below."""

from __future__ import annotations

from people import shell as people_shell
from people.permissions import register_relation
from plans.timelines import activity_words, nav  # noqa: F401


def enter() -> None:
    """Called once, by `plans.apps`."""
    register_relation("importer", nav.is_importer)
    people_shell.contribute(nav.timeline_entry)
