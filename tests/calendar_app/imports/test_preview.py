"""What would become of every row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_app.imports.columns import suggest
from calendar_app.imports.matching import ChannelFinder, KnownChannel
from calendar_app.imports.preview import Outcome, make_preview
from calendar_app.imports.words import Field
from plancraft.lib.dates import Period
from plancraft.lib.sheets.datecells import Order
from plancraft.lib.sheets.names import KnownPerson, PeopleFinder
from tests.calendar_app.imports.sheetmaking import (
    BLOG,
    CHANNELS,
    PEOPLE,
    SOCIAL,
    options,
    preview_of,
    table_of,
    to_bytes,
    to_xlsx,
)


def reasons(preview) -> list[str]:
    return [str(row.reason or "") for row in preview.rows]


def problems(preview) -> list[str]:
    return [str(problem) for row in preview.rows for problem in row.problems]


def drafts(preview) -> list:
    return [row.draft for row in preview.rows if row.draft]


def test_an_editorial_calendar_goes_to_the_channel_that_is_chosen() -> None:
    preview = preview_of(BLOG.encode(), default_channel="blog")
    assert (preview.created, preview.unchanged, preview.skipped) == (3, 0, 0)
    assert preview.posts_by_channel == {"blog": 3}
    first = drafts(preview)[0]
    assert first.title == "How to store wool over the summer"
    assert first.tags == ("Care", "Home")
    assert "CTA: Book a visit" in first.notes
    assert first.posts[0].local == datetime(2025, 9, 1, 9, 0)
    assert first.posts[0].at == datetime(2025, 9, 1, 7, 0, tzinfo=UTC)
    assert (preview.blockers, problems(preview)) == ((), [])


def test_a_social_calendar_with_an_empty_row_and_notes() -> None:
    preview = preview_of(SOCIAL.encode())
    assert (preview.created, preview.skipped, len(preview.rows)) == (3, 2, 5)
    assert preview.posts_by_channel == {"ig": 1, "tt": 1, "fb": 1}
    assert reasons(preview)[3:] == ["Empty row.", "Only notes: no title, no text, no date."]
    first = drafts(preview)[0]
    assert first.copy == "Trois rayons. Un café.\nVenez nous voir.\n\n#laine #boutique"
    assert (first.kind, first.tags) == ("Feed post", ("Annonce",))
    assert first.notes.splitlines() == [
        "Visuel requis: Photo de la façade",
        "CTA: Lien bio",
        "Statut: À produire",
        "Post de lancement",
    ]


def test_without_a_channel_column_a_channel_must_be_chosen() -> None:
    preview = preview_of(BLOG.encode())
    assert [str(b) for b in preview.blockers] == [
        "3 rows name no channel. Choose the one they are for."
    ]
    assert preview.skipped == 3


def test_one_cell_may_name_several_channels() -> None:
    data = to_bytes(
        ["Date", "Platform", "Title"],
        ["2026-01-05", "FB/IG", "a"],
        ["2026-01-06", "Facebook & LinkedIn", "b"],
        ["2026-01-07", "NIG", "c"],
        ["2026-01-08", "instagram, Instagram Stories", "d"],
    )
    posts = [[post.channel for post in draft.posts] for draft in drafts(preview_of(data))]
    assert posts == [["fb", "ig"], ["fb", "li"], ["ig"], ["ig"]]


def test_unknown_channels_are_listed_and_block_until_they_are_answered() -> None:
    data = to_bytes(
        ["Date", "Platform", "Title"],
        ["2026-01-05", "Threads", "a"],
        ["2026-01-06", "IG / Threads", "b"],
        ["2026-01-07", "Fax", "c"],
    )
    preview = preview_of(data)
    assert preview.unknown_channels == {"Threads": 2, "Fax": 1}
    assert [str(b) for b in preview.blockers] == ["There is no channel for: Threads, Fax."]
    assert [row.outcome.value for row in preview.rows] == ["skip", "create", "skip"]
    assert [row.is_open for row in preview.rows] == [True, False, True]

    answered = preview_of(data, channel_choices={"Threads": "tt", "Fax": None})
    assert answered.blockers == ()
    assert answered.posts_by_channel == {"tt": 2, "ig": 1}
    assert reasons(answered)[2] == "“Fax” is left out, as chosen."
    assert not any(row.is_open for row in answered.rows)


def test_rows_outside_the_plan_are_told_and_imported_all_the_same() -> None:
    """By the day on which each goes out, after the shift; undated rows lie nowhere."""
    data = to_bytes(
        ["Date", "Platform", "Title"],
        ["2026-01-04", "IG / FB", "a"],
        ["2026-01-05", "IG", "b"],
        ["2026-01-18", "IG", "c"],
        ["2026-01-19", "IG", "d"],
        ["", "IG", "e"],
    )
    period = Period(date(2026, 1, 5), date(2026, 1, 18))
    preview = preview_of(data, period=period)
    assert preview.created == 5
    assert [[str(p) for p in row.problems] for row in preview.rows] == [
        ["Sun 4 January 2026 is before the plan begins, on Mon 5 January 2026."],
        [],
        [],
        ["Mon 19 January 2026 is after the plan ends, on Sun 18 January 2026."],
        [],
    ]
    week_later = preview_of(data, period=period, first_week=date(2026, 1, 8))
    assert [bool(row.problems) for row in week_later.rows] == [False, False, True, True, False]


def test_a_written_zone_may_carry_a_post_out_of_the_plan() -> None:
    data = to_bytes(["Date time", "Platform", "Title"], ["2026-01-05T02:00Z", "LinkedIn", "a"])
    period = Period(date(2026, 1, 5), date(2026, 1, 18))
    assert problems(preview_of(data, period=period)) == [
        "Sun 4 January 2026 is before the plan begins, on Mon 5 January 2026."
    ]


def test_two_channels_of_one_kind_have_to_be_told_apart() -> None:
    channels = (KnownChannel("1", "Retail", "instagram"), KnownChannel("2", "Jobs", "instagram"))
    data = to_bytes(["Platform", "Title"], ["Instagram", "a"], ["Jobs", "b"])
    preview = preview_of(data, channels=channels)
    assert preview.unknown_channels == {"Instagram": 1}
    assert preview.posts_by_channel == {"2": 1}


def test_people_are_found_and_the_unknown_are_listed_not_invented() -> None:
    data = to_bytes(
        ["Title", "Owner"],
        ["a", "OB+AG"],
        ["b", "anna garcia"],
        ["c", "Olga, Zed"],
        ["d", "anna@example.org"],
        ["e", "Zed"],
    )
    preview = preview_of(data)
    assert [(d.owner, d.collaborators) for d in drafts(preview)] == [
        ("7", ("8",)), ("8", ()), ("7", ()), ("8", ()), (None, ()),
    ]  # fmt: skip
    assert preview.unknown_people == {"Zed": 2}
    assert problems(preview) == ["“Zed” is nobody here who could own it."] * 2
    assert "Owner: Olga, Zed" in drafts(preview)[2].notes


def test_two_people_with_one_first_name_are_not_guessed() -> None:
    finder = PeopleFinder([*PEOPLE, KnownPerson("9", "Olga Petrova")])
    assert finder.find("Olga").unknown == ("Olga",)
    assert finder.find("Olga Petrova").keys == ("9",)


def test_channels_by_name_before_kind() -> None:
    finder = ChannelFinder(CHANNELS)
    assert finder.find("northlake on instagram").keys == ("ig",)
    assert finder.find("IG Story").keys == ("ig",)
    assert finder.find("xylophone").unknown == ("xylophone",)
    assert finder.find("Facebook page").keys == ("fb",)


# -- dates


def test_rows_without_a_date_go_to_the_tray() -> None:
    data = to_bytes(
        ["Date", "Platform", "Title"], ["", "IG", "a"], ["TBD", "IG", "b"], ["", "", "c"]
    )
    preview = preview_of(data)
    assert preview.created == 3
    assert [d.posts[0].at if d.posts else "none" for d in drafts(preview)] == [None, None, "none"]
    assert problems(preview) == ["“TBD” is no date: left undated."]
    assert "Date: TBD" in drafts(preview)[1].notes


def test_an_ambiguous_order_has_to_be_answered() -> None:
    data = to_bytes(["Date", "Title"], ["03/04/2026", "a"], ["05/06/2026", "b"])
    preview = preview_of(data, default_channel="ig")
    assert (preview.order, preview.order_answered) == (Order.AMBIGUOUS, False)
    assert str(preview.blockers[0]) == (
        "Which comes first in 03/04/2026, 05/06/2026: the day or the month?"
    )
    for day_first, expected in ((True, date(2026, 4, 3)), (False, date(2026, 3, 4))):
        answered = preview_of(data, default_channel="ig", day_first=day_first)
        assert answered.blockers == ()
        assert drafts(answered)[0].local_date == expected


def test_a_weekday_that_contradicts_is_a_problem_in_words() -> None:
    data = to_bytes(["Date", "Jour", "Titre"], ["2026-05-05", "Lundi", "a"])
    preview = preview_of(data, default_channel="ig")
    assert problems(preview) == [
        "The weekday “Lundi” does not fit the date, Tue 5 May 2026. The date is used."
    ]
    assert preview.created == 1


def test_a_guessed_year_is_said() -> None:
    preview = preview_of(to_bytes(["Date", "Title"], ["5 March", "a"]), default_channel="ig")
    assert problems(preview) == ["No year is given; read as Wed 5 March 2025."]


def test_times_are_in_the_channels_zone_and_a_zone_in_the_cell_is_converted() -> None:
    data = to_bytes(
        ["Date", "Time", "Platform", "Title"],
        ["2026-01-05", "9h30", "LinkedIn", "a"],
        ["2026-01-05", "soon", "IG", "b"],
    )
    preview = preview_of(data)
    assert drafts(preview)[0].posts[0].at == datetime(2026, 1, 5, 14, 30, tzinfo=UTC)
    assert problems(preview) == ["“soon” is no time we can read: 09:00 is used."]
    zoned = to_bytes(["scheduleDate", "Platform", "Title"], ["2026-01-05T20:00:00Z", "IG", "a"])
    post = drafts(preview_of(zoned))[0].posts[0]
    assert (post.at, post.local) == (
        datetime(2026, 1, 5, 20, tzinfo=UTC),
        datetime(2026, 1, 5, 21, 0),
    )


def test_a_time_that_the_clocks_skip_is_moved_and_said() -> None:
    data = to_bytes(["Date", "Time", "Title"], ["2026-03-29", "02:30", "a"])
    preview = preview_of(data, default_channel="ig")
    assert drafts(preview)[0].posts[0].local == datetime(2026, 3, 29, 3, 30)
    assert problems(preview) == [
        "Sun 29 March 2026, 02:30 does not exist there, the clocks go forward: 03:30 is used."
    ]


def test_midnights_throughout_a_column_are_no_times() -> None:
    data = to_bytes(["Date", "Title"], ["2026-01-05 00:00:00", "a"], ["2026-01-06 00:00:00", "b"])
    assert {d.posts[0].local.hour for d in drafts(preview_of(data, default_channel="ig"))} == {9}


def test_past_rows_are_historical() -> None:
    data = to_bytes(["Date", "Title"], ["2024-12-30", "a"], ["2025-01-02", "b"])
    posts = [d.posts[0].historical for d in drafts(preview_of(data, default_channel="ig"))]
    assert posts == [True, False]


def test_days_from_an_anchor() -> None:
    data = to_bytes(["Day", "Title"], ["T-2_Mon", "a"], ["T0", "b"], ["T+1_Fri", "c"])
    without = preview_of(data, default_channel="ig")
    assert (without.needs_anchor, without.created) == (3, 3)
    assert [d.local_date for d in drafts(without)] == [None] * 3
    given_anchor = preview_of(data, default_channel="ig", anchor=date(2027, 3, 3))
    assert [d.local_date for d in drafts(given_anchor)] == [
        date(2027, 2, 15), date(2027, 3, 3), date(2027, 3, 12),
    ]  # fmt: skip


def test_serials_of_a_sheet_are_dates() -> None:
    preview = preview_of(to_xlsx(["Date", "Title"], [46147, "a"]), default_channel="ig")
    assert drafts(preview)[0].local_date == date(2026, 5, 5)


# -- shift


def test_all_dates_move_by_whole_weeks_into_the_given_one() -> None:
    preview = preview_of(BLOG.encode(), default_channel="blog", first_week=date(2027, 1, 7))
    assert [d.local_date for d in drafts(preview)] == [
        date(2027, 1, 4), date(2027, 1, 6), date(2027, 1, 8),
    ]  # fmt: skip
    assert preview.shift_weeks == 70
    assert problems(preview) == []


def test_the_first_week_follows_the_organizations_week() -> None:
    data = to_bytes(["Date", "Title"], ["2026-01-04", "a"])  # a Sunday
    sunday = preview_of(data, default_channel="ig", first_week=date(2027, 1, 3), week_start=6)
    assert drafts(sunday)[0].local_date == date(2027, 1, 3)
    monday = preview_of(data, default_channel="ig", first_week=date(2027, 1, 3), week_start=0)
    assert drafts(monday)[0].local_date == date(2027, 1, 3)


@given(
    st.lists(st.dates(date(2000, 1, 1), date(2100, 1, 1)), min_size=1, max_size=12),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
@settings(max_examples=60, deadline=None)
def test_a_shift_keeps_weekdays_and_distances(days: list[date], week: date) -> None:
    data = to_bytes(["Date", "Title"], *([day.isoformat(), f"t{n}"] for n, day in enumerate(days)))
    shifted = [
        d.local_date for d in drafts(preview_of(data, default_channel="ig", first_week=week))
    ]
    moves = {(new - old).days for old, new in zip(days, shifted, strict=True)}
    assert len(moves) == 1
    assert moves.pop() % 7 == 0
    first = min(shifted)
    assert first.isocalendar()[:2] == week.isocalendar()[:2]


def test_weeks_are_counted_where_the_organization_is() -> None:
    """Sunday 23:30 in UTC is Monday in Zurich, so it belongs to the week that begins then."""
    data = to_bytes(["scheduleDate", "Platform", "Title"], ["2026-01-04T23:30:00Z", "IG", "a"])
    post = drafts(preview_of(data, first_week=date(2027, 7, 5)))[0].posts[0]
    assert post.local == datetime(2027, 7, 5, 0, 30)
    assert post.at == datetime(2027, 7, 4, 22, 30, tzinfo=UTC)


def test_a_shift_beyond_every_calendar_leaves_undated() -> None:
    data = to_bytes(["Date", "Title"], ["1999-01-01", "a"], ["2199-01-01", "b"])
    preview = preview_of(data, default_channel="ig", first_week=date(2199, 1, 1))
    assert drafts(preview)[1].local_date is None
    assert problems(preview) == ["The moved date lies too far away: left undated."]


# -- identity


def test_the_same_file_again_changes_nothing_even_shifted() -> None:
    keys = {row.import_key for row in preview_of(SOCIAL.encode()).rows if row.draft}
    again = preview_of(SOCIAL.encode(), existing=keys, first_week=date(2027, 1, 4))
    assert (again.created, again.unchanged, again.skipped) == (0, 3, 2)
    assert reasons(again)[0] == "Imported before; nothing changes."


def test_rows_may_move_and_others_may_come() -> None:
    lines = BLOG.strip().splitlines()
    keys = {
        row.import_key
        for row in preview_of(BLOG.encode(), default_channel="blog").rows
        if row.draft
    }
    moved = [lines[0], "2025-08-29,Fri,New first one,x,,,,,", lines[3], lines[1], lines[2]]
    again = preview_of("\n".join(moved).encode(), default_channel="blog", existing=keys)
    assert [row.outcome for row in again.rows] == [Outcome.CREATE] + [Outcome.UNCHANGED] * 3


def test_true_duplicates_within_a_file_are_each_created_once() -> None:
    row = ["2026-01-05", "Every Monday"]
    data = to_bytes(["Date", "Title"], row, row, row)
    first = preview_of(data, default_channel="ig")
    keys = [r.import_key for r in first.rows]
    assert len(set(keys)) == 3
    assert {len(key) for key in keys} == {64}
    assert preview_of(data, default_channel="ig", existing=set(keys)).unchanged == 3
    one_more = to_bytes(["Date", "Title"], row, row, row, row)
    assert preview_of(one_more, default_channel="ig", existing=set(keys)).created == 1


def test_another_plan_takes_the_same_file() -> None:
    keys = {row.import_key for row in preview_of(SOCIAL.encode()).rows}
    assert preview_of(SOCIAL.encode(), existing=keys, plan_key="plan-2").created == 3


# -- texts


def test_a_title_is_taken_from_the_text_where_there_is_none() -> None:
    data = to_bytes(["Date", "Text"], ["2026-01-05", "Good morning.\nThe second line."])
    draft = drafts(preview_of(data, default_channel="ig"))[0]
    assert (draft.title, draft.copy) == ("Good morning.", "Good morning.\nThe second line.")


def test_a_title_that_is_too_long_is_kept_in_the_text() -> None:
    long = "word " * 100
    preview = preview_of(to_bytes(["Title"], ["short"], [long]), default_channel="ig")
    assert len(drafts(preview)[1].title) <= 300
    assert drafts(preview)[1].copy == long.strip()
    assert "all of it is kept" in problems(preview)[0]


@pytest.mark.parametrize(
    ("cell", "link"),
    [
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("example.org/a", "https://example.org/a"),
        ("see https://example.org/a.", "https://example.org/a"),
        ("in the bio", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_links(cell: str, link: str) -> None:
    data = to_bytes(["Title", "Link"], ["x", "https://example.org"], ["a", cell])
    draft = drafts(preview_of(data, default_channel="ig"))[1]
    assert draft.link == link
    assert (cell in draft.notes) == (cell != link)


def test_skips_say_why() -> None:
    data = to_bytes(
        ["Date", "Platform", "Title", "Status"],
        ["2026-01-05", "IG", "a", ""],
        ["2026-01-06", "IG", "", ""],
        ["Date", "Platform", "Title", "Status"],
        ["", "IG", "", "drafted"],
    )
    assert reasons(preview_of(data))[1:] == [
        "There is a date, but neither a title nor a text.",
        "The column names again.",
        "Neither a title nor a text.",
    ]


def test_hidden_rows_wait_for_a_word() -> None:
    def edit(book) -> None:
        book.active.row_dimensions[3].hidden = True

    data = to_xlsx(["Date", "Title"], ["2026-01-05", "a"], ["2026-01-06", "b"], edit=edit)
    assert reasons(preview_of(data, default_channel="ig"))[1] == "Hidden in the sheet."
    assert preview_of(data, default_channel="ig", include_hidden=True).created == 2


# -- the law

cell = st.one_of(
    st.sampled_from(["", "2026-05-05", "05/06/2026", "TBD", "IG", "FB/IG", "Fax", "Title", "Date"]),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
)


@given(
    st.lists(st.lists(cell, min_size=1, max_size=6), max_size=12),
    st.sampled_from([None, "ig"]),
    st.sampled_from([None, True, False]),
)
@settings(max_examples=150, deadline=None)
def test_created_and_unchanged_and_skipped_are_all_rows(rows, channel, day_first) -> None:
    data = to_bytes(["Date", "Platform", "Title", "Caption", "Owner", "Notes"], *rows)
    table = table_of(data, header_row=1)
    fields = suggest(table).fields
    first = make_preview(table, fields, options(default_channel=channel, day_first=day_first))
    assert first.created + first.unchanged + first.skipped == len(table.rows)
    assert first.unchanged == 0
    assert all(bool(r.draft) == (r.outcome is Outcome.CREATE) for r in first.rows)
    assert all(bool(r.reason) == (r.outcome is not Outcome.CREATE) for r in first.rows)
    keys = {r.import_key for r in first.rows if r.draft}
    assert len(keys) == first.created
    again = make_preview(table, fields, options(default_channel=channel, day_first=day_first), keys)
    assert (again.created, again.unchanged, again.skipped) == (0, first.created, first.skipped)


def test_a_field_may_be_ignored() -> None:
    table = table_of(BLOG.encode())
    fields = dict.fromkeys(range(9), Field.IGNORE) | {0: Field.DATE, 2: Field.TITLE}
    preview = make_preview(table, fields, options(default_channel="blog"))
    assert drafts(preview)[0].notes == ""


# -- real samples, where they are

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.mark.parametrize(
    ("name", "channel", "counts", "posts"),
    [
        ("blog-calendar-en.csv", "blog", (24, 0, 0), {"blog": 24}),
        ("social-calendar-fr.csv", None, (12, 0, 6), {"ig": 9, "tt": 2, "fb": 1}),
    ],
)
def test_the_samples(name: str, channel: str | None, counts: tuple, posts: dict) -> None:
    if not (SAMPLES / name).exists():
        pytest.skip("the samples are not here")
    preview = preview_of(
        (SAMPLES / name).read_bytes(), default_channel=channel, first_week=date(2027, 1, 4)
    )
    assert (preview.created, preview.unchanged, preview.skipped) == counts
    assert preview.posts_by_channel == posts
    assert preview.blockers == ()
    assert problems(preview) == []
    assert min(d.local_date for d in drafts(preview)) >= date(2027, 1, 4)
