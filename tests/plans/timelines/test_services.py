"""Bringing dates into a plan, once, all or nothing, and taking them back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from people.errors import NotAllowed, Refused
from people.models import Activity
from plans.models import KeyDate, Plan, Task, TimelineImport, TimelineImportRow
from plans.timelines import queries, services
from plans.timelines.answers import Answers
from plans.timelines.preparing import Outcome
from plans.work.services import finish_task
from tests import factories
from tests.plans.timelines.kit import GARDEN, ROWS, TODAY, brought_in


def uploaded(plan: Plan, by: Any, text: str | bytes = GARDEN) -> TimelineImport:
    content = text.encode() if isinstance(text, str) else text
    return services.upload(plan=plan, file_name="C:\\dates\\garden.md", content=content, by=by)


def main_row(timeline: TimelineImport) -> int:
    main = services.look(timeline=timeline).main
    assert main is not None
    return main


def test_it_works(plan: Plan, cast: Any) -> None:
    timeline = brought_in(plan, cast.manager)
    assert (timeline.rows, timeline.created, timeline.unchanged, timeline.skipped) == (
        ROWS,
        ROWS,
        0,
        0,
    )
    release = KeyDate.objects.get(title="Garden app released")
    assert (release.date, release.kind, release.owner) == (date(2026, 10, 14), "launch", None)
    assert release.note.startswith("For: Builder")
    assert set(KeyDate.objects.values_list("title", "kind")) == {
        ("Garden app released", "launch"),
        ("Harvest fair", "event"),
        ("Thank the helpers", "other"),
    }
    steps = Task.objects.filter(key_date=release)
    assert steps.count() == 9 == Task.objects.count()
    freeze = steps.get(title="Begin Wording freeze")
    assert (freeze.due, freeze.role, freeze.owner) == (date(2026, 9, 18), "Words Lead", None)
    assert "At Fri 18 September 2026, 12:00 UTC." in freeze.description
    assert steps.get(title="Call the local papers").owner == cast.member
    assert steps.get(title="Photo call").due is None
    assert timeline.content is None and timeline.file_name == "garden.md"
    assert Activity.objects.filter(verb="timeline.imported").count() == 1


def test_counts_add_up_and_every_row_says_what_became_of_it(plan: Plan, cast: Any) -> None:
    text = "What,When\nA,2026-09-07\n,2026-09-08\nB,soon\nLaunch,2026-09-09\n"
    timeline = uploaded(plan, cast.manager, text)
    services.answer(timeline=timeline, answers=Answers(chosen={2: "skip"}), by=cast.manager)
    timeline = services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    assert timeline.rows == timeline.created + timeline.unchanged + timeline.skipped == 4
    rows = {row.number: (row.outcome, row.reason) for row in timeline.results.all()}
    assert rows == {
        2: ("skipped", "You left it out."),
        3: ("skipped", "It does not say what is to happen."),
        4: ("created", "The date is still open: “soon”."),
        5: ("created", ""),
    }


def test_the_same_file_again_changes_nothing(plan: Plan, cast: Any) -> None:
    brought_in(plan, cast.manager)
    before = (KeyDate.objects.count(), Task.objects.count())
    again = uploaded(plan, cast.manager)
    prepared = services.look(timeline=again)
    assert prepared.count(Outcome.UNCHANGED) == ROWS
    with pytest.raises(Refused, match="nothing new"):
        services.bring_in(timeline=again, by=cast.manager, today=TODAY)
    assert (KeyDate.objects.count(), Task.objects.count()) == before


def test_a_second_click_changes_nothing(plan: Plan, cast: Any) -> None:
    timeline = brought_in(plan, cast.manager)
    services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    assert Task.objects.count() == 9


def test_a_new_row_joins_what_is_there_and_a_moved_one_is_told(plan: Plan, cast: Any) -> None:
    brought_in(plan, cast.manager)
    changed = GARDEN.replace("Tuesday 6th October", "Wednesday 7th October").replace(
        "| Photo call |",
        "| Print the poster | Pictures | 28 September 2026 | | |\n| Photo call |",
    )
    timeline = uploaded(plan, cast.manager, changed)
    told = [str(p) for row in services.look(timeline=timeline).rows for p in row.problems]
    assert any("stands on Tue 6 October 2026. Move it on its own page." in each for each in told)
    services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    timeline.refresh_from_db()
    assert (timeline.created, timeline.unchanged) == (1, ROWS)
    poster = Task.objects.get(title="Print the poster")
    assert poster.key_date is not None and poster.key_date.title == "Garden app released"
    assert Task.objects.get(title="Second trial").due == date(2026, 10, 6)


def test_roles_go_to_people_and_are_remembered(plan: Plan, cast: Any) -> None:
    timeline = uploaded(plan, cast.manager)
    roles = {"words": str(cast.member.pk), "pictures": str(cast.colleague.pk)}
    roles |= {"builder": str(cast.colleague.pk), "words lead": "", "lead": "999999"}
    services.answer(timeline=timeline, answers=Answers(roles=roles), by=cast.manager)
    services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    leaflet = Task.objects.get(title="Draft the leaflet | poster text")
    assert leaflet.owner is None and leaflet.role == "Words / Pictures"
    assert {c.member for c in leaflet.candidacies.all()} == {cast.member, cast.colleague}
    assert leaflet.decide_by == date(2026, 8, 10)
    trial = Task.objects.get(title="Second trial")
    assert (trial.owner, trial.role) == (cast.colleague, "Builder")
    assert KeyDate.objects.get(title="Garden app released").owner == cast.colleague
    assert KeyDate.objects.get(title="Thank the helpers").owner is None

    other = factories.make_plan(cast.organization, name="Next", starts_on=plan.starts_on)
    prepared = services.look(timeline=uploaded(other, cast.manager))
    known = {role.word: (role.member, role.remembered) for role in prepared.roles}
    assert known["Builder"] == (str(cast.colleague.pk), True)
    assert known["Words Lead"] == ("", False)
    assert known["Maya Member"] == (str(cast.member.pk), True)


def test_one_person_among_unknown_names_helps(plan: Plan, cast: Any) -> None:
    timeline = uploaded(plan, cast.manager)
    answers = Answers(roles={"words": str(cast.member.pk)})
    services.answer(timeline=timeline, answers=answers, by=cast.manager)
    services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    leaflet = Task.objects.get(title="Draft the leaflet | poster text")
    assert (leaflet.owner, leaflet.role) == (None, "Words / Pictures")
    assert [c.member for c in leaflet.collaborations.all()] == [cast.member]


def test_another_key_date_may_be_chosen_or_none(plan: Plan, cast: Any) -> None:
    timeline = uploaded(plan, cast.manager)
    rows = {row.row.what: row.row.number for row in services.look(timeline=timeline).rows}
    answers = Answers(main=rows["Second trial"], chosen={rows["Harvest fair"]: "task"})
    services.answer(timeline=timeline, answers=answers, by=cast.manager)
    timeline = services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    assert Task.objects.filter(key_date__title="Second trial").count() == 7
    assert Task.objects.get(title="Harvest fair").key_date is None
    assert "Until Sat 26 September 2026." in Task.objects.get(title="Harvest fair").description

    other = factories.make_plan(cast.organization, name="No key date", starts_on=plan.starts_on)
    timeline = uploaded(other, cast.manager)
    services.answer(timeline=timeline, answers=Answers(main=0), by=cast.manager)
    services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    assert not KeyDate.objects.filter(plan=other).exists()
    assert Task.objects.filter(plan=other).count() == ROWS


def test_an_open_question_stops_the_import(plan: Plan, cast: Any) -> None:
    timeline = uploaded(plan, cast.manager, "What,When\nA,03/04/2027\nLaunch,05/06/2027\n")
    with pytest.raises(Refused, match="begins with the day or with the month"):
        services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    services.answer(timeline=timeline, answers=Answers(day_first=False), by=cast.manager)
    services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    assert KeyDate.objects.get().date == date(2027, 5, 6)


def test_all_or_nothing(plan: Plan, cast: Any, monkeypatch: Any) -> None:
    timeline = uploaded(plan, cast.manager)
    monkeypatch.setattr("plans.timelines.rules.LONGEST_ROLE", 500)
    long_role = GARDEN.replace("| Seeds Lead |", f"| {'x' * 300} |")
    TimelineImport.objects.filter(pk=timeline.pk).update(content=long_role.encode())
    with pytest.raises(Exception, match="too long"), transaction.atomic():
        services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)
    timeline.refresh_from_db()
    assert timeline.state == "uploaded" and timeline.content is not None
    assert not KeyDate.objects.exists() and not TimelineImportRow.objects.exists()


# Who may ---------------------------------------------------------------------------------------
def test_the_champion_may_and_another_member_may_not(plan: Plan, cast: Any) -> None:
    assert brought_in(plan, cast.colleague).state == "done"
    for by in (cast.member, cast.expert, cast.viewer, cast.outsider, cast.deactivated):
        with pytest.raises(NotAllowed):
            uploaded(plan, by)


def test_it_is_asked_again_at_each_step(plan: Plan, cast: Any) -> None:
    timeline = uploaded(plan, cast.manager)
    for act in (
        lambda: services.answer(timeline=timeline, answers=Answers(), by=cast.member),
        lambda: services.bring_in(timeline=timeline, by=cast.member, today=TODAY),
        lambda: services.discard(timeline=timeline, by=cast.member),
    ):
        with pytest.raises(NotAllowed):
            act()
    Plan.objects.filter(pk=plan.pk).update(state="closed")
    with pytest.raises(Refused, match="closed"):
        services.bring_in(timeline=timeline, by=cast.manager, today=TODAY)


def test_nobody_is_made_to_own_what_they_cannot_see(plan: Plan, cast: Any) -> None:
    Plan.objects.filter(pk=plan.pk).update(is_confidential=True)
    plan.refresh_from_db()
    timeline = uploaded(plan, cast.colleague)
    answers = Answers(roles={"builder": str(cast.member.pk), "lead": str(cast.outsider.pk)})
    services.answer(timeline=timeline, answers=answers, by=cast.colleague)
    services.bring_in(timeline=timeline, by=cast.colleague, today=TODAY)
    assert not Task.objects.exclude(owner=None).exclude(owner=cast.colleague).exists()
    assert not queries.timelines(cast.organization, cast.manager).exists()


# Taking back -------------------------------------------------------------------------------------
def test_undo_removes_what_nobody_touched(plan: Plan, cast: Any) -> None:
    timeline = brought_in(plan, cast.manager)
    assert queries.removable(timeline) == ROWS
    assert services.undo(timeline=timeline, by=cast.manager) == services.Undone(ROWS, 0)
    assert not KeyDate.objects.exists() and not Task.objects.exists()
    assert services.undo(timeline=timeline, by=cast.manager) == services.Undone(0, 0)
    assert brought_in(plan, cast.manager).created == ROWS  # and it may come in again


def test_undo_keeps_what_someone_worked_on_and_its_key_date(plan: Plan, cast: Any) -> None:
    timeline = brought_in(plan, cast.manager)
    finish_task(task=Task.objects.get(title="Second trial"), by=cast.manager)
    assert services.undo(timeline=timeline, by=cast.manager) == services.Undone(ROWS - 2, 2)
    assert [t.title for t in Task.objects.all()] == ["Second trial"]
    assert [k.title for k in KeyDate.objects.all()] == ["Garden app released"]


def test_who_imported_or_a_leader_takes_it_back(plan: Plan, cast: Any) -> None:
    timeline = brought_in(plan, cast.colleague)
    with pytest.raises(NotAllowed):
        services.undo(timeline=timeline, by=cast.member)
    services.undo(timeline=timeline, by=cast.colleague)
    waiting = uploaded(plan, cast.manager)
    with pytest.raises(Refused, match="not imported"):
        services.undo(timeline=waiting, by=cast.manager)


def test_a_file_is_thrown_away(plan: Plan, cast: Any) -> None:
    timeline = uploaded(plan, cast.manager)
    services.discard(timeline=timeline, by=cast.manager)
    services.discard(timeline=timeline, by=cast.manager)
    assert not TimelineImport.objects.exists()
    with pytest.raises(Refused, match="already"):
        services.discard(timeline=brought_in(plan, cast.manager), by=cast.manager)


def test_files_that_nobody_brought_in_are_forgotten_after_a_day(plan: Plan, cast: Any) -> None:
    done, waiting = brought_in(plan, cast.manager), uploaded(plan, cast.manager)
    now = waiting.created_at
    assert services.forget_old_files(now=now + timedelta(hours=23)) == 0
    assert services.forget_old_files(now=now + timedelta(hours=25)) == 1
    assert list(TimelineImport.objects.all()) == [done]
