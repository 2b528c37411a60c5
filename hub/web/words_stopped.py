"""What the page says of a code that does not hold, and of none at all: what happened, what it does not mean, what to do.

Red is for what may be forged. A code that was stopped is explained and accuses nobody.
"""

from dataclasses import dataclass
from enum import Enum

from hub.web.words_code import Words


@dataclass(frozen=True, slots=True)
class Told:
    """A heading, what it means, what to do; `danger` fills the screen with a warning."""

    title: Words
    means: str
    means_en: str
    do: str
    danger: bool = False
    status: int = 410


class Stopped(Enum):
    """Why there is no page of a shop."""

    UNKNOWN = Told(
        ("这张码不是本市签发的", "This code was not issued here"),
        "系统里没有这张码。它可能是伪造的，也可能没有扫全、输错了一位。",
        "No such code is on record: it may be forged, misread or mistyped.",
        "请不要因为它付款、转账或填写个人信息。可以重新扫一次；仍是本页，请举报，我们会去核实。",
        danger=True,
        status=404,
    )
    FOREIGN = Told(
        ("这是其他平台签发的码", "This code was issued elsewhere"),
        "它看起来是“{label}”，但没有在本市登记使用，也没有从签发它的平台查到它属于本市哪家店。",
        "It looks like a code of another issuer: neither was it taken up here, nor is its shop one of this city.",
        "请用签发它的平台查询，或查看店内的营业执照和许可证。",
        status=404,
    )
    FORGED = Told(
        ("这块门牌的签名是假的", "The signature of this plate is false"),
        "门牌上的签名不是本市的密钥签的，或内容被改过。",
        "It was not signed by this city, or was changed afterwards.",
        "请不要相信它写的内容，也不要因为它付款或填写个人信息。请举报，我们会去核实。",
        danger=True,
        status=404,
    )
    SUSPENDED = Told(
        ("这张码暂停使用", "This code is suspended"),
        "签发部门暂停了这张码，通常是为了核对信息。暂停不等于店家失信或违法，也不影响它依法经营。",
        "The code is suspended while something is checked. That says nothing against the shop.",
        "想了解店家，可以看店内的营业执照和许可证，或拨打 12315 咨询。",
        status=200,
    )
    REVOKED = Told(
        ("这张码已停止使用", "This code is no longer in use"),
        "签发部门已停用这张码。停用的原因有很多，不等于店家失信或违法。",
        "The code was withdrawn. That alone says nothing against the shop.",
        "请以店内的营业执照和许可证为准；也可以请店家出示新的码，或拨打 12315 咨询。",
    )
    CANCELLED = Told(
        ("这张码已注销", "This code was given up"),
        "经营主体不再使用这张码。申领本来就是自愿的，注销不影响它依法经营。",
        "The shop gave the code up. Having one is voluntary.",
        "请以店内的营业执照和许可证为准。",
    )
    REPLACED = Told(
        ("这张码已换成新码", "This code was replaced"),
        "这家店换发了新码，旧码不再有效。旧码可能是没来得及更换，也可能是别人留用的。",
        "The shop has a new code; the old one no longer counts.",
        "请让店家出示新码再扫一次。如果店里一直只有旧码，可以告诉我们。",
    )
    RETURNED = Told(
        ("本市不再登记这张码", "This city keeps this code no longer"),
        "这是“{label}”，由其他平台签发。它曾在本市登记使用，现在不再登记；码本身是否有效，由签发它的平台说明，不等于店家有问题。",
        "Another issuer's code that was taken up here once. Whether it holds is for its issuer to say; nothing is wrong with the shop.",
        "请用签发它的平台扫码查询，或查看店内的营业执照和许可证。",
        status=200,
    )
    BUSY = Told(
        ("查询太频繁", "Too many tries"),
        "同一网络里查不到的码太多了，请稍等一分钟再试。能查到的码不受影响。",
        "Too many unknown codes were tried from this network; wait a minute. Codes that exist are not affected.",
        "请过一分钟再扫。",
        status=429,
    )
    NO_REPORT = Told(
        ("没有这个举报编号", "There is no report of this number"),
        "编号是 12 位字母和数字，可能抄错了一位。",
        "A number has 12 letters and digits; one may be miscopied.",
        "请核对后再打开。",
        status=404,
    )
    UNAVAILABLE = Told(
        ("暂时查不了", "Not available at the moment"),
        "系统暂时没有应答。不等于码或店家有问题。",
        "The system does not answer at the moment. That says nothing of the code or the shop.",
        "请过几分钟再扫。",
        status=503,
    )


ISSUED_TO = "这张码登记的是"
OTHER_ISSUER = "其他平台的码"
SHOP_NOW: Words = ("打开这家店现在的页面", "Open the page of this shop as it is now")
SINCE = "状态自{day}起。"
TYPED: Words = ("手工输入码上的字符", "Type the characters of the code")
TYPED_HELP = "本市的码是 18 位；省级等其他平台的码，照码上写的全部输入。字母不分大小写，空格和横线可以不填。"
LOOK_UP: Words = ("查询", "Look up")
SCAN: Words = ("用相机扫码", "Scan with the camera")
