"""Records that the import's pages show; built before rendering, so that templates query nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendar_app.imports.matching import KnownChannel
from calendar_app.imports.preparing import Prepared
from calendar_app.imports.preview import Outcome, PostDraft, RowPreview
from calendar_app.imports.words import Field
from plancraft.lib.sheets.wording import sentence

PER_PAGE = 100


@dataclass(frozen=True)
class PostLine:
    """One post of a row: where, and when on the wall there (None: undated)."""

    kind: str
    channel: str
    local: datetime | None
    historical: bool


@dataclass(frozen=True)
class RowLine:
    """One row of the preview, in words."""

    number: int
    outcome: str
    title: str
    posts: tuple[PostLine, ...]
    owner: str
    reason: str
    problems: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True)
class Figure:
    """One figure of the summary strip."""

    value: int
    label: str
    url: str = ""
    kind: str = "ok"
    icon: str = "plus-lg"


SHOWN = {
    "": lambda row: True,
    "create": lambda row: row.outcome is Outcome.CREATE,
    "unchanged": lambda row: row.outcome is Outcome.UNCHANGED,
    "skip": lambda row: row.outcome is Outcome.SKIP and not row.is_open,
    "open": lambda row: row.is_open,
    "problems": lambda row: bool(row.problems),
}


def rows_shown(prepared: Prepared, show: str) -> list[RowPreview]:
    """The rows of a filter of the preview; an unknown filter shows all."""
    wanted = SHOWN.get(show, SHOWN[""])
    return [row for row in prepared.preview.rows if wanted(row)]


def row_lines(prepared: Prepared, rows: Sequence[RowPreview]) -> list[RowLine]:
    """The rows in words."""
    channels = {channel.key: channel for channel in prepared.options.channels}
    people = {person.key: person.name for person in prepared.options.people}
    titles = [i for i, field in prepared.fields.items() if field is Field.TITLE]
    return [_row_line(row, channels, people, titles) for row in rows]


def _row_line(
    row: RowPreview,
    channels: dict[str, KnownChannel],
    people: dict[str, str],
    titles: list[int],
) -> RowLine:
    draft = row.draft
    said = next((row.cells[i] for i in titles if i < len(row.cells) and row.cells[i]), "")
    said = said or " · ".join(cell for cell in row.cells if cell)
    return RowLine(
        number=row.number,
        outcome=row.outcome.value,
        title=draft.title if draft else said[:120],
        posts=tuple(_post_line(post, channels) for post in draft.posts) if draft else (),
        owner=people.get(draft.owner or "", "") if draft else "",
        reason=sentence(row.reason) if row.reason else "",
        problems=tuple(sentence(problem) for problem in row.problems),
        is_open=row.is_open,
    )


def _post_line(post: PostDraft, channels: dict[str, KnownChannel]) -> PostLine:
    channel = channels[post.channel]
    return PostLine(channel.kind, channel.name, post.local, post.historical)


def figures(prepared: Prepared, url: str) -> list[Figure]:
    """What would happen, each figure a link to its rows."""
    preview = prepared.preview
    problems = sum(bool(row.problems) for row in preview.rows)
    found = [
        Figure(
            preview.created,
            ngettext("story will be created", "stories will be created", preview.created),
            f"{url}?show=create#preview",
        )
    ]
    if preview.unchanged:
        label = ngettext("row imported before", "rows imported before", preview.unchanged)
        found.append(
            Figure(preview.unchanged, label, f"{url}?show=unchanged#preview", icon="check2")
        )
    waiting = sum(row.is_open for row in preview.rows)
    out = preview.skipped - waiting
    label = ngettext("row left out", "rows left out", out)
    found.append(Figure(out, label, f"{url}?show=skip#preview", "ok", "slash-circle"))
    if waiting:
        label = ngettext("row waits for an answer", "rows wait for an answer", waiting)
        found.append(Figure(waiting, label, f"{url}?show=open#preview", "risk", "hourglass-split"))
    if problems:
        label = ngettext("row to look at", "rows to look at", problems)
        icon = "exclamation-triangle-fill"
        found.append(Figure(problems, label, f"{url}?show=problems#preview", "risk", icon))
    return found


def posts_sentence(prepared: Prepared) -> str:
    """How many posts go where: "9 on Instagram, 2 on TikTok"."""
    names = {channel.key: channel.name for channel in prepared.options.channels}
    counts = sorted(prepared.preview.posts_by_channel.items(), key=lambda item: -item[1])
    return ", ".join(
        _("%(count)s on %(channel)s") % {"count": count, "channel": names[key]}
        for key, count in counts
    )


def shift_sentence(prepared: Prepared) -> str:
    """By how much everything moves, or nothing where it stays."""
    weeks = prepared.preview.shift_weeks
    if not weeks:
        return ""
    text = (
        ngettext("Everything moves %(n)s week later.", "Everything moves %(n)s weeks later.", weeks)
        if weeks > 0
        else ngettext(
            "Everything moves %(n)s week earlier.", "Everything moves %(n)s weeks earlier.", -weeks
        )
    )
    return text % {"n": abs(weeks)}


def people_sentence(prepared: Prepared) -> str:
    """Who is named and not known here."""
    unknown: Any = prepared.preview.unknown_people
    if not unknown:
        return ""
    return _("Not known here, so nobody is made owner in their place: %(names)s.") % {
        "names": ", ".join(f"{name} ({count})" for name, count in unknown.items())
    }
