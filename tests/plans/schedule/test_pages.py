"""The pages of key dates and of building back: what they show, what they do, what they refuse."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Activity, ClosureDay
from plans.models import KeyDate, Plan, Task, TaskLink
from plans.schedule import queries
from tests import factories

BASE = "/o/northlake"


def ahead(days: int) -> date:
    """A working day so many weeks-ish ahead of today: the first Wednesday from then on."""
    day = timezone.now().date() + timedelta(days=days)
    return day + timedelta(days=(2 - day.weekday()) % 7)


@pytest.fixture
def launch(plan: Plan, cast: Any) -> KeyDate:
    """A launch ten weeks ahead, so that its steps are ahead too."""
    return factories.make_key_date(plan, title="Launch", date=ahead(70), owner=cast.colleague)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, page
    return found[1]


def form_of(**changes: Any) -> dict[str, Any]:
    return {"title": "Launch", "kind": "launch", "date": ahead(70).isoformat(), **changes}


def build(client: Any, key_date: KeyDate, version: Any, day: date | None = None) -> Any:
    """Look at the preview, then apply it."""
    address = f"{BASE}/key-dates/{key_date.pk}/build/"
    data = {"template": version.template_id, "date": (day or key_date.date).isoformat()}
    seen = text(client.get(address, data))
    return client.post(address, {**data, "token": token(seen)})


# Key dates ---------------------------------------------------------------------------------------
def test_a_key_date_is_entered_and_stands_in_the_list(
    cast: Any, client_of: Any, plan: Plan
) -> None:
    client = client_of(cast.colleague)
    retail = factories.make_department(cast.organization, name="Retail")
    assert "No key date yet" in text(client.get(f"{BASE}/plans/{plan.pk}/key-dates/"))
    answer = client.post(
        f"{BASE}/plans/{plan.pk}/key-dates/new/",
        form_of(title="Branch opening", kind="event", clock="09:30", affected=[retail.pk]),
    )
    key_date = KeyDate.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"{BASE}/key-dates/{key_date.pk}/"
    page = text(client.get(answer["Location"]))
    for words in ("Branch opening", "09:30", "No one owns this key date", "Retail", "Event"):
        assert words in page
    listed = text(client.get(f"{BASE}/plans/{plan.pk}/key-dates/"))
    assert "Branch opening" in listed and "nothing built back yet" in listed


def test_nonsense_is_refused_and_stays_on_the_form(cast: Any, client_of: Any, plan: Plan) -> None:
    client = client_of(cast.manager)
    for changes, sentence in [
        ({"title": ""}, "Give the key date a title."),
        ({"date": "soon"}, "Write the day as year, month and day"),
        ({"date": "0001-01-01"}, "Choose a day between 1900 and 2200."),
        ({"clock": "noonish"}, "Write the time as hours and minutes"),
        ({"kind": "party"}, "not one of the available choices"),
        ({"owner": "99999999"}, "not one of the available choices"),
    ]:
        data = form_of(note="Do not lose me", **changes)
        answer = client.post(f"{BASE}/plans/{plan.pk}/key-dates/new/", data)
        assert answer.status_code == 422, changes
        assert sentence in text(answer) and "Do not lose me" in text(answer)
    assert not KeyDate.objects.exists()


def test_the_second_of_two_editors_is_shown_what_differs(
    cast: Any, client_of: Any, launch: KeyDate
) -> None:
    address = f"{BASE}/key-dates/{launch.pk}/edit/"
    page = text(client_of(cast.manager).get(address))
    assert 'name="date"' not in page and "Move the day" in page
    mine = {"title": "Launch in spring", "kind": "launch", "version": launch.version}
    theirs = {"title": "Launch in the rain", "kind": "launch", "version": launch.version}
    assert client_of(cast.manager).post(address, mine).status_code == 302
    crossed = client_of(cast.colleague).post(address, theirs)
    assert crossed.status_code == 409
    page = text(crossed)
    assert "Launch in spring" in page and "Launch in the rain" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    again = client_of(cast.colleague).post(address, {**theirs, "version": version[1]})
    assert again.status_code == 302
    launch.refresh_from_db()
    assert launch.title == "Launch in the rain"


def test_only_who_edits_the_plan_changes_its_key_dates(
    cast: Any, client_of: Any, launch: KeyDate
) -> None:
    for path in ("edit", "move", "build", "recompute", "call-off"):
        assert (
            client_of(cast.member).get(f"{BASE}/key-dates/{launch.pk}/{path}/").status_code == 403
        )
    for path in ("done", "reopen", "call-off"):
        answer = client_of(cast.member).post(f"{BASE}/key-dates/{launch.pk}/{path}/")
        assert answer.status_code == 403
    page = text(client_of(cast.member).get(f"{BASE}/key-dates/{launch.pk}/"))
    assert "Launch" in page and "Move the day" not in page and "It is done" not in page


def test_a_confidential_plans_key_dates_stay_invisible(
    cast: Any, client_of: Any, launch: KeyDate
) -> None:
    Plan.objects.filter(pk=launch.plan_id).update(is_confidential=True)
    for path in ("", "edit/", "move/", "build/"):
        answer = client_of(cast.manager).get(f"{BASE}/key-dates/{launch.pk}/{path}")
        assert answer.status_code == 404
    assert client_of(cast.colleague).get(f"{BASE}/key-dates/{launch.pk}/").status_code == 200


def test_done_called_off_and_reopened(cast: Any, client_of: Any, launch: KeyDate) -> None:
    client, page = client_of(cast.manager), f"{BASE}/key-dates/{launch.pk}/"
    step = factories.make_task(launch.plan, key_date=launch, due=ahead(7))
    assert client.post(f"{page}done/").status_code == 302
    assert client.post(f"{page}done/").status_code == 302
    refused = client.get(f"{page}move/")
    assert refused.status_code == 409 and "Reopen it to change it" in text(refused)
    assert client.post(f"{page}call-off/").status_code == 409
    assert client.post(f"{page}reopen/").status_code == 302
    asked = text(client.get(f"{page}call-off/"))
    assert "its open step" in asked
    assert client.post(f"{page}call-off/", {"steps": "cancel"}).status_code == 302
    step.refresh_from_db()
    assert step.state == "cancelled"
    assert "1 step was called off" in text(client.get(page)) or "Nothing is built" in text(
        client.get(page)
    )


# Building back -----------------------------------------------------------------------------------
def test_a_template_is_previewed_and_then_built_exactly_so(
    cast: Any, client_of: Any, launch: KeyDate, version: Any
) -> None:
    client = client_of(cast.colleague)
    address = f"{BASE}/key-dates/{launch.pk}/build/"
    assert "Nothing happens yet" in text(client.get(address))
    data = {"template": version.template_id, "date": launch.date.isoformat()}
    seen = text(client.get(address, data))
    for words in (
        "3 steps are made.",
        "Told once each: Maya Member.",
        "No one yet, for Legal",
        "It could come forward by",
        "Preview, nothing saved yet",
    ):
        assert words in seen
    assert not Task.objects.exists()
    answer = client.post(address, {**data, "token": token(seen)})
    assert answer.status_code == 302
    assert Task.objects.count() == 3
    page = text(client.get(answer["Location"]))
    for words in (
        "Legal review",
        "0 of 3 steps done. 2 have no owner.",
        "<svg",
        "No one",
        "Set its day",
    ):
        assert words in page


def test_what_changed_since_the_preview_is_shown_again_and_not_done(
    cast: Any, client_of: Any, launch: KeyDate, version: Any
) -> None:
    client = client_of(cast.colleague)
    address = f"{BASE}/key-dates/{launch.pk}/build/"
    data = {"template": version.template_id, "date": launch.date.isoformat()}
    seen = text(client.get(address, data))
    closed = launch.date - timedelta(days=1)
    ClosureDay.objects.create(organization=cast.organization, date=closed, name="Office closed")
    answer = client.post(address, {**data, "token": token(seen)})
    assert answer.status_code == 409
    assert "Something changed since this preview was made" in text(answer)
    assert not Task.objects.exists()
    fresh = token(text(answer))
    assert fresh != token(seen)
    assert client.post(address, {**data, "token": fresh}).status_code == 302
    assert Task.objects.count() == 3


def test_late_at_birth_names_the_days_and_offers_the_earliest_date(
    cast: Any, client_of: Any, launch: KeyDate, version: Any
) -> None:
    client = client_of(cast.colleague)
    address = f"{BASE}/key-dates/{launch.pk}/build/"
    soon = timezone.now().date() + timedelta(days=2)
    data = {"template": version.template_id, "date": soon.isoformat()}
    page = text(client.get(address, data))
    assert "Late from the start, by" in page and "would be late already" in page
    there = re.search(r'href="([^"]+)">(?:<i[^>]*></i>)?Use [^<]+ instead<', page)
    assert there, page
    better = text(client.get(there[1].replace("&amp;", "&")))
    assert "Late from the start" not in better
    assert "This is the earliest day on which everything fits." in better


def test_nothing_is_built_from_nonsense(cast: Any, client_of: Any, launch: KeyDate) -> None:
    client = client_of(cast.colleague)
    address = f"{BASE}/key-dates/{launch.pk}/build/"
    foreign = factories.make_back_schedule(cast.other_organization)
    for data in (
        {"template": foreign.template_id, "date": "2027-03-01"},
        {"template": "", "date": "2027-03-01"},
        {"template": "x", "date": "yesterday"},
    ):
        assert client.get(address, data).status_code == 400
        assert client.post(address, {**data, "token": "x"}).status_code == 422
    assert not Task.objects.exists()


# Moving ------------------------------------------------------------------------------------------
def test_moving_shows_old_and_new_and_then_moves(
    cast: Any, client_of: Any, launch: KeyDate, version: Any
) -> None:
    client = client_of(cast.colleague)
    build(client, launch, version)
    to = launch.date + timedelta(days=14)
    address = f"{BASE}/key-dates/{launch.pk}/move/"
    seen = text(client.get(address, {"date": to.isoformat()}))
    assert "3 steps move." in seen and "Moves from" in seen
    launch.refresh_from_db()
    assert launch.date == to - timedelta(days=14)
    answer = client.post(address, {"date": to.isoformat(), "token": token(seen)})
    assert answer.status_code == 302
    launch.refresh_from_db()
    assert launch.date == to
    assert Activity.objects.filter(verb="key_date.moved").count() == 1


def test_moving_nowhere_has_nothing_to_do(cast: Any, client_of: Any, launch: KeyDate) -> None:
    client = client_of(cast.colleague)
    page = text(
        client.get(f"{BASE}/key-dates/{launch.pk}/move/", {"date": launch.date.isoformat()})
    )
    assert "There is nothing to change." in page
    assert client.get(f"{BASE}/key-dates/{launch.pk}/move/", {"date": "x"}).status_code == 400


def test_a_step_is_set_by_hand_and_let_go_with_a_preview_of_each(
    cast: Any, client_of: Any, launch: KeyDate, version: Any
) -> None:
    client = client_of(cast.colleague)
    build(client, launch, version)
    legal = Task.objects.get(step_key="legal")
    address = f"{BASE}/key-dates/{launch.pk}/steps/{legal.pk}/"
    assert legal.due is not None
    day = legal.due - timedelta(days=7)
    seen = text(client.get(f"{address}pin/", {"date": day.isoformat()}))
    assert "2 steps move." in seen  # it, and what must come before it
    posted = {"date": day.isoformat(), "token": token(seen)}
    assert client.post(f"{address}pin/", posted).status_code == 302
    legal.refresh_from_db()
    assert legal.pinned and legal.due == day
    page = text(client.get(f"{BASE}/key-dates/{launch.pk}/"))
    assert "set by hand" in page and "Let it be built back" in page
    seen = text(client.get(f"{address}unpin/"))
    assert client.post(f"{address}unpin/", {"token": token(seen)}).status_code == 302
    legal.refresh_from_db()
    assert not legal.pinned and legal.due == day + timedelta(days=7)


def test_a_step_after_what_it_must_precede_is_a_conflict_that_names_both(
    cast: Any, client_of: Any, launch: KeyDate, version: Any
) -> None:
    client = client_of(cast.colleague)
    build(client, launch, version)
    legal = Task.objects.get(step_key="legal")
    day = launch.date + timedelta(days=1)
    page = text(
        client.get(f"{BASE}/key-dates/{launch.pk}/steps/{legal.pk}/pin/", {"date": day.isoformat()})
    )
    assert (
        "“Legal review” stands on" in page and "after “Launch”, which it must come before" in page
    )


def test_a_done_step_cannot_be_set_by_hand(
    cast: Any, client_of: Any, launch: KeyDate, plan: Plan
) -> None:
    done = factories.make_task(
        plan, key_date=launch, due=ahead(7), state="done", done_at=datetime(2026, 1, 5, tzinfo=UTC)
    )
    other = factories.make_task(plan, due=ahead(7))
    client = client_of(cast.colleague)
    address = f"{BASE}/key-dates/{launch.pk}/steps"
    answer = client.get(f"{address}/{done.pk}/pin/", {"date": ahead(14).isoformat()})
    assert answer.status_code == 409 and "what is done never moves" in text(answer)
    assert client.get(f"{address}/{other.pk}/pin/").status_code == 404


def test_a_changed_calendar_is_noticed_and_brought_in_line(
    cast: Any, client_of: Any, launch: KeyDate, version: Any
) -> None:
    client = client_of(cast.colleague)
    build(client, launch, version)
    listed = f"{BASE}/plans/{launch.plan_id}/key-dates/"
    assert "by the working calendar as it is now" not in text(client.get(listed))
    closed = launch.date - timedelta(days=1)
    ClosureDay.objects.create(organization=cast.organization, date=closed, name="Office closed")
    assert "1 key date has steps that would move" in text(client.get(listed))
    assert "By the working calendar and the leads as they are now" in text(
        client.get(f"{BASE}/key-dates/{launch.pk}/")
    )
    address = f"{BASE}/key-dates/{launch.pk}/recompute/"
    seen = text(client.get(address))
    assert client.post(address, {"token": token(seen)}).status_code == 302
    assert "by the working calendar as it is now" not in text(client.get(listed))


def test_pages_cost_the_same_for_one_step_and_for_many(
    cast: Any, client_of: Any, launch: KeyDate, plan: Plan, version: Any
) -> None:
    client = client_of(cast.colleague)
    pages = [
        f"{BASE}/plans/{plan.pk}/key-dates/",
        f"{BASE}/key-dates/{launch.pk}/",
        f"{BASE}/key-dates/{launch.pk}/move/?date={ahead(77)}",
        f"{BASE}/key-dates/{launch.pk}/build/?template={version.template_id}&date={ahead(77)}",
    ]

    def costs() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as made:
                assert client.get(page).status_code == 200
            found.append(len(made))
        return found

    factories.make_task(plan, key_date=launch, due=ahead(7), lead=3, before=[launch])
    first = costs()
    for number in range(12):
        other = factories.make_key_date(plan, date=ahead(60 + number))
        factories.make_task(plan, key_date=other, due=ahead(7), owner=cast.member, before=[other])
        factories.make_task(
            plan, key_date=launch, due=ahead(7), lead=3, owner=cast.manager, before=[launch]
        )
    assert costs() == first
    assert max(first) <= 12, first


def test_the_unowned_list_leads_to_the_key_date(cast: Any, plan: Plan) -> None:
    from plans.schedule.ownables import key_date_url

    key_date = factories.make_key_date(plan)
    assert key_date_url(key_date) == f"{BASE}/key-dates/{key_date.pk}/"
    assert queries.get_key_date(cast.organization, cast.manager, key_date.pk) == key_date


def test_a_circle_made_by_hand_is_named_and_breaks_no_page(
    cast: Any, client_of: Any, launch: KeyDate, plan: Plan
) -> None:
    one = factories.make_task(plan, key_date=launch, title="One", lead=1, due=ahead(7))
    two = factories.make_task(
        plan, key_date=launch, title="Two", lead=1, due=ahead(7), before=[one]
    )
    TaskLink.objects.create(organization=plan.organization, task=one, before_task=two)
    client = client_of(cast.colleague)
    assert client.get(f"{BASE}/plans/{plan.pk}/key-dates/").status_code == 200
    page = text(client.get(f"{BASE}/key-dates/{launch.pk}/"))
    assert "These steps wait for each other" in page and "“Two”" in page
    refused = client.get(f"{BASE}/key-dates/{launch.pk}/move/", {"date": ahead(77).isoformat()})
    assert refused.status_code == 409 and "These steps wait for each other" in text(refused)
