"""How many planted contradictions the checks find: recall by kind and story, and false alarms.

    uv run python -m tests.benchmarks.contradictions

Sixty contradictions of twenty kinds, planted one at a time in three whole lives. ``--text`` leaves
the facts out and measures what the checks read from text, headings and profile alone, on these and
on eighty in the plainest words in two more lives; ``--facts`` takes the facts of the lives and of
the planted passages as well; ``--read`` those that a language model took from the planted episodes
without knowing of the plantings. See ``tests/support/recall.py`` for what counts as found.
"""

import argparse
import json
from collections.abc import Iterable
from typing import Any

from tests.support.contradictions import KINDS
from tests.support.recall import (
    DEVELOPMENT,
    Level,
    Trial,
    false_alarms,
    misses,
    plain_trials,
    recall,
    trials,
)

BAR = {"recall": 0.9, "false_alarms": 1}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--text", action="store_true", help="text, headings and profile alone")
    which.add_argument("--facts", action="store_true", help="with facts noted for the plantings")
    which.add_argument("--read", action="store_true", help="with facts a model read unknowing")
    options = parser.parse_args()
    levels: list[Level] = ["text", "facts", "read"]
    chosen: list[Level] = [one for one in levels if getattr(options, one)]
    levels = chosen or levels
    results: dict[str, dict[str, Any]] = {
        level: measure(trials(level), false_alarms(level)) for level in levels
    }
    if "text" in results:
        results["plain"] = measure(plain_trials(), {})
    if options.json:
        print(json.dumps(results))
        return
    for level, result in results.items():
        _print(level, result)


def measure(some: tuple[Trial, ...], alarms: dict[str, int]) -> dict[str, Any]:
    """Recall in all, by story and by kind; development against held out; alarms; misses."""
    stories = sorted({one.persona for one in some})
    return {
        "recall": recall(some),
        "development": _share(one for one in some if one.persona == DEVELOPMENT),
        "held_out": _share(one for one in some if one.persona != DEVELOPMENT),
        "by_story": {name: recall(one for one in some if one.persona == name) for name in stories},
        "by_kind": {kind: _found(some, kind) for kind in KINDS},
        "misses_by_kind": misses(some),
        "false_alarms": alarms,
        "lives": len(some),
        "beside": sum(len(one.beside) for one in some),
    }


def _share(some: Iterable[Trial]) -> float | None:
    """Recall; None where no trial is of the kind asked for."""
    chosen = tuple(some)
    return recall(chosen) if chosen else None


def _found(some: tuple[Trial, ...], kind: str) -> str:
    outcomes = [one.found for one in some if one.kind == kind]
    return f"{sum(outcomes)}/{len(outcomes)}"


def _print(level: str, result: dict[str, Any]) -> None:
    name = {
        "facts": "text + facts noted for the plantings",
        "read": "text + facts read unknowing",
        "plain": "plainly worded, text alone",
    }.get(level, "text alone")
    print(f"{name}: recall {result['recall']:.3f} (bar with facts: {BAR['recall']})")
    print(f"  found beside the plantings: {result['beside']} in {result['lives']} lives")
    if level != "plain":
        print(f"  development {result['development']:.3f}, held out {result['held_out']:.3f}")
    for story, value in result["by_story"].items():
        print(f"  {story:<32} {value:.2f}")
    for kind, value in result["by_kind"].items():
        print(f"  {kind:<32} {value}")
    if not result["false_alarms"]:
        return
    alarms = ", ".join(f"{who} {many}" for who, many in result["false_alarms"].items())
    print(f"  false alarms a story (bar {BAR['false_alarms']}): {alarms}\n")


if __name__ == "__main__":
    main()
