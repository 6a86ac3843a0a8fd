"""A timeline of our own, of the shape that teams keep, and short cuts to read and bring it in."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from plans.models import TimelineImport
from plans.timelines import services
from plans.timelines.reading import read_timeline
from plans.timelines.records import Timeline

BERLIN = ZoneInfo("Europe/Berlin")
NEAR = date(2026, 9, 1)
TODAY = date(2026, 8, 3)

FREEZE = "Thursday 17th September 2026 (AoE) / Friday 18th September 2026, 12:00 UTC"
GARDEN = f"""\
# Autumn garden app

Kept by the outreach group, see the [handbook].

| **What** | **Who** | **When** | **Week** | **Links** |
| --- | :---: | --- | --- | ---: |
| Kick-off with growers | Lead | Monday 7th September 2026 | week 1 | [agenda](https://x.test/a) |
| Name the seed list | Seeds Lead | Friday 11th September 2026 | week 1 | |
| **Begin [Wording freeze]** | Words Lead | {FREEZE} | week 2 | |
| Draft the leaflet \\| poster text | Words / Pictures | Tuesday 22th September 2026 | week 3 | |
| First trial out to helpers | Builder | Wednesday 23rd September 2026 | week 3 | [handbook] |
| **Harvest fair** | | Thursday 24th - Saturday 26th September 2026 | week 3 | |
| Photo call | Pictures | week 4 | week 4 | |
| Call the [local papers][papers] | Maya Member | Friday 2nd October 2026 | week 4 | |
| Second trial | Builder | Tuesday 6th October 2026 | week 5 | |
| **Garden app released** | Builder | Wednesday 14th October 2026 | week 6 | |
| Release note published | Words Lead | Wednesday 14th October 2026 | week 6 | |
| Thank the helpers | Lead | Friday 16th October 2026 | week 6 | |

[handbook]: https://example.org/handbook
[papers]: <https://example.org/papers> "Papers"
"""
ROWS = 12


def read(text: str | bytes, **options: Any) -> Timeline:
    """What is read from the text or bytes, in Berlin, near September 2026."""
    data = text.encode() if isinstance(text, str) else text
    return read_timeline(data, zone=BERLIN, near=NEAR, **options)


def brought_in(plan: Any, by: Any, text: str = GARDEN, name: str = "garden.md") -> TimelineImport:
    """The text, uploaded and brought in as suggested."""
    timeline = services.upload(plan=plan, file_name=name, content=text.encode(), by=by)
    return services.bring_in(timeline=timeline, by=by, today=TODAY)
