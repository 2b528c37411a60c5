"""The records of a `graphql` source as its options and the catalogue make them, and everything that is wrong with them.

What is found here would otherwise be found by the first question. Knows no connection.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from adapters.graphql_document import own_variables
from adapters.graphql_options import AliasedOptions, GraphqlOptions, GraphqlRecord, GraphqlSearch, Question, Way
from adapters.graphql_record import RecordSource
from adapters.paths import Path, read_path
from adapters.records import HeldRecord
from adapters.searching import Searching, search_faults
from schema.catalogue import Kind
from schema.predicate import Op

Write = Callable[[Op, Any], tuple[Op, Any] | None]


def build_record(source: GraphqlOptions, options: GraphqlRecord, held: HeldRecord) -> RecordSource:
    """A record as it is asked for; nothing is wrong with its options."""
    searching = None
    if options.search is not None and options.searchable:
        searching = Searching(options.search, _closed(held, options.search.enumerations))
    return RecordSource(source, options, held, {way.key: way for way in options.ways}, searching)


def record_faults(options: GraphqlRecord, held: HeldRecord) -> Iterator[str]:
    """Everything in the options that does not fit the record, or itself."""
    keys = held.ability(lambda field, op: False).keys
    used: set[str] = set()
    for name, question in options.questions:
        if isinstance(question, Way) and question.key not in keys:
            yield f"{name}: {question.key} is no key of this record; list it in keys or map it as a column of text"
        yield from (f"{name}: {fault}" for fault in (*_path_faults(options, question), *_clashes(options, question)))
        used.update(read_path(question.field)[:-1], *_paths(options, question))
    yield from (f"fields.{name}: no path leads through it" for name in sorted(options.fields.keys() - used))
    if options.search is not None:
        yield from search_faults(options.search, held)
        yield from (
            f"search.enumerations: {name} is no enumeration of this record"
            for name in options.search.enumerations
            if name not in held.fields or held.fields[name].kind is not Kind.ENUM
        )


def _path_faults(options: GraphqlRecord, question: Question) -> Iterator[str]:
    depth = len(read_path(question.rows))
    outside = [path for path in options.paths if path.startswith("^") and path.index(".") > depth]
    yield from (f"{path} leads out of {question.field}, where rows has {depth} steps" for path in outside)
    if not outside:
        for outer, inner in pairwise(sorted(set(_paths(options, question)))):
            if inner[: len(outer)] == outer:
                yield f"{'.'.join(outer)} is a value, and an object that holds {'.'.join(inner)}"


def _clashes(options: GraphqlRecord, question: Question) -> Iterator[str]:
    prefix = r"k[0-9]+_" if isinstance(question, AliasedOptions) else ""
    own = re.compile(prefix + f"({'|'.join(question.arguments) or '$'})")
    for name in sorted(filter(own.fullmatch, own_variables(options.fields))):
        yield f"the variable {name} would stand for two arguments; rename one of fields"


def _paths(options: GraphqlRecord, question: Question) -> Iterator[Path]:
    """Every path that is ever selected, from the asked field, without positions."""
    total = question.total_path if isinstance(question, GraphqlSearch) else None
    page = (question.page.next, question.page.more) if question.page else ()
    beside = [*question.cut, *page, *((total,) if total else ())]
    for path in (*(question.path_of(read_path(column)) for column in options.paths), *map(read_path, beside)):
        yield tuple(step for step in path if not step.isdecimal())


def _closed(held: HeldRecord, names: Collection[str]) -> HeldRecord:
    """The same record, where of these fields only values in `codes` are ever sent."""
    readers = dict(held.map.readers)
    for name in names:
        codes = held.options.columns[name].codes
        readers[name] = replace(readers[name], write=_only(readers[name].write, codes))
    return replace(held, map=replace(held.map, readers=readers))


def _only(write: Write, codes: Mapping[str, str]) -> Write:
    def only(op: Op, value: Any) -> tuple[Op, Any] | None:
        written = write(op, value)
        if written is None or not codes or op is Op.IS_NULL:
            return written
        return written[0], tuple(code for code in written[1] if code in codes)

    return only
