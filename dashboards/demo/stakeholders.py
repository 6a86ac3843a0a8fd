"""Whom Northlake keeps in touch with: one lapsed, one without an owner, one of a quiet plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from dashboards.demo.facts import Written
from dashboards.demo.stage import GRANTS, HARBOR, HOME, World, owned
from dashboards.demo.trail import Entry
from plans.models import Stakeholder, Touchpoint


@dataclass(frozen=True)
class Talk:
    """A touchpoint so many days ago; `next_in` days from today, where something comes next."""

    days_ago: int
    by: str
    means: str
    said: str
    next_step: str = ""
    next_in: int = 0
    plan: str = ""


@dataclass(frozen=True)
class ContactSpec:
    """A stakeholder of the demo; `owner` "" is nobody, `rhythm` 0 none."""

    name: str
    kind: str
    affiliation: str
    topics: str
    owner: str
    rhythm: int
    talks: tuple[Talk, ...]
    team: str = ""
    plan: str = ""
    stream: str = ""
    mail: str = ""
    basis: str = "public"
    source: str = ""
    note: str = ""
    unowned_days: int = 0
    is_archived: bool = False


CONTACTS = (
    ContactSpec(
        "Carla Mendes",
        "journalist",
        "Harbor Ledger",
        "mortgages, housing",
        "jonas",
        30,
        (
            Talk(41, "jonas", "call", "Wants a named branch person for her first-buyer series."),
            Talk(66, "jonas", "meeting", "Coffee at the Ledger. Prefers figures before noon."),
            Talk(97, "maya", "event", "Met at the housing forum."),
        ),
        mail="carla.mendes@harborledger.example",
        source="Masthead of the Harbor Ledger",
        note="Calls before noon. No embargoed material without asking first.",
    ),
    ContactSpec(
        "Peter Vance",
        "journalist",
        "Northlake Radio",
        "consumer finance",
        "jonas",
        30,
        (
            Talk(12, "jonas", "mail", "Sent the fee table.", "Offer an interview", 6),
            Talk(33, "jonas", "call", "Asked about overdraft rules."),
        ),
        mail="vance@northlakeradio.example",
        source="The station’s site",
    ),
    ContactSpec(
        "Wen Li",
        "journalist",
        "State Business Weekly",
        "regional banks",
        "",
        60,
        (Talk(50, "ines", "call", "Ben and I asked for ten minutes; she gave us an hour."),),
        mail="wen.li@sbweekly.example",
        source="Ben’s handover list",
        unowned_days=36,
    ),
    ContactSpec(
        "Sam Adeyemi",
        "blogger",
        "First Keys",
        "buying a first home",
        "tom",
        21,
        (Talk(16, "tom", "message", "Liked the checklist; would link to it."),),
        plan=HOME,
        stream="keys",
        source="His contact page",
    ),
    ContactSpec(
        "Lakeside Housing Partnership",
        "partner",
        "",
        "buyers’ evenings",
        "hanna",
        14,
        (
            Talk(6, "hanna", "meeting", "Two evenings agreed.", "Send the room plan", 2),
            Talk(20, "hanna", "mail", "Shared last year’s numbers."),
        ),
        plan=HOME,
        basis="contract",
        source="Partnership agreement",
    ),
    ContactSpec(
        "Northlake Food Bank",
        "partner",
        "",
        "grants, volunteers",
        "amara",
        30,
        (Talk(9, "amara", "call", "Volunteer day moves to a Saturday."),),
        plan=GRANTS,
        basis="contract",
        source="Grant file",
    ),
    ContactSpec(
        "Marguerite Hale",
        "customer",
        "Customer council",
        "branch hours",
        "daniel",
        90,
        (Talk(35, "daniel", "meeting", "The council asks for one late evening a week."),),
        basis="consent",
        source="She signed the council’s form",
    ),
    ContactSpec(
        "Dorothy Pike",
        "investor",
        "Pike & Daughters",
        "quarterly results",
        "ines",
        90,
        (Talk(20, "ines", "call", "Will read the outlook when it is out."),),
        basis="interest",
        source="Register of shareholders",
    ),
    ContactSpec(
        "State Banking Department",
        "authority",
        "",
        "advertising rules",
        "priya",
        60,
        (Talk(44, "priya", "mail", "Rate examples need the date beside them."),),
        source="The department’s site",
    ),
    ContactSpec(
        "City Housing Office",
        "authority",
        "",
        "grants for buyers",
        "hanna",
        45,
        (Talk(3, "hanna", "call", "New grant form from next month.", "Update the checklist", 9),),
        plan=HOME,
        source="The city’s site",
    ),
    ContactSpec(
        "Iris Novak",
        "blogger",
        "Plain Money",
        "budgeting",
        "lucia",
        0,
        (),
        source="Her newsletter",
    ),
    ContactSpec(
        "Elena Ruiz",
        "journalist",
        "Eastport Post",
        "Eastport",
        "jonas",
        30,
        (Talk(8, "jonas", "call", "Background only, nothing about dates."),),
        plan=HARBOR,
        source="Masthead of the Eastport Post",
    ),
    ContactSpec(
        "Greg Tamm",
        "journalist",
        "Evening Post",
        "retired",
        "jonas",
        30,
        (Talk(120, "jonas", "mail", "Leaves the paper at the end of the month."),),
        is_archived=True,
    ),
)


def write(world: World, by_hand: list[Written]) -> Iterator[Entry]:
    """The contacts with what was said, and what the record says of it."""
    for spec in CONTACTS:
        row = _contact(world, spec)
        yield _told(world, row, "stakeholder.created", text=row.name)
        for talk in spec.talks:
            touchpoint = _talk(world, row, talk)
            yield _touched(world, touchpoint)
        if spec.name == "Peter Vance":
            yield _touched(world, _briefing(world, row, by_hand))


def _contact(world: World, spec: ContactSpec) -> Stakeholder:
    days = world.days
    held = max([talk.days_ago for talk in spec.talks], default=30) + 1
    return Stakeholder.objects.create(
        organization=world.organization,
        kind=spec.kind,
        name=spec.name,
        affiliation=spec.affiliation,
        topics=spec.topics,
        email=spec.mail,
        language="English",
        plan=world.plans.get(spec.plan),
        stream=world.streams.get(spec.stream),
        rhythm_days=spec.rhythm or None,
        basis=spec.basis,
        source=spec.source,
        note=spec.note,
        held_since=days.today - timedelta(days=held),
        created_at=days.ago(held),
        created_by=world.cast["ines"],
        archived_at=days.ago(20) if spec.is_archived else None,
        **owned(world.who(spec.owner), days, spec.unowned_days, "Ben Hollis left"),
    )


def _talk(world: World, row: Stakeholder, talk: Talk) -> Touchpoint:
    today = world.days.today
    return Touchpoint.objects.create(
        organization=world.organization,
        stakeholder=row,
        day=today - timedelta(days=talk.days_ago),
        means=talk.means,
        said=talk.said,
        by=world.cast[talk.by],
        plan=row.plan,
        next_step=talk.next_step,
        next_on=today + timedelta(days=talk.next_in) if talk.next_in else None,
        recorded_at=world.days.ago(talk.days_ago, "16:40"),
    )


def _briefing(world: World, row: Stakeholder, by_hand: list[Written]) -> Touchpoint:
    """The media hear of the news release a day before it is out."""
    story = next(w.item for w in by_hand if any(p.channel == "news" for p in w.spec.posts))
    at = world.days.ago(1, "15:00")
    return Touchpoint.objects.create(
        organization=world.organization,
        stakeholder=row,
        day=world.days.today - timedelta(days=1),
        at=at,
        means="briefing",
        said="Under embargo until it is out; he has the figures.",
        by=world.cast["jonas"],
        plan=story.plan,
        subject=story.subject,
        is_briefing=True,
        recorded_at=at,
    )


def _told(world: World, row: Stakeholder, verb: str, *, text: str = "") -> Entry:
    facts = {"owner": row.owner_id}
    return Entry(row.created_at, world.cast["ines"], verb, row, row.plan_id, text, facts)


def _touched(world: World, one: Touchpoint) -> Entry:
    facts = {
        "touchpoint": one.pk,
        "day": str(one.day),
        "means": one.means,
        "is_briefing": one.is_briefing,
        "about": one.subject_id,
    }
    row = one.stakeholder
    plan = one.plan_id or row.plan_id
    return Entry(one.recorded_at, one.by, "touchpoint.recorded", row, plan, "", facts)
