"""How often what a question needs comes to mind, by the product's own recall.

    python tests/benchmarks/recall.py --data FOLDER [--json]
    python tests/benchmarks/recall.py --library [--json]

``--data`` takes conversations in the format of LoCoMo: every turn is a memory, and a conversation
is searched with the questions whose evidence is known. ``--library`` searches the lives of the
library with keys of which memory holds the answer. The last line is one JSON object: the mean over
questions of the share of evidence among the first 1, 5 and 10.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from simulacra.memory.fusion import Weights
from tests.support.conversations import Case, conversations
from tests.support.lived import lives
from tests.support.retrieval import TUNED, Bench, Trial, mean, trials


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, metavar="FOLDER", help="conversations, *.json")
    source.add_argument("--library", action="store_true", help="the characters of the library")
    parser.add_argument("--json", action="store_true", help="print the last line only")
    return parser.parse_args()


def summary(found: Sequence[Trial]) -> str:
    recall = {str(k): round(value, 4) for k, value in mean(found).items()}
    each = round(1000 * sum(one.seconds for one in found) / len(found), 3)
    return json.dumps({"recall": recall, "queries": len(found), "ms_per_query": each})


def row(name: str, found: Sequence[Trial]) -> None:
    shares = "  ".join(f"@{k} {value:.3f}" for k, value in mean(found).items())
    print(f"  {name:<34} {shares}  ({len(found)})", flush=True)


def rows_by(title: str, key: Callable[[Trial], str], found: Sequence[Trial]) -> None:
    print(title)
    for name in sorted({key(one) for one in found}):
        row(name, [one for one in found if key(one) == name])


def left_out(bench: Bench, cases: Sequence[Case]) -> None:
    """Each conversation with weights chosen on the others."""
    print("Weights chosen on the other conversations, from a grid of five values each")
    whole: list[Trial] = []
    for case in cases:
        weights = bench.tuned_on([one for one in cases if one is not case])
        found = trials([case], bench.product(weights))
        chosen = ", ".join(f"{name} {getattr(weights, name):g}" for name in TUNED)
        row(f"{case.name}", found)
        print(f"    {chosen}")
        whole += found
    row("all", whole)
    shipped = ", ".join(f"{name} {getattr(Weights(), name):g}" for name in TUNED)
    print(f"    shipped: {shipped}")


def tables(bench: Bench, cases: Sequence[Case], found: Sequence[Trial]) -> None:
    print("Single parts")
    for name, search in bench.parts().items():
        row(name, trials(cases, search))
    print("One part left out")
    for name, search in bench.without().items():
        row(name, trials(cases, search))
    if any(memory.emotions for case in cases for memory in case.persona.memories):
        print("Mood")
        for name, search in bench.moods().items():
            row(name, trials(cases, search))
    rows_by("By case", lambda one: one.case, found)
    rows_by("By category of question", lambda one: one.category, found)


def main() -> int:
    options = arguments()
    try:
        cases = lives() if options.library else conversations(options.data)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    bench = Bench()
    found = trials(cases, bench.product())
    if not options.json:
        tables(bench, cases, found)
        if options.data and len(cases) > 1:
            left_out(bench, cases)
    print(summary(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
