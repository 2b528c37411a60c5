"""Mistakes of `hub.toml` in Chinese, by their English sentence; what stands in braces is taken over as it is.

A sentence that is not listed stays English behind three words that say so: it names columns of a source and the like.
"""

import re
from collections.abc import Mapping
from functools import cache

UNLISTED = "与要求不符"
WORDS: Mapping[str, str] = {
    # The file as a whole
    "cannot be read ({}): name it with --config, or write a first one with `chengxin-hub init`": "读不到({}):请用 --config 指明,或用 `chengxin-hub init` 生成一份",
    "is not UTF-8": "不是 UTF-8 编码",
    "is not TOML: {}": "不是合法的 TOML:{}",
    # Any table, any key
    "is not known here": "没有这个表",
    "is no key here": "此处没有这个键",
    "is missing": "缺少此项",
    "is a list of tables: {}": "须写成可重复的表:{}",
    "must be one of {}": "须为其一:{}",
    "{} stands there twice": "{} 出现两次",
    "{} is not a department here": "没有部门 {}",
    "{} is not a purpose here": "没有用途 {}",
    "{} is not a source here": "没有数源 {}",
    "Input should be less than or equal to {}": "须不大于 {}",
    "Input should be greater than or equal to {}": "须不小于 {}",
    "Input should be less than {}": "须小于 {}",
    "Input should be greater than {}": "须大于 {}",
    "Input should be a valid integer{}": "须为整数",
    "Input should be a valid number{}": "须为数字",
    "Input should be a valid boolean{}": "须为 true 或 false",
    "Input should be a valid string": "须为文字",
    "Input should be a valid string, or a list of them": "须为文字,或文字的列表",
    "Input should be a valid date{}": "须为日期,如 2026-12-31",
    "Input should be a valid tuple": "须为列表",
    "Input should be a valid list": "须为列表",
    "Input should be a valid dictionary{}": "须为表",
    "Input should be {}": "须为 {}",
    "String should have at least {} character{}": "至少 {} 个字符",
    "String should have at most {} character{}": "至多 {} 个字符",
    "String should match pattern '{}'": "须符合 {}",
    "Tuple should have at least {} item{}": "至少 {} 项",
    "Tuple should have at most {} item{}": "至多 {} 项",
    # Addresses, secrets, paths
    "is not an address": "不是地址",
    "is a unified social credit code": "须为统一社会信用代码",
    "must be an address: https, or http on this machine": "须为地址:https,本机可用 http",
    "must hold no user, password and fragment": "不得含用户名、口令和片段",
    "is an https address, or http on this machine": "须为 https 地址,本机可用 http",
    "is an address without user and fragment": "地址不得含用户名和片段",
    "is the address at which the hub is reached: https, or http on this machine": "须为访问网关的地址:https,本机可用 http",
    "is an address without path, user and query: {}": "地址不得含路径、用户名和查询:{}",
    "has a host of {} characters at most, so that a small symbol holds it": "主机名至多 {} 个字符,二维码才放得下",
    "is written in ASCII": "须用 ASCII 书写",
    "a secret is a text: env:NAME or file:PATH": "密钥写成文字:env:NAME 或 file:PATH",
    "environment variable {} is not set": "环境变量 {} 未设置",
    "secret file {} does not exist": "密钥文件 {} 不存在",
    "file {} does not exist": "文件 {} 不存在",
    "write env:NAME or file:PATH; a secret is never written into the configuration": "请写 env:NAME 或 file:PATH:密钥不写入配置",
    "holds a password: write env:NAME or file:PATH instead of the address": "含有口令:请以 env:NAME 或 file:PATH 代替地址",
    "a path is a text": "路径须为文字",
    "a path starts with / and holds no query, fragment, space or dot segment": "路径以 / 开头,不含查询、片段、空格和点段",
    "an address starts with http:// or https:// and names a host": "地址以 http:// 或 https:// 开头,并写明主机",
    "an address holds no query, fragment or user; credentials belong to auth": "地址不含查询、片段和用户名;凭据写在 auth 中",
    "is not the name of a header": "不是合法的请求头名称",
    "a secret is one line of printable ASCII": "密钥须为一行可打印的 ASCII",
    "a user's name is one line without a colon": "用户名须为一行,不含冒号",
    "http:// shows keys and answers to the network: use https:// or say plain_http = true": "http:// 会在网络上暴露密钥和应答:请用 https://,或写明 plain_http = true",
    "is not a mail address": "不是邮件地址",
    "is not a telephone number: digits, blanks and hyphens, perhaps a + before them": "不是电话号码:数字、空格、连字符,前面可有 +",
    "has 24 characters or more, at random": "须为 24 个以上的随机字符",
    "is the line that the witness announced: name, number and key": "须为见证方公布的那一行:名称、编号和公钥",
    "is not 32 bytes in hexadecimal or base64; make a key with: openssl rand -hex 32": "不是 32 字节的十六进制或 base64;生成密钥:openssl rand -hex 32",
    # Purposes, clients, grants
    "exactly one purpose is the public's (public = true)": "须恰有一个公众用途(public = true)",
    "delay_days and delay_basis go together: the law by which entities are told later": "delay_days 与 delay_basis 须同时填写:延后告知的法律依据",
    "the public's purpose takes no case and no consent": "公众用途不涉及案件和同意",
    "{} is not an address": "{} 不是地址",
    "{} holds a character that no address has": "{} 含有地址中不会有的字符",
    "{} must have no fragment": "{} 不得含片段",
    "redirect_uris are for sign_in = true": "redirect_uris 只用于 sign_in = true",
    "sign_in = true needs redirect_uris, or device = true": "sign_in = true 须有 redirect_uris,或 device = true",
    "portal = true needs sign_in = true: a system has no department of its own choice": "portal = true 须有 sign_in = true:系统不能自选部门",
    'machine = true needs a client that proves itself: authentication is "none"': 'machine = true 须为能证明自身的客户端:authentication 为 "none"',
    "{} can't break glass: {} can": "{} 不能应急调阅;可以的有:{}",
    "names no scope and no field": "没有写明范围或字段",
    "ends before it starts": "结束早于开始",
    "a denial is for all rows; narrow the allowances instead": "禁止适用于所有行;请改为收窄允许",
    "a denial has no quota": "禁止没有限额",
    "a denial is not confirmed: it holds until its last day": "禁止无须确认,到末日为止有效",
    "an allowance names its purposes": "允许须写明用途",
    "rows.{} takes either prefix or in": "rows.{} 只能用 prefix 或 in 之一",
    "rows.{}: a single text names a binding and starts with $": "rows.{}:单个文字为绑定,以 $ 开头",
    "{} is not a field": "没有字段 {}",
    "rows.{} is not a field of {}": "rows.{} 不是 {} 的字段",
    "rows.{} is not a column of the source that owns {}": "rows.{} 不是 {} 所属数源的列",
    "rows.{} can't be compared by {}": "rows.{} 不能按 {} 比较",
    "{} has no mask": "{} 没有脱敏方式",
    "{} is withheld by law and can't be granted": "{} 依法不予提供,不能授权",
    "{} is not public: give it masked or not at all": "{} 不公开:请脱敏提供或不提供",
    # Notices, channels
    "names something twice": "有重复的名称",
    'security = "none" is for a server on this machine only': 'security = "none" 只用于本机的服务器',
    "username and password come together": "username 与 password 须同时填写",
    "a brace is written twice: {}": "花括号须写两次:{}",
    "in braces stands one of {}": "花括号中须为其一:{}",
    "needs a secret: {}": "须有密钥:{}",
    "names no recipient: name one in `to`, or say active = false": "没有收件人:请在 `to` 中写明,或写 active = false",
    "has no channel that is there: configure one under [channels], or say active = false": "没有可用的通道:请在 [channels] 中配置,或写 active = false",
    "knows of no {}: `to` takes {}": "没有 {};`to` 可填:{}",
    "no channel of it leads to {}": "没有通道能送达 {}",
    # Codes
    "has one named group, of {}: {}": "须有一个命名组,为 {} 之一:{}",
    "{} is the hub's own register of codes": "{} 是网关自己的码登记",
    # Providers
    "is the hub itself, or stands there twice": "是网关自身,或出现两次",
    'merchants sign in with their real name (kind = "real_name"), the public not at all': '商户以实名登录(kind = "real_name"),公众不登录',
    "a single text names a claim and starts with $": "单个文字为声明名,以 $ 开头",
    "takes 1 to {} values": "可有 1 至 {} 个值",
    "must hold no query: it is compared character by character with what tokens say": "不得含查询:须与令牌中的逐字相同",
    "neither sign_in nor accept_tokens is true: it is for nothing": "sign_in 与 accept_tokens 均不为 true:没有用处",
    "file {} holds no key that can be used with {}": "文件 {} 中没有可用于 {} 的公钥",
    "is for a client with a client_secret": "只用于有 client_secret 的客户端",
    "is missing: people sign in through it": "缺少此项:人员由此登录",
    "must hold openid: without it there is no ID token": "须含 openid:否则没有 ID 令牌",
    "is missing: accept_tokens takes only tokens that are for this hub": "缺少此项:accept_tokens 只接受给本网关的令牌",
    "is the client_id: then its ID tokens could be taken for access tokens": "与 client_id 相同:其 ID 令牌会被当作访问令牌",
    'merchants sign in at the hub, where their mandates are looked up: kind is "real_name"': '商户在网关登录,以便核对其委托:kind 为 "real_name"',
    'is missing: kind is "real_name"': '缺少此项:kind 为 "real_name"',
    'is not for kind = "real_name": people become merchants of the department': '不用于 kind = "real_name":登录者成为该部门的商户',
    'is not for kind = "real_name": merchants have no enforcement certificate': '不用于 kind = "real_name":商户没有执法证件',
    'is for kind = "real_name" alone; here each mapping says who somebody is': '只用于 kind = "real_name";此处由 mapping 说明身份',
    "is missing: without one nobody could act": "缺少此项:否则没有人能办理",
    "officers need certificate_claim: without a valid enforcement certificate they would see what the public sees": "执法人员须有 certificate_claim:没有有效证件只能看到公开内容",
    # Sources and their columns
    "order names a source twice": "order 中有重复的数源",
    "give either first or page": "first 与 page 只填其一",
    "give either rows or a file": "rows 与 file 只填其一",
    "give either total or next": "total 与 next 只填其一",
    "give either a column or a constant": "列与常量只填其一",
    "give batch, single or search": "请填写 batch、single 或 search",
    "give batch, aliased or search": "请填写 batch、aliased 或 search",
    "a key is asked for in one way only": "同一个键只能有一种查法",
    "ascending holds {} once": "ascending 中须恰有一个 {}",
    "descending holds {} once": "descending 中须恰有一个 {}",
    "the path holds {} once": "path 中须恰有一个 {}",
    "a POST takes body_keys, a GET takes query_keys, and neither takes both": "POST 用 body_keys,GET 用 query_keys,不能同时用",
    "parameters.{}: write field:OP, OP one of {}": "parameters.{}:请写 字段:OP,OP 为其一:{}",
    "orders need an order_parameter": "orders 须有 order_parameter",
    "an order that cannot be continued is no order: after lacks {}": "不能续页的排序无法使用:after 缺少 {}",
    "first and most belong together: the source's own cap cannot be guessed": "first 与 most 须同时填写:数源自身的上限无法猜测",
    "is not a GraphQL type such as [String!]!": "不是 GraphQL 类型,如 [String!]!",
    "is not one GraphQL operation": "须为一个 GraphQL 操作",
    "is not a query without variables": "须为不带变量的查询",
    "a path is GraphQL names joined by dots, as in holder.name or ^.code": "路径为以点相连的 GraphQL 名称,如 holder.name 或 ^.code",
    "arguments lacks the type of {}": "arguments 缺少 {} 的类型",
    "this place in the arguments gets two values": "参数中的这一处有两个值",
    "there is no {}; dialects are {}": "没有 {};可用的方言:{}",
    "{} is a dialect of {}": "{} 是 {} 的方言",
    "false leaves out what a dialect maps, and none maps this here": "false 用于略去方言所对应的列,此处没有方言对应它",
    "is not the address of a database": "不是数据库地址",
    "{} is not a database known here; there are {}": "不支持数据库 {};可用:{}",
    "names no file": "没有写明文件",
    "names files of the folder itself, like xk_*.csv": "须为该文件夹中的文件,如 xk_*.csv",
    "the data time stands in a column (as_of) or belongs to the file (data_time), not both": "数据时间在列中(as_of)或属于文件(data_time),不能都填",
    "is computed by the hub and not read from a source": "由网关计算,不从数源读取",
    "codes lead to {}, which {} does not have": "codes 对应到 {},而 {} 没有这些值",
    "{} belong to {} only": "{} 只用于 {}",
    "type {} belongs to dates only": "type {} 只用于日期",
    "type code belongs to texts only": "type code 只用于文字",
    "separator, absent and endless hold no empty text": "separator、absent、endless 不能为空文字",
    "{} is not a value of {}": "{} 不是 {} 的值",
    "no such record": "没有这个记录类型",
    "is listed twice": "出现两次",
    "there is no {} here; there is {}": "此处没有 {};有:{}",
    "{} is owned by {} already; a [[precedence]] says which of them leads": "{} 已属于 {};以 [[precedence]] 写明以谁为准",
    "source {} can't be asked for one {} by {}": "数源 {} 不能按 {2} 查询单个 {1}",
}

_ENDINGS = (
    (re.compile(r"(.+): did you mean (.+)\?", re.DOTALL), ",是否应为 {}?"),
    (re.compile(r"(.+); or give code\.base_url one", re.DOTALL), ";或填写 code.base_url"),
)


def chinese(sentence: str) -> str:
    """A mistake's sentence in Chinese; also one that stands behind a name and a colon."""
    for ending, said in _ENDINGS:
        found = ending.fullmatch(sentence)
        if found is not None:
            return chinese(found[1]) + _filled(said, found.groups()[1:])
    for wanted, said in _patterns():
        found = wanted.fullmatch(sentence)
        if found is not None:
            return _filled(said, found.groups())
    name, colon, rest = sentence.partition(": ")
    return f"{name}:{chinese(rest)}" if colon else UNLISTED


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The most literal sentences first: others would take them for their own."""
    order = sorted(WORDS, key=lambda english: -len(english.replace("{}", "")))
    return [(re.compile("(.*?)".join(map(re.escape, one.split("{}"))), re.DOTALL), WORDS[one]) for one in order]


def _filled(said: str, parts: tuple[str, ...]) -> str:
    numbers = iter(range(len(parts)))
    return re.sub(r"\{(\d?)\}", lambda hole: parts[int(hole[1]) if hole[1] else next(numbers)], said)
