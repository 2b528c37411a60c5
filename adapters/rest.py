"""A department that answers JSON over HTTP: rows by key in batches or one by one, and the searches it declares.

Only the asked columns are requested where the source can choose, and only they are kept. Knows no department, no
caller and no retry but those the protocol asks for (`Retry-After`, a token that ran out).
"""

from functools import partial

from adapters.records import HeldRecord, hold_records
from adapters.rest_client import RestClient
from adapters.rest_options import RestOptions, RestRecord
from adapters.rest_pages import Pager
from adapters.rest_record import RecordSource
from adapters.searching import Searching
from adapters.service import ServiceSource, connect, declared_faults
from schema.catalogue import Catalogue

OPTIONS = RestOptions


def open_source(options: RestOptions, catalogue: Catalogue) -> ServiceSource:
    """A source from its options; nothing is asked yet. ValueError names everything that is wrong, one a line."""
    held = hold_records(options, catalogue)
    faults = [
        f"source {options.name}, {record.record}: {fault}"
        for record in options.record
        for fault in declared_faults(record, held[record.record])
    ]
    if faults:
        raise ValueError("\n".join(faults))
    records = {record.record: _record(options, record, held[record.record]) for record in options.record}
    client = connect(partial(RestClient, options), options)
    return ServiceSource(client, records, partial(Pager, client), options.timeout_ms / 1000)


def _record(options: RestOptions, record: RestRecord, held: HeldRecord) -> RecordSource:
    searching = None if record.search is None or not record.searchable else Searching(record.search, held)
    return RecordSource(options, record, held, {way.key: way for way in record.ways}, searching)
