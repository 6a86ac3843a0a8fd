"""Scenario documents for tests: Hypothesis strategies for small, nasty worlds."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

# Both sides of the date line, half hours, and clocks that change in either hemisphere.
ZONES = [
    "UTC",
    "America/New_York",
    "Europe/Riga",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]
# Weeks in which clocks change somewhere, a leap day, a turn of the year.
ANCHORS = [
    date(2027, 3, 14),
    date(2027, 3, 28),
    date(2027, 4, 4),
    date(2027, 10, 3),
    date(2027, 11, 7),
    date(2027, 12, 31),
    date(2028, 2, 29),
]
STATES = ["idea", "draft", "in_review", "changes_requested", "approved", "published", "cancelled"]
KINDS = ["facebook", "news_release", "blog"]

anchors = st.sampled_from(ANCHORS)
weekday_lists = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True)


def maybe(strategy):
    return st.none() | strategy


class Maker:
    """Draws the parts of one document, all near one anchor day."""

    def __init__(self, draw):
        self.draw = draw
        self.anchor = draw(anchors)
        self.plans = [self.plan(name) for name in self.ids("p", 1, 2)]
        self.plan_ids = st.sampled_from([plan["id"] for plan in self.plans])
        self.streams = [self.stream(name) for name in self.ids("s", 0, 2)]
        self.channels = [self.channel(name) for name in self.ids("c", 1, 3)]
        self.channel_ids = st.sampled_from([channel["id"] for channel in self.channels])
        self.item_ids = self.ids("i", 0, 5)
        self.items = [self.item(name) for name in self.item_ids]

    def days(self, before, after):
        near = st.integers(-before, after)
        return near.map(lambda n: (self.anchor + timedelta(days=n)).isoformat())

    def moments(self, before, after):
        """Often few and round ones, so that equal instants and exact limits do occur."""
        round_ones = st.integers(-4, 4).map(lambda n: timedelta(hours=12 * n))
        any_quarter = st.integers(-before * 96, after * 96).map(lambda n: timedelta(minutes=15 * n))
        start = datetime(self.anchor.year, self.anchor.month, self.anchor.day, tzinfo=UTC)
        return (round_ones | any_quarter).map(lambda passed: (start + passed).isoformat())

    def ids(self, prefix, least, most):
        return [f"{prefix}{n}" for n in range(self.draw(st.integers(least, most)))]

    def record(self, name=None, **strategies):
        drawn = self.draw(st.fixed_dictionaries(strategies))
        return {"id": name, **drawn} if name else drawn

    def span(self, before, after):
        start, end = sorted([self.draw(self.days(*before)), self.draw(self.days(*after))])
        return {"from": start, "to": end}

    def organization(self):
        return self.record(
            timezone=st.sampled_from(ZONES),
            week_start=st.integers(0, 6),
            working_weekdays=weekday_lists,
            closed=st.lists(self.days(10, 20), max_size=5),
            tolerance_hours=st.sampled_from([0, 0.5, 12, 24]),
            blackouts=st.lists(self.days(10, 10), max_size=3),
        )

    def plan(self, name):
        return {"id": name, **self.span((40, 5), (5, 40))}

    def stream(self, name):
        return self.record(
            name,
            plan=self.plan_ids,
            rhythm_days=st.integers(0, 12),
            department=st.sampled_from(["retail", "csr"]),
        )

    def channel(self, name):
        return self.record(
            name,
            kind=st.sampled_from(KINDS),
            public=st.booleans(),
            timezone=maybe(st.sampled_from(ZONES)),
            min_spacing_minutes=st.sampled_from([0, 15, 720, 1440]),
            blackouts=st.lists(self.days(10, 10), max_size=4),
        )

    def commitment(self, name):
        promise = self.record(
            name,
            plan=self.plan_ids,
            channel=self.channel_ids,
            count=st.integers(1, 6),
            per=st.sampled_from(["day", "week", "week", "month"]),
            weekdays=maybe(weekday_lists),
            max_silence=maybe(st.integers(0, 10)),
            **{"from": maybe(self.days(30, 10)), "to": maybe(self.days(10, 30))},
        )
        shape = self.draw(st.sampled_from(["any", "slots", "rare"]))
        if shape == "slots" and promise["weekdays"]:
            promise |= {"per": "week", "count": len(promise["weekdays"])}
        if shape == "rare":  # little is expected, so that silences have something to say
            promise |= {"per": "month", "count": 1, "weekdays": None, "max_silence": 3}
        return promise

    def companion_rule(self, name):
        return self.record(
            name,
            from_kind=st.sampled_from(KINDS),
            to_channel=self.channel_ids,
            hours_before=st.sampled_from([0, 1.5, 12]),
            hours_after=st.sampled_from([0, 2, 24]),
        )

    def item(self, name):
        plan = self.draw(self.plan_ids)
        own_streams = [stream["id"] for stream in self.streams if stream["plan"] == plan]
        return self.record(
            name,
            plan=st.just(plan),
            stream=st.sampled_from([None, *own_streams]),
            embargo_until=maybe(self.moments(10, 10)),
            linked=st.lists(st.sampled_from(self.item_ids), max_size=1),
        )

    def placement(self, name):
        return self.record(
            name,
            item=st.sampled_from(self.item_ids),
            channel=self.channel_ids,
            at=self.moments(20, 20),
            state=st.sampled_from(STATES),
            hand_in_by=maybe(self.moments(20, 5)),
            published_at=st.none(),
        )

    def event(self, name):
        return self.record(
            name,
            department=st.sampled_from(["retail", "csr", "brand"]),
            date=self.days(2, 2),
            names=st.lists(st.sampled_from(["e0", "e1", "e2", "elsewhere"]), max_size=2),
        )


@st.composite
def documents(draw):
    """A complete document (every key present) of a few channels, promises and posts."""
    maker = Maker(draw)
    return {
        "organization": maker.organization(),
        "now": draw(maker.moments(20, 20)),
        "window": maker.span((15, 15), (15, 25)),
        "plans": maker.plans,
        "streams": maker.streams,
        "channels": maker.channels,
        "commitments": [maker.commitment(name) for name in maker.ids("k", 0, 3)],
        "companion_rules": [maker.companion_rule(name) for name in maker.ids("r", 0, 2)],
        "media_first": draw(st.sampled_from([None, {"hours": 2}, {"hours": 12}])),
        "items": maker.items,
        "placements": [
            maker.placement(name) for name in (maker.ids("x", 0, 20) if maker.items else ())
        ],
        "events": [maker.event(name) for name in maker.ids("e", 0, 4)],
    }
