"""What a Chinese label says: the concepts it is most like, by its characters and its last word. Knows no names."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from unicodedata import normalize

from hub.suggest.lexicon import lexicon, plain_label

Scores = Mapping[str, float]
"""Concept → how well it fits, 0 to 1."""

_BRACKETS = re.compile(r"[(\[【〔](.*?)[)\]】〕]")
_NUMBERED = re.compile(r"[\s_\-]*[0-9]+$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LIST = re.compile(r"[0-9]\s*[::、=\-.]|[;;,,]")
_UNITS = frozenset(
    (
        "元",
        "万元",
        "万",
        "人民币",
        "万元人民币",
        "必填",
        "选填",
        "中文",
        "英文",
        "年",
        "天",
        "次",
        "名称",
        "代码",
        "工作日",
        "人民币万元",
        "日期",
    )
)
_HEADS: Mapping[str, tuple[str, ...]] = {
    "name": ("名称", "全称", "姓名", "名"),
    "number": ("代码", "编码", "编号", "号码", "文号", "码", "号"),
    "date": ("日期", "时间", "年月", "日", "期", "自", "至", "起", "止"),
    "body": ("机关", "单位", "部门", "机构", "法院"),
    "kind": ("类别", "类型", "种类", "性质"),
    "state": ("状态",),
    "why": ("原因", "事由", "理由"),
    "basis": ("依据",),
    "amount": ("金额", "资本", "资金", "数额"),
    "place": ("地址", "住所", "场所", "住址"),
    "phone": ("电话", "手机", "联系方式"),
    "content": ("内容", "结果", "范围"),
}
_LONGEST = 60
"""Characters of a label that are read; what is longer is a description."""
_LEAST = 0.4
_OTHER_HEAD = 0.45
_EXACT = 1.0
_ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class _Words:
    """All labels of the lexicon: exact, and by the pieces they are made of."""

    exact: Mapping[str, frozenset[str]]
    pieces: Mapping[str, tuple[int, ...]]
    worth: Mapping[str, float]
    weights: tuple[float, ...]
    texts: tuple[str, ...]


def read_label(label: str) -> Scores:
    """What the label says; nothing where it has no Chinese in it."""
    found: dict[str, float] = defaultdict(float)
    for text, weight in _variants(label[:_LONGEST]):
        for name, score in _said(text):
            found[name] = max(found[name], weight * score)
    return found


def is_known_label(label: str) -> bool:
    """True if the label, or a part of it, stands in the lexicon as it is."""
    exact = _words().exact
    return any(text in exact for text, _ in _variants(label[:_LONGEST]))


def is_chinese(text: str) -> bool:
    """True if there is a Chinese character in it."""
    return _HAN.search(text) is not None


def _variants(label: str) -> Iterator[tuple[str, float]]:
    """The label as a whole and in parts, each with its weight: brackets may hold what counts or what does not."""
    wide = normalize("NFKC", label).strip()
    if not is_chinese(wide):
        return
    inner = [part for part in _BRACKETS.findall(wide) if _counts(part)]
    outer = _BRACKETS.sub("", wide)
    bare = _NUMBERED.sub("", outer)
    numbered = bare != outer and bool(inner)
    yield plain_label(_chinese(bare)), 0.6 if numbered else 1.0
    yield plain_label(_chinese(_BRACKETS.sub(r"\1", wide) if inner else bare)), 0.97
    for part in inner:
        yield plain_label(part), 1.0 if numbered else 0.75
    pieces = [each for each in re.split(r"[/、|]|[-—.::·](?=[^0-9])", bare) if is_chinese(each)]
    if len(pieces) > 1:
        yield plain_label(_chinese(pieces[-1])), 0.88
        yield plain_label(_chinese(pieces[0])), 0.85


def _counts(inner: str) -> bool:
    return is_chinese(inner) and plain_label(inner) not in _UNITS and not _LIST.search(inner)


def _chinese(text: str) -> str:
    """Without the English that stands beside it."""
    han = len(_HAN.findall(text))
    return re.sub(r"\s[A-Za-z][A-Za-z ,.']{3,}", "", text) if han > 1 else text


def _said(text: str) -> Iterator[tuple[str, float]]:
    words = _words()
    for name in words.exact.get(text, ()):
        yield name, _EXACT
    common: dict[int, float] = defaultdict(float)
    grams = _grams(text)
    mine = sum(words.worth.get(gram, _rare()) for gram in grams)
    for gram in grams:
        for place in words.pieces.get(gram, ()):
            common[place] += words.worth[gram]
    head = _head(text)
    for place, shared in common.items():
        likeness = 2 * shared / (mine + words.weights[place])
        if likeness < _LEAST:
            continue
        other = words.texts[place]
        factor = _OTHER_HEAD if head and _head(other) not in ("", head) else 1.0
        for name in words.exact[other]:
            yield name, _ALIKE * likeness * factor


def _grams(text: str) -> frozenset[str]:
    pairs = (text[place : place + 2] for place in range(len(text) - 1))
    return frozenset((*text, *pairs, f"{text[-1:]}$"))


@cache
def _head(text: str) -> str:
    ends = ((len(end), head) for head, several in _HEADS.items() for end in several if text.endswith(end))
    return max(ends, default=(0, ""))[1]


@cache
def _rare() -> float:
    return max(_words().worth.values())


@cache
def _words() -> _Words:
    exact: dict[str, set[str]] = defaultdict(set)
    for concept in lexicon().concepts:
        for text in concept.zh:
            if text:
                exact[text].add(concept.name)
    texts = tuple(exact)
    pieces: dict[str, list[int]] = defaultdict(list)
    concepts: dict[str, set[str]] = defaultdict(set)
    for place, text in enumerate(texts):
        for gram in _grams(text):
            pieces[gram].append(place)
            concepts[gram] |= exact[text]
    # What many concepts share says little, however often one of them is spelt with it.
    every = len(lexicon().concepts)
    worth = {gram: math.log(1 + every / len(concepts[gram])) for gram in pieces}
    weights = tuple(sum(worth[gram] for gram in _grams(text)) for text in texts)
    return _Words(
        {text: frozenset(names) for text, names in exact.items()},
        {gram: tuple(places) for gram, places in pieces.items()},
        worth,
        weights,
        texts,
    )
