"""The approval form: one page with everything on it, nothing from outside, and nothing that was typed as markup."""

import re

from hub.web.approval_form import approval_form
from tests.exchange.bureau import OUTCOME, PHONE, PREMISES, asking, grant

FULL = (
    OUTCOME.replace("number state", "number state departmentLabel submittedAt endedAt")
    .replace("answeredBy basis", "answeredBy answeredAt basis")
    .replace("steps { kind", "steps { kind at")
)


async def full(bureau, name, field):
    """A request with all that the form shows."""
    data = await bureau.hall.act(bureau.someone(name), f"mutation {{ {field} {FULL} }}")
    (outcome,) = data.values()
    return outcome


async def test_the_form_shows_the_whole_request(small):
    """Who asks, why, for what in words, each owner with its time and answer, and where it stands in the record."""
    asked = await full(small, "clerk", asking(fields=(PHONE, PREMISES)))
    number = asked["request"]["number"]
    await small.agreed(number, "registrar", "market", "health")
    done = await full(small, "sec", f'releaseRequest(number: "{number}")')
    text = approval_form(done["request"])
    change = done["request"]["changes"][0]
    shown = [
        number,
        "政务大厅",
        "窗口核对联系人",
        change["sentence"],
        "2026年12月7日",
        "登记机关",
        "卫生健康局",
        "有条件共享",
        "G-001",
    ]
    assert not [one for one in shown if one not in text]
    assert f"<td>{done['position']}</td>" in text
    assert text.count('class="sign"') == 5


async def test_a_form_needs_nothing_from_outside(small):
    """No address, script or picture; it is a page of A4 also with fifty grants."""
    many = asking(*[grant(purposes='["SERVICE"]') for _ in range(50)])
    text = approval_form((await full(small, "clerk", many))["request"])
    assert not re.search(r"https?://|<script|<img|src=|@import|url\(", text)
    assert "size: A4" in text
    assert "另有 44 项" in text


async def test_what_was_typed_is_no_markup(small):
    """A reason is a text, whatever it looks like."""
    text = approval_form((await full(small, "clerk", asking(reason="<b>核对</b> & <script>1</script>")))["request"])
    assert "<script>" not in text
    assert "&lt;b&gt;核对&lt;/b&gt; &amp;" in text
