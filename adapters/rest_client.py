"""What a `rest` source answers, where it may say inside an answer whether it succeeded. Knows no record."""

from typing import Any

from adapters.base import SourceBadData, SourceDown
from adapters.http_client import Call, Client, Request, fault_of
from adapters.paths import ABSENT, find, read_path
from adapters.rest_options import RestOptions


class RestClient:
    """One source, asked for JSON values."""

    def __init__(self, options: RestOptions) -> None:
        self._client = Client(options)
        self._health = options.health
        self._success = (read_path(options.success.path), options.success.equals) if options.success else None

    async def send(self, request: Request, call: Call) -> Any:
        """JSON value of the answer, ABSENT where there may be nothing. The caller's timeout ends it; SourceError."""
        answer = await self._client.ask(request, call)
        if request.may_lack and answer.status in (204, 404):
            return ABSENT
        value = self._client.value(answer)
        if self._success is not None:
            _check_success(find(value, self._success[0]), self._success[1])
        return value

    async def probe(self, call: Call) -> None:
        """Return if the source answers: at its health path with success, else at its address with anything."""
        answer = await self._client.ask_once(Request("GET", self._health or "/"), call)
        fault = fault_of(answer.status)
        if fault is not None and (self._health is not None or isinstance(fault, SourceDown)):
            raise fault

    async def aclose(self) -> None:
        """Close all connections; requests under way fail."""
        await self._client.aclose()


def _check_success(found: Any, meanings: tuple[str, ...]) -> None:
    if found is ABSENT or found is None:
        raise SourceBadData("the answer does not say whether it succeeded")
    if (str(found).lower() if isinstance(found, bool) else str(found)) not in meanings:
        raise SourceDown("the source reports a failure of its own")
