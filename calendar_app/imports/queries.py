"""Reads for imports: files on their way, and what their rows may name."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from calendar_app.filters import whole_number
from calendar_app.imports import undoing
from calendar_app.imports.matching import KnownChannel
from calendar_app.models import ContentItem, ImportBatch, ImportRow
from people import queries as people
from people.errors import Refused
from people.models import Membership, Organization
from people.models.organizations import Role
from plancraft.lib.sheets.names import KnownPerson
from plans import queries as plans
from plans.models import Plan, PlanReader


def batches(organization: Organization, membership: Membership) -> QuerySet[ImportBatch]:
    """The imports into plans that the member may see, newest first, without the files' content."""
    return (
        ImportBatch.objects.filter(
            organization=organization, plan__in=plans.visible_plans(organization, membership)
        )
        .select_related("plan", "imported_by__user", "job")
        .defer("content")
        .order_by("-id")
    )


def plan_shown(organization: Organization, membership: Membership, plan_id: str) -> Plan | None:
    """The plan that the list is narrowed to; None where the address names none they may see."""
    number = whole_number(plan_id)
    if number is None:
        return None
    return plans.visible_plans(organization, membership).filter(pk=number).first()


def get_batch(organization: Organization, membership: Membership, batch_id: int) -> ImportBatch:
    """One import with its plan, who imported and its job; 404 for one the member may not see."""
    return get_object_or_404(batches(organization, membership), pk=batch_id)


def importable_plans(organization: Organization, membership: Membership) -> list[Plan]:
    """The plans that a file may go into: visible and not closed, by name."""
    open_plans = plans.visible_plans(organization, membership).exclude(state=Plan.State.CLOSED)
    return sorted(open_plans, key=lambda plan: plan.name.lower())


def known_channels(organization: Organization) -> list[KnownChannel]:
    """The channels in use, as rows may name them."""
    return [
        KnownChannel(
            str(channel.pk), channel.name, channel.kind, channel.short_name, channel.time_zone
        )
        for channel in plans.channels(organization)
    ]


def known_people(organization: Organization, plan: Plan) -> list[KnownPerson]:
    """Everyone who may own a story of the plan, which takes seeing it, as rows may name them."""
    able = people.can_own(organization)
    if plan.is_confidential:
        listed = PlanReader.objects.filter(plan=plan).values("member")
        able = able.filter(Q(pk=plan.owner_id) | Q(pk__in=listed))
    return [
        KnownPerson(str(member.pk), member.name, member.user.email, member.initials)
        for member in able
    ]


def imported_keys(organization: Organization, plan: Plan) -> set[str]:
    """The keys of the rows that were imported into this plan and are still there."""
    items = ContentItem.objects.filter(organization=organization, plan=plan)
    return set(items.exclude(import_key="").values_list("import_key", flat=True))


def results(
    organization: Organization, batch: ImportBatch, outcome: str = ""
) -> QuerySet[ImportRow]:
    """What the rows of a file became, in the file's order."""
    rows = ImportRow.objects.filter(organization=organization, batch=batch).select_related("item")
    return rows.filter(outcome=outcome) if outcome else rows


def kept_after_undo(organization: Organization, batch: ImportBatch) -> Sequence[ImportRow]:
    """Rows whose story stayed when the import was undone, because someone had worked on it."""
    rows = results(organization, batch, ImportRow.Outcome.CREATED).exclude(item=None)
    return list(rows.order_by("number"))


def plan_named(slug: str, name: str) -> Plan:
    """The plan of this name, whatever its case; Refused with what there is where it is not found.

    For the command line, which acts for PlanCraft itself and sees confidential plans too.
    """
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise Refused(_("There is no organization “%(slug)s”.") % {"slug": slug})
    own = plans.visible_plans(organization, None).select_related("organization", "owner__user")
    found = own.filter(name__iexact=name).first()
    if found is None:
        names = ", ".join(sorted(own.values_list("name", flat=True))) or _("none yet")
        raise Refused(
            _("There is no plan “%(name)s”. The plans are: %(names)s.")
            % {"name": name, "names": names}
        )
    return found


def importer(plan: Plan, email: str | None) -> Membership:
    """Who brings a file in from the command line: the one named, the champion, an administrator."""
    members = people.members(plan.organization)
    if email is not None:
        found = members.filter(user__email__iexact=email).first()
    elif plan.owner is not None and plan.owner.is_active:
        found = plan.owner
    else:
        found = members.filter(role=Role.ADMIN).order_by("pk").first()
    if found is None:
        raise Refused(
            _("Nobody here is called “%(email)s”.") % {"email": email}
            if email
            else _("There is no champion and no administrator who could bring it in: name --by.")
        )
    return found


def count_untouched(batch: ImportBatch) -> int:
    """How many stories undoing the import would remove."""
    return undoing.untouched(batch).count()
