"""GraphQL of another service: the conformance suite in every style of asking, against a real one."""

import pytest

from adapters import graphql
from tests.adapters.graphql_styles import STYLES, expected_tables, options, service
from tests.conformance.suite import Conformance, Subject, expect


async def _subject(style, catalogue):
    asked = service(style)
    await asked.start()
    given = options(asked, style)

    def reopen(max_rows):
        return graphql.open_source(options(asked, style, max_rows=max_rows), catalogue)

    adapter = graphql.open_source(given, catalogue)
    yield Subject(adapter, reopen, expect(given, catalogue, expected_tables(given)))
    await adapter.aclose()
    await asked.stop()


class TestGraphql(Conformance):
    """A service keeps every promise."""

    @pytest.fixture(scope="class")
    async def subject(self, catalogue):
        """The shared rows behind a service that takes keys in a list."""
        async for subject in _subject("list", catalogue):
            yield subject


class TestStyles(Conformance):
    """And so does every other, however it is asked."""

    @pytest.fixture(scope="class", params=sorted(set(STYLES) - {"list"}))
    async def subject(self, request, catalogue):
        """The shared rows behind a service that is asked in one style."""
        async for subject in _subject(request.param, catalogue):
            yield subject


# What a predicate means does not depend on how keys and pages are asked for.
for name in ("test_every_comparison_by_key", "test_generated_predicates_by_key"):
    setattr(TestStyles, name, None)
for name in ("test_every_comparison_searched", "test_generated_predicates_searched", "test_paging_gives_each_row_once"):
    setattr(TestStyles, name, None)
