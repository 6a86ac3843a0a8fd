"""Writing an import's stories: the one bulk door, with the checks of `create_story`.

Inside the caller's transaction, in chunks, each by the same number of statements. What is written
is always a draft (or an idea, where a row says neither what nor where): the state follows from the
facts by the same pure function as everywhere. Who imports counts as having written what they bring,
so that nobody approves a calendar that they brought themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _

from calendar_app.imports.matching import KnownChannel
from calendar_app.imports.preparing import NEW, Prepared
from calendar_app.imports.preview import Outcome, RowPreview, StoryDraft
from calendar_app.models import Collaborator, ContentItem, ImportBatch, ImportRow, Placement
from calendar_app.states import ContentFacts, content_state
from people.errors import Refused
from people.models import Membership
from people.permissions import WORKERS
from plancraft.lib.sheets.wording import sentence
from plans.models import Channel
from plans.records import ChannelFields
from plans.services import create_channel
from workflow.models import Subject, SubjectEdit

CHUNK = 500
Progress = Callable[[int], None]

OUTCOMES = {
    Outcome.CREATE: ImportRow.Outcome.CREATED,
    Outcome.UNCHANGED: ImportRow.Outcome.UNCHANGED,
    Outcome.SKIP: ImportRow.Outcome.SKIPPED,
}


def write(*, batch: ImportBatch, prepared: Prepared, by: Membership, progress: Progress) -> None:
    """Write every row's outcome. Must be called inside a transaction.

    `progress` is told after each chunk how many rows are done. Raises Refused where a person or a
    channel that the preview found is gone by now.
    """
    rows = prepared.preview.rows
    drafts = [row.draft for row in rows if row.draft]
    people = _locked_people(batch, drafts)
    channels = _channels(batch, drafts, prepared, by)
    done = 0
    for chunk in _chunks(rows):
        _write_chunk(batch, chunk, people, channels, by)
        done += len(chunk)
        progress(done)


def _chunks(rows: Sequence[RowPreview]) -> Iterator[Sequence[RowPreview]]:
    return (rows[n : n + CHUNK] for n in range(0, len(rows), CHUNK))


def _locked_people(batch: ImportBatch, drafts: Sequence[StoryDraft]) -> dict[str, Membership]:
    """Everyone whom the rows name, locked, so that nobody is made owner while leaving."""
    named = {key for draft in drafts for key in (draft.owner, *draft.collaborators) if key}
    members = (
        Membership.objects.active()
        .filter(organization_id=batch.organization_id, pk__in=named, role__in=WORKERS)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    found = {str(member.pk): member for member in members}
    if len(found) < len(named):
        raise Refused(_("Someone whom the file names left meanwhile. Look at the preview again."))
    return found


def _channels(
    batch: ImportBatch, drafts: Sequence[StoryDraft], prepared: Prepared, by: Membership
) -> dict[str, Channel]:
    """The channels that the rows go to, the new ones created now."""
    used = {post.channel for draft in drafts for post in draft.posts}
    known = Channel.objects.filter(
        organization_id=batch.organization_id,
        archived_at=None,
        pk__in=[key for key in used if not key.startswith(NEW)],
    )
    found = {str(channel.pk): channel for channel in known.select_for_update(of=("self",))}
    wanted = [new for new in prepared.new_channels if new.key in used]
    found.update(_create_channels(batch, wanted, by))
    if used - set(found):
        raise Refused(_("A channel was archived meanwhile. Look at the preview again."))
    return found


def _create_channels(
    batch: ImportBatch, wanted: Sequence[KnownChannel], by: Membership
) -> dict[str, Channel]:
    """The new channels, through the same door as on the page of channels."""
    return {
        new.key: create_channel(
            organization=batch.organization,
            by=by,
            fields=ChannelFields(kind=new.kind, name=new.name),
        )
        for new in wanted
    }


def _write_chunk(
    batch: ImportBatch,
    chunk: Sequence[RowPreview],
    people: dict[str, Membership],
    channels: dict[str, Channel],
    by: Membership,
) -> None:
    creating = [(row, row.draft) for row in chunk if row.draft]
    items = _stories(batch, creating, people, by)
    pairs = [(item, draft) for item, (_row, draft) in zip(items, creating, strict=True)]
    Placement.objects.bulk_create(_posts(pairs, channels))
    Collaborator.objects.bulk_create(_helpers(pairs, people))
    made = {row.number: item for item, (row, _draft) in zip(items, creating, strict=True)}
    ImportRow.objects.bulk_create(_result(batch, row, made.get(row.number)) for row in chunk)


def _stories(
    batch: ImportBatch,
    creating: Sequence[tuple[RowPreview, StoryDraft]],
    people: dict[str, Membership],
    by: Membership,
) -> list[ContentItem]:
    organization = batch.organization_id
    subjects = Subject.objects.bulk_create(
        Subject(organization_id=organization, kind="content_item") for _row in creating
    )
    SubjectEdit.objects.bulk_create(
        SubjectEdit(organization_id=organization, subject=subject, member=by)
        for subject in subjects
    )
    return ContentItem.objects.bulk_create(
        _story(batch, row.import_key, draft, subject, people, by)
        for subject, (row, draft) in zip(subjects, creating, strict=True)
    )


def _story(
    batch: ImportBatch,
    import_key: str,
    draft: StoryDraft,
    subject: Subject,
    people: dict[str, Membership],
    by: Membership,
) -> ContentItem:
    item = ContentItem(
        organization_id=batch.organization_id,
        plan_id=batch.plan_id,
        subject=subject,
        title=draft.title,
        brief=brief_of(draft),
        copy=draft.copy,
        link=draft.link,
        state=content_state(ContentFacts(is_bare=not draft.copy and not draft.posts)),
        import_key=import_key,
        created_by=by,
        unowned_reason="new",
    )
    if draft.owner:
        item.owner, item.unowned_since, item.unowned_reason = people[draft.owner], None, ""
    return item


def brief_of(draft: StoryDraft) -> str:
    """The notes for the team: what the file says and a story has no field for."""
    lines = [draft.notes] if draft.notes else []
    if draft.kind:
        lines.append(_("Format: %(kind)s") % {"kind": draft.kind})
    if draft.tags:
        lines.append(_("Tags: %(tags)s") % {"tags": ", ".join(draft.tags)})
    return "\n".join(lines)


def _posts(
    pairs: Sequence[tuple[ContentItem, StoryDraft]], channels: dict[str, Channel]
) -> list[Placement]:
    return [
        Placement(
            organization_id=item.organization_id,
            item=item,
            channel=channels[post.channel],
            scheduled_at=post.at,
            state=content_state(ContentFacts()),
            historical=post.historical,
        )
        for item, draft in pairs
        for post in draft.posts
    ]


def _helpers(
    pairs: Sequence[tuple[ContentItem, StoryDraft]], people: dict[str, Membership]
) -> list[Collaborator]:
    return [
        Collaborator(organization_id=item.organization_id, item=item, member=people[key])
        for item, draft in pairs
        for key in draft.collaborators
        if key != draft.owner
    ]


def _result(batch: ImportBatch, row: RowPreview, item: ContentItem | None) -> ImportRow:
    return ImportRow(
        organization_id=batch.organization_id,
        batch=batch,
        number=row.number,
        outcome=OUTCOMES[row.outcome],
        reason=" ".join(sentence(said) for said in ((row.reason,) if row.reason else row.problems))[
            :300
        ],
        item=item,
        item_version=item.version if item else None,
    )
