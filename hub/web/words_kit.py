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
BATCH: Final[Words] = ("包装批次号", "Batch of packaging")
BATCH_HELP: Final[Words] = (
    "印在包装图样上，扫码的人能看到。1–20 个字母、数字或连字符。",
    "It is printed on packaging, and whoever scans it sees it. 1 to 20 letters, digits and hyphens.",
)
BATCH_GET: Final[Words] = ("下载这一批的包装图样（PDF）", "Packaging of this batch (PDF)")
SIZES: Final[Words] = (
    "码宽和颜色可在文件地址后用 width（毫米）、dark、light（六位颜色）指定；过小或对比不足的不予印制。",
    "width (mm), dark and light (six digits) behind a file's address set size and colours; too small or too faint is refused.",
)
STOPPED: Final[Words] = ("暂停或停用的码不得继续印制。", "A code that is suspended or revoked must not be printed.")
HUB: Final[Words] = ("码上诚信", "Code of honesty")
NOTHING: Final[Words] = ("不能打印", "Nothing can be printed")
REQUEST: Final[Words] = ("如需咨询，请报此编号", "Quote this number if you ask somebody")
