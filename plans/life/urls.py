from django.urls import path

from plans.life import views

urlpatterns = [
    path("plans/<int:plan_id>/approved/", views.approved_page, name="plan-approved"),
    path("plans/<int:plan_id>/copy/", views.copy_page, name="plan-copy"),
    path("plans/<int:plan_id>/print/", views.print_page, name="plan-print"),
]
