"""What the month, the list and the tray hand to their templates: words, figures and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from calendar_app import calendar_view as view
from calendar_app import filters as narrowing
from calendar_app import month_html
from calendar_app.calendar_view import Month, Shown
from calendar_app.filters import Filters
from calendar_app.month_html import Pens
from calendar_app.queries import Frame, PostRow
from people.permissions import Perm, can
from people.templatetags.plancraft import channel_mark, person, status
from plancraft.lib.dates import EARLIEST, LATEST, Period, parse_instant

SAID = ("draft", "in_review", "approved", "published", "missed")


@dataclass(frozen=True)
class Filter:
    """One select of the filter bar."""

    name: str
    label: str
    value: str
    choices: list[tuple[Any, Any]]


@dataclass(frozen=True)
class Figure:
    """One figure of the summary strip; each leads to its rows."""

    value: int
    label: str
    url: str
    kind: str
    icon: str = ""


def address(name: str, slug: str, **params: Any) -> str:
    """The page's address with those parameters that say something."""
    given = {key: value for key, value in params.items() if value not in (None, "")}
    return reverse(name, args=[slug]) + (f"?{urlencode(given)}" if given else "")


def window(start: date, days: int) -> Period:
    """So many days from `start`, within what a calendar holds."""
    return Period(start, min(start + timedelta(days=days - 1), LATEST))


# Filters
def filter_bar(request: Any, frame: Frame, filters: Filters, page: str, **keep: Any) -> Any:
    """The selects, what the form carries along, and the way back to everything."""
    slug = request.organization.slug
    kept = {key: value for key, value in keep.items() if value}
    return {
        "filters": _filters(frame, filters),
        "keep": kept,
        "clear_url": address(page, slug, **kept) if filters.any else "",
        "narrowed": len(filters.given),
    }


def _filters(frame: Frame, filters: Filters) -> list[Filter]:
    given = filters.given
    people = [(p.pk, p.name) for p in frame.people.values() if p.active or p.pk == filters.owner]
    choices: list[tuple[str, str, list[tuple[Any, Any]]]] = [
        ("plan", _("All plans"), [(p.pk, p.name) for p in frame.plans.values()]),
        ("channel", _("All channels"), _channels(frame, filters)),
        ("team", _("All teams"), list(frame.teams.items())),
        ("owner", _("Anyone"), [(narrowing.NOBODY, _("No one")), ("me", _("Me")), *people]),
        ("status", _("Any status"), list(narrowing.STATUSES.items())),
    ]
    return [
        Filter(name, label, given.get(name, ""), values)
        for name, label, values in choices
        if values
    ]


def _channels(frame: Frame, filters: Filters) -> list[tuple[Any, Any]]:
    rows = frame.channels.values()
    return [(c.pk, c.name) for c in rows if not c.archived or c.pk == filters.channel]


def views(
    request: Any, filters: Filters, current: str, frame: Frame
) -> list[tuple[str, str, bool]]:
    """Month, list and tray, keeping the filters."""
    slug = request.organization.slug
    words = {
        "calendar": _("Month"),
        "calendar-list": _("List"),
        "tray": _("Undated %(count)d") % {"count": frame.tray_count},
    }
    return [
        (word, address(name, slug, **filters.given), name == current)
        for name, word in words.items()
    ]


# The month
def month_context(
    request: Any, asked: Any, frame: Frame, filters: Filters, month: Month, pens: Pens
) -> dict[str, Any]:
    """Everything on the month's page."""
    slug = request.organization.slug
    this_month = asked.today.replace(day=1)
    return {
        "title": date_format(month.first, "F Y"),
        "previous": _step(view.previous_month(month.first), slug, filters),
        "next": _step(view.next_month(month.first), slug, filters),
        "today_url": address("calendar", slug, **filters.given),
        "is_this_month": month.first == this_month,
        "notices": asked.notices,
        "views": views(request, filters, "calendar", frame),
        **filter_bar(request, frame, filters, "calendar", month=f"{month.first:%Y-%m}"),
        "figures": _figures(asked, frame, filters, month, slug),
        "heads": [date_format(day.day, "D") for day in month.weeks[0].days],
        "rows": month_html.month_rows(month, pens),
        "columns": _columns(month),
        "legend": SAID,
        "agenda": _agenda(month, asked, pens),
        "tray": [tray_row(post, pens) for post in frame.tray],
        "tray_count": frame.tray_count,
        "tray_url": address("tray", slug, **filters.given),
        "new_url": address("story-new", slug, plan=filters.plan, channel=filters.channel),
        "may_write": pens.may_write,
        "is_empty": not month.posts,
        "first_run": not (frame.plans and frame.channels),
        "plans_url": address("plans", slug) if not frame.plans else "",
    }


def _columns(month: Month) -> str:
    """How wide the weekend is: it is narrower, and narrower still where nothing stands on it."""
    if month.first_weekday != 0:
        return ""
    return "month-monday" if month.has_weekend_posts else "month-slim"


def _step(first: date | None, slug: str, filters: Filters) -> dict[str, str] | None:
    if first is None:
        return None
    return {
        "url": address("calendar", slug, month=f"{first:%Y-%m}", **filters.given),
        "label": date_format(first, "F Y"),
    }


def _figures(asked: Any, frame: Frame, filters: Filters, month: Month, slug: str) -> list[Figure]:
    given = {**filters.given, "month": f"{month.first:%Y-%m}"}
    soon = asked.now + timedelta(hours=48)
    risky = sum(
        1
        for post in month.posts
        if post.state not in view.SECURED and post.row.at and asked.now <= post.row.at < soon
    )
    return [
        Figure(
            month.unowned,
            _("posts without an owner"),
            address("calendar", slug, **{**given, "owner": narrowing.NOBODY}),
            "nobody",
        ),
        Figure(
            risky,
            _("at risk: out within 48 h, not approved"),
            address("calendar-list", slug, **{**filters.given, "date": f"{asked.today}"}),
            "risk",
            icon="hourglass-split",
        ),
        Figure(
            frame.tray_count,
            _("posts without a date yet"),
            address("tray", slug, **filters.given),
            "info",
            icon="inbox",
        ),
    ]


def _agenda(month: Month, asked: Any, pens: Pens) -> dict[str, Any]:
    """The week of the day asked for, as rows."""
    week = month.week_with(asked.day)
    is_current = week.days[0].day <= asked.today <= week.days[-1].day
    first = date_format(week.days[0].day, "j F")
    return {
        "title": _("This week") if is_current else _("Week of %(day)s") % {"day": first},
        "days": [
            {
                "day": day.day,
                "is_today": day.is_today,
                "note": day.closed or day.note,
                "rows": month_html.agenda_day(day, pens, view.AGENDA_SHOWN),
            }
            for day in week.days
            if (day.size or day.flags) and not (is_current and day.is_past)
        ],
    }


# The list
def list_context(
    request: Any,
    frame: Frame,
    filters: Filters,
    posts: Sequence[Shown],
    today: date,
    period: Period,
) -> dict[str, Any]:
    """Rows by day."""
    pens = Pens(request.organization.slug, frame, "", "", can(request.membership, Perm.STORY_EDIT))
    days = [
        {"day": day, "is_today": day == today, "rows": _list_rows(group, pens)}
        for day, group in groupby(sorted(posts, key=_by_day), key=lambda post: post.day)
    ]
    slug = request.organization.slug
    return {
        "title": _("%(first)s to %(last)s")
        % {
            "first": date_format(period.start, "j F"),
            "last": date_format(period.end, "j F Y"),
        },
        "days": days,
        "views": views(request, filters, "calendar-list", frame),
        **filter_bar(request, frame, filters, "calendar-list", date=str(period.start)),
        "new_url": address("story-new", slug, plan=filters.plan, channel=filters.channel),
        "may_write": pens.may_write,
    }


def _by_day(post: Shown) -> tuple[date, str, int]:
    return post.day, post.clock, post.row.pk


def _list_rows(posts: Iterable[Shown], pens: Pens) -> SafeString:
    return format_html_join("", "{}", ((_list_row(post, pens),) for post in posts))


def _list_row(post: Shown, pens: Pens) -> SafeString:
    row, frame = post.row, pens.frame
    channel = frame.channels[row.channel]
    return format_html(
        '<tr role="row"><th scope="row" role="rowheader"><a class="work-title link-hit" href="{}">'
        '{}</a></th><td role="cell" class="num">{}</td><td role="cell">{}</td>'
        '<td role="cell">{}</td><td role="cell" class="stack-wide">{}</td></tr>\n',
        pens.story(row.item),
        row.title,
        post.clock,
        status(post.state),
        channel_mark(channel.kind, channel.name),
        person(frame.people.get(row.owner) if row.owner else None),
    )


def list_steps(
    request: Any, filters: Filters, period: Period, rows: Sequence[PostRow], limit: int
) -> dict[str, Any]:
    """Earlier, more of the same days, later."""
    slug = request.organization.slug
    start = period.start - timedelta(days=len(period))
    following = period.end + timedelta(days=1)
    more = ""
    if len(rows) > limit:
        more = address(
            "calendar-list", slug, **filters.given, date=period.start, after=cursor(rows[limit - 1])
        )
    return {
        "earlier_url": address("calendar-list", slug, **filters.given, date=start)
        if start >= EARLIEST
        else "",
        "later_url": address("calendar-list", slug, **filters.given, date=following)
        if following <= LATEST
        else "",
        "more_url": more,
        "is_continued": "after" in request.GET,
    }


def cursor(row: PostRow) -> str:
    """Where a page of the list ended: instant and id."""
    return f"{row.at.isoformat() if row.at else ''}_{row.pk}"


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """The instant and id of a cursor; None for anything else, which begins at the beginning."""
    at, _line, pk = text.replace(" ", "+").partition("_")
    instant, number = parse_instant(at), narrowing.whole_number(pk)
    return (instant, number) if instant is not None and number is not None else None


# The tray
def tray_context(
    request: Any, frame: Frame, filters: Filters, rows: Sequence[PostRow], limit: int
) -> dict[str, Any]:
    """Undated posts, newest first."""
    slug = request.organization.slug
    pens = Pens(slug, frame, "", "", can(request.membership, Perm.STORY_EDIT))
    more = ""
    if len(rows) > limit:
        more = address("tray", slug, **filters.given, before=rows[limit - 1].pk)
    return {
        "rows": [tray_row(row, pens) for row in rows[:limit]],
        "views": views(request, filters, "tray", frame),
        **filter_bar(request, frame, filters, "tray"),
        "more_url": more,
        "new_url": address("story-new", slug, plan=filters.plan, channel=filters.channel),
        "may_write": pens.may_write,
        "count": frame.tray_count,
    }


def tray_row(row: PostRow, pens: Pens) -> SafeString:
    """One undated post with the button that dates it."""
    channel = pens.frame.channels[row.channel]
    move = reverse("post-move", args=[pens.slug, row.pk])
    button = (
        format_html(
            '<a class="btn btn-quiet btn-sm" href="{}" aria-label="{}">{}</a>',
            move,
            _("Give %(title)s a date") % {"title": row.title},
            _("Date it"),
        )
        if pens.may_write
        else ""
    )
    return format_html(
        '<li class="tray-row">{}<span class="min-w-0"><a class="work-title clip d-block" '
        'href="{}">{}</a><span class="work-meta">{}<span>{}</span></span></span>{}</li>',
        pens.person(row.owner),
        pens.story(row.item),
        row.title,
        channel_mark(channel.kind, channel.name),
        pens.frame.plans[row.plan].name if row.plan in pens.frame.plans else "",
        button,
    )
