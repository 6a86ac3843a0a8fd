"""Addresses of gaps and of publication."""

from django.urls import URLPattern, path

from calendar_app.views import gaps, publishing

urlpatterns: list[URLPattern] = [
    path("gaps/", gaps.gaps, name="gaps"),
    path("gaps/fill/", gaps.gap_fill, name="gap-fill"),
    path("gaps/hand-on/", gaps.gap_hand_on, name="gap-hand-on"),
    path("gaps/waive/", gaps.gap_waive, name="gap-waive"),
    path("gaps/unwaive/", gaps.gap_unwaive, name="gap-unwaive"),
    path("posts/<int:post_id>/publish/", publishing.post_publish, name="post-publish"),
    path("posts/<int:post_id>/confirm/", publishing.post_confirm, name="post-confirm"),
]
