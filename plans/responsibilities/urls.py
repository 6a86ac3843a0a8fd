from django.urls import path

from plans.responsibilities import views

urlpatterns = [
    path("plans/<int:plan_id>/responsibilities/", views.matrix_page, name="responsibilities"),
    path(
        "plans/<int:plan_id>/responsibilities/<slug:slug>/<int:pk>/",
        views.row_edit,
        name="responsibility-edit",
    ),
]
