"""Names of entities: region, coined word, trade, legal form, in the frequencies of real registers.

Every name contains the county's name and a coined word; no name is given twice. Knows no codes and no dates.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from hub.demo.draw import chance
from hub.demo.tables import Trade
from hub.demo.values import Person
from schema.enums import EntityKind

_HEADS = "穗稔岚黍垄畴漪禾麦晴霜柳雁岁谷青云语沐澜屿朗瑾晖"
_TAILS = "宁岚润禾畅沅煦稔丰语澄泽桉彤棠嘉和颂衡朴"
_REGIONS = ("肇东市", "肇东市", "肇东市", "肇东")
_QUARTERS = ("朝阳", "东升", "西园", "正阳", "五里明", "昌五")
_BANKS = ("黑龙江稔禾村镇银行股份有限公司", "黑龙江岚穗村镇银行股份有限公司")


@dataclass(frozen=True, slots=True)
class Form:
    """A legal form: how the name ends, which trades it takes, what kind of entity it makes, how frequent it is."""

    suffix: str
    group: str
    kind: EntityKind
    share: float


FORMS = (
    Form("有限公司", "firm", EntityKind.ENTERPRISE, 0.63),
    Form("有限责任公司", "firm", EntityKind.ENTERPRISE, 0.075),
    Form("专业合作社", "coop", EntityKind.COOPERATIVE, 0.058),
    Form("分公司", "branch", EntityKind.ENTERPRISE, 0.048),
    Form("支行", "bank", EntityKind.ENTERPRISE, 0.02),
    Form("", "works", EntityKind.ENTERPRISE, 0.06),
    Form("", "catering", EntityKind.INDIVIDUAL, 0.042),
    Form("", "retail", EntityKind.INDIVIDUAL, 0.032),
    Form("", "clinic", EntityKind.INDIVIDUAL, 0.018),
    Form("", "service", EntityKind.INDIVIDUAL, 0.017),
)


def allot_forms(total: int) -> list[Form]:
    """Legal forms of so many entities in their frequencies; what rounding leaves over is limited companies."""
    allotted = [form for form in FORMS for _ in range(round(form.share * total))]
    return (allotted + [FORMS[0]] * total)[:total]


@dataclass(slots=True)
class NameBook:
    """Gives names and remembers them, so that none is given twice; `parents` are companies that may have branches."""

    taken: set[str] = field(default_factory=set)
    parents: list[tuple[str, Trade]] = field(default_factory=list)

    def give(self, form: Form, trade: Trade, owner: Person, rng: Random) -> str:
        """A new name; one shop in ten bears its owner's name."""
        name = self._fresh(lambda: _compose(form, trade, owner, rng))
        if form.suffix == "有限公司":
            self.parents.append((name, trade))
        return name

    def give_stem(self, stem: str, word: str, rng: Random) -> str:
        """A new name of a body that is not a business: coined place, what it is."""
        return self._fresh(lambda: f"肇东市{coin(rng)}{stem}{word}")

    def give_branch(self, rng: Random) -> tuple[str, Trade]:
        """A new branch of a company that already has its name, and the trade they share."""
        parent, trade = rng.choice(self.parents)
        return self._fresh(lambda: f"{parent}{coin(rng)}分公司"), trade

    def _fresh(self, compose: Callable[[], str]) -> str:
        name = compose()
        while name in self.taken:
            name = compose()
        self.taken.add(name)
        return name


def _compose(form: Form, trade: Trade, owner: Person, rng: Random) -> str:
    if form.group == "bank":
        return f"{rng.choice(_BANKS)}肇东{coin(rng)}支行"
    if form.kind is EntityKind.INDIVIDUAL:
        return _shop(trade, owner, rng)
    return draw_company(trade.word + form.suffix, rng)


def coin(rng: Random) -> str:
    """A coined word of two different characters."""
    head = rng.choice(_HEADS)
    return head + rng.choice(_TAILS.replace(head, ""))


def _shop(trade: Trade, owner: Person, rng: Random) -> str:
    word = owner.name if chance(rng, 0.1) else coin(rng)
    return f"肇东市{rng.choice(_QUARTERS)}{word}{trade.word}"


def draw_company(ending: str, rng: Random) -> str:
    """Name of a company with this ending; one in sixty has half-width brackets, one in two hundred full-width ones."""
    draw = rng.random()
    if draw < 1 / 60:
        return f"{coin(rng)}(肇东){ending}"
    if draw < 1 / 60 + 1 / 200:
        return f"{coin(rng)}（肇东）{ending}"
    return f"{rng.choice(_REGIONS)}{coin(rng)}{ending}"
