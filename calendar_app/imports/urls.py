"""Addresses of the import, under the organization."""

from django.urls import path

from calendar_app.imports import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.import_new, name="import-new"),
    path("imports/<int:batch_id>/", views.import_detail, name="import"),
    path("imports/<int:batch_id>/answers/", views.import_answer, name="import-answer"),
    path("imports/<int:batch_id>/start/", views.import_start, name="import-start"),
    path("imports/<int:batch_id>/progress/", views.import_progress, name="import-progress"),
    path("imports/<int:batch_id>/undo/", views.import_undo, name="import-undo"),
    path("imports/<int:batch_id>/discard/", views.import_discard, name="import-discard"),
]
