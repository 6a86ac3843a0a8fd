"""Log lines that a machine reads."""

from __future__ import annotations

import json
import logging
import sys

from plancraft.lib.logs import JsonFormatter


def line(**more: object) -> dict[str, object]:
    record = logging.LogRecord("room", logging.WARNING, "f.py", 1, "%s waits", ("it",), None)
    record.__dict__.update(more)
    return dict(json.loads(JsonFormatter().format(record)))


def test_a_line_says_when_what_and_where_from() -> None:
    found = line()
    assert found["message"] == "it waits"
    assert (found["level"], found["logger"]) == ("WARNING", "room")
    assert str(found["time"]).endswith("+00:00")


def test_known_extras_are_kept_and_others_are_not() -> None:
    assert line(job=7)["job"] == 7
    assert "password" not in line(password="x")


def test_an_error_brings_its_trace_in_the_same_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        found = line(exc_info=sys.exc_info())
    assert "ValueError" in str(found["error"])
