"""What mails about tasks, key dates, questions and shared events say.

Everything is said in the reader's language: call these under its override.
"""

from __future__ import annotations

from datetime import date

from django.utils import formats
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reminders import rules, work_rules
from reminders.described import Described
from reminders.work_facts import QUESTION_LABEL, TASK

LONGEST_TITLE = 120
SHOWN_STEPS = 12
QUOTED = 600

PRESSING = {
    work_rules.ANSWER_LATE: gettext_lazy("Still without an answer"),
    work_rules.DECIDE_BY: gettext_lazy("Decide who owns these"),
    work_rules.EVENT_UNANSWERED: gettext_lazy("Waiting for a department’s answer"),
}
CHANGED = {
    work_rules.SCHEDULE_CHANGED: gettext_lazy("Dates that changed"),
    work_rules.ASSIGNED: gettext_lazy("Given to you"),
    work_rules.QUESTION_ASKED: gettext_lazy("You were asked"),
}
GOOD_TO_KNOW = {
    work_rules.KEY_DATE_AHEAD: gettext_lazy("Key dates ahead"),
    work_rules.LAPSED_STAKEHOLDER: gettext_lazy("Speak with them again"),
    work_rules.QUESTION_ANSWERED: gettext_lazy("Your question was answered"),
    work_rules.MENTIONED: gettext_lazy("You were mentioned"),
}
"""The headings, in the order of consequence; those of other rules stand between the three."""

SINGLE = {
    work_rules.ANSWER_LATE: gettext_lazy("Still without an answer: %(title)s"),
    work_rules.DECIDE_BY: gettext_lazy("Who owns this? %(title)s"),
    work_rules.EVENT_UNANSWERED: gettext_lazy("Does it concern you? %(title)s"),
    work_rules.ASSIGNED: gettext_lazy("Given to you: %(title)s"),
    work_rules.QUESTION_ASKED: gettext_lazy("You were asked: %(title)s"),
    work_rules.QUESTION_ANSWERED: gettext_lazy("Answered: %(title)s"),
    work_rules.MENTIONED: gettext_lazy("You were mentioned: %(title)s"),
    work_rules.KEY_DATE_AHEAD: gettext_lazy("Almost here: %(title)s"),
    work_rules.LAPSED_STAKEHOLDER: gettext_lazy("Speak with them again: %(title)s"),
}
ACTIONS = {
    work_rules.ANSWER_LATE: gettext_lazy("See the question"),
    work_rules.DECIDE_BY: gettext_lazy("I’ll take it"),
    work_rules.EVENT_UNANSWERED: gettext_lazy("Answer"),
    work_rules.SCHEDULE_CHANGED: gettext_lazy("See the new dates"),
    work_rules.ASSIGNED: gettext_lazy("Open it"),
    work_rules.QUESTION_ASKED: gettext_lazy("Answer"),
    work_rules.QUESTION_ANSWERED: gettext_lazy("Read the answer"),
    work_rules.MENTIONED: gettext_lazy("Read the comment"),
    work_rules.KEY_DATE_AHEAD: gettext_lazy("See what is left"),
    work_rules.LAPSED_STAKEHOLDER: gettext_lazy("Record it"),
}


def subject(rule: str, subject_type: str, thing: Described) -> str:
    """The subject of a mail that says nothing but this; empty where the rule alone says it."""
    title = Truncator(thing.title).chars(LONGEST_TITLE)
    if rule == work_rules.SCHEDULE_CHANGED:
        return f"{title}: {_change(thing, subject_type)}"
    if rule == rules.OVERDUE and subject_type == QUESTION_LABEL:
        return _("Your answer is late: %(title)s") % {"title": title}
    return str(SINGLE[rule]) % {"title": title} if rule in SINGLE else ""


def action(rule: str, subject_type: str) -> str:
    """The button."""
    if rule == rules.OVERDUE and subject_type == QUESTION_LABEL:
        return _("Answer")
    return str(ACTIONS[rule]) if rule in ACTIONS else _("Done")


def why(rule: str, subject_type: str, occasion: str, thing: Described) -> str:
    """Why this person, in one sentence."""
    if rule == work_rules.DECIDE_BY:
        return _decide(occasion.rsplit(":", 1)[-1])
    if rule == work_rules.EVENT_UNANSWERED:
        return _event(occasion.rsplit(":", 1)[-1], thing)
    if rule == work_rules.ANSWER_LATE:
        return _answer_late(occasion.rsplit(":", 1)[-1], thing)
    if rule == work_rules.SCHEDULE_CHANGED:
        return _changed(thing, subject_type)
    if rule == work_rules.LAPSED_STAKEHOLDER:
        return _lapsed(thing)
    if rule == work_rules.KEY_DATE_AHEAD:
        return ngettext(
            "You own this key date, and one step before it is not done yet.",
            "You own this key date, and %(n)s steps before it are not done yet.",
            thing.count,
        ) % {"n": thing.count}
    if subject_type == QUESTION_LABEL and rule == rules.OVERDUE:
        return _("%(who)s asked you, and the time to answer is over.") % {"who": thing.who}
    if rule in WHO:
        return str(WHO[rule]) % {"who": thing.who or _("Someone")}
    return str(OWN[rule])


WHO = {
    work_rules.ASSIGNED: gettext_lazy("%(who)s gave this to you: you own it now."),
    work_rules.QUESTION_ASKED: gettext_lazy("%(who)s hopes for an answer from you."),
    work_rules.QUESTION_ANSWERED: gettext_lazy("%(who)s answered what you asked."),
    work_rules.MENTIONED: gettext_lazy("%(who)s mentioned you in a comment."),
}
OWN = {
    rules.DUE_SOON: gettext_lazy("You own this task, and it is not done yet."),
    rules.OVERDUE: gettext_lazy("You own this task, and its day has passed."),
}


def _decide(word: str) -> str:
    return {
        "asked": _("You are one of those who could own it. Take it, or agree who does."),
        "champion": _(
            "The day to decide has passed. You champion the plan: the decision is yours."
        ),
        "managers": _(
            "The day to decide has passed and nobody owns it. You manage this organization: "
            "the decision is yours."
        ),
    }[word]


def _lapsed(thing: Described) -> str:
    words = {"day": day_words(thing.day), "n": thing.count}
    if thing.noun == "spoken":
        return _("You own this contact. Last spoken on %(day)s, every %(n)d days wanted.") % words
    return _("You own this contact. Nobody has spoken with them since %(day)s.") % words


def _event(word: str, thing: Described) -> str:
    department = {"department": thing.who}
    if word == "managers":
        return _("%(department)s has not said how it stands to this. You manage this.") % department
    return _("%(department)s was asked how it stands to this, and has not answered.") % department


def _answer_late(word: str, thing: Described) -> str:
    names = {"who": thing.who, "asked": thing.reason}
    if word == "champion":
        return _("%(who)s waits for an answer of %(asked)s’s. You champion the plan.") % names
    return _("%(who)s waits for an answer of %(asked)s’s. You manage this organization.") % names


# Dates -------------------------------------------------------------------------------------------
def day_words(day: date | None) -> str:
    """A day as mails show it ("Tue 9 March"); a word where there is none."""
    return formats.date_format(day, "D j F") if day else _("no day")


UNDATED = frozenset({work_rules.SCHEDULE_CHANGED, work_rules.LAPSED_STAKEHOLDER})
"""Rules whose sentence says the days itself."""


def when(rule: str, thing: Described) -> str:
    """By when, for what has a day; empty for the rest."""
    if thing.day is None or rule in UNDATED:
        return ""
    if rule == work_rules.DECIDE_BY:
        return _("Decide by %(day)s") % {"day": day_words(thing.day)}
    return day_words(thing.day)


def _change(thing: Described, subject_type: str) -> str:
    """What changed, in a few words: "moved from Thu 9 October to Thu 23 October"."""
    days = {"was": day_words(thing.was), "day": day_words(thing.day)}
    if subject_type == TASK or thing.was is not None:
        return _("moved from %(was)s to %(day)s") % days
    if thing.noun == "cancelled":
        return _("called off")
    if thing.noun == "built":
        return _("built back from %(day)s") % days
    return _("the steps before it moved")


def _changed(thing: Described, subject_type: str) -> str:
    """What changed, who did it, and what that means for the reader."""
    change = {"who": thing.who or _("PlanCraft"), **_days(thing)}
    if subject_type == TASK:
        return _("%(who)s moved it from %(was)s to %(day)s. You own it.") % change
    if thing.noun == "cancelled":
        said = _("%(who)s called it off.") % change
    elif thing.was is not None:
        said = _("%(who)s moved it from %(was)s to %(day)s.") % change
    elif thing.noun == "built":
        said = _("%(who)s built the work back from %(day)s.") % change
    else:
        said = _("%(who)s changed when the steps before %(day)s are due.") % change
    return f"{said} {_yours(thing)}"


def _days(thing: Described) -> dict[str, str]:
    return {"was": day_words(thing.was), "day": day_words(thing.day)}


def _yours(thing: Described) -> str:
    number = {"n": thing.count}
    if thing.noun == "cancelled":
        return (
            ngettext(
                "Your step is not needed any more.",
                "Your %(n)s steps are not needed any more.",
                thing.count,
            )
            % number
        )
    if thing.noun == "built" and not any(step.was for step in thing.steps):
        return ngettext("One step is yours.", "%(n)s steps are yours.", thing.count) % number
    return ngettext("Your step moved.", "Your %(n)s steps moved.", thing.count) % number


def box(thing: Described) -> str:
    """What stands below in a box: the reader's steps with their days, or the words of a comment."""
    if not thing.steps:
        return Truncator(thing.paste).chars(QUOTED)
    lines = [_step(thing, step.title, step.was, step.day) for step in thing.steps[:SHOWN_STEPS]]
    more = len(thing.steps) - len(lines)
    if more:
        lines.append(ngettext("and one more", "and %(n)s more", more) % {"n": more})
    return "\n".join(lines)


def _step(thing: Described, title: str, was: date | None, day: date | None) -> str:
    if thing.noun == "cancelled":
        return title
    names = {"title": title, "was": day_words(was), "day": day_words(day)}
    if was is None or was == day:
        return _("%(title)s: %(day)s") % names
    return _("%(title)s: %(was)s → %(day)s") % names


BOXED = frozenset({work_rules.SCHEDULE_CHANGED, work_rules.MENTIONED})
