"""The hall with a case source – decisions of the market authority – and a purpose whose cases have to be known."""

from typing import Any
from urllib.parse import quote

from tests.acts.hall import Hall, Someone

KNOWN, NOWHERE = "肇市监罚〔2025〕7号", "检查-404"
"""A number the case source has, and one it has not."""
OFFICER, STRICT, COUNTY = Someone("officer"), Someone("strict"), Someone("county")
STATE = "{ me { case caseState } }"
AUDIT = Someone("audit")
_SOURCE = """
[[purpose.case_source]]
source = "market"
record = "Penalty"
key = "decisionNo"
departments = ["market"]
"""
_MORE = f"""
[[purpose]]
code = "STRICT"
label = "专项检查"
label_en = "Special inspection"
case = "verified"
{_SOURCE}
[[client]]
id = "strict"
label = "专项终端"
department = "market"
role = "OFFICER"
purposes = ["STRICT"]

[[client]]
id = "audit"
label = "审计台"
department = "operations"
role = "AUDIT"
purposes = ["OPERATIONS"]
"""


def filed(written: str) -> str:
    """The configuration with them."""
    return written.replace("requires_case = true\n", f"requires_case = true\n{_SOURCE}", 1) + _MORE


async def asked(hall: Hall, who: Someone, text: str = STATE, case: str = KNOWN) -> dict[str, Any]:
    """The body of an answer under a case, whatever it is."""
    body: dict[str, Any] = (await hall.ask(who, text, None, headers={"hub-case": quote(case)})).json()
    return body


async def state_of(hall: Hall, who: Someone, case: str = KNOWN) -> str:
    """How a case stands."""
    state: str = (await asked(hall, who, case=case))["data"]["me"]["caseState"]
    return state


def opening(case: str, purpose: str = "STRICT", until: str = "2026-12-31", more: str = "") -> str:
    """The opening of a task."""
    given = f'case: "{case}", purpose: "{purpose}", until: "{until}"{more}'
    return f"mutation {{ openTask({given}) {{ opened position task {{ id case purpose uscc until closedAt }} }} }}"


def closing(task: str) -> str:
    """The closing of a task."""
    return f'mutation {{ closeTask(id: "{task}") {{ closed position }} }}'
