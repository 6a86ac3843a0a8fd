"""The main job from end to end, in a real browser: a team's calendar goes in, the promises show the
gaps and what nobody owns, someone takes it, someone else approves it, it goes out, and who is
accountable gets a mail. Seen from 1 January 2027; the files are made up."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from calendar_app.imports import service as imports
from calendar_app.models import ContentItem, ImportBatch, Placement
from reminders import services as reminders
from tests import factories
from tests.browser.conftest import SIZES
from workflow.models import Review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW_YEAR = datetime(2027, 1, 1, 9, tzinfo=UTC)
SHOTS = os.environ.get("PLANCRAFT_SHOTS")
BLOG_DAYS = [
    date(2025, 9, 1) + timedelta(days=7 * week + day) for week in range(8) for day in (0, 2, 4)
]
BLOG = "Date,Day,Title,Slug,WordCount,CTA,Tags\n" + "".join(
    f'{day},{day:%a},"Wool, part {n}",wool-{n},1200,Book a visit,"Care,Home"\n'
    for n, day in enumerate(BLOG_DAYS, 1)
)
NETWORKS = "Instagram Instagram TikTok Instagram Instagram Instagram Facebook Instagram TikTok"
SOCIAL_DAYS = [date(2026, 3, 3) + timedelta(days=n) for n in (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)]
SOCIAL = (
    "Date,Jour,Plateforme,Format,Titre / Hook,Caption (FR),Statut,Notes\n"
    + "".join(
        f'{day},,{network},Story,"Laine {n}","Venez nous voir.",À produire,\n'
        for n, (day, network) in enumerate(
            zip(SOCIAL_DAYS, [*NETWORKS.split(), *["Instagram"] * 3], strict=True), 1
        )
    )
    + ",,,,,,,\n"
    + "".join(f",,,,,,,Pilier {n}\n" for n in range(1, 6))
)


class Person:
    """Somebody at a browser of their own, who signs in with a password."""

    def __init__(self, browser: Any, address: str, membership: Any) -> None:
        membership.user.set_password(factories.PASSWORD)
        membership.user.save()
        context = browser.new_context(viewport=SIZES["desktop"])
        self.page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.address = address
        self.page.goto(f"{address}/accounts/login/")
        self.page.fill("[name=login]", membership.user.email)
        self.page.fill("[name=password]", factories.PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/o/northlake/**")

    def go(self, path: str) -> Any:
        self.page.goto(f"{self.address}/o/northlake/{path}")
        return self.page

    def shoot(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.fixture
def new_year() -> Iterator[Any]:
    with time_machine.travel(NEW_YEAR, tick=True) as clock:
        yield clock


def bring_in(person: Person, plan_id: int, name: str, content: str) -> None:
    """Upload, answer what is asked, look at the preview, import."""
    page = person.go(f"imports/new/?plan={plan_id}")
    file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    page.set_input_files("#id_file", file)
    page.click("text=Read the file")
    page.wait_for_selector("#id_first_week")
    for asked in page.query_selector_all("select[name*=channel]"):
        options = [o.inner_text() for o in asked.query_selector_all("option")]
        wanted = [o for o in options if o.startswith("Create the channel")]
        if wanted:
            asked.select_option(label=wanted[0])
    page.fill("#id_first_week", "2027-01-04")
    page.click("text=Show the preview")
    person.shoot(f"import-{name}")
    page.click("button:has-text('Import')")
    page.wait_for_selector("text=rows")
    imports.run(batch_id=ImportBatch.objects.latest("pk").pk, now=timezone.now())
    page.wait_for_selector("text=stories created")


def promise(person: Person, plan_id: int, channel: str, count: int, days: str = "") -> None:
    page = person.go(f"plans/{plan_id}/promises/new/")
    page.select_option("[name=channel]", label=channel)
    page.fill("[name=count]", str(count))
    page.select_option("[name=per]", "week")
    for day in days.split():
        page.check(f"[name=weekdays][value='{day}']")
    page.click("main button[type=submit]")
    page.wait_for_url(f"**/plans/{plan_id}/**")


def test_the_main_job(
    cast: Any, live_server: Any, browser: Any, new_year: Any, settings: Any
) -> None:
    factories.make_template(cast.organization)
    admin = Person(browser, live_server.url, cast.admin)
    page = admin.go("plans/new/")
    admin.shoot("new-plan")
    page.fill("[name=name]", "Winter wool")
    page.fill("[name=starts_on]", "2027-01-04")
    page.fill("[name=ends_on]", "2027-03-14")
    page.click("main button[type=submit]")
    page.wait_for_url("**/plans/*/")
    plan_id = int(page.url.rstrip("/").split("/")[-1])

    bring_in(admin, plan_id, "blog.csv", BLOG)
    bring_in(admin, plan_id, "social.csv", SOCIAL)
    assert ContentItem.objects.count() == 36
    social = ImportBatch.objects.latest("pk")
    assert (social.rows, social.created, social.unchanged, social.skipped) == (18, 12, 0, 6)
    posts = Counter(Placement.objects.values_list("channel__name", flat=True))
    assert posts == {"Blog": 24, "Instagram": 9, "TikTok": 2, "Facebook": 1}

    promise(admin, plan_id, "Blog", 3, "0 2 4")
    promise(admin, plan_id, "Instagram", 4)
    assert gaps_shown(admin) == EXPECTED_GAPS
    admin.shoot("gaps")

    maya = Person(browser, live_server.url, cast.member)
    fill_one(maya)
    story = take_one(maya, "Wool, part 1")
    write_and_submit(maya, story)
    refused_to_approve_oneself(maya)

    ines = Person(browser, live_server.url, cast.manager)
    page = ines.go(f"stories/{story.pk}/")
    ines.shoot("decision")
    page.click("button[value=approve]")
    page.wait_for_selector("#approval .stepper-done:has-text('Ines Manager')")
    story.refresh_from_db()
    assert story.state == "approved"

    new_year.move_to(datetime(2027, 1, 4, 18, tzinfo=UTC))
    record_that_it_went_out(maya, story)
    story.refresh_from_db()
    assert story.state == "published"

    reminders.plan_all(timezone.now())
    reminders.deliver_due(timezone.now)
    page = admin.go("sent-mail/")
    admin.shoot("sent-mail")
    page.click("table a:has-text('Wool, part 2')")
    page.wait_for_selector(".mail-text:has-text('No one owns these')")
    admin.shoot("sent-message")
    assert "Wool, part 2" in page.inner_text(".mail-text")
    assert "Wool, part 1\n" not in page.inner_text(".mail-text")


def gaps_shown(person: Person) -> set[str]:
    """The name of each gap ahead that the page of gaps shows."""
    page = person.go("gaps/?days=366")
    names = [row.inner_text().strip() for row in page.query_selector_all("#to-fill p.work-title")]
    assert len(names) == len(set(names))
    return set(names)


EXPECTED_GAPS = {
    *(f"Blog, {day} March" for day in ("Mon 1", "Wed 3", "Fri 5", "Mon 8", "Wed 10", "Fri 12")),
    *(f"Instagram, week of {day} January" for day in (18, 25)),
    *(f"Instagram, week of {day} February" for day in (1, 8, 15, 22)),
    *(f"Instagram, week of {day} March" for day in (1, 8)),
}


def fill_one(person: Person) -> None:
    page = person.go("gaps/?days=366")
    page.click("a:has-text('Fill') >> nth=0")
    person.shoot("fill")
    page.fill("[name=title]", "Wool in spring")
    page.click("text=Make the draft")
    page.wait_for_url("**/stories/**")
    assert ContentItem.objects.get(title="Wool in spring").owner_id is not None


def take_one(person: Person, title: str) -> ContentItem:
    page = person.go("unowned/")
    person.shoot("unowned")
    page.click(f"button:has-text('I’ll take it'):near(:text('{title}'))")
    page.wait_for_selector(".claimed-row")
    story = ContentItem.objects.get(title=title)
    assert story.owner is not None and story.owner.user.name == "Maya Member"
    return story


def write_and_submit(person: Person, story: ContentItem) -> None:
    page = person.go(f"stories/{story.pk}/edit/")
    page.fill("[name=copy]", "Wool keeps you warm, and it lasts.")
    page.click("main .form-actions button[type=submit]")
    page.wait_for_url(f"**/stories/{story.pk}/")
    person.shoot("before-submit")
    page.click("#approval button:has-text('Submit for approval')")
    page.wait_for_load_state()
    person.shoot("submitted")
    page.wait_for_selector("#approval:has-text('In review')")
    person.shoot("submitted")


def refused_to_approve_oneself(person: Person) -> None:
    """No button offers it, and a request that no button makes is refused."""
    review = Review.objects.get()
    assert person.page.query_selector("button[value=approve]") is None
    status = person.page.evaluate(
        """async ([url, hash, key]) => {
            const body = new FormData();
            const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
            const said = {csrfmiddlewaretoken: token, decision: "approve", hash, key, comment: ""};
            Object.entries(said).forEach(([name, value]) => body.append(name, value));
            return (await fetch(url, {method: "POST", body})).status;
        }""",
        [
            f"/o/northlake/approvals/review/{review.pk}/decide/",
            review.revision.hash,
            str(uuid4()),
        ],
    )
    review.refresh_from_db()
    assert (status, review.state) == (403, "open")


def record_that_it_went_out(person: Person, story: ContentItem) -> None:
    page = person.go(f"stories/{story.pk}/")
    person.shoot("time-to-post")
    page.click("#publish a.btn")
    page.fill("[name=address]", "https://wool.example/part-1")
    page.click("text=Record that it went out")
    page.wait_for_url(f"**/stories/{story.pk}/")
