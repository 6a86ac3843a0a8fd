"""The generated icons, the frame's promises, and the pages that stand when nothing else does."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client

from people.templatetags import plancraft as marks
from plancraft import frontend

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
needs_packages = pytest.mark.skipif(
    not MODULES.is_dir(), reason="front-end packages are not installed (npm ci --ignore-scripts)"
)

SHEETS = re.compile(r"""<link rel="stylesheet" href="{% static '([^']+\.css)' %}">""")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{% icon "plus-lg" %}', {"plus-lg"}),
        ('NavItem(label="x", icon="people")', {"people"}),
        ('<i class="bi bi-search"></i>', {"search"}),
        ('KIND_ICONS = {"x": "twitter-x", "blog": "pencil"}', {"twitter-x", "pencil"}),
        ("nothing here", set()),
    ],
)
def test_names_are_found_where_icons_are_named(text: str, names: set[str]) -> None:
    assert frontend.names_in(text) == names


def test_names_in_data_are_guessed_in_python() -> None:
    text = 'for icon in ("megaphone", "inbox"): NavItem(label, url, icon)'
    assert frontend.guesses_in(text) == {"megaphone", "inbox"}
    assert frontend.guesses_in('x = ("signpost-split", "people")') == {"signpost-split"}


def test_an_icon_that_does_not_exist_is_named_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(frontend.MissingIcon, match=r"no-such \(page\.html\)"):
        frontend.style_sheet({"no-such": Path("page.html")}, tmp_path)


def test_a_mask_survives_quotes_and_hashes() -> None:
    svg = '<svg width="16" class="bi" viewBox="0 0 16 16">\n <path d="M1#"/>\n</svg>'
    assert frontend.mask(svg) == (
        "url(\"data:image/svg+xml,%3Csvg viewBox='0 0 16 16'%3E%3Cpath d='M1%23'/%3E%3C/svg%3E\")"
    )


@needs_packages
def test_every_named_icon_exists_and_every_mark_is_covered() -> None:
    used = frontend.used_icons()
    assert frontend.style_sheet(used).count("--icon:") == len(used)
    tables = (marks.STATES, marks.SEVERITIES)
    wanted = {mark.icon for table in tables for mark in table.values()}
    wanted |= set(marks.CHANNEL_ICONS.values()) | set(marks.NOTICE_ICONS.values())
    assert wanted <= set(used)


def test_the_lock_file_carries_integrity_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert all("integrity" in p for name, p in packages.items() if name)
    assert "resolved" not in text
    assert "://" not in text


@needs_packages
def test_the_first_load_stays_under_200_kb() -> None:
    """Everything a first page needs, compressed as it is served; fonts are compressed already.

    Sheets that only some pages bring along are not among it; every script is.
    """
    import django_htmx

    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    bootstrap = MODULES / "bootstrap" / "dist"
    styles = (ROOT / "templates" / "components" / "styles.html").read_text("utf-8")
    texts = [
        *(ROOT / "static" / name for name in SHEETS.findall(styles) if "vendor/" not in name),
        *(ROOT / "static" / "js").glob("*.js"),
        bootstrap / "css" / "bootstrap.min.css",
        bootstrap / "js" / "bootstrap.bundle.min.js",
        htmx,
    ]
    font = MODULES / "@fontsource-variable" / "inter" / "files" / "inter-latin-opsz-normal.woff2"
    total = sum(len(gzip.compress(path.read_bytes())) for path in texts) + font.stat().st_size
    assert 150_000 < total <= 200_000


@needs_packages
def test_every_address_in_our_style_sheets_resolves() -> None:
    """Hashed static files refuse a reference that leads nowhere."""
    prefixes = {
        "vendor/bootstrap/": MODULES / "bootstrap" / "dist",
        "vendor/inter/": MODULES / "@fontsource-variable" / "inter" / "files",
    }
    lost = []
    for sheet in (ROOT / "static").glob("**/*.css"):
        for address in re.findall(r"url\(\"(?!data:)([^\"#]+)\"\)", sheet.read_text("utf-8")):
            prefix = next((p for p in prefixes if address.startswith(p)), None)
            target = prefixes[prefix] / address[len(prefix) :] if prefix else sheet.parent / address
            if not target.is_file():
                lost.append((sheet.name, address))
    assert lost == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages_need_no_context_and_offer_one_next_step(name: str) -> None:
    html = render_to_string(f"{name}.html")
    assert "<h1>" in html
    assert html.count("btn-primary") == 1


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so_in_words(client: Client) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


@pytest.mark.django_db
def test_the_page_of_a_foreign_organization_is_the_page_of_none(
    cast: object, client_of: object
) -> None:
    outsider = client_of(cast.outsider)  # type: ignore[operator, attr-defined]
    foreign = outsider.get("/o/northlake/")
    nothing = outsider.get("/o/there-is-none/")
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.content == nothing.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/confirm-email/",
        "/accounts/inactive/",
    ],
)
def test_pages_before_sign_in_stand_in_our_frame(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    assert "entry-promise" in html
    assert "htmx-config" in html
    assert "<style" not in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
    ],
)
def test_account_pages_show_where_one_is(cast: object, client_of: object, path: str) -> None:
    response = client_of(cast.member).get(path, follow=True)  # type: ignore[operator, attr-defined]
    assert response.status_code == 200
    assert response.content.decode().count('aria-current="page"') == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("theme", "shown"), [("dark", "dark"), ("light", "light")])
def test_the_theme_comes_from_the_person(
    cast: object, client_of: object, theme: str, shown: str
) -> None:
    member = cast.member  # type: ignore[attr-defined]
    member.user.theme = theme
    member.user.save()
    html = client_of(member).get("/accounts/sessions/").content.decode()  # type: ignore[operator]
    assert f'data-bs-theme="{shown}"' in html
