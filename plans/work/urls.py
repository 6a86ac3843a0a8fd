from django.urls import path

from plans.work.views import lists, notes, task

urlpatterns = [
    path("tasks/", lists.task_list, name="tasks"),
    path("tasks/new/", task.task_new, name="task-new"),
    path("tasks/bulk/", lists.task_bulk, name="task-bulk"),
    path("tasks/bulk/undo/", lists.task_bulk_undo, name="task-bulk-undo"),
    path("tasks/<int:task_id>/", task.task_page, name="task"),
    path("tasks/<int:task_id>/edit/", task.task_edit, name="task-edit"),
    path("tasks/<int:task_id>/state/", task.task_state, name="task-state"),
    path("tasks/<int:task_id>/precedes/", task.task_links, name="task-links"),
    path("tasks/<int:task_id>/lines/new/", notes.line_new, name="task-line-new"),
    path("tasks/lines/<int:line_id>/", notes.line_change, name="task-line"),
    path("tasks/<int:task_id>/comments/new/", notes.comment_new, name="task-comment-new"),
    path(
        "tasks/comments/<int:comment_id>/remove/", notes.comment_remove, name="task-comment-remove"
    ),
    path("tasks/<int:task_id>/files/new/", notes.file_new, name="task-file-new"),
    path("tasks/files/<int:file_id>/", notes.file_download, name="task-file"),
    path("tasks/files/<int:file_id>/remove/", notes.file_remove, name="task-file-remove"),
]
