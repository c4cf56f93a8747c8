"""What ``runs show`` tells of a run: taken from counters, so that it costs little however large."""

import time
from typing import TYPE_CHECKING, Any

from simulacra.domain.run import RunStatus
from simulacra.runs.progress import Watch, seconds_left
from ui.cli.common import console, table
from ui.cli.conduct import clock, progress_bar

if TYPE_CHECKING:
    from simulacra.storage.runs import RunRepository

_REASONS, _CELLS = 5, 20
_LOOK_SECONDS = 0.5


def watch(runs: "RunRepository", run_id: str) -> None:
    """Show the progress of a run until no process is at work on it."""
    looks = Watch(runs, run_id)
    with progress_bar() as show:
        while True:
            show(looks.look())
            if runs.summary(run_id).status is not RunStatus.RUNNING:
                return
            time.sleep(_LOOK_SECONDS)


def facts_of(runs: "RunRepository", run_id: str) -> dict[str, Any]:
    """Everything about a run by name, as JSON holds it."""
    summary, spec = runs.summary(run_id), runs.spec(run_id)
    workers, failures = runs.workers.at_work(run_id), runs.failures(run_id)
    rate = sum(one.rate for one in workers)
    running = summary.status is RunStatus.RUNNING
    reasons = list(failures.reasons.items())[:_REASONS]
    return {
        **summary.model_dump(mode="json"),
        "rate": round(rate, 3),
        "seconds_left": seconds_left(summary.cells - summary.done, rate) if running else None,
        "at_work": [one.model_dump(mode="json") for one in workers],
        "instrument": spec.instrument.id,
        "items": len(spec.instrument.items),
        "personas": [f"{one.id}@{one.version}" for one in spec.personas],
        "method": spec.method if not spec.behavioural else spec.way,
        "mode": spec.mode if spec.method == "cognitive" and not spec.behavioural else "",
        "without": list(spec.without),
        "model": spec.model,
        "replicates": spec.replicates,
        "learn": spec.learn,
        "date": (spec.day or summary.created.date()).isoformat(),
        "after": spec.after or "",
        "seed": spec.seed,
        "seconds": {stage: round(took, 3) for stage, took in runs.seconds_by_stage(run_id).items()},
        "calls_of_answers_given_up": runs.given_up(run_id),
        "missing_reasons": {
            f"{code.value} {code.label}": count for code, count in failures.missing.items()
        },
        "failures": dict(reasons),
        "failed_cells": [one.model_dump(mode="json") for one in failures.cells],
    }


def say_facts(facts: dict[str, Any]) -> None:
    """The facts in tables."""
    grid = table("", "", show_header=False)
    for key, value in facts.items():
        if key not in ("at_work", "failed_cells") and value not in ("", [], {}, None):
            grid.add_row(key.replace("_", " "), _in_words(key, value))
    console().print(grid)
    if facts["at_work"]:
        grid = table("worker", "last heartbeat", "answers", "a second", "interviews held")
        for one in facts["at_work"]:
            place = f"{one['host']} {one['process']}"
            counts = (str(one["answers"]), f"{one['rate']:.1f}", str(one["interviews"]))
            grid.add_row(place, one["heartbeat"], *counts)
        console().print(grid)
    cells = facts["failed_cells"]
    if cells:
        grid = table("failed: respondent", "item", "attempts", "reason")
        for one in cells[:_CELLS]:
            grid.add_row(one["interview_id"], one["item_id"], str(one["attempts"]), one["reason"])
        console().print(grid)
        if facts["failed"] > _CELLS:
            console().print(f"... and {facts['failed'] - _CELLS} more that failed.")


def _in_words(key: str, value: Any) -> str:
    """A fact for people."""
    if key == "seconds_left":
        return clock(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {count}" for name, count in value.items())
    return str(value)
