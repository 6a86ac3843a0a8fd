from django.urls import path

from plans.objectives import views

urlpatterns = [
    path("objectives/<int:objective_id>/", views.objective_page, name="objective"),
    path("objectives/<int:objective_id>/edit/", views.objective_edit, name="objective-edit"),
    path(
        "objectives/<int:objective_id>/readings/new/",
        views.reading_new,
        name="objective-reading-new",
    ),
    path(
        "objectives/<int:objective_id>/readings/<int:reading_id>/remove/",
        views.reading_remove,
        name="objective-reading-remove",
    ),
    path("plans/<int:plan_id>/serves-none/", views.serves_none, name="serves-none"),
    path("streams/drifting/", views.drifting, name="streams-drifting"),
]
