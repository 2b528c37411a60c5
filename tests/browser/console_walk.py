"""A walk through the console in a real browser: who signs in, which pages they open, and what a page must not do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from tests.clients.browser import totp

MATRIX = "/console/matrix?role=OFFICER"
PAGES: Mapping[str, tuple[str, ...]] = {
    "security-admin": (
        "/console",
        MATRIX,
        "/console/grants",
        "/console/see-as",
        "/console/requests",
        "/console/catalogue",
        "/console/freeze",
        "/console/emergencies",
    ),
    "credit": (
        "/console/identities",
        "/console/identities/successions",
        "/console/identities/keys",
        "/console/corrections",
        "/console/codes",
    ),
    "system-admin": ("/console", "/console/people", "/console/clients", "/console/deputies", "/console/components"),
    "audit-admin": (
        "/console",
        MATRIX,
        "/console/freeze",
        "/console/people",
        "/console/sources/approval",
        "/console/quality",
        "/console/audit",
        "/console/audit?first=2026-01-01&last=2026-12-31",
        "/console/audit/anomalies?seen=1",
        "/console/audit/receivers",
        "/console/audit/works",
        "/console/audit/objections",
        "/console/audit/recalls",
        "/console/audit/holds",
        "/console/audit/receipts?index=0",
    ),
    "steward-market": (
        "/console",
        MATRIX,
        "/console/requests",
        "/console/grants",
        "/console/matrix/sheet",
        "/console/sources",
        "/console/mappings",
        "/console/codes/reports",
    ),
    "clerk": ("/console/codes/apply", "/console/codes/batches", "/console/codes/batches/new"),
}
"""Pages that somebody opens day by day, by their account."""


@dataclass
class Walk:
    """One person's browser: every address it fetched, every complaint, the bytes of each page with what it loads."""

    page: Page
    origin: str
    fetched: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    bytes: int = 0

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.fetched.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: self._say(line.type, line.text))

    def _say(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    @property
    def off_site(self) -> list[str]:
        """Addresses elsewhere that were fetched."""
        here = urlsplit(self.origin).netloc
        return [url for url in self.fetched if not url.startswith("data:") and urlsplit(url).netloc != here]

    def open(self, path: str) -> None:
        """Open a page of the hub."""
        self.page.goto(self.origin + path)

    def sign_in(self, person: Mapping[str, Any], path: str = "/console", seconds: float | None = None) -> None:
        """Come for a page, be led to the sign-in, and back."""
        self.open(path)
        self.page.fill("#username", person["username"])
        self.page.fill("#password", person["password"])
        self.page.click("form button.main")
        if person.get("totp_secret"):
            self.page.fill("#code", totp(person["totp_secret"], seconds))
            self.page.click("form button.main")
        self.page.wait_for_url(self.origin + path)


def open_walk(browser: Browser, origin: str, width: int = 1280, **more: Any) -> tuple[BrowserContext, Walk]:
    """A browser of somebody's own."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **more)
    return context, Walk(context.new_page(), origin)
