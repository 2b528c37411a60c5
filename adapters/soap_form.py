"""What one question needs of a WSDL, found out when a source is opened: its operation, the places in the request,
and the layout of the answer. All that does not fit is told at once. Knows no transport.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.base import AS_OF, DISPUTED, LOCAL, UnsupportedSearch
from adapters.paths import read_path
from adapters.records import HeldRecord
from adapters.soap_answer import Layout
from adapters.soap_options import SoapBatch, SoapOptions, SoapPages, SoapRecord, SoapSearch, Way
from adapters.soap_types import Place, Trail, find_place, find_trail, type_at
from adapters.soap_wsdl import Operation, Wsdl
from schema.predicate import Op

_SPECIAL = {LOCAL: "local", AS_OF: "as_of", DISPUTED: "disputed"}


@dataclass(frozen=True, slots=True)
class Form:
    """How one question is asked, and how it is answered."""

    operation: Operation
    layout: Layout
    places: Mapping[str, Place]
    constants: Mapping[str, Any]
    fields: tuple[str, str | None] | None
    page: SoapPages | None


@dataclass(frozen=True, slots=True)
class Request:
    """A form with what is said in it, by place, and the source columns that are wanted."""

    form: Form
    sources: tuple[str, ...]
    said: tuple[tuple[str, tuple[Any, ...]], ...] = field(default=(), repr=False)

    def saying(self, path: str, value: Any) -> "Request":
        """The same with one more value, which takes the place of what was said there before."""
        return replace(self, said=(*self.said, (path, (value,))))

    def listing(self, path: str, values: Sequence[Any], separator: str | None) -> "Request":
        """The same with a list: the element repeated, or one text where there is a separator."""
        return replace(self, said=(*self.said, (path, _joined(values, separator))))

    def body(self) -> dict[str, Any]:
        """What stands in the element of the request."""
        form, body = self.form, dict[str, Any]()
        said = [(path, (value,)) for path, value in form.constants.items()]
        if form.fields is not None:
            path, separator = form.fields
            said.append((path, _joined(self.sources, separator)))
        for path, values in (*said, *self.said):
            form.places[path].put(body, values)
        return body


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one record by key, and that of its search."""

    ways: Mapping[str, Form]
    search: Form | None

    @property
    def searched(self) -> Form:
        """The form of its search, where it has one; that it has is what its ability says."""
        if self.search is None:
            raise UnsupportedSearch("this record cannot be searched")
        return self.search


class FormBuilder:
    """Makes the forms of one record; `faults` holds what is wrong, each as `key: sentence`."""

    def __init__(self, wsdl: Wsdl, options: SoapOptions, record: SoapRecord, held: HeldRecord) -> None:
        self.faults: dict[str, None] = {}
        self._wsdl = wsdl
        self._options = options
        self._record = record
        self._held = held

    def build(self) -> Forms:
        """All forms; of no use if there are faults."""
        ways = {way.key: self._look_up(way) for way in self._record.ways}
        search = self._record.search
        found = None if search is None or not self._record.searchable else self._search(search)
        return Forms({key: form for key, form in ways.items() if form is not None}, found)

    def _look_up(self, way: Way) -> Form | None:
        name = "batch" if isinstance(way, SoapBatch) else "single"
        listed = isinstance(way, SoapBatch) and way.separator is None and way.size > 1
        return self._form(name, way, self._record.page, {way.place: (f"{name}.place", listed)}, (way.place,))

    def _search(self, search: SoapSearch) -> Form | None:
        places: dict[str, tuple[str, bool]] = {}
        for test, path in search.parameters.items():
            listed = search.separator is None and test.endswith(f":{Op.IN}")
            places[path] = (f"search.parameters.{test}", listed or places.get(path, ("", False))[1])
        named = {"search.first": search.first, "search.order_parameter": search.order_parameter}
        named |= {f"search.after.{column}": path for column, path in search.after.items()}
        places |= {path: (key, False) for key, path in named.items() if path is not None}
        return self._form("search", search, search.page, places, () if search.first is None else (search.first,))

    def _form(
        self,
        name: str,
        asked: Way | SoapSearch,
        page: SoapPages | None,
        places: Mapping[str, tuple[str, bool]],
        always: Iterable[str],
    ) -> Form | None:
        record = self._record
        at = self._options.base_url.get_secret_value().rstrip("/"), record.path or ""
        try:
            operation = self._wsdl.operation(record.service, record.port, asked.operation, at)
        except LookupError as fault:
            self._fault(f"{name}.operation", fault)
            return None
        total = asked.total_path if isinstance(asked, SoapSearch) else page.total if page else None
        constants = {**record.constants, **asked.constants}
        paths = dict(places)
        for path, (key, listed) in self._common(name, page, constants):
            known = paths.get(path, (key, False))
            paths[path] = (known[0], listed or known[1])
        form = Form(
            operation,
            self._layout(operation, asked.rows or record.rows, total),
            {path: self._place(operation, key, path, listed=listed) for path, (key, listed) in paths.items()},
            constants,
            None if record.fields_parameter is None else (record.fields_parameter, record.fields_separator),
            page,
        )
        self._try(name, form, always)
        return form

    def _common(
        self, name: str, page: SoapPages | None, constants: Mapping[str, Any]
    ) -> Iterator[tuple[str, tuple[str, bool]]]:
        for path in constants:
            yield path, (f"{name}.constants.{path}", False)
        if self._record.fields_parameter is not None:
            yield self._record.fields_parameter, ("fields_parameter", self._record.fields_separator is None)
        if page is not None:
            yield page.parameter, (f"{name}.page.parameter", False)
        if page is not None and page.size_parameter is not None:
            yield page.size_parameter, (f"{name}.page.size_parameter", False)

    def _layout(self, operation: Operation, rows: str, total: str | None) -> Layout:
        success = self._options.success
        return Layout(
            operation.envelope_namespace,
            operation.answer_tag,
            self._trail(operation.answer, "rows", rows, leaf=False),
            self._columns(operation, rows),
            None if success is None else (self._trail(operation.answer, "success.path", success.path), success.equals),
            None if total is None else self._trail(operation.answer, "total", total),
        )

    def _columns(self, operation: Operation, rows: str) -> dict[str, Trail]:
        try:
            kind = type_at(operation.answer, read_path(rows))
        except LookupError:
            return {}
        held = self._held
        named = {f"keys.{name}": (str(reader.column), False) for name, reader in held.map.keys.items()}
        for name, reader in held.map.readers.items():
            if reader.column is not None:
                many = name in held.fields and held.fields[name].many
                named[_SPECIAL.get(name, f"columns.{name}")] = (reader.column, many)
        found: dict[str, Trail] = {}
        for key, (column, many) in named.items():
            found[column] = self._trail(kind, key, column)
            if found[column].several and not many:
                self._fault(key, f"{column} leads to several values; pick one by its position, as in {column}.0")
        return found

    def _trail(self, kind: Any, key: str, path: str, *, leaf: bool = True) -> Trail:
        try:
            return find_trail(kind, read_path(path), leaf=leaf)
        except LookupError as fault:
            self._fault(key, fault)
            return Trail()

    def _place(self, operation: Operation, key: str, path: str, *, listed: bool) -> Place:
        try:
            found = find_place(operation.request, read_path(path))
        except LookupError as fault:
            self._fault(key, fault)
            return Place()
        if listed and found.repeated is None:
            self._fault(key, f"{path} takes one value only; give a separator by which several are joined")
        return found

    def _try(self, name: str, form: Form, always: Iterable[str]) -> None:
        """Write an envelope of what every question says, to find what the WSDL demands beside it."""
        if self.faults:
            return
        request = Request(form, tuple(form.layout.columns))
        page = form.page
        paging = () if page is None else (page.parameter, *([page.size_parameter] if page.size_parameter else ()))
        for path in (*always, *paging):
            request = request.saying(path, "1")
        fault = form.operation.fault(request.body())
        if fault is not None:
            self._fault(name, f"a request as described does not fit the WSDL: {fault}; constants may fill it")

    def _fault(self, key: str, fault: object) -> None:
        self.faults[f"{key}: {fault}"] = None


def _joined(values: Sequence[Any], separator: str | None) -> tuple[Any, ...]:
    if separator is None:
        return tuple(values)
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    if any(separator in text for text in texts):
        raise UnsupportedSearch("a value holds the separator by which the source tells values apart")
    return (separator.join(texts),)
