"""Tables in Markdown text to rows. Pure.

A table is a line with pipes, a line of dashes below it, and the lines with pipes that follow. Of
what stands in a cell the text is kept; addresses behind links are kept beside it. A pipe belongs
to the text if a backslash stands before it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plancraft.lib.sheets.folding import clean
from plancraft.lib.sheets.grids import Limits, cell_too_long, too_many_columns, too_many_rows

_DASHES = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_PIPE = re.compile(r"(?<!\\)\|")
_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]]{1,200})\]:\s*<?(\S{1,2000}?)>?(?:\s.*)?$")
_IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)?)>?(?:\s[^()]*)?\)")
_NAMED = re.compile(r"\[([^\[\]]+)\](?:\[([^\[\]]*)\])?")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+)>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|\*|~~|`+)(?=\S)([^*~`]+?)(?<=\S)\1")
_UNDERLINED = re.compile(r"(?<!\w)(__|_)(?=\S)([^_]+?)(?<=\S)\1(?!\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SHIELD = 0xE000
"""Escaped marks wait in the private use area of Unicode until the markup is taken off."""
_SHIELDED = re.compile(f"[{chr(_SHIELD + 33)}-{chr(_SHIELD + 126)}]")
_CHECKBOX = re.compile(r"^\[[ xX]\]\s+")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, whether it begins bold, and the links in it as (text, address)."""

    text: str
    strong: bool = False
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its header, and each row with the number of its line."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


def is_markdown(text: str) -> bool:
    """Whether there is a table in the text."""
    return any(True for _ in _blocks(text.splitlines()))


def read_tables(text: str, limits: Limits) -> list[Table]:
    """Every table; raises SheetError where one exceeds `limits`."""
    lines = text.splitlines()
    links = _definitions(lines)
    return [_table(start, block, links, limits) for start, block in _blocks(lines)]


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Each table's first line number, and its lines without the dashes."""
    index = 1
    while index < len(lines):
        if not _begins(lines[index - 1], lines[index]):
            index += 1
            continue
        start, block = index, [lines[index - 1]]
        index += 1
        while index < len(lines) and "|" in lines[index] and lines[index].strip():
            block.append(lines[index])
            index += 1
        yield start, block


def _begins(header: str, dashes: str) -> bool:
    if "|" not in header or "-" not in dashes or len(dashes) > 20_000:
        return False
    return _DASHES.match(dashes) is not None and len(_split(header)) == len(_split(dashes))


def _table(start: int, block: list[str], links: Mapping[str, str], limits: Limits) -> Table:
    if len(block) > limits.rows:
        raise too_many_rows(limits)
    rows = []
    for offset, line in enumerate(block):
        cells = _split(line)
        if len(cells) > limits.columns:
            raise too_many_columns(limits)
        number = start + offset + (1 if offset else 0)
        if len(line) > limits.cell_text:
            raise cell_too_long(number, limits)
        rows.append((number, tuple(read_cell(cell, links) for cell in cells)))
    return Table(rows[0][1], tuple(rows[1:]))


def _split(line: str) -> list[str]:
    bare = line.strip()
    bare = bare[1:] if bare.startswith("|") else bare
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    return [cell.strip().replace("\\|", "|") for cell in _PIPE.split(bare)]


def _definitions(lines: Sequence[str]) -> dict[str, str]:
    """The addresses that are defined elsewhere in the text, by their folded name."""
    matches = (_DEFINITION.match(line) for line in lines if len(line) < 2500)
    return {match[1].casefold(): match[2] for match in matches if match}


def read_cell(source: str, definitions: Mapping[str, str]) -> Cell:
    """A cell without its markup."""
    links: list[tuple[str, str]] = []

    def linked(match: re.Match[str]) -> str:
        links.append((match[1], match[2]))
        return match[1]

    def named(match: re.Match[str]) -> str:
        address = definitions.get((match[2] or match[1]).casefold())
        if address:
            links.append((match[1], address))
        return match[1]

    source = _ESCAPED.sub(lambda match: chr(_SHIELD + ord(match[1])), _CHECKBOX.sub("", source))
    strong = source.startswith(("**", "__"))
    text = _BREAK.sub("\n", _IMAGE.sub(r"\1", source))
    text = _AUTOLINK.sub(r"\1", _NAMED.sub(named, _LINK.sub(linked, text)))
    text = _plain(_TAG.sub("", text))
    found = tuple((_plain(word), address) for word, address in links if _is_web(address))
    return Cell(clean(text), strong, found)


def _plain(text: str) -> str:
    for _ in range(3):  # bold within italics within code, and no deeper
        text = _UNDERLINED.sub(r"\2", _EMPHASIS.sub(r"\2", text))
    return _SHIELDED.sub(lambda match: chr(ord(match[0]) - _SHIELD), html.unescape(text))


def _is_web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://", "mailto:"))
