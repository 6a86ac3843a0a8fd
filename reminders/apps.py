from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"

    def ready(self) -> None:
        """Enter the frame's links, the age of the queue, and how our activities read."""
        from plancraft.lib.health import OLDEST_DUE
        from reminders import frame, queries  # noqa: F401

        OLDEST_DUE["reminders"] = queries.oldest_due
