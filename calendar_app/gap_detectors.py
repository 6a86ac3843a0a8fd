"""One function per kind of finding (rule 5): each takes the scene and yields what it finds.

A new kind is one more function here and one more line in ``DETECTORS``. A detector may yield
findings outside the window; ``find_gaps`` leaves those out.
"Closer than", "more than" and "before" are strict.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations, pairwise

from calendar_app.gap_records import (
    HANDED_IN_LATER,
    NEWS_RELEASE,
    SECURED,
    Commitment,
    CompanionRule,
    Coverage,
    Event,
    Finding,
    Kind,
    Stream,
    in_order,
)
from calendar_app.gap_scene import Live, Scene, covered, stretches
from plancraft.lib.dates import ONE_DAY, Period, local_day

Detector = Callable[[Scene], Iterator[Finding]]


def broken_promises(scene: Scene) -> Iterator[Finding]:
    """Shortfall or empty slots, and silence where neither of them says it already."""
    for commitment in scene.world.commitments:
        kind = empty_slots if commitment.has_slots else shortfalls
        found = list(kind(scene, commitment))
        yield from found
        for silence in silences(scene, commitment):
            if not any(silence.period.overlaps(gap.period) for gap in found):
                yield silence


def shortfalls(scene: Scene, commitment: Commitment) -> Iterator[Finding]:
    """A period with fewer own placements than expected; missing = expected - scheduled."""
    today = scene.today(commitment.channel)
    for cell in covered(scene, commitment):
        if cell.missing:
            yield scene.finding(
                Kind.SHORTFALL,
                f"{commitment.id}:{cell.period.start}",
                cell.period,
                due=_last_chance(cell, today),
                plan=commitment.plan,
                channel=commitment.channel,
                commitment=commitment.id,
                missing=cell.missing,
                expected=cell.expected,
                scheduled=cell.scheduled,
                secured=cell.secured,
            )


def _last_chance(cell: Coverage, today: date) -> date:
    """The last day that still leaves one slot for each missing post.

    With fewer days than missing posts: the first that is left, or today; when the period is over,
    its last day.
    """
    if cell.period.end < today:
        return cell.period.end
    left = [day for day in cell.slots if day >= today]
    if not left:
        return today
    return left[max(0, len(left) - cell.missing)]


def empty_slots(scene: Scene, commitment: Commitment) -> Iterator[Finding]:
    """Each slot in the window on which nothing stands; a second post elsewhere fills nothing."""
    own = scene.own_days(commitment)
    for cell in covered(scene, commitment):
        for day in cell.slots:
            if day in scene.window and day not in own:
                yield scene.finding(
                    Kind.EMPTY_SLOT,
                    f"{commitment.id}:{day}",
                    Period(day, day),
                    plan=commitment.plan,
                    channel=commitment.channel,
                    commitment=commitment.id,
                    missing=1,
                    expected=1,
                    scheduled=0,
                    secured=0,
                )


def silences(scene: Scene, commitment: Commitment) -> Iterator[Finding]:
    """Stretches between own placements with more than ``max_silence`` days not blacked out.

    The day before the effective start and the day after the end count as posts, where the end is
    the earlier of the effective end and the window's. missing = floor(n / (max_silence + 1)).
    """
    effective, longest = scene.effective(commitment), commitment.max_silence
    if longest is None or effective is None:
        return
    end = min(effective.end, scene.window.end)
    blacked_out = scene.blackouts(scene.channels[commitment.channel])
    posts = [day for day in scene.own_days(commitment) if day <= end]
    for stretch in stretches([effective.start - ONE_DAY, *posts, end + ONE_DAY]):
        if not stretch.overlaps(scene.window):
            continue
        quiet = [day for day in stretch.days() if day not in blacked_out]
        if len(quiet) > longest:
            yield scene.finding(
                Kind.SILENCE,
                f"{commitment.id}:{stretch.start}",
                stretch,
                due=quiet[longest],
                plan=commitment.plan,
                channel=commitment.channel,
                commitment=commitment.id,
                missing=len(quiet) // (longest + 1),
            )


def _about(scene: Scene, kind: Kind, live: Live, missing: int | None = None) -> Finding:
    """A finding about one placement, on its own day."""
    return scene.finding(
        kind,
        str(live.placement.id),
        Period(live.day, live.day),
        plan=live.item.plan,
        stream=live.item.stream,
        channel=live.channel.id,
        placement=live.placement.id,
        item=live.item.id,
        missing=missing,
    )


def missing_companions(scene: Scene) -> Iterator[Finding]:
    """A placement on a channel of the rule's kind without its companion within the window."""
    for rule in scene.world.companion_rules:
        for channel in scene.world.channels:
            if channel.kind == rule.from_kind:
                for live in scene.live_by_channel.get(channel.id, ()):
                    if not _has_companion(scene, rule, live):
                        yield _without_companion(scene, rule, live)


def _has_companion(scene: Scene, rule: CompanionRule, live: Live) -> bool:
    earliest, latest = live.placement.at - rule.before, live.placement.at + rule.after
    return any(
        other.channel.id == rule.to_channel
        and earliest <= other.placement.at <= latest
        and other.placement.id != live.placement.id
        for other in scene.siblings(live.item.id)
    )


def _without_companion(scene: Scene, rule: CompanionRule, live: Live) -> Finding:
    day = local_day(live.placement.at, scene.zone(rule.to_channel))
    return scene.finding(
        Kind.MISSING_COMPANION,
        f"{rule.id}:{live.placement.id}",
        Period(day, day),
        plan=live.item.plan,
        stream=live.item.stream,
        channel=rule.to_channel,
        rule=rule.id,
        placement=live.placement.id,
        item=live.item.id,
        missing=1,
    )


def broken_embargoes(scene: Scene) -> Iterator[Finding]:
    """A placement on a public channel before its item's embargo lifts."""
    for live in scene.shown:
        embargo = live.item.embargo_until
        if embargo is not None and live.channel.public and live.placement.at < embargo:
            yield _about(scene, Kind.BROKEN_EMBARGO, live)


def media_not_first(scene: Scene) -> Iterator[Finding]:
    """A public placement earlier than its item's first news release plus the head start."""
    head_start = scene.world.media_first
    if head_start is None:
        return
    for live in scene.shown:
        if live.channel.public and live.channel.kind != NEWS_RELEASE:
            release = scene.first_release.get(live.item.id)
            if release is not None and live.placement.at < release + head_start:
                yield _about(scene, Kind.MEDIA_NOT_FIRST, live)


def crowded_placements(scene: Scene) -> Iterator[Finding]:
    """A placement that follows another on its channel by less than the minimum spacing."""
    for channel in scene.world.channels:
        if not channel.min_spacing:
            continue
        in_time = sorted(
            scene.live_by_channel.get(channel.id, ()),
            key=lambda live: (live.placement.at, in_order(live.placement.id)),
        )
        for earlier, later in pairwise(in_time):
            if later.placement.at - earlier.placement.at < channel.min_spacing:
                yield _about(scene, Kind.COLLISION, later)


def crowded_events(scene: Scene) -> Iterator[Finding]:
    """Events of two departments on one day of which neither names the other."""
    by_day: dict[date, list[Event]] = defaultdict(list)
    for event in scene.world.events:
        if event.day in scene.window:
            by_day[event.day].append(event)
    for day, events in by_day.items():
        in_turn = sorted(events, key=lambda event: in_order(event.id))
        for first, second in combinations(in_turn, 2):
            if first.department != second.department and not _know_each_other(first, second):
                yield scene.finding(
                    Kind.COLLISION,
                    f"{first.id}+{second.id}",
                    Period(day, day),
                    event=second.id,
                )


def _know_each_other(first: Event, second: Event) -> bool:
    return first.id in second.names or second.id in first.names


def blackout_placements(scene: Scene) -> Iterator[Finding]:
    """A placement on a day that asks for none."""
    blackouts = {channel.id: scene.blackouts(channel) for channel in scene.world.channels}
    for live in scene.shown:
        if live.day in blackouts[live.channel.id]:
            yield _about(scene, Kind.BLACKOUT, live)


def placements_at_risk(scene: Scene) -> Iterator[Finding]:
    """Not handed in although the latest safe hand-in has passed, and its time has not."""
    tolerance = scene.world.organization.tolerance
    for live in scene.shown:
        at, hand_in_by = live.placement.at, live.placement.hand_in_by
        if hand_in_by is None or live.placement.state not in HANDED_IN_LATER:
            continue
        if hand_in_by < scene.now <= at + tolerance:
            yield _about(scene, Kind.AT_RISK, live, missing=1)


def overdue_placements(scene: Scene) -> Iterator[Finding]:
    """Past its time by more than the tolerance: missed if not secured, unconfirmed if approved.

    What was imported with its time already past is history and neither (rule 4).
    """
    latest = scene.now - scene.world.organization.tolerance
    for live in scene.shown:
        if live.placement.at >= latest or live.placement.historical:
            continue
        if live.placement.state not in SECURED:
            yield _about(scene, Kind.MISSED, live, missing=1)
        elif live.placement.state == "approved":
            yield _about(scene, Kind.UNCONFIRMED, live)


def silent_streams(scene: Scene) -> Iterator[Finding]:
    """Days to come, in the window and the plan's period, too long after the last sign of life.

    Silent: more than ``rhythm_days`` days after the later of the plan's start and the last live
    placement. The key names that day, so that a running silence stays the same finding.
    """
    today = scene.today(None)
    if scene.window.end < today:
        return
    ahead = Period(max(today, scene.window.start), scene.window.end)
    for stream in scene.world.streams:
        for since, silent in _silent_runs(scene, stream):
            run = silent.clipped(ahead)
            if run is not None:
                yield scene.finding(
                    Kind.SILENT_STREAM,
                    f"{stream.id}:{since}",
                    run,
                    plan=stream.plan,
                    stream=stream.id,
                )


def _silent_runs(scene: Scene, stream: Stream) -> Iterator[tuple[date, Period]]:
    """Each sign of life within the plan's period with the silent days that follow it."""
    if stream.rhythm_days is None:
        return
    plan = scene.plans[stream.plan].period
    days = [day for day in scene.days_by_stream.get(stream.id, ()) if day in plan]
    if plan.start not in days:
        days.insert(0, plan.start)
    for since, until in pairwise([*days, plan.end + ONE_DAY]):
        # Counted before it is added: a rhythm may be longer than any calendar.
        if (until - since).days - 1 > stream.rhythm_days:
            yield since, Period(since + (stream.rhythm_days + 1) * ONE_DAY, until - ONE_DAY)


DETECTORS: tuple[Detector, ...] = (
    broken_promises,
    missing_companions,
    broken_embargoes,
    media_not_first,
    crowded_placements,
    crowded_events,
    blackout_placements,
    placements_at_risk,
    overdue_placements,
    silent_streams,
)
