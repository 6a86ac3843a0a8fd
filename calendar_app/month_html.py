"""The month's cells as HTML, written in Python: a month is hundreds of entries, and a template's
tags for each of them cost more than everything else on the page together.

Marks that repeat (a state, a channel, a person) are made once a page. Everything typed by people is
escaped by `format_html`. Nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from calendar_app.calendar_view import Day, Flag, Month, Shown, Slot, Week
from calendar_app.queries import ChannelRow, Frame
from people.templatetags.plancraft import STATES, avatar, channel_icon, icon, status

EMPTY = mark_safe("")


@dataclass
class Pens:
    """What the cells of one page are drawn with: addresses and the marks that repeat."""

    slug: str
    frame: Frame
    day_url: str
    fold_url: str
    may_write: bool
    _channels: dict[int, SafeString] = field(default_factory=dict)
    _people: dict[int | None, SafeString] = field(default_factory=dict)
    _story: tuple[str, str] = ("", "")
    _key_date: tuple[str, str] = ("", "")
    _new: str = ""

    def __post_init__(self) -> None:
        head, tail = reverse("story", args=[self.slug, 0]).rsplit("0", 1)
        self._story = (head, tail)
        head, tail = reverse("key-date", args=[self.slug, 0]).rsplit("0", 1)
        self._key_date = (head, tail)
        self._new = reverse("story-new", args=[self.slug])

    def story(self, item: int) -> str:
        """The address of a story's page."""
        return f"{self._story[0]}{item}{self._story[1]}"

    def key_date(self, pk: int) -> str:
        """The address of a key date's page."""
        return f"{self._key_date[0]}{pk}{self._key_date[1]}"

    def new(self, day: date) -> str:
        """Where a story for this day is begun."""
        return f"{self._new}?date={day}"

    def channel(self, pk: int) -> SafeString:
        """The channel's icon, its short name where two of a kind must be told apart."""
        if pk not in self._channels:
            self._channels[pk] = _channel(self.frame.channels[pk], self.frame.channels)
        return self._channels[pk]

    def person(self, pk: int | None) -> SafeString:
        """The owner's avatar with their name, or the dashed nobody."""
        if pk not in self._people:
            self._people[pk] = _person(self.frame.people.get(pk) if pk else None)
        return self._people[pk]


def _channel(row: ChannelRow, channels: Mapping[int, ChannelRow]) -> SafeString:
    twins = sum(1 for other in channels.values() if other.kind == row.kind)
    tag = EMPTY
    if twins > 1 and row.short:
        tag = format_html('<span class="channel-tag" aria-hidden="true">{}</span>', row.short)
    return format_html(
        '<span class="text-nowrap">{}<span class="visually-hidden">{}</span></span>{}',
        channel_icon(row.kind),
        row.name,
        tag,
    )


def _person(person: Any) -> SafeString:
    if person is None:
        return avatar(None, "sm", label=_("No owner"))
    return avatar(person, "sm", label=_("Owner: %(name)s") % {"name": person.name})


# Cells
def month_rows(month: Month, pens: Pens) -> SafeString:
    """Every week of the grid."""
    return format_html_join("", "{}", ((week_row(week, pens),) for week in month.weeks))


def week_row(week: Week, pens: Pens) -> SafeString:
    """One week, as marks once it is over."""
    css = "month-row month-past" if week.is_marks else "month-row"
    cells = ((day_cell(day, pens, marks=week.is_marks),) for day in week.days)
    return format_html('<ol class="{}">{}</ol>', css, format_html_join("", "{}", cells))


def day_cell(day: Day, pens: Pens, *, marks: bool) -> SafeString:
    """One day: number, names, entries, and what is folded away."""
    entries = _marks(day, pens) if marks else _items(day, pens)
    return format_html(
        '<li class="month-day{}" id="d{}">{}{}{}{}</li>\n',
        _css(day),
        day.day,
        _head(day, pens),
        _flags(day, pens),
        entries,
        _more(day, pens),
    )


def _css(day: Day) -> str:
    names = {
        "is-past": day.is_past,
        "is-today": day.is_today,
        "is-outside": day.is_outside,
        "is-blackout": bool(day.closed),
        "is-weekend": day.day.weekday() >= 5,
    }
    return "".join(f" {name}" for name, holds in names.items() if holds)


def _head(day: Day, pens: Pens) -> SafeString:
    number = date_format(day.day, "j M") if day.is_outside else str(day.day.day)
    return format_html(
        '<div class="day-head"><a class="day-number" href="{}{}" aria-label="{}"{}>'
        '<time datetime="{}">{}</time></a>{}{}</div>',
        pens.day_url,
        day.day,
        _spoken(day),
        mark_safe(' aria-current="date"') if day.is_today else EMPTY,
        day.day,
        number,
        _names(day, pens),
        _add(day, pens),
    )


def _spoken(day: Day) -> str:
    """The day as it is read out, with how much stands on it."""
    words = [date_format(day.day, "l j F")]
    if day.posts:
        words.append(_("posts: %(count)d") % {"count": len(day.posts)})
    if day.flags:
        words.append(_("key dates: %(count)d") % {"count": len(day.flags)})
    if day.slots:
        words.append(_("empty: %(count)d") % {"count": len(day.slots)})
    return ", ".join(words)


def _names(day: Day, pens: Pens) -> SafeString:
    name = day.closed or day.note
    if name:
        return format_html('<span class="blackout-name clip" title="{}">{}</span>', name, name)
    if day.quiet:
        told = ", ".join(
            _("%(channel)s is quiet: %(reason)s")
            % {"channel": pens.frame.channels[channel].name, "reason": reason}
            for reason, channel in day.quiet
        )
        return format_html('<span class="blackout-name" title="{}">{}</span>', told, _("quiet"))
    return EMPTY


def _add(day: Day, pens: Pens) -> SafeString:
    if not pens.may_write or day.is_past:
        return EMPTY
    label = _("New story on %(day)s") % {"day": date_format(day.day, "j F")}
    return format_html(
        '<a class="day-add" href="{}" aria-label="{}">{}</a>',
        pens.new(day.day),
        label,
        icon("plus-lg"),
    )


def _more(day: Day, pens: Pens) -> SafeString:
    """The rest of a busy day: a plain link that unfolds it, in place where there is script."""
    words: str
    if day.is_folded:
        words, to = _unfold_words(day.hidden), f"{pens.fold_url}{day.day}"
    elif day.limit is None and day.size:
        words, to = _("Show fewer"), pens.fold_url
    else:
        return EMPTY
    return format_html(
        '<a class="day-more" id="m{1}" href="{0}#d{1}" hx-get="{0}" hx-vals=\'{{"cell": "{1}"}}\' '
        'hx-target="#d{1}" hx-swap="outerHTML">{2}</a>',
        to,
        day.day,
        words,
    )


def _unfold_words(hidden: int) -> SafeString:
    """ "+3 more"; the word is left out where a cell is narrow."""
    return format_html('+{}<span class="day-more-word"> {}</span>', hidden, _("more"))


# Entries
def _flags(day: Day, pens: Pens) -> SafeString:
    return format_html_join("", "{}", ((_flag(flag, pens),) for flag in day.flags))


def _flag(flag: Flag, pens: Pens) -> SafeString:
    """A key date. Where it may be moved, it says where a drag to another day leads."""
    url, move = pens.key_date(flag.pk), EMPTY
    if flag.may_move:
        move = format_html(' data-move="{}move/"', url)
    return format_html(
        '<a class="keydate-flag" href="{}"{} title="{}">{}<span class="flag-name">{}</span>{}</a>',
        url,
        move,
        flag.title,
        icon("flag-fill"),
        flag.title,
        pens.person(None) if flag.owner is None else EMPTY,
    )


def _items(day: Day, pens: Pens) -> SafeString:
    posts = format_html_join("", "{}", ((_item(post, pens),) for post in day.shown_posts))
    return posts + format_html_join("", "{}", ((_slot(slot, pens),) for slot in day.shown_slots))


def _item(post: Shown, pens: Pens) -> SafeString:
    row = post.row
    return format_html(
        '<a class="month-item{}" href="{}"><span class="item-line">{}{}<time>{}</time>{}</span>'
        '<span class="item-title clip">{}</span></a>',
        {"published": " item-published", "missed": " item-missed"}.get(post.state, ""),
        pens.story(row.item),
        status(post.state, True),
        pens.channel(row.channel),
        post.clock,
        pens.person(row.owner),
        row.title,
    )


def _slot(slot: Slot, pens: Pens) -> SafeString:
    channel = pens.frame.channels[slot.channel]
    return format_html(
        '<a class="gap-slot" href="{}">{}<span class="gap-text"><span class="gap-name">{}'
        '<span class="visually-hidden"> – </span></span><small>{}</small></span></a>',
        slot.url,
        icon("plus-lg"),
        channel.short or channel.name,
        slot.words,
    )


def _marks(day: Day, pens: Pens) -> SafeString:
    marks = format_html_join("", "{}", ((_mark(post, pens),) for post in day.shown_posts))
    return format_html('<div class="day-marks">{}</div>', marks)


def _mark(post: Shown, pens: Pens) -> SafeString:
    look = STATES[post.state]
    return format_html(
        '<a class="day-mark status-{}" href="{}">{}{}<span class="visually-hidden">{}, {}, {}'
        "</span></a>",
        look.css,
        pens.story(post.row.item),
        channel_icon(pens.frame.channels[post.row.channel].kind),
        icon(look.icon),
        post.row.title,
        pens.frame.channels[post.row.channel].name,
        look.word,
    )


# The week below the month, on phones
def agenda_day(day: Day, pens: Pens, limit: int) -> SafeString:
    """The rows of one day of the agenda."""
    rows = format_html_join("", "{}", ((agenda_row(p, pens),) for p in day.posts[:limit]))
    slots = format_html_join("", "{}", ((_agenda_slot(s, pens),) for s in day.slots[:limit]))
    rows = format_html_join("", "{}", ((_agenda_flag(f, pens),) for f in day.flags)) + rows
    hidden = max(0, len(day.posts) - limit) + max(0, len(day.slots) - limit)
    if not hidden:
        return rows + slots
    return format_html(
        '{}{}<a class="link link-hit" href="{}{}">{}</a>',
        rows,
        slots,
        pens.day_url,
        day.day,
        _("%(count)d more on this day") % {"count": hidden},
    )


def agenda_row(post: Shown, pens: Pens) -> SafeString:
    """One post as a row: state, title, channel, time, owner."""
    channel = pens.frame.channels[post.row.channel]
    return format_html(
        '<a class="agenda-row" href="{}">{}<span class="min-w-0"><span class="work-title clip '
        'd-block">{}</span><span class="work-meta"><span class="text-nowrap">{} {}</span>'
        "<time>{}</time><span>{}</span></span></span>{}</a>",
        pens.story(post.row.item),
        status(post.state, True),
        post.row.title,
        channel_icon(channel.kind),
        channel.name,
        post.clock,
        STATES[post.state].word,
        pens.person(post.row.owner),
    )


def _agenda_flag(flag: Flag, pens: Pens) -> SafeString:
    return format_html(
        '<a class="agenda-row" href="{}">{}<span class="min-w-0"><span class="work-title clip '
        'd-block">{}</span><span class="work-meta"><span>{}</span></span></span>{}</a>',
        pens.key_date(flag.pk),
        icon("flag-fill"),
        flag.title,
        _("Key date"),
        pens.person(flag.owner),
    )


def _agenda_slot(slot: Slot, pens: Pens) -> SafeString:
    return format_html(
        '<a class="gap-slot" href="{}">{}{} – {}<span class="ms-auto">{}</span></a>',
        slot.url,
        icon("plus-lg"),
        pens.frame.channels[slot.channel].name,
        slot.words,
        _("Fill"),
    )
