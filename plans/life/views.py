"""Pages of a plan's life: the version that was approved."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.http import MemberRequest, member_view
from people.permissions import Perm
from plans.life import queries
from plans.queries import get_plan
from plans.registry import Occasion
from plans.views._shared import page
from plans.views.plans import plan_frame


@require_safe
@member_view(Perm.READ)
def approved_page(request: MemberRequest, plan_id: int) -> HttpResponse:
    """What was approved, exactly as it was, and what reads otherwise now."""
    plan = get_plan(request.organization, request.membership, plan_id)
    occasion = Occasion(request.membership, plan, timezone.now())
    return page(
        request,
        "plans/life/approved.html",
        **plan_frame(occasion, "approved"),
        version=queries.approved_version(plan),
    )
