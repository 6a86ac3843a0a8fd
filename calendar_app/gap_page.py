"""What the gaps page, the drawer and their forms show: words, addresses, and what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendar_app import filters as narrowing
from calendar_app.filters import MINE, Filters, Known
from calendar_app.gap_queries import (
    SOON,
    Ahead,
    Gap,
    ahead,
    gaps_in,
    most_pressing,
)
from calendar_app.gap_records import Coverage, Kind
from calendar_app.gap_world import Loaded
from calendar_app.pages import Filter, address
from calendar_app.wording import day_in_words
from people.models import Membership
from people.permissions import WORKERS, Perm, can
from plancraft.lib.dates import Period
from workflow.queries.owned import Nobodys
from workflow.registry import OWNABLES, Found

NAMES = ("plan", "channel", "team", "owner")
DAYS = (14, 30, 90, 366)
PER_PAGE = 50
UNOWNED_SHOWN = 8


@dataclass(frozen=True, slots=True)
class GapLine:
    """One gap as a row. An address is empty where there is nothing that the reader may do."""

    gap: Gap
    title: str
    due: str
    because: str
    fill_url: str = ""
    hand_url: str = ""
    waive_url: str = ""
    confirm_url: str = ""
    record_url: str = ""
    contact_url: str = ""
    story_url: str = ""
    unwaive_url: str = ""


@dataclass(frozen=True, slots=True)
class UnownedLine:
    """One thing nobody owns; `slug` is its kind's name in the addresses of ownership."""

    slug: str
    pk: int
    title: str
    detail: str
    url: str
    since: datetime
    days: int


class Lines:
    """Makes rows for one reader: rights are asked once, addresses are made without a query."""

    def __init__(self, member: Membership, today: date) -> None:
        self.today = today
        self.member = member
        self.slug = member.organization.slug
        self.may_fill = can(member, Perm.GAP_FILL)
        self.may_waive_all = can(member, Perm.GAP_WAIVE)
        self.may_record_all = can(member, Perm.PUBLISH)
        self.may_speak = can(member, Perm.STAKEHOLDER_EDIT)

    def may_waive(self, gap: Gap) -> bool:
        """The champion of its plan, or by role: the rights table's line, without a query."""
        champions = gap.plan is not None and gap.plan.owner == self.member.pk
        return self.may_waive_all or (champions and self.member.role in WORKERS)

    def of(self, gap: Gap) -> GapLine:
        """The row of one gap."""
        open_promise = gap.is_promise and not gap.is_past
        is_open = open_promise or gap.is_contact
        return GapLine(
            gap=gap,
            title=title(gap, self.today),
            due=due_words(gap, self.today),
            because=because_words(gap),
            fill_url=self._to("gap-fill", gap) if open_promise and self.may_fill else "",
            hand_url=self._to("gap-hand-on", gap) if is_open and self.may_fill else "",
            waive_url=self._to("gap-waive", gap)
            if is_open and self.may_waive(gap) and gap.waiver is None
            else "",
            unwaive_url=reverse("gap-unwaive", args=[self.slug])
            if gap.waiver is not None and self.may_waive(gap)
            else "",
            confirm_url=self._confirm(gap),
            record_url=self._contact("touchpoint-new", gap) if self.may_speak else "",
            contact_url=self._contact("stakeholder", gap),
            story_url=reverse("story", args=[self.slug, gap.post.item]) if gap.post else "",
        )

    def _to(self, name: str, gap: Gap) -> str:
        return address(name, self.slug, key=gap.key)

    def _contact(self, name: str, gap: Gap) -> str:
        return reverse(name, args=[self.slug, gap.stakeholder.pk]) if gap.stakeholder else ""

    def _confirm(self, gap: Gap) -> str:
        """Only to who may answer by role or as owner; a helper answers on the story's page."""
        if gap.finding.kind != Kind.UNCONFIRMED or gap.post is None:
            return ""
        if not (self.may_record_all or gap.post.owner == self.member.pk):
            return ""
        return reverse("post-confirm", args=[self.slug, gap.finding.placement])


# Words ------------------------------------------------------------------------------------------
def title(gap: Gap, today: date) -> str:
    """Where and when ("Blog, Mon 1 March", "Instagram, week of 18 January"), or title or name."""
    if gap.post is not None:
        return gap.post.title
    if gap.is_contact:
        return gap.title
    return _("%(place)s, %(when)s") % {"place": gap.title, "when": when_words(gap, today)}


def when_words(gap: Gap, today: date) -> str:
    """The gap's days."""
    period = gap.finding.period
    if period.start == period.end:
        return _("today") if period.start == today else day_in_words(period.start)
    first, last = date_format(period.start, "j F"), date_format(period.end, "j F")
    if gap.finding.kind == Kind.SHORTFALL and len(period) == 7:
        return _("week of %(day)s") % {"day": first}
    if gap.finding.kind == Kind.SHORTFALL and period.start.day == 1:
        return date_format(period.start, "F Y")
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def due_words(gap: Gap, today: date) -> str:
    """How long it can still be put right; the day only where the gap's own days do not say it."""
    if gap.is_past:
        return _("over")
    if gap.finding.kind in (Kind.MISSED, Kind.UNCONFIRMED):
        return _days_ago((today - gap.finding.period.start).days)
    left = (gap.finding.due - today).days
    if left < 0:
        return _("late since %(day)s") % {"day": day_in_words(gap.finding.due)}
    if left == 0:
        return _("today is the last day")
    words = ngettext("%(left)d day left", "%(left)d days left", left) % {"left": left}
    if gap.finding.kind == Kind.EMPTY_SLOT:
        return words
    return _("by %(day)s, %(left)s") % {"day": day_in_words(gap.finding.due), "left": words}


def _days_ago(days: int) -> str:
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


def because_words(gap: Gap) -> str:
    """Why it is this person who answers."""
    words = {
        "handed": _("handed on"),
        "story": _("owns the story"),
        "channel": _("owns the channel"),
        "stakeholder": _("owns the contact"),
        "stream": _("owns the stream"),
        "champion": _("champion"),
        "manager": _("manager, no one is nearer"),
    }
    return words.get(gap.because, _("no one can be asked"))


# The page -----------------------------------------------------------------------------------------
def known_of(loaded: Loaded, me: int) -> Known:
    """What an address may be narrowed by."""
    return Known(
        frozenset(loaded.plans),
        frozenset(loaded.channels),
        frozenset(loaded.teams),
        frozenset(loaded.people),
        me,
        frozenset(p.pk for p in loaded.plans.values() if p.owner == me and p.closed_on is None),
    )


def read_filters(params: Mapping[str, str], loaded: Loaded, me: int) -> tuple[Filters, list[str]]:
    """The filters of the calendar that make sense for gaps; `owner` is who answers."""
    asked = {name: params.get(name, "") for name in NAMES}
    return narrowing.read(asked, known_of(loaded, me))


def narrowed(found: Iterable[Gap], filters: Filters) -> list[Gap]:
    """The gaps that the filters leave. `owner`: who answers; no one: nobody near it owns it."""
    return [gap for gap in found if _fits(gap, filters)]


def _fits(gap: Gap, filters: Filters) -> bool:
    if filters.plans is not None and (gap.plan is None or gap.plan.pk not in filters.plans):
        return False
    if filters.channel is not None and (gap.channel is None or gap.channel.pk != filters.channel):
        return False
    if filters.team is not None and filters.team not in gap.teams:
        return False
    if filters.owner is None:
        return True
    if filters.owner == narrowing.NOBODY:
        return gap.has_nobody
    return gap.answers is not None and gap.answers.pk == filters.owner


def covers(loaded: Loaded, filters: Filters, cell: Coverage) -> bool:
    """Whether the filters leave what this promise asks: by plan, channel and department."""
    plan, channel = int(cell.commitment.plan), int(cell.commitment.channel)
    teams = (loaded.channels[channel].team, loaded.plans[plan].team)
    return (
        (filters.plans is None or plan in filters.plans)
        and filters.channel in (None, channel)
        and (filters.team is None or filters.team in teams)
    )


def page_context(
    request: Any,
    loaded: Loaded,
    asked: Any,
    filters: Filters,
    unowned: Nobodys,
) -> dict[str, Any]:
    """Everything on the gaps page."""
    member, slug = request.membership, request.organization.slug
    lines = Lines(member, asked.today)
    found = narrowed(gaps_in(loaded, asked.window, asked.now), filters)
    figures = ahead(loaded, asked.ahead, found, partial(covers, loaded, filters))
    contacts = contacts_in(found)
    posts = most_pressing(
        gap for gap in found if gap.is_ahead and not (gap.is_promise or gap.is_contact)
    )
    page = Paginator(figures.gaps, PER_PAGE).get_page(request.GET.get("page"))
    kept = asked.kept
    return {
        "figures": figures,
        "page": page,
        "to_fill": [lines.of(gap) for gap in page],
        "fill_count": figures.count,
        "posts": [lines.of(gap) for gap in posts[:PER_PAGE]],
        "posts_count": len(posts),
        "contacts": [lines.of(gap) for gap in contacts[:PER_PAGE]],
        "contacts_count": len(contacts),
        "past": [lines.of(gap) for gap in reversed(found) if gap.is_past][:PER_PAGE],
        "past_count": sum(gap.is_past for gap in found),
        "waived": [lines.of(gap) for gap in found if gap.waiver and not gap.is_past],
        "unowned": [unowned_line(row, slug, asked.now) for row in unowned.rows],
        "unowned_count": unowned.total,
        "may_fill": lines.may_fill,
        "filters": filter_list(loaded, filters, asked, member.pk),
        "keep": kept,
        "clear_url": address("gaps", slug, **kept) if filters.any else "",
        "narrowed": len(filters.given),
        "calendar_url": address("calendar", slug, **for_calendar(filters)),
        "ahead_words": asked.words,
        "has_promises": bool(loaded.world.commitments),
        "plans_url": reverse("plans", args=[slug]),
    }


def _plans(loaded: Loaded, filters: Filters, me: int) -> list[tuple[Any, Any]]:
    """The plans, and first of all those that the reader champions, if any."""
    rows: list[tuple[Any, Any]] = [(p.pk, p.name) for p in loaded.plans.values()]
    own = known_of(loaded, me).own or filters.own is not None
    return [(MINE, _("Plans I champion")), *rows] if own else rows


def filter_list(loaded: Loaded, filters: Filters, asked: Any, me: int) -> list[Filter]:
    """The selects of the filter bar: those of the calendar, and how far ahead."""
    given = filters.given
    people = [(p.pk, p.name) for p in loaded.people.values() if p.active]
    choices: list[tuple[str, str, list[tuple[Any, Any]]]] = [
        ("plan", _("All plans"), _plans(loaded, filters, me)),
        ("channel", _("All channels"), [(c.pk, c.name) for c in loaded.channels.values()]),
        ("team", _("All teams"), list(loaded.teams.items())),
        (
            "owner",
            _("Whoever answers"),
            [(narrowing.NOBODY, _("No one near it")), (narrowing.ME, _("Me")), *people],
        ),
    ]
    bar = [Filter(name, label, given.get(name, ""), rows) for name, label, rows in choices if rows]
    if not asked.is_span:
        days = [(n, _("next %(days)d days") % {"days": n}) for n in DAYS if n != asked.days_default]
        label = _("next %(days)d days") % {"days": asked.days_default}
        shown = "" if asked.days == asked.days_default else str(asked.days)
        bar.append(Filter("days", label, shown, days))
    return bar


def unowned_line(found: Found, slug: str, now: datetime) -> UnownedLine:
    """A thing that nobody owns, as it stands beside the gaps."""
    ownable, since = OWNABLES[found.slug], found.since or now
    where = ownable.address(slug, found.pk, found.plan)
    detail = ownable.detail(found)
    return UnownedLine(found.slug, found.pk, found.title, detail, where, since, (now - since).days)


def for_calendar(filters: Filters) -> dict[str, str]:
    """Those of the filters that narrow the calendar too, which shows one plan or all."""
    return {name: text for name, text in filters.given.items() if (name, text) != ("plan", MINE)}


def for_gaps(filters: Filters) -> dict[str, str]:
    """Those of the calendar's filters that narrow gaps too."""
    return {name: value for name, value in filters.given.items() if name in NAMES}


# The drawer ---------------------------------------------------------------------------------------
DRAWER_SHOWN = 10
DRAWER_CONTACTS = 4


def contacts_in(found: Iterable[Gap]) -> list[Gap]:
    """Whom to speak with, of those gaps that count; the longest lapsed first."""
    return most_pressing(gap for gap in found if gap.is_ahead and gap.is_contact)


def drawer_context(
    member: Membership, figures: Ahead, contacts: Sequence[Gap], today: date, filters: Filters
) -> dict[str, Any]:
    """The drawer beside the calendar: the gaps of the days ahead, most pressing first.

    `contacts` are `contacts_in` the same gaps; they stand below, and are counted apart.
    """
    lines = Lines(member, today)
    return {
        "contacts": [lines.of(gap) for gap in contacts[:DRAWER_CONTACTS]],
        "contacts_count": len(contacts),
        "lines": [lines.of(gap) for gap in figures.gaps[:DRAWER_SHOWN]],
        "count": figures.count,
        "hidden": max(0, figures.count - DRAWER_SHOWN),
        "promised": figures.promised,
        "url": address("gaps", lines.slug, days=SOON, **for_gaps(filters)),
    }


# The forms ----------------------------------------------------------------------------------------
def day_choices(days: Sequence[date]) -> list[tuple[str, str]]:
    """The days of a gap as choices of a form."""
    return [(str(day), date_format(day, "l j F")) for day in days]


def form_context(member: Membership, gap: Gap, today: date, form: Any) -> dict[str, Any]:
    """What the pages of one gap have in common."""
    lines = Lines(member, today)
    return {
        "line": lines.of(gap),
        "gap": gap,
        "form": form,
        "gaps_url": reverse("gaps", args=[lines.slug]),
    }


def within(text_from: date | None, text_to: date | None, longest: int) -> Period | None:
    """The span of two days, if they are in order and no longer than may be asked for."""
    if text_from is None or text_to is None or text_to < text_from:
        return None
    span = Period(text_from, text_to)
    return span if len(span) <= longest else None
