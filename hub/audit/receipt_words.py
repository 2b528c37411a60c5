"""What may be wrong with a receipt, in both languages: for the command and for the page in the browser alike."""

FAULTS = {
    "ANSWER_CHANGED": (
        "答复与回执不符：答复的数据不是当时给出的，或被改动过。",
        "The answer is not the one that was given: its data differ from what the receipt says.",
    ),
    "ANSWER_OF_ANOTHER": (
        "答复附带的是另一份回执：请找出与此答复对应的回执。",
        "The answer came with another receipt: look for the one of this answer.",
    ),
    "ANSWER_UNREADABLE": ("答复文件不是可读的 JSON。", "The answer is not JSON that can be read."),
    "CHECKPOINT_FORGED": (
        "检查点的签名无效：检查点或签名被改动过。",
        "The signature below the checkpoint does not fit: one of the two was changed.",
    ),
    "CHECKPOINT_UNREADABLE": ("检查点不完整，无法读取。", "The checkpoint is not one: it was cut or changed."),
    "ENTRY_CHANGED": (
        "回执中的记录被改动过：其散列与回执所载不符。",
        "The entry was changed: its hash is not the one in the receipt.",
    ),
    "FORKED": (
        "日志出现分叉：同样条数的两个检查点根不同，说明有人签署了两套历史。请保留两份文件并报告。",
        "The log was forked: two checkpoints of as many entries have different roots. Keep both files and report it.",
    ),
    "INDEX_OUTSIDE": (
        "回执的序号超出检查点所涵盖的条数。",
        "The checkpoint does not cover the position that the receipt names.",
    ),
    "KEY_UNKNOWN": (
        "检查点不是由已知的密钥签署的：密钥被换过，或给出的密钥不是此网关的。",
        "No known key signed the checkpoint: the key was swapped, or the keys that were given are another hub's.",
    ),
    "KEY_UNREADABLE": (
        "公钥无法读取，或其编号与内容不符。",
        "A public key cannot be read, or its number is not its own.",
    ),
    "NO_ANSWER": (
        "此记录没有答复数据可供核对：它被拒绝、只作说明，或是一项办理。",
        "There is no answer to compare: nothing was given, or it was not a question.",
    ),
    "NO_QUESTION": ("此记录没有问题的散列可供核对。", "There is no hash of a question to compare."),
    "NOT_A_RECEIPT": (
        "这不是披露回执，或版本不受支持：请使用网关给出的 JSON 文件。",
        "This is no receipt, or one of a version that is not known: take the JSON file that the hub gave out.",
    ),
    "NOT_WITNESSED": ("检查点没有所指定见证方的签名。", "None of the witnesses that were named signed the checkpoint."),
    "OTHER_LOG": ("两个检查点属于不同的日志。", "The two checkpoints are of different logs."),
    "OTHER_CHECKPOINT": (
        "另存的检查点无法读取，或不是由同一日志的密钥签署的。",
        "The checkpoint that was kept elsewhere cannot be read, or no key of this log signed it.",
    ),
    "PROOF_CHANGED": (
        "证明不成立：散列推算不出检查点的根。记录不在该日志中，或证明、序号被改动过。",
        "The proof fails: its hashes do not lead to the root. The entry is not in this log, or proof or index were changed.",
    ),
    "PROOF_TRUNCATED": ("证明的散列多了或少了。", "Hashes of the proof are missing, or left over."),
    "PROOF_UNREADABLE": ("证明中有无法读取的散列。", "The proof holds a hash that is none."),
    "QUESTION_CHANGED": (
        "问题与回执不符：语句、操作名或变量不是当时所问的。",
        "The question is not the one that was asked: text, name or variables differ from what the receipt says.",
    ),
    "QUESTION_UNREADABLE": (
        "问题文件不是 GraphQL 请求（JSON，含 query）。",
        "The question is not a request of GraphQL in JSON, with `query`.",
    ),
    "WITNESS_FORGED": ("见证方名下的签名无效。", "What stands there as a witness's signature does not fit."),
}
"""Fault and its sentences, Chinese and English."""

CHECKED = {
    "SIGNED": ("检查点由日志的密钥签署", "The checkpoint is signed by a key of the log"),
    "INCLUDED": ("记录在该日志中，位置与内容未变", "The entry stands in the log, at its position and unchanged"),
    "ANSWERED": ("答复的数据就是当时给出的", "The answer's data are those that were given"),
    "ASKED": ("问题就是当时所问的", "The question is the one that was asked"),
    "COSIGNED": ("见证方也签署了该检查点", "A witness signed the checkpoint as well"),
    "COMPARED": ("与另存的检查点一致", "A checkpoint that was kept elsewhere says the same"),
    "CONSISTENT": (
        "日志此后只增未改（与另一检查点一致）",
        "The log only grew between this checkpoint and the other one",
    ),
}
"""What was found to hold."""

KEY_NOT_COMPARED = (
    (
        "注意：签名用回执自带的公钥核对，该公钥没有与您另外取得的公钥比对；任何人都能造出这样的密钥。"
        "请从网关的 /audit/keys（或其公告）另行取得公钥后再核对。"
    ),
    (
        "Note: the signature was checked with the key that the receipt brings, which was not compared with one that you"
        " got elsewhere: anybody can make such a key. Get the keys from /audit/keys of the hub, or its announcement."
    ),
)
"""What is said where nobody's key was given."""
