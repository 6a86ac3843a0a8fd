"""The small markup of answers and playbook entries, and the safe HTML that it becomes.

    an empty line       begins a new paragraph
    - or * at the start  a list; 1. a numbered one
    **important**        strong
    [words](https://…)   a link; a bare address becomes one too

Everything else is text: it is escaped first, and what comes out is cleaned once more by nh3, so
that nothing but these tags, and no address but http, https and mailto, reaches a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

TAGS = {"p", "ul", "ol", "li", "a", "strong", "br"}
_BULLET = re.compile(r"^\s*[-*]\s+")
_NUMBER = re.compile(r"^\s*\d{1,3}[.)]\s+")
_LINK = re.compile(
    r"\[([^\[\]\n]{1,300})\]\(((?:https?://|mailto:)[^\s()<>]{1,500})\)"
    r"|(https?://[^\s<>()\[\]]{1,500}[^\s<>()\[\].,;:!?])"
)
_STRONG = re.compile(r"\*\*([^*\n]{1,300})\*\*")


def render(text: str) -> SafeString:
    """The text as HTML that may stand on a page."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    html = "".join(_block(block.split("\n")) for block in blocks if block.strip())
    return mark_safe(nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, link_rel="noopener"))


def plain(text: str) -> str:
    """The text without its signs, for a line in a list."""
    text = _LINK.sub(lambda found: found.group(1) or found.group(3), text)
    text = _STRONG.sub(r"\1", text)
    lines = (_NUMBER.sub("", _BULLET.sub("", line)) for line in text.splitlines())
    return " ".join(" ".join(lines).split())


def _block(lines: list[str]) -> str:
    """A paragraph, or a list where its lines say so; a paragraph may lead into a list."""
    html, kind = "", ""
    paragraph: list[str] = []
    items: list[str] = []
    for line in lines:
        now = "ul" if _BULLET.match(line) else "ol" if _NUMBER.match(line) else ""
        if now != kind:
            html += _flush(kind, paragraph, items)
            paragraph, items, kind = [], [], now
        if now:
            items.append(_NUMBER.sub("", _BULLET.sub("", line)))
        else:
            paragraph.append(line)
    return html + _flush(kind, paragraph, items)


def _flush(kind: str, paragraph: Iterable[str], items: Iterable[str]) -> str:
    if kind:
        return f"<{kind}>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + f"</{kind}>"
    words = "<br>".join(_inline(line) for line in paragraph)
    return f"<p>{words}</p>" if words else ""


def _inline(text: str) -> str:
    """One line: links first, so that no other sign reaches into an address."""
    html, end = "", 0
    for found in _LINK.finditer(text):
        html += _strong(text[end : found.start()])
        words, address = found.group(1) or found.group(3), found.group(2) or found.group(3)
        html += f'<a href="{escape(address)}">{escape(words)}</a>'
        end = found.end()
    return html + _strong(text[end:])


def _strong(text: str) -> str:
    return _STRONG.sub(r"<strong>\1</strong>", escape(text))
