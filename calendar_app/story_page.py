"""What a story's pages show: words per channel, posts with day and state, and what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendar_app import calendar_view as view
from calendar_app import queries
from calendar_app.forms import USUAL_TIME
from calendar_app.models import ContentItem, ItemState, Placement
from calendar_app.publishing_queries import publish_lines
from calendar_app.relations import DRAFTS
from calendar_app.snapshot import effective_copy
from people import queries as people
from people.activity import feed
from people.models import Membership
from people.permissions import Perm, can
from workflow.ownership import may_offer
from workflow.queries import offer_among, review_panel

__all__ = [
    "USUAL_TIME",
    "cancel_post_context",
    "cancel_story_context",
    "context",
    "move_context",
    "moved_words",
    "past_words",
]
HISTORY_SHOWN = 12


@dataclass(frozen=True)
class PostLine:
    """One post on the story's page; `when` on its channel's wall clock."""

    post: Placement
    when: str
    zone: str
    state: str
    copy: str
    has_own_copy: bool
    may_move: bool
    is_over: bool


def context(item: Any, member: Membership, now: datetime, wanted: int | None) -> dict[str, Any]:
    """Everything on the page of a story from `get_story_page`; a constant number of queries."""
    helpers = queries.collaborators_of(item)  # before any right is asked: helping gives some
    may_move = can(member, Perm.POST_MOVE, item)
    posts = queries.posts_of(item)
    lines = [_line(post, item, now, may_move) for post in posts]
    chosen = next((line for line in lines if line.post.pk == wanted), lines[0] if lines else None)
    panel = _panel(item, member, now)
    return {
        "item": item,
        "lines": lines,
        "chosen": chosen,
        "copy": chosen.copy if chosen else item.copy,
        "is_idea": item.state == ItemState.IDEA,
        "nothing_written": not (item.copy or item.link or any(line.copy for line in lines)),
        "helpers": helpers,
        "publish": publish_lines(member, posts, now),
        "rows": feed(
            people.activity_of(item.organization, item._meta.label, item.pk)[:HISTORY_SHOWN]
        ),
        "panel": panel,
        "offer": offer_among(item.offers, panel.everyone),
        "is_over": item.state in ("published", "cancelled"),
        "unowned_days": (now - item.unowned_since).days if item.unowned_since else 0,
        "may_claim": item.owner_id is None and can(member, Perm.CLAIM),
        "may_offer": may_offer(member, item),
        "may_edit": can(member, Perm.STORY_EDIT),
        "may_move": may_move,
        "may_assign": can(member, Perm.ASSIGN, item),
        "embargo": when(item.embargo_until, item) if item.embargo_until else "",
        "crumbs": [(item.plan.name, reverse("plan", args=[item.organization.slug, item.plan_id]))],
    }


def _panel(item: ContentItem, member: Membership, now: datetime) -> Any:
    """The approval of the story; the subject carries the organization that is at hand already."""
    item.subject.organization = item.organization
    return review_panel(member, item.subject, now, item)


def _line(post: Placement, item: ContentItem, now: datetime, near: bool) -> PostLine:
    zone = post.channel.zone(item.organization)
    tolerance = timedelta(hours=item.organization.tolerance_hours)
    row = queries.PostRow(
        post.pk,
        item.pk,
        post.scheduled_at,
        post.state,
        post.historical,
        post.channel_id,
        "",
        None,
        0,
    )
    return PostLine(
        post=post,
        when=spoken(post.scheduled_at.astimezone(zone)) if post.scheduled_at else "",
        zone=str(zone) if str(zone) != item.organization.time_zone else "",
        state=view.shown_state(row, now, tolerance),
        copy=effective_copy(item, post),
        has_own_copy=bool(post.copy),
        may_move=near or post.state in DRAFTS,
        is_over=post.state in ("published", "cancelled"),
    )


def when(instant: datetime, item: ContentItem) -> str:
    """The instant on the organization's wall clock."""
    return spoken(instant.astimezone(view.zone_of(item.organization.time_zone)))


def spoken(local: datetime) -> str:
    """Thu 18 March 2027, 09:00."""
    return f"{date_format(local, 'D j F Y')}, {local:%H:%M}"


# Forms and questions
def move_context(post: Placement, form: Any) -> dict[str, Any]:
    """The page on which a post gets its time."""
    zone = post.channel.zone(post.organization)
    at = post.scheduled_at
    return {
        "form": form,
        "post": post,
        "item": post.item,
        "title": _("Move the post") if at else _("Give it a date"),
        "now_at": spoken(at.astimezone(zone)) if at else "",
        "zone": str(zone),
        "keeps_approval": post.state == "approved",
    }


def moved_words(post: Placement, now: datetime) -> str:
    """Where it stands now, as a sentence."""
    if post.scheduled_at is None:
        return _("It waits in the tray, without a date.")
    local = post.scheduled_at.astimezone(post.channel.zone(post.organization))
    if local <= now:
        return _("It stands on %(when)s, which has passed.") % {"when": spoken(local)}
    return _("It goes out on %(when)s.") % {"when": spoken(local)}


def past_words(times: Iterable[datetime | None], now: datetime) -> str:
    """What follows where a post was given a time that is over; empty where none was."""
    over = sum(1 for at in times if at is not None and at <= now)
    if not over:
        return ""
    return ngettext(
        "The time you gave has passed already. Move the post, or it counts as missed.",
        "%(count)d of the times you gave have passed already. Move those posts, or they count "
        "as missed.",
        over,
    ) % {"count": over}


def cancel_post_context(post: Placement, form: Any) -> dict[str, Any]:
    """The question before one post is cancelled."""
    slug, item = post.organization.slug, post.item
    consequences = [_("It stays in the story's history and can be brought back.")]
    others = any(p.pk != post.pk and p.cancelled_at is None for p in item.posts.all())
    if item.state == "approved" and others:
        consequences.append(
            _("The story's other posts need approval again, because other channels were approved.")
        )
    return {
        "title": _("Cancel this post on %(channel)s?") % {"channel": post.channel.name},
        "text": item.title,
        "consequences": consequences,
        "form": form,
        "action_url": reverse("post-cancel", args=[slug, post.pk]),
        "action_label": _("Cancel the post"),
        "cancel_url": reverse("story", args=[slug, item.pk]),
        "danger": True,
    }


def cancel_story_context(item: ContentItem, form: Any) -> dict[str, Any]:
    """The question before a whole story is cancelled."""
    slug = item.organization.slug
    return {
        "title": _("Cancel this story and its posts?"),
        "text": item.title,
        "consequences": [
            _("What went out already stays published."),
            _("Everything else leaves the calendar, and can be brought back."),
        ],
        "form": form,
        "action_url": reverse("story-cancel", args=[slug, item.pk]),
        "action_label": _("Cancel the story"),
        "cancel_url": reverse("story", args=[slug, item.pk]),
        "danger": True,
    }
