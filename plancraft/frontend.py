"""Builds the few front-end files that are generated: ``python -m plancraft.frontend``.

Bootstrap, Inter and SortableJS are served straight from ``node_modules`` by prefixes in
``STATICFILES_DIRS``. Only the icons are put together here: of bootstrap-icons' two thousand single
SVGs, those that our templates and Python name become one style sheet of masks,
``static/build/icons.css`` (git-ignored). A mask lets an icon be ``<i class="bi bi-inbox"></i>``, a
third of the bytes of an SVG reference, which counts where a month shows a thousand of them.

An icon counts as named by ``{% icon "inbox" %}``, by ``icon="inbox"`` (or ``icon: "inbox"``,
``..._icon="inbox"``) in Python and templates, by a class ``bi-inbox``, or as a value of a
dictionary whose name ends in ``ICONS``. In Python a quoted name with a hyphen that is an icon's
(``"signpost-split"``) counts too, and in a module that makes ``NavItem``s one without.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "bootstrap-icons" / "icons"
TARGET = ROOT / "static" / "build" / "icons.css"
ROOMS = (
    "plancraft",
    "people",
    "workflow",
    "plans",
    "calendar_app",
    "reminders",
    "dashboards",
    "templates",
    "static/js",
)

NAMED = re.compile(
    r"""(?:\{%\s*icon\s+|icon\w*["']?\s*[=:]\s*|\bicon\(\s*)["']([a-z0-9]+(?:-[a-z0-9]+)*)["']"""
    r"""|\bbi-([a-z0-9]+(?:-[a-z0-9]+)*)(?![a-z0-9-]*\{)"""
)
TABLE = re.compile(r"ICONS\b[^=\n]*=\s*\{([^}]*)\}")
HYPHENED = re.compile(r"""["']([a-z0-9]+(?:-[a-z0-9]+)+)["']""")
QUOTED = re.compile(r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""")
TABLE_VALUE = re.compile(r""":\s*["']([a-z0-9-]+)["']""")


class MissingIcon(Exception):
    """A template or module names an icon that bootstrap-icons does not have."""


def names_in(text: str) -> set[str]:
    """Icon names that a template or module mentions."""
    tables = (TABLE_VALUE.findall(table) for table in TABLE.findall(text))
    return {tag or css for tag, css in NAMED.findall(text)}.union(*tables)


def guesses_in(text: str) -> set[str]:
    """Words in Python that may be icon names: any with a hyphen, and all where a ``NavItem`` is."""
    return set((QUOTED if "NavItem" in text else HYPHENED).findall(text))


def sources(root: Path) -> list[Path]:
    """Every template, module and script that may name an icon, in a stable order."""
    found = (
        path
        for room in ROOMS
        for path in (root / room).rglob("*")
        if path.suffix in {".html", ".py", ".js", ".txt"} and path.name != Path(__file__).name
    )
    return sorted(found)


def used_icons(root: Path = ROOT, package: Path = PACKAGE) -> dict[str, Path]:
    """Each icon name with the first file that names it."""
    there = {path.stem for path in package.glob("*.svg")}
    used: dict[str, Path] = {}
    for path in sources(root):
        text = path.read_text(encoding="utf-8")
        guessed = guesses_in(text) & there if path.suffix == ".py" else set()
        for name in names_in(text) | guessed:
            used.setdefault(name, path)
    return used


def mask(svg: str) -> str:
    """One SVG as a data address, without the attributes that a mask does not need."""
    svg = re.sub(r'\s(?:class|fill|width|height)="[^"]*"', "", svg, count=4)
    svg = re.sub(r">\s+<", "><", svg.strip()).replace('"', "'")
    encoded = quote(svg, safe=" =:/'()-.,;")
    return f'url("data:image/svg+xml,{encoded}")'


def style_sheet(icons: dict[str, Path], package: Path = PACKAGE) -> str:
    """The style sheet of masks for these icons.

    Raises ``MissingIcon`` with every unknown name and the file that uses it.
    """
    missing = [
        f"{name} ({path.name})"
        for name, path in icons.items()
        if not (package / f"{name}.svg").is_file()
    ]
    if missing:
        raise MissingIcon("bootstrap-icons has no icon named " + ", ".join(sorted(missing)))
    rules = (
        f".bi-{name}{{--icon:{mask((package / f'{name}.svg').read_text(encoding='utf-8'))}}}"
        for name in sorted(icons)
    )
    return "@layer components{\n" + "\n".join(rules) + "\n}\n"


def build(root: Path = ROOT) -> int:
    """Write the generated files below ``root``; return how many icons they hold.

    The file is only touched when its content changes, so that browsers keep theirs.
    """
    package = root / PACKAGE.relative_to(ROOT)
    icons = used_icons(root, package)
    text = style_sheet(icons, package)
    target = root / TARGET.relative_to(ROOT)
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return len(icons)


def main() -> int:
    """Build, and say in one sentence what happened."""
    if not PACKAGE.is_dir():
        sys.stderr.write("The front-end packages are not here yet. Run: npm ci --ignore-scripts\n")
        return 1
    try:
        count = build()
    except MissingIcon as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(f"{count} icons in {TARGET.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
