"""The state of a story and of its posts: it follows from facts and is never set by hand (rule 6).

    cancelled           it was cancelled
    published           it has live posts, and each of them went out
    approved            an approval of exactly this content stands
    in review           a review of it is open
    changes requested   the latest review asked for changes, or refused
    idea                no live post and no copy yet: nobody has said where or what
    draft               everything else

the first that holds, in this order. A post is cancelled or published by its own facts, else it has
the state of its story's content. `item_state` and `post_state` are pure; `refresh` is the only
writer of the copies that filters and lists read; `differences` recomputes them for the command
`check_invariants`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from calendar_app.models import ContentItem, ItemState, Placement, Publication
from calendar_app.snapshot import snapshot_of
from people.models import Organization
from workflow.models import Approval, Review
from workflow.rules import Phase, content_hash, phase_of

CHUNK = 500


@dataclass(frozen=True)
class ContentFacts:
    """What is known of the content, apart from what happened to single posts."""

    has_open_review: bool = False
    has_standing_approval: bool = False
    last_outcome: str = ""
    is_bare: bool = False


@dataclass(frozen=True)
class PostFacts:
    """What is known of one post."""

    is_cancelled: bool = False
    is_published: bool = False


@dataclass(frozen=True)
class ItemFacts:
    """Everything that the state of a story follows from."""

    content: ContentFacts = ContentFacts()
    is_cancelled: bool = False
    posts: tuple[PostFacts, ...] = ()


def content_state(facts: ContentFacts) -> ItemState:
    """The state of the content alone: the phase of its approval, and idea while it is bare."""
    phase = phase_of(
        has_open_review=facts.has_open_review,
        has_standing_approval=facts.has_standing_approval,
        last_outcome=facts.last_outcome,
    )
    if phase == Phase.DRAFT and facts.is_bare:
        return ItemState.IDEA
    return ItemState(phase.value)


def item_state(facts: ItemFacts) -> ItemState:
    """The state of the story."""
    if facts.is_cancelled:
        return ItemState.CANCELLED
    live = [post for post in facts.posts if not post.is_cancelled]
    if live and all(post.is_published for post in live):
        return ItemState.PUBLISHED
    return content_state(facts.content)


def post_state(facts: ItemFacts, post: PostFacts) -> ItemState:
    """The state of one of its posts. What went out stays published, whatever is cancelled later."""
    if post.is_published:
        return ItemState.PUBLISHED
    if post.is_cancelled or facts.is_cancelled:
        return ItemState.CANCELLED
    return content_state(facts.content)


def refresh(item: ContentItem) -> ItemState:
    """Recompute the state of the story and its posts from the facts and store what changed.

    The only writer of both columns. Call it inside the transaction that changed a fact.
    """
    wanted, posts = _computed([item])[0]
    if ContentItem.objects.filter(pk=item.pk).exclude(state=wanted).update(state=wanted):
        item.state = wanted
    for post, state in posts:
        if post.state != state:
            Placement.objects.filter(pk=post.pk).update(state=state)
    item.state = wanted
    return wanted


def refresh_all(items: Sequence[ContentItem]) -> None:
    """The same for many stories, by a few statements for each `CHUNK` of them."""
    for n in range(0, len(items), CHUNK):
        chunk = items[n : n + CHUNK]
        stories: dict[ItemState, list[int]] = {}
        posts: dict[ItemState, list[int]] = {}
        for item, (wanted, found) in zip(chunk, _computed(chunk), strict=True):
            stories.setdefault(wanted, []).append(item.pk)
            item.state = wanted
            for post, state in found:
                posts.setdefault(state, []).append(post.pk)
        for state, keys in stories.items():
            ContentItem.objects.filter(pk__in=keys).exclude(state=state).update(state=state)
        for state, keys in posts.items():
            Placement.objects.filter(pk__in=keys).exclude(state=state).update(state=state)


def differences(organization: Organization) -> list[str]:
    """Each story or post of the organization whose stored state is not what its facts say."""
    found: list[str] = []
    items = ContentItem.objects.filter(organization=organization).order_by("pk")
    for chunk in _chunks(list(items.values_list("pk", flat=True))):
        rows = list(items.filter(pk__in=chunk))
        for item, (wanted, posts) in zip(rows, _computed(rows), strict=True):
            found += _told("story", item, wanted)
            for post, state in posts:
                found += _told("post", post, state)
    return found


def _told(noun: str, row: Any, wanted: ItemState) -> list[str]:
    if row.state == wanted:
        return []
    return [f"{noun} {row.pk} is stored as {row.state}, its facts say {wanted.value}"]


def _chunks(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    return (keys[n : n + CHUNK] for n in range(0, len(keys), CHUNK))


Computed = tuple[ItemState, list[tuple[Placement, ItemState]]]


def _computed(items: Sequence[ContentItem]) -> list[Computed]:
    """The state of each story and of its posts, by four queries however many there are."""
    subjects = [item.subject_id for item in items]
    posts = _posts_of(items)
    published = set(
        Publication.objects.filter(placement__item__in=items).values_list("placement_id", flat=True)
    )
    reviews = dict(  # the latest of each subject comes last and stays
        Review.objects.filter(subject__in=subjects)
        .order_by("id")
        .values_list("subject_id", "state")
    )
    approved = _standing(subjects)
    return [
        _states(
            item,
            posts[item.pk],
            published,
            reviews.get(item.subject_id, ""),
            approved.get(item.subject_id, set()),
        )
        for item in items
    ]


def _posts_of(items: Sequence[ContentItem]) -> dict[int, list[Placement]]:
    posts: dict[int, list[Placement]] = {item.pk: [] for item in items}
    for post in Placement.objects.filter(item__in=items).order_by("pk"):
        posts[post.item_id].append(post)
    return posts


def _standing(subjects: Sequence[int]) -> dict[int, set[str]]:
    """What stands approved for each subject: hashes of approvals that nobody withdrew."""
    approved: dict[int, set[str]] = {}
    rows = Approval.objects.filter(subject__in=subjects, withdrawal=None)
    for subject, content in rows.values_list("subject_id", "revision__hash"):
        approved.setdefault(subject, set()).add(content)
    return approved


def _states(
    item: ContentItem,
    posts: list[Placement],
    published: set[int],
    review: str,
    approved: set[str],
) -> Computed:
    facts = ItemFacts(
        content=ContentFacts(
            has_open_review=review == Review.State.OPEN,
            has_standing_approval=bool(approved)
            and content_hash(snapshot_of(item, posts)) in approved,
            last_outcome=review,
            is_bare=not item.copy and all(post.cancelled_at for post in posts),
        ),
        is_cancelled=item.cancelled_at is not None,
        posts=tuple(_post_facts(post, published) for post in posts),
    )
    states = [
        (post, post_state(facts, known)) for post, known in zip(posts, facts.posts, strict=True)
    ]
    return item_state(facts), states


def _post_facts(post: Placement, published: set[int]) -> PostFacts:
    return PostFacts(is_cancelled=post.cancelled_at is not None, is_published=post.pk in published)
