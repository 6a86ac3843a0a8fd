"""Files that people hand in: kept where no address reaches, judged by what they hold.

A file is what its first bytes show it to be, whatever its name or the browser says. What is not in
`KINDS` is refused, and so is a name whose ending says something else: a picture that is called
`.html` would be a page wherever it is opened again. Pages, scripts and programs are in no kind.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage

LONGEST_NAME = 120
MOST_ENTRIES = 10_000
"""An office document with more parts than that is none."""

ZIPPED = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "ppt/": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ("pptx",),
    ),
}
"""Folder inside the archive -> the office document it is."""

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", ("png",)),
    (b"\xff\xd8\xff", 0, "image/jpeg", ("jpg", "jpeg")),
    (b"GIF87a", 0, "image/gif", ("gif",)),
    (b"GIF89a", 0, "image/gif", ("gif",)),
    (b"WEBP", 8, "image/webp", ("webp",)),
    (b"%PDF-", 0, "application/pdf", ("pdf",)),
    (b"ftyp", 4, "video/mp4", ("mp4", "m4v", "mov")),
)
TEXTS = {"txt": "text/plain", "md": "text/markdown", "csv": "text/csv", "ics": "text/calendar"}
MARKUP = re.compile(r"^\s*(<\?xml|<!doctype|<html|<svg|<script|<head|<body|<iframe)", re.I)
KINDS = "PNG, JPEG, GIF, WebP, PDF, MP4, Word, Excel, PowerPoint, text, Markdown, CSV, ICS"
"""What may be handed in, in words."""


class NotAccepted(ValueError):
    """The file is none of `KINDS`, or its name says it is another kind than it is."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that was accepted: its tidy name, its kind by content, size in bytes and SHA-256."""

    name: str
    content_type: str
    size: int
    digest: str


class PrivateStorage(FileSystemStorage):
    """Files without address: a view sends them, after asking who may see them."""

    def url(self, name: str | None) -> str:
        """`ValueError`, always."""
        raise ValueError("a private file has no address")


def private_storage() -> Storage:
    """Where handed-in files lie: a folder that no address leads to, readable by us alone."""
    return PrivateStorage(
        location=settings.PRIVATE_FILES_ROOT,
        file_permissions_mode=0o600,
        directory_permissions_mode=0o700,
    )


def judge(name: str, content: bytes) -> Handed:
    """What this file is; `NotAccepted` if it is nothing that may be handed in."""
    name = tidy_name(name)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    content_type = _kind(content, ending)
    if content_type is None:
        raise NotAccepted(name)
    return Handed(name, content_type, len(content), hashlib.sha256(content).hexdigest())


def tidy_name(name: str) -> str:
    """The name without folders, control characters and outer dots; never empty, never too long."""
    bare = re.split(r"[/\\]", name)[-1]
    printable = "".join(c for c in bare if not unicodedata.category(c).startswith("C"))
    tidy = re.sub(r"\s+", " ", printable).strip(" .")
    stem, dot, ending = tidy.rpartition(".")
    if len(tidy) > LONGEST_NAME and dot and len(ending) <= 8:
        tidy = stem[: LONGEST_NAME - len(ending) - 1] + dot + ending
    return tidy[:LONGEST_NAME] or "file"


def _kind(content: bytes, ending: str) -> str | None:
    for signature, offset, content_type, endings in SIGNATURES:
        if content[offset : offset + len(signature)] == signature:
            return content_type if ending in endings else None
    if content.startswith(b"PK\x03\x04"):
        return _office(content, ending)
    return _text(content, ending)


def _office(content: bytes, ending: str) -> str | None:
    """The office document inside; None for any other archive, and for one that hides another."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return None
    if len(names) > MOST_ENTRIES or "[Content_Types].xml" not in names:
        return None
    for folder, (content_type, endings) in ZIPPED.items():
        if any(entry.startswith(folder) for entry in names):
            return content_type if ending in endings else None
    return None


def _text(content: bytes, ending: str) -> str | None:
    """Plain text by its ending: UTF-8 without control characters, and no markup in disguise."""
    if ending not in TEXTS or b"\x00" in content:
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if MARKUP.match(text) else TEXTS[ending]
