"""Reads for reminders: the facts that planning decides on, and what became of the mails."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from calendar_app.models import ContentItem, Placement
from people import queries as people
from people.activity import words as recorded_words
from people.models import Activity, Membership, Organization
from people.models.organizations import Role
from people.registry import hidden_plans
from people.working_calendar import calendar_of
from plans.models import Meeting, MeetingMail, MeetingSeries, Plan, Stream
from plans.queries import OPEN_STATES
from reminders import meetings, news_facts, work_facts
from reminders.described import Described
from reminders.models import Message, Obligation, Preference
from reminders.rules import (
    REPEATS,
    TAKEN_OVER,
    WEEK,
    Due,
    MeetingFact,
    MeetingMailFact,
    PostFact,
    ReviewFact,
    Setting,
    Subject,
    TakenOverFact,
    UnownedFact,
)
from reminders.work_facts import Scope, Work, is_about_work
from workflow.models import Review
from workflow.queries.owned import unowned
from workflow.queries.waiting import waiting

AHEAD = timedelta(days=21)
"""How far ahead posts are read: two working days over the longest holidays."""

POST_COLUMNS = (
    "pk",
    "scheduled_at",
    "state",
    "channel__time_zone",
    "channel__name",
    "item__owner",
    "item__title",
    "item__plan",
    "item__plan__name",
    "item_id",
    "copy",
    "item__copy",
    "item__link",
)


@dataclass(slots=True)
class Facts:
    """Everything that one planning pass of an organization decides on."""

    setting: Setting
    members: Mapping[int, Membership]
    preferences: Mapping[int, Preference]
    hidden_from_all_but: Mapping[int, frozenset[int]]
    posts: list[PostFact] = field(default_factory=list)
    unowned: list[UnownedFact] = field(default_factory=list)
    reviews: list[ReviewFact] = field(default_factory=list)
    taken_over: list[TakenOverFact] = field(default_factory=list)
    meetings: list[MeetingFact] = field(default_factory=list)
    meeting_mails: list[MeetingMailFact] = field(default_factory=list)
    mails_of_meetings: Mapping[int, MeetingMail] = field(default_factory=dict)
    described: dict[Subject, Described] = field(default_factory=dict)
    take_overs: dict[str, Described] = field(default_factory=dict)
    work: Work = field(default_factory=Work)

    def about(self, due: Due) -> Described:
        """What is said of it: of a take-over what happened, by its occasion, else of the thing."""
        if is_about_work(due.rule, due.subject.type):
            return self.work.about(due)
        if due.rule == TAKEN_OVER:
            return self.take_overs[due.occasion]
        return self.described[due.subject]


@lru_cache(maxsize=600)
def zone_of(name: str) -> ZoneInfo:
    """The zone by its IANA name."""
    return ZoneInfo(name)


def facts(organization: Organization, now: datetime) -> Facts:
    """The facts of one organization, by a constant number of queries."""
    members = {m.pk: m for m in people.members(organization)}
    champions, readers = _plans(organization)
    found = Facts(
        setting=_setting(organization, members),
        members=members,
        preferences={p.member_id: p for p in Preference.objects.filter(organization=organization)},
        hidden_from_all_but=readers,
    )
    _read_posts(organization, now, found)
    _read_unowned(organization, champions, found)
    _read_reviews(organization, found)
    _read_taken_over(organization, now, found)
    _read_meetings(organization, now, found)
    scope = Scope(organization, now, now - WEEK, found.setting, members, champions, readers)
    found.work = _read_work(scope)
    return found


def _read_work(scope: Scope) -> Work:
    work = Work()
    work_facts.read(scope, work)
    news_facts.read(scope, work)
    return work


def work_of(
    organization: Organization,
    now: datetime,
    *,
    only: Mapping[str, Collection[int]],
    since: datetime,
) -> tuple[Work, Setting]:
    """What the rules of work decide on, of these things only (keys by label), news from `since`."""
    members = {m.pk: m for m in people.members(organization)}
    setting = _setting(organization, members)
    scope = Scope(organization, now, since, setting, members, *_plans(organization), only)
    return _read_work(scope), setting


def _setting(organization: Organization, members: Mapping[int, Membership]) -> Setting:
    managers = [m.pk for m in members.values() if m.role == Role.MANAGER]
    leaders = managers or [m.pk for m in members.values() if m.role == Role.ADMIN]
    return Setting(
        calendar=calendar_of(organization),
        tolerance=timedelta(hours=organization.tolerance_hours),
        managers=tuple(leaders),
    )


def _plans(organization: Organization) -> tuple[dict[int, int], dict[int, frozenset[int]]]:
    """Champion of each plan that has one; and who may see each confidential plan."""
    champions: dict[int, int] = {}
    readers: dict[int, frozenset[int]] = {}
    plans = Plan.objects.filter(organization=organization).prefetch_related("readers")
    for plan in plans:
        if plan.owner_id is not None:
            champions[plan.pk] = plan.owner_id
        if plan.is_confidential:
            listed = {reader.member_id for reader in plan.readers.all()}
            own = set() if plan.owner_id is None else {plan.owner_id}
            readers[plan.pk] = frozenset(listed | own)
    return champions, readers


def _read_posts(organization: Organization, now: datetime, found: Facts) -> None:
    oldest = now - found.setting.tolerance - (REPEATS + 1) * WEEK
    rows = (
        Placement.objects.filter(
            organization=organization,
            scheduled_at__range=(oldest, now + AHEAD),
            state__in=["draft", "in_review", "changes_requested", "approved"],
            historical=False,
            item__owner__isnull=False,
            item__plan__state__in=OPEN_STATES,
        )
        .order_by("scheduled_at", "pk")
        .values_list(*POST_COLUMNS)
    )
    label = Placement._meta.label
    # Resolving each address would take a third of a pass over ten thousand posts.
    stories = reverse("story", args=[organization.slug, 0]).removesuffix("0/")
    for row in rows:
        pk, at, state, zone_name, channel, owner, title, plan, plan_name, item, *text = row
        own, shared, link = text
        subject, zone = Subject(label, pk), zone_of(zone_name or organization.time_zone)
        found.posts.append(PostFact(subject, at, zone, state, owner))
        found.described[subject] = Described(
            title=title,
            url=f"{stories}{item}/",
            detail=f"{channel} · {plan_name}",
            at=at,
            zone=zone,
            paste="\n".join(part for part in (own or shared, link) if part),
            plan_id=plan,
        )


def _read_unowned(organization: Organization, champions: Mapping[int, int], found: Facts) -> None:
    for row in unowned(organization, None):
        subject = Subject(row.label, row.pk)
        champion = champions.get(row.plan_id) if row.plan_id is not None else None
        listed = found.hidden_from_all_but.get(row.plan_id) if row.plan_id is not None else None
        fallback = row.responsible.pk if row.responsible is not None else champion
        if listed is not None and fallback not in listed:
            fallback = champion
        found.unowned.append(UnownedFact(subject, row.since, fallback, champion, listed))
        found.described[subject] = Described(
            title=row.title, url=row.url, detail=row.detail, plan_id=row.plan_id
        )


def _read_reviews(organization: Organization, found: Facts) -> None:
    for row in waiting(organization, None):
        subject = Subject(Review._meta.label, row.review.pk)
        champion = row.facts.champion.pk if row.facts.champion is not None else None
        deciders = frozenset(member.pk for member in row.deciders)
        found.reviews.append(
            ReviewFact(subject, row.review.opened_at, row.due_at, deciders, champion)
        )
        found.described[subject] = Described(
            title=row.facts.title,
            url=row.facts.url,
            detail=row.stage_name,
            at=row.due_at,
            zone=zone_of(organization.time_zone),
            plan_id=row.facts.plan_id,
        )


def _read_meetings(organization: Organization, now: datetime, found: Facts) -> None:
    found.meetings, ahead = meetings.meeting_facts(organization, now)
    found.meeting_mails, told, found.mails_of_meetings = meetings.mail_facts(organization, now)
    found.described |= ahead | told


def take_overs(organization: Organization) -> QuerySet[Activity]:
    """The records of confidential plans taken over, with who did it and why."""
    rows = Activity.objects.filter(organization=organization, verb="plan.taken_over")
    return rows.select_related("actor__user", "text")


def _read_taken_over(organization: Organization, now: datetime, found: Facts) -> None:
    rows = list(take_overs(organization).filter(at__gt=now - WEEK, at__lte=now).order_by("pk"))
    plans = Plan.objects.in_bulk({row.subject_id for row in rows}) if rows else {}
    for row in rows:
        former, plan = row.payload.get("previous"), plans.get(row.subject_id)
        if former is not None and plan is not None:
            subject = Subject(row.subject_type, row.subject_id)
            found.taken_over.append(TakenOverFact(subject, row.pk, row.at, former))
            found.take_overs[str(row.pk)] = described_take_over(organization, row, plan)


def described_take_over(organization: Organization, row: Activity, plan: Plan) -> Described:
    """Of a plan taken over: its name and page, who did it and the reason they gave."""
    return Described(
        title=plan.name,
        url=reverse("plan", args=[organization.slug, plan.pk]),
        detail="",
        plan_id=plan.pk,
        who=str(row.actor),
        reason=recorded_words(row),
    )


# What became of the mails ------------------------------------------------------------------------
def messages(organization: Organization, states: Iterable[str] = ()) -> QuerySet[Message]:
    """The reminders of the organization, newest first; account mails are never among them."""
    rows = Message.objects.filter(organization=organization).select_related("recipient__user")
    return (rows.filter(state__in=list(states)) if states else rows).order_by("-id")


def get_message(organization: Organization, message_id: int) -> Message:
    """One of them, else 404."""
    return get_object_or_404(messages(organization), pk=message_id)


def confidential(viewer: Membership, rows: Iterable[Message]) -> set[int]:
    """Keys of those messages that speak of a plan which the viewer may not see (rule 6).

    That there was such a mail, to whom and what became of it, is theirs to know; its words are not.
    """
    hidden = hidden_plans(viewer)
    if not hidden:
        return set()
    of: dict[str, QuerySet[Any]] = {
        Plan._meta.label: Plan.objects.filter(pk__in=hidden),
        Stream._meta.label: Stream.objects.filter(plan__in=hidden),
        MeetingSeries._meta.label: MeetingSeries.objects.filter(plan__in=hidden),
        Meeting._meta.label: Meeting.objects.filter(series__plan__in=hidden),
        MeetingMail._meta.label: MeetingMail.objects.filter(series__plan__in=hidden),
        ContentItem._meta.label: ContentItem.objects.filter(plan__in=hidden),
        Placement._meta.label: Placement.objects.filter(item__plan__in=hidden),
        Review._meta.label: Review.objects.filter(
            Q(subject__content_item__plan__in=hidden) | Q(subject__plan__in=hidden)
        ),
    }
    for label, (model, path) in work_facts.PLAN_OF.items():
        of[label] = model.objects.filter(**{f"{path}__in": hidden})
    secret = Q(pk__in=[])
    for label, things in of.items():
        secret |= Q(subject_type=label, subject_id__in=things.values("pk"))
    duties = Obligation.objects.filter(secret, message__in=[row.pk for row in rows])
    return {pk for pk in duties.values_list("message_id", flat=True) if pk is not None}


def message_counts(organization: Organization) -> dict[str, int]:
    """State -> how many messages are in it."""
    rows = Message.objects.filter(organization=organization).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def oldest_due(now: datetime) -> datetime | None:
    """Since when the oldest due message of all organizations waits; None when none does."""
    waiting = Q(state=Message.State.WAITING, next_attempt_at__lte=now)
    claimed = Q(state=Message.State.CLAIMED)
    found: datetime | None = Message.objects.filter(waiting | claimed).aggregate(
        oldest=Min("next_attempt_at")
    )["oldest"]
    return found


def preference_of(member: Membership) -> Preference:
    """The person's settings, or the defaults, unsaved."""
    found = Preference.objects.filter(member=member).first()
    return found or Preference(organization=member.organization, member=member)
