"""The pages of back-schedules: list, editor without script, versions, copy, archive."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import BackScheduleStep, BackScheduleTemplate
from plans.schedule.services import give_shipped
from tests import factories

BASE = "/o/northlake/back-schedules"


@pytest.fixture
def template(cast: Any) -> BackScheduleTemplate:
    return factories.make_back_schedule(cast.organization, name="Launch").template


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def form(*steps: tuple[str, str, int, list[str]], **more: Any) -> dict[str, Any]:
    """A submission of the editor; a step is its key, title, lead, and what it comes before."""
    data: dict[str, Any] = {"name": "Launch", "seen": 1, "row": [key for key, *_rest in steps]}
    for key, title, lead, before in steps:
        data |= {
            f"s-{key}-title": title,
            f"s-{key}-lead": lead,
            f"s-{key}-before": before,
            f"s-{key}-role": f"Role of {title}",
        }
    return {**data, **more}


GOOD = (
    ("new-row-1", "Design it", 5, ["new-row-2"]),
    ("new-row-2", "Check it", 3, ["key_date"]),
)


def keys(page: str) -> list[str]:
    return re.findall(r'name="row" value="([^"]+)"', page)


def test_the_shipped_ones_are_marked(cast: Any, client_of: Any, template: Any) -> None:
    give_shipped(cast.organization)
    page = text(client_of(cast.manager).get(f"{BASE}/"))
    for words in ("Launch", "3 steps", "Product launch", "comes with PlanCraft", "Back-schedules"):
        assert words in page
    assert client_of(cast.member).get(f"{BASE}/").status_code == 403


def test_a_new_one_gets_keys_from_its_titles(cast: Any, client_of: Any) -> None:
    answer = client_of(cast.manager).post(f"{BASE}/new/", form(*GOOD))
    assert answer.status_code == 302
    made = {
        step.key: step for step in BackScheduleStep.objects.filter(version__template__name="Launch")
    }
    assert set(made) == {"design-it", "check-it"}
    assert made["design-it"].before == ["check-it"] and made["check-it"].before == ["key_date"]
    page = text(client_of(cast.manager).get(answer["Location"]))
    assert "5 working days before “Check it”" in page and "before the key date" in page


def test_rows_are_added_and_removed_without_losing_what_was_typed(
    cast: Any, client_of: Any
) -> None:
    client = client_of(cast.manager)
    more = client.post(f"{BASE}/new/", form(*GOOD, add="1", name="Half typed"))
    assert more.status_code == 200
    page = text(more)
    assert keys(page) == ["new-row-1", "new-row-2", "new-row-3"]
    for words in ("Design it", "Check it", "Role of Check it", "Half typed"):
        assert words in page
    assert "is-invalid" not in page
    fewer = text(client.post(f"{BASE}/new/", form(*GOOD, remove="new-row-1")))
    assert keys(fewer) == ["new-row-2"] and "Design it" not in fewer
    assert not BackScheduleTemplate.objects.filter(name="Half typed").exists()


def test_a_circle_is_refused_with_its_steps_named(cast: Any, client_of: Any) -> None:
    circle = (
        ("a", "Design it", 5, ["b"]),
        ("b", "Check it", 3, ["a"]),
    )
    answer = client_of(cast.manager).post(f"{BASE}/new/", form(*circle))
    assert answer.status_code == 422
    page = text(answer)
    assert "“Design it” → “Check it” → “Design it”" in page
    assert "Role of Check it" in page
    assert not BackScheduleTemplate.objects.filter(name="Launch").exists()


def test_nonsense_is_refused_in_words_and_stays(cast: Any, client_of: Any) -> None:
    client = client_of(cast.manager)
    for steps, sentence in [
        ((("a", "", 5, ["key_date"]),), "Step 1, Step: Give the step a title."),
        ((("a", "Design", -1, ["key_date"]),), "at least 0"),
        ((("a", "Design", "soon", ["key_date"]),), "Step 1, Working days:"),
        ((("a", "Design", 5, []),), "Say what it comes before."),
        ((("a", "Design", 5, ["nowhere"]),), "not one of the available choices"),
        ((), "A back-schedule needs at least one step."),
    ]:
        answer = client.post(f"{BASE}/new/", form(*steps, description="Keep me"))
        assert answer.status_code == 422, steps
        assert sentence in text(answer) and "Keep me" in text(answer), sentence
    foreign = client.post(f"{BASE}/new/", form(*GOOD, **{"s-new-row-1-member": cast.outsider.pk}))
    assert foreign.status_code == 422
    assert not BackScheduleTemplate.objects.filter(name="Launch").exists()


def test_an_edit_makes_the_next_version_and_older_ones_are_shown(
    cast: Any, client_of: Any, template: Any
) -> None:
    client, page = client_of(cast.manager), f"{BASE}/{template.pk}/"
    assert keys(text(client.get(f"{page}edit/"))) == ["design", "legal", "brief"]
    changed = form(("design", "Draw it", 8, ["key_date"]), name="Launch")
    assert client.post(f"{page}edit/", changed).status_code == 302
    assert "Draw it" in text(client.get(page)) and "Version 2" in text(client.get(page))
    old = text(client.get(f"{page}?version=1"))
    assert "Legal review" in old and "no longer built" in old
    assert client.get(f"{page}?version=9").status_code == 404


def test_the_second_of_two_editors_is_shown_what_differs(
    cast: Any, client_of: Any, template: Any
) -> None:
    client, page = client_of(cast.manager), f"{BASE}/{template.pk}/edit/"
    client.post(page, form(("design", "Draw it", 8, ["key_date"])))
    mine = form(("design", "Paint it", 2, ["key_date"]))
    crossed = client_of(cast.admin).post(page, mine)
    assert crossed.status_code == 409
    assert "Draw it: 8 before the key date" in text(crossed) and "Paint it" in text(crossed)
    seen = re.search(r'name="seen" value="(\d+)"', text(crossed))
    assert seen and seen[1] == "2"
    assert client_of(cast.admin).post(page, {**mine, "seen": 2}).status_code == 302


def test_copied_archived_and_restored(cast: Any, client_of: Any, template: Any) -> None:
    client, page = client_of(cast.manager), f"{BASE}/{template.pk}/"
    taken = client.post(f"{page}copy/", {"name": "launch"})
    assert taken.status_code == 422 and "This name is taken already" in text(taken)
    assert client.post(f"{page}copy/", {"name": "Launch at ours"}).status_code == 302
    copy = BackScheduleTemplate.objects.get(name="Launch at ours")
    assert copy.versions.get().steps.count() == 3
    assert client.post(f"{page}archive/").status_code == 302
    assert "1 archived" in text(client.get(f"{BASE}/"))
    assert client.post(f"{page}restore/").status_code == 302
    assert "1 archived" not in text(client.get(f"{BASE}/"))


def test_lists_cost_the_same_for_one_and_for_many(cast: Any, client_of: Any, template: Any) -> None:
    client = client_of(cast.manager)
    pages = [f"{BASE}/", f"{BASE}/{template.pk}/", f"{BASE}/{template.pk}/edit/"]

    def costs() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as made:
                client.get(page)
            found.append(len(made))
        return found

    first = costs()
    for _number in range(10):
        factories.make_back_schedule(cast.organization)
    version = template.versions.get()
    for number in range(20):
        BackScheduleStep.objects.create(
            organization=cast.organization,
            version=version,
            key=f"more-{number}",
            title="More",
            before=["key_date"],
            member=cast.member,
        )
    assert costs() == first and max(first) <= 12, first
