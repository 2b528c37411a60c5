"""How often matching is right, by kind of pair: what `python -m bench matching` prints, and what the tests hold it to."""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bench.pairs import Pair, draw_pairs
from hub.identity.comparing import compare
from hub.identity.outcome import Comparison, Outcome

SEED = "2024-06-06"


@dataclass(slots=True)
class Tally:
    """Outcomes of pairs by kind, and the probabilities of true and false ones."""

    kinds: dict[str, Counter[Outcome]] = field(default_factory=lambda: defaultdict(Counter))
    truth: dict[str, bool] = field(default_factory=dict)
    chances: list[tuple[float, bool]] = field(default_factory=list)
    seconds: float = 0.0

    def of(self, one: bool) -> Counter[Outcome]:
        """All outcomes of the pairs that are one, or that are not."""
        return sum((count for kind, count in self.kinds.items() if self.truth[kind] is one), Counter())

    @property
    def precision(self) -> float:
        """Of what was called MATCH, the share that is one."""
        right, wrong = self.of(True)[Outcome.MATCH], self.of(False)[Outcome.MATCH]
        return right / (right + wrong) if right + wrong else 1.0

    @property
    def recall(self) -> float:
        """Of pairs that are one, the share that was called MATCH or POSSIBLE."""
        found = self.of(True)
        return (found[Outcome.MATCH] + found[Outcome.POSSIBLE]) / found.total()


def measure(pairs: Iterable[Pair]) -> tuple[Tally, list[tuple[Pair, Comparison]]]:
    """Outcomes of these pairs, and those that are wrong: a false MATCH, or a true pair called NEW."""
    tally, wrong = Tally(), []
    for pair in pairs:
        begin = time.perf_counter()
        found = compare(pair.left, pair.right)
        tally.seconds += time.perf_counter() - begin
        tally.truth[pair.kind] = pair.one
        tally.kinds[pair.kind][found.outcome] += 1
        tally.chances.append((found.probability, pair.one))
        if found.outcome is (Outcome.NEW if pair.one else Outcome.MATCH):
            wrong.append((pair, found))
    return tally, wrong


def report(tally: Tally) -> str:
    """One row a kind, then the figures that count, then how far the probabilities are true."""
    rows = ["| pairs | kind | MATCH | POSSIBLE | NEW |", "|---|---|---|---|---|"]
    for kind, found in tally.kinds.items():
        sort = "one" if tally.truth[kind] else "two"
        rows.append(f"| {sort} | {kind} | {found[Outcome.MATCH]} | {found[Outcome.POSSIBLE]} | {found[Outcome.NEW]} |")
    count = len(tally.chances)
    rows += ["", f"precision of MATCH {tally.precision:.4f}, recall as MATCH or POSSIBLE {tally.recall:.4f}"]
    rows += [f"{count} pairs, {tally.seconds / max(count, 1) * 1e6:.0f} µs each", "", *_reliability(tally.chances)]
    return "\n".join(rows)


def _reliability(chances: Sequence[tuple[float, bool]]) -> list[str]:
    rows = ["| probability said | pairs | truly one |", "|---|---|---|"]
    edges = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 1.0)
    for low, high in pairwise(edges):
        inside = [one for chance, one in chances if low <= chance < high]
        if inside:
            rows.append(f"| {low:.2f} – {high:.2f} | {len(inside)} | {sum(inside) / len(inside):.3f} |")
    return rows


def fit(pairs: Iterable[Pair]) -> tuple[float, float]:
    """Slope and offset that make the sums of weights into probabilities (Platt), by Newton's method."""
    points = [(sum(one.weight for one in compare(pair.left, pair.right).reasons), pair.one) for pair in pairs]
    slope, offset = 1.0, 0.0
    for _ in range(30):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for x, one in points:
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, slope * x + offset))))
            g0, g1 = g0 + (one - p) * x, g1 + (one - p)
            w = p * (1 - p) + 1e-9
            h00, h01, h11 = h00 + w * x * x, h01 + w * x, h11 + w
        det = h00 * h11 - h01 * h01
        slope += (h11 * g0 - h01 * g1) / det
        offset += (h00 * g1 - h01 * g0) / det
    return slope, offset


def run(each: int, *, setting: bool, show: int) -> None:
    """Draw, measure and print; `setting` takes the half for setting the rules, `show` prints that many wrong ones of a kind."""
    pairs = [pair for pair in draw_pairs(SEED, each) if pair.kept is not setting]
    tally, wrong = measure(pairs)
    print(report(tally))
    shown: Counter[str] = Counter()
    for pair, found in wrong if setting else ():
        shown[pair.kind] += 1
        if shown[pair.kind] <= show:
            print(
                pair.kind, pair.left, pair.right, found.outcome, found.probability, [one.code for one in found.reasons]
            )
    if setting:
        print("slope {:.3f}, offset {:.3f}".format(*fit(pairs)))
