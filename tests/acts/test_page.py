"""The page of acts says what there is."""

import re

from hub.notices.wording_mandates import Ending
from schema.catalogue import fold_catalogue
from schema.shaped import ShapedSchemas
from tests.docs_pages import ROOT, Page

PAGE = Page(ROOT / "docs/acts.md")


def test_every_mutation_has_its_row():
    """Alone, with its arguments; or among others of its kind, whose page says the rest."""
    schema = ShapedSchemas(fold_catalogue()).whole().graphql
    assert schema.mutation_type is not None
    fields = schema.mutation_type.fields
    listed = [re.findall(r"`([^`]+)`", row[0]) for row in PAGE.table("Mutation", "For", "What it does")]
    assert sorted(one.partition("(")[0] for names in listed for one in names) == sorted(fields)
    for (alone,) in (names for names in listed if len(names) == 1):
        name = alone.partition("(")[0]
        assert alone == f"{name}({', '.join(fields[name].args)})"


def test_every_reason_has_its_row():
    """Why a mandate may have ended."""
    assert [row[0].strip("`") for row in PAGE.table("Reason", "It ended because")] == list(Ending)
