"""How a page of the console is sent."""

from starlette.responses import Response

from hub.web import console as pages


def sent(html: str, status: int = 200) -> Response:
    """A page as it is sent."""
    return Response(html, status, pages.page_headers(), media_type="text/html; charset=utf-8")
