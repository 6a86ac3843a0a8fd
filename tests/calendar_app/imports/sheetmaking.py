# ruff: noqa: E501
"""Made-up calendars of the shapes that real teams keep, and short ways to read them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

from openpyxl import Workbook

from calendar_app.imports.columns import suggest
from calendar_app.imports.header import Table, make_table
from calendar_app.imports.matching import KnownChannel
from calendar_app.imports.preview import Options, Preview, make_preview
from plancraft.lib.sheets.grids import Limits, read_grid
from plancraft.lib.sheets.names import KnownPerson

BLOG = """Date,Day,Title,Slug,Keyword,WordCount,CTA,Tags,PillarLink
2025-09-01,Mon,How to store wool over the summer,store-wool,wool storage,1200,Book a visit,"Care,Home",wool-guide
2025-09-03,Wed,"Three knots, explained",three-knots,knots,900,Get the pattern,"How-To,Craft",knots-guide
2025-09-05,Fri,A day at the dye works,dye-works,dyeing,1500,Book a visit,"People,Craft",colour-guide
"""

SOCIAL = """\
Date,Jour,Plateforme,Format,Pilier,Titre / Hook,Caption (FR),Hashtags,Visuel requis,CTA,Statut,Notes
2026-03-03,Mardi,Instagram,Feed post,Annonce,"La boutique ouvre.","Trois rayons. Un café.
Venez nous voir.","#laine #boutique",Photo de la façade,Lien bio,À produire,Post de lancement
2026-03-04,Mercredi,TikTok,Reel 15s,Coulisses,"Teindre en 15 secondes",Vidéo à la verticale,,Vidéo 9:16,Lien bio,À produire,
2026-03-05,Jeudi,Facebook,Feed post,Annonce,"Samedi, portes ouvertes",,"",Affiche,Événement,À produire,Créer l'événement
,,,,,,,,,,,
,,,,,,,,,,,Pilier 1 : Annonce
"""

NOW = datetime(2025, 1, 1, tzinfo=UTC)
CHANNELS = (
    KnownChannel("blog", "Wool Blog", "blog"),
    KnownChannel("ig", "Northlake on Instagram", "instagram", "NIG"),
    KnownChannel("tt", "TikTok", "tiktok"),
    KnownChannel("fb", "Facebook", "facebook"),
    KnownChannel("li", "LinkedIn", "linkedin", zone="America/New_York"),
)
PEOPLE = (
    KnownPerson("7", "Olga Berg", "olga@example.org", "OB"),
    KnownPerson("8", "Anna García", "anna@example.org", "AG"),
)


def to_bytes(*rows: list[str] | tuple[str, ...], delimiter: str = ",") -> bytes:
    """Rows as a CSV file in UTF-8."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode()


def to_xlsx(*rows: Any, epoch: date | None = None, edit: Any = None) -> bytes:
    """Rows as an Excel file; `edit` may change the workbook before it is saved."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if edit:
        edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table_of(data: bytes, **kw: Any) -> Table:
    """Read bytes to a table with named columns."""
    header_row = kw.pop("header_row", None)
    return make_table(read_grid(data, limits=kw.pop("limits", Limits()), **kw), header_row)


def options(**kw: Any) -> Options:
    """Sensible answers for the tests."""
    kw.setdefault("plan_key", "plan-1")
    kw.setdefault("zone", "Europe/Zurich")
    kw.setdefault("now", NOW)
    kw.setdefault("channels", CHANNELS)
    kw.setdefault("people", PEOPLE)
    return Options(**kw)


def preview_of(data: bytes, *, existing: Any = frozenset(), **kw: Any) -> Preview:
    """Read bytes with the suggested mapping and say what would become of every row."""
    table = table_of(data)
    return make_preview(table, suggest(table).fields, options(**kw), existing)
