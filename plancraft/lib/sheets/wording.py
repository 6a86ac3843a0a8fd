"""The sentences of pure modules in the reader's language: the one module here that knows Django."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext

from plancraft.lib.sheets.messages import Message, Value


def sentence(message: Message) -> str:
    """The message in the active language, with its dates as people read them."""
    return message.render(gettext, _show)


def _show(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{date_format(value, 'D j F Y')}, {value:%H:%M}"
    return date_format(value, "D j F Y") if isinstance(value, date) else str(value)
