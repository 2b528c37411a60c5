"""SOAP as a WSDL says: the conformance suite in every style of asking, against a real service."""

import pytest

from adapters import soap
from tests.adapters.soap_styles import STYLES, options, service, tables
from tests.conformance.suite import Conformance, Subject, expect


async def _subject(style, catalogue):
    asked = service(style)
    await asked.start()
    given = options(asked, style)

    def reopen(max_rows):
        return soap.open_source(options(asked, style, max_rows=max_rows), catalogue)

    adapter = soap.open_source(given, catalogue)
    yield Subject(adapter, reopen, expect(given, catalogue, tables()))
    await adapter.aclose()
    await asked.stop()


class TestSoap(Conformance):
    """A service keeps every promise."""

    @pytest.fixture(scope="class")
    async def subject(self, catalogue):
        """The shared rows behind a service of SOAP 1.1 that is asked with many keys, each in its element."""
        async for subject in _subject("batch", catalogue):
            yield subject


class TestJoined(Conformance):
    """And so does one that is asked otherwise."""

    @pytest.fixture(scope="class")
    async def subject(self, catalogue):
        """The shared rows behind a service of SOAP 1.2 that is asked with many keys in one text, page by page."""
        async for subject in _subject("joined", catalogue):
            yield subject


class TestStyles(Conformance):
    """And so does every other, however it is asked."""

    @pytest.fixture(scope="class", params=sorted(set(STYLES) - {"batch", "joined"}))
    async def subject(self, request, catalogue):
        """The shared rows behind a service that is asked in one style."""
        async for subject in _subject(request.param, catalogue):
            yield subject


BY_KEY = ("test_every_comparison_by_key", "test_generated_predicates_by_key")
SEARCHED = ("test_every_comparison_searched", "test_generated_predicates_searched", "test_paging_gives_each_row_once")
# What a predicate means does not depend on how keys and pages are asked for: a hundred thousand requests more would
# say nothing more.
for styles, names in (TestJoined, BY_KEY), (TestStyles, BY_KEY + SEARCHED):
    for name in names:
        setattr(styles, name, None)
