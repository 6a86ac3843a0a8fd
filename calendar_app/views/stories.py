"""Pages of one story: reading, writing, helpers, cancelling."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calendar_app import fields, queries, services, story_page
from calendar_app.filters import whole_number
from calendar_app.forms import HelpersForm, PostRows, StoryEditForm, StoryForm, Together
from calendar_app.models import ContentItem
from calendar_app.views.shared import asked_why, attempt, carry
from people import queries as people
from people.errors import Refused
from people.http import MemberRequest, member_view
from people.permissions import Perm, can
from people.views.shared import now_and_today
from plancraft.lib.dates import parse_day


@member_view(Perm.READ)
def story(request: MemberRequest, item_id: int) -> HttpResponse:
    """Everything about one story."""
    item = queries.get_story_page(request.organization, request.membership, item_id)
    now, _today = now_and_today(request.organization)
    wanted = whole_number(request.GET.get("post", ""))
    context = story_page.context(item, request.membership, now, wanted)
    return render(request, "calendar_app/story.html", context)


# New
@member_view(Perm.STORY_EDIT)
def story_new(request: MemberRequest) -> HttpResponse:
    """A new story with its posts; a day, a channel and a plan may come with the address."""
    organization, member = request.organization, request.membership
    plans = list(queries.open_plans(organization, member))
    choices: dict[str, Any] = {
        "plans": plans,
        "streams": list(queries.open_streams(organization, [plan.pk for plan in plans])),
        "owners": list(people.can_own(organization)),
        "me": member,
    }
    channels = list(queries.open_channels(organization))
    row: dict[str, Any] = {"organization": organization, "channels": channels}
    if request.method != "POST":
        form = StoryForm(organization=organization, initial=_asked(request, plans), **choices)
        rows = PostRows(initial=[_asked_post(request)], prefix="posts", form_kwargs=row)
        rows.extra = 1 if not rows.initial or not any(rows.initial) else 0
        return _new_page(request, form, rows)
    form = StoryForm(request.POST, organization=organization, **choices)
    rows = PostRows(_one_more(request), prefix="posts", form_kwargs=row)
    if "add_row" in request.POST:
        return _new_page(request, _unjudged(form, choices, organization), _unjudged_rows(rows, row))
    if not (form.is_valid() & rows.is_valid()):
        return _new_page(request, form, rows, status=422)
    return _create(request, form, rows)


def _create(request: MemberRequest, form: StoryForm, rows: Any) -> HttpResponse:
    data = form.cleaned_data
    posts = [post for post in (row.new_post() for row in rows) if post is not None]
    item, status = attempt(
        form,
        lambda: services.create_story(
            organization=request.organization,
            by=request.membership,
            posts=posts,
            **{
                name: data[name]
                for name in (
                    "plan",
                    "title",
                    "owner",
                    "stream",
                    "brief",
                    "copy",
                    "link",
                    "embargo_until",
                )
            },
        ),
    )
    if item is None:
        return _new_page(request, form, rows, status=status)
    messages.success(request, _("“%(title)s” is saved.") % {"title": item.title})
    times = [post.scheduled_at for post in posts]
    if over := story_page.past_words(times, now_and_today(request.organization)[0]):
        messages.warning(request, over)
    return redirect("story", request.organization.slug, item.pk)


def _new_page(
    request: MemberRequest, form: StoryForm, rows: Any, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "rows": rows,
        "summary": Together(form, *rows),
        "title": _("New story"),
        "is_new": True,
        "has_plans": len(form.fields["plan"].choices) > 1,  # type: ignore[attr-defined]
    }
    return render(request, "calendar_app/story_form.html", context, status=status)


def _asked(request: MemberRequest, plans: list[Any]) -> dict[str, Any]:
    """What the address already says; with only one plan there is nothing to choose."""
    plan = whole_number(request.GET.get("plan", ""))
    if plan is None and len(plans) == 1:
        plan = plans[0].pk
    return {"plan": plan, "owner": request.membership.pk}


def _asked_post(request: MemberRequest) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "channel": whole_number(request.GET.get("channel", "")),
        "day": parse_day(request.GET.get("date", "")),
        "clock": story_page.USUAL_TIME,
    }
    return asked


def _one_more(request: MemberRequest) -> Any:
    """The submitted rows; with "another channel" one more, still within what a form may hold."""
    data = request.POST.copy()
    if "add_row" in data:
        count = whole_number(data.get("posts-TOTAL_FORMS", "")) or 0
        data["posts-TOTAL_FORMS"] = str(min(count + 1, PostRows.max_num))
    return data


def _unjudged(form: StoryForm, choices: dict[str, Any], organization: Any) -> StoryForm:
    """The same words without complaints: nobody asked for it to be saved yet."""
    data = {name: form.data.get(form.add_prefix(name), "") for name in form.fields}
    return StoryForm(organization=organization, initial=data, **choices)


def _unjudged_rows(rows: Any, row: dict[str, Any]) -> Any:
    initial = [
        {name: form.data.get(form.add_prefix(name), "") for name in form.fields} for form in rows
    ]
    fresh = PostRows(initial=initial, prefix="posts", form_kwargs=row)
    fresh.extra = 0
    return fresh


# Edit
@member_view(Perm.STORY_EDIT)
def story_edit(request: MemberRequest, item_id: int) -> HttpResponse:
    """Change a story; who saves second is shown what differs and loses nothing."""
    item = queries.get_story(request.organization, request.membership, item_id)
    streams = list(queries.open_streams(request.organization, [item.plan_id]))
    if item.stream is not None and item.stream not in streams:
        streams.append(item.stream)  # archived: it stays the story's until someone chooses another
    kept: dict[str, Any] = {
        "organization": request.organization,
        "streams": streams,
        "embargo": item.embargo_until,
    }
    if request.method != "POST":
        form = StoryEditForm(initial=StoryEditForm.initial_of(item), **kept)
        return _edit_page(request, item, form)
    form = StoryEditForm(request.POST, **kept)
    if not form.is_valid():
        return _edit_page(request, item, form, status=422)
    saved, status = attempt(
        form,
        lambda: services.edit_story(
            item=item,
            by=request.membership,
            version=form.cleaned_data["version"] or 0,
            seen=form.cleaned_data["seen"],
            changes=form.changes(),
        ),
    )
    if saved is None:
        return _edit_page(request, item, form, status=status)
    messages.success(request, _("“%(title)s” is saved.") % {"title": saved.title})
    return redirect("story", request.organization.slug, saved.pk)


def _edit_page(
    request: MemberRequest, item: ContentItem, form: StoryEditForm, status: int = 200
) -> HttpResponse:
    crossed = getattr(form, "crossed", None)
    if crossed is not None:
        item = queries.get_story(request.organization, request.membership, item.pk)
        carry(form, version=item.version, seen=fields.story_fingerprint(item))
    context = {
        "form": form,
        "summary": form,
        "item": item,
        "title": _("Edit story"),
        "crossed": crossed,
        "page_url": reverse("story", args=[request.organization.slug, item.pk]),
    }
    return render(request, "calendar_app/story_form.html", context, status=status)


# Helpers
@member_view(Perm.ASSIGN)
def story_helpers(request: MemberRequest, item_id: int) -> HttpResponse:
    """Who helps; the one owner stays the one who answers."""
    item = queries.get_story(request.organization, request.membership, item_id)
    if not can(request.membership, Perm.ASSIGN, item):
        raise PermissionDenied
    members = [m for m in people.can_own(request.organization) if m.pk != item.owner_id]
    chosen = [str(m.pk) for m in queries.collaborators_of(item)]
    form = HelpersForm(request.POST or None, people=members, initial={"members": chosen})
    status = 200
    if request.method == "POST":
        status = 422
        # Nobody ticked is an answer too, so the form is bound by hand.
        form = HelpersForm(request.POST, people=members)
        if form.is_valid():
            saved, status = attempt(
                form,
                lambda: services.set_collaborators(
                    item=item, members=form.chosen(), by=request.membership
                ),
            )
            if saved is not None:
                return redirect("story", request.organization.slug, item.pk)
    context = {"form": form, "item": item, "title": _("Who helps")}
    return render(request, "calendar_app/helpers.html", context, status=status)


# Cancel and restore
@member_view(Perm.POST_MOVE)
def story_cancel(request: MemberRequest, item_id: int) -> HttpResponse:
    """Asks first, then takes the whole story out of the calendar."""
    item = queries.get_story(request.organization, request.membership, item_id)
    form, status = asked_why(
        request,
        lambda why: services.cancel_story(item=item, by=request.membership, reason=why),
    )
    if status == HTTPStatus.FOUND:
        return redirect("story", request.organization.slug, item.pk)
    if not can(request.membership, Perm.POST_MOVE, item):
        raise PermissionDenied
    context = story_page.cancel_story_context(item, form)
    return render(request, "components/confirm_page.html", context, status=status)


@require_POST
@member_view(Perm.POST_MOVE)
def story_restore(request: MemberRequest, item_id: int) -> HttpResponse:
    """Brings a cancelled story back."""
    item = queries.get_story(request.organization, request.membership, item_id)
    if not can(request.membership, Perm.POST_MOVE, item):
        raise PermissionDenied
    try:
        services.restore_story(item=item, by=request.membership)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("story", request.organization.slug, item.pk)
