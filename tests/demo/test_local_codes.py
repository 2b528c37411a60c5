"""The codes that the demo city issues itself: the same from the same seed, and nothing public differs in the twin."""

from hub.code.tokens import read_token
from hub.demo.generation import generate_city
from hub.demo.local_codes import draw_local_codes
from schema.enums import CodeStatus
from tests.demo.conftest import SEED, TODAY


def test_the_twin_differs_in_what_is_not_public_alone():
    """Why a code was stopped; tokens, states, days and places are the same, and again from the same seed."""
    city = generate_city(SEED, TODAY)
    rows, again, twins = (draw_local_codes(SEED, TODAY, city, twin=twin) for twin in (False, False, True))
    assert rows == again
    assert len(rows) > 150
    assert {row["status"] for row, _, _ in rows} >= {CodeStatus.VALID.name, CodeStatus.SUSPENDED.name}
    for (code, token, shown), (twin, twin_token, twin_shown) in zip(rows, twins, strict=True):
        assert (token, shown) == (twin_token, twin_shown)
        assert {name for name in code if code[name] != twin[name]} <= {"status_reason"}
        assert read_token(str(code["token"])) == code["token"]
    assert any(
        code["status_reason"] != twin["status_reason"] for (code, _, _), (twin, _, _) in zip(rows, twins, strict=True)
    )
    provincial = {code.uscc for code in city.codes}
    assert not provincial & {code["entity"] for code, _, _ in rows}
    assert len({code["entity"] for code, _, _ in rows}) == len({code["token"] for code, _, _ in rows}) == len(rows)
