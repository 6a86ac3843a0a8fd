"""A person's own page: how they are called and how PlanCraft looks to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from people import services
from people.forms import ProfileForm
from people.http import person_view
from people.models import User


@require_http_methods(["GET", "POST"])
@person_view
def profile(request: Any) -> HttpResponse:
    """Name, initials, colour, time zone, language and appearance."""
    form = ProfileForm(request.POST or None, user=request.user)
    if form.is_bound and form.is_valid():
        services.change_profile(user=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("profile")
    status = 422 if form.is_bound else 200
    return render(request, "people/profile.html", {"form": form}, status=status)


@require_POST
@person_view
def theme(request: Any) -> HttpResponse:
    """Light, dark, or as the device; back to where the person was."""
    chosen = request.POST.get("theme", "")
    if chosen not in User.Theme.values:
        return HttpResponseBadRequest(_("There is no such appearance."))
    services.choose_theme(user=request.user, theme=chosen)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204)
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure())
    return redirect(onward if safe else "home")
