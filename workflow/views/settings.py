"""Who approves what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import queries as people
from people.errors import NotAllowed, Refused
from people.http import MemberRequest, member_view
from people.models.organizations import Role
from people.permissions import Perm
from people.views.shared import found
from workflow import queries, who_approves
from workflow.forms import WorkflowForm, chosen_of, workflow_initial
from workflow.models import Stage, WorkflowTemplate
from workflow.registry import workflow_choices


@require_safe
@member_view(Perm.WORKFLOW_EDIT)
def workflow_settings(request: MemberRequest) -> HttpResponse:
    """Every workflow in force, with who could approve now."""
    return _list_page(request)


@require_http_methods(["GET", "POST"])
@member_view(Perm.WORKFLOW_EDIT)
def workflow_new(request: MemberRequest) -> HttpResponse:
    """A workflow for kinds of channel that need other approvers."""
    initial = {"approvers": Stage.Approvers.ROLE, "role": Role.MANAGER}
    return _edit(request, _form(request, initial), None)


@require_http_methods(["GET", "POST"])
@member_view(Perm.WORKFLOW_EDIT)
def workflow_edit(request: MemberRequest, template_id: int) -> HttpResponse:
    """The next version of a workflow."""
    template = found(queries.get_template(request.organization, template_id))
    return _edit(request, _form(request, workflow_initial(template)), template)


@require_POST
@member_view(Perm.WORKFLOW_EDIT)
def workflow_remove(request: MemberRequest, template_id: int) -> HttpResponse:
    """End a workflow; running reviews go on with it."""
    template = found(queries.get_template(request.organization, template_id))
    try:
        who_approves.retire_template(template=template, by=request.membership)
    except Refused as refusal:
        return _list_page(request, str(refusal), 409)
    messages.info(
        request, _("“%(name)s” is ended. What is in review goes on.") % {"name": template.name}
    )
    return redirect("workflow-settings", request.organization.slug)


def _form(request: MemberRequest, initial: dict[str, Any]) -> WorkflowForm:
    return WorkflowForm(
        request.POST if request.method == "POST" else None,
        members=list(people.members(request.organization)),
        departments=list(people.departments(request.organization)),
        initial=initial,
    )


def _edit(
    request: MemberRequest, form: WorkflowForm, template: WorkflowTemplate | None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            who_approves.save_template(
                organization=request.organization,
                by=request.membership,
                name=data["name"],
                channel_kinds=data["channel_kinds"],
                needs_approval=data["needs_approval"],
                stages=form.stages(),
                previous=template,
            )
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. What is in review goes on as it began."))
            return redirect("workflow-settings", request.organization.slug)
    context = {"form": form, "template": template}
    status = 422 if form.is_bound else 200
    return render(request, "workflow/settings_form.html", context, status=status)


def _list_page(request: MemberRequest, problem: str = "", status: int = 200) -> HttpResponse:
    labels = {value: str(label) for value, label in workflow_choices()}
    rows: list[dict[str, Any]] = [
        {
            "template": template,
            "kinds": [labels.get(kind, kind) for kind in chosen_of(template)],
            "stages": stages,
        }
        for template, stages in queries.templates_with_approvers(request.organization)
    ]
    context = {
        "rows": rows,
        "problem": problem,
        "has_general": any(not row["kinds"] for row in rows),
        "has_several": sum(row["template"].subject_kind == who_approves.CONTENT for row in rows)
        > 1,
    }
    return render(request, "workflow/settings.html", context, status=status)
