"""The shield: what nobody foresaw fails its source, is in the log without its words, and nothing else is touched."""

import asyncio

import pytest
from structlog.testing import capture_logs

from adapters.base import SourceBadData, SourceDown
from adapters.wrap.shield import Shield
from tests.adapters.wrap.scripted import Act, Scripted, lookup, search
from tests.adapters.wrap.virtual import virtual

SECRET = "Z9-hunter"


def _surprise(_text: str) -> Exception:
    return KeyError(SECRET)


@virtual
async def test_the_unforeseen_is_bad_data_of_its_source():
    """Whatever was asked, the log says source, type and place of the exception, and nobody its words."""
    source = Scripted(checked=[Act(_surprise)])
    source.fails(3, _surprise)
    wrapped = Shield(source, "register")
    for ask in (
        lambda: wrapped.fetch(lookup()),
        lambda: wrapped.search(search()),
        lambda: wrapped.count(search()),
        wrapped.check,
    ):
        with capture_logs() as logs, pytest.raises(SourceBadData, match="KeyError") as told:
            await ask()
        assert [(log["source"], log["fault"]) for log in logs] == [("register", "KeyError")]
        assert any("done:" in frame for frame in logs[0]["frames"])
        assert SECRET not in f"{logs}{told.value}"
        assert told.value.__suppress_context__


@virtual
async def test_what_is_known_passes_through():
    """An answer, a failure with its code, and a question that is cancelled are none of its business."""
    source = Scripted()
    source.fails(1, SourceDown)
    source.takes(5)
    wrapped = Shield(source, "register")
    with pytest.raises(SourceDown):
        await wrapped.fetch(lookup())
    asked = asyncio.ensure_future(wrapped.fetch(lookup()))
    await asyncio.sleep(1)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert (await wrapped.fetch(lookup("A"))).rows == [("A", None)]
    await wrapped.check()
    await wrapped.aclose()
    assert source.closed
