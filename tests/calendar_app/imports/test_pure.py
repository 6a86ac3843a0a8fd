"""The pure modules of the import know neither Django nor Celery nor a clock."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import calendar_app.imports
import plancraft.lib.sheets

LIB, HERE = plancraft.lib.sheets, calendar_app.imports
PURE = [
    *((LIB, name) for name in ("messages", "folding", "grids", "csvfiles", "xlsxfiles")),
    *((LIB, name) for name in ("calendarwords", "datecells", "names")),
    *((HERE, name) for name in ("words", "header", "columns", "matching", "preview", "rows")),
]


@pytest.mark.parametrize(("room", "name"), PURE)
def test_pure_modules_import_no_framework(room: Any, name: str) -> None:
    path = Path(room.__path__[0]) / f"{name}.py"
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not {module for module in imported if module.split(".")[0] in ("django", "celery")}
    assert not {module for module in imported if module.endswith((".models", ".service"))}
