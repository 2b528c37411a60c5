"""Every sentence on the pages with which a sign-in ends or stops: Chinese first, English second, as the pages show them.

Each says what happened and what to do next. Knows no page and no markup.
"""

from dataclasses import dataclass
from enum import Enum

from hub.web.words_sign_in import Words


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
    NOT_MAPPED = Ending(
        ("没有登录", "Not signed in"),
        (
            "“{provider}”确认了您是谁，但没有授予您在本网关的身份。",
            "{provider} confirmed who you are, but grants you no role at this hub.",
        ),
        ("如果工作需要，请联系本单位管理员。", "If your work needs it, ask the administrator of your department."),
    )
    NOT_VERIFIED = Ending(
        ("尚未完成实名认证", "Your real name is not verified yet"),
        (
            "您在“{provider}”的账号尚未完成实名认证。没有登录。",
            "Your account at {provider} has not been verified with your real name. You are not signed in.",
        ),
        ("请先在那里完成实名认证，再回来登录。", "Complete the verification there, then come back and sign in."),
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
    CODES_USED_UP = Ending(
        ("这次登录已停止", "This sign-in was stopped"),
        (
            "验证码错了太多次，或这次登录已在别处结束。没有登录。",
            "There were too many wrong codes, or it ended elsewhere. You are not signed in.",
        ),
        ("请从应用重新开始。", "Begin again from the app."),
    )
    CLIENT_FROZEN = Ending(
        ("这个应用已被停用", "This app is suspended"),
        (
            "这个应用或它所属的部门已被停用。没有登录。",
            "This app or its department is suspended. You are not signed in.",
        ),
        ("请联系本单位安全管理员。", "Ask the security administrator of your department."),
    )
    CLIENT_NO_SIGN_IN = Ending(
        ("这个应用不能用于登录", "Nobody signs in to this app"),
        (
            "这个应用在网关登记时没有开通从浏览器登录。没有登录。",
            "This app is registered with the hub, but not for signing in from a browser. You are not signed in.",
        ),
        _TELL_THE_NUMBER,
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
        ("这一步已经办完或已超时", "This step is done or has expired"),
        (
            "每次登录只能办一次，并且要在 15 分钟内办完。本页没有改变任何东西。",
            "Each sign-in works once, and within 15 minutes. This page has changed nothing.",
        ),
        (
            "如果刚才已经同意，请回到应用继续；否则请从应用重新开始。",
            "If you have just agreed, go back to the app and go on; otherwise begin again from the app.",
        ),
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
    PERSON_FROZEN = Ending(
        ("您的账号已被停用", "Your account is suspended"),
        (
            "您的账号或您所属的部门已被停用。应用没有得到您的任何信息。",
            "Your account or your department is suspended. The app has learnt nothing about you.",
        ),
        ("请联系本单位安全管理员。", "Ask the security administrator of your department."),
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
PASSWORD_ELSEWHERE = Ending(
    ("密码不在网关修改", "Your password is not kept here"),
    (
        "您通过其他平台登录，网关没有您的密码。",
        "You sign in through another platform; the hub has no password of yours.",
    ),
    ("密码在您登录所用的平台修改。", "Change it at the platform you sign in through."),
)
SIGNED_OUT = Ending(
    ("已退出登录", "Signed out"),
    (
        "本浏览器在网关的登录已结束。已经登录的应用和设备不受影响。",
        "This browser is no longer signed in to the hub. Apps and devices that are signed in stay so.",
    ),
    (
        "请在各应用中分别退出。如果这是公用电脑，请关闭浏览器。",
        "Sign out of each app as well. On a shared computer, close the browser.",
    ),
)
