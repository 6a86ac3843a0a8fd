"""Shared events: a key date asks the departments that it affects, and each answers.

An answer is *takes part*, *informed* or *not affected*, given by any working member of that
department, or by a manager or administrator for it. It can be changed; every answer stays on
record as an activity of the key date. `unanswered` is what reminders read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from people.errors import NotAllowed, Refused
from people.models import Membership, Organization
from people.permissions import Perm, can
from plans.models import KeyDate, KeyDateAnswer
from plans.models.keydates import Answer
from plans.queries import OPEN_STATES, may_see, visible_plans
from plans.schedule.services._shared import note, refuse_if_over
from plans.services._shared import lock_plan, refuse_if_closed

CHOICES = [(value, label) for value, label in Answer.choices if value]
"""What a department can answer, with its label."""


def _asked(organization: Organization, viewer: Membership | None) -> QuerySet[KeyDateAnswer]:
    """What departments are asked about key dates that are ahead in open plans; those that the
    viewer may see."""
    plans = visible_plans(organization, viewer).filter(state__in=OPEN_STATES)
    return KeyDateAnswer.objects.filter(
        organization=organization,
        key_date__done_at=None,
        key_date__cancelled_at=None,
        key_date__plan__in=plans.values("pk"),
    ).select_related(
        "department",
        "answered_by__user",
        "key_date__owner__user",
        "key_date__plan__owner__user",
    )


def unanswered(organization: Organization) -> QuerySet[KeyDateAnswer]:
    """Every question to a department that waits for its answer, the oldest first.

    Each carries its department, its key date with owner, and the plan with its champion; `asked_at`
    is since when it waits. One query.
    """
    return _asked(organization, None).filter(answer=Answer.NOT_YET).order_by("asked_at", "pk")


def asked_of(
    organization: Organization, viewer: Membership, *, everyone: bool = False
) -> QuerySet[KeyDateAnswer]:
    """What the viewer's department is asked, or with `everyone` each department; unanswered first,
    then by the day of the event. One query."""
    rows = _asked(organization, viewer)
    if not everyone:
        rows = rows.filter(department=viewer.department_id)
    waiting_first = Case(When(answer=Answer.NOT_YET, then=Value(0)), default=Value(1))
    return rows.order_by(waiting_first, "key_date__date", Lower("department__name"), "pk")


def get_answer(key_date: KeyDate, department_id: int) -> KeyDateAnswer:
    """What the department is asked about the key date; 404 where it is not asked."""
    rows = KeyDateAnswer.objects.select_related("department")
    return get_object_or_404(rows, key_date=key_date, department=department_id)


@dataclass(frozen=True)
class AnswerRow:
    """A department's answer as pages show it: since how many days it waits, and who may answer."""

    answer: KeyDateAnswer
    days: int
    may_answer: bool

    @property
    def waits(self) -> bool:
        """Whether the department has not answered yet."""
        return self.answer.answer == Answer.NOT_YET


def answer_row(answer: KeyDateAnswer, viewer: Membership, now: datetime) -> AnswerRow:
    """The answer with what the viewer may do about it."""
    days = max(0, (now - answer.asked_at).days)
    return AnswerRow(answer, days, may_answer(viewer, answer))


def may_answer(member: Membership, answer: KeyDateAnswer) -> bool:
    """A working member of the department asked, a manager or an administrator."""
    if member.organization_id != answer.organization_id or not can(member, Perm.CLAIM):
        return False
    return member.department_id == answer.department_id or can(member, Perm.PLAN_EDIT)


@transaction.atomic
def answer_event(
    *, answer: KeyDateAnswer, by: Membership, choice: str, seen: str, at: datetime
) -> KeyDateAnswer:
    """The department says how it stands to the event. The same answer again changes nothing.

    `seen` is the answer that the page showed: `Refused`, with who was faster, where it is another
    by now. An answer can be changed, and not taken away.
    """
    key_date = answer.key_date
    plan = lock_plan(key_date.plan)
    locked = (
        KeyDateAnswer.objects.select_for_update(of=("self",))
        .select_related("department", "answered_by__user", "organization")
        .filter(pk=answer.pk)
        .first()
    )
    if locked is None:
        raise Refused(_("This department is not asked any more."))
    key_date = KeyDate.objects.get(pk=locked.key_date_id)
    key_date.plan, key_date.organization = plan, plan.organization
    if not may_answer(by, locked) or not may_see(by, plan):
        raise NotAllowed(_("Someone of that department answers, or a manager."))
    refuse_if_closed(plan)
    refuse_if_over(key_date)
    if choice not in Answer.values or choice == Answer.NOT_YET:
        raise Refused(_("Choose whether the department takes part, is informed or not affected."))
    if locked.answer == choice:
        return locked
    if locked.answer != seen:
        raise Refused(
            _("%(name)s answered in the meantime: %(answer)s. Look again, then change it.")
            % {"name": locked.answered_by, "answer": locked.get_answer_display()}
        )
    before, locked.answer = locked.answer, choice
    locked.answered_by, locked.answered_at = by, at
    locked.save(update_fields=["answer", "answered_by", "answered_at"])
    note(
        key_date,
        by,
        "key_date.answered",
        department=locked.department_id,
        team=locked.department.name,
        answer=choice,
        before=before,
    )
    return locked
