"""Businesses as registers hold them, drawn from a seed: name parts and address parts that a pair can be bent from."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

_ROOT = Path(__file__).parent.parent
CITIES = (
    *(("黑龙江省", "绥化市", "肇东市"), ("黑龙江省", "绥化市", "安达市"), ("黑龙江省", "哈尔滨市", "南岗区")),
    *(("黑龙江省", "大庆市", "让胡路区"), ("吉林省", "长春市", "朝阳区"), ("辽宁省", "沈阳市", "和平区")),
    *(("广东省", "深圳市", "南山区"), ("广东省", "广州市", "天河区"), ("浙江省", "杭州市", "西湖区")),
    *(("江苏省", "苏州市", "昆山市"), ("江苏省", "南京市", "鼓楼区"), ("福建省", "福州市", "鼓楼区")),
    *(("四川省", "成都市", "武侯区"), ("山东省", "青岛市", "崂山区"), ("湖北省", "武汉市", "洪山区")),
    *(("河南省", "郑州市", "金水区"), ("", "北京市", "海淀区"), ("", "上海市", "浦东新区"), ("", "天津市", "和平区")),
)
_FIRST = "鸿华金天恒瑞盛泰安信德源佳康永嘉宏宝富兴隆祥福万通达新东方正大中远海博雅智云科创优美联合众诚"
_SECOND = "运丰源达盛泰昌隆祥福兴旺利顺和安康宁佳美雅洁诚信德义仁通远航宇辰阳光华锦绣泽润恒久长青"
_TRADES = (
    *(
        "餐饮管理",
        "商贸",
        "科技",
        "信息技术",
        "建筑工程",
        "物业管理",
        "农业科技",
        "食品",
        "医药",
        "医疗器械",
        "文化传媒",
    ),
    *(
        "教育咨询",
        "机械设备",
        "电子商务",
        "物流",
        "环保科技",
        "装饰工程",
        "房地产开发",
        "投资管理",
        "生物科技",
        "新材料科技",
    ),
    *(
        "汽车销售服务",
        "服装",
        "粮油贸易",
        "种植",
        "养殖",
        "广告传媒",
        "人力资源服务",
        "网络科技",
        "电力工程",
        "电子材料科技",
    ),
)
_SHOPS = (
    *(
        "超市",
        "饭店",
        "烧烤店",
        "便利店",
        "大药房",
        "五金商店",
        "理发店",
        "眼镜店",
        "火锅店",
        "水果店",
        "粮油店",
        "修理部",
    ),
    *("饺子馆", "口腔诊所", "服装店", "烟酒行", "面包房", "早餐店", "棋牌室", "化妆品店"),
)
_FORMS = (
    ("有限公司",) * 12 + ("有限责任公司",) * 2 + ("股份有限公司",) * 2 + ("集团有限公司",) + ("(集团)股份有限公司",)
)
_ROADS = (
    *(
        "正阳大街",
        "人民路",
        "中山路",
        "建设路",
        "学府路",
        "深南大道",
        "和平街",
        "朝阳路",
        "正阳十六道街",
        "解放北路",
        "上地十街",
    ),
    *("科技中一路", "福山路", "长江路", "世纪大道", "北二路", "新华街", "光明路", "铁东街", "南京东路"),
)
_ESTATES = ("阳光花园", "锦绣家园", "财富广场", "创业大厦", "软件园", "万达广场", "国际商贸城", "")
_TOWNS = ("五站镇", "昌五镇", "尚家镇", "五里明镇", "黎明镇")
_VILLAGES = ("东升村", "永胜村", "新立村", "福兴村", "民强村")


@dataclass(frozen=True, slots=True)
class Place:
    """An address by its parts; `number` and `room` are digits or empty."""

    province: str
    city: str
    county: str
    road: str
    number: str
    estate: str = ""
    building: str = ""
    room: str = ""
    village: str = ""

    def written(self) -> str:
        """As a register writes it."""
        head = self.province + self.city + self.county
        if self.village:
            return f"{head}{self.road}{self.village}{self.number}号"
        building = f"{self.building}号楼" if self.building else ""
        room = f"{self.room}室" if self.room else ""
        return f"{head}{self.road}{self.number}号{self.estate}{building}{room}"


@dataclass(frozen=True, slots=True)
class Business:
    """A business by the parts of its name; `region` is how its name begins, `tail` its legal form or empty for a shop."""

    region: str
    trade_name: str
    trade: str
    tail: str
    place: Place
    branch: str = ""
    short: str = ""
    full: str = ""

    @property
    def name(self) -> str:
        """Its registered name."""
        return self.full or f"{self.region}{self.trade_name}{self.trade}{self.tail}{self.branch}"

    def but(self, **changes: str) -> "Business":
        """The same but for some parts."""
        return replace(self, **changes)  # type: ignore[arg-type]


def draw_place(rng: Random, city: tuple[str, str, str] | None = None) -> Place:
    """An address somewhere, or in a city."""
    province, town, county = city or rng.choice(CITIES)
    if rng.random() < 0.12:
        return Place(province, town, county, rng.choice(_TOWNS), str(rng.randint(1, 90)), village=rng.choice(_VILLAGES))
    estate = rng.choice(_ESTATES) if rng.random() < 0.5 else ""
    building = str(rng.randint(1, 30)) if rng.random() < 0.3 else ""
    room = str(rng.choice((101, 102, 201, 305, 501, 1203, 1808))) if rng.random() < 0.4 else ""
    return Place(province, town, county, rng.choice(_ROADS), str(rng.randint(1, 300)), estate, building, room)


def coin(rng: Random) -> str:
    """A trade name of two or three characters."""
    return rng.choice(_FIRST) + "".join(rng.choice(_SECOND) for _ in range(1 if rng.random() < 0.75 else 2))


def other_character(rng: Random, text: str) -> str:
    """A trade name that differs in one character."""
    at = rng.randrange(len(text))
    pool = _FIRST if at == 0 else _SECOND
    return text[:at] + rng.choice([char for char in pool if char != text[at]]) + text[at + 1 :]


def draw_company(rng: Random) -> Business:
    """A company with region, trade and legal form."""
    city = rng.choice(CITIES)
    region = rng.choice([part for part in city if part and not part.endswith("区")])
    region = region.removesuffix("市").removesuffix("省") if rng.random() < 0.5 else region
    return Business(region, coin(rng), rng.choice(_TRADES), rng.choice(_FORMS), draw_place(rng, city))


def draw_shop(rng: Random) -> Business:
    """A shop without legal form."""
    city = rng.choice(CITIES)
    region = rng.choice((city[1], city[2])) if rng.random() < 0.7 else ""
    return Business(region, coin(rng), rng.choice(_SHOPS), "", draw_place(rng, city))


def other_trade(rng: Random, business: Business) -> str:
    """Another trade of the same sort."""
    return rng.choice([trade for trade in (_TRADES if business.tail else _SHOPS) if trade != business.trade])


def listed_companies() -> list[tuple[str, str]]:
    """Short and full names of listed companies (see tests/demo/NOTICE.md)."""
    with (_ROOT / "tests" / "demo" / "company-names.csv").open(encoding="utf-8", newline="") as file:
        return [(row["short_name"], row["full_name"]) for row in csv.DictReader(file)]
