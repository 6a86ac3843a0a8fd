from django.urls import path

from plans.life import views

urlpatterns = [
    path("plans/<int:plan_id>/approved/", views.approved_page, name="plan-approved"),
]
