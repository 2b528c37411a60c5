"""A second source of entities in the golden world: the ledger of the market department, which says some things otherwise."""

from tests.acts.hall import BAKERY, CARRIER, GRAIN

LEDGER = f"""
[[source]]
name = "ledger"
kind = "memory"
department = "market"
label = "监管台账"

[[source.record]]
record = "Entity"
local = "id"
as_of = "at"
rows = [
    {{ id = "1", code = "{GRAIN}", name = "肇东市金穗食品厂", status = "REVOKED", person = "别人", capital = "200", at = "2026-11-22T08:00:00+08:00" }},
    {{ id = "2", code = "{BAKERY}", name = "肇东市小白楼烘焙坊", status = "ACTIVE", person = "周白", capital = "5", at = "2026-11-22T08:00:00+08:00" }},
    {{ id = "3", code = "{CARRIER}", name = "（哈尔滨）另一物流", status = "ACTIVE", person = "外人", capital = "77", at = "2026-11-22T08:00:00+08:00" }},
]
columns = {{ uscc = "code", name = "name", status = "status", legalRepresentative = "person", registeredCapital = {{ column = "capital", unit = "wan" }} }}
"""
RULES = """
[[precedence]]
field = "Entity"
order = ["register", "ledger"]
why = "登记以登记机关为准"
why_en = "the registrar registers"

[[precedence]]
field = "Entity.status"
order = ["ledger", "register"]
why = "现场状态以监管台账为准"
"""


def with_ledger(written: str) -> str:
    """The configuration with the ledger and what leads."""
    return written + LEDGER + RULES
