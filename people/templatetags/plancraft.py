"""Small marks that every page repeats: ``{% load plancraft %}``.

All of them are cheap, make no query and read no clock: a month calls them a thousand times.
A *person* is a ``Membership`` with its user loaded (``select_related``), a ``User``, or any record
with ``initials``, ``tone`` (1 to 6) and ``name``; ``None`` is nobody, and nobody has a shape of
its own: dashed.

==================================  ==========================================================
``{% icon "inbox" %}``              the icon; ``label="Late"`` when it stands without a word
``{% avatar person "sm" %}``        initials on their tone; ``sm``, ``md`` (default) or ``lg``
``{% person membership %}``         avatar and name; nobody: dashed avatar and "No one"
``{% status "in_review" %}``        icon, word and colour of a state; ``short=True`` hides the word
``{% channel_icon kind %}``         the icon of a channel's kind
``{% channel_mark kind name %}``    icon and name, kept on one line
``{% severity "critical" %}``       the square mark of a gap: critical, warning, notice, past
``value|day``                       Thu 18 March (``day_short``: Thu 18 Mar; ``day_long``: + year)
``value|clock``                     09:00
``value|moment``                    Thu 18 Mar, 09:00
``date|relative_day:today``         today, tomorrow, in 6 days, 2 days ago
``count|days``                      1 day, 6 days
``delta|span``                      2 h 20 min
``user_agent|browser``              Firefox, Windows
``{% query request.GET page=2 %}``  the same address with one parameter changed
``{% panel %}…{% endpanel %}``      also ``page_head``, ``empty``, ``notice``: see ``components/``
==================================  ==========================================================
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.template.loader import get_template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

register = template.Library()


class Mark(NamedTuple):
    """How a state looks: an icon, a word and the class that colours both."""

    icon: str
    word: Any
    css: str


# The words are those of the design's Words table.
STATES: dict[str, Mark] = {
    "idea": Mark(icon="lightbulb", word=_("Idea"), css="idea"),
    "draft": Mark(icon="circle", word=_("Draft"), css="draft"),
    "in_review": Mark(icon="circle-half", word=_("In review"), css="review"),
    "changes_requested": Mark(
        icon="arrow-counterclockwise", word=_("Changes requested"), css="changes"
    ),
    "approved": Mark(icon="check-circle", word=_("Approved"), css="approved"),
    "rejected": Mark(icon="x-circle", word=_("Rejected"), css="missed"),
    "published": Mark(icon="check-circle-fill", word=_("Published"), css="published"),
    "cancelled": Mark(icon="slash-circle", word=_("Cancelled"), css="cancelled"),
    "missed": Mark(icon="x-octagon-fill", word=_("Missed"), css="missed"),
    "unconfirmed": Mark(icon="question-circle", word=_("Did it go out?"), css="unconfirmed"),
    "at_risk": Mark(icon="hourglass-split", word=_("At risk"), css="risk"),
    "late": Mark(icon="exclamation-triangle-fill", word=_("Late"), css="late"),
    "historical": Mark(icon="clock-history", word=_("Before PlanCraft"), css="draft"),
    "open": Mark(icon="circle", word=_("Open"), css="draft"),
    "done": Mark(icon="check-circle-fill", word=_("Done"), css="done"),
}
SEVERITIES: dict[str, Mark] = {
    "critical": Mark(icon="exclamation-lg", word=_("Critical"), css="high"),
    "warning": Mark(icon="exclamation", word=_("Warning"), css="mid"),
    "notice": Mark(icon="dot", word=_("Later"), css="low"),
    "past": Mark(icon="dash", word=_("Past"), css="past"),
}
CHANNEL_ICONS = {
    "x": "twitter-x",
    "facebook": "facebook",
    "instagram": "instagram",
    "linkedin": "linkedin",
    "threads": "threads",
    "bluesky": "bluesky",
    "mastodon": "mastodon",
    "tiktok": "tiktok",
    "youtube": "youtube",
    "pinterest": "pinterest",
    "google_business": "google",
    "blog": "pencil-square",
    "newsletter": "envelope-paper",
    "news_release": "newspaper",
    "event": "calendar-event",
    "other": "broadcast",
}
NOTICE_ICONS = {
    "ok": "check-circle-fill",
    "info": "info-circle",
    "risk": "hourglass-split",
    "late": "exclamation-octagon-fill",
    "nobody": "person-raised-hand",
}
LEVELS = {"debug": "info", "info": "info", "success": "ok", "warning": "risk", "error": "late"}


# Marks -------------------------------------------------------------------------------------------
@lru_cache(maxsize=1024)
def _plain_icon(classes: str) -> SafeString:
    return format_html('<i class="{}"></i>', classes)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon. Give ``label`` only where no word stands beside it."""
    classes = f"bi bi-{name} {css}".rstrip()
    if label:
        return format_html('<i class="{}" role="img" aria-label="{}"></i>', classes, label)
    return _plain_icon(classes)


def _name(person: Any) -> str:
    return getattr(getattr(person, "user", person), "name", "") or str(person)


@register.simple_tag
def avatar(person: Any, size: str = "md", label: str = "") -> SafeString:
    """Initials on the person's tone; nobody is dashed. Decorative unless ``label`` is given."""
    extra = "" if size == "md" else f" avatar-{size}"
    says = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    if not person:  # None, or a variable that the template does not have
        return format_html('<span class="avatar avatar-nobody{}" {}>?</span>', extra, says)
    who = getattr(person, "user", person)
    initials = getattr(who, "short_initials", "") or who.initials
    return format_html(
        '<span class="avatar tone-{}{}" {}>{}</span>', who.tone, extra, says, initials
    )


@register.simple_tag
def person(membership: Any, size: str = "sm", nobody: str = "") -> SafeString:
    """Avatar and name of the one accountable person, or the dashed shape and "No one"."""
    if not membership:
        return format_html(
            '<span class="person person-nobody">{}{}</span>',
            avatar(None, size),
            nobody or gettext("No one"),
        )
    return format_html(
        '<span class="person">{}{}</span>', avatar(membership, size), _name(membership)
    )


@lru_cache(maxsize=256)
def _status(state: str, short: bool, language: str | None) -> SafeString:
    mark = STATES.get(state) or Mark(icon="circle", word=state.replace("_", " "), css="draft")
    pattern = (
        '<span class="status status-{}"><i class="bi bi-{}"></i>'
        '<span class="visually-hidden">{}</span></span>'
        if short
        else '<span class="status status-{}"><i class="bi bi-{}"></i>{}</span>'
    )
    return format_html(pattern, mark.css, mark.icon, mark.word)


@register.simple_tag
def status(state: Any, short: bool = False) -> SafeString:
    """Icon, word and colour of a state; ``short`` keeps the word for screen readers only."""
    return _status(str(getattr(state, "value", state)), short, get_language())


@register.simple_tag
def channel_icon(kind: Any, label: str = "") -> SafeString:
    """The icon of a channel's kind; an unknown kind gets the icon of "other"."""
    key = str(getattr(kind, "value", kind))
    return icon(CHANNEL_ICONS.get(key, CHANNEL_ICONS["other"]), label)


@register.simple_tag
def channel_mark(kind: Any, name: str) -> SafeString:
    """Icon and name of a channel, never broken over two lines."""
    return format_html('<span class="text-nowrap">{} {}</span>', channel_icon(kind), name)


@lru_cache(maxsize=64)
def _severity(level: str, language: str | None) -> SafeString:
    mark = SEVERITIES.get(level, SEVERITIES["notice"])
    return format_html(
        '<span class="severity severity-{}">{}</span>', mark.css, icon(mark.icon, mark.word)
    )


@register.simple_tag
def severity(level: Any) -> SafeString:
    """The square mark of a finding's severity."""
    return _severity(str(getattr(level, "value", level)), get_language())


# Dates and spans ---------------------------------------------------------------------------------
def _dated(value: Any, pattern: str) -> str:
    return date_format(value, pattern) if value else ""


@register.filter(expects_localtime=True)
def day(value: dt.date | None) -> str:
    """Thu 18 March."""
    return _dated(value, "D j F")


@register.filter(expects_localtime=True)
def day_short(value: dt.date | None) -> str:
    """Thu 18 Mar."""
    return _dated(value, "D j M")


@register.filter(expects_localtime=True)
def day_long(value: dt.date | None) -> str:
    """Thu 18 March 2027."""
    return _dated(value, "D j F Y")


@register.filter(expects_localtime=True)
def clock(value: dt.datetime | dt.time | None) -> str:
    """09:00, in the active time zone."""
    return value.strftime("%H:%M") if value else ""


@register.filter(expects_localtime=True)
def moment(value: dt.datetime | None) -> str:
    """Thu 18 Mar, 09:00, in the active time zone."""
    return f"{_dated(value, 'D j M')}, {clock(value)}" if value else ""


@register.filter
def days(count: int | None) -> str:
    """1 day, 6 days."""
    if count is None:
        return ""
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


@register.filter(expects_localtime=True)
def relative_day(value: dt.date | None, today: dt.date) -> str:
    """today, tomorrow, yesterday, in 6 days, 6 days ago. ``today`` comes from the view."""
    if value is None:
        return ""
    date = value.date() if isinstance(value, dt.datetime) else value
    distance = (date - today).days
    words = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if distance in words:
        return words[distance]
    pattern = gettext("in %(days)s") if distance > 0 else gettext("%(days)s ago")
    return pattern % {"days": days(abs(distance))}


@register.filter
def span(value: dt.timedelta | None) -> str:
    """2 h 20 min; from two days on, days. Under a minute counts as 1 min."""
    if value is None:
        return ""
    minutes = max(1, round(abs(value).total_seconds() / 60))
    if minutes >= 2 * 24 * 60:
        return days(minutes // (24 * 60))
    hours, minutes = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(gettext("%(count)d h") % {"count": hours})
    if minutes:
        parts.append(gettext("%(count)d min") % {"count": minutes})
    return " ".join(parts)


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """What a person would call it: "Firefox, Windows"; else the beginning of what it says."""
    found = [
        next((name for sign, name in signs if sign in user_agent), "")
        for signs in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in found if name) or user_agent[:60]


# Frames with a hole for content ------------------------------------------------------------------
def _component(name: str, **context: Any) -> SafeString:
    return mark_safe(get_template(f"components/{name}.html").render(context))  # Django rendered it


@register.simple_block_tag(end_name="endpage_head")
def page_head(content: str, title: str, **context: Any) -> SafeString:
    """Title, one sentence and crumbs; the content is the page's actions. See its template."""
    return _component("page_head", title=title, actions=mark_safe(content.strip()), **context)


@register.simple_block_tag(end_name="endpanel")
def panel(content: str, title: str = "", **context: Any) -> SafeString:
    """A panel with a heading, count, note and link around the content. See its template."""
    return _component("panel", title=title, content=content, **context)


@register.simple_block_tag(end_name="endempty")
def empty(content: str, title: str, **context: Any) -> SafeString:
    """An empty state: what is true; the content says what comes next. See its template."""
    return _component("empty_state", title=title, content=content, **context)


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, kind: str = "info", **context: Any) -> SafeString:
    """A notice (ok, info, risk, late, nobody); the content is its actions. See its template."""
    context.setdefault("icon", NOTICE_ICONS[kind])
    return _component("notice", kind=kind, actions=mark_safe(content.strip()), **context)


@register.filter
def notice_kind(message: Any) -> str:
    """The kind of notice for a message of ``django.contrib.messages``."""
    return LEVELS.get(getattr(message, "level_tag", ""), "info")


# Forms -------------------------------------------------------------------------------------------
@register.filter
def form_errors(form: Any) -> list[tuple[str, str, str]]:
    """Every error as (field id or "", label, sentence), the general ones first."""
    found = [("", "", str(error)) for error in form.non_field_errors()]
    for field in form:
        target = field.id_for_label or f"div_{field.auto_id}"
        found.extend((target, str(field.label), str(error)) for error in field.errors)
    return found


@register.filter
def labelled(row: Any, heads: Any) -> list[tuple[Any, Any]]:
    """Each cell of a row with its column's heading, for tables that restack on phones."""
    return list(zip(row, heads, strict=False))


@register.simple_tag
def query(params: Any, **changes: Any) -> str:
    """The address's query with some parameters changed, dropped by ``None``: ``?page=2&q=x``."""
    changed = params.copy()
    for key, value in changes.items():
        if value is None:
            changed.pop(key, None)
        else:
            changed[key] = value
    return f"?{changed.urlencode()}"
