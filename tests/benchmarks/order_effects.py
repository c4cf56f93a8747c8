"""Planted effects of order: how often the test finds them, and what is not there.

    uv run python -m tests.benchmarks.order_effects [--people 60] [--seeds 40] [--json]

Simulated respondents answer the shipped experiment on orders, each under orders of their own, with
an effect of the place of options or of items of several sizes, zero among them. A column says in
how many of the seeds the randomisation test gives p < .05; where nothing is planted, and for the
effect that is not planted, these are false alarms, of which a twentieth is nominal.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest

from tests.support.experiments import behaviour, found, value

OPTIONS = (0.0, 0.25, 0.5, 1.0)
"""Log-odds that the option shown first gains over the one shown last."""
ITEMS = (0.02, 0.05, 0.1)
"""Standard deviations of the trait by which each item answered before moves an answer."""
LEVEL = 0.05


def plants() -> list[tuple[str, float]]:
    """What is planted, nothing first."""
    return [
        *(("option_order", size) for size in OPTIONS),
        *(("item_order", size) for size in ITEMS),
    ]


async def tried(kind: str, size: float, *, people: int, seeds: Sequence[int]) -> dict[str, Any]:
    """How often each of the two effects is found, and the mean of its estimate."""
    amount = {"first": size} if kind == "option_order" else {"by": size}
    effects = [{"effect": kind, **amount}] if size else []
    found_: dict[str, list[bool]] = {"option_order": [], "item_order": []}
    values: dict[str, list[float]] = {"option_order": [], "item_order": []}
    for seed in seeds:
        how = behaviour(*effects).model_copy(update={"seed": seed})
        analysis = await found("orders", how, people=people, seed=seed)
        for name in found_:
            one = value(analysis, name)
            assert one.p is not None and one.estimate.value is not None
            found_[name].append(one.p < LEVEL)
            values[name].append(one.estimate.value)
    return {
        "planted": kind if size else "nothing",
        "size": size,
        **{f"{name}_found": sum(told) for name, told in found_.items()},
        **{f"{name}_mean": round(float(np.mean(told)), 4) for name, told in values.items()},
        "seeds": len(seeds),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    seeds = range(1, options.seeds + 1)
    rows = [
        asyncio.run(tried(kind, size, people=options.people, seeds=seeds))
        for kind, size in plants()
    ]
    alarms = false_alarms(rows)
    if options.json:
        print(json.dumps({"people": options.people, "rows": rows, "false_alarms": alarms}))
        return
    print(f"{options.people} simulated respondents, 10 ratings, 6 choices, {options.seeds} seeds")
    heads = f"{'options: found':>17}{'mean':>8}{'items: found':>16}{'mean':>8}"
    print(f"{'planted':14}{'size':>6} {heads}")
    for row in rows:
        print(
            f"{row['planted']:14}{row['size']:6} {row['option_order_found']:>17}"
            f"{row['option_order_mean']:8.3f}{row['item_order_found']:>16}"
            f"{row['item_order_mean']:8.3f}"
        )
    print(
        f"False alarms: {alarms['alarms']} of {alarms['tests']} ({alarms['low']:.1%} to "
        f"{alarms['high']:.1%}; nominal {LEVEL:.0%})"
    )


def false_alarms(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Tests of effects that were not planted, and how many found one; exact 95% interval."""
    absent = [
        (row[f"{name}_found"], row["seeds"])
        for row in rows
        for name in ("option_order", "item_order")
        if row["planted"] != name
    ]
    alarms, tests = (sum(some) for some in zip(*absent, strict=True))
    ends = binomtest(alarms, tests).proportion_ci()
    return {"alarms": alarms, "tests": tests, "low": ends.low, "high": ends.high}


if __name__ == "__main__":
    main()
