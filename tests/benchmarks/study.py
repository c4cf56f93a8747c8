"""A branching survey of 55 questions, 200 simulated people in two conditions, two kills.

    uv run python -m tests.benchmarks.study --people 200 --database-url URL

A Qualtrics file is imported and run in two randomised conditions; the process that runs it and the
worker that goes on are killed (-9); two workers finish it together; it is exported to all formats.
Printed are the treatment's effect with its interval beside the effect that was planted, by
numerical integration over the traits. ``--database-url`` takes another database than a new SQLite
file, which has to be empty.
"""

import argparse
import json
import math
import tempfile
from pathlib import Path

from simulacra.behaviour.graded import category_probabilities, curve_of
from simulacra.domain.behaviour import Behaviour
from tests.support.branching import EFFECT, TRUST
from tests.support.whole_study import Outcome, Study

_LEVELS = [at / 20 for at in range(-100, 101)]
_DENSITY = [math.exp(-(level**2) / 2) for level in _LEVELS]
_WEIGHTS = [(level, one / sum(_DENSITY)) for level, one in zip(_LEVELS, _DENSITY, strict=True)]


def planted() -> float:
    """The expected effect on the mean of the four items, each with five points."""
    return sum(_gain(f"{TRUST}_{row}") for row in range(1, 5)) / 4


def _gain(item: str) -> float:
    curve = curve_of(Behaviour(), item, 5)

    def mean(level: float) -> float:
        chances = category_probabilities(curve, level)
        return sum(point * chance for point, chance in enumerate(chances, start=1))

    return sum(weight * (mean(level + EFFECT) - mean(level)) for level, weight in _WEIGHTS)


def main() -> None:
    """Conduct it and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--database-url")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = options.database_url or f"sqlite:///{name}/study.db"
        found = Study(Path(name), url).conduct(options.people)
    expected = planted()
    if options.json:
        print(json.dumps({**found._asdict(), "planted": expected}))
        return
    _print(found, expected)


def _print(found: Outcome, expected: float) -> None:
    print(f"{found.people} people, {found.questions} questions, {found.kills} kills")
    print(f"{found.done} of {found.cells} answers; files: {', '.join(found.files)}")
    inside = "within" if found.low <= expected <= found.high else "OUTSIDE"
    print(f"effect {found.gain:.3f} ({found.low:.3f} to {found.high:.3f})")
    print(f"planted {expected:.3f}: {inside} its interval")


if __name__ == "__main__":
    main()
