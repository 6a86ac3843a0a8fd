"""What is due, to whom, and what became of the mail that says so."""

from reminders.models.outbox import Attempt, Message, Obligation
from reminders.models.preferences import Preference

__all__ = ["Attempt", "Message", "Obligation", "Preference"]
