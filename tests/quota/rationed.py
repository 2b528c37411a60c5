"""The hall with grants that have a quota, and clients for whom they are all, or part, of what they hold."""

from typing import Any

from tests.acts.hall import BAKERY, CARRIER, GRAIN, SCHOOL, Hall, Someone

RATIONED, BESIDE, EACH, WIDER = Someone("tenfold"), Someone("beside"), Someone("each"), Someone("wider")
"""Ten records a day are all they hold; five are beside what is free; two entities each; free rows, and four of others."""
CODES = (GRAIN, BAKERY, SCHOOL, CARRIER)
MORE = """
[[purpose]]
code = "TENFOLD"
label = "定额查询"
label_en = "Rationed"

[[purpose]]
code = "BESIDE"
label = "部分定额"
label_en = "Partly rationed"

[[purpose]]
code = "EACH"
label = "每人定额"
label_en = "Rationed each"

[[purpose]]
code = "WIDER"
label = "范围定额"
label_en = "Rationed rows"
"""
_CLIENT = """
[[client]]
id = "{name}"
label = "{name}"
department = "hall"
role = "CLERK"
purposes = ["{purpose}"]
bindings = {{ division = ["231282"] }}
"""
_GRANT = """
[[grant]]
id = "{name}"
department = "hall"
role = "CLERK"
purposes = ["{purpose}"]
starts = 2026-01-01
ends = 2099-12-31
legal_basis = "优化营商环境条例"
approved_by = "市信用办"
{what}
"""
_GRANTS = (
    ("ten-records", "TENFOLD", 'scopes = ["entity.identity", "entity.register", "entity.count"]\nrecords_a_day = 10'),
    ("free", "BESIDE", 'scopes = ["entity.identity"]'),
    ("five-records", "BESIDE", 'scopes = ["entity.contact"]\nrecords_a_day = 5'),
    ("two-entities", "EACH", 'scopes = ["entity.identity", "entity.count"]\nentities_a_day = 2'),
    ("own-rows", "WIDER", 'scopes = ["entity.identity"]\nrows = { divisionCode = { prefix = "$division" } }'),
    ("four-elsewhere", "WIDER", 'scopes = ["entity.identity"]\nrecords_a_day = 4'),
)


def rationed(written: str) -> str:
    """The configuration with clients, purposes and grants of this kind."""
    clients = [_CLIENT.format(name=one, purpose=one.upper()) for one in ("tenfold", "beside", "each", "wider")]
    grants = [_GRANT.format(name=name, purpose=purpose, what=what) for name, purpose, what in _GRANTS]
    return written + MORE + "".join([*clients, *grants])


def one(code: str = GRAIN, fields: str = "name") -> str:
    """A question about one entity."""
    return f'{{ entity(uscc: "{code}") {{ {fields} }} }}'


async def asked(hall: Hall, who: Someone, text: str, **more: Any) -> dict[str, Any]:
    """The body of an answer, whatever it is."""
    body: dict[str, Any] = (await hall.ask(who, text, None, **more)).json()
    return body


def codes_of(body: dict[str, Any]) -> set[str]:
    """Codes of the errors of an answer."""
    return {error["extensions"]["code"] for error in body.get("errors", ())}


def used(hall: Hall, grant: str) -> dict[str, int]:
    """What is used of a grant's quotas, by holder."""
    return dict(hall.rows(f"SELECT holder, used FROM quota_use WHERE grant_id = '{grant}'"))  # noqa: S608 - of this file
