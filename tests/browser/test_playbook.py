"""In a real browser: the playbook answers while one types, and nothing that was written runs."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from plans.models import Question
from plans.playbook import services
from plans.playbook.records import EntryFields
from tests.browser.conftest import SIZES
from tests.plans.playbook.conftest import MONDAY, ask, publish

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Any, live_server: Any, session: str) -> str:
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return f"{live_server.url}/o/northlake"


def test_suggestions_come_while_typing_and_the_question_is_asked(
    page: Any, live_server: Any, cast: Any, client_of: Any
) -> None:
    services.give_shipped(cast.organization)
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    publish(cast, "Evil <img src=x onerror=alert(1)> embargo", "<script>alert(2)</script>")
    base = sign_in(page, live_server, client_of(cast.member).cookies["sessionid"].value)
    page.set_viewport_size(SIZES["phone"])
    page.goto(f"{base}/questions/new/")
    page.get_by_label("Your question").press_sequentially("When may the embrago lift?")
    page.get_by_role("link", name="Working with an embargo").wait_for()
    assert page.locator("#suggestions mark").first.inner_text().lower().startswith("embargo")
    assert page.get_by_label("Your question").input_value() == "When may the embrago lift?"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_text("Asked. Emil Expert is asked to answer.").wait_for()
    assert Question.objects.get().owner == cast.expert
    page.goto(f"{base}/playbook/?q=evil")
    page.get_by_text("Found").wait_for()
    assert ran == []


def test_an_edit_that_crossed_keeps_what_was_typed(
    page: Any, live_server: Any, cast: Any, client_of: Any
) -> None:
    entry = publish(cast, "Embargo", "One instant.")
    base = sign_in(page, live_server, client_of(cast.manager).cookies["sessionid"].value)
    page.goto(f"{base}/playbook/{entry.pk}/edit/")
    services.edit_entry(
        entry=entry,
        by=cast.expert,
        version=1,
        fields=EntryFields("Embargo", "Two instants.", ""),
        now=MONDAY,
    )
    page.locator("#id_body").fill("Three instants.")
    page.get_by_role("button", name="Save entry").click()
    page.get_by_text("Emil Expert changed this while you were writing.").wait_for()
    assert page.locator("#id_body").input_value() == "Three instants."
    page.get_by_role("button", name="Save mine over it").click()
    page.locator(".prose").get_by_text("Three instants.").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_to_say(
    page: Any, live_server: Any, cast: Any, client_of: Any, theme: str
) -> None:
    services.give_shipped(cast.organization)
    question, nobody = ask(cast), ask(cast, asked=None)
    services.answer(question=question, by=cast.expert, body="- Yes.", now=MONDAY)
    entry = publish(cast, "Embargo", "See [the guide](https://a.example/).", "media")
    base = sign_in(page, live_server, client_of(cast.manager).cookies["sessionid"].value)
    page.emulate_media(color_scheme=theme)
    for path in (
        "questions/",
        "questions/new/",
        f"questions/{question.pk}/",
        f"questions/{nobody.pk}/",
        f"questions/{question.pk}/publish/",
        "playbook/",
        "playbook/?q=embrago",
        f"playbook/{entry.pk}/",
        f"playbook/{entry.pk}/history/",
    ):
        page.goto(f"{base}/{path}")
        found = Axe().run(page).response["violations"]
        said = [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]
        assert said == [], path
