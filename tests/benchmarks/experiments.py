"""Planted effects in the shipped experiments: how often the interval covers what was planted.

    uv run python -m tests.benchmarks.experiments [--people 60] [--seeds 40] [--json]

Simulated respondents with a known rate of conformity, pull of an anchor, or effect of losses answer
each experiment under many seeds. The truth is computed from what was planted, not by the analysis.
"""

import argparse
import asyncio
import json
import math
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import norm

from evaluation.experiments.experiment import MeanDifference
from evaluation.experiments.files import find
from evaluation.sections import Estimate
from tests.support.experiments import found, planted, value


class Planted(NamedTuple):
    """An effect of a size, the estimates that it moves, and what they are in truth."""

    experiment: str
    size: float
    within: bool
    truth: dict[str, float]


def ranked_difference(shift: float) -> float:
    """Standardised difference of ranks of two normal variables so far apart, by integration."""
    grid = np.linspace(-10, 10, 40_001)
    step = grid[1] - grid[0]
    both = (norm.cdf(grid - shift / 2) + norm.cdf(grid + shift / 2)) / 2
    means, spreads = [], []
    for sign in (1, -1):
        density = norm.pdf(grid - sign * shift / 2) * step
        mean = float((both * density).sum())
        means.append(mean)
        spreads.append(float((both**2 * density).sum()) - mean**2)
    return (means[0] - means[1]) / math.sqrt(sum(spreads) / 2)


def index_of(shift: float) -> float:
    """The anchoring index where medians lie so many standard deviations of the answers apart."""
    experiment = find("anchoring")
    assert isinstance(experiment.analysis, MeanDifference)
    return float(np.mean([
        shift * (float(one.texts["most"]) - float(one.texts["least"])) / 6
        / (float(one.texts["high"]) - float(one.texts["low"]))
        for one in experiment.stimuli
    ]))  # fmt: skip


def plants() -> list[Planted]:
    """What is planted."""
    both = (True, False)
    levels = 0.8  # of a number's spread, how much is the trait (simulacra.behaviour.respondent)
    return [
        *(Planted("conformity", rate, True,
                  {"yield_rate": rate, "control_errors": 0.0, "net": rate})
          for rate in (0.0, 0.1, 0.37)),
        *(Planted("anchoring", by, within,
                  {"d": ranked_difference(levels * by), "index": index_of(levels * by)})
          for by in (0.0, 1.5) for within in both),
        *(Planted("framing", rate, within, {"difference": rate / 2, "first": (1 + rate) / 2})
          for rate in (0.0, 0.5) for within in both),
    ]  # fmt: skip


async def covered(plant: Planted, people: int, seeds: int) -> list[dict[str, Any]]:
    """A row for each estimate: coverage of the interval, mean of the estimates, the truth."""
    experiment = find(plant.experiment).model_copy(update={"within": plant.within})
    told: dict[str, list[Estimate]] = {name: [] for name in plant.truth}
    for seed in range(1, seeds + 1):
        how = planted(plant.experiment, plant.size, seed=seed)
        analysis = await found(experiment, how, people=people, seed=seed)
        for name, some in told.items():
            some.append(value(analysis, name).estimate)
    return [
        {
            "experiment": plant.experiment,
            "design": "within" if plant.within else "between",
            "planted": plant.size,
            "estimate": name,
            "truth": round(plant.truth[name], 4),
            "mean": round(float(np.mean([one.value for one in some])), 4),
            "covered": sum(_covers(one, plant.truth[name]) for one in some),
            "seeds": seeds,
        }
        for name, some in told.items()
    ]


def _covers(one: Estimate, truth: float) -> bool:
    ends = one.ends
    return ends is not None and ends[0] - 1e-9 <= truth <= ends[1] + 1e-9


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    args = parser.parse_args()
    rows = [
        row for plant in plants() for row in asyncio.run(covered(plant, args.people, args.seeds))
    ]
    if args.json:
        print(json.dumps({"people": args.people, "rows": rows}))
        return
    print(f"{args.people} simulated respondents, 95% intervals over people")
    heads = f"{'estimate':15}{'truth':>8}{'mean':>8}  covered"
    print(f"{'experiment':12}{'design':9}{'planted':>8}  {heads}")
    for row in rows:
        print(
            f"{row['experiment']:12}{row['design']:9}{row['planted']:8}  {row['estimate']:15}"
            f"{row['truth']:8.3f}{row['mean']:8.3f}  {row['covered']} of {row['seeds']}"
        )


if __name__ == "__main__":
    main()
