from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Enters My work and the dashboard in the frame around every page."""

    name = "dashboards"

    def ready(self) -> None:
        from dashboards import shell  # noqa: F401
