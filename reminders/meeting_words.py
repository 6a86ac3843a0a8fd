"""What mails about meetings say."""

from __future__ import annotations

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reminders import rules
from reminders.described import Described

RULES = frozenset({rules.MEETING_TOMORROW, rules.MEETING_INVITATION, rules.MEETING_MINUTES})
LONGEST_TITLE = 120
ACTIONS = {
    rules.MEETING_INVITATION: gettext_lazy("See the meetings"),
    rules.MEETING_TOMORROW: gettext_lazy("See the agenda"),
    rules.MEETING_MINUTES: gettext_lazy("Read the minutes"),
}
"""The button."""


def subject(rule: str, thing: Described) -> str:
    """The subject of a mail about this alone; empty for what is no meeting."""
    if rule not in RULES:
        return ""
    pattern = {
        "invitation": _("Invitation: %(title)s"),
        "update": _("Changed: %(title)s"),
        "cancellation": _("Cancelled: %(title)s"),
        "minutes": _("Minutes: %(title)s"),
    }.get(thing.noun, _("Your next meeting: %(title)s"))
    return pattern % {"title": Truncator(thing.title).chars(LONGEST_TITLE)}


def why(rule: str, thing: Described) -> str:
    """Why this person, in a sentence or two."""
    if rule == rules.MEETING_TOMORROW:
        return _("You are invited. This is the agenda so far.")
    sentence = {
        "invitation": _("You are invited. Your calendar can take it from the attached file."),
        "update": _("It was changed, and you are invited. The attached file brings it up to date."),
        "cancellation": _("It does not take place. The attached file takes it off your calendar."),
        "minutes": _("You are invited to these meetings. This is what came of the last one."),
    }[thing.noun]
    if thing.noun == "cancellation" and thing.reason:
        return f"{sentence} {_('The reason: “%(reason)s”') % {'reason': thing.reason}}"
    return sentence
