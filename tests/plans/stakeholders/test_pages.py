"""The pages of stakeholders: what is shown to whom, and that a refusal loses nothing."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import Activity
from plans.models import Stakeholder, Touchpoint
from tests import factories


def at(name: str, row: Any = None, **kwargs: Any) -> str:
    if row is not None:
        kwargs["stakeholder_id"] = row.pk
    return reverse(name, kwargs={"organization": "northlake", **kwargs})


def form(**changes: Any) -> dict[str, Any]:
    data = {"kind": "journalist", "name": "Ada Marsh", "basis": "public", "rhythm_days": "30"}
    return {**data, "held_since": "2027-01-04", **changes}


def names(answer: Any) -> list[str]:
    return [line.row.name for line in answer.context["lines"]]


# The list -----------------------------------------------------------------------------------------
def test_the_lapsed_come_first_and_say_since_when(
    cast: Any, client_of: Any, rosa: Any, today: date
) -> None:
    rosa.touchpoints.create(
        organization=cast.organization, day=today - timedelta(days=41), means="call", by=cast.member
    )
    fresh = factories.make_stakeholder(cast.organization, name="Ada Marsh", held_since=today)
    factories.make_stakeholder(cast.organization, name="Ben Quiet", rhythm_days=None)
    answer = client_of(cast.viewer).get(at("stakeholders"))
    page = answer.content.decode()
    assert names(answer) == ["Rosa Lind", "Ada Marsh", "Ben Quiet"]
    assert "Last spoken 41 days ago, every 30" in page and "11 days past the rhythm" in page
    assert "1 lapsed" in page and "2 without owner" in page
    assert at("touchpoint-new", fresh) not in page
    assert (
        at("touchpoint-new", fresh)
        in client_of(cast.member).get(at("stakeholders")).content.decode()
    )


def test_it_is_narrowed_by_kind_owner_plan_standing_and_name(
    cast: Any, client_of: Any, rosa: Any, plan: Any, today: date
) -> None:
    make = factories.make_stakeholder
    organization = cast.organization
    make(organization, name="Ada Marsh", kind="partner", held_since=today)
    make(
        organization, name="Old Times", plan=plan, held_since=today, archived_at="2027-01-05T09:00Z"
    )
    make(organization, name="Plan Friend", plan=plan, held_since=today)
    client = client_of(cast.member)
    for query, expected in (
        ("kind=partner", ["Ada Marsh"]),
        ("owner=me", ["Rosa Lind"]),
        ("owner=none", ["Ada Marsh", "Plan Friend"]),
        (f"plan={plan.pk}", ["Plan Friend"]),
        ("standing=lapsed", ["Rosa Lind"]),
        ("standing=archived", ["Old Times"]),
        ("q=harbor", ["Rosa Lind"]),
        ("q=nobody", []),
        (
            "kind=x&owner=x&plan=x&standing=x&page=x&q=%00",
            ["Rosa Lind", "Ada Marsh", "Plan Friend"],
        ),
    ):
        assert names(client.get(at("stakeholders") + "?" + query)) == expected, query


def test_the_empty_list_says_what_comes_next(cast: Any, client_of: Any) -> None:
    for who, offered in ((cast.member, True), (cast.viewer, False)):
        page = client_of(who).get(at("stakeholders")).content.decode()
        assert "No stakeholder yet" in page
        assert (at("stakeholder-new") in page) is offered


def count(client: Any, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_list_and_page_ask_as_much_for_one_as_for_fifty(
    cast: Any, client_of: Any, rosa: Any, plan: Any, today: date
) -> None:
    client = client_of(cast.manager)
    story = factories.make_story(plan)
    factories.make_touchpoint(
        rosa, cast.member, day=today, next_step="Call", plan=plan, subject=story.subject
    )
    client.get(at("stakeholders"))  # what is read once for all pages
    few = [count(client, at("stakeholders")), count(client, at("stakeholder", rosa))]
    for number in range(49):
        row = factories.make_stakeholder(cast.organization, plan=plan, owner=cast.colleague)
        factories.make_touchpoint(row, cast.member, next_step="Call")
        about = factories.make_story(plan).subject
        factories.make_touchpoint(
            rosa, cast.colleague, day=today - timedelta(days=number), plan=plan, subject=about
        )
    many = [count(client, at("stakeholders")), count(client, at("stakeholder", rosa))]
    assert many == few


def test_what_is_confidential_is_on_no_page(
    cast: Any, client_of: Any, secret: Any, rosa: Any, today: date
) -> None:
    hidden = factories.make_stakeholder(cast.organization, name="Zephyr Quell", plan=secret)
    factories.make_touchpoint(rosa, cast.member, day=today, said="Zephyr words", plan=secret)
    manager, champion = client_of(cast.manager), client_of(cast.member)
    for url in (at("stakeholders"), at("stakeholder", rosa)):
        assert "Zephyr" not in manager.get(url).content.decode()
        assert "Zephyr" in champion.get(url).content.decode()
    assert manager.get(at("stakeholder", hidden)).status_code == 404
    export = manager.post(at("stakeholder-export", rosa)).content.decode()
    assert "Zephyr" not in export
    assert "Zephyr" not in manager.post(at("stakeholders-export")).content.decode()


# Add and change -----------------------------------------------------------------------------------
def test_one_is_added_with_its_owner(cast: Any, client_of: Any, plan: Any) -> None:
    stream = factories.make_stream(plan)
    answer = client_of(cast.member).post(
        at("stakeholder-new"), form(owner=cast.colleague.pk, stream=stream.pk)
    )
    row = Stakeholder.objects.get()
    assert answer["Location"] == at("stakeholder", row)
    assert (row.owner, row.plan, row.stream) == (cast.colleague, plan, stream)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Give a name"),
        ({"kind": ""}, "Choose a kind"),
        ({"email": "rosa"}, "Write the whole address"),
        ({"rhythm_days": "0"}, "a number of at least 1"),
        ({"held_since": "yesterday"}, "Write the day as year"),
        ({"plan": "999"}, "999"),
    ],
)
def test_bad_input_says_why_and_loses_nothing(
    cast: Any, client_of: Any, changes: dict[str, str], sentence: str
) -> None:
    answer = client_of(cast.member).post(at("stakeholder-new"), form(note="Kept", **changes))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "Kept" in page
    assert not Stakeholder.objects.exists()


def test_edits_that_cross_are_shown_side_by_side(cast: Any, client_of: Any, rosa: Any) -> None:
    client = client_of(cast.member)
    opened = client.get(at("stakeholder-edit", rosa)).context["form"].initial
    data = {key: value for key, value in opened.items() if value is not None}
    assert client.post(at("stakeholder-edit", rosa), {**data, "topics": "rates"}).status_code == 302
    crossed = client.post(at("stakeholder-edit", rosa), {**data, "note": "Typed here"})
    page = crossed.content.decode()
    assert crossed.status_code == 409
    assert "Maya Member changed this" in page and "Typed here" in page
    again = {**data, "note": "Typed here", "seen": crossed.context["form"].data["seen"]}
    assert client.post(at("stakeholder-edit", rosa), again).status_code == 302
    rosa.refresh_from_db()
    assert (rosa.note, rosa.topics) == ("Typed here", "housing")


# Touchpoints --------------------------------------------------------------------------------------
def test_a_touchpoint_is_recorded_from_the_page(
    cast: Any, client_of: Any, rosa: Any, plan: Any, today: date
) -> None:
    story = factories.make_story(plan, title="Open on Saturday")
    client = client_of(cast.colleague)
    quick = client.get(at("stakeholder", rosa)).context["form"]
    assert quick.initial["day"] == today
    data = {"day": str(today), "clock": "00:00", "means": "briefing", "said": "The Saturday hours"}
    data |= {"subject": story.subject_id, "is_briefing": "on", "next_step": "Send the photos"}
    answer = client.post(at("touchpoint-new", rosa), data, follow=True)
    page = answer.content.decode()
    for words in ("The Saturday hours", "Open on Saturday", "Media briefed", "Send the photos"):
        assert words in page
    one = Touchpoint.objects.get()
    assert (one.by, one.plan, one.subject_id) == (cast.colleague, plan, story.subject_id)
    assert "Last spoken today" in page


def test_a_touchpoint_that_cannot_be_loses_nothing(
    cast: Any, client_of: Any, rosa: Any, today: date
) -> None:
    data = {"day": str(today + timedelta(days=3)), "means": "call", "said": "To come"}
    answer = client_of(cast.member).post(at("touchpoint-new", rosa), data)
    page = answer.content.decode()
    assert answer.status_code == 422 and "yet to come" in page and "To come" in page


def test_a_story_elsewhere_can_be_named_by_the_address(
    cast: Any, client_of: Any, rosa: Any, plan: Any, secret: Any
) -> None:
    story, hidden = factories.make_story(plan), factories.make_story(secret, title="The merger")
    client = client_of(cast.colleague)
    shown = client.get(at("touchpoint-new", rosa), {"subject": story.subject_id})
    assert shown.context["form"]["subject"].value() == str(story.subject_id)
    page = client.get(at("touchpoint-new", rosa), {"subject": hidden.subject_id})
    assert "The merger" not in page.content.decode()


def test_who_only_reads_sees_no_contact_details(cast: Any, client_of: Any, rosa: Any) -> None:
    for who, sees in ((cast.member, True), (cast.viewer, False), (cast.expert, False)):
        page = client_of(who).get(at("stakeholder", rosa)).content.decode()
        for word in ("rosa@harbortimes.example", "555 0100", "Prefers calls"):
            assert (word in page) is sees
        assert "They publish these details for their work" in page and "Masthead" in page
        assert (at("stakeholder-erase", rosa) in page) is sees


# Personal data ------------------------------------------------------------------------------------
def test_one_is_taken_out_as_json_on_record(
    cast: Any, client_of: Any, rosa: Any, today: date
) -> None:
    factories.make_touchpoint(rosa, cast.colleague, day=today, said="The rates")
    answer = client_of(cast.member).post(at("stakeholder-export", rosa))
    held = json.loads(answer.content)
    assert answer["Content-Disposition"] == f'attachment; filename="stakeholder-{rosa.pk}.json"'
    assert held["stakeholder"]["email"] == "rosa@harbortimes.example"
    assert (
        held["stakeholder"]["basis"] == "public" and held["stakeholder"]["owner"] == "Maya Member"
    )
    assert [one["said"] for one in held["touchpoints"]] == ["The rates"]
    assert Activity.objects.get(verb="stakeholder.exported").actor == cast.member


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =HYPERLINK(1)"])
def test_no_cell_of_the_list_is_a_formula(cast: Any, client_of: Any, name: str) -> None:
    factories.make_stakeholder(cast.organization, name=name, note="Plain, with comma")
    factories.make_stakeholder(cast.organization, name="Ada", kind="partner")
    answer = client_of(cast.member).post(at("stakeholders-export"), {"kind": "journalist"})
    head, row = csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert row[head.index("Name")] == "'" + name
    assert row[head.index("Note")] == "Plain, with comma"
    assert Activity.objects.get(verb="stakeholders.exported").payload == {"count": 1}


def test_erasing_asks_first_and_then_leaves_a_page_without_a_name(
    cast: Any, client_of: Any, rosa: Any, today: date
) -> None:
    factories.make_touchpoint(rosa, cast.member, day=today, said="Rosa will call")
    client = client_of(cast.member)
    assert "This cannot be undone" in client.get(at("stakeholder-erase", rosa)).content.decode()
    unsure = client.post(at("stakeholder-erase", rosa))
    assert unsure.status_code == 422 and "Tick this if you mean it" in unsure.content.decode()
    done = client.post(at("stakeholder-erase", rosa), {"understood": "on"}, follow=True)
    page = done.content.decode()
    assert "Erased stakeholder" in page and "Rosa" not in page and "1 day" in page
    assert client.get(at("stakeholder-edit", rosa)).status_code == 404
    assert "Rosa" not in client.get(at("stakeholders")).content.decode()
    assert (
        "Rosa"
        not in client.get(
            reverse("own-history", args=["northlake", "stakeholder", rosa.pk]), follow=True
        ).content.decode()
    )
