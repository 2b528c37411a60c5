"""What a receipt says on paper, and the words of the page where receipts are verified."""

PAPER = {
    "title": "数据披露回执",
    "subtitle": "“码上诚信”查询网关 · Chengxin Hub · Disclosure receipt",
    "lead": "本回执载明一次查询披露了什么、依据何种用途、数据来自何处。其内容已写入不可篡改的审计日志，任何人凭回执文件即可离线核验。",
    "act": "本回执载明一次办理。其内容已写入不可篡改的审计日志，任何人凭回执文件即可离线核验。",
    "scan": "扫码打开核验页",
    "number": "日志序号",
    "at": "记录时间",
    "outcome": "结果",
    "who": "部门 · 角色 · 客户端",
    "purpose": "用途",
    "request": "请求编号",
    "fields": "披露的字段（{count} 项）",
    "sources": "数据来源（{count} 项）",
    "source_head": "来源|记录|结果|数据时间（最早）|数据时间（最新）",
    "undated": "未注明",
    "more": "另有 {count} 项，见回执文件。",
    "proof": "证明",
    "proof_words": "记录是日志 {origin} 前 {size} 条之一，该日志的根由下列检查点签署。答复与问题只以加盐散列留存，不含任何数据值。",
    "hash": "记录散列",
    "answer": "答复散列",
    "question": "问题散列",
    "salt": "盐",
    "path": "包含证明",
    "path_count": "{count} 个散列，见回执文件",
    "none": "无",
    "foot": "核验：在 {address}/verify 打开核验页（可另存后断网使用），放入回执文件；或运行 chengxin-hub verify-receipt 文件名。"
    "纸面内容以回执文件为准，本页不构成对任何主体的评价。",
}
"""The page of paper."""

OUTCOMES = {
    "ANSWERED": "已答复",
    "REJECTED": "已拒绝（有未获授权的字段）",
    "EXPLAINED": "仅作说明，未查询数据源",
    "REFUSED": "已拒绝",
    "FAILED": "未能答复",
    "CANCELLED": "查询方已取消",
}
"""What became of a question."""

PAGE = {
    "HUB": ("“码上诚信”查询网关", "Chengxin Hub"),
    "TITLE": ("核验披露回执", "Verify a receipt"),
    "LEAD": (
        "在本机核验，文件不会上传；页面可另存后断网使用。",
        "Nothing is uploaded: all is checked in this browser, also offline from a saved copy.",
    ),
    "NO_SCRIPT": ("核验须启用 JavaScript。", "JavaScript is needed to verify."),
    "RECEIPT": ("回执文件", "The receipt"),
    "RECEIPT_HELP": ("选择或拖入网关给出的 JSON 文件。", "Choose or drop the JSON file that the hub gave out."),
    "MORE": ("一并核对答复、问题、检查点或公钥", "Compare answer, question, checkpoint or keys as well"),
    "ANSWER": ("答复", "The answer"),
    "ANSWER_HELP": ("当时收到的应答（JSON）。", "The response as it was received, in JSON."),
    "QUESTION": ("问题", "The question"),
    "QUESTION_HELP": ("当时发出的请求（JSON，含 query）。", "The request as it was sent, in JSON with `query`."),
    "CHECKPOINT": ("另存的检查点", "A checkpoint kept elsewhere"),
    "CHECKPOINT_HELP": ("用于发现日志分叉。", "Shows whether the log was forked."),
    "KEYS": ("日志公钥", "Keys of the log"),
    "KEYS_HELP": (
        "已填入给出此页的网关的公钥；若您从别处取得了公钥，请替换。每行一个。",
        "Those of the hub that gave out this page; put in those that you got elsewhere, if you did. One a line.",
    ),
    "VERIFY": ("核验", "Verify"),
    "SAVE": ("另存此页", "Save this page"),
}
"""The page on which receipts are verified."""

SAID = {
    "HOLDS": ("回执成立。", "The receipt holds."),
    "HOLDS_PARTLY": ("已核对的部分成立，另有未核对之处：", "What could be checked holds; something was not checked:"),
    "NO_ED25519": (
        "此浏览器不支持 Ed25519，检查点的签名没有核对。请换用较新的浏览器，或运行 chengxin-hub verify-receipt。",
        "This browser lacks Ed25519: the signature was NOT checked. Take a newer one, or run chengxin-hub verify-receipt.",
    ),
    "NO_FILE": ("请先选择回执文件。", "Choose the receipt first."),
    "NO_WEBCRYPTO": (
        "此页须经 https 打开，或另存为文件后从本机打开：浏览器在此不提供密码功能。",
        "Open this page by https, or save it and open it from disk: the browser offers no cryptography here.",
    ),
    "OTHER_SIZE": (
        "另存的检查点条数不同，在此无法比较；请运行 chengxin-hub verify-receipt --checkpoint … --log …",
        "The other checkpoint is of another size: to compare it run chengxin-hub verify-receipt --checkpoint … --log …",
    ),
    "PAPER": ("纸面所载回执：", "The receipt on paper:"),
}
"""What that page says of what it found, beside the faults."""

FACTS = {
    "index": ("序号 / 条数", "Position / size"),
    "log": ("日志", "Log"),
    "at": ("记录时间", "Recorded"),
    "outcome": ("结果", "Outcome"),
    "who": ("部门 · 角色 · 客户端", "Department, role, client"),
    "purpose": ("用途", "Purpose"),
    "fields": ("披露的字段", "Fields"),
    "sources": ("数据来源与时间", "Sources and data times"),
    "hash": ("记录散列", "Hash"),
}
"""Names of what a receipt says."""

OTHER_PAPER = (
    "回执与扫描的纸面不是同一份：序号或散列不同。",
    "The receipt is not the one on the paper that was scanned: position or hash differ.",
)
"""Said where the page was opened by the code on paper."""
