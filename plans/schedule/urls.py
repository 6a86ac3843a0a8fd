from django.urls import path

from plans.schedule.views import building, events, keydates, templates

urlpatterns = [
    path("plans/<int:plan_id>/key-dates/", keydates.key_dates, name="key-dates"),
    path("plans/<int:plan_id>/key-dates/new/", keydates.key_date_new, name="key-date-new"),
    path("key-dates/<int:key_date_id>/", keydates.key_date, name="key-date"),
    path("key-dates/<int:key_date_id>/edit/", keydates.key_date_edit, name="key-date-edit"),
    path("key-dates/<int:key_date_id>/done/", keydates.key_date_done, name="key-date-done"),
    path("key-dates/<int:key_date_id>/call-off/", keydates.key_date_cancel, name="key-date-cancel"),
    path("key-dates/<int:key_date_id>/reopen/", keydates.key_date_reopen, name="key-date-reopen"),
    path("key-dates/<int:key_date_id>/build/", building.build, name="key-date-build"),
    path("key-dates/<int:key_date_id>/move/", building.move, name="key-date-move"),
    path("key-dates/<int:key_date_id>/recompute/", building.recompute, name="key-date-recompute"),
    path("key-dates/<int:key_date_id>/steps/<int:task_id>/pin/", building.pin, name="key-date-pin"),
    path(
        "key-dates/<int:key_date_id>/steps/<int:task_id>/unpin/",
        building.unpin,
        name="key-date-unpin",
    ),
    path("events/", events.event_answers, name="event-answers"),
    path(
        "key-dates/<int:key_date_id>/answers/<int:department_id>/",
        events.event_answer,
        name="event-answer",
    ),
    path("back-schedules/", templates.back_schedules, name="back-schedules"),
    path("back-schedules/new/", templates.back_schedule_new, name="back-schedule-new"),
    path("back-schedules/<int:template_id>/", templates.back_schedule, name="back-schedule"),
    path(
        "back-schedules/<int:template_id>/edit/",
        templates.back_schedule_edit,
        name="back-schedule-edit",
    ),
    path(
        "back-schedules/<int:template_id>/copy/",
        templates.back_schedule_copy,
        name="back-schedule-copy",
    ),
    path(
        "back-schedules/<int:template_id>/archive/",
        templates.back_schedule_archive,
        name="back-schedule-archive",
    ),
    path(
        "back-schedules/<int:template_id>/restore/",
        templates.back_schedule_restore,
        name="back-schedule-restore",
    ),
]
