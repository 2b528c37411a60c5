"""The method as a whole: real servers, real load, very short rounds on little data."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.long
@pytest.mark.skipif(shutil.which("wrk") is None, reason="no wrk here")
def test_peers_are_compared(postgres_dsn):
    """`python -m bench peers` measures the hub beside the hand-written endpoint, and no answer is an error."""
    arguments = ["peers", "--entities", "200", "--servers", "hub,handwritten", "--rounds", "1", "--seconds", "1"]
    command = [sys.executable, "-m", "bench", *arguments, "--warm", "1", "--connections", "4", "w1", "w4"]
    environment = {**os.environ, "HUB_BENCH_POSTGRES": postgres_dsn}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "every server answers the same data" in done.stdout
    assert "| w1 | 4 | **hub, with provenance** |" in done.stdout
    assert "WRONG" not in done.stdout
