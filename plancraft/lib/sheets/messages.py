"""Sentences for people, kept apart from their language.

Pure modules may not import Django, and every sentence they make must be translatable. So they
return a :class:`Message`: an English template with its values. ``str()`` gives the English
sentence; the shell passes ``template`` through gettext and formats it with ``values``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

Value = str | int | date
Values = tuple[tuple[str, Value], ...]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def gettext_noop(text: str) -> str:
    """Mark `text` for translation where it stands; the shell translates it when it is shown."""
    return text


def english_date(day: date) -> str:
    """``Thu 18 March 2027``."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def _english(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{english_date(value.date())}, {value:%H:%M}"
    return english_date(value) if isinstance(value, date) else str(value)


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence: an English ``%(name)s`` template and what goes into it."""

    template: str
    values: Values = ()

    def render(
        self,
        translate: Callable[[str], str] = str,
        show: Callable[[Value], str] = _english,
    ) -> str:
        """Return the sentence, its template by `translate`, its values by `show`."""
        return translate(self.template) % {name: show(value) for name, value in self.values}

    def __str__(self) -> str:
        return self.render()


def say(template: str, **values: Value) -> Message:
    """Make a :class:`Message`; long values are cut so that a sentence stays one."""
    return Message(template, tuple((name, _short(value)) for name, value in values.items()))


def _short(value: Value, limit: int = 80) -> Value:
    if isinstance(value, str) and len(value) > limit:
        return value[: limit - 1].rstrip() + "…"
    return value


class SheetError(Exception):
    """The file cannot be read; `message` says why in one sentence, and nothing was imported."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message
