"""Every sentence on the page from which a code is printed: Chinese first, English second."""

from typing import Final

from hub.code.keys import Algorithm

Words = tuple[str, str]

TITLE: Final[Words] = ("打印我的码", "Print this code")
LEAD: Final[Words] = (
    "选一种形式下载打印。码的大小、纠错和对比度已按用途定好，请勿裁去四周空白，也不要改色、拉伸。",
    "Choose a form and print it. Size, error correction and contrast fit its use: keep the white margin, don't recolour or stretch.",
)
CHECKED: Final[dict[Algorithm, Words]] = {
    Algorithm.ED25519: ("无网络时也可验真", "can be checked without a network"),
    Algorithm.SM2: ("国密 SM2 签名，联网验真", "signed by SM2, checked with a network"),
}
SIZE: Final[Words] = ("码宽 {usual:g} 毫米（至少 {smallest:g}）", "symbol {usual:g} mm wide ({smallest:g} at least)")
ALL: Final[Words] = ("全部下载（ZIP）", "Download all (ZIP)")
BATCH: Final[Words] = (
    "包装可加批次号：在地址后写 ?batch=批次号；码宽和颜色用 width、dark、light。",
    "Packaging takes a batch: add ?batch=… to its address; width, dark and light set the symbol's size and colours.",
)
STOPPED: Final[Words] = ("暂停或停用的码不得继续印制。", "A code that is suspended or revoked must not be printed.")
HUB: Final[Words] = ("码上诚信", "Code of honesty")
NOTHING: Final[Words] = ("不能打印", "Nothing can be printed")
REQUEST: Final[Words] = ("如需咨询，请报此编号", "Quote this number if you ask somebody")
