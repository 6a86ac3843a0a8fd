"""What is on people's desks today: decisions, late things, things that nobody owns."""

from __future__ import annotations

from datetime import datetime, timedelta

from dashboards.demo.days import Days
from dashboards.demo.facts import PostSpec, Round, StorySpec
from dashboards.demo.history import approved
from dashboards.demo.stage import EVERYDAY, GRANTS, HARBOR, HOME
from dashboards.demo.texts import SITE
from people.rules import WorkingCalendar, add_working_hours

LIMIT = 24


def present(days: Days, calendar: WorkingCalendar) -> list[StorySpec]:
    """Every story that is told by hand."""
    return [
        *_for_brand(days, calendar),
        *_just_asked(days, calendar),
        *_for_compliance(days, calendar),
        *_back_with_their_owner(days),
        *_late(days),
        *_going_out(days),
        *_unowned(days),
        *_undated(days),
        *_quiet(days),
    ]


def _left(days: Days, calendar: WorkingCalendar, hours: float) -> datetime:
    """When a review was asked whose limit has that many working hours left (negative: over)."""
    return add_working_hours(days.now, hours - LIMIT, calendar)


def _for_brand(days: Days, calendar: WorkingCalendar) -> list[StorySpec]:
    """One decision is over its limit, one is close to it; both were in review before."""
    first = "Meet Dana, Luis and June: the three people who run Millbrook."
    return [
        StorySpec(
            EVERYDAY,
            "Millbrook: meet the team",
            first + " June bakes on Fridays.",
            "daniel",
            days.ago(16),
            (PostSpec("fb", days.ahead(4, "07:30")),),
            (
                Round(days.ago(14), "approve", "maya", days.ago(13, "15:05"), copy=first),
                Round(_left(days, calendar, -3)),
            ),
            stream="branches",
            link=f"{SITE}/millbrook",
            brief="June asked that the Friday cake be mentioned.",
        ),
        StorySpec(
            HOME,
            "First home, first keys: five costs people forget",
            "Survey. Notary. Locksmith. Curtains. Pizza for four. Together: 2,900, about.",
            "lucia",
            days.ago(14),
            (PostSpec("ig", days.ahead(1, "10:00")), PostSpec("fb", days.ahead(1, "12:00"))),
            (
                Round(
                    days.ago(12),
                    "changes",
                    "maya",
                    days.ago(11, "11:40"),
                    "The notary’s share differs by state. Say “about”, and link the table.",
                    "Survey. Notary. Locksmith. Curtains. Pizza for four. Together: 2,900.",
                ),
                Round(_left(days, calendar, 2.3)),
            ),
            stream="keys",
            link=f"{SITE}/first-keys",
        ),
    ]


def _just_asked(days: Days, calendar: WorkingCalendar) -> list[StorySpec]:
    """A decision with time."""
    return [
        StorySpec(
            EVERYDAY,
            "What our tellers wish you knew",
            "Nobody minds the question. Everybody minds the queue. Come at 10.",
            "jonas",
            days.ago(3),
            (PostSpec("li", days.ahead(5, "08:30")),),
            (Round(_left(days, calendar, 19)),),
        ),
    ]


def _for_compliance(days: Days, calendar: WorkingCalendar) -> list[StorySpec]:
    """News release, blog and newsletter: one has waited far too long."""
    return [
        StorySpec(
            HOME,
            "Spring mortgage outlook",
            "Northlake expects steady demand for first homes in all seven towns this spring.",
            "jonas",
            days.ago(8),
            (PostSpec("news", days.ahead(2, "09:00")),),
            (Round(_left(days, calendar, 7)),),
            link=f"{SITE}/news/spring-outlook",
            embargo_until=days.ahead(2, "08:00"),
        ),
        StorySpec(
            HOME,
            "Savings rates, compared honestly",
            "Ours is not the highest. Here is what you get for the difference.",
            "tom",
            days.ago(14),
            (PostSpec("blog", days.ahead(3, "09:00")),),
            (Round(_left(days, calendar, -30)),),
            stream="answers",
        ),
        StorySpec(
            EVERYDAY,
            "Front Door: the spring number",
            "Fees that change in May, a recipe from Harlow, and how to freeze a card.",
            "daniel",
            days.ago(5),
            (PostSpec("mail", days.ahead(6, "07:00")),),
            (Round(_left(days, calendar, 15)),),
        ),
    ]


def _back_with_their_owner(days: Days) -> list[StorySpec]:
    """Changes were asked for; or it was approved, and edited since."""
    return [
        StorySpec(
            HOME,
            "What a rate lock is",
            "A promise about your rate, with a date on it. Miss the date and the promise is gone.",
            "maya",
            days.ago(6),
            (PostSpec("li", days.ahead(3, "08:30")),),
            (
                Round(
                    days.ago(3),
                    "changes",
                    "hanna",
                    days.ago(2, "16:20"),
                    "Say how long ours holds: 60 days.",
                ),
            ),
        ),
        StorySpec(
            EVERYDAY,
            "Card abroad: the two fees",
            "One when you pay, one when you draw cash. The second can be avoided: pay by card.",
            "daniel",
            days.ago(10),
            (PostSpec("x", days.ahead(4, "08:00")),),
            (
                Round(
                    days.ago(6),
                    "approve",
                    "maya",
                    days.ago(5, "10:10"),
                    copy="One when you pay, one when you draw cash. The second can be avoided.",
                ),
            ),
            edited_at=days.ago(1, "17:30"),
        ),
    ]


def _late(days: Days) -> list[StorySpec]:
    """Never approved, and their time has passed."""
    return [
        StorySpec(
            EVERYDAY,
            "Send-off for the winter savers",
            "Eleven people reached the amount they wrote down in October.",
            "maya",
            days.ago(12),
            (PostSpec("fb", days.ago(2, "09:00")),),
        ),
        StorySpec(
            EVERYDAY,
            "Notes from the housing round table",
            "Three towns, one table, and the sentence everybody wrote down.",
            "jonas",
            days.ago(15),
            (PostSpec("li", days.ago(5, "08:30")),),
        ),
        StorySpec(
            HOME,
            "Viewing checklist, second page",
            "Damp, light, noise, neighbours. In that order.",
            "lucia",
            days.ago(11),
            (PostSpec("ig", days.ago(3, "18:00")),),
            stream="keys",
        ),
        StorySpec(
            GRANTS,
            "Deadline week: last call for the spring round",
            "Two pages are enough. Friday at noon is the end.",
            "amara",
            days.ago(13),
            (PostSpec("figfb", days.ago(6, "15:00")),),
        ),
    ]


def _going_out(days: Days) -> list[StorySpec]:
    """Approved: one for this hour, and two of which nobody said whether they went out."""
    soon = days.quarter(-timedelta(minutes=40))
    return [
        _approved(days, EVERYDAY, "x", "Service note: branch telephones", "maya", soon),
        _approved(
            days,
            EVERYDAY,
            "fb",
            "Thank you, Fenwick",
            "maya",
            days.before(25, "09:00"),
        ),
        _approved(days, HOME, "ig", "Keys day in Linden", "lucia", days.before(50, "17:30")),
    ]


WORDS = {
    "Service note: branch telephones": "The lines work again. Thank you for walking in instead.",
    "Thank you, Fenwick": "Eighty people, one tent, no rain until six.",
    "Keys day in Linden": "Mira has them. The kettle was in the first box, as advised.",
}


def _approved(
    days: Days, plan: str, channel: str, title: str, owner: str, at: datetime
) -> StorySpec:
    return StorySpec(
        plan,
        title,
        WORDS[title],
        owner,
        at - timedelta(days=6),
        (PostSpec(channel, at),),
        (approved(channel, owner, at),),
    )


def _unowned(days: Days) -> list[StorySpec]:
    """Stories that nobody answers for, of several ages."""
    return [
        StorySpec(
            HOME,
            "Companion posts for the mortgage outlook",
            "The outlook in one sentence and one number, for people who will not open it.",
            "",
            days.ago(4),
            (PostSpec("x", days.ahead(2, "09:30")), PostSpec("fb", days.ahead(2, "12:00"))),
            author="jonas",
            unowned_days=2,
        ),
        StorySpec(
            HOME,
            "Legal line for the First Home page",
            "",
            "",
            days.ago(8),
            brief="The short one fits under the button. Who asks legal?",
            author="hanna",
            unowned_days=6,
        ),
        StorySpec(
            GRANTS,
            "Spring round opens: the poster",
            "Sixty grants. Seven towns. Two pages to fill in.",
            "",
            days.ago(3),
            (PostSpec("figig", days.ahead(5, "11:00")),),
            author="amara",
            unowned_days=1,
        ),
    ]


def _undated(days: Days) -> list[StorySpec]:
    """In the tray: written, or half written, without a day."""
    return [
        StorySpec(
            EVERYDAY,
            "Why we still stamp passbooks",
            "Because some people like the sound. So do we.",
            "daniel",
            days.ago(20),
            (PostSpec("fb", None),),
        ),
        StorySpec(
            HOME,
            "Interview with a notary",
            "Twenty minutes of answers to questions nobody likes to ask.",
            "maya",
            days.ago(9),
            (PostSpec("yt", None),),
        ),
        StorySpec(
            HOME,
            "A day with a surveyor",
            "",
            "tom",
            days.ago(4),
            brief="Ask Piet whether we may come along on Thursday.",
        ),
        StorySpec(
            EVERYDAY,
            "Map of cash machines without a fee",
            "All 41 of them, and the three that close at night.",
            "lucia",
            days.ago(16),
            (PostSpec("ig", None),),
        ),
    ]


def _quiet(days: Days) -> list[StorySpec]:
    """Called off; and what only the readers of the confidential plan see."""
    return [
        StorySpec(
            EVERYDAY,
            "Winter opening hours, again",
            "Closed at 16:00 on Fridays until the end of the month.",
            "daniel",
            days.ago(25),
            (PostSpec("fb", days.ago(11, "09:00")),),
            cancelled_at=days.ago(13),
        ),
        StorySpec(
            HARBOR,
            "To all staff: Eastport from June",
            "Both branches move under one roof. Nobody loses their desk or their customers.",
            "jonas",
            days.ago(6),
            (PostSpec("li", days.at(2, 1, "08:30")),),
            (Round(days.ago(1, "09:30")),),
        ),
        StorySpec(
            HARBOR,
            "Eastport: answers for the counter",
            "Eleven questions customers will ask in the first week.",
            "jonas",
            days.ago(5),
            (PostSpec("fb", days.at(3, 0, "09:00")),),
        ),
    ]
