"""What the doctor says of codes: severity, one sentence in Chinese and English, and what to do."""

CODE_SAYINGS: dict[str, tuple[str, ...]] = {
    "CODE_ORIGIN_CHANGED": (
        "bad",
        "已有码以 {origin} 印制,配置却是另一地址:网关不会启动",
        "codes are in print under {origin}, but the configuration says otherwise: the hub does not start",
        '在 [code] 写 base_url = "{origin}",并保持该地址可访问',
        'write base_url = "{origin}" into [code], and keep that address reachable',
    ),
    "CODE_ADDRESS_LONG": (
        "note",
        "码所用地址 {host} 超过 {most} 个字符:桌牌、小票上的码不再是版本 3,模块更密,纠错可能降为 M",
        "the codes' address {host} has more than {most} characters: symbols on cards and receipts are larger than version 3, finer and perhaps weaker",
        "首次印制前在 [code] base_url 改用较短的域名;已印制的不要改",
        "before the first print, write a shorter one into [code] base_url; once codes are in print, keep it",
    ),
    "CODE_FONTS_EMPTY": (
        "note",
        "[code] fonts 的文件夹里没有可用的字体",
        "the folder of [code] fonts holds no font",
        "放入含生僻字的 OTF、TTF 或 TTC 字体,如 Noto Sans CJK,或指向系统字体文件夹",
        "put OTF, TTF or TTC fonts with rare characters there, such as Noto Sans CJK, or name the folder of the system's",
    ),
    "CODE_NAMES_UNPRINTABLE": (
        "note",
        "{count} 个有效码的名称含字库未收的字({chars}),印制会被拒绝",
        "names of {count} codes that hold have characters that no font has ({chars}): they will not be printed",
        "在 [code] fonts 指定含这些字的字体文件夹,如系统的 Noto Sans CJK",
        "name a folder of fonts that have them in [code] fonts, such as the system's Noto Sans CJK",
    ),
    "CODE_DOMAIN_ENDING": (
        "note",
        "码所用域名将于 {day} 到期:过期后所有码都打不开",
        "the domain of the codes ends on {day}: no code can be opened after that",
        "立即续期,再更新 [code] domain_expires",
        "renew it now, then change domain_expires in [code]",
    ),
    "CODE_DOMAIN_UNSAID": (
        "note",
        "没有写明码所用域名的到期日",
        "it is not said when the domain of the codes ends",
        "在 [code] 写 domain_expires",
        "write domain_expires into [code]",
    ),
    "CODE_TLS_ENDING": (
        "note",
        "码所用地址的证书将于 {day} 到期:过期后手机会报警",
        "the certificate of the codes' address ends on {day}: telephones will warn after that",
        "更换证书,并确认自动续期在运行",
        "renew it, and see that automatic renewal works",
    ),
    "CODE_TLS_BAD": (
        "bad",
        "码所用地址的证书不被信任或已过期",
        "the certificate of the codes' address is not trusted or has ended",
        "更换证书:扫码的人看到的是警告页",
        "replace it: whoever scans a code sees a warning",
    ),
    "CODE_UNREACHABLE": (
        "note",
        "本机连不上码所用的地址,未能检查证书",
        "the codes' address cannot be reached from here, so its certificate was not looked at",
        "从外网核对该地址;本机无外网时可忽略",
        "look at it from outside; where this machine has no way out, this is no fault",
    ),
    "CODE_GOOD": (
        "good",
        "码所用地址和证书可用(至 {day})",
        "the codes' address and certificate are good (until {day})",
    ),
}
