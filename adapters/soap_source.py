"""A department that answers SOAP as its WSDL says: rows by key in batches or one by one, and searches it declares.

Knows no caller and no retry but the one the protocol asks for (`Retry-After`). What does not fit the WSDL is found
when the source is opened, without asking it.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from adapters.records import HeldRecord, hold_records
from adapters.searching import Searching
from adapters.service import ServiceSource, connect, declared_faults
from adapters.soap_client import SoapClient
from adapters.soap_form import FormBuilder
from adapters.soap_options import SoapOptions, SoapRecord, SoapSearch
from adapters.soap_pages import Pager
from adapters.soap_record import UNSAYABLE, RecordSource
from adapters.soap_wsdl import Wsdl
from schema.catalogue import Catalogue


def open_soap(options: SoapOptions, catalogue: Catalogue) -> ServiceSource:
    """A source from its options; nothing is asked yet. ValueError names everything that is wrong, one a line."""
    held = hold_records(options, catalogue)
    try:
        wsdl = Wsdl(options.wsdl)
    except ValueError as error:
        raise ValueError(f"source {options.name}: wsdl {error}") from None
    faults = list(_key_faults(options, held))
    records: dict[str, RecordSource] = {}
    for number, record in enumerate(options.record):
        builder = FormBuilder(wsdl, options, record, held[record.record])
        forms = builder.build()
        searching = _searching(record, held[record.record])
        records[record.record] = RecordSource(options, record, held[record.record], forms, searching)
        found = [*builder.faults, *declared_faults(record, held[record.record])]
        faults += [f"source {options.name}, record {number} ({record.record}): {fault}" for fault in found]
    if faults:
        raise ValueError("\n".join(faults))
    client = connect(partial(SoapClient, options), options)
    check = _check(options)
    return ServiceSource(client, records, partial(Pager, client), options.timeout_ms / 1000, check)


def _check(options: SoapOptions) -> tuple[str, str, str] | None:
    """What is looked up to see whether the source answers: record, key field and key; None where no key is given."""
    way = next(((record.record, way.key) for record in options.record for way in record.ways), None)
    return None if options.check_key is None or way is None else (*way, options.check_key)


def _searching(record: SoapRecord, held: HeldRecord) -> Searching[SoapSearch] | None:
    return None if record.search is None or not record.searchable else Searching(record.search, held, UNSAYABLE)


def _key_faults(options: SoapOptions, held: Mapping[str, HeldRecord]) -> Iterator[str]:
    check = _check(options)
    if check is not None and check[1] in held[check[0]].fields:
        record, field, key = check
        if held[record].map.key_reader(field).read(key) != key:
            yield f"source {options.name}: check_key is not written as {field} is"
