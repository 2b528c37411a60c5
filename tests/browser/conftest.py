"""A browser, and a small hub behind it: a real GraphQL schema, two callers, a note of every request."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import strawberry
import uvicorn
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from hub.web import assets
from hub.web.graphiql import CSP, Example, PurposeChoice, graphiql_page

OFFICER = "officer-token-of-the-test"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
EXAMPLES = (
    Example("公众 Public", "查一个字号", "Look up a trade name", "", "query Look {\n  entity { name }\n}"),
    Example(
        "市场监管 Market supervision",
        "检查前看什么</script>",
        "What to see before an inspection",
        "现场检查",
        "query Inspect($limit: Int!) {\n  inspections(limit: $limit)\n}",
        '{\n  "limit": 2\n}',
    ),
)
PURPOSES = (
    PurposeChoice("公众查询", "公众查询", "Public enquiry"),
    PurposeChoice("现场检查", "现场检查", "Inspection"),
)


@strawberry.type
class Entity:
    name: str


@strawberry.type(name="Query")
class PublicQuery:
    @strawberry.field
    def entity(self) -> Entity:
        return Entity(name="肇东市示例粮油店")


@strawberry.type(name="Query")
class OfficerQuery(PublicQuery):
    @strawberry.field
    def inspections(self, limit: int) -> list[str]:
        return ["消防检查", "食品检查", "价格检查"][:limit]


SCHEMAS = {None: strawberry.Schema(PublicQuery), f"Bearer {OFFICER}": strawberry.Schema(OfficerQuery)}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that reached /graphql."""

    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def is_introspection(self) -> bool:
        return self.body.get("operationName") == "IntrospectionQuery"


@dataclass(frozen=True, slots=True)
class SmallHub:
    """Where the server listens, and what it was asked so far."""

    url: str
    asked: list[Asked]

    @property
    def questions(self) -> list[Asked]:
        return [asked for asked in self.asked if not asked.is_introspection]


@dataclass(frozen=True, slots=True)
class Visit:
    """One open query desk: every address it fetched, every complaint of the browser."""

    page: Page
    hub: SmallHub
    fetched: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self) -> None:
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(self.hub.url)
        self.page.wait_for_selector("#notice[data-state=ready]")

    def use_token(self, token: str) -> None:
        self.page.fill("#token", token)
        self.page.press("#token", "Enter")

    def answer(self) -> str:
        """The text of the answer pane once the running question is answered."""
        self.page.wait_for_function("() => document.querySelector('.result-window').innerText.includes('}')")
        return self.page.inner_text(".result-window .CodeMirror-code")

    def _note(self, url: str) -> None:
        if not url.startswith("data:"):
            self.fetched.append(url)

    @property
    def off_site(self) -> list[str]:
        return [url for url in self.fetched if urlsplit(url).netloc != urlsplit(self.hub.url).netloc]


@pytest.fixture(scope="session")
def small_hub() -> Iterator[SmallHub]:
    """The pages on a free local port, answered by a real schema."""
    asked: list[Asked] = []

    async def page(request: Request) -> Response:
        return HTMLResponse(graphiql_page(EXAMPLES, PURPOSES), headers={"content-security-policy": CSP})

    async def graphql(request: Request) -> Response:
        asked.append(Asked(request.headers, await request.json()))
        return await _answer(asked[-1])

    application = Starlette(routes=[Route("/", page), Route("/graphql", graphql, methods=["POST"]), *assets.routes()])
    with _listening(application) as url:
        yield SmallHub(url, asked)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """One Chromium for the module, for its driver keeps a loop running that other tests cannot share; each visit has its own context, so nothing is shared."""
    with playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, small_hub: SmallHub, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """The query desk, opened by a stranger; parametrize indirectly with a (width, height) for another window."""
    width, height = getattr(request, "param", (1280, 800))
    small_hub.asked.clear()
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        visit = Visit(context.new_page(), small_hub)
        visit.open()
        yield visit


async def _answer(asked: Asked) -> Response:
    schema = SCHEMAS.get(asked.headers.get("authorization"))
    if schema is None:
        extensions = {"code": "UNAUTHENTICATED", "messageEn": "The token is not valid.", "requestId": "R-1"}
        return JSONResponse({"errors": [{"message": "令牌无效。", "extensions": extensions}]}, status_code=401)
    result = await schema.execute(asked.body["query"], asked.body.get("variables"))
    errors = {"errors": [error.formatted for error in result.errors]} if result.errors else {}
    return JSONResponse({"data": result.data, **errors}, media_type="application/graphql-response+json")


@contextmanager
def _listening(application: Starlette) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    thread.join(timeout=10)
