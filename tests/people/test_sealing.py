"""The record is append-only, sealed within seconds, and any tampering is found."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from people import sealing, services, verify_export
from people.activity import record
from people.chain import GENESIS, Break, Head, Link, breaks, extend
from people.models import Activity, ActivitySeal, ActivityText
from people.tasks import seal_activities, sweep_unsealed
from tests import factories
from tests.plugins.database import _superuser
from tests.plugins.servers import DATABASE_NAME

ROOT = Path(__file__).resolve().parents[2]


def tamper(sql: str) -> None:
    """As the database's superuser, with every trigger and foreign key switched off."""
    with closing(_superuser(DATABASE_NAME)) as link, link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        assert cursor.rowcount > 0, "the tampering itself must have happened"


def found(organization: Any, heads: list[Head] | None = None) -> list[Break]:
    return list(sealing.verify(organization, now=timezone.now(), heads=heads or []))


@pytest.fixture
def bank(transactional_db: None) -> Iterator[Any]:
    """An organization whose record has five sealed entries, with words and without."""
    organization = factories.make_organization(slug="northlake")
    admin = factories.make_member(organization, "admin", user_fields={"name": "Ada Admin"})
    for name in ("Retail", "Brand", "Press"):
        services.create_department(organization=organization, name=name, by=admin)
    services.change_settings(organization=organization, by=admin, country="CA", week_start=6)
    with transaction.atomic():
        record(organization=organization, actor=None, verb="noticed", subject=organization, n=1)
    assert sealing.seal(now=timezone.now()) == 5
    yield organization


def sql(target: str, change: str, sequence: int = 3) -> str:
    """A change to the activity that stands at that place of the chain."""
    at = f"(SELECT activity_id FROM people_activityseal WHERE sequence = {sequence})"
    return f"{change} WHERE {target} = {at}"


ACTIVITY_CHANGES = {
    "actor_id": "NULL",
    "verb": "'department.deleted'",
    "subject_type": "'people.User'",
    "subject_id": "subject_id + 1",
    "plan_id": "7",
    "payload": "'{\"forged\": true}'",
    "text_digest": "repeat('0', 64)",
    "at": "at - interval '1 microsecond'",
}


class TestTampering:
    def test_an_untouched_record_is_whole(self, bank: Any) -> None:
        assert found(bank) == []

    @pytest.mark.parametrize("field", ACTIVITY_CHANGES)
    def test_each_field_of_an_activity(self, bank: Any, field: str) -> None:
        change = f"UPDATE people_activity SET {field} = {ACTIVITY_CHANGES[field]}"
        tamper(sql("id", change))
        kinds = {(each.kind, each.sequence) for each in found(bank)}
        assert ("changed", 3) in kinds

    def test_every_field_of_the_facts_is_among_those(self) -> None:
        fields = {f.column for f in Activity._meta.concrete_fields}
        assert fields - set(ACTIVITY_CHANGES) == {"id", "organization_id"}, "tested beside"

    def test_an_activity_moved_to_another_organization(self, bank: Any) -> None:
        other = factories.make_organization()
        change = f"UPDATE people_activity SET organization_id = {other.pk}"
        tamper(sql("id", change))
        assert {"changed", "foreign"} <= {each.kind for each in found(bank)}

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            ("hash = repeat('0', 64)", "changed"),
            ("previous_hash = repeat('0', 64)", "changed"),
            ("sequence = 99", "missing"),
        ],
    )
    def test_each_field_of_a_seal(self, bank: Any, change: str, kind: str) -> None:
        tamper(f"UPDATE people_activityseal SET {change} WHERE sequence = 3")
        assert kind in {each.kind for each in found(bank)}

    def test_seals_that_change_places(self, bank: Any) -> None:
        for before, after in ((2, 102), (3, 2), (102, 3)):
            tamper(f"UPDATE people_activityseal SET sequence = {after} WHERE sequence = {before}")
        assert {each.sequence for each in found(bank)} >= {2, 3}

    @pytest.mark.parametrize("sequence", [1, 2, 3, 4])
    def test_each_row_taken_out(self, bank: Any, sequence: int) -> None:
        tamper(sql("id", "DELETE FROM people_activity", sequence))
        assert ("missing", sequence) in {(b.kind, b.sequence) for b in found(bank)}

    @pytest.mark.parametrize("sequence", [1, 2, 3, 4])
    def test_each_seal_taken_out(self, bank: Any, sequence: int) -> None:
        tamper(f"DELETE FROM people_activityseal WHERE sequence = {sequence}")
        sealing.seal(now=timezone.now(), everywhere=True)
        assert ("missing", sequence) in {(b.kind, b.sequence) for b in found(bank)}

    def test_a_cut_tail_shows_against_a_kept_head(self, bank: Any) -> None:
        head = sealing.head_of(bank.pk)
        tamper(sql("id", "DELETE FROM people_activity", 5))
        tamper("DELETE FROM people_activityseal WHERE sequence = 5")
        assert found(bank) == [], "the chain itself cannot know"
        assert [each.kind for each in found(bank, [head])] == ["cut"]

    def test_a_chain_written_anew_shows_against_a_kept_head(self, bank: Any) -> None:
        head = sealing.head_of(bank.pk)
        tamper(sql("id", "UPDATE people_activity SET subject_id = 1"))
        tamper("DELETE FROM people_activityseal")
        sealing.seal(now=timezone.now(), everywhere=True)
        assert found(bank) == [], "the chain itself cannot know"
        assert [each.kind for each in found(bank, [head])] == ["rewritten"]

    @pytest.mark.parametrize("change", ["text = 'Other'", "salt = 'other'"])
    def test_words_that_were_changed(self, bank: Any, change: str) -> None:
        tamper(sql("activity_id", f"UPDATE people_activitytext SET {change}"))
        assert [(each.kind, each.sequence) for each in found(bank)] == [("words", 3)]

    def test_words_that_were_taken_out(self, bank: Any) -> None:
        tamper(sql("activity_id", "DELETE FROM people_activitytext"))
        assert [(each.kind, each.sequence) for each in found(bank)] == [("words", 3)]

    def test_erasing_words_breaks_nothing(self, bank: Any) -> None:
        ActivityText.objects.filter(text="Press").update(text="", salt="", erased_at=timezone.now())
        assert found(bank) == []

    def test_words_put_back_after_erasure(self, bank: Any) -> None:
        ActivityText.objects.filter(text="Press").update(text="Forged", erased_at=timezone.now())
        assert [each.kind for each in found(bank)] == ["words"]


class TestAppendOnly:
    @pytest.mark.parametrize("table", ["people_activity", "people_activityseal"])
    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
    )
    def test_the_application_is_refused(self, bank: Any, table: str, statement: str) -> None:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement.format(table))

    @pytest.mark.parametrize("table", ["people_activity", "people_activityseal"])
    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
    )
    def test_the_owner_is_refused_by_a_trigger(self, bank: Any, table: str, statement: str) -> None:
        with (
            closing(_superuser(DATABASE_NAME)) as link,
            link.cursor() as cursor,
            pytest.raises(psycopg2.errors.RaiseException),
        ):
            cursor.execute(statement.format(table))


class TestSealer:
    def test_the_task_seals_what_waits_and_twice_is_once(self, bank: Any) -> None:
        with transaction.atomic():
            record(organization=bank, actor=None, verb="noticed", subject=bank)
        for _time in range(2):
            seal_activities()
            sweep_unsealed()
        assert ActivitySeal.objects.count() == 6
        assert found(bank) == []

    def test_each_organization_has_a_chain_of_its_own(self, bank: Any) -> None:
        other = factories.make_organization()
        with transaction.atomic():
            record(organization=other, actor=None, verb="noticed", subject=other)
            record(organization=bank, actor=None, verb="noticed", subject=bank)
        sealing.seal(now=timezone.now())
        assert sealing.head_of(other.pk).sequence == 1
        assert sealing.head_of(bank.pk).sequence == 6
        assert found(other) == []

    def test_one_sealer_at_a_time(self, bank: Any) -> None:
        with transaction.atomic():
            record(organization=bank, actor=None, verb="noticed", subject=bank)
        with closing(_superuser(DATABASE_NAME)) as link, link.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [sealing.LOCK])
            assert sealing.seal(now=timezone.now()) == 0
            cursor.execute("SELECT pg_advisory_unlock(%s)", [sealing.LOCK])
        assert sealing.seal(now=timezone.now()) == 1

    def test_many_sealers_and_writers_make_one_whole_chain(self, bank: Any) -> None:
        failures: list[BaseException] = []

        def run(work: Callable[[], Any]) -> None:
            try:
                for _n in range(10):
                    work()
            except BaseException as error:
                failures.append(error)
            finally:
                connection.close()

        def write() -> None:
            with transaction.atomic():
                record(organization=bank, actor=None, verb="noticed", subject=bank)

        works = [write, write, write, *[lambda: sealing.seal(now=timezone.now())] * 3]
        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sealing.seal(now=timezone.now())
        assert failures == []
        assert sealing.head_of(bank.pk).sequence == 35
        assert found(bank) == []

    def test_what_was_committed_late_is_sealed_too(
        self, bank: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An activity with an older number than the newest seal, further back than a quick look."""
        monkeypatch.setattr(sealing, "LOOK_BACK", 0)
        tamper("DELETE FROM people_activityseal WHERE sequence = 5")
        tamper(
            "INSERT INTO people_activity (id, organization_id, verb, subject_type, subject_id, "
            "payload, text_digest, at) SELECT min(id) - 1, min(organization_id), 'late', 'x', 1, "
            "'{}', '', now() FROM people_activity"
        )
        sealing.seal(now=timezone.now())
        assert Activity.objects.get(verb="late").pk in sealing.unsealed().values_list(
            "pk", flat=True
        )
        sweep_unsealed()
        assert not sealing.unsealed().exists()

    def test_the_alarm_rises_after_a_minute(self, bank: Any) -> None:
        with transaction.atomic():
            record(organization=bank, actor=None, verb="noticed", subject=bank)
        now = timezone.now()
        assert not sealing.alarm(now=now)
        alarm = sealing.alarm(now=now + timedelta(minutes=2))
        assert alarm.count == 1
        assert sealing.alarm(now=now + timedelta(minutes=2), organization=bank)
        later = list(sealing.verify(bank, now=now + timedelta(minutes=2)))
        assert [each.kind for each in later] == ["unsealed"]


class TestCommand:
    def run(self, *args: str) -> tuple[int, str]:
        out = io.StringIO()
        try:
            call_command("verify_audit", *args, stdout=out)
        except SystemExit as end:
            return int(end.code or 0), out.getvalue()
        return 0, out.getvalue()

    def test_a_whole_record(self, bank: Any) -> None:
        assert self.run("--organization", "northlake") == (0, "northlake: 5 entries, whole\n")

    def test_one_entry_is_one(self, cast: Any) -> None:
        services.create_department(organization=cast.organization, name="Retail", by=cast.admin)
        sealing.seal(now=timezone.now())
        assert self.run("--organization", "northlake") == (0, "northlake: 1 entry, whole\n")

    def test_a_broken_one_names_the_break(self, bank: Any) -> None:
        tamper(sql("id", "UPDATE people_activity SET verb = 'forged'"))
        status, text = self.run("--json")
        (report,) = json.loads(text)["organizations"]
        assert status == 1
        assert [(b["kind"], b["sequence"]) for b in report["breaks"]] == [("changed", 3)]

    def test_an_export_is_verified_without_a_database(self, bank: Any, tmp_path: Path) -> None:
        early, late = tmp_path / "early.jsonl", tmp_path / "late.jsonl"
        assert self.run("--export", str(early))[0] == 0
        with transaction.atomic():
            record(organization=bank, actor=None, verb="noticed", subject=bank)
        sealing.seal(now=timezone.now())
        assert self.run("--export", str(late), "--head", str(early))[0] == 0
        command = [sys.executable, "-m", "people.verify_export", str(late), "--head", str(early)]
        alone = subprocess.run(
            command, cwd=ROOT, env={}, capture_output=True, text=True, check=False
        )
        assert (alone.returncode, alone.stdout) == (0, "The audit trail is whole.\n")
        assert "Retail" not in late.read_text(), "no words leave with it"
        assert verify_export.main([str(early), "--head", str(late)]) == 1, "a cut tail"
        tampered = late.read_text().replace("department.created", "department.forged", 1)
        late.write_text(tampered)
        assert verify_export.main([str(late)]) == 1
        lines = early.read_text().splitlines()
        early.write_text("\n".join(lines[:-1]))
        assert verify_export.main([str(early)]) == 1, "an export without its end"

    def test_a_cut_tail_is_found_by_the_command(self, bank: Any, tmp_path: Path) -> None:
        kept = tmp_path / "kept.jsonl"
        self.run("--export", str(kept))
        tamper("DELETE FROM people_activityseal WHERE sequence = 5")
        tamper("DELETE FROM people_activity WHERE verb = 'noticed'")
        status, text = self.run("--head", str(kept))
        assert status == 1
        assert "cut" in text

    @pytest.mark.parametrize("content", ["nonsense", '{"kind": "other"}', "[]", '{"kind":"head"}'])
    def test_a_file_that_is_no_export_is_said(
        self, bank: Any, tmp_path: Path, content: str
    ) -> None:
        path = tmp_path / "bad.jsonl"
        path.write_text(content)
        assert verify_export.main([str(path)]) == 2
        with pytest.raises(CommandError, match="cannot be read"):
            self.run("--head", str(path))

    def test_an_unknown_organization_is_said(self, bank: Any) -> None:
        with pytest.raises(CommandError, match="no organization"):
            self.run("--organization", "nowhere")


class TestChain:
    """The pure part, without a database."""

    def chain(self, length: int) -> list[Link]:
        facts = [{"organization": 1, "n": n} for n in range(length)]
        return list(extend(Head(1, 0, GENESIS), facts))

    def test_a_fixed_chain_has_fixed_hashes(self) -> None:
        """Whoever changes the arithmetic breaks every chain that exists: this must not pass."""
        (link,) = extend(Head(1, 0, GENESIS), [{"organization": 1, "verb": "ü", "at": "2027"}])
        assert link.hash == "322a93f929093233b94e65ca05705797460a5e8da9c2038ec30976010e33e2ac"

    def test_breaks_are_named_once_each(self) -> None:
        links = self.chain(6)
        forged = Link(3, links[2].previous_hash, links[2].hash, {"organization": 1, "n": 99})
        assert [b.sequence for b in breaks(1, [*links[:2], forged, *links[3:]])] == [3]

    def test_every_cut_and_swap_is_found(self) -> None:
        links = self.chain(5)
        heads = [Head(1, 5, links[-1].hash)]
        for n in range(5):
            assert list(breaks(1, links[:n] + links[n + 1 :], heads))
        for n in range(4):
            swapped = [*links[:n], links[n + 1], links[n], *links[n + 2 :]]
            assert list(breaks(1, swapped, heads))
        assert list(breaks(1, links, heads)) == []

    def test_an_instant_is_written_in_one_way(self) -> None:
        same = datetime(2027, 1, 1, 12, tzinfo=UTC)
        assert sealing._instant(same) == "2027-01-01T12:00:00.000000+00:00"
