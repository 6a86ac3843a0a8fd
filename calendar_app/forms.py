"""Forms of stories and posts. Choices are lists made beforehand, so no query runs while rendering.

What a person types as a day and a time is wall clock: of the channel for a post, of the
organization for an embargo. It becomes an instant here, by `plancraft.lib.dates`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calendar_app import fields
from calendar_app.models import ContentItem, Placement
from calendar_app.services import NewPost
from people.models import Membership, Organization
from plancraft.lib.dates import at_wall_clock, parse_day
from plancraft.lib.forms import DayField, PickField
from plans.models import Channel, Plan, Stream

USUAL_TIME = time(9)
PLAIN_LINK = gettext_lazy("Give a whole address that begins with https:// or http://.")


class ClockField(forms.TimeField):
    """A time of day, to the minute."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    default_error_messages = {
        "invalid": gettext_lazy("Write the time as hours and minutes: 09:30.")
    }


class WallClockField(forms.Field):
    """A day and time on a wall clock, without zone: `2027-03-01T09:00`."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        day, _t, clock = str(value).replace(" ", "T").partition("T")
        try:
            return datetime.combine(parse_day(day) or self._refuse(), time.fromisoformat(clock))
        except ValueError:
            return self._refuse()

    def _refuse(self) -> Any:
        raise ValidationError(_("Give a day and a time, such as 2027-03-01 09:00."))


class LinkField(forms.URLField):
    """An address on the web; anything but http and https is refused."""

    default_error_messages = {
        "invalid": gettext_lazy(
            "This is no address on the web. One looks like https://example.org."
        )
    }

    def __init__(self, **kw: Any) -> None:
        kw.setdefault("assume_scheme", "https")
        kw.setdefault("max_length", 2000)
        super().__init__(**kw)

    def clean(self, value: Any) -> str:
        link = str(super().clean(value))
        if link and not link.lower().startswith(("http://", "https://")):
            raise ValidationError(PLAIN_LINK)
        return link


def instant_of(wall: datetime, zone: ZoneInfo, stored: datetime | None = None) -> datetime:
    """The instant, in UTC, that a day and time typed on the zone's wall clock mean.

    `stored` is the instant it has: it stays while the wall clock reads the same, to the minute.
    When clocks go back, the second of the two hours would else become the first.
    """
    if stored is not None and _shown(stored, zone) == wall:
        return stored
    return at_wall_clock(wall.date(), wall.time(), zone)


def _shown(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock in the zone shows then, to the minute, as the form does."""
    return instant.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None, fold=0)


def plain_text(text: str) -> str:
    """With the line ends that are stored, whatever the browser sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def area(rows: int) -> forms.Textarea:
    """A text area of so many lines."""
    return forms.Textarea(attrs={"rows": rows})


class Together:
    """Several forms as one, for the summary of what there is to correct."""

    def __init__(self, *parts: forms.BaseForm) -> None:
        self.parts = parts

    def non_field_errors(self) -> list[Any]:
        """The general errors of every form."""
        return [error for part in self.parts for error in part.non_field_errors()]

    def __iter__(self) -> Iterator[Any]:
        return (field for part in self.parts for field in part)


# Stories
class StoryForm(forms.Form):
    """Title, words, link, embargo. `version` and `seen` tell what the person looked at."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        error_messages={"required": gettext_lazy("Give it a title.")},
        max_length=300,
        help_text=gettext_lazy(
            "As it is called in the calendar, and where the channel has titles."
        ),
    )
    plan = PickField(
        label=gettext_lazy("Plan"),
        error_messages={"required": gettext_lazy("Choose the plan that it serves.")},
    )
    stream = PickField(label=gettext_lazy("Stream"), required=False)
    owner = PickField(
        label=gettext_lazy("Owner"),
        required=False,
        help_text=gettext_lazy("One person answers for it. Helpers can be added later."),
    )
    copy = forms.CharField(
        label=gettext_lazy("Copy"),
        required=False,
        widget=area(9),
        help_text=gettext_lazy("For every channel that has no words of its own."),
    )
    link = LinkField(label=gettext_lazy("Link"), required=False)
    embargo_until = WallClockField(
        label=gettext_lazy("Embargo lifts"),
        required=False,
        help_text=gettext_lazy("Nothing public before. Leave empty if there is none."),
    )
    brief = forms.CharField(
        label=gettext_lazy("Notes for the team"), required=False, widget=area(3)
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        organization: Organization,
        streams: Sequence[Stream],
        plans: Sequence[Plan] = (),
        owners: Sequence[Membership] = (),
        me: Membership | None = None,
        embargo: datetime | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.embargo = embargo  # the one that the story has
        self.zone = ZoneInfo(organization.time_zone)
        self._offer("plan", plans, _("Choose the plan that it serves"))
        self._offer("stream", streams, _("None"), lambda s: f"{s.plan.name}: {s.name}")
        mine = [m for m in owners if me is not None and m.pk == me.pk]
        others = [m for m in owners if m not in mine]
        self._offer(
            "owner",
            [*mine, *others],
            _("No one yet"),
            lambda m: _("Me, %(name)s") % {"name": m.name} if m in mine else m.name,
        )

    def _offer(self, name: str, rows: Sequence[Any], empty: str, label: Any = str) -> None:
        field = self.fields[name]
        assert isinstance(field, PickField)
        field.offer(rows, nothing=empty, label=label)

    def clean_copy(self) -> str:
        return plain_text(self.cleaned_data["copy"])

    def clean_brief(self) -> str:
        return plain_text(self.cleaned_data["brief"])

    def clean_embargo_until(self) -> datetime | None:
        wall = self.cleaned_data["embargo_until"]
        return instant_of(wall, self.zone, self.embargo) if wall else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        stream, plan = data.get("stream"), data.get("plan")
        if stream is not None and plan is not None and stream.plan_id != plan.pk:
            self.add_error("stream", _("This stream belongs to another plan."))
        return data


class StoryEditForm(StoryForm):
    """The same without plan and owner: the plan stays, and the owner has a panel of their own."""

    plan = None  # type: ignore[assignment]
    owner = None  # type: ignore[assignment]

    def _offer(self, name: str, rows: Sequence[Any], empty: str, label: Any = str) -> None:
        if name in self.fields:
            super()._offer(name, rows, empty, label)

    @staticmethod
    def initial_of(item: ContentItem) -> dict[str, Any]:
        """What the form shows of the story; the embargo on the organization's wall clock."""
        zone = ZoneInfo(item.organization.time_zone)
        embargo = item.embargo_until
        return {
            "title": item.title,
            "stream": item.stream_id or "",
            "copy": item.copy,
            "link": item.link,
            "brief": item.brief,
            "embargo_until": embargo.astimezone(zone).replace(tzinfo=None) if embargo else None,
            "version": item.version,
            "seen": fields.story_fingerprint(item),
        }

    def changes(self) -> dict[str, Any]:
        """The story's fields as typed."""
        return {name: self.cleaned_data[name] for name in fields.STORY_LABELS}


# Posts
class WhenForm(forms.Form):
    """A day and a time on the channel's wall clock; both empty means not dated yet."""

    day = DayField(label=gettext_lazy("Day"), required=False)
    clock = ClockField(label=gettext_lazy("Time"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("day") and not data.get("clock") and "clock" not in self.errors:
            self.add_error("clock", _("Give the time of day too."))
        return data

    def instant(self, zone: ZoneInfo, stored: datetime | None = None) -> datetime | None:
        """When it goes out, in UTC, `stored` being the time it has; None for the undated tray."""
        day, clock = self.cleaned_data.get("day"), self.cleaned_data.get("clock")
        if not (day and clock):
            return None
        return instant_of(datetime.combine(day, clock), zone, stored)


class MoveForm(WhenForm):
    """Another time for a post; `seen` tells the time and the state that the person looked at."""

    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    @staticmethod
    def initial_of(post: Placement) -> dict[str, Any]:
        """The post's time on its channel's wall clock."""
        seen = fields.when_seen(post)
        if post.scheduled_at is None:
            return {"clock": USUAL_TIME, "seen": seen}
        local = post.scheduled_at.astimezone(post.channel.zone(post.organization))
        return {"day": local.date(), "clock": local.time(), "seen": seen}


class PostForm(WhenForm):
    """One post: channel, day, time, and words of its own if it needs them."""

    channel = PickField(label=gettext_lazy("Channel"), required=False)
    copy = forms.CharField(
        label=gettext_lazy("Copy for this channel"),
        required=False,
        widget=area(3),
        help_text=gettext_lazy("Leave empty to use the story's."),
    )
    field_order = ["channel", "day", "clock", "copy"]

    def __init__(self, *args: Any, organization: Organization, channels: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.organization = organization
        field = self.fields["channel"]
        assert isinstance(field, PickField)
        field.offer(channels, nothing=_("Choose a channel"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("channel") and "channel" not in self.errors and self.is_filled():
            self.add_error("channel", _("Choose where it goes out."))
        return data

    def is_filled(self) -> bool:
        """Whether anything was entered but the usual time."""
        return bool({"channel", "day", "copy"} & set(self.changed_data))

    def clean_copy(self) -> str:
        return plain_text(self.cleaned_data["copy"])

    def new_post(self) -> NewPost | None:
        """The post that was entered; None for an empty row."""
        channel: Channel | None = self.cleaned_data.get("channel")
        if channel is None:
            return None
        at = self.instant(channel.zone(self.organization))
        return NewPost(channel, at, self.cleaned_data.get("copy", ""))


class OnePostForm(PostForm):
    """A post on a page of its own: the channel must be named."""

    def is_filled(self) -> bool:
        return True


PostRows = forms.formset_factory(PostForm, extra=1, max_num=40, absolute_max=60)


class PostEditForm(forms.Form):
    """Channel and words of one post; the time has a form of its own."""

    channel = PickField(label=gettext_lazy("Channel"))
    copy = forms.CharField(
        label=gettext_lazy("Copy for this channel"),
        required=False,
        widget=area(10),
        help_text=gettext_lazy("Leave empty to use the story's."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, channels: Iterable[Channel], **kw: Any) -> None:
        super().__init__(*args, **kw)
        field = self.fields["channel"]
        assert isinstance(field, PickField)
        field.offer(channels)

    def clean_copy(self) -> str:
        return plain_text(self.cleaned_data["copy"])

    @staticmethod
    def initial_of(post: Placement) -> dict[str, Any]:
        """What the form shows of the post."""
        return {
            "channel": post.channel_id,
            "copy": post.copy,
            "version": post.item.version,
            "seen": fields.post_fingerprint(post),
        }

    def changes(self) -> dict[str, Any]:
        """The post's fields as typed."""
        return {name: self.cleaned_data[name] for name in fields.POST_LABELS}


class ReasonForm(forms.Form):
    """Why, in a sentence, if there is something to say."""

    reason = forms.CharField(
        label=gettext_lazy("Why, for the record"), required=False, max_length=500, widget=area(2)
    )


class HelpersForm(forms.Form):
    """Who helps with a story."""

    members = forms.MultipleChoiceField(
        label=gettext_lazy("Who helps"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: Sequence[Membership], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.people = {str(member.pk): member for member in people}
        field = self.fields["members"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, member.name) for key, member in self.people.items()]

    def chosen(self) -> list[Membership]:
        """The people who were ticked."""
        return [self.people[key] for key in self.cleaned_data["members"]]
