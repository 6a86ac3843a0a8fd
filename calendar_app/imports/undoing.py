"""Taking an import back: which stories are as they were imported, and removing them.

A story counts as touched as soon as anybody did anything with it: saved it, took it, moved or added
a post, submitted it. Whatever was touched stays, whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, QuerySet

from calendar_app.models import (
    ContentItem,
    ImportBatch,
    ImportRow,
    ItemState,
    Placement,
    Publication,
)
from people.models import Activity
from workflow.models import Revision

CHUNK = 500
UNTOUCHED_STATES = (ItemState.DRAFT, ItemState.IDEA)


def untouched(batch: ImportBatch) -> QuerySet[ContentItem]:
    """The stories of an import that nobody has worked on since."""
    item = OuterRef("pk")
    own = {"organization": batch.organization_id}
    told = Activity.objects.filter(
        **own, subject_type=ContentItem._meta.label, subject_id=item, at__gte=batch.created_at
    )
    posts = Placement.objects.filter(item=item)
    told_of_posts = Activity.objects.filter(
        **own,
        subject_type=Placement._meta.label,
        subject_id__in=posts.values("pk"),
        at__gte=batch.created_at,
    )
    return (
        ContentItem.objects.filter(
            **own,
            import_rows__batch=batch,
            import_rows__outcome=ImportRow.Outcome.CREATED,
            version=F("import_rows__item_version"),
            state__in=UNTOUCHED_STATES,
        )
        .exclude(Exists(told))
        .exclude(Exists(told_of_posts))
        .exclude(Exists(Revision.objects.filter(subject=OuterRef("subject"))))
        .exclude(Exists(Publication.objects.filter(placement__item=item)))
        .exclude(Exists(posts.exclude(state__in=UNTOUCHED_STATES)))
    )


def remove_untouched(batch: ImportBatch) -> tuple[int, int]:
    """Remove what nobody touched; returns how many stories are gone and how many stay.

    Must be called inside a transaction. The stories' subjects stay: who brought the words in is a
    fact, and facts are not removed.
    """
    removed = 0
    for chunk in _chunks(_locked(batch)):
        ImportRow.objects.filter(item__in=chunk).update(item=None)
        removed += (
            ContentItem.objects.filter(pk__in=chunk).delete()[1].get(ContentItem._meta.label, 0)
        )
    kept = ImportRow.objects.filter(batch=batch, outcome=ImportRow.Outcome.CREATED)
    return removed, kept.exclude(item=None).count()


def _locked(batch: ImportBatch) -> list[int]:
    """Lock the stories, then look again: what was touched while waiting stays."""
    candidates = list(untouched(batch).order_by("pk").values_list("pk", flat=True))
    list(
        ContentItem.objects.select_for_update(of=("self",))
        .filter(pk__in=candidates)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return list(untouched(batch).filter(pk__in=candidates).values_list("pk", flat=True))


def _chunks(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[n : n + CHUNK] for n in range(0, len(keys), CHUNK)]
