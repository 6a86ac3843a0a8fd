"""Addresses of gaps and of publication."""

from django.urls import URLPattern, path

from calendar_app.views import gap_pages, publishing

urlpatterns: list[URLPattern] = [
    path("gaps/", gap_pages.gaps, name="gaps"),
    path("gaps/fill/", gap_pages.gap_fill, name="gap-fill"),
    path("gaps/hand-on/", gap_pages.gap_hand_on, name="gap-hand-on"),
    path("gaps/waive/", gap_pages.gap_waive, name="gap-waive"),
    path("gaps/unwaive/", gap_pages.gap_unwaive, name="gap-unwaive"),
    path("posts/<int:post_id>/publish/", publishing.post_publish, name="post-publish"),
    path("posts/<int:post_id>/confirm/", publishing.post_confirm, name="post-confirm"),
]
