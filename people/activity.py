"""Writing the record: `record()` is called by every service, in the caller's transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Activity, ActivityText, Membership, Organization
from people.registry import Title, titles_of

AfterCommit = Callable[[int], None]
NUDGES: list[AfterCommit] = []
"""Called with the organization's id once a record is committed; a lost nudge loses nothing."""

_describers: dict[str, Callable[[Activity], str]] = {}


def register_nudge(nudge: AfterCommit) -> None:
    """Enter a function that wakes a worker after a record was committed."""
    NUDGES.append(nudge)


def describes(verb: str) -> Callable[[Callable[[Activity], str]], Callable[[Activity], str]]:
    """Enter how a verb reads in the activity feed ("took over Design")."""

    def enter(describer: Callable[[Activity], str]) -> Callable[[Activity], str]:
        _describers[verb] = describer
        return describer

    return enter


def sentence(activity: Activity) -> str:
    """The activity in words, without its actor; the plain verb where nobody described it."""
    describer = _describers.get(activity.verb)
    return describer(activity) if describer else activity.verb.replace(".", " ").replace("_", " ")


def words(activity: Activity) -> str:
    """The words recorded with it, or that they were erased; empty where there were none."""
    text: ActivityText | None = getattr(activity, "text", None)
    if text is None:
        return ""
    return _("(erased)") if text.erased_at else text.text


@dataclass(frozen=True)
class FeedRow:
    """One activity as `people/_activity.html` shows it; `actor` None is PlanCraft itself."""

    actor: Membership | None
    words: str
    at: datetime
    thing: str
    subject_type: str
    subject_id: int
    sealed: bool = True
    title: str = ""
    url: str = ""


NAMES: dict[str, Any] = {"people.Membership": gettext_lazy("person")}
"""What the interface calls a type of thing, where the model's own name is a term of the house."""


def thing_name(subject_type: str) -> str:
    """What things of this type are called ("plans.Plan": "plan")."""
    if subject_type in NAMES:
        return str(NAMES[subject_type])
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return subject_type


def feed(activities: Iterable[Activity], viewer: Membership | None = None) -> list[FeedRow]:
    """Activities, loaded with actor and words, as the feed shows them.

    No further query without `viewer`; for one, each row has the title and page of its thing as far
    as they may see it, by one query. `sealed` is true unless the seal was looked up
    and found missing.
    """
    activities = list(activities)
    things = {(a.subject_type, a.subject_id) for a in activities} if viewer else set()
    titles = titles_of(viewer, things) if viewer else {}
    return [
        FeedRow(
            actor=activity.actor,
            words=sentence(activity),
            at=activity.at,
            thing=thing_name(activity.subject_type),
            subject_type=activity.subject_type,
            subject_id=activity.subject_id,
            sealed=activity.__dict__.get("is_sealed", True),
            title=title.text,
            url=title.url,
        )
        for activity in activities
        for title in [titles.get((activity.subject_type, activity.subject_id), Title(""))]
    ]


def digest(salt: str, text: str) -> str:
    """The salted digest that binds erasable words to the sealed record."""
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


def record(
    *,
    organization: Organization,
    actor: Membership | None,
    verb: str,
    subject: models.Model,
    plan_id: int | None = None,
    text: str = "",
    **payload: Any,
) -> Activity:
    """Write who did what, in the caller's transaction.

    `payload` takes plain JSON facts without free text or personal data; words go into `text`.
    Must be called inside a transaction, with the change that it records.
    """
    salt = secrets.token_hex(16) if text else ""
    activity = Activity.objects.create(
        organization=organization,
        actor=actor,
        verb=verb,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        plan_id=plan_id,
        payload=payload,
        text_digest=digest(salt, text) if text else "",
    )
    if text:
        ActivityText.objects.create(
            organization=organization, activity=activity, salt=salt, text=text
        )
    organization_id = organization.pk
    transaction.on_commit(lambda: _nudge(organization_id))
    return activity


def erase_words(
    *,
    organization: Organization,
    subject_type: str,
    subject_ids: Iterable[int],
    at: datetime,
    verbs: Iterable[str] | None = None,
) -> int:
    """Erase for good what was said in the record about these things; how many words were erased.

    Only the words go: the sealed facts and their digests stay, so the chain verifies as before.
    `verbs` narrows it to those activities. Called in the transaction that erases the things.
    """
    rows = ActivityText.objects.filter(
        organization=organization,
        activity__subject_type=subject_type,
        activity__subject_id__in=list(subject_ids),
        erased_at=None,
    )
    if verbs is not None:
        rows = rows.filter(activity__verb__in=list(verbs))
    return rows.update(text="", salt="", erased_at=at)


def _nudge(organization_id: int) -> None:
    for nudge in NUDGES:
        nudge(organization_id)
