"""Addresses that nobody has: names that are reserved and lead nowhere (RFC 2606, RFC 6761)."""

from __future__ import annotations

RESERVED = (".example", ".invalid")


def leads_nowhere(address: str) -> bool:
    """Whether a mail to this address could never arrive, so that none may leave for it.

    The demo's people live under `.example`.
    """
    return address.rpartition("@")[2].rstrip(".").casefold().endswith(RESERVED)
