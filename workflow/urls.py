"""Addresses of ownership and approval, all below `/o/<organization>/`."""

from django.urls import path

from workflow import views

urlpatterns = [
    path("own/<slug:slug>/<int:pk>/claim/", views.own_claim, name="own-claim"),
    path("own/<slug:slug>/<int:pk>/undo/", views.own_undo, name="own-undo"),
    path("own/<slug:slug>/<int:pk>/assign/", views.own_assign, name="own-assign"),
    path("own/<slug:slug>/<int:pk>/hand-on/", views.own_hand_on, name="own-hand-on"),
    path("own/<slug:slug>/<int:pk>/give-up/", views.own_vacate, name="own-vacate"),
    path("own/<slug:slug>/<int:pk>/", views.own_history, name="own-history"),
    path("asked/<int:handover_id>/answer/", views.handover_answer, name="handover-answer"),
    path("asked/<int:handover_id>/withdraw/", views.handover_withdraw, name="handover-withdraw"),
    path("unowned/", views.unowned, name="unowned"),
    path("approvals/", views.approvals, name="approvals"),
    path("approvals/submit/<int:subject_id>/", views.review_submit, name="review-submit"),
    path("approvals/release/<int:subject_id>/", views.review_release, name="review-release"),
    path("approvals/review/<int:review_id>/decide/", views.review_decide, name="review-decide"),
    path(
        "approvals/review/<int:review_id>/withdraw/", views.review_withdraw, name="review-withdraw"
    ),
    path(
        "approvals/<int:approval_id>/withdraw/", views.approval_withdraw, name="approval-withdraw"
    ),
    path("approvals/revision/<int:revision_id>/", views.revision, name="revision"),
    path("settings/approval/", views.workflow_settings, name="workflow-settings"),
    path("settings/approval/new/", views.workflow_new, name="workflow-new"),
    path("settings/approval/<int:template_id>/", views.workflow_edit, name="workflow-edit"),
    path("settings/approval/<int:template_id>/end/", views.workflow_remove, name="workflow-remove"),
]
