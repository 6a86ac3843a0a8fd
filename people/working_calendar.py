"""When an organization works: its settings and closure days with the country's public holidays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from holidays.registry import COUNTRIES

from people.models import ClosureDay, Organization
from people.rules import WorkingCalendar

YEARS = range(2000, 2101)
"""The years whose public holidays are known when nobody names others."""
SPELLED = {
    "aland_islands": "Åland Islands",
    "curacao": "Curaçao",
    "dr_congo": "DR Congo",
    "guinea_bissau": "Guinea-Bissau",
    "hongkong": "Hong Kong",
    "reunion": "Réunion",
    "saint_barthelemy": "Saint Barthélemy",
    "timor_leste": "Timor-Leste",
}
"""Countries whose names a module's name cannot spell."""


@lru_cache(maxsize=1)
def supported_countries() -> dict[str, list[str]]:
    """Country code -> codes of its subdivisions, of every country whose holidays are known."""
    return dict(holidays.list_supported_countries(include_aliases=False))


@lru_cache(maxsize=1)
def country_choices() -> list[tuple[str, str]]:
    """Code and English name of each supported country, by name."""
    names = {codes[1]: _country(module) for module, codes in COUNTRIES.items()}
    known = [(code, names.get(code, code)) for code in supported_countries()]
    return sorted(known, key=lambda choice: choice[1])


def _country(module: str) -> str:
    """The name of a country from that of its module: "trinidad_and_tobago"."""
    name = module.replace("_", " ").title().replace(" And ", " and ").replace(" The ", " the ")
    return SPELLED.get(module, name.replace(" Of ", " of ").replace(" Da ", " da "))


@lru_cache(maxsize=256)
def subdivision_choices(country: str) -> list[tuple[str, str]]:
    """Code and name of each state or region of the country, by name; empty where there are none."""
    codes = supported_countries().get(country, [])
    names: dict[str, str] = {}
    for alias, code in _calendar_class(country).subdivisions_aliases.items() if codes else ():
        names.setdefault(code, alias)
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda choice: choice[1])


def _calendar_class(country: str) -> type[holidays.HolidayBase]:
    entry: type[holidays.HolidayBase] = getattr(holidays, country)
    return entry


@lru_cache(maxsize=4096)
def _holidays_of_year(country: str, subdivision: str, year: int) -> dict[date, str]:
    return dict(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


@lru_cache(maxsize=64)
def _holidays_by_default(country: str, subdivision: str) -> frozenset[date]:
    days = holidays.country_holidays(country, subdiv=subdivision or None, years=YEARS)
    return frozenset(days)


def public_holidays(country: str, subdivision: str, year: int) -> dict[date, str]:
    """Each public holiday of that year with its name; none for a country that is not known."""
    codes = supported_countries().get(country)
    if codes is None:
        return {}
    return _holidays_of_year(country, subdivision if subdivision in codes else "", year)


def holiday_dates(
    country: str, subdivision: str, years: Iterable[int] | None = None
) -> frozenset[date]:
    """The public holidays of those years, or of `YEARS`; none for a country that is not known."""
    codes = supported_countries().get(country)
    if codes is None:
        return frozenset()
    subdivision = subdivision if subdivision in codes else ""
    if years is None:
        return _holidays_by_default(country, subdivision)
    by_year = (_holidays_of_year(country, subdivision, year) for year in years)
    return frozenset(day for days in by_year for day in days)


def calendar_of(organization: Organization, years: Iterable[int] | None = None) -> WorkingCalendar:
    """The organization's working calendar (rule 1), with holidays of `years` or of `YEARS`.

    One query, for the closure days; public holidays are kept in memory.
    """
    closure = ClosureDay.objects.filter(organization=organization).values_list("date", flat=True)
    return calendar_with(organization, closure, years)


def calendar_with(
    organization: Organization, closure: Iterable[date], years: Iterable[int] | None = None
) -> WorkingCalendar:
    """The same from closure days that are at hand already; no query."""
    country, subdivision = organization.country, organization.subdivision
    return WorkingCalendar(
        weekdays=frozenset(organization.working_weekdays),
        closed=frozenset(closure) | holiday_dates(country, subdivision, years),
        opens=organization.work_starts,
        closes=organization.work_ends,
        zone=ZoneInfo(organization.time_zone),
    )
