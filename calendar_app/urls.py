"""Addresses of the calendar, of stories and of posts."""

from django.urls import URLPattern, path

from calendar_app import gap_urls
from calendar_app.imports import urls as imports
from calendar_app.views import calendar, posts, stories

urlpatterns: list[URLPattern] = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/list/", calendar.calendar_list, name="calendar-list"),
    path("calendar/tray/", calendar.tray, name="tray"),
    path("stories/new/", stories.story_new, name="story-new"),
    path("stories/<int:item_id>/", stories.story, name="story"),
    path("stories/<int:item_id>/edit/", stories.story_edit, name="story-edit"),
    path("stories/<int:item_id>/helpers/", stories.story_helpers, name="story-helpers"),
    path("stories/<int:item_id>/cancel/", stories.story_cancel, name="story-cancel"),
    path("stories/<int:item_id>/restore/", stories.story_restore, name="story-restore"),
    path("stories/<int:item_id>/posts/new/", posts.post_new, name="post-new"),
    path("posts/<int:post_id>/edit/", posts.post_edit, name="post-edit"),
    path("posts/<int:post_id>/move/", posts.post_move, name="post-move"),
    path("posts/<int:post_id>/cancel/", posts.post_cancel, name="post-cancel"),
    path("posts/<int:post_id>/restore/", posts.post_restore, name="post-restore"),
    *gap_urls.urlpatterns,
    *imports.urlpatterns,
]
