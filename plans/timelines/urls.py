"""Addresses of imported dates, and of learning a back-schedule from a key date."""

from django.urls import path

from plans.timelines import views
from plans.timelines.learning_views import key_date_learn

urlpatterns = [
    path("timelines/", views.timelines, name="timelines"),
    path("timelines/new/", views.timeline_new, name="timeline-new"),
    path("timelines/<int:timeline_id>/", views.timeline, name="timeline"),
    path("timelines/<int:timeline_id>/answers/", views.timeline_answer, name="timeline-answer"),
    path("timelines/<int:timeline_id>/start/", views.timeline_start, name="timeline-start"),
    path("timelines/<int:timeline_id>/undo/", views.timeline_undo, name="timeline-undo"),
    path("timelines/<int:timeline_id>/discard/", views.timeline_discard, name="timeline-discard"),
    path("key-dates/<int:key_date_id>/learn/", key_date_learn, name="key-date-learn"),
]
