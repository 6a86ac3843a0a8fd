"""The chain over the record: pure, so that it can be verified without a database.

Each organization has a chain of its own. With `canonical(x)` the JSON text with sorted keys, no
spaces and no escapes beyond the necessary:

    hash(n) = SHA-256(canonical({"sequence": n, "previous": hash(n - 1), "facts": facts(n)}))
    hash(0) = 64 zeros

A chain shows that nothing within it was changed, taken out or put in. That its end was not cut
off, or all of it written anew, shows only against a head (sequence and hash) kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One seal with the facts that it seals."""

    sequence: int
    previous_hash: str
    hash: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain of `organization` stood: everything up to `sequence` is bound by `hash`."""

    organization: int
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """One place at which the record is not what was sealed. `sequence` 0 stands for none."""

    kind: str
    sequence: int
    sentence: str


def canonical(value: Any) -> str:
    """The one way to write this value as JSON. `ValueError` for a number that is none."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def link_hash(sequence: int, previous_hash: str, facts: Mapping[str, Any]) -> str:
    """The hash that binds these facts to everything before them."""
    sealed = {"sequence": sequence, "previous": previous_hash, "facts": facts}
    return hashlib.sha256(canonical(sealed).encode()).hexdigest()


def extend(head: Head, facts: Iterable[Mapping[str, Any]]) -> Iterator[Link]:
    """The links that continue a chain from its head."""
    sequence, previous = head.sequence, head.hash
    for each in facts:
        sequence += 1
        link = Link(sequence, previous, link_hash(sequence, previous, each), each)
        yield link
        previous = link.hash


def breaks(organization: int, links: Iterable[Link], heads: Sequence[Head] = ()) -> Iterator[Break]:
    """Each break of the chain, in order, each named once; `heads` are those kept elsewhere.

    Links come ordered by sequence. After a break the stored hash is taken for what it says, so
    that one change is not reported again at every later link.
    """
    kept = {head.sequence: head.hash for head in heads if head.organization == organization}
    previous = Link(0, "", GENESIS, {})
    for link in links:
        yield from _between(previous, link)
        yield from _within(organization, link)
        if kept.pop(link.sequence, link.hash) != link.hash:
            yield Break("rewritten", link.sequence, "The kept head has another hash here.")
        previous = link
    for sequence in sorted(kept):
        sentence = f"The kept head stands at {sequence}; the chain ends at {previous.sequence}."
        yield Break("cut", sequence, sentence)


def _between(previous: Link, link: Link) -> Iterator[Break]:
    expected = previous.sequence + 1
    if link.sequence != expected:
        sentence = f"Expected {expected}, found {link.sequence}: entries are missing."
        yield Break("missing", expected, sentence)
    elif link.previous_hash != previous.hash:
        yield Break("unlinked", link.sequence, "It does not continue the entry before it.")


def _within(organization: int, link: Link) -> Iterator[Break]:
    if link.facts.get("organization") != organization:
        yield Break("foreign", link.sequence, "It belongs to another organization.")
    if link_hash(link.sequence, link.previous_hash, link.facts) != link.hash:
        yield Break("changed", link.sequence, "What stands there is not what was sealed.")
