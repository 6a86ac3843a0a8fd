"""`manage.py find_gaps --organization`: the page, printed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from calendar_app import gap_services
from tests import factories

NEW_YEAR = "2027-01-01T09:00:00Z"
SPAN = ("--from", "2027-01-04", "--to", "2027-01-17")


def run(*arguments: str) -> tuple[str, str, int]:
    out, err = StringIO(), StringIO()
    try:
        call_command("find_gaps", *arguments, stdout=out, stderr=err)
    except SystemExit as exit_:
        return out.getvalue(), err.getvalue(), int(exit_.code or 0)
    return out.getvalue(), err.getvalue(), 0


@pytest.fixture
def plan(cast: Any) -> Any:
    return factories.make_plan(cast.organization, name="Front Door", owner=cast.manager)


@pytest.fixture
def promise(plan: Any) -> Any:
    blog = factories.make_channel(plan.organization, name="Blog", kind="blog")
    story = factories.make_story(plan, title="The doors open")
    factories.make_post(story, blog, scheduled_at=datetime(2027, 1, 4, 9, tzinfo=UTC))
    return factories.make_commitment(plan, blog, count=2)


def test_it_prints_sentences_and_json(cast: Any, promise: Any):
    out, _err, code = run("--organization", "northlake", *SPAN, "--now", NEW_YEAR)
    assert code == 0
    assert out.startswith("2 gaps: 3 of 4 promised posts missing.")
    assert "Blog, week of 4 January: 1 of 2 promised posts are planned on Blog" in out
    assert "Ines Manager (champion)" in out

    out, _err, _code = run("--organization", "northlake", *SPAN, "--now", NEW_YEAR, "--json")
    answer = json.loads(out)
    assert (answer["gaps"], answer["missing"], answer["promised"]) == (2, 3, 4)
    assert [f["key"] for f in answer["findings"]] == [
        f"shortfall:{promise.pk}:2027-01-04",
        f"shortfall:{promise.pk}:2027-01-11",
    ]


def test_it_prints_what_the_page_shows(cast: Any, promise: Any, client_of: Any):
    page = client_of(cast.manager).get("/o/northlake/gaps/?from=2027-01-04&to=2027-01-17")
    out, _err, _code = run("--organization", "northlake", *SPAN, "--json")
    answer = json.loads(out)
    shown = [line.gap.key for line in page.context["to_fill"]]
    counted = [f["key"] for f in answer["findings"] if f["counts"]]
    assert sorted(shown) == sorted(counted)
    figures = page.context["figures"]
    assert (figures.count, figures.missing) == (answer["gaps"], answer["missing"])


def test_a_waived_gap_is_told_and_not_counted(cast: Any, promise: Any):
    gap_services.waive(
        organization=cast.organization,
        key=f"shortfall:{promise.pk}:2027-01-04",
        by=cast.manager,
        reason="The branch is closed.",
        expires_on=date(2027, 1, 31),
        now=datetime(2027, 1, 1, 9, tzinfo=UTC),
    )
    out, _err, _code = run("--organization", "northlake", *SPAN, "--now", NEW_YEAR)
    assert out.startswith("1 gap: 2 of 4 promised posts missing.")
    assert "Waived (1)" in out and "“The branch is closed.”" in out


def test_one_plan_alone(cast: Any, promise: Any):
    other = factories.make_plan(cast.organization, name="Elsewhere")
    factories.make_commitment(other, promise.channel, count=1)
    arguments = ("--organization", "northlake", *SPAN, "--now", NEW_YEAR)
    assert run(*arguments)[0].startswith("4 gaps")
    assert run(*arguments, "--plan", "front door")[0].startswith("2 gaps")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--organization", "nowhere"), "there is no nowhere; the organizations are:"),
        (("--organization", "northlake", "--plan", "None"), "there is no “None”; the plans are:"),
        (("--organization", "northlake", "--from", "2027-02-30"), "“2027-02-30” is no day"),
        (("--organization", "northlake", "--from", "2027-02-01"), "--to: is missing"),
        (
            ("--organization", "northlake", "--from", "2027-02-02", "--to", "2027-02-01"),
            "before --from",
        ),
        (
            ("--organization", "northlake", "--from", "1900-01-01", "--to", "2200-01-01"),
            "at most 400 days",
        ),
        (("--organization", "northlake", "--now", "noon"), "“noon” is no instant"),
    ],
)
def test_what_cannot_be_understood_is_one_sentence(
    cast: Any, plan: Any, arguments: tuple[str, ...], words: str
):
    out, err, code = run(*arguments)
    assert (out, code) == ("", 2)
    assert words in err and err.count("\n") == 1
