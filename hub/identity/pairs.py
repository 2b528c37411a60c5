"""Pairs of names and addresses, judged one by one: what `chengxin-hub resolve --pairs` writes.

Needs no store and no configuration, so that the rules can be measured on anybody's pairs.
"""

from collections.abc import Callable
from pathlib import Path

from hub.identity.comparing import RULES, compare
from hub.identity.outcome import Reason
from hub.identity.sheets import Sheet, written

COLUMNS = ("pair_id", "left_name", "left_address", "right_name", "right_address")
RESULT = ("pair_id", "outcome", "probability", "reasons")
Told = Callable[[int], None]
"""Is told how many bytes of the input were read."""


def judge_pairs(source: Path, target: Path, told: Told) -> dict[str, int]:
    """Judge every pair of a sheet, in its order; how many there are of each outcome. SheetFault, OSError.

    Interrupted, it goes on where it stopped.
    """
    sheet = Sheet(source, COLUMNS)
    counts: dict[str, int] = {}
    with written(target, RESULT, f"pairs {RULES} {sheet.mark()}") as result:
        for number, (read, row) in enumerate(sheet.rows()):
            if number >= result.done:
                found = compare((row["left_name"], row["left_address"]), (row["right_name"], row["right_address"]))
                counts[found.outcome.value] = counts.get(found.outcome.value, 0) + 1
                result.write((row["pair_id"], found.outcome.value, f"{found.probability:.4f}", told_of(found.reasons)))
            if number % 256 == 0:
                told(read)
    return counts


def told_of(reasons: tuple[Reason, ...]) -> str:
    """Reasons in one cell: code, Chinese, English."""
    return "; ".join(f"{one.code} {one.zh} / {one.en}" for one in reasons)
