"""The folder of a tabular source: whether it can be read, what has been taken, what was rejected and why.

Looks into the folder as the hub does, so that files which are whole and due are taken.
"""

from adapters.base import Adapter
from adapters.options import SourceOptions
from adapters.tabular import TabularSource
from adapters.tabular_options import TabularOptions
from adapters.tabular_taking import RecordState
from hub.findings.findings import Finding


async def examine_folder(options: SourceOptions, adapter: Adapter) -> list[Finding]:
    """Findings about folder and files."""
    if not isinstance(options, TabularOptions) or not isinstance(adapter, TabularSource):
        raise TypeError("not a source of files")
    try:
        next(options.folder.iterdir(), None)
    except OSError:
        return [Finding(options.name, "FOLDER")]
    await adapter.scan()
    return [finding for name, state in adapter.taking.states.items() for finding in _findings(options, name, state)]


def _findings(options: TabularOptions, record: str, state: RecordState) -> list[Finding]:
    found = [Finding(options.name, "FILE_FAULT", {"record": record, "fault": fault}) for fault in state.faults]
    if state.held is None:
        return found or [Finding(options.name, "NO_FILE", {"record": record, "waiting": state.waiting})]
    if state.outdated:
        found.append(Finding(options.name, "OUTDATED", {"record": record}))
    rejected = state.held.counts.rejected
    if rejected:
        file = state.held.standing.file
        report = options.reports_folder / f"{file}.report.csv"
        names = {"record": record, "file": file, "rejected": rejected, "report": report}
        found.append(Finding(options.name, "REJECTED", names))
    return found
