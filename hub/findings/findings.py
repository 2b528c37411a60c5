"""Everything the doctor can say: severity, one sentence in Chinese and English, and what to do. All texts stand here.

Sentences name tables, columns, records and numbers; never a cell, an address or a secret. Knows no source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hub.findings.findings_codes import CODE_SAYINGS
from hub.findings.saying import Saying, Severity, bad, good, note

HUB = "hub"
"""Place of findings about the hub itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: the source it is about (or HUB), its code, and the names in its sentences."""

    place: str
    code: str
    names: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return SAYINGS[self.code].severity

    def json(self) -> dict[str, str]:
        """For machines: codes stay, sentences may be reworded."""
        said = SAYINGS[self.code]
        texts = {"zh": said.zh, "en": said.en, "todo_zh": said.todo_zh, "todo_en": said.todo_en}
        filled = {name: text.format_map(self.names) for name, text in texts.items()}
        return {"place": self.place, "severity": said.severity.value, "code": self.code, **filled}


SAYINGS: dict[str, Saying] = {
    # ------------------------------------------------------------ reaching a source
    "NAME_UNKNOWN": bad(
        "地址中的主机名无法解析",
        "the host name in its address cannot be resolved",
        "核对主机名的写法和本机的 DNS 设置",
        "check how the name is written, and this machine's DNS",
    ),
    "REFUSED": bad(
        "对方主机拒绝连接",
        "its host refuses the connection",
        "核对端口;请部门确认服务已启动并对本机开放",
        "check the port; ask the department whether the service runs and lets this machine in",
    ),
    "UNREACHABLE": bad(
        "连接没有回应",
        "nothing answers to a connection",
        "核对地址;请网络管理员检查路由和防火墙",
        "check the address; ask for the routes and firewalls in between",
    ),
    "TLS_UNKNOWN_CA": bad(
        "证书由本机不信任的机构签发",
        "its certificate comes from an authority that is not trusted here",
        "向部门索取其根证书,存为文件并写入 ca_file",
        "ask the department for the root certificate, keep it in a file and name it as ca_file",
    ),
    "TLS_EXPIRED": bad(
        "证书已过期或尚未生效",
        "its certificate has expired or does not hold yet",
        "请部门更换证书;同时核对本机时钟",
        "ask the department for a new certificate; look at this machine's clock too",
    ),
    "TLS_HOST": bad(
        "证书不是签给这个主机名的",
        "its certificate is for another host name",
        "地址改用证书上的主机名,或请部门补签",
        "use the host name the certificate is for, or ask the department for one that has this name",
    ),
    "TLS_FAILED": bad(
        "加密连接无法建立",
        "an encrypted connection cannot be made",
        "核对该端口是否为 https;请部门启用 TLS 1.2 以上",
        "check whether the port speaks https; ask the department for TLS 1.2 or later",
    ),
    "CREDENTIALS": bad(
        "凭证(用户、密码或密钥)不被接受",
        "user, password or key is refused",
        "核对密钥文件或环境变量的内容;向部门确认账号未停用",
        "check what the secret's file or variable holds; ask the department whether the account is in use",
    ),
    "RIGHTS": bad(
        "账号没有读取权限",
        "the account may not read what the mapping names",
        "请部门授予只读权限",
        "ask the department for the right to read it, and for nothing more",
    ),
    "TIMEOUT": bad(
        "在 {limit} 毫秒内没有应答",
        "it did not answer within {limit} ms",
        "请部门查看负载;查询确实较慢时调大 timeout_ms",
        "ask the department for its load; where it is slow by nature, raise timeout_ms",
    ),
    "CUT_OFF": bad(
        "检查在 {seconds} 秒内没有结束",
        "the examination did not end within {seconds} seconds",
        "用 --seconds 给更多时间",
        "give it more time with --seconds",
    ),
    "FAILED": bad(
        "数据源自身出错({fault})",
        "the source fails by itself ({fault})",
        "把这句话告诉部门",
        "tell the department what the sentence says",
    ),
    "HTTP_STATUS": bad(
        "以 HTTP {status} 应答",
        "it answers with HTTP {status}",
        "404 和 3xx:核对 base_url 与路径;5xx:告知部门",
        "404 and 3xx: check base_url and paths; 5xx: tell the department",
    ),
    # ------------------------------------------------------------ what it holds
    "MAPPING": bad(
        "配置与目录或数据源的说明不符:{fault}",
        "its mapping does not fit: {fault}",
        "按 docs/configuration.md 修改该处映射",
        "change the mapping there, as docs/configuration.md says",
    ),
    "WSDL": bad(
        "WSDL 中没有配置所写的内容:{fault}",
        "the WSDL has not what the configuration names: {fault}",
        "改用 WSDL 中有的名称,或向部门索取新的 WSDL",
        "use a name the WSDL has, or ask the department for its present WSDL",
    ),
    "LIBRARY": bad(
        "缺少所需的库:{fault}",
        "a library is missing: {fault}",
        "按提示安装",
        "install it as the sentence says",
    ),
    "NO_FILE_THERE": bad(
        "所指的文件不存在或无法打开",
        "the file it names does not exist or cannot be opened",
        "核对路径(相对配置文件所在目录)和读取权限",
        "check the path, which starts at the folder of hub.toml, and who may read it",
    ),
    "DATABASE_MISSING": bad(
        "服务器上没有这个数据库",
        "the server has no such database",
        "核对地址末尾的库名",
        "check the name of the database at the end of the address",
    ),
    "TABLE_MISSING": bad(
        "{record}:没有表 {table};相近的有 {near}",
        "{record}: there is no table {table}; near names are {near}",
        "改正 table,或请部门授权该视图",
        "correct `table`, or ask the department for the right to see that view",
    ),
    "COLUMN_MISSING": bad(
        "{record}:表 {table} 没有列 {column};相近的有 {near}",
        "{record}: table {table} has no column {column}; near names are {near}",
        "改正映射中的列名;该表没有这一列时删去该字段",
        "correct the column in the mapping; leave the field out where the table has none",
    ),
    "CONTENT_TYPE": bad(
        "{record}:应答不是约定的格式(例如返回了网页)",
        "{record}: the answer is not of the agreed type (a web page, perhaps)",
        "核对 base_url 和路径;是否被登录页或代理拦截",
        "check base_url and paths; a sign-in page or a proxy may stand in between",
    ),
    "MISFIT": bad(
        "{record}:应答与约定不符({fault})",
        "{record}: the answer is not as agreed ({fault})",
        "与部门的接口说明核对该记录的 rows、columns 和取数方式",
        "compare the record's rows, columns and ways of asking with the department's description",
    ),
    "UNREADABLE": note(
        "{record}.{column}:{of} 行中有 {count} 行无法按目录读取",
        "{record}.{column}: {count} of {of} rows cannot be read as the catalogue says",
        "核对该列的 type、codes、unit;确为坏数据的告知部门",
        "check the column's type, codes and unit; tell the department where its data is wrong",
    ),
    "ENCODING": note(
        "{record}.{column}:{of} 行中有 {count} 行像是乱码",
        "{record}.{column}: the text of {count} of {of} rows looks wrongly decoded",
        "请部门核对数据库或接口的字符集(UTF-8 或 GB18030)",
        "ask the department in which character set it stores and sends (UTF-8 or GB18030)",
    ),
    "STALE": note(
        "{record}:看到的最新数据时间距今 {days} 天,约定 {agreed} 天",
        "{record}: the newest data time seen is {days} days old; {agreed} were agreed",
        "告知部门更新停滞",
        "tell the department that it is no longer filled",
    ),
    "CLOCK": note(
        "对方时钟与本机相差 {seconds} 秒",
        "its clock and this machine's differ by {seconds} seconds",
        "两边都启用时间同步(NTP)",
        "let both follow a time server (NTP)",
    ),
    "SLOW": note(
        "应答约 {ms} 毫秒,已接近上限 {limit} 毫秒",
        "it takes about {ms} ms, near its limit of {limit} ms",
        "告知部门;约定允许时调大 timeout_ms",
        "tell the department; raise timeout_ms where the agreement allows it",
    ),
    "ANSWERS": good("可用,应答约 {ms} 毫秒", "answers in about {ms} ms"),
    # ------------------------------------------------------------ files for a folder
    "FOLDER": bad(
        "收件目录不存在或无法读取",
        "its folder does not exist or cannot be read",
        "核对 folder;挂载共享;让网关的运行用户可读",
        "check `folder`, mount the share, and let the user of the hub read it",
    ),
    "NO_FILE": bad(
        "{record}:还没有收到文件(等待写完的 {waiting} 个)",
        "{record}: no file has been taken yet ({waiting} waiting to be whole)",
        "核对 files 的文件名样式和 take 的约定;请部门放入文件",
        "check the pattern in `files` and the way in `take`; ask the department to drop a file",
    ),
    "FILE_FAULT": bad(
        "{record}:有文件未能收下({fault})",
        "{record}: a file could not be taken ({fault})",
        "列名不符的改映射;文件有误的,把 reports 目录中的报告转给部门",
        "change the mapping where a name differs; else pass the report in `reports` on to the department",
    ),
    "REJECTED": note(
        "{record}:最近的文件 {file} 有 {rejected} 行未采用",
        "{record}: {rejected} rows of the latest file {file} were rejected",
        "把报告转给部门:{report}",
        "pass the report on to the department: {report}",
    ),
    "OUTDATED": note(
        "{record}:映射在收件之后改过",
        "{record}: its mapping has changed since its file was taken",
        "请部门重新放入文件,或用 chengxin-hub import 再导入一次",
        "let the file be dropped again, or take it once more with chengxin-hub import",
    ),
    # ------------------------------------------------------------ the hub itself
    "STORE_GOOD": good("状态库可写", "its store can be written"),
    "STORE_NEW": good("状态库将在首次启动时建立", "its store will be made at the first start"),
    "STORE_UNWRITABLE": bad(
        "状态库不可写({fault}):任何查询都将被拒绝",
        "its store cannot be written ({fault}): every question would be refused",
        "核对路径、属主和磁盘;PostgreSQL 则核对地址、账户和权限",
        "check path, owner and disk; with PostgreSQL the address, the user and its rights",
    ),
    "STORE_FORGETFUL": bad(
        "状态库的数据库关闭了 fsync 或 full_page_writes:断电会丢失记录",
        "its store's database runs with fsync or full_page_writes off: a power cut would lose entries",
        "在 postgresql.conf 中设为 on 并重启数据库",
        "set both to on in postgresql.conf and restart the database",
    ),
    "KEYS_GOOD": good("密钥齐全,仅属主可读", "its keys are there, for their owner only"),
    "KEYS_NEW": good("密钥将在首次启动时生成", "its keys will be made at the first start"),
    "KEY_OPEN": bad(
        "{file} 可被其他用户读取",
        "{file} can be read by others",
        "chmod 600 {file}",
        "chmod 600 {file}",
    ),
    "KEYS_BROKEN": bad(
        "密钥不完整或无法读取",
        "its keys are not whole or cannot be read",
        "从备份恢复 keys 目录;不要重新生成 root.key",
        "restore the folder of keys from the backup; do not make another root.key",
    ),
    "DISK_GOOD": good("磁盘余量 {free} MiB", "{free} MiB of disk are free"),
    "DISK_LOW": note(
        "磁盘仅余 {free} MiB",
        "only {free} MiB of disk are free",
        "扩容或清理;写满后网关停止应答",
        "make room: when it is full the hub stops answering",
    ),
    "DISK_FULL": bad(
        "磁盘将满,仅余 {free} MiB",
        "the disk is nearly full: {free} MiB are free",
        "立即扩容或清理",
        "make room now",
    ),
    "ADDRESS_GOOD": good("base_url 为 https", "base_url is https"),
    "ADDRESS_PLAIN": note(
        "base_url 不是 https:令牌和应答会明文传输",
        "base_url is not https: tokens and answers travel in clear",
        "在网关前架设 TLS 代理并改用 https 地址",
        "put a proxy with TLS in front of the hub and use its https address",
    ),
    "PORT_FREE": good("端口 {port} 空闲", "port {port} is free"),
    "PORT_HUB": good("端口 {port} 上已有网关在运行", "a hub runs on port {port}"),
    "PORT_TAKEN": bad(
        "端口 {port} 被其他程序占用或无权使用",
        "port {port} is taken by another program, or may not be used",
        "换用 serve --port,或停掉占用者",
        "take another one with serve --port, or stop what uses it",
    ),
    "SECRETS_GOOD": good("所有客户端都有有效密钥", "every client has a secret or key that holds"),
    "CLIENTS_WITHOUT_SECRET": note(
        "客户端没有有效密钥,无法取得令牌:{clients}",
        "clients without a secret or key that holds cannot get a token: {clients}",
        "chengxin-hub clients secret <客户端>,交给其负责人",
        "chengxin-hub clients secret CLIENT, and give it to the client's owner",
    ),
    "SECRET_ENDING": note(
        "客户端 {client} 的最后一个密钥将于 {day} 到期",
        "the last secret or key of client {client} ends on {day}",
        "chengxin-hub clients secret {client};新旧密钥可同时使用",
        "chengxin-hub clients secret {client}; the old one goes on beside it",
    ),
    "SIGNING_KEY_ELSEWHERE": bad(
        "签名密钥 {kid} 的私钥不在本机:无法签发令牌",
        "the private half of signing key {kid} is not here: no token can be signed",
        "从其他工作节点复制 keys/token-*.pem",
        "copy keys/token-*.pem from another worker",
    ),
    "GRANTS_ENDING": note(
        "{count} 项授权将在 30 日内到期:{grants}",
        "{count} grants end within thirty days: {grants}",
        "仍需要的,请持有部门申请续期(renewGrant,见 docs/grants.md)",
        "whoever still needs one asks for its renewal (renewGrant, see docs/grants.md)",
    ),
    "GRANTS_TO_CONFIRM": note(
        "{count} 项授权须在 30 日内完成年度确认:{grants}",
        "{count} grants have to be confirmed within thirty days: {grants}",
        "请数源部门管理员确认:chengxin-hub grants recertify",
        "let the stewards of their owners confirm them: chengxin-hub grants recertify",
    ),
    "GRANTS_UNCONFIRMED": note(
        "{count} 项授权未按期确认,已停用:{grants}",
        "{count} grants were not confirmed in time and are not honoured: {grants}",
        "仍需要的,请数源部门管理员确认:chengxin-hub grants recertify",
        "whatever is still needed, let the stewards of its owners confirm it: chengxin-hub grants recertify",
    ),
    "FILE_DIFFERS": note(
        "配置文件与状态库不同({names}):三员设立后以状态库为准,文件中的改动不再生效",
        "the file says otherwise than the store ({names}): since there are officers the store counts, and the file changes nothing",
        "由系统管理员办理(putClient、putDepartment)或申请授权,再把文件改成一样",
        "have the system administrator change it (putClient, putDepartment) or ask for the grant; then make the file say the same",
    ),
    "OFFICES_OPEN": note(
        "三员尚未设立:能在本机运行命令的人即可更改人员、客户端和权限",
        "there are no officers yet: whoever may run commands here can change people, clients and access",
        "正式使用前运行 chengxin-hub bootstrap",
        "run chengxin-hub bootstrap before real use",
    ),
    "STORE_GRACE": note(
        "状态库不可用时仍可应答 {seconds} 秒,条目先存于 {file};现有 {waiting} 条待写入",
        "while its store is away it goes on for {seconds} s, and keeps entries in {file}, of which {waiting} wait now",
        "该文件须在另一块盘上,且只有网关可读;不需要时设 grace_seconds = 0",
        "have that file on another disk, for the hub alone; where none is wanted, set grace_seconds = 0",
    ),
    "SELF_CHECK_FAULTS": bad(
        "最近一次自查({day})发现 {faults} 处权限与已批准的不符",
        "the last self-check ({day}) found {faults} places that differ from what was approved",
        "运行 chengxin-hub selfcheck 看报告;属他人改动的,按批准内容重新登记授权",
        "run chengxin-hub selfcheck for its report; where somebody changed the store, record the grants anew as they were approved",
    ),
    "SELF_CHECK_OLD": note(
        "最近一次自查已是 {day}",
        "the last self-check was on {day}",
        "自查每夜自动进行;请确认网关在 [self_check] hour 前后持续运行,或运行 chengxin-hub selfcheck",
        "it is made every night while the hub runs at [self_check] hour; see that it does, or run chengxin-hub selfcheck",
    ),
    "SELF_CHECK_GOOD": good("最近一次自查({day})相符", "the last self-check ({day}) found no fault"),
    "GRANTS_OVER": note(
        "今天没有任何授权有效:所有字段都会被拒绝",
        "no grant is in force today: every field is denied",
        "核对授权的 starts 和 ends",
        "look at starts and ends of the grants",
    ),
    **{code: Saying(Severity(severity), *said) for code, (severity, *said) in CODE_SAYINGS.items()},
}
