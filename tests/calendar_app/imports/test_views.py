"""The import in the browser: success and refusal beside each other."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from calendar_app.imports import service
from calendar_app.models import ContentItem, ImportBatch, Placement
from plans.models import Channel
from tests import factories
from tests.calendar_app.imports.sheetmaking import BLOG, SOCIAL, to_bytes, to_xlsx


@pytest.fixture
def plan(cast):
    return factories.make_plan(cast.organization, name="Spring", owner=cast.manager)


@pytest.fixture
def channels(cast):
    return {
        kind: factories.make_channel(cast.organization, kind=kind, name=kind.title())
        for kind in ("blog", "instagram", "tiktok", "facebook")
    }


class Desk:
    """A browser at the import's pages."""

    def __init__(self, client, plan):
        self.client, self.plan = client, plan

    def url(self, name: str, *args) -> str:
        return reverse(name, args=["northlake", *args])

    def upload(self, data: str | bytes, name: str = "calendar.csv"):
        content = data.encode() if isinstance(data, str) else data
        file = SimpleUploadedFile(name, content)
        return self.client.post(self.url("import-new"), {"plan": self.plan.pk, "file": file})

    def open(self, data: str | bytes, name: str = "calendar.csv"):
        answer = self.upload(data, name)
        assert answer.status_code == 302, text(answer)
        self.batch = ImportBatch.objects.latest("pk")
        return self.page()

    def page(self, **query):
        return self.client.get(self.url("import", self.batch.pk), query)

    def answers(self, **changes) -> dict:
        """What the form on the page would send, with some fields changed."""
        form = self.page().context["form"]
        sent = {
            name: form[name].value() for name in form.fields if form[name].value() not in (None, "")
        }
        return {k: v for k, v in {**sent, **changes}.items() if v not in (None, False)}

    def answer(self, **changes):
        return self.client.post(
            self.url("import-answer", self.batch.pk), self.answers(**changes), follow=True
        )

    def start(self, **changes):
        data = self.answers(**changes) | {"start": "1"}
        return self.client.post(self.url("import-start", self.batch.pk), data, follow=True)

    def work(self):
        """What the worker does."""
        from django.utils import timezone

        service.run(batch_id=self.batch.pk, now=timezone.now())
        self.batch.refresh_from_db()


@pytest.fixture
def desk(cast, plan, client_of):
    return Desk(client_of(cast.member), plan)


def text(response) -> str:
    return html.unescape(response.content.decode())


# -- the file


def test_a_file_is_read_and_its_rows_are_shown(desk, channels) -> None:
    page = desk.open(SOCIAL)
    assert page.status_code == 200
    assert "La boutique ouvre." in text(page)
    assert "Only notes: no title, no text, no date." in text(page)
    assert "Import 3 stories" in text(page)
    assert not ContentItem.objects.exists()


def test_a_file_that_cannot_be_read_says_so_and_keeps_the_plan(desk) -> None:
    answer = desk.upload(b"%PDF-1.7 no table", "calendar.pdf")
    assert answer.status_code == 422
    assert "This is no table." in text(answer)
    assert f'value="{desk.plan.pk}" selected' in text(answer)
    assert not ImportBatch.objects.exists()


def test_a_file_and_a_plan_must_be_chosen(desk) -> None:
    answer = desk.client.post(desk.url("import-new"), {})
    assert answer.status_code == 422
    assert "Choose the file." in text(answer)


def test_a_file_that_is_too_large_is_refused(desk) -> None:
    answer = desk.upload(b"Title\n" + b"x" * 5_000_000)
    assert answer.status_code == 422
    assert "larger than 5 MB" in text(answer)


def test_foreign_and_hidden_plans_cannot_be_chosen(desk, cast) -> None:
    for plan in (
        factories.make_plan(cast.other_organization),
        factories.make_plan(cast.organization, is_confidential=True),
        factories.make_plan(cast.organization, state="closed"),
    ):
        desk.plan = plan
        assert desk.upload(BLOG).status_code == 422
    assert not ImportBatch.objects.exists()


# -- the questions


def test_a_blog_needs_a_channel_and_then_starts(desk, channels) -> None:
    page = desk.open(BLOG)
    assert "3 rows name no channel" in text(page)
    assert "Import 3" not in text(page)
    assert "left out, as chosen" in text(desk.answer(default_channel="leave"))
    page = desk.answer(default_channel=str(channels["blog"].pk), first_week="2027-01-07")
    assert "Everything moves 70 weeks later." in text(page)
    assert "3 on Blog" in text(page)
    page = desk.start()
    assert "You may leave this page" in text(page)
    desk.work()
    page = desk.page()
    assert "How to store wool over the summer" in text(page)
    days = sorted(post.scheduled_at.date() for post in Placement.objects.all())
    assert days == [date(2027, 1, 4), date(2027, 1, 6), date(2027, 1, 8)]


def test_importing_with_changed_answers_shows_the_preview_first(desk, channels) -> None:
    desk.open(SOCIAL)
    page = desk.start(first_week="2027-01-04")
    assert "Look at it once more, then import." in text(page)
    desk.batch.refresh_from_db()
    assert desk.batch.state == "uploaded"
    desk.start()
    desk.batch.refresh_from_db()
    assert desk.batch.state == "running"


def test_an_ambiguous_order_is_asked(desk, channels) -> None:
    page = desk.open(to_bytes(["Date", "Platform", "Title"], ["03/04/2027", "Blog", "a"]))
    assert "In “03/04/2027”, what comes first?" in text(page)
    refused = desk.answer()
    assert refused.status_code == 422
    assert "Say whether the day or the month comes first." in text(refused)
    assert "Sat 3 April 2027, 09:00" in text(desk.answer(order="day"))
    assert "Thu 4 March 2027, 09:00" in text(desk.answer(order="month"))


def test_unknown_channels_are_answered_one_by_one(desk, channels) -> None:
    page = desk.open(to_bytes(["Platform", "Title"], ["Threads", "a"], ["Fax", "b"]))
    assert "There is no channel for: Threads, Fax." in text(page)
    assert "Create the channel" not in text(page)
    refused = desk.answer(channel_0=str(channels["blog"].pk))
    assert refused.status_code == 422
    assert "Say which channel “Fax” is." in text(refused)
    assert f'value="{channels["blog"].pk}" selected' in text(refused)
    page = desk.answer(channel_0=str(channels["blog"].pk), channel_1="leave")
    assert "“Fax” is left out, as chosen." in text(page)
    assert "Import 1 story" in text(page)


def test_managers_create_channels_on_the_way(cast, plan, client_of) -> None:
    desk = Desk(client_of(cast.manager), plan)
    page = desk.open(SOCIAL)
    assert "Create the channel “Instagram”" in text(page)
    desk.answer(channel_0="create", channel_1="create", channel_2="create")
    desk.start()
    desk.work()
    assert desk.batch.created == 3
    assert Channel.objects.count() == 3


def test_the_first_channel_may_be_created_for_rows_that_name_none(cast, plan, client_of) -> None:
    desk = Desk(client_of(cast.manager), plan)
    assert "Create the channel “Blog”" in text(desk.open(BLOG, "blog-calendar.csv"))
    assert "3 on Blog" in text(desk.answer(default_channel="create:Blog"))
    desk.start()
    desk.work()
    assert desk.batch.created == 3
    assert Channel.objects.get().kind == "blog"


def test_members_cannot_create_channels_even_by_hand(desk) -> None:
    desk.open(SOCIAL)
    refused = desk.answer(channel_0="create", channel_1="leave", channel_2="leave")
    assert refused.status_code == 422
    assert not Channel.objects.exists()


def test_the_mapping_may_be_changed_and_a_wrong_one_is_said(desk, channels) -> None:
    desk.open(BLOG)
    blog = str(channels["blog"].pk)
    page = desk.answer(column_2="ignore", column_4="title", default_channel=blog)
    assert "wool storage" in text(page)
    refused = desk.answer(column_2="title")
    assert refused.status_code == 422
    assert "Only one column can hold “title”" in text(refused)
    refused = desk.answer(column_4="notes")
    assert "Say which column holds the title or the text" in text(refused)


def test_the_header_row_may_be_moved_and_a_wrong_one_keeps_everything(desk, channels) -> None:
    data = to_bytes(["Our calendar", "", ""], ["Date", "Platform", "Title"], ["", "Blog", "One"])
    desk.open(data)
    refused = desk.answer(header_row="77", first_week="2027-01-04")
    assert refused.status_code == 422
    assert 'value="2027-01-04"' in text(refused)
    page = desk.answer(header_row="0")
    assert page.status_code == 200
    desk.batch.refresh_from_db()
    assert desk.batch.options["header_row"] == 0


def test_a_workbook_offers_its_sheets(desk, channels) -> None:
    def edit(book) -> None:
        book.active.title = "Spring"
        book.create_sheet("Autumn").append(["Title", "Platform"])
        book["Autumn"].append(["Leaves", "Blog"])

    desk.open(to_xlsx(["Title", "Platform"], ["Snow", "Blog"], edit=edit), "calendar.xlsx")
    page = desk.answer(sheet="Autumn")
    assert "Leaves" in text(page)
    assert "Snow" not in text(page)


@pytest.mark.parametrize(
    "query", [{"page": "9999"}, {"page": "x"}, {"show": "nonsense"}, {"show": "skip", "page": "-1"}]
)
def test_odd_addresses_give_a_clear_page(desk, channels, query) -> None:
    desk.open(SOCIAL)
    assert desk.page(**query).status_code == 200


def test_odd_answers_give_a_clear_page(desk, channels) -> None:
    desk.open(SOCIAL + "2026-03-06,Vendredi,,,,Sans canal,,,,,,\n")
    for changes in (
        {"first_week": "9999-12-31"},
        {"first_week": "soon"},
        {"header_row": "abc"},
        {"header_row": "99999999999999999999"},
        {"default_channel": "abc"},
        {"column_0": "abc"},
        {"default_time": "25:00"},
    ):
        assert desk.answer(**changes).status_code == 422


def test_people_not_known_are_listed(desk, channels) -> None:
    page = desk.open(to_bytes(["Title", "Platform", "Owner"], ["a", "Blog", "Zed"]))
    assert "nobody is made owner in their place: Zed (1)." in text(page)


# -- running, result, undo


def test_progress_then_the_result(desk, channels) -> None:
    desk.open(SOCIAL)
    desk.start()
    progress = desk.client.get(desk.url("import-progress", desk.batch.pk))
    assert "0 of 5 rows" in text(progress)
    desk.work()
    url, here = desk.url("import-progress", desk.batch.pk), desk.url("import", desk.batch.pk)
    assert desk.client.get(url, headers={"HX-Request": "true"})["HX-Redirect"] == here
    assert desk.client.get(url)["Location"] == here
    page = text(desk.page())
    assert "stories created" in page
    assert "Empty row." in page
    assert "Take it back" in page
    assert "La boutique ouvre." not in text(desk.page(show="skipped"))


def test_a_failed_import_comes_back_with_its_answers(desk, channels) -> None:
    desk.open(SOCIAL)
    desk.answer(first_week="2027-01-04")
    desk.start()
    Channel.objects.filter(pk=channels["tiktok"].pk).update(archived_at="2026-01-01T00:00Z")
    desk.work()
    page = text(desk.page())
    assert "Nothing was imported" in page
    assert "There is no channel for: Tiktok" in page or "There is no channel for: TikTok" in page
    assert 'value="2027-01-04"' in page


def test_undo_asks_first_and_then_removes(desk, channels) -> None:
    desk.open(SOCIAL)
    desk.start()
    desk.work()
    url = desk.url("import-undo", desk.batch.pk)
    assert "3 stories as they were imported are removed" in text(desk.client.get(url))
    assert ContentItem.objects.count() == 3
    page = desk.client.post(url, follow=True)
    assert "3 stories removed." in text(page)
    assert "This import was taken back" in text(page)
    assert not ContentItem.objects.exists()


def test_a_file_may_be_thrown_away(desk) -> None:
    desk.open(BLOG)
    page = desk.client.post(desk.url("import-discard", desk.batch.pk), follow=True)
    assert "Nothing was imported." in text(page)
    assert not ImportBatch.objects.exists()


def test_a_forgotten_file_says_so(desk) -> None:
    desk.open(BLOG)
    ImportBatch.objects.update(content=None)
    assert "The file is no longer kept. Upload it again." in text(desk.page())
    assert desk.client.post(desk.url("import-answer", desk.batch.pk)).status_code == 200


def test_the_list_shows_every_import_and_no_hidden_one(desk, cast, channels) -> None:
    desk.open(SOCIAL)
    secret = factories.make_plan(cast.organization, owner=cast.manager, is_confidential=True)
    hidden = service.upload(
        plan=secret, file_name="secret.csv", content=BLOG.encode(), by=cast.manager
    )
    page = text(desk.client.get(desk.url("imports")))
    assert "calendar.csv" in page
    assert "secret.csv" not in page
    assert desk.client.get(desk.url("import", hidden.pk)).status_code == 404


def test_colleagues_cannot_undo_what_they_did_not_import(desk, cast, channels, client_of) -> None:
    desk.open(SOCIAL)
    desk.start()
    desk.work()
    other = client_of(cast.colleague)
    assert other.post(desk.url("import-undo", desk.batch.pk)).status_code == 403
    assert "Take it back" not in text(other.get(desk.url("import", desk.batch.pk)))
    assert ContentItem.objects.count() == 3


def test_texts_of_a_file_are_never_markup(desk, channels) -> None:
    evil = "<script>alert(1)</script>"
    page = desk.open(to_bytes(["Title", "Platform", evil], [evil, "Blog", evil]))
    assert evil not in page.content.decode()


@pytest.mark.parametrize("rows", [1, 50])
def test_pages_run_the_same_queries_for_one_row_and_many(
    desk, channels, django_assert_max_num_queries, rows
) -> None:
    data = to_bytes(["Title", "Platform"], *([f"t{n}", "Blog"] for n in range(rows)))
    desk.open(data)
    with django_assert_max_num_queries(12):
        desk.page()
    desk.start()
    desk.work()
    with django_assert_max_num_queries(12):
        desk.page()


def test_the_list_is_narrowed_to_the_plan_that_the_address_names(desk, channels) -> None:
    desk.open(SOCIAL)
    page = text(desk.client.get(desk.url("imports"), {"plan": desk.plan.pk}))
    assert f"Into {desk.plan.name} only." in page
    for nothing in ("0", "abc", "99999999999999999999"):
        assert "All imports" not in text(desk.client.get(desk.url("imports"), {"plan": nothing}))
