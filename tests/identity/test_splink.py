"""Splink's finds are the same whichever backend holds the tables."""

import pytest

from hub.identity.outcome import Candidate, Known
from hub.identity.splink_finding import find_all

STEMS, TRADES = ("金穗", "鑫源", "顺达", "嘉华"), ("商贸", "物流", "粮油")
NAMES = [f"肇东市{stem}{trade}有限公司" for stem in STEMS for trade in TRADES]
KNOWN = [
    Known(local=str(number), name=name, address=f"肇东市正阳街{number + 1}号") for number, name in enumerate(NAMES)
]
ASKED = [
    Candidate(name="肇东市金穗商贸有限公司"),
    Candidate(name="金穗粮油"),
    Candidate(name="肇东嘉华物流有限责任公司"),
]


def found(backend: str) -> dict[str, list[str]]:
    """Names that were found for each candidate."""
    told = find_all(ASKED, KNOWN, backend)
    return {one.name: [known.name for known in told[one].entities] for one in ASKED}


def test_whoever_is_meant_is_found():
    """By full name, by short name, and where the legal form differs."""
    pytest.importorskip("splink")
    meant = dict(zip((one.name for one in ASKED), (NAMES[0], NAMES[2], NAMES[10]), strict=True))
    assert {name: names[0] for name, names in found("duckdb").items()} == meant


@pytest.mark.long
def test_spark_finds_whom_duckdb_finds():
    """On a Spark of this machine, where pyspark and Java are installed."""
    pytest.importorskip("splink")
    pytest.importorskip("pyspark", reason="skipped: no pyspark here")
    assert found("spark") == found("duckdb")
