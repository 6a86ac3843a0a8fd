from django.urls import path

from plans.playbook import views, views_playbook

urlpatterns = [
    path("questions/", views.question_list, name="questions"),
    path("questions/new/", views.question_new, name="question-new"),
    path("questions/<int:question_id>/", views.question_page, name="question"),
    path("questions/<int:question_id>/answer/", views.question_answer, name="question-answer"),
    path("questions/<int:question_id>/take/", views.question_take, name="question-take"),
    path("questions/<int:question_id>/ask-another/", views.question_another, name="question-other"),
    path("questions/<int:question_id>/state/", views.question_state, name="question-state"),
    path(
        "questions/<int:question_id>/answers/<int:answer_id>/",
        views.answer_edit,
        name="answer-edit",
    ),
    path(
        "questions/<int:question_id>/answers/<int:answer_id>/accept/",
        views.answer_accept,
        name="answer-accept",
    ),
    path(
        "questions/<int:question_id>/publish/",
        views_playbook.question_publish,
        name="question-publish",
    ),
    path("playbook/", views_playbook.playbook, name="playbook"),
    path("playbook/new/", views_playbook.entry_new, name="playbook-new"),
    path("playbook/<int:entry_id>/", views_playbook.entry_page, name="playbook-entry"),
    path("playbook/<int:entry_id>/edit/", views_playbook.entry_edit, name="playbook-edit"),
    path("playbook/<int:entry_id>/history/", views_playbook.entry_history, name="playbook-history"),
    path("playbook/<int:entry_id>/archive/", views_playbook.entry_archive, name="playbook-archive"),
    path("playbook/<int:entry_id>/restore/", views_playbook.entry_restore, name="playbook-restore"),
]
