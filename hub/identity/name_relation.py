"""How two names stand to each other, and what tells them apart. Pure; knows no address and no probability.

Equality is strict: whatever remains different once the ways of writing are gone – a character, a number, a region, a
branch, a legal form – is kept as a difference, and no likeness of the rest makes up for it.
"""

import re
from dataclasses import dataclass
from enum import Enum

from rapidfuzz.distance import Indel, Levenshtein

from hub.identity.divisions import Region
from hub.identity.names import NameParts, form_kind, read_name
from hub.identity.outcome import Link
from hub.identity.writing import clean_name

_LETTERS = re.compile("[A-Z]+")
_LIKE = 0.66


class NameRelation(Enum):
    """What two names say of each other; the value is the code of the reason."""

    SAME = "SAME_NAME"
    WRITTEN_OTHERWISE = "SAME_NAME_WRITTEN_OTHERWISE"
    REGION_MOVED = "REGION_MOVED"
    SAME_CORE = "SAME_CORE"
    SHORT = "SHORT_NAME"
    ABBREVIATION = "ABBREVIATION"
    FORMER = "FORMER_NAME"
    ONE_CHARACTER = "ONE_CHARACTER_DIFFERS"
    SIMILAR = "SIMILAR_NAME"
    DIFFERENT = "DIFFERENT_NAME"
    NONE = "NO_NAME"


@dataclass(frozen=True, slots=True)
class NamesCompared:
    """The relation of two names; codes of what differs in substance and of what differs in writing only; their link.

    `likeness` is between 0 and 1, of the cores.
    """

    relation: NameRelation
    differs: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    link: Link | None = None
    likeness: float = 1.0

    @property
    def is_one_name(self) -> bool:
        """True if both are one name, and nothing in substance tells them apart."""
        return self.relation in (NameRelation.SAME, NameRelation.WRITTEN_OTHERWISE) and not self.differs


def relate_names(left: NameParts, right: NameParts) -> NamesCompared:
    """The relation of two names; symmetric but for the link's direction."""
    if not left.core or not right.core:
        return NamesCompared(NameRelation.NONE, likeness=0.0)
    differs, soft = _differences(left, right)
    link = _link(left, right)
    likeness = Indel.normalized_similarity(left.stem, right.stem)
    if left.core == right.core:
        if not differs and not soft and left.letters != right.letters:
            # 肇东市鸿运 and 肇东鸿运 say the same; that both may be registered is for the address to tell.
            soft = (_of_letters(left, right),)
        return NamesCompared(_of_one_core(differs, soft), differs, soft, link, likeness)
    if _is_former(left, right) or _is_former(right, left):
        return NamesCompared(NameRelation.FORMER, (), soft, None, likeness)
    return NamesCompared(_of_two_cores(left, right, likeness), differs, soft, link, likeness)


def _of_letters(left: NameParts, right: NameParts) -> str:
    """What makes the letters of one name differ: a remark on its legal form, how its branch is called, or its region."""
    if left.form_note != right.form_note:
        return "REMARK_ON_ONE_SIDE"
    labels = [side.branch.label if side.branch is not None else "" for side in (left, right)]
    return "REGION_WRITTEN_OTHERWISE" if labels[0] == labels[1] else "BRANCH_WRITTEN_OTHERWISE"


def _of_one_core(differs: tuple[str, ...], soft: tuple[str, ...]) -> NameRelation:
    if differs == ("REGION_MOVED",):
        return NameRelation.REGION_MOVED
    if differs:
        return NameRelation.SAME_CORE
    if "FORM_DROPPED" in soft:
        return NameRelation.SHORT
    return NameRelation.WRITTEN_OTHERWISE if soft else NameRelation.SAME


def _of_two_cores(left: NameParts, right: NameParts, likeness: float) -> NameRelation:
    shorter, longer = sorted((left, right), key=lambda one: (len(_flat(one)), one.is_full))
    whole = _flat(longer) + longer.form
    for text in (_flat(shorter), shorter.stem, shorter.core):
        if len(text) >= 2 and text in whole:
            return NameRelation.SHORT
    # One character less is another name; an abbreviation leaves out words.
    one_off = Levenshtein.distance(left.core, right.core, score_cutoff=1) == 1
    if one_off and min(len(left.core), len(right.core)) >= 2:
        return NameRelation.ONE_CHARACTER
    if any(len(text) >= 2 and _is_spread(text, whole) for text in (_flat(shorter), shorter.core)):
        return NameRelation.ABBREVIATION
    if likeness >= _LIKE or Indel.normalized_similarity(_flat(left), _flat(right)) >= _LIKE:
        return NameRelation.SIMILAR
    return NameRelation.DIFFERENT


def _differences(left: NameParts, right: NameParts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes of what differs in substance, and in writing only."""
    differs, soft = _of_regions(left, right)
    if left.form != right.form:
        if not left.form or not right.form:
            soft.append("FORM_DROPPED")
        elif form_kind(left.form) == form_kind(right.form):
            soft.append("FORM_WRITTEN_OTHERWISE")
        elif "公司" in (left.form, right.form):
            # Which of them it is, is left out.
            soft.append("FORM_DROPPED")
        else:
            differs.append("FORM_DIFFERS")
    if left.group != right.group:
        differs.append("GROUP_DIFFERS")
    if left.numbers != right.numbers or _letters_differ(left, right):
        differs.append("NUMBER_DIFFERS")
    differs += _of_branches(left, right)
    if left.form_note and right.form_note and left.form_note != right.form_note:
        differs.append("NOTE_DIFFERS")
    if left.extras != right.extras:
        (differs if left.extras and right.extras else soft).append(
            "NOTE_DIFFERS" if left.extras and right.extras else "BRAND"
        )
    if left.formers != right.formers:
        soft.append("BRAND")
    return tuple(differs), tuple(dict.fromkeys(soft))


def _of_regions(left: NameParts, right: NameParts) -> tuple[list[str], list[str]]:
    mine, theirs = (left.region, left.bracketed), (right.region, right.bracketed)
    if all(_same_region(one, other) for one, other in zip(mine, theirs, strict=True)):
        return [], []
    named = [{region.narrowest for region in side if region.places} for side in (mine, theirs)]
    if named[0] == named[1]:
        return ["REGION_MOVED"], []
    if named[0] < named[1] or named[1] < named[0]:
        # Only the region in front may be left out; one in brackets tells companies of a group apart.
        return (
            ([], ["REGION_DROPPED"])
            if left.bracketed.narrowest == right.bracketed.narrowest
            else (["REGION_DIFFERS"], [])
        )
    nested = bool(left.region.places and right.region.places) and not left.region.contradicts(right.region)
    if nested and left.bracketed.narrowest == right.bracketed.narrowest:
        # 黑龙江鸿运 and 肇东鸿运 may be one that somebody placed nearer, and are two companies more often.
        return ["REGION_NARROWER"], []
    return ["REGION_DIFFERS"], []


def _same_region(left: Region, right: Region) -> bool:
    return left.narrowest == right.narrowest and not left.contradicts(right)


def _of_branches(left: NameParts, right: NameParts) -> list[str]:
    if left.branch is None and right.branch is None:
        return []
    if left.branch is None or right.branch is None:
        return ["BRANCH_ON_ONE_SIDE"]
    mine, theirs = left.branch, right.branch
    regions = _same_region(mine.region, theirs.region)
    if not regions or _label(mine.label) != _label(theirs.label) or mine.numbers != theirs.numbers:
        return ["BRANCH_DIFFERS"]
    return []


def _label(label: str) -> str:
    return label.removesuffix("店").removesuffix("分") if label.endswith(("分店", "店")) else label


def _link(left: NameParts, right: NameParts) -> Link | None:
    """How head office and branch belong together: only where the head's name is the same."""
    if left.core != right.core or left.region.contradicts(right.region):
        return None
    if left.branch is None and right.branch is None:
        return None
    if left.branch is None:
        return Link.HEAD_OF
    if right.branch is None:
        return Link.BRANCH_OF
    return Link.SIBLING_BRANCH if _of_branches(left, right) else None


def _is_former(holder: NameParts, other: NameParts) -> bool:
    return any(relate_names(read_name(former), other).is_one_name for former in holder.formers)


def _letters_differ(left: NameParts, right: NameParts) -> bool:
    """True if letters tell two names of one core apart; short names of shares have letters of their own."""
    return left.core == right.core and left.is_full == right.is_full and _letters(left) != _letters(right)


def _letters(parts: NameParts) -> list[str]:
    """Latin letters outside of the legal form, which no way of writing changes: 鸿运超市A is not 鸿运超市B."""
    return sorted(_LETTERS.findall(clean_name(parts.written).replace(parts.form, "")))


def _flat(parts: NameParts) -> str:
    """All that is said, in short: 深圳腾讯科技, 中国工商银行肇东支行."""
    texts = [place.short for region in (parts.region, parts.bracketed) for place in region.places]
    branch = parts.branch
    ends = [*(place.short for place in branch.region.places), branch.label] if branch is not None else []
    return "".join([*texts, parts.stem, *ends])


def _is_spread(text: str, whole: str) -> bool:
    """True if the characters of the text stand in the whole in their order."""
    left = iter(whole)
    return all(char in left for char in text)
