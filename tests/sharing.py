"""Which file of tests comes first where several processes share them, each file run by one."""

from collections import Counter
from collections.abc import Sequence

LONGEST = (
    "tests/demo/test_twin_questions.py",
    "tests/oracle/test_agreement.py",
    "tests/test_walkthrough.py",
    "tests/demo/test_command.py",
    "tests/demo/test_signing_in.py",
    "tests/probes/test_probes.py",
    "tests/browser/test_console.py",
    "tests/browser/test_console_codes.py",
    "tests/browser/test_code_pages.py",
    "tests/acts/test_processes.py",
    "tests/acts/test_officers_processes.py",
    "tests/callers/test_workers.py",
)
"""Files whose few tests take long: if one of them came last, all processes but one would wait for it."""


def ranks(files: Sequence[str]) -> list[tuple[int, int]]:
    """What the tests, named by their files, are to be sorted by: the longest first, then files of many tests."""
    tests = Counter(files)
    place = {file: number for number, file in enumerate(LONGEST)}
    return [(place.get(file, len(LONGEST)), -tests[file]) for file in files]
