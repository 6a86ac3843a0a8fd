"""Plans: create, edit, start, close, reopen, take over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from people import queries as people
from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import Perm, can
from people.registry import owned_counts
from plans import queries
from plans.life.approval import KIND
from plans.life.queries import workflow_of_plans
from plans.models import KeyDate, Objective, Plan, PlanReader, Task
from plans.models.tasks import OPEN_TASKS
from plans.records import PlanFields, plan_fields
from plans.rules import LONGEST_PLAN, TRANSITIONS, PlanState, match_lines
from plans.services._shared import (
    can_here,
    changed_fields,
    check_owner,
    lock_plan,
    note_change,
    refuse_if_closed,
    require_plan_edit,
    stale,
    unique_name,
)
from workflow import ownership, reviews
from workflow import queries as workflow
from workflow.registry import OWNABLES


@transaction.atomic
def create_plan(
    *,
    organization: Organization,
    by: Membership,
    fields: PlanFields,
    champion: Membership | None = None,
    start: bool = True,
) -> Plan:
    """A new plan, running at once or as a draft; without a champion it is unowned from now on.

    Where the organization has plans approved, or released by their champion, it begins as a draft.

    Whoever may create a plan may champion it or leave that open; to name someone else takes the
    right to hand the role over. `Refused` for an impossible period or a name that is taken.
    """
    if not can_here(by, Perm.PLAN_CREATE, organization):
        raise NotAllowed(_("You may read plans here, but not create one."))
    if champion is not None and champion != by and not can(by, Perm.PLAN_HAND_OVER):
        raise NotAllowed(_("Champion it yourself, or leave it open and ask someone afterwards."))
    check_owner(organization, champion, None)
    _check_period(fields)
    plan = Plan(organization=organization, created_by=by, owner=champion)
    plan.subject = reviews.create_subject(organization=organization, kind=KIND, by=by)
    if champion is not None:
        plan.unowned_since = None
    else:
        plan.unowned_reason = _("new")
    start = start and workflow_of_plans(organization) is None
    plan.state = PlanState.RUNNING if start else PlanState.DRAFT
    _check_sight(plan, fields, by)
    _write(plan, fields)
    champion_id = champion.pk if champion else None
    _record(plan, by, "plan.created", text=plan.name, champion=champion_id, state=plan.state)
    return plan


@transaction.atomic
def edit_plan(*, plan: Plan, by: Membership, version: int, fields: PlanFields) -> Plan:
    """Change what the plan says. `Stale`, with the fields as they are now, if `version` is past.

    Saving what is there already changes nothing and leaves no record.
    """
    plan = lock_plan(plan)
    require_plan_edit(by, plan)
    refuse_if_closed(plan)
    current = fields_now(plan)
    if plan.version != version:
        raise stale(plan, plan.organization, current)
    changed = changed_fields(current.words(), fields.words())
    if not changed:
        return plan
    _check_period(fields)
    _check_sight(plan, fields, by)
    plan.version += 1
    _write(plan, fields)
    note_change(plan, by)
    _record(plan, by, "plan.edited", fields=changed)
    return plan


def fields_now(plan: Plan) -> PlanFields:
    """What the plan's form would show now."""
    organization = plan.organization
    return plan_fields(
        plan, queries.objectives(organization, plan), queries.readers(organization, plan)
    )


@transaction.atomic
def change_state(*, plan: Plan, by: Membership, to: PlanState) -> Plan:
    """Start, close or reopen the plan. Done already: nothing changes.

    Where plans are approved, approval starts them, and what was never approved comes back as a
    draft. Where the organization chose no approval, starting is a release by the champion (rule 6).
    Closing takes an open submission back.
    """
    plan = lock_plan(plan)
    require_plan_edit(by, plan)
    if plan.state == to:
        return plan
    word = TRANSITIONS[PlanState(plan.state)].get(to)
    if word is None:
        raise Refused(_no_such_way(PlanState(plan.state)))
    if to == PlanState.RUNNING:
        return _begin(plan, by, word)
    review = workflow.open_review(plan.subject)
    if review is not None:
        reviews.withdraw_submission(review=review, by=by)
        plan.refresh_from_db(fields=["state", "version"])
    return _turn(plan, by, to, word)


def _no_such_way(state: PlanState) -> str:
    if state == PlanState.IN_APPROVAL:
        return _("It is in approval. Who approves it starts it; or take the submission back.")
    return _("A plan that has begun does not become a draft again.")


def _turn(plan: Plan, by: Membership, to: PlanState, word: str) -> Plan:
    before, plan.state = plan.state, to
    plan.version += 1
    plan.save(update_fields=["state", "version"])
    _record(plan, by, f"plan.{word}", before=before, to=to.value)
    return plan


def _begin(plan: Plan, by: Membership, word: str) -> Plan:
    """Start or reopen it, as far as approval lets it."""
    template = workflow_of_plans(plan.organization)
    was_draft = plan.state == PlanState.DRAFT
    if template is not None and template.needs_approval:
        if was_draft:
            raise Refused(_("Plans are approved here before they start. Submit it for approval."))
        never_approved = workflow.last_approval(plan.subject) is None
        to = PlanState.DRAFT if never_approved else PlanState.RUNNING
        return _released(_turn(plan, by, to, word))
    if template is not None and was_draft:
        seen = workflow.hash_now(plan.subject)
        reviews.release(subject=plan.subject, by=by, expected_hash=seen)
        plan.refresh_from_db(fields=["state", "version"])
        return plan
    plan = _turn(plan, by, PlanState.RUNNING, word)
    return plan if was_draft else _released(plan)


def _released(plan: Plan) -> Plan:
    """Who left while the plan was closed owns nothing in it once it goes on."""
    for stream in queries.streams(plan.organization, plan).filter(archived_at=None):
        ownership.release_if_gone(stream)
    able = people.can_own(plan.organization).values("pk")
    for rows in (
        Task.objects.filter(plan=plan, state__in=OPEN_TASKS),
        KeyDate.objects.filter(plan=plan, done_at=None, cancelled_at=None),
    ):
        for row in rows.exclude(owner=None).exclude(owner__in=able).select_related("organization"):
            ownership.release_if_gone(row)
    return ownership.release_if_gone(plan)


@transaction.atomic
def take_over(*, plan: Plan, by: Membership, reason: str) -> Plan:
    """An administrator makes themselves champion of a confidential plan they cannot see (rule 6).

    The reason is recorded where the champion so far, who goes on seeing the plan, reads it. A
    closed plan keeps its champion as history; the administrator then becomes one of its readers.
    """
    plan = lock_plan(plan)
    if not can(by, Perm.PLAN_TAKE_OVER, plan):
        raise NotAllowed(_("Only an administrator can take over a confidential plan."))
    if not plan.is_confidential or queries.may_see(by, plan):
        raise Refused(_("You see this plan already; there is nothing to take over."))
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why. The champion reads your reason."))
    previous = plan.owner
    # Ownership is given only to who sees the plan, so the new reader comes first.
    _add_readers(plan, [by])
    if plan.state != PlanState.CLOSED:
        plan = ownership.assign(row=plan, to=by, by=by)
        PlanReader.objects.filter(plan=plan, member=by).delete()
    previous_id = previous.pk if previous else None
    _record(plan, by, "plan.taken_over", text=reason, previous=previous_id)
    return plan


def _check_period(fields: PlanFields) -> None:
    if fields.ends_on < fields.starts_on:
        raise Refused(_("A plan cannot end before it begins."))
    if (fields.ends_on - fields.starts_on).days >= LONGEST_PLAN:
        raise Refused(_("A plan covers five years at most. Check the year of its last day."))


def _check_sight(plan: Plan, fields: PlanFields, by: Membership) -> None:
    """A plan that becomes confidential hides from nobody who edits it or works on it."""
    if not fields.is_confidential:
        return
    sees = {plan.owner_id, *(reader.pk for reader in fields.readers)}
    if by.pk not in sees:
        raise Refused(
            _("You would lose sight of this plan yourself. Add yourself to those who may see it.")
        )
    for owner, noun, title in _owned_in(plan, sees):
        raise Refused(
            _("%(name)s owns the %(noun)s “%(title)s” and would no longer see it. Add them too.")
            % {"name": owner, "noun": noun, "title": title}
        )


def _owned_in(
    plan: Plan, but_by: Collection[int | None]
) -> Iterator[tuple[Membership, object, str]]:
    """What is unfinished in the plan, whatever room it is of, and owned by anyone else."""
    if plan.pk is None:
        return
    owning = set(owned_counts(plan.organization)) - set(but_by)
    for owner in people.members(plan.organization).filter(pk__in=owning):
        for ownable in OWNABLES.values():
            for row in ownable.unfinished_of(owner):
                if ownable.plan_id(row) == plan.pk:
                    yield owner, ownable.noun, ownable.title(row)


def _write(plan: Plan, fields: PlanFields) -> None:
    plan.name = fields.name
    plan.summary = fields.summary
    plan.starts_on = fields.starts_on
    plan.ends_on = fields.ends_on
    plan.department = fields.department
    plan.is_confidential = fields.is_confidential
    with unique_name("plans_plan_name"):
        plan.save()
    _write_objectives(plan, fields.objectives)
    _write_readers(plan, fields.readers if fields.is_confidential else ())


def _write_objectives(plan: Plan, titles: Sequence[str]) -> None:
    """A reworded line keeps its row, so that the streams that serve it go on doing so."""
    existing = {o.pk: o for o in queries.objectives(plan.organization, plan)}
    lines = match_lines([(pk, o.title) for pk, o in existing.items()], titles)
    kept = {line.pk for line in lines}
    _refuse_to_lose_readings(set(existing) - kept)
    Objective.objects.filter(plan=plan, pk__in=set(existing) - kept).delete()
    for position, line in enumerate(lines, start=1):
        objective = existing[line.pk] if line.pk else Objective(plan=plan)
        objective.organization = plan.organization
        objective.title, objective.position = line.text, position
        objective.save()


def _refuse_to_lose_readings(gone: Collection[int]) -> None:
    read = Objective.objects.filter(pk__in=gone, readings__isnull=False).first()
    if read is not None:
        raise Refused(
            _("“%(title)s” has readings, which would be lost with it. Keep its line, reworded.")
            % {"title": read.title}
        )


def _write_readers(plan: Plan, members: Iterable[Membership]) -> None:
    wanted = {member.pk: member for member in members if member.pk != plan.owner_id}
    PlanReader.objects.filter(plan=plan).exclude(member__in=wanted).delete()
    _add_readers(plan, wanted.values())


def _add_readers(plan: Plan, members: Iterable[Membership]) -> None:
    PlanReader.objects.bulk_create(
        [PlanReader(organization=plan.organization, plan=plan, member=m) for m in members],
        ignore_conflicts=True,
    )


def _record(plan: Plan, by: Membership, verb: str, *, text: str = "", **facts: object) -> None:
    record(
        organization=plan.organization,
        actor=by,
        verb=verb,
        subject=plan,
        plan_id=plan.pk,
        text=text,
        **facts,
    )
