"""Search of the playbook by the meaning of words.

A word is looked for in all its forms (PostgreSQL's full text, in the entry's language), a hit in
the title weighing more than one in the topics, and that more than one in the text. A word that
stands in no entry is taken for a typing error: the nearest word of the playbook takes its place
(trigrams), and the page says so. Entries with all the words come before those with some; where
there are any of the first, the others are left out.

Two statements, whatever is found; one where every word is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from people.models import Organization
from plans.playbook.rules import mend, words_of

BEGIN, END = "\ue000", "\ue001"
"""Marks around a matched word, from the private area: no text of people holds them."""
MOST = 30
SHORTEST_MENDED = 4
LIKENESS = 0.3

_SPELLING = """
WITH asked AS (
  SELECT DISTINCT w FROM unnest(%(words)s::text[]) w
  WHERE numnode(plainto_tsquery('english', w)) > 0
), shelf AS (
  SELECT language, search, vocabulary FROM plans_playbookentry
  WHERE organization_id = %(org)s AND archived_at IS NULL
), unknown AS (
  SELECT w FROM asked WHERE NOT EXISTS (
    SELECT 1 FROM shelf WHERE CASE shelf.language
      WHEN 'english' THEN shelf.search @@ plainto_tsquery('english', w)
      ELSE shelf.search @@ plainto_tsquery('simple', w) END)
), known AS (
  SELECT DISTINCT unnest(tsvector_to_array(vocabulary)) AS word FROM shelf
  WHERE EXISTS (SELECT 1 FROM unknown)
)
SELECT DISTINCT ON (unknown.w) unknown.w, known.word FROM unknown JOIN known
  ON length(known.word) >= %(shortest)s AND similarity(unknown.w, known.word) >= %(likeness)s
ORDER BY unknown.w, similarity(unknown.w, known.word) DESC, known.word
"""

_SEARCH = """
WITH q AS (
  SELECT websearch_to_tsquery('english', %(text)s) AS all_english,
         websearch_to_tsquery('simple', %(text)s) AS all_simple,
         CASE WHEN %(strict)s THEN websearch_to_tsquery('english', %(text)s)
              ELSE replace(plainto_tsquery('english', %(text)s)::text, '&', '|')::tsquery
         END AS any_english,
         CASE WHEN %(strict)s THEN websearch_to_tsquery('simple', %(text)s)
              ELSE replace(plainto_tsquery('simple', %(text)s)::text, '&', '|')::tsquery
         END AS any_simple
), found AS (
  SELECT e.id, e.title, e.topics, e.body, e.shipped_key,
         CASE e.language WHEN 'english' THEN 'english' ELSE 'simple' END::regconfig AS config,
         CASE e.language WHEN 'english' THEN q.any_english ELSE q.any_simple END AS wanted,
         CASE e.language WHEN 'english' THEN e.search @@ q.all_english
              ELSE e.search @@ q.all_simple END AS has_all,
         e.search
  FROM plans_playbookentry e CROSS JOIN q
  WHERE e.organization_id = %(org)s AND e.archived_at IS NULL
    AND ((e.language = 'english' AND e.search @@ q.any_english)
      OR (e.language <> 'english' AND e.search @@ q.any_simple))
), best AS (
  SELECT *, ts_rank('{0.1, 0.2, 0.4, 1.0}', search, wanted) AS rank FROM found
  ORDER BY has_all DESC, rank DESC, id LIMIT %(most)s
)
SELECT id, topics, shipped_key, has_all, rank,
       ts_headline(config, title, wanted, %(whole)s),
       ts_headline(config, regexp_replace(regexp_replace(body,
           '\\[([^\\]]*)\\]\\([^)]*\\)', '\\1', 'g'), '\\*\\*|^\\s*[-*]\\s+', '', 'gn'),
         wanted, %(fragments)s)
FROM best ORDER BY has_all DESC, rank DESC, id
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; `hit` where it is what was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that was found, with the words that matched."""

    pk: int
    title: list[Piece]
    text: list[Piece]
    topics: list[str]
    is_shipped: bool


@dataclass(frozen=True)
class Found:
    """What a search came to. `mended` maps a word as typed to the word that was looked for."""

    asked: str
    hits: list[Hit]
    words: list[str] = field(default_factory=list)
    mended: dict[str, str] = field(default_factory=dict)
    has_all: bool = True


def search(organization: Organization, text: str, most: int = MOST) -> Found:
    """The organization's entries in use that speak of this, the best first."""
    text = " ".join(text.replace("\x00", " ").split())[:300]
    words = words_of(text)
    if not words:
        return Found(text, [])
    mended = _mended(organization, words)
    rows = _rows(organization, mend(text, mended), most)
    has_all = bool(rows and rows[0][3])
    kept = [row for row in rows if row[3] or not has_all]
    return Found(text, [_hit(row) for row in kept], words, mended, has_all)


def _rows(organization: Organization, text: str, most: int) -> list[Any]:
    marks = f"StartSel={BEGIN},StopSel={END}"
    values: dict[str, Any] = {
        "org": organization.pk,
        "text": text,
        "most": most,
        "strict": '"' in text or " -" in f" {text}",
        "whole": f"{marks},HighlightAll=true",
        "fragments": f'{marks},MaxFragments=2,MaxWords=22,MinWords=8,FragmentDelimiter=" … "',
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, values)
        return list(cursor.fetchall())


def _mended(organization: Organization, words: list[str]) -> dict[str, str]:
    """Each word that stands in no entry, with the nearest one that does; one statement."""
    values: dict[str, Any] = {
        "org": organization.pk,
        "words": [word for word in words if len(word) >= SHORTEST_MENDED],
        "shortest": SHORTEST_MENDED,
        "likeness": LIKENESS,
    }
    if not values["words"]:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SPELLING, values)
        return dict(cursor.fetchall())


def _hit(row: Any) -> Hit:
    pk, topics, shipped_key, _all, _rank, title, text = row
    found = [topic for topic in topics.split(", ") if topic]
    return Hit(pk, _pieces(title), _pieces(text), found, bool(shipped_key))


def _pieces(marked: str) -> list[Piece]:
    """The text cut at its marks: what was looked for, and what stands around it."""
    pieces = []
    for part in marked.split(BEGIN):
        hit, end, rest = part.partition(END)
        pieces += [Piece(hit, True), Piece(rest, False)] if end else [Piece(hit, False)]
    return [piece for piece in pieces if piece.text]
