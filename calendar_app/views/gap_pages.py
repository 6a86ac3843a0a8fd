"""The gaps: the list, and filling, handing on, waiving one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calendar_app import gap_page, gap_queries, gap_services
from calendar_app.forms import USUAL_TIME
from calendar_app.gap_forms import FillForm, HandOnForm, WaiveForm
from calendar_app.gap_grounds import Ground, as_it_is_now, ground_of
from calendar_app.gap_queries import Gap
from calendar_app.gap_slots import eligible_days
from calendar_app.gap_world import Loaded
from calendar_app.pages import address
from calendar_app.views.shared import attempt
from calendar_app.wording import day_in_words
from people import queries as people
from people.errors import NotAllowed, Refused
from people.http import MemberRequest, member_view
from people.models import Membership
from people.permissions import Perm, can
from people.views.shared import now_and_today
from plancraft.lib.dates import Period, parse_day
from workflow.queries import nobody

DAYS_DEFAULT = gap_queries.PAGE_DAYS
LONGEST = 400


@dataclass(frozen=True)
class Asked:
    """Which days: `ahead` is what counts, `window` also what is shown of the past."""

    now: datetime
    today: date
    window: Period
    ahead: Period
    days: int
    is_span: bool
    kept: dict[str, Any]
    words: str
    notices: tuple[str, ...] = ()
    days_default: int = DAYS_DEFAULT


def _asked(request: MemberRequest) -> Asked:
    """`from` and `to` name the days exactly, as the command does; else `days` ahead from today."""
    now, today = now_and_today(request.organization)
    given = request.GET.get("from", ""), request.GET.get("to", "")
    span = gap_page.within(parse_day(given[0]), parse_day(given[1]), LONGEST)
    notices = []
    if any(given) and span is None:
        notices.append(
            _("The address names days that cannot be shown, so here are the days ahead.")
        )
    if span is not None:
        words = _("%(first)s to %(last)s") % {
            "first": day_in_words(span.start),
            "last": day_in_words(span.end),
        }
        kept = {"from": given[0], "to": given[1]}
        return Asked(now, today, span, span, 0, True, kept, words)
    text = request.GET.get("days", "")
    days = int(text) if text in {str(n) for n in gap_page.DAYS} else DAYS_DEFAULT
    if text and text != str(days):
        notices.append(_("The address names a number of days that is not offered."))
    ahead = gap_queries.soon(today, days)
    window = gap_queries.around(today, days)
    words = _("next %(days)d days") % {"days": days}
    return Asked(now, today, window, ahead, days, False, {}, words, tuple(notices))


@require_safe
@member_view(Perm.READ)
def gaps(request: MemberRequest) -> HttpResponse:
    """Every gap ahead by consequence, then posts that need a word, no owner, waived, past."""
    asked = _asked(request)
    loaded = gap_queries.load(request.organization, request.membership, [asked.window], asked.now)
    filters, ignored = gap_page.read_filters(request.GET, loaded, request.membership.pk)
    unowned = nobody(
        request.organization,
        request.membership,
        plans=filters.plans,
        first=gap_page.UNOWNED_SHOWN,
    )
    context = gap_page.page_context(request, loaded, asked, filters, unowned)
    context["notices"] = [*asked.notices, *ignored]
    return render(request, "calendar_app/gaps.html", context)


# One gap ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class One:
    """The gap that a key names, with what it hangs on, as it is now."""

    now: datetime
    today: date
    ground: Ground
    loaded: Loaded
    gap: Gap


def _one(request: MemberRequest) -> One | None:
    """The gap of the request's key; None where it is gone, 404 where there never was one."""
    key = request.POST.get("key", "") or request.GET.get("key", "")
    ground = ground_of(request.organization, request.membership, key)
    if ground is None:
        raise Http404
    now, _today = now_and_today(request.organization)
    loaded, gap = as_it_is_now(request.organization, request.membership, key, now)
    if gap is None or gap.is_past:
        return None
    return One(now, now.astimezone(ground.zone).date(), ground, loaded, gap)


def _gone(request: MemberRequest) -> HttpResponse:
    """It was filled, or its days are over: the list says so."""
    messages.info(request, _("This gap is not there any more. Someone may have filled it."))
    return redirect("gaps", request.organization.slug)


def _owners(request: MemberRequest) -> list[Membership]:
    return list(people.can_own(request.organization))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.GAP_FILL)
def gap_fill(request: MemberRequest) -> HttpResponse:
    """A draft in the slot, with title, owner and time."""
    one = _one(request)
    if one is None:
        return _gone(request)
    if one.gap.is_contact:
        raise Http404
    days = eligible_days(one.loaded, one.gap, one.today)
    kept: dict[str, Any] = {
        "days": gap_page.day_choices(days),
        "owners": _owners(request),
        "me": request.membership,
    }
    form = FillForm(initial=_fill_initial(request, one, days), **kept)
    status = 200
    if request.method == "POST":
        form, status = FillForm(request.POST, **kept), 422
        if form.is_valid():
            item, status = attempt(form, lambda: _fill(request, one, form))
            if item is not None:
                messages.success(request, _("The draft stands in its slot. Now give it words."))
                return redirect("story", request.organization.slug, item.pk)
    context = gap_page.form_context(request.membership, one.gap, one.today, form)
    context["has_days"] = bool(days)
    context["zone"] = str(one.ground.zone)
    return render(request, "calendar_app/gap_fill.html", context, status=status)


def _fill(request: MemberRequest, one: One, form: FillForm) -> Any:
    return gap_services.fill(
        organization=request.organization,
        key=one.gap.key,
        by=request.membership,
        title=form.cleaned_data["title"],
        owner=form.cleaned_data["owner"],
        at=form.instant(one.ground.zone),
        now=one.now,
    )


def _fill_initial(request: MemberRequest, one: One, days: list[date]) -> dict[str, Any]:
    """The day that was clicked, else the last that still works; who answers, if they may own."""
    wanted = parse_day(request.GET.get("date", ""))
    answering = one.gap.answers
    near = answering is not None and one.gap.because in ("handed", "channel")
    due = max((day for day in days if day <= one.gap.finding.due), default=None)
    return {
        "key": one.gap.key,
        "day": str(wanted if wanted in days else due or (days[0] if days else "")),
        "clock": USUAL_TIME,
        "owner": answering.pk if answering is not None and near else request.membership.pk,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.GAP_FILL)
def gap_hand_on(request: MemberRequest) -> HttpResponse:
    """Someone else is to fill it."""
    one = _one(request)
    if one is None:
        return _gone(request)
    kept: dict[str, Any] = {
        "owners": _owners(request),
        "me": request.membership,
        "is_contact": one.gap.is_contact,
    }
    form = HandOnForm(initial={"key": one.gap.key}, **kept)
    status = 200
    if request.method == "POST":
        form, status = HandOnForm(request.POST, **kept), 422
        if form.is_valid():
            done, status = attempt(form, lambda: _hand_on(request, one, form))
            if done is not None:
                name = form.cleaned_data["to"].name
                messages.success(request, _("%(name)s answers for it now.") % {"name": name})
                return redirect("gaps", request.organization.slug)
    context = gap_page.form_context(request.membership, one.gap, one.today, form)
    return render(request, "calendar_app/gap_hand_on.html", context, status=status)


def _hand_on(request: MemberRequest, one: One, form: HandOnForm) -> Any:
    return gap_services.hand_on(
        organization=request.organization,
        key=one.gap.key,
        to=form.cleaned_data["to"],
        note=form.cleaned_data["note"],
        by=request.membership,
        now=one.now,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Perm.GAP_WAIVE)
def gap_waive(request: MemberRequest) -> HttpResponse:
    """The champion or a manager accepts the gap, with a reason and an end."""
    one = _one(request)
    if one is None:
        return _gone(request)
    if not can(request.membership, Perm.GAP_WAIVE, one.ground.plan or one.ground.row):
        raise PermissionDenied
    form = WaiveForm(initial={"key": one.gap.key, "expires_on": _accepted_until(one)})
    status = 200
    if request.method == "POST":
        form, status = WaiveForm(request.POST), 422
        if form.is_valid():
            done, status = attempt(form, lambda: _waive(request, one, form))
            if done is not None:
                messages.success(request, _("Waived. It stays in the record and does not count."))
                return redirect("gaps", request.organization.slug)
    context = gap_page.form_context(request.membership, one.gap, one.today, form)
    return render(request, "calendar_app/gap_waive.html", context, status=status)


def _accepted_until(one: One) -> date:
    """The gap's last day; of a contact, who cannot be spoken to just now, two weeks from today."""
    if one.gap.is_contact:
        return one.today + timedelta(days=gap_queries.SOON)
    return one.gap.finding.period.end


def _waive(request: MemberRequest, one: One, form: WaiveForm) -> Any:
    return gap_services.waive(
        organization=request.organization,
        key=one.gap.key,
        reason=form.cleaned_data["reason"],
        expires_on=form.cleaned_data["expires_on"],
        by=request.membership,
        now=one.now,
    )


@require_POST
@member_view(Perm.GAP_WAIVE)
def gap_unwaive(request: MemberRequest) -> HttpResponse:
    """The gap counts again."""
    now, _today = now_and_today(request.organization)
    key = request.POST.get("key", "")
    if ground_of(request.organization, request.membership, key) is None:
        raise Http404
    try:
        gap_services.unwaive(
            organization=request.organization, key=key, by=request.membership, now=now
        )
    except NotAllowed as error:
        raise PermissionDenied from error
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It counts as a gap again."))
    return redirect(address("gaps", request.organization.slug))
