"""Where the plan has holes: gaps and conflicts (rules 4 and 5), pure and without a clock.

    world = World(organization=..., plans=..., channels=..., commitments=..., placements=...)
    findings = find_gaps(world, now, Period(first_day, last_day))

The same core serves the page, the reminders, the dashboard and the command line. In short, with
``own`` placements, ``day``, ``today`` and ``live`` as defined in ``gap_scene``:

- expected(period) = floor(count * |e| / |E| + 1/2): E the period's allowed days, e those of them
  that are effective and not blacked out; a period is judged whole, also beyond the window.
- shortfall: scheduled < expected; empty slot instead, day by day, where every allowed weekday is
  a slot of its own (a week with ``count`` = the number of its weekdays).
- silence: more than ``max_silence`` days without an own placement, where no shortfall or empty
  slot of the same promise says so already: no missing post is reported twice.
- missed, unconfirmed: time + tolerance < now, and not secured, or approved and not confirmed.
- The others: one function each in ``gap_detectors``, whose docstring is the formula.

Missing owners and lapsed stakeholders need people: the shell finds them with the database.
"""

from datetime import UTC, datetime

from calendar_app.gap_detectors import DETECTORS
from calendar_app.gap_records import (
    Channel,
    Commitment,
    CompanionRule,
    Coverage,
    Event,
    Finding,
    Id,
    Item,
    Kind,
    Organization,
    Placement,
    Plan,
    Severity,
    Stream,
    World,
)
from calendar_app.gap_scene import Scene, Survey, covered
from plancraft.lib.dates import Period

__all__ = [
    "Channel",
    "Commitment",
    "CompanionRule",
    "Coverage",
    "Event",
    "Finding",
    "Id",
    "Item",
    "Kind",
    "Organization",
    "Period",
    "Placement",
    "Plan",
    "Severity",
    "Stream",
    "World",
    "coverage",
    "find_gaps",
]


def find_gaps(world: World, now: datetime, window: Period) -> list[Finding]:
    """Every finding with a day in ``window``, by first day, kind and key.

    The placements to give: for promises those of every whole period that touches the window; for
    silences and silent streams all since the promise or plan began; for spacing, companions and
    the media's head start also those just around, and each item's news releases. More do no harm.

    ``ValueError`` if ``now`` has no zone; ``KeyError`` if a record points at one that is not there.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    # In UTC, because adding hours to a local clock loses or gains one where clocks change.
    scene = Scene(world, window, now.astimezone(UTC))
    found = (finding for detect in DETECTORS for finding in detect(scene))
    shown = [finding for finding in found if finding.period.overlaps(window)]
    return sorted(shown, key=lambda finding: (finding.period.start, finding.kind, finding.key))


def coverage(world: World, window: Period) -> list[Coverage]:
    """What each promise expects and has in each of its periods that overlaps ``window``.

    Pages, momentum and gaps read this one function, so that their numbers agree. In the order of
    the world's commitments, then by period.
    """
    survey = Survey(world, window)
    return [cell for commitment in world.commitments for cell in covered(survey, commitment)]
