"""What a failure of a source means in words, by the code and the text that are kept of it."""

import pytest

from hub.findings.causes import meant

CASES = [
    ("SOURCE_DOWN", "the server refuses (28P01)", "CREDENTIALS", {}),
    ("SOURCE_BAD_DATA", "its answer is HTTP 503", "HTTP_STATUS", {"status": "503"}),
    ("SOURCE_TIMEOUT", "no session became free in time", "TIMEOUT", {"limit": 2000}),
    ("SOURCE_BAD_DATA", "it is something else", "MISFIT", {"fault": "it is something else"}),
    ("SOURCE_DOWN", "it fails", "FAILED", {"fault": "it fails"}),
    ("SOURCE_DOWN", "Licence: no file has been taken yet", "NO_FILE", {"record": "Licence", "waiting": "0"}),
    ("SOURCE_DOWN", "Licence: no file has been taken yet, 2 waiting to be whole", "NO_FILE", {"waiting": "2"}),
    (
        "SOURCE_BAD_DATA",
        "Licence: xk 1.csv was not taken: it ends early; the rows taken before are served",
        "FILE_FAULT",
        {"record": "Licence", "fault": "xk 1.csv"},
    ),
    (
        "SOURCE_BAD_DATA",
        "Licence: its newest file is 9 days old, 5 were agreed; the rows taken before are served",
        "STALE",
        {"record": "Licence", "days": "9", "agreed": "5"},
    ),
    (
        "SOURCE_BAD_DATA",
        "Licence: its mapping has changed since its file was taken: drop the file again",
        "OUTDATED",
        {"record": "Licence"},
    ),
]


@pytest.mark.parametrize(("code", "text", "expected", "names"), CASES)
def test_a_failure_has_its_words(code, text, expected, names):
    """Its finding, all of whose sentences can be filled."""
    found = meant("approval", 2000, code, text, "审批台账")
    assert found.code == expected
    assert names.items() <= found.names.items()
    assert all(found.json().values())
