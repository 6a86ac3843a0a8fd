"""Writing the rows of a timeline as key dates and tasks, through the services that make them."""

from __future__ import annotations

from datetime import date

from people.models import Membership
from people.working_calendar import calendar_of
from plancraft.lib.sheets.messages import Message, gettext_noop, say
from plancraft.lib.sheets.wording import sentence
from plans.models import KeyDate, Task, TimelineImport, TimelineImportRow
from plans.schedule.queries import able_members
from plans.schedule.records import KeyDateFields
from plans.schedule.services import create_key_date
from plans.timelines import rules
from plans.timelines.preparing import Outcome, Planned, Prepared
from plans.timelines.rules import Becomes
from plans.work.services import create_task

OUTCOMES = {
    Outcome.CREATE: TimelineImportRow.Outcome.CREATED,
    Outcome.UNCHANGED: TimelineImportRow.Outcome.UNCHANGED,
    Outcome.SKIP: TimelineImportRow.Outcome.SKIPPED,
}


class Writer:
    """Makes what a file holds; must run inside the transaction that ends the import."""

    def __init__(
        self, timeline: TimelineImport, prepared: Prepared, by: Membership, today: date
    ) -> None:
        self.timeline, self.prepared, self.by, self.today = timeline, prepared, by, today
        self.plan = prepared.plan
        self.members = able_members(self.plan)
        self.calendar = calendar_of(self.plan.organization)
        self.key_dates: dict[int, KeyDate] = {}
        self.tasks: dict[int, Task] = {}

    def write(self) -> None:
        """Key dates first, then what leads to them, then what each row became."""
        for planned in self.prepared.rows:
            if planned.there is not None and planned.there.key_date is not None:
                self.key_dates[planned.row.number] = planned.there.key_date
        for planned in self._to_create(Becomes.KEY_DATE):
            self.key_dates[planned.row.number] = self._key_date(planned)
        for planned in self._to_create(Becomes.STEP):
            self.tasks[planned.row.number] = self._task(planned)
        TimelineImportRow.objects.bulk_create(self._result(row) for row in self.prepared.rows)

    def _to_create(self, becomes: Becomes) -> list[Planned]:
        return [
            planned
            for planned in self.prepared.rows
            if planned.outcome is Outcome.CREATE and planned.choice.becomes is becomes
        ]

    def _key_date(self, planned: Planned) -> KeyDate:
        row, who = planned.row, planned.assigned
        assert row.when.day is not None
        fields = KeyDateFields(
            title=row.what[: rules.LONGEST_TITLE],
            date=row.when.day,
            at=row.when.at,
            kind=rules.suggested_kind(row, row.number == self.prepared.main),
            note=_note(planned, with_role=True),
        )
        return create_key_date(
            plan=self.plan, by=self.by, fields=fields, owner=self._member(who.owner)
        )

    def _task(self, planned: Planned) -> Task:
        row, who = planned.row, planned.assigned
        towards = planned.choice.towards
        candidates = self._all(who.candidates)
        return create_task(
            organization=self.plan.organization,
            plan=self.plan,
            title=row.what[: rules.LONGEST_TITLE],
            by=self.by,
            owner=self._member(who.owner),
            due=row.when.day,
            role=who.role,
            description=_note(planned),
            key_date=None if towards is None else self.key_dates.get(towards),
            collaborators=self._all(who.collaborators),
            candidates=candidates,
            decide_by=rules.decide_by(row.when.day, self.today, self.calendar)
            if candidates
            else None,
        )

    def _member(self, key: str) -> Membership | None:
        return self.members.get(int(key)) if key else None

    def _all(self, keys: tuple[str, ...]) -> list[Membership]:
        return [self.members[int(key)] for key in keys if int(key) in self.members]

    def _result(self, planned: Planned) -> TimelineImportRow:
        number = planned.row.number
        created = planned.outcome is Outcome.CREATE
        step = planned.choice.becomes is Becomes.STEP
        there = planned.there
        key_date = self.key_dates.get(number) if not (created and step) else None
        task = self.tasks.get(number) or (there.task if there else None)
        made = task or key_date
        said = (planned.reason, *planned.problems)
        return TimelineImportRow(
            organization=self.plan.organization,
            timeline=self.timeline,
            number=number,
            key=planned.key,
            what=planned.row.what[: rules.LONGEST_TITLE],
            outcome=OUTCOMES[planned.outcome],
            reason=" ".join(sentence(message) for message in said if message)[:400],
            key_date=None if task else key_date,
            task=task,
            version=made.version if made and created else None,
        )


def _note(planned: Planned, *, with_role: bool = False) -> str:
    """What the file says besides: the moment, the last day, for whom, and its other columns."""
    row, who = planned.row, planned.assigned
    lines = [row.what] if len(row.what) > rules.LONGEST_TITLE else []
    lines += [sentence(message) for message in _facts(planned, with_role and not who.owner)]
    return "\n".join([*lines, row.note]).strip()


def _facts(planned: Planned, with_role: bool) -> list[Message]:
    row, found = planned.row, list[Message]()
    if row.when.at is not None:
        found.append(say(gettext_noop("At %(at)s UTC."), at=row.when.at))
    if row.when.until is not None:
        found.append(say(gettext_noop("Until %(day)s."), day=row.when.until))
    if with_role and row.who:
        found.append(say(gettext_noop("For: %(who)s"), who=row.who))
    return found
