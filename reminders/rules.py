"""Who must be told what, now (rule 7): pure, from plain facts and a `now`.

Everything is computed from the state, not from remembered events: the same moment gives the same
answers, at any time, in as many planners as you like. Each `Due` carries an occasion (a date or an
escalation level) that makes it one thing to tell, once; where several occasions have passed
unseen, only the latest is due, so that a beat that was down catches up without a flood.

- due soon: a draft, or one with changes requested, goes out within two working days. Due when work
  begins on the second working day before its local date; over when its time has come.
- time to post: an approved post; from a quarter of an hour before its time until the tolerance.
- did it go out: an approved post whose time and tolerance have passed; again each week.
- overdue: a post that was not approved when its time and tolerance had passed; likewise.
- no owner: at once to the fallback of rule 2 (the managers where there is none), on the second
  working day to the champion, on the fifth to the managers, then to them each week. Of a
  confidential plan only who may see it is told: in the managers' place, where none of them may,
  its champion, or without one all who are listed.
- approval waiting: at once to each approver; past the stage's limit to them again, on the
  next working day to the champion, on the one after that to the managers.
- meeting tomorrow: each who is invited, with the agenda; from 24 hours before, once it is drawn up,
  until the meeting begins.
- meeting invitation, meeting minutes: who was to be told of meetings, at once, within a week.
- what concerns tasks, key dates, questions and shared events: see `work_rules`.
- taken over: at once to who championed a confidential plan until an administrator took it over
  (rule 6), as long as that is less than a week ago.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from people.rules import WorkingCalendar
from plancraft.lib.dates import at_wall_clock, local_day

LEAD_DAYS = 2
POST_LEAD = timedelta(minutes=15)
WEEK = timedelta(days=7)
DAY_BEFORE = timedelta(hours=24)
REPEATS = 3
LAST_YEAR = 2200
CHAMPION_AFTER, MANAGERS_AFTER = 2, 5
MANAGERS_LEVEL = 2

DUE_SOON, TIME_TO_POST, DID_IT_GO_OUT = "due_soon", "time_to_post", "did_it_go_out"
OVERDUE, NO_OWNER, APPROVAL_WAITING = "overdue", "no_owner", "approval_waiting"
TAKEN_OVER = "taken_over"
MEETING_TOMORROW, MEETING_INVITATION = "meeting_tomorrow", "meeting_invitation"
MEETING_MINUTES = "meeting_minutes"
TO_MAKE_READY = frozenset({"draft", "changes_requested"})
UNSECURED = TO_MAKE_READY | {"in_review"}


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing that a reminder is about: `app.Model` and key."""

    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that one member must be told; `due_at` is the instant from which it is true."""

    rule: str
    subject: Subject
    recipient: int
    occasion: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PostFact:
    """A post with a time: its state, the owner of its story, the channel's zone."""

    subject: Subject
    at: datetime
    zone: ZoneInfo
    state: str
    owner: int | None
    historical: bool = False


@dataclass(frozen=True, slots=True)
class UnownedFact:
    """A thing without owner since an instant; `fallback` is chased first (rule 2), or nobody.

    `listed` are the only ones who may see it, where its plan is confidential.
    """

    subject: Subject
    since: datetime
    fallback: int | None
    champion: int | None
    listed: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """An open stage of a review: since when it waits, its limit, and who has not decided yet."""

    subject: Subject
    asked_at: datetime
    limit: datetime
    approvers: frozenset[int]
    champion: int | None


@dataclass(frozen=True, slots=True)
class TakenOverFact:
    """A plan taken over at an instant, by the key of its record; `former` championed it before."""

    subject: Subject
    record: int
    at: datetime
    former: int


@dataclass(frozen=True, slots=True)
class MeetingFact:
    """A meeting of the next 24 hours whose agenda is drawn up, and who is invited."""

    subject: Subject
    at: datetime
    invited: frozenset[int]


@dataclass(frozen=True, slots=True)
class MeetingMailFact:
    """That a member is to be told something of meetings since an instant, under a rule."""

    subject: Subject
    at: datetime
    member: int
    rule: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What the organization says: working calendar, tolerance, and who manages."""

    calendar: WorkingCalendar
    tolerance: timedelta
    managers: tuple[int, ...]


def due_now(
    posts: Iterable[PostFact],
    unowned: Iterable[UnownedFact],
    reviews: Iterable[ReviewFact],
    setting: Setting,
    now: datetime,
    taken_over: Iterable[TakenOverFact] = (),
    meetings: Iterable[MeetingFact] = (),
    meeting_mails: Iterable[MeetingMailFact] = (),
) -> list[Due]:
    """Everything to be told at `now`, in a stable order. `now` is aware."""
    found = [due for post in posts for due in of_post(post, setting, now)]
    found += [due for thing in unowned for due in of_unowned(thing, setting, now)]
    found += [due for review in reviews for due in of_review(review, setting, now)]
    found += [due for fact in taken_over for due in of_taken_over(fact, now)]
    found += [due for meeting in meetings for due in of_meeting(meeting, now)]
    found += [due for mail in meeting_mails for due in of_meeting_mail(mail, now)]
    return sorted(
        found, key=lambda d: (d.recipient, d.rule, d.due_at, d.subject.type, d.subject.id)
    )


def of_post(post: PostFact, setting: Setting, now: datetime) -> Iterator[Due]:
    """What the owner of this post must be told; nothing where there is none or it is history."""
    if post.owner is None or post.historical:
        return
    over = post.at + setting.tolerance
    told = _before(post, setting, now) if now <= over else _after(post, now, over)
    if told is not None:
        yield told


def _before(post: PostFact, setting: Setting, now: datetime) -> Due | None:
    if post.state == "approved":
        from_ = post.at - POST_LEAD
        if from_ <= now:
            return _told(TIME_TO_POST, post, post.at.isoformat(), from_)
    elif post.state in TO_MAKE_READY and now < post.at:
        day = local_day(post.at, post.zone)
        from_ = work_begins(setting.calendar.shift(day, -LEAD_DAYS), setting.calendar)
        if from_ <= now:
            return _told(DUE_SOON, post, day.isoformat(), from_)
    return None


def _after(post: PostFact, now: datetime, over: datetime) -> Due | None:
    rule = {"approved": DID_IT_GO_OUT}.get(post.state, OVERDUE if post.state in UNSECURED else "")
    week = (now - over) // WEEK
    if not rule or week > REPEATS:
        return None
    return _told(rule, post, f"{post.at.isoformat()}:{week}", over + week * WEEK)


def _told(rule: str, post: PostFact, occasion: str, due_at: datetime) -> Due:
    assert post.owner is not None
    return Due(rule, post.subject, post.owner, occasion, due_at)


def of_unowned(thing: UnownedFact, setting: Setting, now: datetime) -> Iterator[Due]:
    """Who is told that no one owns this; the latest step that has begun, and nobody twice."""
    level, begun = latest_of(_unowned_steps(thing.since, setting.calendar), now)
    if begun is None:
        return
    since = local_day(thing.since, setting.calendar.zone)
    for member in _unowned_audience(thing, setting, level):
        yield Due(NO_OWNER, thing.subject, member, f"{since}:{level}", begun)


def _unowned_steps(since: datetime, calendar: WorkingCalendar) -> Iterator[datetime]:
    """The instants of the steps: at once, champion, managers, then each week without end."""
    day = local_day(since, calendar.zone)
    yield since
    yield work_begins(calendar.shift(day, CHAMPION_AFTER), calendar)
    weekly = calendar.shift(day, MANAGERS_AFTER)
    while weekly.year < LAST_YEAR:
        yield work_begins(weekly, calendar)
        weekly += WEEK


def _unowned_audience(thing: UnownedFact, setting: Setting, level: int) -> tuple[int, ...]:
    first = thing.fallback if level == 0 else thing.champion
    if level < MANAGERS_LEVEL and first is not None:
        return (first,)
    return leaders_of(thing.listed, thing.champion, setting)


def leaders_of(
    listed: frozenset[int] | None, champion: int | None, setting: Setting
) -> tuple[int, ...]:
    """The managers; of a confidential plan, whose readers are `listed`, somebody who may see it.

    Those are the managers among them, else its champion, else everyone listed.
    """
    if listed is None:
        return setting.managers
    managers = tuple(member for member in setting.managers if member in listed)
    if managers:
        return managers
    return tuple(sorted(listed)) if champion is None else (champion,)


def of_review(review: ReviewFact, setting: Setting, now: datetime) -> Iterator[Due]:
    """Who is told that a decision waits: approvers, and past the limit champion and managers."""
    if now < review.asked_at:
        return
    late = now >= review.limit
    word, since = ("late", review.limit) if late else ("asked", review.asked_at)
    for member in sorted(review.approvers):
        yield _waiting(review, member, word, since)
    if late:
        yield from _escalated(review, setting, now)


def _escalated(review: ReviewFact, setting: Setting, now: datetime) -> Iterator[Due]:
    day = local_day(review.limit, setting.calendar.zone)
    champions = () if review.champion is None else (review.champion,)
    for step, (word, people) in enumerate(
        [("champion", champions), ("managers", setting.managers)], start=1
    ):
        since = work_begins(setting.calendar.shift(day, step), setting.calendar)
        if since <= now:
            for member in people:
                if member not in review.approvers:
                    yield _waiting(review, member, word, since)


def _waiting(review: ReviewFact, member: int, word: str, since: datetime) -> Due:
    return Due(
        APPROVAL_WAITING, review.subject, member, f"{review.asked_at.isoformat()}:{word}", since
    )


def of_taken_over(fact: TakenOverFact, now: datetime) -> Iterator[Due]:
    """Who championed the plan until then is told, once, within a week."""
    if fact.at <= now < fact.at + WEEK:
        yield Due(TAKEN_OVER, fact.subject, fact.former, str(fact.record), fact.at)


def of_meeting(meeting: MeetingFact, now: datetime) -> Iterator[Due]:
    """Everyone invited, from a day before until it begins; a meeting that moved is told anew."""
    from_ = meeting.at - DAY_BEFORE
    if from_ <= now < meeting.at:
        for member in sorted(meeting.invited):
            occasion = meeting.at.isoformat()
            yield Due(MEETING_TOMORROW, meeting.subject, member, occasion, from_)


def of_meeting_mail(mail: MeetingMailFact, now: datetime) -> Iterator[Due]:
    """Once, within a week."""
    if mail.at <= now < mail.at + WEEK:
        yield Due(mail.rule, mail.subject, mail.member, mail.at.isoformat(), mail.at)


def latest_of(steps: Iterable[datetime], now: datetime) -> tuple[int, datetime | None]:
    """The number and instant of the last step that has begun."""
    level, begun = -1, None
    for number, step in enumerate(steps):
        if step > now:
            break
        level, begun = number, step
    return level, begun


def work_begins(day: date, calendar: WorkingCalendar) -> datetime:
    """When work begins on that day, whether or not it is a working day."""
    return at_wall_clock(day, calendar.opens, calendar.zone)


def after_quiet(now: datetime, zone: ZoneInfo, quiet_from: time, quiet_to: time) -> datetime:
    """`now`, or the end of the person's quiet hours where `now` lies within them.

    Quiet hours may run over midnight; equal times mean that there are none.
    """
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    if quiet_from < quiet_to:
        quiet, day = quiet_from <= clock < quiet_to, local.date()
    else:
        quiet = quiet_from != quiet_to and (clock >= quiet_from or clock < quiet_to)
        day = local.date() + timedelta(days=clock >= quiet_from)
    return max(now, at_wall_clock(day, quiet_to, zone)) if quiet else now
