"""Whether a life is still remembered after many conversations.

    python tests/benchmarks/learning.py [--new 500] [--own 0.4] [--seed N] [--json]

The questions about the library's lives (self report, and the keys of tests/data/recall) are put to
recall before and after ``--new`` learned memories of conversations, of which the share ``--own`` is
in words of the life itself. The table gives recall@k, the mean share of the memories that hold the
answer among the first k, and by how many points it fell. The last line is one JSON object.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from tests.support.heard import heard
from tests.support.lived import lives
from tests.support.retrieval import Bench, Trial, mean, trials

SHOWN = (1, 5, 10)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--new", type=int, default=500, help="learned memories of each person")
    parser.add_argument("--own", type=float, default=0.4, help="share in words of the life")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print the last line only")
    return parser.parse_args()


def measured(new: int, own: float, seed: int) -> tuple[list[Trial], list[Trial]]:
    """The trials before and after, question by question in the same order."""
    bench = Bench()
    before: list[Trial] = []
    after: list[Trial] = []
    for case in lives():
        before += trials([case], bench.product())
        after += trials([case], bench.product(learned=heard(case.persona, new, own, seed)))
    return before, after


def falls(before: Sequence[Trial], after: Sequence[Trial]) -> dict[str, dict[str, float]]:
    """Recall before and after, and the fall in points, at each k."""
    was, now = mean(before), mean(after)
    return {
        str(k): {
            "before": round(was[k], 4),
            "after": round(now[k], 4),
            "fall": round(100 * (was[k] - now[k]), 2),
        }
        for k in SHOWN
    }


def row(name: str, before: Sequence[Trial], after: Sequence[Trial]) -> None:
    cells = "   ".join(
        f"@{k} {one['before']:.3f} -> {one['after']:.3f} ({one['fall']:+.1f})"
        for k, one in falls(before, after).items()
    )
    print(f"  {name:<24} {cells}   ({len(before)} questions)", flush=True)


def main() -> int:
    options = arguments()
    before, after = measured(options.new, options.own, options.seed)
    if not options.json:
        print(f"{options.new} new memories each, {options.own:.0%} in words of the life; "
              "fall in points:")  # fmt: skip
        for key in ("category", "case"):
            for name in sorted({getattr(one, key) for one in before}):
                row(
                    name,
                    [one for one in before if getattr(one, key) == name],
                    [one for one in after if getattr(one, key) == name],
                )
        row("all", before, after)
    of = {
        name: falls(
            [one for one in before if one.category == name],
            [one for one in after if one.category == name],
        )
        for name in sorted({one.category for one in before})
    }
    print(json.dumps({"new": options.new, "all": falls(before, after), **of}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
