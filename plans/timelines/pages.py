"""Records that the pages of imported dates show; built before rendering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plancraft.lib.sheets.wording import sentence
from plans.models import TimelineImport, TimelineImportRow
from plans.schedule.ownables import key_date_url
from plans.timelines.forms import AnswersForm
from plans.timelines.preparing import Outcome, Planned, Prepared
from plans.timelines.rules import Becomes
from plans.work.ownables import task_url


@dataclass(frozen=True)
class Figure:
    """One figure of the summary strip."""

    value: int
    label: str
    url: str = ""
    kind: str = "ok"
    icon: str = "plus-lg"


@dataclass(frozen=True)
class Line:
    """One row of the preview, in words; `clock` is on the organization's wall, as its day is."""

    number: int
    title: str
    outcome: str
    is_main: bool
    day: date | None
    clock: time | None
    until: date | None
    who: str
    reason: str
    problems: Sequence[str]
    field: forms.BoundField | None


def lines(prepared: Prepared, form: AnswersForm) -> list[Line]:
    """Every row in words."""
    names = {person.key: person.name for person in prepared.people}
    zone = ZoneInfo(prepared.plan.organization.time_zone)
    return [_line(planned, prepared, form, names, zone) for planned in prepared.rows]


def _line(
    planned: Planned, prepared: Prepared, form: AnswersForm, names: dict[str, str], zone: ZoneInfo
) -> Line:
    row = planned.row
    return Line(
        number=row.number,
        title=row.what,
        outcome=planned.outcome.value,
        is_main=row.number == prepared.main,
        day=row.when.day,
        clock=row.when.at.astimezone(zone).time() if row.when.at else None,
        until=row.when.until,
        who=_who(planned, names),
        reason=sentence(planned.reason) if planned.reason else "",
        problems=[sentence(problem) for problem in planned.problems],
        field=form.row_field(row.number),
    )


def _who(planned: Planned, names: dict[str, str]) -> str:
    """Who owns it, who may, or for which role it waits."""
    who = planned.assigned
    if who.owner:
        name = names.get(who.owner, "")
        return f"{name} ({who.role})" if who.role else name
    if who.candidates:
        people = ", ".join(names.get(key, "") for key in who.candidates)
        if planned.choice.becomes is Becomes.KEY_DATE:
            return _("Nobody yet, for %(role)s") % {"role": who.role}
        return _("To be decided: %(people)s") % {"people": people}
    return _("Nobody yet, for %(role)s") % {"role": who.role} if who.role else _("Nobody yet")


def figures(prepared: Prepared) -> list[Figure]:
    """What the rows come to; the first four are all rows of the file."""
    key_dates, steps = prepared.creates(Becomes.KEY_DATE), prepared.creates(Becomes.STEP)
    unchanged, skipped = prepared.count(Outcome.UNCHANGED), prepared.count(Outcome.SKIP)
    there = ngettext("row already there", "rows already there", unchanged)
    troubled = sum(bool(row.problems) for row in prepared.rows)
    found = [
        Figure(key_dates, ngettext("key date", "key dates", key_dates), icon="flag"),
        Figure(steps, ngettext("step or task", "steps and tasks", steps)),
        Figure(unchanged, there, icon="check2"),
        Figure(skipped, ngettext("row left out", "rows left out", skipped), icon="slash-circle"),
    ]
    if troubled:
        label = ngettext("row to look at", "rows to look at", troubled)
        found.append(Figure(troubled, label, kind="risk", icon="exclamation-triangle-fill"))
    return found


def result_figures(timeline: TimelineImport, url: str) -> list[Figure]:
    """What the rows became; together they are the rows of the file."""
    created = ngettext("created", "created", timeline.created)
    unchanged = ngettext("row already there", "rows already there", timeline.unchanged)
    skipped = ngettext("row left out", "rows left out", timeline.skipped)
    return [
        Figure(timeline.created, created, f"{url}?show=created"),
        Figure(timeline.unchanged, unchanged, f"{url}?show=unchanged", icon="check2"),
        Figure(timeline.skipped, skipped, f"{url}?show=skipped", icon="slash-circle"),
    ]


@dataclass(frozen=True)
class ResultLine:
    """What a row became, with the link to it."""

    number: int
    title: str
    outcome: str
    word: str
    url: str
    day: date | None
    reason: str
    is_key_date: bool


def result_lines(rows: Sequence[TimelineImportRow], timeline: TimelineImport) -> list[ResultLine]:
    """The rows in words."""
    return [_result_line(row, timeline) for row in rows]


def _result_line(row: TimelineImportRow, timeline: TimelineImport) -> ResultLine:
    key_date, task = row.key_date, row.task
    url, word = "", row.get_outcome_display()
    if key_date is not None:
        key_date.organization = timeline.organization
        url, word = key_date_url(key_date), _("Key date")
    elif task is not None:
        task.organization = timeline.organization
        url, word = task_url(task), _("Step") if task.key_date_id else _("Task")
    elif row.outcome == TimelineImportRow.Outcome.CREATED:
        word = _("Taken back")
    return ResultLine(
        number=row.number,
        title=row.what,
        outcome=row.outcome,
        word=str(word),
        url=url,
        day=key_date.date if key_date else task.due if task else None,
        reason=row.reason,
        is_key_date=key_date is not None,
    )
