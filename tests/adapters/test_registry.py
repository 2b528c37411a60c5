"""Which kinds of source there are."""

import subprocess
import sys

import pytest

from adapters import memory, sql
from adapters.options import SourceOptions
from adapters.registry import kinds, open_source, options_of


def test_kinds_are_the_modules_that_define_options():
    """A kind is a module with OPTIONS; the parts a kind is made of are none."""
    assert {"memory", "sql"} <= kinds()
    assert not kinds() & {"base", "mapping", "options", "records", "registry", "sql_runner"}
    assert all(issubclass(options_of(kind), SourceOptions) for kind in kinds())


@pytest.mark.parametrize("kind", ["nope", "", "base", "../sql", "sql_runner"])
def test_other_kinds_are_refused_by_name(kind):
    """What is no kind is a KeyError that names those there are; nothing is imported for it."""
    with pytest.raises(KeyError, match=r"is not a kind of source; there are .*memory.*sql"):
        options_of(kind)


def test_a_source_is_opened_by_its_kind(catalogue):
    """The kind in the options decides which adapter opens the source."""
    common = {"name": "codes", "department": "market"}
    record = {"record": "Division", "local": "code", "columns": {"code": "code"}}
    rows = memory.OPTIONS.model_validate({**common, "kind": "memory", "record": [{**record, "rows": []}]})
    table = {**common, "kind": "sql", "url": "sqlite:///x.db", "record": [{**record, "table": "t"}]}
    assert isinstance(open_source(rows, catalogue), memory.MemorySource)
    assert isinstance(open_source(sql.OPTIONS.model_validate(table), catalogue), sql.SqlSource)


def test_a_kind_is_imported_when_it_is_wanted():
    """Asking for one kind does not import another, nor its libraries."""
    code = "import sys; from adapters.registry import options_of; options_of('memory'); print('adapters.sql' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
