"""The project itself: what is imported, locked and published is what the repository says."""

import ast
import importlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.sharing import LONGEST, ranks

ROOT = Path(__file__).parents[1]
PACKAGES = ("adapters", "auth", "hub", "schema")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements/run.txt", "requirements/dev.txt")

# Spelled so that this file does not hold what it looks for.
REGISTRY = re.compile(r"pypi\.(?:org|python)|pythonhosted\.(?:org)|registry\.(?:npmjs|yarnpkg)|deb\.(?:debian)\.")
MACHINE_PATH = re.compile(r"(?<![\w.)}*/-])/(?:work|root|tmp|opt/(?:wheels|pypi))/\w")


def _files() -> list[Path]:
    """What git tracks or would track; everything in a copy without git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        skipped = {".venv", "var", "node_modules", "dist", "__pycache__"}
        paths = [path for path in ROOT.rglob("*") if not skipped.intersection(path.relative_to(ROOT).parts)]
    return [path for path in paths if path.is_file()]


def _python(*folders: str) -> list[Path]:
    return [path for path in _files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


def _pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", text, re.MULTILINE))


def _tests(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [function for function in functions if function.name.startswith("test_")]


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_come_from_this_repository(package):
    """The four general names are ours, not those of a distribution that happens to be installed."""
    file = importlib.import_module(package).__file__
    assert file
    assert Path(file) == ROOT / package / "__init__.py"


def test_wheel_holds_exactly_the_packages():
    """The wheel's explicit list is the four packages."""
    assert sorted(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == sorted(PACKAGES)


def test_version_is_the_first_of_the_changelog():
    """The version and the changelog cannot differ."""
    heading = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heading
    assert PROJECT["project"]["version"] == heading[1]


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_registry(lock):
    """A lock holds names, versions and hashes; where packages come from is the machine's business."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "://" in line or re.match(r"\s*-(?!-hash=sha256:[0-9a-f]{64}\b)", line)]


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hash_every_requirement(lock):
    """Every pinned requirement carries at least one hash."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8"))
    assert not [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


def test_locks_satisfy_the_project():
    """Every dependency is locked inside its bounds: the application's in both locks, the groups' in theirs."""
    groups = PROJECT["dependency-groups"]
    run = [*PROJECT["project"]["dependencies"], *groups["build"]]
    for lock, wanted in (LOCKS[0], run), (LOCKS[1], [*run, *groups["test"], *groups["dev"]]):
        pins = _pins(lock)
        for requirement in map(Requirement, wanted):
            pin = pins.get(canonicalize_name(requirement.name))
            assert pin, f"{lock} lacks {requirement.name}; run `make lock`"
            assert requirement.specifier.contains(pin), f"{lock} has {requirement.name} {pin}; run `make lock`"


def test_dev_lock_contains_run_lock():
    """What is tested is what runs: the dev lock repeats every pin of the run lock."""
    assert _pins(LOCKS[0]).items() <= _pins(LOCKS[1]).items()


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE_PATH], ids=["registry", "path"])
def test_no_file_names_a_registry_or_a_path_of_one_machine(pattern):
    """Nothing in the repository depends on where it was written."""
    found = []
    for path in _files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert not found


def test_import_contracts_have_no_ignores():
    """The direction of imports is a lint without exceptions."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    assert contracts
    assert not [key for contract in contracts for key in contract if "ignore" in key]


def test_no_file_is_longer_than_400_lines():
    """A Python file fits into a reader's head."""
    files = _python(*PACKAGES, "tests", "bench")
    assert not {path.name: lines for path in files if (lines := path.read_text(encoding="utf-8").count("\n")) > 400}


def test_package_files_hold_one_docstring():
    """An `__init__.py` says what its package is and does nothing; modules are imported by their full path."""
    for path in _python(*PACKAGES):
        if path.name == "__init__.py":
            body = ast.parse(path.read_text(encoding="utf-8")).body
            assert len(body) == 1, path
            assert isinstance(body[0], ast.Expr), path


def test_every_folder_of_code_is_a_package():
    """A folder with modules has an `__init__.py`: without one the import lint would not see it."""
    folders = {path.parent for path in _python(*PACKAGES)}
    assert not {str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()}


def test_every_test_says_what_holds():
    """Every test has a docstring."""
    tests = [(path, function) for path in _python("tests") for function in _tests(path)]
    assert not [f"{path.name}: {test.name}" for path, test in tests if not ast.get_docstring(test)]


def test_the_longest_files_are_there():
    """Each file that is to be run first is one of the files of tests."""
    assert not [name for name in LONGEST if not (ROOT / name).is_file()]
    assert len(set(LONGEST)) == len(LONGEST)


def test_the_longest_files_come_first():
    """Then come those of many tests; the tests of a file stay together."""
    files = ["one", "two", "two", LONGEST[1], LONGEST[0], LONGEST[0]]
    by_rank = sorted(zip(ranks(files), files, strict=True))
    assert [file for _, file in by_rank] == [LONGEST[0], LONGEST[0], LONGEST[1], "two", "two", "one"]
