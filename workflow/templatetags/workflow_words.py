"""``{{ clock|working_span }}``: working time in words; a day of it is not 24 hours."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from workflow.clock import Clock

register = template.Library()


@register.filter
def working_span(clock: Clock) -> str:
    """2 h 20 min; from ten hours on, hours alone. Under a minute counts as 1 min."""
    hours, minutes = divmod(max(1, clock.minutes), 60)
    parts = [_("%(n)d h") % {"n": hours}] if hours else []
    if minutes and hours < 10:
        parts.append(_("%(n)d min") % {"n": minutes})
    return " ".join(parts)
