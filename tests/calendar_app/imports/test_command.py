"""`manage.py import_calendar`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from calendar_app.models import ContentItem, ImportBatch, Placement
from plans.models import Channel
from tests import factories
from tests.calendar_app.imports.sheetmaking import BLOG, SOCIAL, to_bytes


@pytest.fixture
def plan(cast):
    factories.make_channel(cast.organization, kind="blog", name="Blog")
    return factories.make_plan(cast.organization, name="Spring", owner=cast.manager)


@pytest.fixture
def run(cast, plan, tmp_path, capsys):
    """`run(content, *options)`: exit status, standard output, standard error."""

    def call(content: str | bytes, *options: str) -> tuple[int, str, str]:
        file = tmp_path / "calendar.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        status = 0
        try:
            call_command(
                "import_calendar", str(file), "--organization", "northlake", "--plan", "spring",
                *options,
            )  # fmt: skip
        except SystemExit as ended:
            status = int(ended.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_it_works(run, cast) -> None:
    status, out, _ = run(BLOG, "--channel", "Blog", "--first-week", "2027-01-04", "--json")
    answer = json.loads(out)
    assert status == 0
    assert (answer["created"], answer["unchanged"], answer["skipped"], answer["rows"]) == (
        3, 0, 0, 3,
    )  # fmt: skip
    assert answer["posts"] == {"Blog": 3}
    assert min(p.scheduled_at.date() for p in Placement.objects.all()) == date(2027, 1, 4)
    assert ContentItem.objects.first().created_by == cast.manager


def test_the_same_file_again_changes_nothing(run) -> None:
    run(BLOG, "--channel", "Blog")
    status, out, _ = run(BLOG, "--channel", "Blog")
    assert status == 0
    assert out.strip().endswith("0 created, 3 unchanged, 0 skipped, of 3 rows")
    assert ContentItem.objects.count() == 3
    assert ImportBatch.objects.count() == 1


def test_a_dry_run_writes_nothing_and_says_what_would_be(run) -> None:
    status, out, _ = run(SOCIAL, "--dry-run")
    assert status == 0
    assert "There is no channel for: Instagram, TikTok, Facebook." in out
    assert "row 5: Empty row." in out
    status, out, _ = run(SOCIAL, "--dry-run", "--create-channels", "--json")
    answer = json.loads(out)
    assert (answer["created"], answer["skipped"], answer["dry_run"]) == (3, 2, True)
    assert answer["new_channels"] == ["Instagram", "TikTok", "Facebook"]
    assert not ContentItem.objects.exists()
    assert not ImportBatch.objects.exists()
    assert Channel.objects.count() == 1


def test_channels_are_created_when_asked(run) -> None:
    status, out, _ = run(SOCIAL, "--create-channels")
    assert status == 0
    assert "3 created, 0 unchanged, 2 skipped, of 5 rows" in out
    assert set(Channel.objects.values_list("kind", flat=True)) == {
        "blog", "instagram", "tiktok", "facebook",
    }  # fmt: skip


def test_the_channel_for_all_rows_is_created_when_asked(run) -> None:
    assert run(BLOG, "--channel", "Journal", "--create-channels")[0] == 0
    assert Channel.objects.get(name="Journal").posts.count() == 3


def test_a_mapping_file(run, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"Date": "date", "Keyword": "title"}))
    status, _, _ = run(BLOG, "--channel", "Blog", "--mapping", str(mapping))
    assert status == 0
    assert set(ContentItem.objects.values_list("title", flat=True)) == {
        "wool storage", "knots", "dyeing",
    }  # fmt: skip


def test_the_order_of_day_and_month(run) -> None:
    data = to_bytes(["Date", "Title"], ["03/04/2026", "a"])
    assert "the day or the month" in run(data, "--channel", "Blog")[2]
    assert run(data, "--channel", "Blog", "--month-first")[0] == 0
    assert Placement.objects.get().scheduled_at.date() == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--plan", "Autumn"], "There is no plan “Autumn”. The plans are: Spring."),
        (["--organization", "nobody"], "There is no organization “nobody”."),
        (["--channel", "Fax"], "There is no channel “Fax”. The channels are: Blog."),
        ([], "3 rows name no channel. Choose the one they are for."),
        (["--channel", "Blog", "--first-week", "soon"], "“soon” is no day"),
        (["--channel", "Blog", "--by", "x@example.org"], "Nobody here is called “x@example.org”."),
        (["--channel", "Blog", "--by", "vera@example.org"], "You may read here, but not import."),
        (["--channel", "Blog", "--mapping", "/nonexistent"], "cannot be read"),
        (["--sheet", "x", "--header-row", "9"], "Row 9 of this file is empty"),
    ],
)
def test_refusals_are_one_sentence_and_write_nothing(run, options, sentence) -> None:
    status, out, err = run(BLOG, *options)
    assert (status, out) == (2, "")
    assert sentence in err
    assert len(err.strip().splitlines()) == 1
    assert not ContentItem.objects.exists()
    assert not ImportBatch.objects.exists()


def test_unknown_channels_are_listed(run) -> None:
    status, _, err = run(SOCIAL)
    assert (status, err.strip()) == (2, "There is no channel for: Instagram, TikTok, Facebook.")
