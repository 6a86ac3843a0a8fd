"""The import's sentences in the reader's language."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calendar_app.imports.messages import Message, Value
from calendar_app.imports.words import Field

FIELD_LABELS = {
    Field.DATE: _("Date"),
    Field.TIME: _("Time"),
    Field.DATETIME: _("Date and time"),
    Field.WEEKDAY: _("Weekday"),
    Field.TITLE: _("Title"),
    Field.COPY: _("Copy (the text)"),
    Field.CHANNEL: _("Channel"),
    Field.KIND: _("Format"),
    Field.OWNER: _("Owner"),
    Field.LINK: _("Link"),
    Field.STATUS: _("Status (kept as a note)"),
    Field.HASHTAGS: _("Hashtags"),
    Field.TAGS: _("Tags"),
    Field.SLUG: _("Slug"),
    Field.NOTES: _("Notes"),
    Field.IGNORE: _("Leave out"),
}


def sentence(message: Message) -> str:
    """The message in the active language, with its dates as people read them."""
    return message.render(gettext, _show)


def _show(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{date_format(value, 'D j F Y')}, {value:%H:%M}"
    return date_format(value, "D j F Y") if isinstance(value, date) else str(value)
