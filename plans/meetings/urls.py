from django.urls import path

from plans.meetings.views import running, series

urlpatterns = [
    path("meetings/", series.meeting_list, name="meetings"),
    path("meetings/new/", series.series_new, name="meeting-new"),
    path("meetings/preview/", series.series_preview, name="meeting-preview"),
    path("meetings/series/<int:series_id>/", series.series_page, name="meeting-series"),
    path("meetings/series/<int:series_id>/edit/", series.series_edit, name="meeting-series-edit"),
    path("meetings/series/<int:series_id>/end/", series.series_end, name="meeting-series-end"),
    path("meetings/series/<int:series_id>/noticed/", series.series_flag, name="meeting-flag"),
    path(
        "meetings/series/<int:series_id>/calendar.ics", series.series_calendar, name="meeting-ics"
    ),
    path(
        "meetings/series/<int:series_id>/<str:day>/",
        series.occurrence_page,
        name="meeting-occurrence",
    ),
    path(
        "meetings/series/<int:series_id>/<str:day>/open/",
        series.occurrence_open,
        name="meeting-open",
    ),
    path(
        "meetings/series/<int:series_id>/<str:day>/change/",
        series.occurrence_change,
        name="meeting-change",
    ),
    path(
        "meetings/series/<int:series_id>/<str:day>/cancel/",
        series.occurrence_cancel,
        name="meeting-cancel",
    ),
    path("meetings/<int:meeting_id>/", running.meeting_page, name="meeting"),
    path("meetings/<int:meeting_id>/draw/", running.agenda_draw, name="meeting-draw"),
    path("meetings/<int:meeting_id>/agenda/", running.agenda_add, name="meeting-agenda"),
    path(
        "meetings/<int:meeting_id>/agenda/<int:item_id>/",
        running.agenda_item,
        name="meeting-agenda-item",
    ),
    path("meetings/<int:meeting_id>/notes/", running.notes_save, name="meeting-notes"),
    path("meetings/<int:meeting_id>/decisions/", running.decision_add, name="meeting-decision"),
    path(
        "meetings/<int:meeting_id>/decisions/<int:decision_id>/remove/",
        running.decision_remove,
        name="meeting-decision-remove",
    ),
    path("meetings/<int:meeting_id>/actions/", running.action_add, name="meeting-action"),
    path(
        "meetings/<int:meeting_id>/actions/<int:action_id>/",
        running.action_item,
        name="meeting-action-item",
    ),
    path("meetings/<int:meeting_id>/answer/", running.meeting_answer, name="meeting-answer"),
    path("meetings/<int:meeting_id>/minutes/", running.minutes_page, name="meeting-minutes"),
    path(
        "meetings/<int:meeting_id>/minutes/send/",
        running.minutes_send,
        name="meeting-minutes-send",
    ),
    path("meetings/<int:meeting_id>/restore/", running.meeting_restore, name="meeting-restore"),
]
