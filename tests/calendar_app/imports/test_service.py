"""Importing, once and all or nothing, and taking it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_app.imports import bulk, queries, service
from calendar_app.imports.answers import Answers
from calendar_app.models import ContentItem, ImportBatch, ImportRow, Placement
from people.activity import sentence
from people.errors import NotAllowed, Refused
from people.models import Activity, Job
from plancraft.lib.sheets.messages import SheetError
from plans.models import Channel
from tests import factories
from tests.calendar_app.imports.sheetmaking import BLOG, SOCIAL, to_bytes, to_xlsx
from workflow.models import SubjectEdit

NOW = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def plan(cast):
    return factories.make_plan(cast.organization, owner=cast.manager)


@pytest.fixture
def channels(cast):
    names = {
        "blog": "Blog",
        "instagram": "Instagram",
        "tiktok": "TikTok",
        "facebook": "Facebook",
    }
    return {
        kind: factories.make_channel(cast.organization, kind=kind, name=name)
        for kind, name in names.items()
    }


def uploaded(plan, by, data=SOCIAL, **answers) -> ImportBatch:
    content = data.encode() if isinstance(data, str) else data
    batch = service.upload(plan=plan, file_name="calendar.csv", content=content, by=by)
    return service.answer(batch=batch, answers=replace(Answers(), **answers), by=by)


def imported(plan, by, data=SOCIAL, **answers) -> ImportBatch:
    batch = uploaded(plan, by, data, **answers)
    service.start(batch=batch, by=by, now=NOW)
    service.run(batch_id=batch.pk, now=NOW)
    batch.refresh_from_db()
    return batch


def test_it_works(cast, plan, channels) -> None:
    batch = imported(plan, cast.member)
    assert (batch.state, batch.rows) == ("done", 5)
    assert (batch.created, batch.unchanged, batch.skipped) == (3, 0, 2)
    assert batch.content is None
    assert (batch.job.state, batch.job.done) == ("done", 5)
    item = ContentItem.objects.get(plan=plan, title="La boutique ouvre.")
    assert (item.state, item.created_by, item.owner) == ("draft", cast.member, None)
    assert item.unowned_since is not None
    assert item.copy.endswith("#laine #boutique")
    assert "Tags: Annonce" in item.brief
    post = item.posts.get()
    assert (post.channel, post.state, post.historical) == (channels["instagram"], "draft", False)
    assert post.scheduled_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert SubjectEdit.objects.filter(subject=item.subject, member=cast.member).exists()
    done = Activity.objects.get(verb="import.done")
    assert sentence(done) == "imported 3 stories from calendar.csv"
    assert (done.actor, done.payload["created"], done.text.text) == (
        cast.member,
        3,
        "calendar.csv",
    )


def test_the_record_of_rows_says_what_each_became(cast, plan, channels) -> None:
    rows = list(ImportRow.objects.filter(batch=imported(plan, cast.member)))
    assert [(row.number, row.outcome) for row in rows] == [
        (2, "created"), (3, "created"), (4, "created"), (5, "skipped"), (6, "skipped"),
    ]  # fmt: skip
    assert rows[3].reason == "Empty row."
    assert rows[0].item.title == "La boutique ouvre."


def test_the_same_file_again_changes_nothing(cast, plan, channels) -> None:
    imported(plan, cast.member)
    before = ContentItem.objects.count(), Placement.objects.count()
    batch = uploaded(plan, cast.member)
    with pytest.raises(Refused, match="nothing new in this file"):
        service.start(batch=batch, by=cast.member, now=NOW)
    more = SOCIAL + "2026-03-06,Vendredi,Facebook,Feed post,,Une de plus,,,,,,\n"
    again = imported(plan, cast.member, more)
    assert (again.created, again.unchanged, again.skipped) == (1, 3, 2)
    assert (ContentItem.objects.count(), Placement.objects.count()) == (
        before[0] + 1,
        before[1] + 1,
    )


def test_run_twice_has_one_effect(cast, plan, channels) -> None:
    batch = imported(plan, cast.member)
    service.run(batch_id=batch.pk, now=NOW)
    assert ContentItem.objects.filter(plan=plan).count() == 3
    assert Activity.objects.filter(verb="import.done").count() == 1


def test_a_second_click_gets_the_same_job(cast, plan, channels) -> None:
    batch = uploaded(plan, cast.member)
    first = service.start(batch=batch, by=cast.member, now=NOW)
    assert service.start(batch=batch, by=cast.member, now=NOW) == first
    assert Job.objects.count() == 1


def test_past_rows_are_historical_and_shifted_ones_are_not(cast, plan, channels) -> None:
    later = datetime(2026, 3, 4, 12, tzinfo=UTC)
    batch = uploaded(plan, cast.member)
    service.start(batch=batch, by=cast.member, now=later)
    service.run(batch_id=batch.pk, now=later)
    past = {post.item.title: post.historical for post in Placement.objects.all()}
    assert past == {
        "La boutique ouvre.": True,
        "Teindre en 15 secondes": True,
        "Samedi, portes ouvertes": False,
    }


def test_a_shift_moves_the_first_into_its_week(cast, plan, channels) -> None:
    imported(
        plan,
        cast.member,
        BLOG,
        first_week=date(2027, 1, 4),
        default_channel=str(channels["blog"].pk),
    )
    days = sorted(post.scheduled_at.date() for post in Placement.objects.all())
    assert days == [date(2027, 1, 4), date(2027, 1, 6), date(2027, 1, 8)]


def test_undated_rows_go_to_the_tray_and_bare_ones_are_ideas(cast, plan, channels) -> None:
    data = to_bytes(["Date", "Platform", "Title"], ["", "IG", "a"], ["", "", "b"])
    imported(plan, cast.member, data)
    assert Placement.objects.get().scheduled_at is None
    states = dict(ContentItem.objects.values_list("title", "state"))
    assert states == {"a": "draft", "b": "idea"}


def test_owners_and_helpers_are_members_who_can_own(cast, plan, channels) -> None:
    data = to_bytes(
        ["Title", "Platform", "Owner"],
        ["a", "IG", "Maya Member, Cole Colleague"],
        ["b", "IG", "Vera Viewer"],
        ["c", "IG", "Otto Outsider"],
    )
    imported(plan, cast.member, data)
    items = {item.title: item for item in ContentItem.objects.all()}
    assert (items["a"].owner, items["a"].unowned_since) == (cast.member, None)
    assert [c.member for c in items["a"].collaborations.all()] == [cast.colleague]
    assert (items["b"].owner, items["c"].owner) == (None, None)
    assert "Owner: Vera Viewer" in items["b"].brief


# -- refusals


def test_viewers_and_outsiders_cannot_import(cast, plan, channels) -> None:
    for by in (cast.viewer, cast.expert, cast.deactivated):
        with pytest.raises(NotAllowed):
            service.upload(plan=plan, file_name="x.csv", content=BLOG.encode(), by=by)


def test_a_confidential_plan_takes_files_only_from_those_who_see_it(cast, channels) -> None:
    secret = factories.make_plan(cast.organization, owner=cast.manager, is_confidential=True)
    with pytest.raises(NotAllowed):
        uploaded(secret, cast.member)
    assert uploaded(secret, cast.manager).pk
    assert not queries.batches(cast.organization, cast.member).exists()
    assert queries.batches(cast.organization, cast.manager).exists()


def test_a_closed_plan_takes_no_file(cast, channels) -> None:
    closed = factories.make_plan(cast.organization, state="closed")
    with pytest.raises(Refused, match="is closed"):
        uploaded(closed, cast.member)


def test_a_file_that_cannot_be_read_is_refused_and_not_kept(cast, plan) -> None:
    with pytest.raises(Refused, match="damaged"):
        service.upload(plan=plan, file_name="x.xlsx", content=b"PK\x03\x04 no", by=cast.member)
    assert not ImportBatch.objects.exists()


def test_a_workbook_whose_first_sheet_is_empty_is_taken(cast, plan, channels) -> None:
    def edit(book) -> None:
        book.create_sheet("Calendar").append(["Title", "Platform"])
        book["Calendar"].append(["Snow", "IG"])

    assert imported(plan, cast.member, to_xlsx(edit=edit)).created == 1


def test_a_file_name_is_never_a_path(cast, plan) -> None:
    batch = service.upload(
        plan=plan, file_name="..\\..\\etc/pass\x00wd.csv", content=BLOG.encode(), by=cast.member
    )
    assert batch.file_name == "passwd.csv"


def test_nothing_starts_before_every_question_is_answered(cast, plan, channels) -> None:
    batch = uploaded(plan, cast.member, BLOG)
    with pytest.raises(Refused, match="3 rows name no channel"):
        service.start(batch=batch, by=cast.member, now=NOW)
    ambiguous = to_bytes(["Date", "Platform", "Title"], ["03/04/2026", "IG", "a"])
    batch = uploaded(plan, cast.member, ambiguous)
    with pytest.raises(Refused, match="the day or the month"):
        service.start(batch=batch, by=cast.member, now=NOW)
    batch = uploaded(plan, cast.member, ambiguous, day_first=True)
    assert service.start(batch=batch, by=cast.member, now=NOW).total == 1


# -- channels


def test_channels_are_created_only_by_those_who_may(cast, plan) -> None:
    answers = {"channels": {"Instagram": "create", "TikTok": "create", "Facebook": "leave"}}
    with pytest.raises(NotAllowed, match="Only managers and administrators create channels"):
        uploaded(plan, cast.member, **answers)
    batch = imported(plan, cast.manager, **answers)
    assert (batch.created, batch.skipped) == (2, 3)
    made = Channel.objects.filter(organization=cast.organization)
    assert sorted(made.values_list("name", "kind")) == [
        ("Instagram", "instagram"),
        ("TikTok", "tiktok"),
    ]
    assert Activity.objects.filter(verb="channel.created").count() == 2


def test_a_channel_that_was_archived_meanwhile_stops_everything(cast, plan, channels) -> None:
    batch = uploaded(plan, cast.member)
    service.start(batch=batch, by=cast.member, now=NOW)
    Channel.objects.filter(pk=channels["tiktok"].pk).update(archived_at=NOW)
    service.run(batch_id=batch.pk, now=NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.job.state) == ("failed", "failed")
    assert "There is no channel for: TikTok" in batch.job.problem
    assert not ContentItem.objects.exists()
    assert batch.content is not None
    assert service.start(batch=_answered(batch, cast.member), by=cast.member, now=NOW)


def _answered(batch, by):
    return service.answer(batch=batch, answers=Answers(channels={"TikTok": "leave"}), by=by)


def test_another_organizations_channel_is_no_answer(cast, plan, channels) -> None:
    foreign = factories.make_channel(cast.other_organization, name="Theirs", kind="x")
    batch = uploaded(plan, cast.member, BLOG, default_channel=str(foreign.pk))
    with pytest.raises(Refused, match="name no channel"):
        service.start(batch=batch, by=cast.member, now=NOW)


# -- all or nothing


def test_a_failure_in_the_middle_leaves_nothing(cast, plan, channels, monkeypatch) -> None:
    """The negative control of "all or nothing": the second chunk breaks."""
    monkeypatch.setattr(bulk, "CHUNK", 2)
    batch = uploaded(plan, cast.member)
    service.start(batch=batch, by=cast.member, now=NOW)
    real, calls = bulk._write_chunk, []

    def break_at_the_second(*args, **kw):
        calls.append(args)
        if len(calls) == 2:
            raise ConnectionError("the cable")
        return real(*args, **kw)

    monkeypatch.setattr(bulk, "_write_chunk", break_at_the_second)
    with pytest.raises(ConnectionError):
        service.run(batch_id=batch.pk, now=NOW)
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert (ContentItem.objects.count(), ImportRow.objects.count()) == (0, 0)
    assert "Nothing was imported" in batch.job.problem


def test_a_dead_workers_import_is_found_and_run(cast, plan, channels) -> None:
    batch = uploaded(plan, cast.member)
    job = service.start(batch=batch, by=cast.member, now=NOW)
    assert service.waiting(now=NOW) == [batch.pk]
    Job.objects.filter(pk=job.pk).update(state="running", lease_until=NOW + service.LEASE)
    assert service.waiting(now=NOW) == []
    service.run(batch_id=batch.pk, now=NOW)
    assert ContentItem.objects.count() == 0
    later = NOW + service.LEASE + timedelta(seconds=1)
    assert service.waiting(now=later) == [batch.pk]
    service.run(batch_id=batch.pk, now=later)
    assert ContentItem.objects.count() == 3


def test_a_worker_whose_lease_passed_writes_nothing(cast, plan, channels, monkeypatch) -> None:
    batch = uploaded(plan, cast.member)
    job = service.start(batch=batch, by=cast.member, now=NOW)
    real = bulk.write

    def lose_the_lease(**kw):
        real(**kw)
        Job.objects.filter(pk=job.pk).update(lease_until=NOW + timedelta(days=1))

    monkeypatch.setattr(bulk, "write", lose_the_lease)
    service.run(batch_id=batch.pk, now=NOW)
    assert ContentItem.objects.count() == 0


def test_files_are_forgotten_after_a_day(cast, plan) -> None:
    batch = uploaded(plan, cast.member, BLOG)
    ImportBatch.objects.filter(pk=batch.pk).update(created_at=NOW)
    assert service.forget_old_files(now=NOW + timedelta(hours=23)) == 0
    assert service.forget_old_files(now=NOW + timedelta(hours=25)) == 1
    batch.refresh_from_db()
    with pytest.raises(Refused, match="no longer kept"):
        service.look(batch=batch, now=NOW)


def test_a_file_may_be_discarded_until_it_is_imported(cast, plan, channels) -> None:
    batch = uploaded(plan, cast.member)
    service.discard(batch=batch, by=cast.member)
    assert not ImportBatch.objects.exists()
    done = imported(plan, cast.member)
    with pytest.raises(Refused, match="imported already"):
        service.discard(batch=done, by=cast.member)


# -- undo


def test_undo_removes_what_is_untouched_and_frees_its_rows(cast, plan, channels) -> None:
    batch = imported(plan, cast.member)
    assert service.undo(batch=batch, by=cast.member) == service.Undone(removed=3, kept=0)
    assert (ContentItem.objects.count(), Placement.objects.count()) == (0, 0)
    batch.refresh_from_db()
    assert (batch.state, batch.undone_at is not None) == ("undone", True)
    assert service.undo(batch=batch, by=cast.member) == service.Undone(removed=0, kept=0)
    assert Activity.objects.filter(verb="import.undone").count() == 1
    assert imported(plan, cast.member).created == 3


def test_undo_keeps_what_somebody_worked_on(cast, plan, channels) -> None:
    from calendar_app.services import edit_story, move_post
    from workflow.ownership import claim

    batch = imported(plan, cast.member)
    first, second, third = ContentItem.objects.order_by("pk")
    edit_story(item=first, by=cast.colleague, version=first.version, changes={"title": "New"})
    claim(row=second, by=cast.colleague)
    move_post(post=third.posts.get(), to=NOW + timedelta(days=900), by=cast.colleague)
    assert service.undo(batch=batch, by=cast.manager) == service.Undone(removed=0, kept=3)
    assert [row.item for row in queries.kept_after_undo(cast.organization, batch)] == [
        first, second, third,
    ]  # fmt: skip


def test_only_the_importer_and_leaders_undo(cast, plan, channels) -> None:
    batch = imported(plan, cast.member)
    for by in (cast.colleague, cast.viewer, cast.outsider):
        with pytest.raises(NotAllowed):
            service.undo(batch=batch, by=by)
    assert service.undo(batch=batch, by=cast.admin).removed == 3


# -- size


def test_queries_grow_by_chunk_and_not_by_row(cast, plan, channels) -> None:
    def rows(count: int) -> bytes:
        return to_bytes(
            ["Date", "Platform", "Title"],
            *(["2026-03-01", "IG", f"Post {n} of {count}"] for n in range(count)),
        )

    def statements(count: int) -> int:
        batch = uploaded(plan, cast.member, rows(count))
        service.start(batch=batch, by=cast.member, now=NOW)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            service.run(batch_id=batch.pk, now=NOW)
        return len(captured)

    assert statements(400) == statements(2)


def test_errors_of_sheets_are_sentences(cast, plan) -> None:
    batch = uploaded(plan, cast.member, BLOG)
    with pytest.raises(Refused, match="Row 99 of this file is empty"):
        service.look_with(batch=batch, answers=Answers(header_row=99), now=NOW)
    assert issubclass(SheetError, Exception)
