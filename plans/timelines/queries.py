"""Reads of imported timelines, and of what a row may mean here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from people.models import Activity, Membership, Organization
from people.permissions import Perm, can
from plancraft.lib.sheets.names import KnownPerson
from plans.models import KeyDate, Plan, Task, TaskLink, TimelineImport, TimelineImportRow
from plans.queries import OPEN_STATES, visible_plans
from plans.schedule.queries import able_members

REMEMBERED = 20
"""Imports whose answers about roles are remembered."""


def timelines(organization: Organization, viewer: Membership) -> QuerySet[TimelineImport]:
    """The imports into plans that the viewer may see, newest first, without the files' content."""
    plans = visible_plans(organization, viewer)
    return (
        TimelineImport.objects.filter(organization=organization, plan__in=plans.values("pk"))
        .select_related("plan__owner__user", "imported_by__user")
        .defer("content")
        .order_by("-id")
    )


def get_timeline(
    organization: Organization, viewer: Membership, timeline_id: int
) -> TimelineImport:
    """One import with its plan and who imported it; 404 for one that the viewer may not see."""
    timeline = get_object_or_404(timelines(organization, viewer), pk=timeline_id)
    timeline.organization = timeline.plan.organization = organization
    return timeline


def plans_to_fill(organization: Organization, member: Membership) -> list[Plan]:
    """The plans that the member may bring dates into, by name."""
    rows = visible_plans(organization, member).filter(state__in=OPEN_STATES)
    found = []
    for plan in rows.select_related("owner__user"):
        plan.organization = organization
        if can(member, Perm.PLAN_EDIT, plan):
            found.append(plan)
    return sorted(found, key=lambda plan: plan.name.lower())


def known_people(plan: Plan) -> list[KnownPerson]:
    """Everyone who may own a task of the plan, as rows may name them; one query."""
    return [
        KnownPerson(str(pk), member.name, member.user.email, member.initials)
        for pk, member in able_members(plan).items()
    ]


def remembered_roles(organization: Organization) -> dict[str, str]:
    """To whom roles (folded) were given the last times, newest first; one query."""
    rows = TimelineImport.objects.filter(
        organization=organization, state=TimelineImport.State.DONE
    ).order_by("-id")
    found: dict[str, str] = {}
    for options in rows.values_list("options", flat=True)[:REMEMBERED]:
        for role, key in options.get("roles", {}).items():
            if key:
                found.setdefault(role, key)
    return found


@dataclass(frozen=True)
class There:
    """What a row became when it was imported before: a key date or a task, and its day now."""

    key_date: KeyDate | None = None
    task: Task | None = None

    @property
    def day(self) -> date | None:
        """Where it stands now."""
        return self.key_date.date if self.key_date else self.task.due if self.task else None


def already_there(plan: Plan, keys: Iterable[str]) -> Mapping[str, There]:
    """What the rows with these keys became in this plan, as far as it is still there."""
    rows = (
        TimelineImportRow.objects.filter(
            organization=plan.organization, timeline__plan=plan, key__in=list(keys)
        )
        .filter(Q(key_date__isnull=False) | Q(task__isnull=False))
        .select_related("key_date", "task")
        .order_by("pk")
    )
    return {row.key: There(row.key_date, row.task) for row in rows}


def results(timeline: TimelineImport, outcome: str = "") -> QuerySet[TimelineImportRow]:
    """What the rows of a file became, in the file's order."""
    rows = TimelineImportRow.objects.filter(
        organization=timeline.organization, timeline=timeline
    ).select_related("key_date", "task__key_date")
    return rows.filter(outcome=outcome) if outcome else rows


# Taking back -------------------------------------------------------------------------------------
def _created(timeline: TimelineImport) -> dict[str, object]:
    return {
        "organization": timeline.organization_id,
        "import_rows__timeline": timeline,
        "import_rows__outcome": TimelineImportRow.Outcome.CREATED,
        "version": F("import_rows__version"),
    }


def _worked_on(timeline: TimelineImport, label: str) -> Exists:
    return Exists(
        Activity.objects.filter(
            organization=timeline.organization_id,
            subject_type=label,
            subject_id=OuterRef("pk"),
            pk__gt=timeline.recorded or 0,
        )
    )


def untouched_tasks(timeline: TimelineImport) -> QuerySet[Task]:
    """The tasks of an import that nobody has done anything with since."""
    return Task.objects.filter(**_created(timeline)).exclude(_worked_on(timeline, Task._meta.label))


def untouched_key_dates(timeline: TimelineImport, going: Sequence[int]) -> QuerySet[KeyDate]:
    """The key dates of an import that nobody worked on, once the tasks `going` are gone."""
    others = Task.objects.filter(key_date=OuterRef("pk")).exclude(pk__in=going)
    links = TaskLink.objects.filter(key_date=OuterRef("pk")).exclude(task__in=going)
    return (
        KeyDate.objects.filter(**_created(timeline))
        .exclude(_worked_on(timeline, KeyDate._meta.label))
        .exclude(Exists(others))
        .exclude(Exists(links))
    )


def removable(timeline: TimelineImport) -> int:
    """How many key dates and tasks taking the import back would remove; two queries."""
    tasks = list(untouched_tasks(timeline).values_list("pk", flat=True))
    return len(tasks) + untouched_key_dates(timeline, tasks).count()
