from django.urls import URLPattern

from calendar_app.imports import urls as imports

urlpatterns: list[URLPattern] = [*imports.urlpatterns]
