"""Looks into the folder of a source and takes what is whole, record by record; remembers what became of it.

Blocking; one thread at a time, and one process at a time by a lock beside the store. What the store holds is purged
by age before anything is taken. Knows no event loop.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from sqlalchemy.exc import DBAPIError

from adapters.tabular_fault import FileFault
from adapters.tabular_file import shown_name
from adapters.tabular_folder import Dropped, Folder, Signature
from adapters.tabular_intake import DAY, Intaker, Job, Tell, mapping_print
from adapters.tabular_layout import RecordPlan
from adapters.tabular_options import TabularOptions
from adapters.tabular_report import Outcome
from adapters.tabular_store import Intake, Store


class StoreBusy(Exception):
    """Another process is taking files into the store."""


@dataclass(frozen=True, slots=True)
class RecordState:
    """What is held of a record and what is wrong: the newest file taken, its rows, files waiting, faults to be told.

    `outdated`: it was taken under another mapping, so that fields mapped since are unreadable.
    """

    held: Intake | None = None
    size: int = 0
    waiting: int = 0
    faults: tuple[str, ...] = ()
    outdated: bool = False


class Taking:
    """The files of one source."""

    def __init__(self, options: TabularOptions, plans: Sequence[RecordPlan], store: Store, folder: Folder) -> None:
        self.states: Mapping[str, RecordState] = {plan.name: RecordState() for plan in plans}
        self.stop = Event()
        self._options = options
        self._plans = {plan.name: plan for plan in plans}
        self._store = store
        self._folder = folder
        self._intaker = Intaker(options, store, self.stop)
        self._settled: dict[tuple[str, Signature], str] = {}
        self._prepared = False

    def scan(self, tell: Tell) -> None:
        """Purge, then take all that is whole and not held; raises Stopped."""
        try:
            with self._store.alone() as alone:
                if not alone:
                    self._look()
                    return
                self.prepare()
                for plan in self._plans.values():
                    self.states = {**self.states, plan.name: self._scan(plan, tell)}
        except (OSError, DBAPIError) as error:
            said = (f"its store cannot be written ({_cause(error)})",)
            self.states = {name: replace(state, faults=said) for name, state in self.states.items()}

    def take(self, path: Path, record: str, tell: Tell) -> Outcome:
        """Take a file by hand, wherever it lies; raises StoreBusy, Stopped, OSError and DBAPIError of the store."""
        plan = self._plans[record]
        with self._store.alone() as alone:
            if not alone:
                raise StoreBusy
            self.prepare()
            outcome = self._intaker.take(Job(path, plan), tell)
            self.states = {**self.states, record: self._state(plan, 0, ())}
            return outcome

    def is_held(self, record: str) -> bool:
        """True if the store holds a file of the record, whoever took it."""
        return self._store.exists() and self._store.is_prepared() and self._store.held(record) is not None

    def _look(self) -> None:
        """Note what another process has taken; it tells what is wrong itself."""
        if self._store.exists() and self._store.is_prepared():
            self.states = {name: self._state(plan, 0, self.states[name].faults) for name, plan in self._plans.items()}

    def prepare(self) -> None:
        """Make the store, once."""
        if not self._prepared:
            self._store.prepare([*self._plans.values()])
            self._prepared = True

    def _scan(self, plan: RecordPlan, tell: Tell) -> RecordState:
        oldest = time.time() - self._options.keep_days * DAY
        try:
            self._store.purge(plan, oldest)
            self._intaker.report(plan)
            found, waiting = self._folder.whole(plan.options)
            faults = self._take_all(plan, found, tell)
        except OSError as error:
            return self._state(plan, 0, (f"its folder cannot be read ({_cause(error)})",))
        if self._store.unreported(plan.name):
            faults = (*faults, "its report cannot be written")
        return self._state(plan, waiting, faults)

    def _take_all(self, plan: RecordPlan, found: Sequence[Dropped], tell: Tell) -> tuple[str, ...]:
        """Take what is due, and say what is wrong with files that lie there."""
        faults: list[str] = []
        for file, standing in self._ordered(plan, found, faults):
            held = self._store.held(plan.name)
            replaces = plan.options.mode == "replace"
            if (
                replaces
                and held is not None
                and held.key.mapping == mapping_print(plan)
                and standing < held.standing.time
            ):
                break
            fault = self._settle(plan, file, tell)
            if fault:
                faults.append(fault)
            elif replaces:
                break
        present = {(plan.name, file.signature) for file in found}
        self._settled = {key: said for key, said in self._settled.items() if key[0] != plan.name or key in present}
        return tuple(faults)

    def _ordered(self, plan: RecordPlan, found: Sequence[Dropped], faults: list[str]) -> list[tuple[Dropped, float]]:
        """Files with their time: the newest first where one replaces the others, the oldest first where all count."""
        dated: list[tuple[Dropped, float]] = []
        for file in found:
            try:
                dated.append((file, self._intaker.standing(plan, file.path.name, file.mtime_ns).time))
            except FileFault as fault:
                faults.append(f"{shown_name(file.path)}: {fault.en}")
        return sorted(dated, key=lambda one: (one[1], one[0].path.name), reverse=plan.options.mode == "replace")

    def _settle(self, plan: RecordPlan, file: Dropped, tell: Tell) -> str:
        """Take a file unless that was settled before; what is wrong with it, empty if nothing is."""
        key = (plan.name, file.signature)
        if key not in self._settled:
            try:
                outcome = self._intaker.take(Job(file.path, plan, file.expected()), tell)
                fault = outcome.fault
            except FileFault as found:
                fault = found
            self._settled[key] = f"{file.path.name} was not taken: {fault.en}" if fault else ""
        return self._settled[key]

    def _state(self, plan: RecordPlan, waiting: int, faults: Sequence[str]) -> RecordState:
        held = self._store.held(plan.name)
        if held is None:
            return RecordState(waiting=waiting, faults=tuple(faults))
        outdated = held.key.mapping != mapping_print(plan)
        return RecordState(held, self._store.size(plan), waiting, tuple(faults), outdated)


def _cause(error: OSError | DBAPIError) -> str:
    # What a driver says may quote values.
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error.orig).__name__
