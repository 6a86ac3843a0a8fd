"""Forms of ownership and approval: they turn what was typed into what a service takes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from people.models import Department, Membership
from people.models.organizations import Role
from workflow.models import Stage, WorkflowTemplate
from workflow.registry import own_kind, workflow_choices
from workflow.who_approves import DEFAULT_LIMIT, StageSpec

CHOOSE_ONE = _("Choose one person. What belongs to everyone is done by no one.")


class MemberChoice(forms.TypedChoiceField):
    """One of these members; the cleaned value is the membership."""

    def __init__(self, members: Sequence[Membership], **kwargs: Any) -> None:
        by_key = {str(member.pk): member for member in members}
        choices = [("", _("Choose one person")), *((k, m.name) for k, m in by_key.items())]
        kwargs.setdefault("error_messages", {"required": CHOOSE_ONE, "invalid_choice": CHOOSE_ONE})
        super().__init__(choices=choices, coerce=by_key.get, **kwargs)


class HandOnForm(forms.Form):
    """Who is asked, or given, the thing, and what they should know."""

    note = forms.CharField(
        label=_("What they should know"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ["to", "note"]

    def __init__(self, data: Any = None, *, members: Sequence[Membership]) -> None:
        super().__init__(data)
        self.fields["to"] = MemberChoice(members, label=_("Who"))
        self.order_fields(self.field_order)


class ReasonForm(forms.Form):
    """Why: kept on record."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why, so that whoever takes it next knows.")},
    )


class TicketForm(forms.Form):
    """What a form of the panel carries: the content as it was shown, and the page's own key."""

    hash = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def ticket(self) -> tuple[str, uuid.UUID] | None:
        """Hash and key; None where the address was called by hand."""
        if not self.is_valid():
            return None
        return self.cleaned_data["hash"], self.cleaned_data["key"]


class WorkflowForm(forms.Form):
    """One workflow with its one stage."""

    name = forms.CharField(label=_("Name"), max_length=80)
    channel_kinds = forms.MultipleChoiceField(
        label=_("For what"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose no channel for every kind that no other workflow names."),
    )
    needs_approval = forms.TypedChoiceField(
        label=_("Is approval needed"),
        choices=[("yes", _("Someone else approves")), ("no", _("No approval: its owner releases"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        initial="yes",
    )
    stage_name = forms.CharField(label=_("Name of the stage"), max_length=60, required=False)
    approvers = forms.ChoiceField(
        label=_("Who approves"),
        choices=[
            (Stage.Approvers.PEOPLE, _("Named people")),
            (Stage.Approvers.ROLE, _("Everyone with a role")),
            (Stage.Approvers.DEPARTMENT, _("A department")),
            (Stage.Approvers.CHAMPION, _("The plan’s champion")),
        ],
        widget=forms.RadioSelect,
    )
    people = forms.TypedMultipleChoiceField(
        label=_("These people"), required=False, widget=forms.CheckboxSelectMultiple
    )
    role = forms.ChoiceField(
        label=_("Everyone with this role"),
        required=False,
        choices=[choice for choice in Role.choices if choice[0] != Role.VIEWER],
        help_text=_("Where there is no manager, administrators stand in for them."),
    )
    department = forms.TypedChoiceField(label=_("This department"), required=False)
    quorum_kind = forms.ChoiceField(
        label=_("How many must approve"),
        choices=[("any", _("Any one")), ("all", _("All of them")), ("number", _("This many"))],
        widget=forms.RadioSelect,
        initial="any",
    )
    quorum = forms.IntegerField(label=_("How many"), required=False, min_value=1, max_value=50)
    limit_hours = forms.IntegerField(
        label=_("Working hours to decide"),
        min_value=1,
        max_value=400,
        initial=DEFAULT_LIMIT,
        help_text=_("Eight are a day. Past them the approvers are reminded, then the champion."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        members: Sequence[Membership],
        departments: Sequence[Department],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        able = {str(m.pk): m for m in members if m.role != Role.VIEWER}
        units = {str(d.pk): d for d in departments}
        people: Any = self.fields["people"]
        people.choices, people.coerce = [(k, m.name) for k, m in able.items()], able.get
        department: Any = self.fields["department"]
        department.choices = [
            ("", _t("Choose a department")),
            *((k, d.name) for k, d in units.items()),
        ]
        department.coerce = units.get
        kinds: Any = self.fields["channel_kinds"]
        kinds.choices = workflow_choices()
        if data is not None and data.get("needs_approval") == "no":
            for name in ("approvers", "quorum_kind", "limit_hours"):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Each kind of approver needs its own answer."""
        found: dict[str, Any] = super().clean() or {}
        if not found.get("needs_approval"):
            return found
        if found.get("approvers") == Stage.Approvers.PEOPLE and not found.get("people"):
            self.add_error("people", _t("Choose at least one person."))
        if found.get("approvers") == Stage.Approvers.DEPARTMENT and not found.get("department"):
            self.add_error("department", _t("Choose the department."))
        if found.get("quorum_kind") == "number" and not found.get("quorum"):
            self.add_error("quorum", _t("Say how many must approve."))
        return found

    def stages(self) -> list[StageSpec]:
        """The stage as the service takes it; none where no approval is needed."""
        data = self.cleaned_data
        if not data["needs_approval"]:
            return []
        quorum = {"any": 1, "all": None, "number": data["quorum"]}[data["quorum_kind"]]
        return [
            StageSpec(
                name=data["stage_name"].strip() or _t("Approval"),
                approvers=data["approvers"],
                people=data["people"],
                role=data["role"],
                department=data["department"] or None,
                quorum=quorum,
                limit_hours=data["limit_hours"],
            )
        ]


def chosen_of(template: WorkflowTemplate) -> list[str]:
    """What the workflow is for, as the form chooses it."""
    return template.channel_kinds or [k for k in [own_kind([template.subject_kind])] if k]


def workflow_initial(template: WorkflowTemplate) -> dict[str, Any]:
    """What the form shows of a workflow that is there."""
    stages = list(template.stages.all())
    values: dict[str, Any] = {
        "name": template.name,
        "channel_kinds": chosen_of(template),
        "needs_approval": "yes" if template.needs_approval else "no",
    }
    if not stages:
        return {**values, "approvers": Stage.Approvers.ROLE, "role": Role.MANAGER}
    stage = stages[0]
    kind = "all" if stage.quorum is None else "any" if stage.quorum == 1 else "number"
    return {
        **values,
        "stage_name": stage.name,
        "approvers": stage.approvers,
        "people": [str(member.pk) for member in stage.people.all()],
        "role": stage.role,
        "department": str(stage.department_id or ""),
        "quorum_kind": kind,
        "quorum": stage.quorum,
        "limit_hours": stage.limit_hours,
    }
