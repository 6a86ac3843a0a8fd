"""The demo's meetings: a weekly round with its last minutes and one ahead, and one nobody runs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dashboards.demo.stage import HOME, World
from plans.meetings import queries, services
from plans.models import (
    ActionItem,
    AgendaItem,
    Meeting,
    MeetingAttendee,
    MeetingDecision,
    MeetingFlag,
    MeetingSeries,
)
from plans.work.services import create_task

WEEK = timedelta(days=7)
ROUND = ("hanna", "maya", "daniel", "lucia", "tom", "jonas")
NOTES = """Spring guide: two branches asked for printed copies, the rest points to the web page.
Instagram went quiet over the weekend; Lucia had the pictures, nobody had the words.
Harbor Street reopening: the news release goes first, posts an hour later."""
DECISIONS = (
    "The words for weekend posts are ready by Thursday noon.",
    "The spring guide is printed once, 400 copies, no reprint.",
)
TALKED = (
    ("late", "Branch telephones: the number on the poster is the old one"),
    ("unowned", "YouTube has no owner since Ben left"),
    ("own", "What do the branches hear at the counter?"),
)


def furnish(world: World) -> None:
    """Everything about meetings, as if it had grown over the last weeks."""
    ahead = _next_working_day(world)
    weekly = _weekly(world, ahead)
    _past(world, weekly, ahead - 2 * WEEK, with_minutes=False)
    last = _past(world, weekly, ahead - WEEK, with_minutes=True)
    _agreed(world, last)
    _noticed(world, weekly)
    cast, now = world.cast, world.days.now
    meeting = services.prepare(series=weekly, day=ahead, by=cast["hanna"])
    services.draw(meeting=meeting, by=cast["hanna"], now=now)
    for key, comes in (("maya", True), ("lucia", True), ("jonas", False)):
        services.answer(meeting=meeting, member=cast[key], comes=comes, now=now)
    _monthly(world)


def _next_working_day(world: World) -> date:
    day = world.days.today + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _weekly(world: World, ahead: date) -> MeetingSeries:
    series = MeetingSeries.objects.create(
        organization=world.organization,
        plan=world.plans[HOME],
        title="Home Buyer round",
        place="Room 4, or meet.northlake.example/round",
        time_zone=world.organization.time_zone,
        clock=time(9, 30),
        duration_minutes=30,
        weekdays=[ahead.weekday()],
        first_day=ahead - 5 * WEEK,
        owner=world.cast["hanna"],
        unowned_since=None,
        created_by=world.cast["hanna"],
        created_at=world.days.ago(37),
    )
    return _invited(world, series, ROUND)


def _invited(world: World, series: MeetingSeries, keys: tuple[str, ...]) -> MeetingSeries:
    MeetingAttendee.objects.bulk_create(
        MeetingAttendee(organization=world.organization, series=series, member=world.cast[key])
        for key in keys
    )
    return series


def _past(world: World, series: MeetingSeries, day: date, *, with_minutes: bool) -> Meeting:
    at = queries.start_of(series, day)
    meeting = Meeting.objects.create(
        organization=world.organization,
        series=series,
        occurrence_on=day,
        starts_at=at,
        duration_minutes=series.duration_minutes,
        place=series.place,
        agenda_drawn_at=at - timedelta(hours=24),
        notes=NOTES if with_minutes else "Short one: everybody was at the branch fair.",
        version=2,
        minutes_sent_at=at + timedelta(minutes=40) if with_minutes else None,
    )
    if with_minutes:
        _talked(world, meeting, at)
    return meeting


def _talked(world: World, meeting: Meeting, at: datetime) -> None:
    for number, (source, text) in enumerate(TALKED):
        AgendaItem.objects.create(
            organization=world.organization,
            meeting=meeting,
            source=source,
            key=f"{source}:{number}",
            text=text,
            is_nobodys=source == "unowned",
            position=number,
            done_at=at + timedelta(minutes=5 * number) if number < 2 else None,
        )
    for text in DECISIONS:
        MeetingDecision.objects.create(
            organization=world.organization,
            meeting=meeting,
            text=text,
            by=world.cast["hanna"],
            created_at=at + timedelta(minutes=20),
        )


def _agreed(world: World, meeting: Meeting) -> None:
    """One thing became a task, one is still a note."""
    hanna, plan, due = world.cast["hanna"], world.plans[HOME], world.days.ahead(3, "12:00")
    what = "Write the words for the weekend posts ahead"
    task = create_task(
        organization=world.organization,
        plan=plan,
        title=what,
        by=hanna,
        owner=world.cast["daniel"],
        due=due.astimezone(world.days.zone).date(),
    )
    both = {"organization": world.organization, "meeting": meeting, "created_by": hanna}
    ActionItem.objects.create(
        **both, text=what, plan=plan, owner=task.owner, due=task.due, task=task
    )
    ActionItem.objects.create(**both, text="Ask the printer about recycled paper", plan=plan)


def _noticed(world: World, series: MeetingSeries) -> None:
    for key, kind, text, days in (
        ("lucia", "worked", "The brief came with pictures: the post took ten minutes", 4),
        ("tom", "tweak", "Approvals that arrive on Friday evening wait until Monday", 2),
    ):
        MeetingFlag.objects.create(
            organization=world.organization,
            series=series,
            kind=kind,
            text=text,
            by=world.cast[key],
            created_at=world.days.ago(days),
        )


def _monthly(world: World) -> None:
    """The round of all departments: nobody has run it since Ben left."""
    series = MeetingSeries.objects.create(
        organization=world.organization,
        title="All departments, one calendar",
        place="Auditorium",
        time_zone=world.organization.time_zone,
        clock=time(14),
        duration_minutes=60,
        frequency="monthly",
        weekdays=[3],
        nth=1,
        first_day=world.days.day(-20),
        owner=None,
        unowned_since=world.days.ago(36),
        unowned_reason="Ben Hollis left",
        created_at=world.days.ago(140),
    )
    _invited(world, series, ("ines", "hanna", "amara", "jonas", "maya"))
