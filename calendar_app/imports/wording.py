"""What the import calls its fields, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

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
