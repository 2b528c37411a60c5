"""JSON over HTTP: the conformance suite in every style of asking, against a real service."""

import pytest

from adapters import rest
from tests.adapters.rest_styles import STYLES, options, service, tables
from tests.conformance.suite import Conformance, Subject, expect


async def _subject(style, catalogue):
    asked = service(style)
    await asked.start()
    given = options(asked, style)

    def reopen(max_rows):
        return rest.open_source(options(asked, style, max_rows=max_rows), catalogue)

    adapter = rest.open_source(given, catalogue)
    yield Subject(adapter, reopen, expect(given, catalogue, tables()))
    await adapter.aclose()
    await asked.stop()


class TestRest(Conformance):
    """A service keeps every promise."""

    @pytest.fixture(scope="class")
    async def subject(self, catalogue):
        """The shared rows behind a service that is asked with many keys in the body."""
        async for subject in _subject("post", catalogue):
            yield subject


class TestQueries(Conformance):
    """And so does one that is asked by query alone."""

    @pytest.fixture(scope="class")
    async def subject(self, catalogue):
        """The shared rows behind a service that is asked with many keys in the query."""
        async for subject in _subject("get", catalogue):
            yield subject


class TestStyles(Conformance):
    """And so does every other, however it is asked."""

    @pytest.fixture(scope="class", params=sorted(set(STYLES) - {"post", "get"}))
    async def subject(self, request, catalogue):
        """The shared rows behind a service that is asked in one style."""
        async for subject in _subject(request.param, catalogue):
            yield subject


BY_KEY = ("test_every_comparison_by_key", "test_generated_predicates_by_key")
SEARCHED = ("test_every_comparison_searched", "test_generated_predicates_searched", "test_paging_gives_each_row_once")
# What a predicate means does not depend on how keys and pages are asked for: a hundred thousand requests more would
# say nothing more.
for styles, names in (TestQueries, BY_KEY), (TestStyles, BY_KEY + SEARCHED):
    for name in names:
        setattr(styles, name, None)
