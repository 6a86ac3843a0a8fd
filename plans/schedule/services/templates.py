"""Back-schedules: create, edit into a new version, copy, put away, and the ones that are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people import queries as people
from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import Perm
from plans.backschedule import find_cycle
from plans.models import BackScheduleStep, BackScheduleTemplate, BackScheduleVersion
from plans.models.keydates import KEY_DATE
from plans.schedule.preview import cycle_words
from plans.schedule.records import StepFields, step_fields
from plans.schedule.shipped import SHIPPED
from plans.services._shared import can_here, stale, unique_name

LONGEST_LEAD = 2000
"""Working days; a longer one is a slip of the keyboard and not a lead."""
MOST_STEPS = 500


@transaction.atomic
def create_template(
    *,
    organization: Organization,
    by: Membership,
    name: str,
    steps: Sequence[StepFields],
    description: str = "",
) -> BackScheduleTemplate:
    """A new back-schedule in its first version. `Refused`, naming the steps, for a cycle."""
    _require(by, organization)
    check_steps(organization, steps)
    template = BackScheduleTemplate(organization=organization)
    _write(template, name, description)
    _add_version(template, 1, steps, by)
    _record(template, by, "back_schedule.created", steps=len(steps))
    return template


@transaction.atomic
def edit_template(
    *,
    template: BackScheduleTemplate,
    by: Membership,
    seen: int,
    name: str,
    steps: Sequence[StepFields],
    description: str = "",
) -> BackScheduleTemplate:
    """Change the back-schedule; other steps make its next version, and older ones stay as they are.

    `Stale` if its newest version is no longer number `seen`. What was built from an older version
    stays as it is until someone builds the new one.
    """
    template = _lock(template)
    _require(by, template.organization)
    newest = _newest(template)
    now = step_fields(newest.steps.select_related("member__user"))
    if newest.number != seen:
        raise stale(template, template.organization, now)
    known = {step.member.pk for step in now if step.member}
    check_steps(template.organization, steps, known)
    words_changed = (template.name, template.description) != (name.strip(), description)
    steps_changed = tuple(steps) != now
    if words_changed:
        _write(template, name, description)
    if steps_changed:
        _add_version(template, newest.number + 1, steps, by)
    if words_changed or steps_changed:
        number = newest.number + steps_changed
        _record(template, by, "back_schedule.edited", version=number, steps=len(steps))
    return template


@transaction.atomic
def copy_template(
    *, template: BackScheduleTemplate, by: Membership, name: str
) -> BackScheduleTemplate:
    """A back-schedule of one's own with the same steps, to be changed freely."""
    _require(by, template.organization)
    now = step_fields(_newest(template).steps.select_related("member__user"))
    able = people.can_own(template.organization)
    mine = [_without_gone(step, set(able.values_list("pk", flat=True))) for step in now]
    copy = BackScheduleTemplate(organization=template.organization)
    _write(copy, name, template.description)
    _add_version(copy, 1, mine, by)
    _record(copy, by, "back_schedule.copied", source=template.pk, steps=len(mine))
    return copy


@transaction.atomic
def archive_template(
    *, template: BackScheduleTemplate, by: Membership, at: datetime
) -> BackScheduleTemplate:
    """Put it away: it is no longer offered. What was built from it stays."""
    template = _lock(template)
    _require(by, template.organization)
    if template.archived_at is None:
        template.archived_at = at
        template.save(update_fields=["archived_at"])
        _record(template, by, "back_schedule.archived")
    return template


@transaction.atomic
def restore_template(*, template: BackScheduleTemplate, by: Membership) -> BackScheduleTemplate:
    """Offer it again."""
    template = _lock(template)
    _require(by, template.organization)
    if template.archived_at is not None:
        template.archived_at = None
        template.save(update_fields=["archived_at"])
        _record(template, by, "back_schedule.restored")
    return template


def give_shipped(organization: Organization, by: Membership | None = None) -> None:
    """Give the organization the back-schedules that PlanCraft comes with, which it lacks.

    What it has already, changed or not, stays as it is. `by` is who made the organization, and is
    not recorded: PlanCraft gives them.
    """
    has = set(
        BackScheduleTemplate.objects.filter(organization=organization).values_list(
            "shipped_key", flat=True
        )
    )
    for shipped in SHIPPED:
        if shipped.key in has:
            continue
        template = BackScheduleTemplate.objects.create(
            organization=organization,
            name=shipped.name,
            description=shipped.description,
            shipped_key=shipped.key,
        )
        steps = [StepFields(s.key, s.title, s.lead, s.before, s.role) for s in shipped.steps]
        _add_version(template, 1, steps, None)


# Checks ------------------------------------------------------------------------------------------
def check_steps(
    organization: Organization, steps: Sequence[StepFields], known: Iterable[int] = ()
) -> None:
    """`Refused`, in one sentence that names the step, for what no schedule can be built from.

    `known` are members who stood in it before: they may stay even if they have left.
    """
    if not steps:
        raise Refused(_("A back-schedule needs at least one step."))
    if len(steps) > MOST_STEPS:
        raise Refused(_("A back-schedule holds at most %(most)d steps.") % {"most": MOST_STEPS})
    keys = [step.key for step in steps]
    for step in steps:
        _check_step(step, keys)
    cycle = find_cycle({step.key: step.before for step in steps})
    if cycle is not None:
        raise Refused(cycle_words(cycle, {step.key: step.title for step in steps}))
    _check_members(organization, steps, set(known))


def _check_step(step: StepFields, keys: Sequence[str]) -> None:
    words = {"step": step.title.strip()}
    if not step.title.strip():
        raise Refused(_("Give every step a title."))
    if keys.count(step.key) > 1 or step.key in ("", KEY_DATE):
        raise Refused(_("“%(step)s” needs a key of its own.") % words)
    if not 0 <= step.lead <= LONGEST_LEAD:
        raise Refused(
            _("The lead of “%(step)s” must lie between 0 and %(most)d working days.")
            % {**words, "most": LONGEST_LEAD}
        )
    if not step.before:
        raise Refused(_("Say what “%(step)s” comes before: another step, or the key date.") % words)
    if any(other != KEY_DATE and other not in keys for other in step.before):
        raise Refused(_("“%(step)s” comes before a step that is not there.") % words)


def _check_members(
    organization: Organization, steps: Sequence[StepFields], known: set[int]
) -> None:
    named = {step.member.pk: step.member for step in steps if step.member}
    able = people.can_own(organization).filter(pk__in=list(named))
    allowed = known | set(able.values_list("pk", flat=True))
    for pk, member in named.items():
        if pk not in allowed:
            raise Refused(
                _("%(name)s cannot be made accountable here: choose an active member.")
                % {"name": member}
            )


def _without_gone(step: StepFields, able: set[int]) -> StepFields:
    gone = step.member is not None and step.member.pk not in able
    return StepFields(
        step.key, step.title, step.lead, step.before, step.role, None if gone else step.member
    )


# Writing -----------------------------------------------------------------------------------------
def _require(by: Membership, organization: Organization) -> None:
    if not can_here(by, Perm.WORKFLOW_EDIT, organization):
        raise NotAllowed(_("Only a manager or an administrator can change back-schedules."))


def _lock(template: BackScheduleTemplate) -> BackScheduleTemplate:
    return (
        BackScheduleTemplate.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=template.pk)
    )


def _newest(template: BackScheduleTemplate) -> BackScheduleVersion:
    return BackScheduleVersion.objects.filter(template=template).order_by("-number")[0]


def _write(template: BackScheduleTemplate, name: str, description: str) -> None:
    if not name.strip():
        raise Refused(_("Give the back-schedule a name."))
    template.name, template.description = name.strip(), description
    with unique_name("plans_backschedule_name"):
        template.save()


def _add_version(
    template: BackScheduleTemplate,
    number: int,
    steps: Sequence[StepFields],
    by: Membership | None,
) -> None:
    version = BackScheduleVersion.objects.create(
        organization=template.organization, template=template, number=number, created_by=by
    )
    BackScheduleStep.objects.bulk_create(
        BackScheduleStep(
            organization=template.organization,
            version=version,
            key=step.key,
            title=step.title.strip(),
            role=step.role.strip(),
            member=step.member,
            lead=step.lead,
            before=list(step.before),
            position=position,
        )
        for position, step in enumerate(steps, 1)
    )


def _record(template: BackScheduleTemplate, by: Membership, verb: str, **facts: Any) -> None:
    record(
        organization=template.organization,
        actor=by,
        verb=verb,
        subject=template,
        text=template.name,
        **facts,
    )
