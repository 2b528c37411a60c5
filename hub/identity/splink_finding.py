"""Who may be meant, found for all rows of a sheet at once with Splink: on DuckDB here, on Spark beyond one machine.

Splink blocks and ranks; whom it finds is judged by the same rules as everybody, so that a batch decides as a single
question does. Its libraries are the extra `matching`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from hub.identity.blocking import exact_keys, keys_to_follow
from hub.identity.names import read_name
from hub.identity.outcome import Candidate, Known

if TYPE_CHECKING:
    from splink.internals.database_api import DatabaseAPI

_MOST = 24
"""Entities that are judged for one row."""
_LEAST_WEIGHT = -6.0
"""Match weight (log2) from which Splink's finds are judged."""
_SPARK_SCHEMA = ", ".join(
    f"{name} string" for name in ("unique_id", "stem", "head", "tail", "start", "place", "house", "number")
)
"""Columns of both tables."""
_CHANCE = 1e-6
"""That two records at random are one."""


class SplinkMissing(Exception):
    """The extra is not installed."""


@dataclass(frozen=True, slots=True)
class FoundBefore:
    """What was found for one candidate, in place of an index."""

    entities: Sequence[Known]

    def find(self, keys: Sequence[str]) -> list[Known]:
        """Those that were found; for no keys nobody."""
        return list(self.entities) if keys else []


def find_all(
    candidates: Sequence[Candidate], entities: Sequence[Known], backend: str = "duckdb"
) -> Mapping[Candidate, FoundBefore]:
    """Who may be meant by each candidate, the likeliest first; SplinkMissing without the extra.

    Nothing is written to disk; both tables are held in memory, or by Spark.
    """
    asked = list(dict.fromkeys(candidates))
    api, table = _opened(backend)
    left = api.register(
        table([_record(f"{n}", *_of_candidate(one)) for n, one in enumerate(asked)]), dataset_display_name="asked"
    )
    right = api.register(
        table([_record(f"{n}", *_of_entity(one)) for n, one in enumerate(entities)]), dataset_display_name="known"
    )
    found: dict[int, list[tuple[float, int]]] = {}
    for asked_at, known_at, weight in _predicted(left, right):
        found.setdefault(asked_at, []).append((-weight, known_at))
    return {
        one: FoundBefore([entities[at] for _, at in sorted(found.get(n, ()))[:_MOST]]) for n, one in enumerate(asked)
    }


def _predicted(left: Any, right: Any) -> Iterator[tuple[int, int, float]]:
    from splink import Linker  # noqa: PLC0415 - the extra

    linker = Linker([left, right], _settings(), log_level="ERROR")
    predicted = linker.inference.predict(threshold_match_weight=_LEAST_WEIGHT)
    for row in predicted.as_record_list():
        ends = {row["source_dataset_l"]: row["unique_id_l"], row["source_dataset_r"]: row["unique_id_r"]}
        yield int(ends["asked"]), int(ends["known"]), float(row["match_weight"])


def _settings() -> Any:
    """The model: what is compared, with probabilities that were set on the kinds of pairs the rules were set on."""
    import splink.comparison_library as compared  # noqa: PLC0415 - the extra
    from splink import SettingsCreator, block_on  # noqa: PLC0415 - the same

    return SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=_CHANCE,
        blocking_rules_to_generate_predictions=[
            *(block_on("number"), block_on("stem"), block_on("place", "head"), block_on("place", "tail")),
            *(block_on("start"), block_on("house")),
        ],
        comparisons=[
            compared.LevenshteinAtThresholds("stem", [1, 2]).configure(
                m_probabilities=[0.7, 0.15, 0.1, 0.05], u_probabilities=[0.00001, 0.0001, 0.001, 0.99889]
            ),
            compared.ExactMatch("place").configure(m_probabilities=[0.9, 0.1], u_probabilities=[0.02, 0.98]),
            compared.ExactMatch("house").configure(m_probabilities=[0.9, 0.1], u_probabilities=[0.0005, 0.9995]),
            compared.ExactMatch("number").configure(m_probabilities=[0.99, 0.01], u_probabilities=[1e-7, 1 - 1e-7]),
        ],
        retain_matching_columns=False,
    )


def _opened(backend: str) -> tuple["DatabaseAPI[Any]", Any]:
    """Splink's way to a backend, and what makes a table for it of records."""
    try:
        if backend == "spark":
            from pyspark.sql import SparkSession  # noqa: PLC0415 - whoever has a cluster has it
            from splink import SparkAPI  # noqa: PLC0415 - the same

            session = SparkSession.builder.getOrCreate()
            # Said, for Spark can't tell the type of a column in which nobody has anything.
            api = SparkAPI(spark_session=session, break_lineage_method="persist")  # type: ignore[no-untyped-call]
            return api, partial(session.createDataFrame, schema=_SPARK_SCHEMA)
        import pyarrow as pa  # noqa: PLC0415 - the extra
        from splink import DuckDBAPI  # noqa: PLC0415 - the extra
    except ImportError as fault:
        raise SplinkMissing(str(fault.name)) from fault
    return DuckDBAPI(), pa.Table.from_pylist


def _record(number: str, name: str, keys: Iterable[str], code: str) -> dict[str, str | None]:
    """A row of both tables: what is blocked on and compared, from the keys of the name index."""
    by_kind: dict[str, str] = {}
    for key in keys:
        by_kind.setdefault(key[0], key[1:])
    stem = read_name(name).stem
    place = by_kind.get("l", "").partition("|")[0]
    return {
        "unique_id": number,
        "stem": stem or None,
        "head": stem[:2] or None,
        "tail": stem[2:] or None,
        "start": stem[:4] if len(stem) >= 3 else None,
        "place": place or None,
        "house": by_kind.get("a"),
        "number": code or None,
    }


def _of_candidate(one: Candidate) -> tuple[str, list[str], str]:
    keys = keys_to_follow(one)
    exact = exact_keys(one)
    return one.name, keys, exact[0] if exact else ""


def _of_entity(one: Known) -> tuple[str, list[str], str]:
    return _of_candidate(Candidate(one.name, one.address, one.uscc, one.reg_no15, one.org_code, one.division_code))
