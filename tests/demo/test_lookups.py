"""谁查过我 in the demo city: a merchant's system reads who looked, in words, and what the law has told later."""

import pytest

from hub.demo.personas import README_USCC, code_of
from tests.demo.running import running_demo

LINES = "nodes { sentence fields department } later { count basis } publicScans own"


@pytest.fixture(scope="module")
async def demo(tmp_path_factory, anyio_backend):
    """The city with a hub in front of it."""
    async with running_demo(tmp_path_factory.mktemp("lookups")) as running:
        yield running


async def test_a_merchant_reads_who_looked(demo):
    """The hall's look is a sentence, the inspector's a count, the public's a number; another's entity is refused."""
    question = f'{{ entity(uscc: "{README_USCC}") {{ name status }} }}'
    for client in ("service-hall-counter", "market-enforcement-app", None):
        assert (await demo.ask(question, client))["data"]["entity"]["name"]
    await demo.hub.indexer.look()
    told = (await demo.ask(f'{{ lookups(uscc: "{README_USCC}") {{ {LINES} }} }}', "merchant-suihe"))["data"]["lookups"]
    (line,) = told["nodes"]
    assert (
        line["sentence"]
        == "2026年11月23日12:00，肇东市政务服务中心为“政务服务绿色通道”查询了：经营主体—名称、登记状态。"
    )
    assert (told["later"], told["publicScans"]) == ([{"count": 1, "basis": "《个人信息保护法》第三十五条"}], 1)
    other = await demo.ask(f'{{ lookups(uscc: "{code_of("chain_head")}") {{ own }} }}', "merchant-suihe")
    assert other["errors"][0]["extensions"]["code"] == "NOT_ACTED_FOR"
