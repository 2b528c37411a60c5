"""A form that was sent after its sign-in had ended: nothing of it is lost, and nothing of it is kept here.

What was filled in goes back to the browser that sent it, in a page. From there the person signs in in another window,
comes back and sends it again – in a form of the new sign-in, after seeing what stands in it. Only what comes from the hub's own
pages is answered so: another site can put nothing before anybody's eyes.
"""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from hub.callers.visiting import Visitor, own_page
from hub.console.pages import sent
from hub.web import console as pages

PATH = "/console/again"
_TO = "again-to"
_OWN = frozenset({"csrf", "key", _TO})
_SHOWN = 400
"""Characters of a value that are shown; all of it is sent."""
Pairs = Sequence[tuple[str, str]]


def is_from_here(request: Request, base_url: str) -> bool:
    """True if the browser says that it comes from one of the hub's own pages."""
    site = request.headers.get("sec-fetch-site")
    return request.headers.get("origin") == base_url and site in {None, "same-origin"}


def ask_to_sign_in(request: Request, pairs: Pairs, request_id: str, *, with_file: bool) -> Response:
    """The page with what was filled in, and the way to the sign-in."""
    to = dict(pairs).get(_TO) or request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return _page(pairs, to, request_id, None, 401, with_file=with_file)


def ask_to_send(pairs: Pairs, visitor: Visitor, request_id: str) -> Response:
    """The page from which it is sent again, now that somebody is signed in."""
    return _page(pairs, dict(pairs).get(_TO, ""), request_id, visitor, 200, with_file=False)


def _page(  # noqa: PLR0913 - what the page says
    pairs: Pairs, to: str, request_id: str, visitor: Visitor | None, status: int, *, with_file: bool
) -> Response:
    kept = [(name, value) for name, value in pairs if name not in {"csrf", _TO}]
    told = {
        "to": own_page(to) or "/console",
        "kept": kept,
        "told": [(name, value[:_SHOWN]) for name, value in kept if name not in _OWN],
        "again": PATH,
        "to_name": _TO,
        "visitor": visitor,
        "with_file": with_file,
        "request_id": request_id,
    }
    return sent(pages.render("again.html", told), status)
