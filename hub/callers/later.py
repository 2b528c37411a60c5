"""Routes that are made when somebody first comes: what most questions never need is not loaded for them."""

from collections.abc import Callable, Sequence

from starlette.routing import BaseRoute, Router
from starlette.types import Receive, Scope, Send


class Later:
    """An ASGI application over routes that do not exist yet; addresses it does not know are as unknown as any."""

    def __init__(self, build: Callable[[], Sequence[BaseRoute]]) -> None:
        self._build = build
        self._router: Router | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, the first one after the routes are made."""
        await self.make()(scope, receive, send)

    def make(self) -> Router:
        """The routes, made where they are not yet."""
        if self._router is None:
            self._router = Router(self._build(), redirect_slashes=False)
        return self._router
