from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        """Enter how this room's activities read, and the sealer's age for the status page."""
        from people import descriptions, sealing, titles  # noqa: F401
        from plancraft.lib.health import OLDEST_DUE

        OLDEST_DUE["audit trail"] = sealing.oldest_late
