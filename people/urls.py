from django.urls import path

from people import views

urlpatterns = [
    path("", views.home, name="home"),
    path("o/<slug:organization>/", views.organization_home, name="organization-home"),
]
