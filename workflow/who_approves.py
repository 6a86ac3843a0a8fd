"""Who approves what: the services behind the settings page (rule 6).

A workflow is never edited: saving makes its next version, and a running review keeps the version it
began with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Department, Membership, Organization
from people.models.organizations import Role
from people.permissions import Perm, can
from workflow import queries
from workflow.models import Stage, WorkflowTemplate
from workflow.registry import own_kind, workflow_choices

CONTENT = "content_item"
DEFAULT_LIMIT = 24
"""Working hours of three ordinary days."""


@dataclass(frozen=True)
class StageSpec:
    """A stage as the form gives it. `quorum` None means all of its approvers."""

    name: str
    approvers: str
    people: Sequence[Membership] = field(default=())
    role: str = ""
    department: Department | None = None
    quorum: int | None = 1
    limit_hours: int = DEFAULT_LIMIT


@transaction.atomic
def save_template(
    *,
    organization: Organization,
    by: Membership,
    name: str,
    channel_kinds: Sequence[str] = (),
    needs_approval: bool = True,
    stages: Sequence[StageSpec] = (),
    previous: WorkflowTemplate | None = None,
) -> WorkflowTemplate:
    """A new workflow, or the next version of `previous`.

    `channel_kinds` may name instead the one kind of subject that it is for (`own_kind`).

    `Refused` if a kind of channel stands in another workflow already, if the name is taken, or if
    approval is needed and nobody could give it. No kinds means every kind that no other names.
    Saving what is there already changes nothing.
    """
    _demand(by, organization)
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    name, kind = name.strip(), own_kind(channel_kinds) or CONTENT
    if kind != CONTENT:
        _refuse_mixture(channel_kinds, previous)
        channel_kinds = ()
    if previous is not None and not _is_current(previous):
        raise Refused(_("Someone changed this workflow in the meantime. Open it again."))
    _refuse_overlap(organization, name, kind, channel_kinds, previous)
    stages = stages if needs_approval else ()
    if needs_approval:
        _refuse_nobody(organization, stages)
    template = WorkflowTemplate.objects.create(
        organization=organization,
        name=name,
        version=_next_version(organization, name, previous),
        subject_kind=kind,
        channel_kinds=sorted(channel_kinds),
        needs_approval=needs_approval,
        created_by=by,
    )
    for position, spec in enumerate(stages, start=1):
        _add_stage(template, position, spec)
    _record_saved(template, by, "workflow.changed" if previous else "workflow.created")
    return template


def _record_saved(template: WorkflowTemplate, by: Membership, verb: str) -> None:
    record(
        organization=template.organization,
        actor=by,
        verb=verb,
        subject=template,
        text=template.name,
        version=template.version,
        needs_approval=template.needs_approval,
        channel_kinds=template.channel_kinds,
        subject_kind=template.subject_kind,
    )


def _next_version(organization: Organization, name: str, previous: WorkflowTemplate | None) -> int:
    """After the one that it follows, which is retired, and after any that bore this name."""
    version = _retire(previous) if previous is not None else 0
    taken = WorkflowTemplate.objects.filter(organization=organization, name=name)
    return max(version, taken.aggregate(m=Max("version"))["m"] or 0) + 1


@transaction.atomic
def retire_template(*, template: WorkflowTemplate, by: Membership) -> None:
    """End a workflow: running reviews go on with it, nothing new begins with it.

    `Refused` for the last one that serves every channel: its content could not be approved at all.
    """
    _demand(by, template.organization)
    Organization.objects.select_for_update(no_key=True).get(pk=template.organization_id)
    if not _is_current(template):
        return
    if template.subject_kind == CONTENT and not template.channel_kinds:
        raise Refused(
            _("This one serves every channel that no other names. Change it instead of ending it.")
        )
    _retire(template)
    record(
        organization=template.organization,
        actor=by,
        verb="workflow.retired",
        subject=template,
        text=template.name,
    )


def create_default(organization: Organization, by: Membership) -> None:
    """What a new organization begins with: any one manager approves, within three working days.

    As long as there is no manager, administrators stand in for them.
    """
    template = WorkflowTemplate.objects.create(
        organization=organization, name=_("Everything"), created_by=by
    )
    spec = StageSpec(name=_("Approval"), approvers=Stage.Approvers.ROLE, role=Role.MANAGER)
    _add_stage(template, 1, spec)


def _demand(by: Membership, organization: Organization) -> None:
    if by.organization_id != organization.pk or not can(by, Perm.WORKFLOW_EDIT):
        raise NotAllowed(_("Managers and administrators say who approves what."))


def _is_current(template: WorkflowTemplate) -> bool:
    return WorkflowTemplate.objects.filter(pk=template.pk, is_current=True).exists()


def _retire(template: WorkflowTemplate) -> int:
    WorkflowTemplate.objects.filter(pk=template.pk).update(is_current=False)
    return template.version


def _add_stage(template: WorkflowTemplate, position: int, spec: StageSpec) -> None:
    row = Stage.objects.create(
        organization=template.organization,
        template=template,
        position=position,
        name=spec.name,
        approvers=spec.approvers,
        role=spec.role if spec.approvers == Stage.Approvers.ROLE else "",
        department=spec.department if spec.approvers == Stage.Approvers.DEPARTMENT else None,
        quorum=spec.quorum,
        limit_hours=spec.limit_hours,
    )
    if spec.approvers == Stage.Approvers.PEOPLE:
        row.people.set(spec.people)


def _refuse_mixture(chosen: Sequence[str], previous: WorkflowTemplate | None) -> None:
    """What is approved apart from channels has a workflow of its own, and keeps it."""
    if len(set(chosen)) > 1:
        raise Refused(_("Plans have a workflow of their own: choose them, or channels, not both."))
    if previous is not None and previous.subject_kind == CONTENT:
        raise Refused(_("This workflow is for channels. Make a new one for plans."))


def _refuse_overlap(
    organization: Organization,
    name: str,
    kind: str,
    kinds: Sequence[str],
    previous: WorkflowTemplate | None,
) -> None:
    if previous is not None and previous.subject_kind != kind:
        raise Refused(_("This workflow is for plans. Make a new one for channels."))
    others = [
        other
        for other in queries.every_template(organization)
        if previous is None or other.pk != previous.pk
    ]
    for other in others:
        if other.name.casefold() == name.casefold():
            raise Refused(_("There is a workflow of this name already. Choose another name."))
        if other.subject_kind == kind:
            _refuse_both(other, kinds)


def _refuse_both(other: WorkflowTemplate, kinds: Sequence[str]) -> None:
    """Two workflows for the same thing: nobody could say which holds."""
    if not kinds and not other.channel_kinds and other.subject_kind != CONTENT:
        raise Refused(
            _("“%(name)s” decides on plans already. Change that one instead.")
            % {"name": other.name}
        )
    if not kinds and not other.channel_kinds:
        raise Refused(
            _("“%(name)s” serves every channel already. Choose the channels of this one.")
            % {"name": other.name}
        )
    labels = {value: str(label) for value, label in workflow_choices()}
    both = sorted(labels.get(kind, kind) for kind in set(kinds) & set(other.channel_kinds))
    if both:
        raise Refused(
            _("%(kinds)s: “%(name)s” decides on that already. Take it out there first.")
            % {"kinds": ", ".join(both), "name": other.name}
        )


def _refuse_nobody(organization: Organization, stages: Sequence[StageSpec]) -> None:
    """Each stage must have enough active approvers, whoever wrote it. A champion may come yet."""
    if not stages:
        raise Refused(_("Say who approves, or that no approval is needed."))
    for spec in stages:
        if spec.approvers == Stage.Approvers.CHAMPION:
            if spec.quorum not in (None, 1):
                raise Refused(_("A plan has one champion, so one approval is all there can be."))
            continue
        able = queries.able_at(
            organization, spec.approvers, spec.people, spec.role, spec.department
        )
        if len(able) < (spec.quorum or 1):
            raise Refused(
                _("“%(stage)s” needs %(needed)d and names %(able)d who can act. Name more people.")
                % {"stage": spec.name, "needed": spec.quorum or 1, "able": len(able)}
            )
