"""What must hold at any time, recomputed from the facts: the ground of `check_invariants`."""

from __future__ import annotations

from collections.abc import Iterator

from people.models import Membership, Organization
from workflow.models import Review, Revision
from workflow.registry import OWNABLES, SUBJECT_KINDS
from workflow.rules import content_hash

CHUNK = 500


def differences(organization: Organization) -> Iterator[str]:
    """Each thing in the organization that is not as the facts say it should be, in a sentence."""
    for kind in SUBJECT_KINDS.values():
        yield from kind.differences(organization)
    yield from _revisions(organization)
    yield from _reviews(organization)
    yield from _owners(organization)


def _revisions(organization: Organization) -> Iterator[str]:
    """The hash of each revision is that of its content."""
    rows = Revision.objects.filter(organization=organization).order_by("pk")
    for key, content, found in rows.values_list("pk", "snapshot", "hash").iterator(CHUNK):
        if content_hash(content) != found:
            yield f"revision {key} carries the hash of other content"


def _reviews(organization: Organization) -> Iterator[str]:
    """A review is approved if and only if there is its approval."""
    rows = Review.objects.filter(organization=organization)
    approved = rows.filter(state=Review.State.APPROVED)
    for review in approved.filter(approval=None).values_list("pk", flat=True):
        yield f"review {review} is stored as approved and has no approval"
    others = rows.exclude(state=Review.State.APPROVED).exclude(approval=None)
    for review in others.values_list("pk", flat=True):
        yield f"review {review} has an approval and is not stored as approved"


def _owners(organization: Organization) -> Iterator[str]:
    """Nothing unfinished points at a person who cannot act (rule 2)."""
    gone = Membership.objects.filter(organization=organization).exclude(
        pk__in=Membership.objects.active().filter(organization=organization)
    )
    for member in gone.select_related("user", "organization"):
        for ownable in OWNABLES.values():
            for row in ownable.unfinished_of(member):
                yield (
                    f"{ownable.label} {row.pk} is unfinished and owned by "
                    f"membership {member.pk}, who cannot act"
                )
