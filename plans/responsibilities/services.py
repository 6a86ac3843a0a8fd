"""Changes one row of the matrix: who is accountable, responsible, consulted, informed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from people.activity import record
from people.errors import NotAllowed, Refused
from people.models import Membership
from people.permissions import Perm, can
from plancraft.lib.changes import fingerprint
from plans.models import Involvement, Plan, Task, TaskCollaborator
from plans.responsibilities.queries import KIND_OF, Line, Matrix, get_matrix, may_answer
from plans.responsibilities.rules import Letter, accountable
from plans.services._shared import lock_plan, refuse_if_closed, stale
from workflow import ownership

Letters = Mapping[int, Letter]


def may_change(by: Membership, plan: Plan, line: Line) -> bool:
    """Whether `by` may change this row: who may change the thing, or the plan."""
    if can(by, Perm.PLAN_EDIT, plan):
        return True
    if line.slug == "task":
        return can(by, Perm.TASK_EDIT, line.thing)
    return line.slug == "stream" and can(by, Perm.PLAN_EDIT, line.thing)


def may_give(by: Membership, line: Line) -> bool:
    """Whether `by` may say who is accountable, or take it themselves where nobody is."""
    return can(by, Perm.ASSIGN, line.thing)


@transaction.atomic
def set_responsibilities(
    *, plan: Plan, slug: str, pk: int, by: Membership, letters: Letters, seen: str
) -> None:
    """Exactly these letters (member -> letter) stand in the row of that thing.

    `Refused` for two accountable, for taking the last one away, and for a letter that someone's
    role or sight does not allow; `Stale`, with the letters as they are, if the row changed since.
    """
    plan = lock_plan(plan)
    refuse_if_closed(plan)
    matrix = get_matrix(plan.organization, by, plan.pk)
    line = matrix.line(slug, pk)
    if line is None:
        raise Refused(_("This is no longer among the plan’s work."))
    if not may_change(by, plan, line):
        raise NotAllowed(_("Only the champion, who owns it or a manager can change this row."))
    if fingerprint(words(line.letters)) != seen:
        raise stale(line.thing, plan.organization, dict(line.letters))
    if dict(line.letters) == dict(letters):
        return
    _check(matrix, line, letters)
    _set_owner(matrix, line, letters, by)
    _set_others(plan, matrix, line, letters)
    _note(plan, line, letters, by)


def words(letters: Letters) -> dict[str, str]:
    """What a form of this row shows, for telling whether it changed since."""
    return {f"m{pk}": letter.value for pk, letter in letters.items()}


def _check(matrix: Matrix, line: Line, letters: Letters) -> None:
    owners = accountable(letters)
    if len(owners) > 1:
        raise Refused(_("One person answers for it: choose one A, not two."))
    if not owners and line.thing.owner_id is not None:
        raise Refused(
            _("Someone has to stay accountable: choose another A, or give it up on its own page.")
        )
    able = {member.pk: member for member in matrix.may_be_named()}
    for pk, letter in letters.items():
        member = able.get(pk)
        if member is None:
            raise Refused(_("Only active members who see the plan can be named."))
        doing = letter in (Letter.ACCOUNTABLE, Letter.RESPONSIBLE)
        if doing and not may_answer(member):
            raise Refused(
                _("%(name)s reads and advises: consulted or informed fits.") % {"name": member}
            )


def _set_owner(matrix: Matrix, line: Line, letters: Letters, by: Membership) -> None:
    owners = accountable(letters)
    if not owners or owners[0] == line.thing.owner_id:
        return
    to = next(member for member in matrix.people if member.pk == owners[0])
    if to.pk == by.pk and line.thing.owner_id is None:
        ownership.claim(row=line.thing, by=by)
    else:
        ownership.assign(row=line.thing, to=to, by=by)


def _set_others(plan: Plan, matrix: Matrix, line: Line, letters: Letters) -> None:
    """The rows behind R, C and I; what stands there of people who left is history."""
    shown = [member.pk for member in matrix.may_be_named()]
    there = Involvement.objects.filter(plan=plan, **{line.slug: line.thing})
    there.filter(member__in=shown).delete()
    others = {pk: letter for pk, letter in letters.items() if letter != Letter.ACCOUNTABLE}
    if line.slug == "task":
        _set_helpers(line.thing, shown, others)
        others = {pk: x for pk, x in others.items() if x != Letter.RESPONSIBLE}
    for pk, letter in others.items():
        Involvement.objects.create(
            organization=plan.organization,
            plan=plan,
            member_id=pk,
            kind=KIND_OF[letter],
            **{line.slug: line.thing},
        )


def _set_helpers(task: Task, shown: list[int], others: Letters) -> None:
    wanted = {pk for pk, letter in others.items() if letter == Letter.RESPONSIBLE}
    rows = TaskCollaborator.objects.filter(task=task)
    there = set(rows.values_list("member", flat=True))
    if wanted == there & set(shown):
        return
    rows.filter(member__in=set(shown) - wanted).delete()
    for pk in sorted(wanted - there):
        rows.create(organization=task.organization, task=task, member_id=pk)
    fresh = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    fresh.version += 1  # who helps is a field of its form, which notices edits that cross
    fresh.save(update_fields=["version"])


def _note(plan: Plan, line: Line, letters: Letters, by: Membership) -> None:
    changed: dict[str, Any] = {
        str(pk): letters[pk].value if pk in letters else ""
        for pk in sorted({*letters, *line.letters})
        if letters.get(pk) != line.letters.get(pk)
    }
    record(
        organization=plan.organization,
        actor=by,
        verb="responsibilities.changed",
        subject=line.thing,
        plan_id=plan.pk,
        text=line.name,
        letters=changed,
    )
