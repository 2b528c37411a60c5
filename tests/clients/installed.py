"""The npm packages of this folder, installed once from their lock; several sessions may ask at the same time.

Knows nothing of what the packages are for. What is installed is known by the checksum of the lock, kept inside
node_modules, so a changed lock installs again.
"""

import fcntl
import hashlib
import shutil
import subprocess
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_MODULES = FOLDER / "node_modules"
_STAMP = _MODULES / ".checksum"
_NEEDED = "process.exit(URL.parse && crypto.subtle && require('node:crypto').hash ? 0 : 1)"
"""What the packages call and an older Node lacks."""


class NoClientsError(Exception):
    """The clients can't run here; the message says what is absent and what would bring it."""


@cache
def node() -> str:
    """The path of Node. Raises NoClientsError."""
    path = shutil.which("node")
    if not path:
        raise NoClientsError("no node on the path; `apt-get install nodejs npm` brings it")
    if subprocess.run([path, "--eval", _NEEDED], check=False, capture_output=True).returncode:
        raise NoClientsError("the node on the path is older than oidc-provider can do with; 22 or late 20 is wanted")
    return path


def installed() -> Path:
    """The folder that holds the drivers and their node_modules. Raises NoClientsError."""
    node()
    npm = shutil.which("npm")
    if not npm:
        raise NoClientsError("no npm on the path; `apt-get install npm` brings it")
    checksum = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    with (FOLDER / ".installing").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _STAMP.exists() or _STAMP.read_text() != checksum:
            _install(npm)
            _STAMP.write_text(checksum)
    return FOLDER


def _install(npm: str) -> None:
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        told = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise NoClientsError(f"`npm ci --ignore-scripts` in {FOLDER.name} failed; it wants a registry of npm:\n{told}")
