"""Files that are handed in: what they are is what they hold."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plancraft.lib.files import LONGEST_NAME, NotAccepted, judge, tidy_name

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


WORD = archive("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("A.JPG", b"\xff\xd8\xff\xe0 jpeg", "image/jpeg"),
        ("a.gif", b"GIF89a...", "image/gif"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.pdf", b"%PDF-1.7 ...", "application/pdf"),
        ("a.mp4", b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        ("a.txt", "Grüße".encode(), "text/plain"),
        ("a.csv", b"a,b\n1,2\n", "text/csv"),
        ("a.md", b"# Title", "text/markdown"),
        ("a.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_what_is_kept(name: str, content: bytes, kind: str) -> None:
    handed = judge(name, content)
    assert (handed.name, handed.content_type, handed.size) == (name, kind, len(content))
    assert handed.digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", PNG),
        ("a", PNG),
        ("a.png", b"<html>"),
        ("a.html", b"<html></html>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.txt", b"  <!DOCTYPE html><script>"),
        ("a.txt", b"\x00\x01"),
        ("a.txt", b"\xff\xfe\x41"),
        ("a.exe", b"MZ\x90"),
        ("a.xlsx", WORD),
        ("a.zip", archive("a.txt")),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docx", archive("word/document.xml")),
        ("a.js", b"alert(1)"),
    ],
)
def test_what_is_not_kept(name: str, content: bytes) -> None:
    with pytest.raises(NotAccepted):
        judge(name, content)


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("C:\\fakepath\\plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        (" two\n lines .txt ", "two lines .txt"),
        ("", "file"),
        ("...", "file"),
        ("a" * 200 + ".docx", "a" * (LONGEST_NAME - 5) + ".docx"),
        ("bidi\u202etxt.exe", "biditxt.exe"),
    ],
)
def test_names_are_tidied(name: str, tidy: str) -> None:
    assert tidy_name(name) == tidy


@given(st.text(), st.binary(max_size=40))
def test_whatever_comes_is_kept_or_refused(name: str, content: bytes) -> None:
    found: Any = None
    try:
        found = judge(name, content)
    except NotAccepted:
        return
    assert found.content_type and 0 < len(found.name) <= LONGEST_NAME
