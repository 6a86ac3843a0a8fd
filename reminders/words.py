"""What a reminder says: who, what, by when, why you, and one next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from calendar_app.models import Placement
from people.models import Membership, Organization
from plans.models import Plan
from reminders import meeting_words, meetings, rules, work_words
from reminders.described import Described
from reminders.models import Message, Obligation
from reminders.queries import described_take_over, take_overs, work_of
from reminders.rules import Due
from reminders.work_facts import is_about_work
from workflow.models import Owned, Review
from workflow.registry import OWNABLES, SUBJECT_KINDS

PASTED = {rules.TIME_TO_POST, rules.MEETING_TOMORROW, rules.MEETING_MINUTES}
"""The rules whose mail brings a text along: copy to paste, an agenda, minutes."""

SHOWN = 8
"""Rows of one heading in a mail; more would be a flood, and the page has them all."""

LONGEST_TITLE = 120
"""How much of a title stands in a subject: what is longer no inbox shows, and no column holds."""


@dataclass(frozen=True)
class Body:
    """The frozen text of a message."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Line:
    """One row of a mail: what it is, what is true of it, and the button with its page."""

    title: str
    detail: str
    why: str
    when: str
    url: str
    action: str
    late: bool = False
    paste: str = ""
    alone: str = ""
    """The mail's subject where it says nothing else, if the rule alone does not say it."""


Told = tuple[str, Described, Due]


def compose(
    organization: Organization, recipient: Membership, told: Sequence[Told], now: datetime
) -> Body:
    """The mail to one person, in their language and time zone."""
    person = recipient.user
    zone = ZoneInfo(person.time_zone)
    with translation.override(person.language), timezone.override(zone):
        # Since when nobody owns a thing is a day of the organization, and so is today beside it.
        groups = _groups(told, now.astimezone(ZoneInfo(organization.time_zone)), zone)
        count = sum(group.count for group in groups)
        subject = " ".join(_subject(groups, count).split())
        context = {
            "organization": organization,
            "person": person,
            "greeting": _greeting(now.astimezone(zone).hour, person.get_short_name()),
            "subject": subject,
            "groups": groups,
            "my_work": _absolute(reverse("my-work", args=[organization.slug])),
            "preferences": _absolute(reverse("reminder-settings", args=[organization.slug])),
        }
        return Body(
            subject=subject,
            text=render_to_string("email/reminder.txt", context).strip() + "\n",
            html=render_to_string("email/reminder.html", context),
        )


def rewrite(message: Message, standing: Sequence[Obligation], now: datetime) -> None:
    """Write the body anew from what is still true, before anything was sent."""
    told = [(duty.rule, describe(duty, now), _due_of(duty)) for duty in standing]
    body = compose(message.organization, message.recipient, told, now)
    message.subject, message.text, message.html = body.subject, body.text, body.html
    message.address = message.recipient.user.email


def _due_of(duty: Obligation) -> Due:
    subject = rules.Subject(duty.subject_type, duty.subject_id)
    return Due(duty.rule, subject, duty.recipient_id, duty.occasion, duty.due_at)


def describe(duty: Obligation, now: datetime) -> Described:
    """The thing of one obligation as it is now."""
    if is_about_work(duty.rule, duty.subject_type):
        only = {duty.subject_type: [duty.subject_id]}
        since = duty.created_at - rules.WEEK
        work, _setting = work_of(duty.organization, now, only=only, since=since)
        return work.about(_due_of(duty))
    if duty.rule == rules.APPROVAL_WAITING:
        return _described_review(Review.objects.select_related("subject").get(pk=duty.subject_id))
    if duty.rule == rules.NO_OWNER:
        return _described_owned(duty)
    if duty.rule == rules.TAKEN_OVER:
        row = take_overs(duty.organization).get(pk=int(duty.occasion))
        plan = Plan.objects.get(pk=duty.subject_id)
        return described_take_over(duty.organization, row, plan)
    if duty.rule in meeting_words.RULES:
        return meetings.describe(duty)
    return _described_post(duty)


def _described_review(review: Review) -> Described:
    kind = SUBJECT_KINDS[review.subject.kind]
    facts = kind.facts(kind.load(review.subject))
    return Described(title=facts.title, url=facts.url, detail="", plan_id=facts.plan_id)


def _described_owned(duty: Obligation) -> Described:
    ownable = next(o for o in OWNABLES.values() if o.label == duty.subject_type)
    model = apps.get_model(duty.subject_type)
    assert issubclass(model, Owned)
    row: Any = model._default_manager.get(pk=duty.subject_id)
    return Described(title=ownable.title(row), url=ownable.url(row), detail=str(ownable.noun))


def _described_post(duty: Obligation) -> Described:
    post = Placement.objects.select_related("channel", "item__plan", "organization").get(
        pk=duty.subject_id
    )
    return Described(
        title=post.item.title,
        url=reverse("story", args=[post.organization.slug, post.item_id]),
        detail=f"{post.channel.name} · {post.item.plan.name}",
        at=post.scheduled_at,
        zone=post.channel.zone(post.organization),
        paste="\n".join(part for part in (post.copy or post.item.copy, post.item.link) if part),
    )


@dataclass(frozen=True)
class Group:
    """The rows of one rule under their heading; `more` is how many only *My work* shows."""

    rule: str
    heading: str
    lines: list[Line]
    more: int = 0

    @property
    def count(self) -> int:
        """How many things there are, shown or not."""
        return len(self.lines) + self.more


def _groups(told: Sequence[Told], now: datetime, zone: ZoneInfo) -> list[Group]:
    """The rows under one heading for each rule, in the order of consequence."""
    found: list[Group] = []
    for rule, heading in HEADINGS.items():
        mine = [(thing, due) for r, thing, due in told if r == rule]
        lines = [_line(rule, thing, due, now, zone) for thing, due in mine[:SHOWN]]
        if lines:
            found.append(Group(rule, str(heading), lines, len(mine) - len(lines)))
    return found


HEADINGS = {
    rules.TAKEN_OVER: gettext_lazy("Taken over"),
    rules.MEETING_INVITATION: gettext_lazy("Meetings"),
    rules.APPROVAL_WAITING: gettext_lazy("Waiting for your decision"),
    rules.OVERDUE: gettext_lazy("Late"),
    **work_words.PRESSING,
    rules.NO_OWNER: gettext_lazy("No one owns these"),
    rules.DID_IT_GO_OUT: gettext_lazy("Did it go out?"),
    rules.TIME_TO_POST: gettext_lazy("Time to post"),
    **work_words.CHANGED,
    rules.DUE_SOON: gettext_lazy("Yours, due soon"),
    rules.MEETING_TOMORROW: gettext_lazy("Your next meeting"),
    **work_words.GOOD_TO_KNOW,
    rules.MEETING_MINUTES: gettext_lazy("Minutes"),
}
"""In the order of consequence. Translated when said: most mails have one of these."""


def _line(rule: str, thing: Described, due: Due, now: datetime, zone: ZoneInfo) -> Line:
    if is_about_work(rule, due.subject.type):
        return _work_line(rule, thing, due, zone)
    return Line(
        title=thing.title,
        detail=str(thing.detail),
        why=_why_of(rule, thing, due, now),
        when=_when(thing, zone),
        url=_absolute(thing.url),
        action=str(ACTIONS[rule]),
        late=rule == rules.OVERDUE or due.occasion.endswith((":late", ":champion", ":managers")),
        paste=str(thing.paste) if rule in PASTED else "",
        alone=meeting_words.subject(rule, thing),
    )


def _work_line(rule: str, thing: Described, due: Due, zone: ZoneInfo) -> Line:
    kind = due.subject.type
    return Line(
        title=thing.title,
        detail=str(thing.detail),
        why=work_words.why(rule, kind, due.occasion, thing),
        when=work_words.when(rule, thing) or _when(thing, zone),
        url=_absolute(thing.url),
        action=work_words.action(rule, kind),
        late=rule == rules.OVERDUE or due.occasion.endswith((":champion", ":managers")),
        paste=work_words.box(thing) if rule in work_words.BOXED else "",
        alone=work_words.subject(rule, kind, thing),
    )


def _why_of(rule: str, thing: Described, due: Due, now: datetime) -> str:
    if rule == rules.TAKEN_OVER:
        return _taken_over(thing)
    if rule in meeting_words.RULES:
        return meeting_words.why(rule, thing)
    return _why(rule, due, now)


ACTIONS = {
    rules.TAKEN_OVER: gettext_lazy("Open the plan"),
    rules.APPROVAL_WAITING: gettext_lazy("Decide"),
    rules.OVERDUE: gettext_lazy("See what is missing"),
    rules.NO_OWNER: gettext_lazy("I’ll take it"),
    rules.DID_IT_GO_OUT: gettext_lazy("Say what happened"),
    rules.TIME_TO_POST: gettext_lazy("It went out"),
    rules.DUE_SOON: gettext_lazy("Open it"),
    **meeting_words.ACTIONS,
}


def _taken_over(thing: Described) -> str:
    return _("%(who)s took over the plan “%(plan)s”. The reason: “%(reason)s”") % {
        "who": thing.who,
        "plan": thing.title,
        "reason": thing.reason,
    }


def _why(rule: str, due: Due, now: datetime) -> str:
    """Why this person, in one sentence; `now` on the organization's wall clock."""
    if rule == rules.NO_OWNER:
        days = (now.date() - date.fromisoformat(due.occasion.split(":")[0])).days
        age = ngettext("No one has owned this for a day.", "No one has owned this for %(n)s days.",
                       days) % {"n": days}  # fmt: skip
        return age if days > 0 else _("No one owns this since today.")
    word = due.occasion.rsplit(":", 1)[-1]
    if rule == rules.APPROVAL_WAITING:
        return str(WHY_DECIDE.get(word, WHY_DECIDE["asked"]))
    return str(WHY[rule])


WHY_DECIDE = {
    "asked": gettext_lazy("You are an approver."),
    "late": gettext_lazy("You are an approver, and the time to decide is over."),
    "champion": gettext_lazy("You champion the plan, and the time to decide is over."),
    "managers": gettext_lazy("You manage this organization, and the time to decide is over."),
}
WHY = {
    rules.OVERDUE: gettext_lazy("You own it, and its time passed without an approval."),
    rules.DID_IT_GO_OUT: gettext_lazy("You own it, and nobody has recorded that it went out."),
    rules.TIME_TO_POST: gettext_lazy("You own it. The copy is ready to paste below."),
    rules.DUE_SOON: gettext_lazy("You own it, and it is not ready for approval yet."),
}


def _when(thing: Described, zone: ZoneInfo) -> str:
    """The time in the thing's own zone, with the reader's beside it where they differ."""
    if thing.at is None or thing.zone is None:
        return ""
    there, here = thing.at.astimezone(thing.zone), thing.at.astimezone(zone)
    said = f"{formats.date_format(there, 'D j F')}, {there:%H:%M}"
    if there.utcoffset() == here.utcoffset():
        return said
    yours = f"{here:%H:%M}"
    if there.date() != here.date():
        yours = f"{formats.date_format(here, 'D j F')}, {yours}"
    return _("%(there)s (%(here)s for you)") % {"there": said, "here": yours}


def _subject(groups: Sequence[Group], count: int) -> str:
    first = Truncator(groups[0].lines[0].title).chars(LONGEST_TITLE)
    if count == 1 and groups[0].lines[0].alone:
        return groups[0].lines[0].alone
    if count == 1:
        return _SINGLE[groups[0].rule]() % {"title": first}
    return _("%(count)s things need you, first: %(title)s") % {"count": count, "title": first}


_SINGLE = {
    rules.TAKEN_OVER: lambda: _("Taken over: %(title)s"),
    rules.APPROVAL_WAITING: lambda: _("Your decision: %(title)s"),
    rules.OVERDUE: lambda: _("Late: %(title)s"),
    rules.NO_OWNER: lambda: _("No one owns this: %(title)s"),
    rules.DID_IT_GO_OUT: lambda: _("Did it go out? %(title)s"),
    rules.TIME_TO_POST: lambda: _("Time to post: %(title)s"),
    rules.DUE_SOON: lambda: _("Due soon: %(title)s"),
}


def _greeting(hour: int, name: str) -> str:
    if hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def _absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"
