"""Composes every room's addresses."""

from django.urls import include, path

from plancraft import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("status", views.status, name="status"),
    path("accounts/", include("allauth.urls")),
    path("", include("people.urls")),
    path("o/<slug:organization>/", include("plans.urls")),
    path("o/<slug:organization>/", include("workflow.urls")),
    path("o/<slug:organization>/", include("calendar_app.urls")),
    path("o/<slug:organization>/", include("reminders.urls")),
    path("o/<slug:organization>/", include("dashboards.urls")),
]
