"""What *My work* shows around the desk: words and addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dashboards.queries import Desk, OfferRow, QuestionRow, TaskRow
from dashboards.work import Work, headline
from people.models import Membership
from people.permissions import WORKERS, Perm, can
from workflow.registry import OWNABLES, Found, ownable_labelled


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A thing nobody owns, as `components/claim_row.html` takes it."""

    id: str
    title: str
    url: str
    meta: list[str]
    days: int
    claim_url: str
    suggest_url: str


def my_work(me: Membership, desk: Desk, found: Work, now: datetime, today: date) -> dict[str, Any]:
    """Everything that `dashboards/my_work.html` needs."""
    slug = me.organization.slug
    works = me.role in WORKERS
    return {
        "work": found,
        "lead": f"{date_format(today, 'l j F')}. {headline(found.counts)}",
        "offers": [_offer_line(desk, offer) for offer in desk.offers],
        "questions": [_question_line(slug, desk, row, now) for row in desk.questions],
        "undecided": [_undecided_line(slug, row, today) for row in desk.undecided],
        "claims": [_claim_line(slug, desk, row, now, works) for row in desk.nobody.rows],
        "nobody_count": desk.nobody.total,
        "finished": desk.finished,
        "may_claim": works,
        "stages": _stage_note(found),
        "first_run": first_run(me, desk.first_run),
        "now": now,
        "today": today,
    }


def _offer_line(desk: Desk, offer: OfferRow) -> dict[str, Any]:
    ownable = ownable_labelled(offer.label)
    return {
        "offer": offer,
        "by": desk.people.get(offer.offered_by),
        "url": offer.url,
        "noun": ownable.noun if ownable else "",
    }


def _undecided_line(slug: str, row: TaskRow, today: date) -> dict[str, Any]:
    return {
        "row": row,
        "url": reverse("task", args=[slug, row.pk]),
        "claim_url": reverse("own-claim", args=[slug, "task", row.pk]),
        "is_over": row.decide_by is not None and row.decide_by < today,
    }


def _question_line(slug: str, desk: Desk, row: QuestionRow, now: datetime) -> dict[str, Any]:
    return {
        "question": row,
        "by": desk.people.get(row.asked_by),
        "url": reverse("question", args=[slug, row.pk]),
        "over": now - row.answer_by if row.answer_by < now else None,
    }


def _claim_line(slug: str, desk: Desk, row: Found, now: datetime, works: bool) -> ClaimLine:
    ownable = OWNABLES[row.slug]
    meta = [ownable.detail(row)]
    person = desk.people.get(row.responsible) if row.responsible else None
    if person is not None:
        meta.append(_("%(name)s is reminded instead") % {"name": person.name})
    return ClaimLine(
        id=f"claim-{row.slug}-{row.pk}",
        title=row.title,
        url=ownable.address(slug, row.pk, row.plan),
        meta=meta,
        days=max(0, (now - (row.since or now)).days),
        claim_url=reverse("own-claim", args=[slug, row.slug, row.pk]),
        suggest_url=reverse("own-hand-on", args=[slug, row.slug, row.pk]) if works else "",
    )


def _stage_note(found: Work) -> str:
    names = list(dict.fromkeys(decision.row.stage for decision in found.decisions))
    return _("You decide at: %(stages)s") % {"stages": ", ".join(names)} if names else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a new organization: what, why, and where it is done."""

    title: str
    why: str
    is_done: bool
    url: str
    button: str


def first_run(me: Membership, counts: dict[str, int]) -> list[Step]:
    """The next steps of a new organization; none once anything is promised and planned."""
    if me.role not in WORKERS or (counts["promises"] and counts["stories"]):
        return []
    slug = me.organization.slug
    leads = can(me, Perm.CHANNEL_CREATE)
    return [
        Step(
            _("Name the channels"),
            _("Instagram, the newsletter, the blog: each with one owner."),
            counts["channels"] > 0,
            reverse("channel-new", args=[slug]) if leads else "",
            _("Add a channel"),
        ),
        Step(
            _("Add a plan, with one champion"),
            _("Its period, what it is for, and who answers for it."),
            counts["plans"] > 0,
            reverse("plan-new", args=[slug]),
            _("New plan"),
        ),
        Step(
            _("Say how often"),
            _("“Instagram, four times a week.” From then on the gaps show."),
            counts["promises"] > 0,
            reverse("plans", args=[slug]),
            _("To the plans"),
        ),
        Step(
            _("Import the calendar you have"),
            _("A spreadsheet will do. Nothing is saved before you have looked."),
            counts["stories"] > 0,
            reverse("import-new", args=[slug]),
            _("Import"),
        ),
    ]
