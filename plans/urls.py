from django.urls import include, path

from plans.views import channels, plans, promises, streams

urlpatterns = [
    path("", include("plans.stakeholders.urls")),
    path("", include("plans.meetings.urls")),
    path("", include("plans.playbook.urls")),
    path("", include("plans.objectives.urls")),
    path("", include("plans.life.urls")),
    path("", include("plans.work.urls")),
    path("", include("plans.responsibilities.urls")),
    path("", include("plans.timelines.urls")),
    path("", include("plans.schedule.urls")),
    path("plans/", plans.plan_list, name="plans"),
    path("plans/new/", plans.plan_new, name="plan-new"),
    path("plans/<int:plan_id>/", plans.plan_page, name="plan"),
    path("plans/<int:plan_id>/edit/", plans.plan_edit, name="plan-edit"),
    path("plans/<int:plan_id>/state/", plans.plan_state, name="plan-state"),
    path("plans/<int:plan_id>/take-over/", plans.plan_take_over, name="plan-take-over"),
    path("plans/<int:plan_id>/streams/new/", streams.stream_new, name="stream-new"),
    path("plans/<int:plan_id>/streams/<int:stream_id>/", streams.stream_edit, name="stream-edit"),
    path(
        "plans/<int:plan_id>/streams/<int:stream_id>/archive/",
        streams.stream_archive,
        name="stream-archive",
    ),
    path(
        "plans/<int:plan_id>/streams/<int:stream_id>/restore/",
        streams.stream_restore,
        name="stream-restore",
    ),
    path("plans/<int:plan_id>/promises/new/", promises.promise_new, name="promise-new"),
    path(
        "plans/<int:plan_id>/promises/<int:promise_id>/",
        promises.promise_edit,
        name="promise-edit",
    ),
    path(
        "plans/<int:plan_id>/promises/<int:promise_id>/end/",
        promises.promise_end,
        name="promise-end",
    ),
    path("channels/", channels.channel_list, name="channels"),
    path("channels/new/", channels.channel_new, name="channel-new"),
    path("channels/<int:channel_id>/", channels.channel_page, name="channel"),
    path("channels/<int:channel_id>/edit/", channels.channel_edit, name="channel-edit"),
    path("channels/<int:channel_id>/archive/", channels.channel_archive, name="channel-archive"),
    path("channels/<int:channel_id>/restore/", channels.channel_restore, name="channel-restore"),
    path("blackouts/", channels.blackout_list, name="blackouts"),
    path("blackouts/new/", channels.blackout_new, name="blackout-new"),
    path("blackouts/<int:blackout_id>/remove/", channels.blackout_remove, name="blackout-remove"),
]
