"""Verifies an exported audit trail without PlanCraft, its settings or a database.

    python -m people.verify_export FILE [--head EARLIER_FILE]

FILE comes from `manage.py verify_audit --export FILE`: one JSON object a line, a `seal` for each
entry and at the end of each organization its `head`. With `--head`, the heads of an earlier export
must still lie on the chain: that shows a cut tail and a chain written anew. Exits with 1 when
anything is wrong. Only the standard library and `people.chain` are used.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from people.chain import Break, Head, Link, breaks


def read_heads(lines: Iterable[str]) -> list[Head]:
    """The heads that an export names."""
    return [_head(row) for row in _rows(lines) if row["kind"] == "head"]


def verify_lines(lines: Iterable[str], heads: Sequence[Head] = ()) -> list[tuple[int, Break]]:
    """Each break with its organization's number. `ValueError` for a file that is no export."""
    rows = list(_rows(lines))
    found: list[tuple[int, Break]] = []
    seen: set[int] = set()
    for organization, group in groupby(rows, key=lambda row: int(row["organization"])):
        seen.add(organization)
        found += [(organization, b) for b in _organization(organization, list(group), heads)]
    for head in heads:
        if head.organization not in seen:
            gone = Break("cut", head.sequence, "The whole chain of this organization is missing.")
            found.append((head.organization, gone))
    return found


def _organization(
    organization: int, rows: list[dict[str, Any]], heads: Sequence[Head]
) -> Iterator[Break]:
    own = [_head(row) for row in rows if row["kind"] == "head"]
    if not own:
        yield Break("cut", 0, "The export ends before its head: it is not whole.")
    # A chain that has nothing in it yet has a head that no link can match.
    own = [head for head in own if head.sequence]
    links = (_link(row) for row in rows if row["kind"] == "seal")
    yield from breaks(organization, links, [*heads, *own])


def _rows(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if row["kind"] not in ("seal", "head") or not isinstance(row["organization"], int):
                raise ValueError
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"Line {number} is not part of an audit export.") from error
        yield row


def _head(row: dict[str, Any]) -> Head:
    return Head(row["organization"], row["sequence"], row["hash"])


def _link(row: dict[str, Any]) -> Link:
    return Link(row["sequence"], row["previous_hash"], row["hash"], row["facts"])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the number is the exit status."""
    parser = argparse.ArgumentParser(prog="people.verify_export", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--head", type=Path, help="an earlier export, whose heads must still hold")
    options = parser.parse_args(arguments)
    try:
        lines = options.file.read_text(encoding="utf-8").splitlines()
        kept = options.head.read_text(encoding="utf-8").splitlines() if options.head else []
        found = verify_lines(lines, [head for head in read_heads(kept) if head.sequence])
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for organization, each in found:
        where = f"organization {organization}, entry {each.sequence}"
        sys.stdout.write(f"{where}: {each.kind}: {each.sentence}\n")
    if not found:
        sys.stdout.write("The audit trail is whole.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
