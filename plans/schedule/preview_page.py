"""What the page of a preview shows: its rows, its sentences, and what to try instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Membership
from plans.schedule.pages import Note, conflicts, late_words, slack_words, task_url
from plans.schedule.preview import Build, MoveTo, Pin, Preview, Row, Unpin


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A step as it would be. `when` says what becomes of its day."""

    title: str
    url: str
    owner: Membership | None
    role: str
    day: date
    was: date | None
    when: str
    css: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A preview in words: its rows with the key date last, its sentences, and what to try."""

    preview: Preview
    rows: Sequence[PreviewRow]
    sentences: Sequence[str]
    can_apply: bool
    earliest: date | None
    hint: str


def preview_page(preview: Preview) -> PreviewPage:
    """The preview as its page shows it."""
    slug = preview.key_date.organization.slug
    earliest = preview.earliest_feasible
    later = earliest is not None and earliest > preview.new_date and not preview.is_feasible
    return PreviewPage(
        preview=preview,
        rows=[*(_preview_row(slug, row) for row in preview.rows), _launch_row(preview)],
        sentences=_sentences(preview),
        can_apply=_can_apply(preview),
        earliest=earliest if later else None,
        hint=_hint(preview),
    )


def _can_apply(preview: Preview) -> bool:
    """Whether there is anything to do; setting by hand and letting go do something in any case."""
    change = preview.change
    if isinstance(change, Pin | Unpin) or not preview.changes_nothing:
        return True
    return isinstance(change, Build) and change.version.pk != preview.key_date.template_version_id


def _preview_row(slug: str, row: Row) -> PreviewRow:
    return PreviewRow(
        title=row.title,
        url=task_url(slug, row.task),
        owner=row.owner,
        role=row.role,
        day=row.new,
        was=row.old if row.moves else None,
        when=_when(row),
        css="back-none" if row.owner is None and row.held != "done" else "back-plan",
        notes=tuple(_notes(row)),
    )


def _when(row: Row) -> str:
    if row.held == "done":
        return _("done")
    if row.is_new:
        return _("new")
    if row.moves and row.old is not None:
        return distance(row.old, row.new)
    return _("set by hand") if row.held else _("stays")


def distance(old: date, new: date) -> str:
    """By how many days of the calendar something moves, and which way."""
    n = abs((new - old).days)
    if new > old:
        return ngettext("%(n)d day later", "%(n)d days later", n) % {"n": n}
    return ngettext("%(n)d day earlier", "%(n)d days earlier", n) % {"n": n}


def _notes(row: Row) -> Iterable[Note]:
    if row.late_at_birth:
        if row.is_new:
            words = ngettext(
                "Late from the start, by %(n)d working day",
                "Late from the start, by %(n)d working days",
                row.late_by,
            ) % {"n": row.late_by}
        else:
            words = late_words(row.late_by)
        yield Note(words, "exclamation-triangle-fill", "late")
    yield from conflicts(row)
    if not row.held and not row.late_at_birth and not row.conflicts:
        yield Note(slack_words(row.slack))


def _launch_row(preview: Preview) -> PreviewRow:
    key_date, moved = preview.key_date, preview.old_date != preview.new_date
    return PreviewRow(
        title=key_date.title,
        url="",
        owner=key_date.owner,
        role="",
        day=preview.new_date,
        was=preview.old_date if moved else None,
        when=distance(preview.old_date, preview.new_date) if moved else _("stays"),
        css="back-launch",
        notes=(),
    )


def _sentences(preview: Preview) -> list[str]:
    """What would happen, in the order in which one asks."""
    if preview.changes_nothing:
        return [_("Every step stays where it is.")]
    found = []
    if preview.new:
        n = len(preview.new)
        words = ngettext("%(n)d step is made.", "%(n)d steps are made.", n)
        found.append(words % {"n": n})
    if preview.moved:
        n = len(preview.moved)
        words = ngettext("%(n)d step moves.", "%(n)d steps move.", n)
        found.append(words % {"n": n})
    if preview.late:
        n = len(preview.late)
        words = ngettext("%(n)d would be late already.", "%(n)d would be late already.", n)
        found.append(words % {"n": n})
    if preview.affected:
        names = ", ".join(member.name for member in preview.affected)
        found.append(_("Told once each: %(names)s.") % {"names": names})
    return found


def _hint(preview: Preview) -> str:
    """What the earliest feasible date says about this one."""
    earliest, margin = preview.earliest_feasible, preview.margin
    if not preview.rows:
        return ""
    if earliest is None:
        return _("No day would do: a step that was done or set by hand stands in the way.")
    day = date_format(earliest, "D j F Y")
    if earliest > preview.new_date:
        return _("The earliest day on which everything fits is %(day)s.") % {"day": day}
    if margin:
        words = ngettext(
            "It could come forward by %(n)d working day: from %(day)s on everything fits.",
            "It could come forward by %(n)d working days: from %(day)s on everything fits.",
            margin,
        )
        return words % {"n": margin, "day": day}
    return _("This is the earliest day on which everything fits.")


def earliest_words(day: date) -> str:
    """The words of the button that takes the earliest feasible date."""
    return _("Use %(day)s instead") % {"day": date_format(day, "D j F")}


def moves_day(preview: Preview) -> bool:
    """Whether the change itself says the key date's day, so that another one can be tried."""
    return isinstance(preview.change, Build | MoveTo)
