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
        "验证码不正确。请填写验证器此刻显示的 6 位数字。",
        "The code is not right. Enter the 6 digits that the authenticator shows now.",
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


@dataclass(frozen=True, slots=True)
class Ending:
    """What a page without a form says: its heading, what happened and what was kept, what to do next."""

    title: Words
    happened: Words
    next: Words


class DeviceEnding(Enum):
    """How the confirmation of a device ended."""

    DONE = Ending(
        ("设备已登录", "The device is signed in"),
        ("“{client}”现在能以您的名义查询。", "{client} may now ask in your name."),
        ("可以关闭本页，回到设备上继续。", "You may close this page and go on with the device."),
    )
    EXPIRED = Ending(
        ("代码已过期", "The code has expired"),
        ("设备没有登录，什么也没有改变。", "The device is not signed in; nothing has changed."),
        ("请在设备上重新获取代码，再试一次。", "Get a fresh code on the device and try again."),
    )
    REFUSED = Ending(
        ("已拒绝", "Refused"),
        ("设备没有登录，也没有得到任何数据。", "The device is not signed in and has received nothing."),
        (
            "如果代码是别人发给您的，请告诉本单位的安全管理员。",
            "If somebody sent you the code, tell the security administrator of your department.",
        ),
    )


class ExternalEnding(Enum):
    """Why signing in through another provider did not end in a sign-in."""

    ALREADY_LINKED = Ending(
        ("这个身份已绑定其他账号", "This identity is linked to another account"),
        (
            "您在“{provider}”的身份已绑定另一个账号，没有再次绑定。",
            "Your identity at {provider} is linked to another account; it was not linked again.",
        ),
        (
            "请用原来的账号登录；如果不是您本人绑定的，请到政务服务大厅窗口核实。",
            "Sign in with that account; if you did not link it yourself, ask at the counter of the service hall.",
        ),
    )
    CANCELLED = Ending(
        ("没有登录", "Not signed in"),
        (
            "“{provider}”没有确认您的身份：认证已取消或没有通过。",
            "{provider} did not confirm who you are: that was cancelled or not passed.",
        ),
        ("可以再试一次，或换一种方式登录。", "Try again, or sign in another way."),
    )
    NAME_MISMATCH = Ending(
        ("与登记的法定代表人不一致", "Not the registered legal representative"),
        (
            "“{provider}”确认了您的身份，但您与登记的法定代表人不一致。没有登录，也没有保存您的证件号码。",
            "{provider} confirmed who you are, but you are not the registered legal representative. You are not signed in, and your ID number was not kept.",
        ),
        (
            "如果您是新任法定代表人或受委托人，请携带身份证件和营业执照，到政务服务大厅窗口办理。",
            "If you are the new representative or a delegate, bring your ID and the business licence to the counter of the service hall.",
        ),
    )
    UNAVAILABLE = Ending(
        ("“{provider}”暂时无法使用", "{provider} is not available"),
        ("没有登录。其他登录方式不受影响。", "You are not signed in. Other ways to sign in still work."),
        ("请稍后再试，或换一种方式登录。", "Try again later, or sign in another way."),
    )


_BACK_TO_CLIENT = ("请回到应用，重新登录。", "Go back to the app and sign in again.")
_TELL_THE_NUMBER = (
    "请把下面的请求编号告诉应用的管理员。",
    "Give the request number below to the administrator of the app.",
)


class Refusal(Enum):
    """Why the hub stops where it may not send the browser back to the client."""

    BUSY = Ending(
        ("登录的人太多", "Too many people sign in"),
        ("此刻排队登录的人太多，没有登录。", "Too many people are signing in at this moment. You are not signed in."),
        ("请过一分钟再试。", "Try again in a minute."),
    )
    CLIENT_UNKNOWN = Ending(
        ("没有登记这个应用", "This app is not registered"),
        (
            "要求您登录的应用没有在网关登记，已停止。",
            "The app that asks you to sign in is not registered with the hub. It stopped here.",
        ),
        (
            "如果链接来历不明，请不要再打开；否则请把下面的请求编号告诉应用的管理员。",
            "Do not open a link of unknown origin again; otherwise give the request number below to the app's administrator.",
        ),
    )
    EXPIRED = Ending(
        ("登录已超时", "The sign-in has expired"),
        (
            "这次登录隔得太久，或者已经用过。没有登录。",
            "This sign-in took too long or was used already. You are not signed in.",
        ),
        _BACK_TO_CLIENT,
    )
    FORM_REJECTED = Ending(
        ("没有接受这次提交", "The form was not accepted"),
        (
            "无法确认这次提交来自您打开的页面。什么也没有改变。",
            "It is not certain that the form came from the page you opened. Nothing has changed.",
        ),
        (
            "请允许本网站使用 Cookie，再回到应用重新登录。",
            "Allow cookies for this site, then go back to the app and sign in again.",
        ),
    )
    INTERNAL = Ending(
        ("网关出了问题", "The hub has a problem"),
        ("没有完成登录，问题已记录。", "The sign-in was not completed; the problem has been recorded."),
        (
            "请稍后再试；仍然不行，请把下面的请求编号告诉网关管理员。",
            "Try again later; if it fails again, give the request number below to the hub's administrator.",
        ),
    )
    PERSON_NOT_ALLOWED = Ending(
        ("您的账号不能使用这个应用", "Your account may not use this app"),
        (
            "这个应用只供登记的部门和岗位使用。应用没有得到您的任何信息。",
            "Only people of the registered department and role may use this app. It has learnt nothing about you.",
        ),
        ("如果工作需要，请联系本单位管理员。", "If your work needs it, ask the administrator of your department."),
    )
    REDIRECT_UNREGISTERED = Ending(
        ("返回地址没有登记", "The return address is not registered"),
        (
            "应用要求登录后转到一个没有登记的地址。网关已停止，以防您的登录被送到别处。",
            "The app wants to send you to an address that is not registered. The hub stopped, so that your sign-in cannot end up elsewhere.",
        ),
        _TELL_THE_NUMBER,
    )
    REQUEST_INVALID = Ending(
        ("登录请求不完整", "The sign-in request is not complete"),
        (
            "应用发来的登录请求缺少内容或有误。没有登录。",
            "The request that the app sent lacks something or is wrong. You are not signed in.",
        ),
        _TELL_THE_NUMBER,
    )


PASSWORD_CHANGED = Ending(
    ("密码已更换", "The password is changed"),
    (
        "新密码已生效，其他设备和应用上的登录都已结束。",
        "The new password holds; every other sign-in on devices and in apps has ended.",
    ),
    ("请在其他设备上用新密码重新登录。", "Sign in again on your other devices with the new password."),
)
SIGNED_OUT = Ending(
    ("已退出登录", "Signed out"),
    ("您在网关的登录已结束。", "You are no longer signed in to the hub."),
    ("如果这是公用电脑，请关闭浏览器。", "On a shared computer, close the browser."),
)

HUB = ("肇东市“码上诚信”查询网关", "Chengxin Hub")
REQUEST_NUMBER = ("请求编号", "Request number")
NOT_DONE_MARK = ("未完成：", "Not done: ")
WRONG_MARK = ("有误：", "Wrong: ")
NEXT = ("怎么办", "What to do next")
BACK = ("返回登录页", "Back to the sign-in page")
SHOW_PASSWORD = ("显示密码", "Show")
HIDE_PASSWORD = ("隐藏密码", "Hide")

SIGN_IN = ("登录", "Sign in")
SIGN_IN_FOR = ("您将登录“{client}”（{department}）。", "You are signing in to {client} ({department}).")
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
    "退出后，在本浏览器中使用网关须重新登录。",
    "After that you sign in again to use the hub in this browser.",
)
SIGN_OUT_NOW = ("退出登录", "Sign out")
