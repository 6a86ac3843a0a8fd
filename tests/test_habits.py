"""Habits of the house, held by tests: read the code as text or tree and name each breach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("people", "workflow", "plans", "calendar_app", "reminders", "dashboards")
CLOCKS = {"now", "today", "localdate", "localtime", "utcnow"}
CLOCK_MAKERS = {"timezone", "datetime", "date", "dt"}
CLOCK_ROOMS = ("views", "tasks", "management", "commands", "runtime", "middleware", "shell")
PURE = {"rules.py", "work_rules.py", "momentum.py", "scenario.py", "gaps.py", "backschedule.py"} | {
    "gap_records.py",
    "gap_detectors.py",
    "gap_scene.py",
}
"""Modules directly in a room that decide and read nothing: the pages of gaps are not among them."""


def sources(*names: str) -> list[Path]:
    """Our own Python files below these folders, migrations left out."""
    folders = names or (*ROOMS, "plancraft")
    return [
        path
        for name in folders
        for path in sorted((ROOT / name).rglob("*.py"))
        if "migrations" not in path.parts
    ]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def test_views_and_forms_never_touch_managers() -> None:
    thin = [p for p in sources(*ROOMS) if re.search(r"(^|_|/)(views|forms)(/|_|\.py)", str(p))]
    assert [str(p) for p in thin if ".objects" in p.read_text(encoding="utf-8")] == []


def test_no_function_over_50_lines_and_no_module_over_500() -> None:
    long = [str(p) for p in sources() if len(p.read_text(encoding="utf-8").splitlines()) > 500]
    for path in sources():
        for node in functions(path):
            if (node.end_lineno or 0) - node.lineno + 1 > 50:
                long.append(place(path, node))
    assert long == []


def test_only_views_tasks_and_commands_read_the_clock() -> None:
    breaches = []
    for path in sources():
        if any(word in path.as_posix() for word in CLOCK_ROOMS):
            continue
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CLOCKS
                and ast.unparse(node.func.value).split(".")[-1] in CLOCK_MAKERS
            ):
                breaches.append(place(path, node))
    assert breaches == []


def test_pure_modules_know_no_framework() -> None:
    breaches, seen = [], set()
    for path in sources():
        if path.name not in PURE or path.parent.parent != ROOT:
            continue
        seen.add(path.name)
        for node in ast.walk(tree(path)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            breaches += [
                place(path, node) for n in names if n.split(".")[0] in {"django", "celery"}
            ]
    assert {"rules.py", "gaps.py", "gap_detectors.py"} <= seen
    assert breaches == []


def test_nothing_listens_to_model_signals() -> None:
    signals = re.compile(r"\b(pre|post)_(save|delete|init)\b|m2m_changed")
    assert [str(p) for p in sources() if signals.search(p.read_text(encoding="utf-8"))] == []


def test_tasks_are_thin() -> None:
    """A task takes ids and calls one service: at most five statements."""
    fat = []
    for path in sources(*ROOMS):
        if path.name != "tasks.py":
            continue
        for node in functions(path):
            body = [s for s in node.body if not _is_docstring(s)]
            if len(body) > 5:
                fat.append(place(path, node))
    assert fat == []


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def test_every_setting_from_the_environment_is_explained() -> None:
    text = (ROOT / "plancraft" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"env(?:_bool|_int|_list)?\(\s*\"([A-Z_]+)\"", text))
    explained = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert read
    assert sorted(name for name in read if not re.search(rf"^#? ?{name}=", explained, re.M)) == []


def test_templates_have_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=\"|\son[a-z]+=\"|\|\s*safe\b", re.I)
    pages = [p for p in (ROOT / "templates").rglob("*.html") if "email" not in p.as_posix()]
    assert pages
    assert [str(p.relative_to(ROOT)) for p in pages if inline.search(p.read_text())] == []


def tenant_models() -> list[type[models.Model]]:
    """Models of our rooms that belong to an organization."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        and any(f.name == "organization" for f in model._meta.get_fields())
    ]


def test_every_tenant_foreign_key_carries_the_organization(db: None) -> None:
    """Read from the database catalogue: no row may point into another organization."""
    tables = {m._meta.db_table for m in tenant_models()}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT src.relname, tgt.relname,
                   array_agg(a.attname::text ORDER BY a.attname) AS columns
            FROM pg_constraint c
            JOIN pg_class src ON src.oid = c.conrelid
            JOIN pg_class tgt ON tgt.oid = c.confrelid
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
            WHERE c.contype = 'f'
            GROUP BY c.oid, src.relname, tgt.relname
            """
        )
        keys = cursor.fetchall()
    inside = [k for k in keys if k[0] in tables and k[1] in tables]
    walled = {
        (k[0], next(c for c in k[2] if c != "organization_id")) for k in inside if len(k[2]) == 2
    }
    single = {(k[0], k[2][0]) for k in inside if len(k[2]) == 1}
    assert single
    assert sorted(single - walled) == []


def test_no_tenant_table_has_a_lone_index_on_its_organization(db: None) -> None:
    """A whole index beginning with it serves the same, and the walls' checks choose no other.

    With both, PostgreSQL may check a composite key by reading every row of the organization.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.relname, i.relname, x.indnkeyatts = 1 AND x.indpred IS NULL AS lone,
                   x.indnkeyatts > 1 AND x.indpred IS NULL AS whole
            FROM pg_index x
            JOIN pg_class i ON i.oid = x.indexrelid
            JOIN pg_class t ON t.oid = x.indrelid
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
            WHERE a.attname = 'organization_id' AND x.indisvalid
            """
        )
        found = cursor.fetchall()
    tables = {m._meta.db_table for m in tenant_models()}
    assert sorted(tables - {table for table, _i, _lone, whole in found if whole}) == []
    assert sorted(index for table, index, lone, _w in found if lone and table in tables) == []


def test_insert_only_tables_are_refused_to_the_application(db: None) -> None:
    """The role that web, workers and tests run as may not change a fact."""
    facts = [m._meta.db_table for m in apps.get_models() if getattr(m, "insert_only", False)]
    assert facts
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        for table in facts:
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
                assert cursor.fetchone() == (False,), f"{right} on {table}"


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_everything_that_is_owned_is_called_something() -> None:
    """Offers and the audit trail name a thing by what its room entered; else it is left out."""
    from people.registry import TITLES
    from workflow.registry import OWNABLES

    assert [o.label for o in OWNABLES.values() if o.label not in TITLES] == []
