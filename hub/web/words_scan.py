"""Every sentence of the page with the camera, also those it shows without a network. What can't be known is said."""

from hub.web.words_code import Words

TITLE: Words = ("扫一扫", "Scan a code")
LEAD = "对准“码上诚信”码。画面只在您的手机里识别，不上传、不保存。"
LEAD_EN = "The picture is read on your phone; it is not sent or kept."
OPEN: Words = ("打开相机", "Open the camera")
NO_SCRIPT = "这里需要浏览器脚本。也可以直接用手机自带的扫码功能，或手工输入码上的字符。"
SAYINGS: dict[str, Words] = {
    "looking": ("请把码放到画面中间", "Hold the code in the middle"),
    "no-camera": (
        "打不开相机：请在浏览器设置中允许使用相机，或手工输入",
        "The camera can't be opened: allow it, or type the code",
    ),
    "insecure": (
        "此网址不是 https，浏览器不允许使用相机；请手工输入",
        "The address is not https, so there is no camera: type the code",
    ),
    "going": ("读到了，正在打开", "Read; opening its page"),
    "offline": (
        "现在没有网络，用手机里保存的公钥和名单核对",
        "No network: checked with the keys and the list kept here",
    ),
    "no-keys": (
        "没有网络，也没有保存过核对用的公钥。联网打开一次本页，以后在没有网络的地方也能核对",
        "No network, and no keys were kept: open this page once with a network",
    ),
    "unknown-key": (
        "手机里保存的公钥核对不了这块门牌，可能保存得太早。请联网后再扫",
        "The keys kept here do not know this plate's: scan it again with a network",
    ),
    "clock": (
        "签发日期晚于手机上的今天：请检查手机的日期，并与门牌上印的日期对照",
        "It was issued after the day of this phone: look at the phone's date, and at the day on the plate",
    ),
    "not-ours": (
        "这不是本市的码。没有网络，无法进一步查询",
        "This is no code of this city; without a network nothing more can be said",
    ),
    "unsigned": (
        "这种码没有签名，离线无法辨别真假。请联网后再扫；门牌上的码有签名",
        "This kind of code carries no signature: scan it again with a network",
    ),
    "national": (
        "这张码由国密 SM2 签名，浏览器不能核对，真假未知。请联网后再扫，由本市核对，或请执法人员核对",
        "Signed by SM2, which a browser can't check, so nothing is known yet: scan it again with a network, where the hub checks it, or ask an officer",
    ),
    "stale": (
        "保存的停用名单已过期，只能核对签名，不能确认是否仍有效",
        "The kept list is too old: the signature is checked, its state is not",
    ),
}
FORGED: Words = ("签名是假的", "The signature is false")
FORGED_HELP = "不是本市的密钥签的，或内容被改过。请不要因为它付款或填写个人信息，联网后请举报。"
TRUE: Words = ("签名是真的", "The signature is true")
TRUE_HELP = "由本市签发。请对照店内营业执照上的统一社会信用代码。"
STOPPED: Words = ("签名是真的，但这张码已不在使用中", "Genuine, but no longer in use")
STATES = {
    "S": "暂停使用。暂停不等于失信或违法",
    "R": "已停止使用。停用不等于失信或违法",
    "C": "经营主体已注销这张码",
    "P": "尚未签发",
    "N": "已换成新码",
}
ENTITY, ISSUED, LISTED, TODAY = "统一社会信用代码", "签发日期", "停用名单截至", "今天"
AGAIN: Words = ("再扫一次", "Scan again")
