"""Libraries of others are what their notes say: byte for byte, with their licences."""

import hashlib
from pathlib import Path

import pytest

from hub.web import assets

VENDOR = Path(assets.__file__).parent / "static" / "vendor"


@pytest.mark.parametrize("name", ["ed25519", "htmx", "qr"])
def test_vendored_files_are_those_of_their_packages(name):
    """Each file has the sum that is noted, none is without one, and a licence lies beside them."""
    lines = (VENDOR / name / "sha256.txt").read_text("utf-8").splitlines()
    noted = {path: digest for digest, path in (line.split() for line in lines)}
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (VENDOR / name).iterdir()}
    del files["sha256.txt"], files["VENDOR.md"]
    assert files == noted
    assert "LICENSE.txt" in noted
