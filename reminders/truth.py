"""Before a mail is sent it is checked once more that it is still true and wanted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calendar_app.models import Placement
from people.models import Membership
from plancraft.lib.dates import local_day
from plans.models import MeetingSeries, Plan
from plans.queries import sights
from reminders import meetings, words, work_truth
from reminders.models import Message, Obligation
from reminders.models.outbox import Rule
from reminders.queries import take_overs, zone_of
from reminders.rules import TO_MAKE_READY, UNSECURED
from reminders.work_facts import is_about_work
from workflow.models import Decision, Review, Subject
from workflow.queries import nobody
from workflow.registry import OWNABLES, kind_of, ownable_labelled

WANTED: dict[str, Iterable[str]] = {
    Rule.DUE_SOON: TO_MAKE_READY,
    Rule.OVERDUE: UNSECURED,
    Rule.TIME_TO_POST: ("approved",),
    Rule.DID_IT_GO_OUT: ("approved",),
}
"""In which states a post still needs what each rule asks for."""


MAILS_OF_MEETINGS = frozenset({Rule.MEETING_INVITATION, Rule.MEETING_MINUTES})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the recipient may see the thing, and whether it must still be told to them."""

    may_see: bool
    is_true: bool


HIDDEN = Verdict(may_see=False, is_true=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation as judged: there are many, and a model instance of each would take its time."""

    pk: int
    message: int
    organization_id: int
    rule: str
    subject_type: str
    subject_id: int
    occasion: str
    created_at: datetime
    recipient: Membership

    @property
    def recipient_id(self) -> int:
        """The recipient's key."""
        return self.recipient.pk


COLUMNS = (
    "pk",
    "message",
    "organization",
    "rule",
    "subject_type",
    "subject_id",
    "occasion",
    "created_at",
)
"""The fields of a `Duty`, but for its recipient."""

Ruled = dict[int, Verdict]
"""The verdict on each obligation, by its key."""


def make_true(messages: Sequence[Message], now: datetime) -> set[int]:
    """Drop from each message what is no longer true; the keys of those with something left to say.

    A body is written anew where something was dropped, and only before the first attempt: what
    once went out under a Message-ID stays as it was. Only what the recipient may no longer see is
    taken out later too. However many the messages, the queries are as few, as long as nothing
    changed since they were written.
    """
    active = {row.pk: row for row in messages if row.recipient.is_active}
    rows = Obligation.objects.filter(message__in=active).order_by("id").values_list(*COLUMNS)
    duties = [_duty(row, active) for row in rows]
    held: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        held[duty.message].append(duty)
    verdicts = judge(duties, now)
    return {pk for pk, mine in held.items() if _stands(active[pk], mine, verdicts, now)}


def _duty(row: tuple[Any, ...], messages: Mapping[int, Message]) -> Duty:
    return Duty(*(*row, messages[row[1]].recipient))


def _stands(message: Message, duties: Sequence[Duty], verdicts: Ruled, now: datetime) -> bool:
    """Whether something is left of this message, which is written anew if it says too much."""
    standing = [duty.pk for duty in duties if verdicts[duty.pk].is_true]
    if not standing:
        return False
    hidden = any(not verdicts[duty.pk].may_see for duty in duties)
    dropped = len(standing) < len(duties) or message.address != message.recipient.user.email
    if hidden or (dropped and not message.attempts):
        obligations = Obligation.objects.filter(pk__in=standing).order_by("id")
        words.rewrite(message, list(obligations), now)
        message.save(update_fields=["address", "subject", "text", "html"])
    return True


def judge(duties: Sequence[Duty], now: datetime) -> Ruled:
    """The verdict on each obligation; all of one kind together."""
    work = [duty for duty in duties if is_about_work(duty.rule, duty.subject_type)]
    of_work = work_truth.judge(work, now)
    duties = [duty for duty in duties if duty.pk not in of_work]
    return {
        **{pk: Verdict(*verdict) for pk, verdict in of_work.items()},
        **_of_posts([duty for duty in duties if duty.rule in WANTED], now),
        **_of_unowned([duty for duty in duties if duty.rule == Rule.NO_OWNER]),
        **_of_reviews([duty for duty in duties if duty.rule == Rule.APPROVAL_WAITING]),
        **_of_taken_over([duty for duty in duties if duty.rule == Rule.TAKEN_OVER]),
        **_of_meetings([duty for duty in duties if duty.rule == Rule.MEETING_TOMORROW], now),
        **_of_meeting_mails([duty for duty in duties if duty.rule in MAILS_OF_MEETINGS], now),
    }


def _sights(duties: Iterable[Duty], plan_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(member, plan): who of the recipients may see which of the plans."""
    return sights({duty.recipient_id: duty.recipient for duty in duties}.values(), plan_ids)


def _of_unowned(duties: Sequence[Duty]) -> Ruled:
    """By the list of what nobody owns; what is no longer on it is looked at by itself."""
    lists = {duty.organization_id: duty.recipient.organization for duty in duties}
    open_rows = {
        (OWNABLES[row.slug].label, row.pk): row
        for organization in lists.values()
        for row in nobody(organization, None).rows
    }
    seen = _sights(duties, {row.plan for row in open_rows.values() if row.plan is not None})
    found: Ruled = {}
    for duty in duties:
        row = open_rows.get((duty.subject_type, duty.subject_id))
        if row is None:
            found[duty.pk] = _of_one_unowned(duty)
        elif row.plan is not None and (duty.recipient_id, row.plan) not in seen:
            found[duty.pk] = HIDDEN
        else:
            found[duty.pk] = Verdict(
                may_see=True, is_true=row.since is not None and row.since <= duty.created_at
            )
    return found


def _of_one_unowned(duty: Duty) -> Verdict:
    ownable = ownable_labelled(duty.subject_type)
    if ownable is None:
        return HIDDEN
    row = ownable.get(duty.recipient.organization, duty.recipient, duty.subject_id)
    if row is None:
        return HIDDEN
    unowned = row.unowned_since is not None and row.unowned_since <= duty.created_at
    return Verdict(may_see=True, is_true=unowned and not ownable.is_finished(row))


def _of_reviews(duties: Sequence[Duty]) -> Ruled:
    reviews = Review.objects.select_related("subject__organization").in_bulk(
        {duty.subject_id for duty in duties}
    )
    plan_of = _plans_of([review.subject for review in reviews.values()])
    seen = _sights(duties, {plan for plan in plan_of.values() if plan is not None})
    decided = set(
        Decision.objects.filter(
            review__in=reviews, member__in={duty.recipient_id for duty in duties}
        ).values_list("member", "review")
    )
    found: Ruled = {}
    for duty in duties:
        review, member = reviews.get(duty.subject_id), duty.recipient_id
        if review is None or (member, plan_of.get(review.subject_id)) not in seen:
            found[duty.pk] = HIDDEN
        else:
            waits = review.state == Review.State.OPEN and (member, review.pk) not in decided
            found[duty.pk] = Verdict(may_see=True, is_true=waits)
    return found


def _plans_of(subjects: Sequence[Subject]) -> dict[int, int | None]:
    """Subject key -> its plan, of every subject that there still is."""
    alike: dict[tuple[int, str], list[Subject]] = defaultdict(list)
    for subject in subjects:
        alike[subject.organization_id, subject.kind].append(subject)
    return {
        key: facts.plan_id
        for mine in alike.values()
        for key, facts in kind_of(mine[0]).facts_for(None, mine).items()
    }


def _of_taken_over(duties: Sequence[Duty]) -> Ruled:
    """It goes on having happened; only who may still see the plan is told."""
    seen = _sights(duties, {duty.subject_id for duty in duties})
    organizations = {duty.organization_id: duty.recipient.organization for duty in duties}
    recorded = {
        record
        for organization in organizations.values()
        for record in take_overs(organization)
        .filter(pk__in=[int(duty.occasion) for duty in duties])
        .values_list("pk", flat=True)
    }
    return {
        duty.pk: Verdict(may_see=True, is_true=int(duty.occasion) in recorded)
        if (duty.recipient_id, duty.subject_id) in seen
        else HIDDEN
        for duty in duties
    }


@dataclass(frozen=True, slots=True)
class Post:
    """What the verdict on a post depends on."""

    pk: int
    at: datetime | None
    state: str
    historical: bool
    zone: str
    owner: int | None
    plan: int
    plan_state: str


def _of_posts(duties: Sequence[Duty], now: datetime) -> Ruled:
    if not duties:
        return {}
    rows = Placement.objects.filter(pk__in={duty.subject_id for duty in duties}).values_list(
        "pk",
        "scheduled_at",
        "state",
        "historical",
        "channel__time_zone",
        "item__owner",
        "item__plan",
        "item__plan__state",
    )
    posts = {row[0]: Post(*row) for row in rows}
    seen = _sights(duties, {post.plan for post in posts.values()})
    found: Ruled = {}
    for duty in duties:
        post = posts.get(duty.subject_id)
        if post is None or (duty.recipient_id, post.plan) not in seen:
            found[duty.pk] = HIDDEN
        else:
            found[duty.pk] = Verdict(may_see=True, is_true=_needed(duty, post, now))
    return found


def _needed(duty: Duty, post: Post, now: datetime) -> bool:
    mine = post.owner == duty.recipient_id and post.plan_state != Plan.State.CLOSED
    wanted = mine and not post.historical and post.state in WANTED[duty.rule]
    return wanted and _timely(duty, post, now)


def _timely(duty: Duty, post: Post, now: datetime) -> bool:
    """Whether the post still stands at the time that the obligation was written for."""
    if post.at is None:
        return False
    if duty.rule != Rule.DUE_SOON:
        return duty.occasion.startswith(post.at.isoformat())
    day = local_day(post.at, zone_of(post.zone or duty.recipient.organization.time_zone))
    return post.at > now and duty.occasion == day.isoformat()


def _may_see(duty: Duty, series: MeetingSeries, seen: Collection[tuple[int, int]]) -> bool:
    """Meetings of no plan everyone may see, those of a plan who may see the plan."""
    return series.plan_id is None or (duty.recipient_id, series.plan_id) in seen


def _plans_of_series(rows: Iterable[MeetingSeries]) -> set[int]:
    return {series.plan_id for series in rows if series.plan_id is not None}


def _of_meetings(duties: Sequence[Duty], now: datetime) -> Ruled:
    """An agenda is for who is invited, before the meeting begins at the time that was told."""
    if not duties:
        return {}
    rows = meetings.by_key({duty.subject_id for duty in duties})
    seen = _sights(duties, _plans_of_series(row.series for row in rows.values()))
    invited = meetings.invited_to({row.series_id for row in rows.values()})
    found: Ruled = {}
    for duty in duties:
        row = rows.get(duty.subject_id)
        if row is None or not _may_see(duty, row.series, seen):
            found[duty.pk] = HIDDEN
        else:
            asked = (row.series_id, duty.recipient_id) in invited
            stands = row.cancelled_at is None and duty.occasion == row.starts_at.isoformat()
            ahead = row.starts_at > now
            found[duty.pk] = Verdict(may_see=True, is_true=asked and stands and ahead)
    return found


def _of_meeting_mails(duties: Sequence[Duty], now: datetime) -> Ruled:
    """The latest word to someone about the same meetings; minutes never overtake invitations."""
    if not duties:
        return {}
    rows = meetings.mails_by_key({duty.subject_id for duty in duties})
    seen = _sights(duties, _plans_of_series(row.series for row in rows.values()))
    latest = meetings.latest_mails(rows.values())
    found: Ruled = {}
    for duty in duties:
        row = rows.get(duty.subject_id)
        if row is None or not _may_see(duty, row.series, seen):
            found[duty.pk] = HIDDEN
        else:
            last = latest[meetings.same_mail(row)] == row.pk
            found[duty.pk] = Verdict(may_see=True, is_true=last and not meetings.is_over(row, now))
    return found
