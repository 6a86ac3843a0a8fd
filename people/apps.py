from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        """Enter how this room's activities read."""
        from people import descriptions  # noqa: F401
