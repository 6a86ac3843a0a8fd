"""The small markup, and that nothing dangerous comes through it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.playbook.markup import TAGS, plain, render


def test_paragraphs_lists_links_and_strong_words() -> None:
    text = (
        "First line\nsecond\n\nDo this:\n- **one**\n- two\n\n1. a\n2) b\n\nSee https://a.example/x."
    )
    assert render(text) == (
        "<p>First line<br>second</p><p>Do this:</p>"
        "<ul><li><strong>one</strong></li><li>two</li></ul>"
        "<ol><li>a</li><li>b</li></ol>"
        '<p>See <a href="https://a.example/x" rel="noopener">https://a.example/x</a>.</p>'
    )
    assert render("[our guide](https://a.example/?a=1&b=2)") == (
        '<p><a href="https://a.example/?a=1&amp;b=2" rel="noopener">our guide</a></p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>1</script>)",
        '[x](https://a.example/" onmouseover="alert(1))',
        '[<b onclick="x">](https://a.example/)',
        '- <svg onload="alert(1)">',
    ],
)
def test_nothing_runs(text: str) -> None:
    html = render(text)
    assert {tag.lower() for tag in re.findall(r"</?([a-zA-Z]+)", html)} <= TAGS
    assert not re.search(r"<[^>]+\son\w+\s*=", html)
    assert 'href="javascript' not in html and 'href="data' not in html


@given(st.text(max_size=300))
def test_only_the_few_tags_come_out_whatever_goes_in(text: str) -> None:
    html = render(text)
    assert {tag.lower() for tag in re.findall(r"<\s*/?\s*([a-zA-Z]+)", html)} <= TAGS
    for address in re.findall(r'href="([^"]*)"', html):
        assert address.startswith(("http://", "https://", "mailto:"))


def test_plain_words_have_no_signs() -> None:
    assert plain("**Do** this:\n\n- [one](https://a.example/)\n- two") == "Do this: one two"
