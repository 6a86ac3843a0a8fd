"""Addresses of stakeholders."""

from django.urls import URLPattern, path

from plans.stakeholders import views

urlpatterns: list[URLPattern] = [
    path("stakeholders/", views.stakeholder_list, name="stakeholders"),
    path("stakeholders/new/", views.stakeholder_new, name="stakeholder-new"),
    path("stakeholders/export/", views.stakeholders_export, name="stakeholders-export"),
    path("stakeholders/<int:stakeholder_id>/", views.stakeholder_page, name="stakeholder"),
    path(
        "stakeholders/<int:stakeholder_id>/edit/", views.stakeholder_edit, name="stakeholder-edit"
    ),
    path(
        "stakeholders/<int:stakeholder_id>/archive/",
        views.stakeholder_archive,
        name="stakeholder-archive",
    ),
    path(
        "stakeholders/<int:stakeholder_id>/restore/",
        views.stakeholder_restore,
        name="stakeholder-restore",
    ),
    path(
        "stakeholders/<int:stakeholder_id>/export/",
        views.stakeholder_export,
        name="stakeholder-export",
    ),
    path(
        "stakeholders/<int:stakeholder_id>/erase/",
        views.stakeholder_erase,
        name="stakeholder-erase",
    ),
    path(
        "stakeholders/<int:stakeholder_id>/touchpoints/new/",
        views.touchpoint_new,
        name="touchpoint-new",
    ),
    path(
        "stakeholders/<int:stakeholder_id>/touchpoints/<int:touchpoint_id>/remove/",
        views.touchpoint_remove,
        name="touchpoint-remove",
    ),
]
