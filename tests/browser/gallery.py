"""Writes docs/gallery: every page of the console at two widths, as pictures of few colours. A demo has to run.

python -m tests.browser.gallery http://127.0.0.1:8000 var/demo/credentials.json docs/gallery
"""

import io
import json
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.console_walk import PAGES, open_walk

WIDTHS = (1280, 360)
LISTS = frozenset(
    {
        *("/console/requests", "/console/people", "/console/clients"),
        *("/console/sources", "/console/quality", "/console/codes"),
        *("/console/identities", "/console/corrections", "/console/mappings"),
        *("/console/audit/works", "/console/audit?first=2026-01-01&last=2026-12-31"),
    }
)
"""Lists of which the first entry is opened, too."""
_COLOURS, _TALLEST, _MOST_BYTES = 48, 2400, 120_000


def write_gallery(origin: str, credentials: Path, folder: Path, chromium: str) -> list[Path]:
    """The pictures that were written; AssertionError for a page that fetches elsewhere or complains."""
    people = {one["username"]: one for one in json.loads(credentials.read_text("utf-8")) if one.get("username")}
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        for username, paths in PAGES.items():
            context, walk = open_walk(browser, origin, locale="zh-CN")
            walk.sign_in(people[username])
            for width in WIDTHS:
                walk.page.set_viewport_size({"width": width, "height": 800})
                for path in paths:
                    walk.open(path)
                    written.append(_picture(walk.page, folder, f"{username}-{width}", path))
                    first = walk.page.locator("tbody a[href^='/console/']").first
                    if path in LISTS and first.count():
                        first.click()
                        named, own = f"{username}-{width}", path.partition("?")[0]
                        written.append(_picture(walk.page, folder, named, f"{own}-one"))
                        inner = walk.page.locator(".tabs a:not([aria-current])")
                        views = [str(one.get_attribute("href")) for one in inner.all()]
                        for view in [view for view in views if urlsplit(view).path not in paths]:
                            walk.open(view)
                            name = urlsplit(view).path.rpartition("/")[2]
                            written.append(_picture(walk.page, folder, named, f"{own}-{name}"))
            assert walk.complaints == [], walk.complaints
            assert walk.off_site == [], walk.off_site
            context.close()
    return written


def _picture(page: Page, folder: Path, named: str, path: str) -> Path:
    name = re.sub(r"[^a-z]+", "-", path.partition("?")[0].removeprefix("/console").strip("/")) or "home"
    written = folder / f"{name}-{named}.png"
    # Those below the fold, too, and drawn to the end.
    page.evaluate("() => Promise.all([...document.images].map(one => { one.loading = 'eager'; return one.decode() }))")
    _save(page.screenshot(full_page=True), written)
    return written


def _save(picture: bytes, path: Path) -> None:
    """A picture with few colours, cut where a page is very long."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, _TALLEST)))
    for colours in (_COLOURS, 24, 12):
        image.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= _MOST_BYTES:
            return


if __name__ == "__main__":
    if not Path(sys.argv[2]).is_file():
        sys.exit(
            f"no demo has written {sys.argv[2]}: start one with `make demo` in another terminal, or name its folder with VAR="
        )
    for one in write_gallery(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), "/usr/bin/chromium"):
        sys.stdout.write(f"{one} {one.stat().st_size}\n")
