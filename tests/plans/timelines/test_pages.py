"""The pages of imported dates and of learning from them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plans.models import BackScheduleTemplate, KeyDate, Plan, Task, TimelineImport
from plans.timelines import services
from tests import factories
from tests.plans.kit import at
from tests.plans.timelines.kit import GARDEN, ROWS, brought_in


@pytest.fixture
def client(client_of: Any, cast: Any) -> Any:
    return client_of(cast.manager)


@pytest.fixture
def timeline(plan: Plan, cast: Any) -> TimelineImport:
    return services.upload(
        plan=plan, file_name="garden.md", content=GARDEN.encode(), by=cast.manager
    )


def answers(page: str) -> dict[str, str]:
    """What the form of the page would send as it stands."""
    found = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)"\s+selected', options)
        found[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return found


def test_a_file_is_uploaded_and_read(client: Any, plan: Plan) -> None:
    file = SimpleUploadedFile("garden.md", GARDEN.encode())
    response = client.post(at("timeline-new"), {"plan": plan.pk, "file": file})
    made = TimelineImport.objects.get()
    assert response.url == at("timeline", timeline_id=made.pk)
    page = client.get(response.url).content.decode()
    for words in (
        "12 rows, read as follows",
        "Import 12 rows",
        "“22th” was read as 22nd.",
        "“week 4” names a week and no day.",
        "Fri 18 September 2026, 14:00",
        "until Sat 26 September 2026",
        "Nobody yet, for Words / Pictures",
        "The key date",
    ):
        assert words in page
    assert not KeyDate.objects.exists()


def test_text_is_pasted(client: Any, plan: Plan) -> None:
    text = "What\tWho\tWhen\nDraft\tLead\t3 March 2027\nLaunch\tLead\t5 March 2027\n"
    response = client.post(at("timeline-new"), {"plan": plan.pk, "text": text}, follow=True)
    assert "Pasted text" in response.content.decode()
    assert TimelineImport.objects.get().file_name == "Pasted text"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose a file, or paste the dates."),
        ({"text": "hello"}, "Name the columns What, Who and When in the first row."),
        ({"file": b"\x89PNG\r\n"}, "This is no table."),
        ({"file": b"PK\x03\x04 broken"}, "This Excel file is damaged."),
        ({"file": GARDEN.encode(), "text": GARDEN}, "Choose a file or paste the dates, not both."),
    ],
)
def test_nonsense_is_refused_in_a_sentence_and_loses_nothing(
    client: Any, plan: Plan, data: dict[str, Any], sentence: str
) -> None:
    if "file" in data:
        data = {**data, "file": SimpleUploadedFile("x", data["file"])}
    response = client.post(at("timeline-new"), {"plan": plan.pk, **data})
    page = response.content.decode()
    assert response.status_code == 422 and sentence in page
    if data.get("text") == "hello":
        assert ">\nhello</textarea>" in page
    assert not TimelineImport.objects.exists()


def test_foreign_and_closed_plans_are_no_choice(client: Any, plan: Plan, cast: Any) -> None:
    foreign = factories.make_plan(cast.other_organization, name="Theirs")
    for number in (foreign.pk, 10**30, "x"):
        response = client.post(at("timeline-new"), {"plan": number, "text": GARDEN})
        assert response.status_code == 422
    Plan.objects.filter(pk=plan.pk).update(state="closed")
    assert (
        "no plan that you could bring dates into" in client.get(at("timeline-new")).content.decode()
    )


def test_it_is_brought_in(client: Any, timeline: TimelineImport) -> None:
    here = at("timeline", timeline_id=timeline.pk)
    data = answers(client.get(here).content.decode())
    start = at("timeline-start", timeline_id=timeline.pk)
    response = client.post(start, {**data, "start": "1"}, follow=True)
    page = response.content.decode()
    assert "Learn a template from these dates" in page and "Garden app released" in page
    assert Task.objects.count() == 9 and KeyDate.objects.count() == 3
    client.post(start, {**data, "start": "1"})  # a second click
    assert Task.objects.count() == 9


def test_changed_answers_are_shown_before_anything_is_brought_in(
    client: Any, timeline: TimelineImport, cast: Any
) -> None:
    here = at("timeline", timeline_id=timeline.pk)
    data = answers(client.get(here).content.decode())
    [name] = [
        n for n, role in enumerate(services.look(timeline=timeline).roles) if role.word == "Builder"
    ]
    data |= {f"role_{name}": str(cast.member.pk), "row_12": "skip", "start": "1"}
    response = client.post(at("timeline-start", timeline_id=timeline.pk), data, follow=True)
    page = response.content.decode()
    assert "Look at it once more, then import." in page
    assert "Maya Member (Builder)" in page and "You left it out." in page
    assert not Task.objects.exists()


def test_another_key_date_leads_the_rows_anew(client: Any, timeline: TimelineImport) -> None:
    here = at("timeline", timeline_id=timeline.pk)
    data = answers(client.get(here).content.decode())
    [trial] = [
        r.row.number for r in services.look(timeline=timeline).rows if r.row.what == "Second trial"
    ]
    client.post(at("timeline-answer", timeline_id=timeline.pk), {**data, "main": trial})
    again = answers(client.get(here).content.decode())
    assert again["main"] == str(trial) and again["row_7"] == f"step:{trial}"
    assert again["row_16"] == "key_date"  # the release is later now


def test_a_choice_that_is_none_is_refused(client: Any, timeline: TimelineImport) -> None:
    data = answers(client.get(at("timeline", timeline_id=timeline.pk)).content.decode())
    response = client.post(
        at("timeline-answer", timeline_id=timeline.pk), {**data, "row_7": "step:99", "role_0": "7x"}
    )
    assert response.status_code == 422
    timeline.refresh_from_db()
    assert timeline.options["chosen"] == {}


def test_bare_numbers_are_asked_about(client: Any, plan: Plan, cast: Any) -> None:
    text = "What,When\nDraft,03/04/2027\nLaunch,05/06/2027\n"
    made = services.upload(plan=plan, file_name="us.csv", content=text.encode(), by=cast.manager)
    here = at("timeline", timeline_id=made.pk)
    page = client.get(here).content.decode()
    assert "begins with the day or with the month" in page and "Import 2 rows" not in page
    data = {**answers(page), "order": "month"}
    page = client.post(at("timeline-answer", timeline_id=made.pk), data, follow=True).content
    assert "Thu 4 March 2027" in page.decode() and "Import 2 rows" in page.decode()


def test_a_file_that_can_no_longer_be_read_says_so(client: Any, timeline: TimelineImport) -> None:
    TimelineImport.objects.filter(pk=timeline.pk).update(content=b"PK\x03\x04")
    page = client.get(at("timeline", timeline_id=timeline.pk), follow=True).content.decode()
    assert "This Excel file is damaged" in page and "Imports of dates" in page


def test_a_file_is_thrown_away(client: Any, timeline: TimelineImport) -> None:
    response = client.post(at("timeline-discard", timeline_id=timeline.pk), follow=True)
    assert "Nothing was imported." in response.content.decode()
    assert not TimelineImport.objects.exists()


def test_an_import_is_taken_back(client: Any, plan: Plan, cast: Any) -> None:
    made = brought_in(plan, cast.manager)
    undo = at("timeline-undo", timeline_id=made.pk)
    assert "12 key dates and steps are removed" in client.get(undo).content.decode()
    assert Task.objects.count() == 9
    response = client.post(undo, follow=True)
    assert "12 key dates and steps removed." in response.content.decode()
    assert "This import was taken back" in response.content.decode()
    assert not Task.objects.exists()


def test_the_list_shows_only_what_one_may_see(client: Any, plan: Plan, cast: Any) -> None:
    brought_in(plan, cast.manager)
    assert "garden.md" in client.get(at("timelines")).content.decode()
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    assert "garden.md" not in client.get(at("timelines")).content.decode()
    made = TimelineImport.objects.get()
    assert client.get(at("timeline", timeline_id=made.pk)).status_code == 404


def test_statements_do_not_grow_with_rows(
    client: Any, plan: Plan, cast: Any, django_assert_max_num_queries: Any
) -> None:
    made = services.upload(
        plan=plan, file_name="garden.md", content=GARDEN.encode(), by=cast.manager
    )
    client.get(at("timelines"))  # what the process learns once
    for count in range(2):
        with django_assert_max_num_queries(12):
            client.get(at("timeline", timeline_id=made.pk))
        if not count:
            data = answers(client.get(at("timeline", timeline_id=made.pk)).content.decode())
            client.post(at("timeline-start", timeline_id=made.pk), {**data, "start": "1"})
    release = KeyDate.objects.get(title="Garden app released")
    for name, kwargs in (
        ("timelines", {}),
        ("timeline-new", {}),
        ("key-date-learn", {"key_date_id": release.pk}),
    ):
        with django_assert_max_num_queries(12):
            client.get(at(name, **kwargs))


# Learning ----------------------------------------------------------------------------------------
@pytest.fixture
def release(plan: Plan, cast: Any) -> KeyDate:
    brought_in(plan, cast.manager)
    return KeyDate.objects.get(title="Garden app released")


def learn_form(release: KeyDate, **changes: Any) -> dict[str, Any]:
    tasks = Task.objects.filter(key_date=release).exclude(due=None)
    data: dict[str, Any] = {f"keep_{task.pk}": "on" for task in tasks}
    data |= {f"title_{task.pk}": task.title for task in tasks}
    return {"name": "Garden release", **data, **changes}


def test_the_page_shows_each_lead(client: Any, release: KeyDate) -> None:
    page = client.get(at("key-date-learn", key_date_id=release.pk)).content.decode()
    assert "6 working days" in page and "27 working days" in page
    assert "It has no day, so there is nothing to learn from it." in page
    key_date_page = client.get(at("key-date", key_date_id=release.pk)).content.decode()
    assert at("key-date-learn", key_date_id=release.pk) in key_date_page


def test_it_becomes_a_back_schedule(client: Any, release: KeyDate) -> None:
    url = at("key-date-learn", key_date_id=release.pk)
    response = client.post(url, learn_form(release, save="1"))
    template = BackScheduleTemplate.objects.get(name="Garden release")
    assert response.url == at("back-schedule", template_id=template.pk)
    assert template.versions.get().steps.count() == 8 == ROWS - 4


def test_unticked_steps_are_left_and_nothing_is_saved_before(client: Any, release: KeyDate) -> None:
    url = at("key-date-learn", key_date_id=release.pk)
    trial = Task.objects.get(title="Second trial")
    data = learn_form(release)
    del data[f"keep_{trial.pk}"]
    assert "left out" in client.post(url, data).content.decode()
    assert not BackScheduleTemplate.objects.filter(name="Garden release").exists()
    client.post(url, {**data, "save": "1"})
    template = BackScheduleTemplate.objects.get(name="Garden release")
    assert not template.versions.get().steps.filter(title="Second trial").exists()


def test_what_is_wrong_is_said_and_nothing_is_lost(client: Any, release: KeyDate) -> None:
    url = at("key-date-learn", key_date_id=release.pk)
    response = client.post(url, learn_form(release, name="", description="Ours", save="1"))
    assert response.status_code == 422
    assert "Give the back-schedule a name." in response.content.decode()
    assert "Ours" in response.content.decode()
    response = client.post(url, {"name": "Empty", "save": "1"})
    assert "Tick at least one step" in response.content.decode()


def test_a_key_date_without_steps_says_so(client: Any, plan: Plan) -> None:
    bare = factories.make_key_date(plan, title="Bare")
    page = client.get(at("key-date-learn", key_date_id=bare.pk)).content.decode()
    assert "There is nothing to learn from yet" in page
