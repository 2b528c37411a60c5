"""Every sentence on the pages of a person's sign-in: Chinese first, English second, as the pages show them.

A sentence takes only names that are safe to show (labels, minutes). Knows no page and no markup.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

Words: TypeAlias = tuple[str, str]
"""The same said in Chinese and in English; where a label has no English, the second part is empty."""


def fill(words: Words, **names: str | int | Words) -> Words:
    """The sentence with its names put in: a name in two languages gives each sentence its own."""
    zh = {key: name[0] if isinstance(name, tuple) else name for key, name in names.items()}
    en = {key: name[1] or name[0] if isinstance(name, tuple) else name for key, name in names.items()}
    return words[0].format_map(zh), words[1].format_map(en)


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence, and the fields it speaks of; it stands at the first of them."""

    zh: str
    en: str
    fields: tuple[str, ...] = ()


class Alert(Enum):
    """Why a form is shown again."""

    MISSING_INPUT = Problem(
        "还有内容没有填写。请填好后再提交。", "Something is not filled in yet. Fill it in and try again."
    )
    PASSWORDS_DIFFER = Problem(
        "两次输入的新密码不一样。请重新输入。", "The two new passwords differ. Enter them again.", ("repeat",)
    )
    PASSWORD_KNOWN = Problem(
        "这个密码太常见，容易被猜中。请换一个。",
        "This password is too common and easily guessed. Choose another one.",
        ("new",),
    )
    PASSWORD_TOO_LONG = Problem(
        "新密码超过 256 个字符。请短一些。", "The new password has more than 256 characters. Make it shorter.", ("new",)
    )
    PASSWORD_TOO_SHORT = Problem(
        "新密码不足 12 个字符。请再长一些。", "The new password has fewer than 12 characters. Make it longer.", ("new",)
    )
    PASSWORD_UNCHANGED = Problem(
        "新密码和当前密码一样。请换一个。", "The new password is the current one. Choose another one.", ("new",)
    )
    SESSION_EXPIRED = Problem(
        "页面停留太久，为安全起见已失效。请再填写一次。",
        "The page stood open for too long and has expired. Please fill it in again.",
    )
    TOO_MANY_ATTEMPTS = Problem(
        "尝试次数过多。请在 {minutes} 分钟后再试。", "Too many attempts. Try again in {minutes} min."
    )
    UNKNOWN_USER_CODE = Problem(
        "没有这个代码，或者它已过期。请核对设备上显示的代码。",
        "There is no such code, or it has expired. Compare it with the code on the device.",
        ("user_code",),
    )
    WRONG_CODE = Problem(
        "验证码不正确，或已经用过。请等验证器显示下一个再填写。",
        "The code is not right or was used already. Wait for the next one and enter that.",
        ("code",),
    )
    WRONG_CREDENTIALS = Problem(
        "用户名或密码不正确。请核对后再试。",
        "The username or the password is not right. Check both and try again.",
        ("username", "password"),
    )
    WRONG_PASSWORD = Problem(
        "当前密码不正确。请再试一次。", "The current password is not right. Try again.", ("current",)
    )


HUB = ("肇东市“码上诚信”查询网关", "Chengxin Hub")
REQUEST_NUMBER = ("请求编号", "Request number")
NOT_DONE_MARK = ("未完成：", "Not done: ")
WRONG_MARK = ("有误：", "Wrong: ")
NEXT = ("怎么办", "What to do next")
BACK = ("返回登录页", "Back to the sign-in page")
AGAIN = ("重新开始", "Begin again")
ANOTHER = ("换一个账号", "Use another account")
SHOW_PASSWORD = ("显示密码", "Show")
HIDE_PASSWORD = ("隐藏密码", "Hide")

SIGN_IN = ("登录", "Sign in")
SIGN_IN_FOR = ("您将登录“{client}”（{department}）。", "You are signing in to {client} ({department}).")
SIGN_IN_TO = ("您将登录“{client}”。", "You are signing in to {client}.")
USERNAME = ("用户名", "Username")
PASSWORD = ("密码", "Password")
FORGOTTEN = ("忘记密码：请联系本单位管理员重设。", "Forgotten your password? Ask your administrator to reset it.")
EXTERNALS = ("用其他方式登录", "Other ways to sign in")

SECOND_FACTOR = ("输入验证码", "Enter your code")
SECOND_FACTOR_HOW = (
    "请打开手机上的验证器，填写此刻显示的 6 位数字。",
    "Open the authenticator on your phone and enter the 6 digits it shows now.",
)
CODE = ("6 位验证码", "6-digit code")
VERIFY = ("验证并登录", "Verify and sign in")
AUTHENTICATOR_LOST = (
    "丢失验证器：请两名管理员为您恢复。",
    "Lost the authenticator? Two administrators restore it for you.",
)

ENROLMENT = ("绑定验证器", "Set up your authenticator")
ENROLMENT_WHY = (
    "您的岗位须两步登录。只需绑定一次，以后登录时填写验证器显示的数字。",
    "Your role signs in with two steps. Set this up once; from then on you enter the digits it shows.",
)
ENROLMENT_STEPS = (
    ("在手机上打开任一验证器应用（支持 TOTP）。", "Open any authenticator app (TOTP) on your phone."),
    ("用它扫描二维码；扫不了就手工输入密钥。", "Scan the QR code with it, or type in the key."),
    ("填写它显示的 6 位数字。", "Enter the 6 digits it shows."),
)
QR = ("绑定验证器的二维码", "QR code for the authenticator")
KEY = ("密钥", "Key")
OPEN_AUTHENTICATOR = ("在这台手机的验证器中打开", "Open in the authenticator on this phone")
KEEP_SECRET = (
    "二维码和密钥等同于您的身份：不要截图，不要发给任何人。",
    "The QR code and the key stand for you: take no screenshot and send them to nobody.",
)
FINISH = ("完成绑定", "Finish set-up")

CONSENT = ("允许这个应用以您的名义查询吗？", "May this app ask in your name?")
CONSENT_MEANS = (
    "“{client}”（{department}）请求以您的名义向网关查询。它的每次查询都会记在您的名下。",
    "{client} ({department}) wants to ask the hub in your name. Each of its questions is recorded under your name.",
)
UNCERTIFIED = (
    "您的执法证件已过期、被暂停或查不到，本次只能以公众身份查询。",
    "Your enforcement certificate has expired, is suspended or was not found: this time you may only ask as the public.",
)
PERSON = ("您的账号", "Your account")
ROLE = ("身份", "Role")
PURPOSES = ("用途", "Purposes")
SCOPES = ("可查的数据", "Groups of data")
NO_SCOPES = ("不查数据，只确认您是谁", "No data; only who you are")
UNTIL = ("有效至", "Until")
RETURNS_TO = ("完成后返回", "Then returns to")
ALLOW = ("允许", "Allow")
DENY = ("拒绝", "Deny")

DEVICE = ("输入设备代码", "Enter the device code")
DEVICE_HOW = (
    "请填写设备屏幕上显示的代码，让设备用您的账号登录。",
    "Enter the code shown on the device, so that it can sign in with your account.",
)
USER_CODE = ("设备代码", "Device code")
USER_CODE_HELP = (
    "例如 BCDF-GHJK；大小写、有没有连字符都可以。",
    "For example BCDF-GHJK; capitals and the dash do not matter.",
)
CONTINUE = ("继续", "Continue")
DEVICE_CONFIRM = ("确认这台设备", "Confirm this device")
DEVICE_WARNING = (
    "请确认这个代码就显示在您手中的设备上。",
    "Make sure that this code is shown on a device in your own hands.",
)
DEVICE_PHISHING = (
    "如果代码是别人用电话、短信或聊天发给您的，那是在骗取您的权限，请拒绝。",
    "If somebody gave you the code by phone, text or chat, they are after your access: deny.",
)
DEVICE_ALLOW = ("在我手中，允许", "In my hands: allow")

PASSWORD_FIRST = ("设置您自己的密码", "Choose your own password")
PASSWORD_FIRST_WHY = (
    "首次登录须把初始密码换成只有您知道的密码。",
    "At the first sign-in the initial password is replaced by one that only you know.",
)
PASSWORD_CHANGE = ("修改密码", "Change your password")
ACCOUNT = ("账号：{username}", "Account: {username}")
INITIAL = ("初始密码", "Initial password")
CURRENT = ("当前密码", "Current password")
NEW = ("新密码", "New password")
NEW_HELP = (
    "至少 12 个字符，不要求数字或符号；几个不相干的词连起来就好。太常见的密码不能用。",
    "At least 12 characters, digits and symbols not required; a few unrelated words do well. Common passwords are not taken.",
)
REPEAT = ("再次输入新密码", "New password again")
SAVE_PASSWORD = ("保存新密码", "Save the new password")

SIGN_OUT = ("退出登录吗？", "Sign out?")
SIGN_OUT_MEANS = (
    "退出后，在本浏览器中使用网关须重新登录。已经登录的应用和设备不受影响，须在各应用中分别退出。",
    "After that you sign in again to use the hub in this browser. Apps and devices that are signed in stay so until you sign out of each.",
)
SIGN_OUT_NOW = ("退出登录", "Sign out")
