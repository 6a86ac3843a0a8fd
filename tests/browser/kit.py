"""Every part of the kit on one page, for tests only: `ROOT_URLCONF = "tests.browser.kit"`."""

from __future__ import annotations

import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from people.shell import NavItem, OrganizationLink, PlanLink, Shell
from plancraft.urls import urlpatterns as product

MAYA = SimpleNamespace(
    name="Maya Okafor",
    short_initials="MO",
    tone=2,
    email="maya@example.org",
    theme="auto",
    is_authenticated=True,
)
SHELL = Shell(
    organizations=[OrganizationLink("Northlake Bank", "/kit/", True)],
    nav=[
        NavItem("My work", "/kit/", "inbox", True, 4, True, "waiting"),
        NavItem("Calendar", "/kit/", "calendar3"),
        NavItem("Plans", "/kit/", "signpost-split"),
        NavItem("Approvals", "/kit/", "patch-check", count=8, count_word="open"),
        NavItem("People", "/kit/", "people"),
    ],
    plans=[PlanLink("Home Buyer", "/kit/", days_left=21), PlanLink("Grants", "/kit/", nobody=True)],
    create=[NavItem("Post", "/kit/", "calendar-plus")],
    foot="Wed 10 March 2027.",
    theme_url="/theme/",
    sign_out_url="/accounts/logout/",
)
PAGE = Path(__file__).with_name("kit.html")


class KitForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="What happens", help_text="As you would say it in a meeting.")
    owner = forms.ChoiceField(label="Owner", choices=[("", "Choose one person"), ("1", "Noor")])
    stage = forms.ChoiceField(
        label="Stage", widget=forms.RadioSelect, choices=[("1", "One says yes"), ("2", "All")]
    )
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    remind = forms.BooleanField(label="Remind each owner", required=False)


def kit(request: Any) -> HttpResponse:
    """The page; a POST shows the form with its errors."""
    from people.templatetags.plancraft import STATES

    framed = copy.copy(request)  # the frame's own view of it, so that nothing asks the database
    framed.user = MAYA
    framed.membership = SimpleNamespace(user=MAYA, get_role_display="Manager")
    framed.organization = SimpleNamespace(name="Northlake Bank", slug="northlake")
    posted = KitForm(request.POST) if request.method == "POST" else KitForm()
    figure = {"value": 12, "label": "empty slots", "url": "#", "kind": "gap", "icon": "plus-lg"}
    choice = {"name": "plan", "label": "All plans", "choices": [("1", "Spring")], "value": ""}
    context = {
        "shell": SHELL,
        "form": posted,
        "maya": MAYA,
        "states": list(STATES),
        "figures": [figure, {**figure, "kind": "nobody"}],
        "filters": [choice],
        "heads": ["Channel", "Promised"],
        "rows": [["Blog", "3"]],
    }
    template = engines["django"].from_string(PAGE.read_text(encoding="utf-8"))
    return HttpResponse(template.render({**context, "request": framed}, request))


def broken(request: Any) -> HttpResponse:
    """What fails on the server."""
    return HttpResponse("no", status=500)


def well(request: Any) -> HttpResponse:
    """What succeeds and says so."""
    response = HttpResponse(status=204)
    response["HX-Trigger"] = '{"plancraft:notice": {"text": "Moved to Thu 18 March."}}'
    return response


urlpatterns = [
    path("kit/", kit),
    path("broken/", broken),
    path("well/", well),
    path("theme/", lambda request: HttpResponse(status=204), name="theme"),
    *product,
]
