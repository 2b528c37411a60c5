"""What the bench prints and stores: ratios, verdicts, stages of the baseline, rooms of the profile."""

from pathlib import Path

import pytest

from bench import profile, report, stages
from bench.accounting import Memory, spent_ms
from bench.drive import Contest, Figure, Footprint, without_provenance
from bench.load import NotReady

ROOT = Path(__file__).parents[2]


def _figure(cpu, wrong=0):
    return Figure(cpu, postgres=0.1, rps=1000, p50=1, p99=2, wrong=wrong)


FIGURES = {
    Contest("w1", 16, "hub", "sourced"): _figure(0.2),
    Contest("w1", 16, "hub", "plain"): _figure(0.1),
    Contest("w1", 16, "handwritten", "plain"): _figure(0.3),
    Contest("w1", 16, "mercurius", "plain"): _figure(0.3, wrong=7),
}


def test_ratios_are_of_the_same_question():
    """A multiple is taken of the peer's figure at the same number of connections, and is absent without one."""
    hub = Contest("w1", 16, "hub", "sourced")
    assert report.ratio(FIGURES, hub, "handwritten") == pytest.approx(0.667, abs=0.001)
    assert (
        report.ratio({hub: _figure(1), Contest("w1", 64, "handwritten", "plain"): _figure(1)}, hub, "handwritten")
        is None
    )
    assert "| w1 | 16 | **hub, with provenance** | 0.200 | 0.67 | 0.67 |" in report.table(FIGURES)


def test_verdicts_name_what_missed_the_bar():
    """The variant with provenance is what is judged; wrong answers, a straw man and memory are told."""
    found = list(report.verdicts(FIGURES, {"hub": Footprint(900, Memory(70, 120))}))
    assert [line for line in found if line.startswith("MISSED")] == [
        "MISSED w1, 16 connections, of the hand-written: 0.67, bar 0.5",
        "MISSED w1, 16 connections, of Mercurius: 0.67, bar 0.5",
        "MISSED RSS of the hub, MB: 120.00, bar 110",
    ]
    assert "WRONG w1: 7 answers of mercurius were errors" in found
    assert "met    w1, 16 connections, honest opponent: 1.00, bar 1.1" in found


def test_cpu_counts_who_came_and_not_who_went():
    """A session that ended takes its time with it; one that began brings all of its own."""
    assert spent_ms({1: 100.0, 2: 50.0}, {1: 130.0, 3: 20.0}) == 50.0


@pytest.mark.parametrize("told", [None, {"source": "a"}, {"source": "a", "asOf": None}])
def test_provenance_is_taken_out_and_must_be_whole(told):
    """Data with provenance compare with data without; a record that does not tell its source and age is a mistake."""
    whole = {"source": "a", "asOf": "b"}
    record = {"y": 1, "provenance": whole}
    assert without_provenance({"x": [record], "provenance": whole}) == {"x": [{"y": 1}]}
    with pytest.raises(NotReady, match="does not say"):
        without_provenance({"x": [record, {"y": 2} if told is None else {"y": 2, "provenance": told}]})


def test_baseline_names_every_stage():
    """The stored baseline has a figure for every stage of every question that is measured, and for nothing else."""
    baseline = stages.load_baseline()
    assert set(baseline) == set(stages.ASKED)
    for figures in baseline.values():
        assert set(figures) == set(stages.STAGES)
        assert all(figure > 0 for figure in figures.values())


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [(1.0, None, "new"), (1.1, 1.0, "as before"), (1.5, 1.0, "slower × 1.50"), (0.5, 1.0, "faster × 0.50")],
)
def test_changes_are_told_in_words(now, before, told):
    """A figure that moved by more than a little is called slower or faster, with how much."""
    assert stages.change(now, before) == told


def test_rooms_name_files_that_exist():
    """Every beginning of a room is a file or folder of ours, and every module of the hub has a room."""
    beginnings = [beginning for _, places in profile.ROOMS for beginning in places]
    assert not [beginning for beginning in beginnings if not (ROOT / beginning).exists()]
    assert profile.room_of("hub/plan/bind.py:bind", "") == "bind"
    assert profile.room_of("adapters/sql.py:SqlSource.fetch", "sqlalchemy/engine/base.py:execute") == "fetch"
    assert profile.room_of("", "sqlalchemy/sql/cache_key.py:_gen") == "fetch"
    assert profile.room_of("", "asyncio/runners.py:run") == profile.OUTSIDE
