from django.urls import URLPattern, path

from dashboards import views

urlpatterns: list[URLPattern] = [
    path("my-work/", views.my_work, name="my-work"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/week/", views.dashboard_week, name="dashboard-week"),
    path("dashboard/overdue/", views.dashboard_overdue, name="dashboard-overdue"),
]
