"""A second, slow gap detection for tests: it reads scenario documents and counts day by day.

Written from the contract alone and sharing no code with the application, so that an error would
have to be made twice in two ways. It takes complete documents (every key present).
"""

from datetime import date, datetime, timedelta
from itertools import combinations, groupby
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
NOTHING = (
    *("channel", "plan", "stream", "commitment", "rule", "placement", "item", "event"),
    *("missing", "expected", "scheduled", "secured", "severity"),
)
EMPTY = dict.fromkeys(NOTHING)


def day_of(text):
    return date.fromisoformat(text)


def time_of(text):
    return datetime.fromisoformat(text)


def span(first, last):
    return [first + n * DAY for n in range((last - first).days + 1)]


class Model:
    def __init__(self, document):
        self.doc = document
        self.org = document["organization"]
        self.now = time_of(document["now"])
        self.first, self.last = (day_of(document["window"][key]) for key in ("from", "to"))
        for name in ("plans", "streams", "channels", "commitments", "items"):
            setattr(self, name, {row["id"]: row for row in document[name]})
        self.tolerance = timedelta(hours=self.org["tolerance_hours"])
        self.posts = [
            post for post in document["placements"] if post["state"] not in ("idea", "cancelled")
        ]
        self.findings = []

    def zone(self, channel):
        own = self.channels[channel]["timezone"] if channel else None
        return ZoneInfo(own or self.org["timezone"])

    def local(self, text, channel):
        return time_of(text).astimezone(self.zone(channel)).date()

    def today(self, channel):
        return self.now.astimezone(self.zone(channel)).date()

    def blacked_out(self, day, channel):
        everywhere = self.org["blackouts"]
        return day.isoformat() in self.channels[channel]["blackouts"] + everywhere

    def works(self, day):
        closed = day.isoformat() in self.org["closed"]
        return day.weekday() in self.org["working_weekdays"] and not closed

    def severity(self, kind, last, due, today):
        if kind in ("missed", "unconfirmed"):
            return "critical"
        if last < today:
            return "past"
        if due <= today or sum(map(self.works, span(today + DAY, due))) <= 2:
            return "critical"
        return "warning" if (due - today).days <= 7 else "notice"

    def report(self, kind, key, first, last, due, **where):
        if last < self.first or first > self.last:
            return
        found = {**EMPTY, **where, "kind": kind, "key": f"{kind}:{key}"}
        found["severity"] = self.severity(kind, last, due, self.today(found["channel"]))
        days = {"from": first, "to": last, "due": due}
        self.findings.append({**found, **{name: day.isoformat() for name, day in days.items()}})

    def run(self):
        for promise in self.doc["commitments"]:
            self.promise(promise)
        for post in self.posts:
            self.post(post)
        self.events()
        for stream in self.doc["streams"]:
            self.stream(stream)
        return sorted(self.findings, key=lambda found: (found["from"], found["kind"], found["key"]))

    # Promises

    def is_own(self, promise, post):
        item = self.items[post["item"]]
        day = self.local(post["at"], post["channel"])
        return (
            post["channel"] == promise["channel"]
            and item["plan"] == promise["plan"]
            and self.is_effective(promise, day)
            and self.is_allowed(promise, day)
        )

    def is_effective(self, promise, day):
        plan = self.plans[promise["plan"]]
        return (promise["from"] or plan["from"]) <= day.isoformat() <= (promise["to"] or plan["to"])

    def is_allowed(self, promise, day):
        return promise["weekdays"] is None or day.weekday() in promise["weekdays"]

    def period_name(self, promise, day):
        if promise["per"] == "day":
            return day
        if promise["per"] == "month":
            return day.year, day.month
        while day.weekday() != self.org["week_start"]:
            day -= DAY
        return day

    def periods(self, promise):
        wide = span(self.first - 40 * DAY, self.last + 40 * DAY)
        for _, days in groupby(wide, lambda day: self.period_name(promise, day)):
            period = list(days)
            in_window = any(self.first <= day <= self.last for day in period)
            if in_window and any(self.is_effective(promise, day) for day in period):
                yield period

    def promise(self, promise):
        own = {}
        for post in self.posts:
            if self.is_own(promise, post):
                own.setdefault(self.local(post["at"], post["channel"]), []).append(post)
        base = {key: promise[key] for key in ("plan", "channel")} | {"commitment": promise["id"]}
        named = promise["weekdays"]
        slots = named is not None and promise["per"] == "week" and promise["count"] == len(named)
        told = set()
        for period in self.periods(promise):
            allowed = [day for day in period if self.is_allowed(promise, day)]
            open_days = [
                day
                for day in allowed
                if self.is_effective(promise, day) and not self.blacked_out(day, promise["channel"])
            ]
            if slots:
                told |= self.empty_slots(promise, base, open_days, own)
            else:
                told |= self.shortfall(promise, base, period, allowed, open_days, own)
        if promise["max_silence"] is not None:
            self.silence(promise, base, own, told)

    def empty_slots(self, promise, base, open_days, own):
        holes = [day for day in open_days if day not in own and self.first <= day <= self.last]
        for day in holes:
            figures = {"missing": 1, "expected": 1, "scheduled": 0, "secured": 0}
            self.report("empty_slot", f"{promise['id']}:{day}", day, day, day, **base, **figures)
        return set(holes)

    def shortfall(self, promise, base, period, allowed, open_days, own):
        expected = 0
        while allowed and (2 * expected + 1) * len(allowed) <= 2 * promise["count"] * len(
            open_days
        ):
            expected += 1
        posts = [post for day in period for post in own.get(day, [])]
        secured = [post for post in posts if post["state"] in ("approved", "published")]
        missing = expected - len(posts)
        if missing <= 0:
            return set()
        today = self.today(promise["channel"])
        left = [day for day in open_days if day >= today]
        if period[-1] < today:
            due = period[-1]
        elif not left:
            due = today
        else:
            due = left[-missing] if missing <= len(left) else left[0]
        figures = {"missing": missing, "expected": expected}
        figures |= {"scheduled": len(posts), "secured": len(secured)}
        key = f"{promise['id']}:{period[0]}"
        self.report("shortfall", key, period[0], period[-1], due, **base, **figures)
        return set(period)

    def silence(self, promise, base, own, told):
        plan = self.plans[promise["plan"]]
        first = day_of(promise["from"] or plan["from"])
        last = min(day_of(promise["to"] or plan["to"]), self.last)
        for posted, days in groupby(span(first, last), lambda day: day in own):
            stretch = list(days)
            quiet = [day for day in stretch if not self.blacked_out(day, promise["channel"])]
            longest = promise["max_silence"]
            if not posted and len(quiet) > longest and not told & set(stretch):
                key = f"{promise['id']}:{stretch[0]}"
                missing = len(quiet) // (longest + 1)
                due = quiet[longest]
                self.report("silence", key, stretch[0], stretch[-1], due, **base, missing=missing)

    # Posts

    def post(self, post):
        item, channel = self.items[post["item"]], self.channels[post["channel"]]
        day, at = self.local(post["at"], post["channel"]), time_of(post["at"])
        owner = {"plan": item["plan"], "stream": item["stream"]}
        owner |= {"placement": post["id"], "item": item["id"]}

        def report(kind, missing=None):
            where = {"channel": channel["id"], "missing": missing}
            self.report(kind, post["id"], day, day, day, **owner, **where)

        if channel["public"] and item["embargo_until"] and at < time_of(item["embargo_until"]):
            report("broken_embargo")
        if self.is_before_the_media(item, channel, at):
            report("media_not_first")
        if self.is_crowded(post, channel):
            report("collision")
        if self.blacked_out(day, channel["id"]):
            report("blackout")
        unsecured = post["state"] in ("draft", "in_review", "changes_requested")
        late = at + self.tolerance < self.now
        if unsecured and post["hand_in_by"] and time_of(post["hand_in_by"]) < self.now and not late:
            report("at_risk", 1)
        if late and unsecured:
            report("missed", 1)
        if late and post["state"] == "approved":
            report("unconfirmed")
        self.companions(post, item, channel, owner)

    def is_before_the_media(self, item, channel, at):
        if not self.doc["media_first"] or not channel["public"]:
            return False
        releases = [
            time_of(post["at"])
            for post in self.posts
            if post["item"] == item["id"]
            and self.channels[post["channel"]]["kind"] == "news_release"
        ]
        head_start = timedelta(hours=self.doc["media_first"]["hours"])
        is_release = channel["kind"] == "news_release"
        return bool(releases) and not is_release and at < min(releases) + head_start

    def is_crowded(self, post, channel):
        mine = (time_of(post["at"]), post["id"])
        spacing = timedelta(minutes=channel["min_spacing_minutes"])
        return any(
            other["channel"] == channel["id"]
            and (time_of(other["at"]), other["id"]) < mine
            and mine[0] - time_of(other["at"]) < spacing
            for other in self.posts
        )

    def companions(self, post, item, channel, owner):
        for rule in self.doc["companion_rules"]:
            if channel["kind"] != rule["from_kind"]:
                continue
            first = time_of(post["at"]) - timedelta(hours=rule["hours_before"])
            last = time_of(post["at"]) + timedelta(hours=rule["hours_after"])
            companions = [
                other
                for other in self.posts
                if other["id"] != post["id"]
                and other["channel"] == rule["to_channel"]
                and self.are_linked(item["id"], other["item"])
                and first <= time_of(other["at"]) <= last
            ]
            if not companions:
                day = self.local(post["at"], rule["to_channel"])
                where = {"channel": rule["to_channel"], "rule": rule["id"], "missing": 1}
                key = f"{rule['id']}:{post['id']}"
                self.report("missing_companion", key, day, day, day, **owner, **where)

    def are_linked(self, one, other):
        linked = self.items[one]["linked"], self.items[other]["linked"]
        return one == other or other in linked[0] or one in linked[1]

    # Events and streams

    def events(self):
        for pair in combinations(self.doc["events"], 2):
            one, other = sorted(pair, key=lambda event: event["id"])
            known = one["id"] in other["names"] or other["id"] in one["names"]
            same = one["date"] == other["date"] and one["department"] != other["department"]
            if same and not known:
                day = day_of(one["date"])
                key = f"{one['id']}+{other['id']}"
                self.report("collision", key, day, day, day, event=other["id"])

    def stream(self, stream):
        plan = self.plans[stream["plan"]]
        alive = {
            self.local(post["at"], post["channel"])
            for post in self.posts
            if self.items[post["item"]]["stream"] == stream["id"]
        }

        def since(day):
            return max({day_of(plan["from"])} | {other for other in alive if other <= day})

        def is_silent(day):
            return (
                day >= self.today(None)
                and day_of(plan["from"]) <= day <= day_of(plan["to"])
                and day not in alive
                and (day - since(day)).days > stream["rhythm_days"]
            )

        for silent, days in groupby(span(self.first, self.last), is_silent):
            run = list(days)
            if silent:
                where = {"plan": plan["id"], "stream": stream["id"]}
                key = f"{stream['id']}:{since(run[0])}"
                self.report("silent_stream", key, run[0], run[-1], run[0], **where)


def model_findings(document):
    """The findings of a complete scenario document, as JSON would hold them."""
    return Model(document).run()
