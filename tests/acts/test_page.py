"""The page of acts says what there is."""

import pytest

from hub.notices.wording import Ending, NoticeKind
from schema.catalogue import fold_catalogue
from schema.shaped import ShapedSchemas
from tests.docs_pages import ROOT, Page

PAGE = Page(ROOT / "docs/acts.md")


def test_every_mutation_has_its_row():
    """With its arguments and its roles."""
    schema = ShapedSchemas(fold_catalogue()).whole().graphql
    rows = {row[0].strip("`").partition("(")[0]: row for row in PAGE.table("Mutation", "For", "What it does")}
    assert schema.mutation_type is not None
    assert rows.keys() == schema.mutation_type.fields.keys()
    for name, field in schema.mutation_type.fields.items():
        assert rows[name][0].strip("`") == f"{name}({', '.join(field.args)})"


@pytest.mark.parametrize(
    ("kinds", "heading"), [(NoticeKind, ("Notice", "To", "When")), (Ending, ("Reason", "It ended because"))]
)
def test_every_notice_and_reason_has_its_row(kinds, heading):
    """What a notice may say."""
    assert [row[0].strip("`") for row in PAGE.table(*heading)] == list(kinds)
