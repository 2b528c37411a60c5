"""What all public pages have in common: how an address is read, how a page is sent, which network asks."""

import gzip
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from hub.callers.throttle import Network, network_of
from hub.web.code_page import Page, page_headers, render

MOST_QUERY = 2048
_MOST_FIELDS = 10


@dataclass(frozen=True, slots=True)
class Edge:
    """Reads requests for pages and answers them; `proxies` are those whose word on the network counts."""

    proxies: tuple[Network, ...] = ()

    def network(self, request: Request) -> str:
        """The network a request comes from; kept by nobody."""
        client = request.client.host if request.client else None
        return network_of(client, request.headers.getlist("x-forwarded-for"), self.proxies)

    def query(self, request: Request) -> dict[str, str]:
        """Parameters of the address, the first of each name; none where they can't be read."""
        raw: bytes = request.scope["query_string"]
        try:
            pairs = parse_qsl(raw[:MOST_QUERY].decode("ascii"), max_num_fields=_MOST_FIELDS, errors="strict")
        except ValueError:
            return {}
        return {name: value for name, value in reversed(pairs) if value.isprintable()}

    def is_large(self, request: Request) -> bool:
        """True if somebody wants larger text."""
        return self.query(request).get("text") == "large"

    def is_visit(self, request: Request) -> bool:
        """True if somebody opened the page: no check by HEAD, nothing that was fetched before anybody tapped."""
        early = request.headers.get("sec-purpose", request.headers.get("purpose", ""))
        return request.method == "GET" and "prefetch" not in early

    def shown(self, request: Request, page: Page) -> Response:
        """A page, compressed for those who can."""
        headers = {**page_headers(page), "vary": "accept-encoding"}
        body = render(page).encode()
        if "gzip" in request.headers.get("accept-encoding", ""):
            # Nothing secret stands in a page, so that its length tells nothing.
            body = gzip.compress(body, compresslevel=6, mtime=0)
            headers["content-encoding"] = "gzip"
        return Response(body, page.status, headers, media_type="text/html; charset=utf-8")
