"""``simulacra persona drift``: how far the written life moves the answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.errors import InputError
from ui.cli.asking import ConcurrencyOption, TemperatureOption, stopped, tenths
from ui.cli.common import (
    JsonOption,
    ModelOption,
    NameArgument,
    SeedOption,
    console,
    example,
    finish,
    open_workspace,
    print_json,
    say,
    table,
)
from ui.cli.run import checked_method, read_survey, suitable

if TYPE_CHECKING:
    from evaluation.drift import Drifted, DriftResult


def register(app: typer.Typer) -> None:
    """Add the command to the group of people."""
    app.command(
        epilog=example('simulacra persona drift "Inti Quispe" --replicates 10 --out drift-inti')
    )(drift)


def drift(
    ctx: typer.Context,
    name: NameArgument,
    items: Annotated[str, typer.Option(help="A shipped instrument's name, or a file.")] = (
        "mini_ipip"
    ),
    model: ModelOption = None,
    method: Annotated[
        str, typer.Option(help="How the whole life is asked: cognitive or retrieval.")
    ] = "cognitive",
    replicates: Annotated[int, typer.Option(min=1, help="Interviews at each stage.")] = 5,
    seed: SeedOption = 0,
    temperature: TemperatureOption = None,
    concurrency: ConcurrencyOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for drift.html and drift.json.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Ask a person the same items with attributes only, with biography, and with the whole life.

    The shift between the stages is given for each item and scale with its interval over
    replicates, and with the sentiment of each stage's text: lives written by language models are
    known to drift (Li et al., 2025, arXiv 2503.16527). An interrupted measurement goes on where it
    stopped when the command is given again.
    """
    from evaluation.drift_report import write_drift
    from evaluation.drift_runs import measure_drift

    chosen = checked_method(method)
    if chosen not in ("cognitive", "retrieval"):
        raise InputError("--method must be cognitive or retrieval: the life has to be recalled")
    instrument, _ = read_survey(items)
    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
        if not person.story and not person.memories:
            raise InputError(f"{person.name} has no life story yet, so nothing can drift")
        spec = model or workspace.settings.model
        at_once = concurrency or suitable(workspace, spec)
        try:
            result = finish(
                workspace,
                lambda: measure_drift(
                    workspace,
                    person,
                    instrument,
                    model=spec,
                    replicates=replicates,
                    seed=seed,
                    temperature=temperature,
                    life=chosen,
                    concurrency=at_once,
                    on_progress=tenths(),
                ),
            )
        except KeyboardInterrupt:
            raise stopped() from None
    if out is not None:
        say(f"Report: {write_drift(result, out)}")
    if json_:
        print_json(result.model_dump(mode="json"))
        return
    _show(result)


def _show(result: "DriftResult") -> None:
    """Tables for a terminal."""
    from simulacra.domain.stage import STAGES

    out = console()
    out.print(
        f"Drift of {result.name} on {result.title}: {result.replicates} replicates, "
        f"{result.model}, temperature {result.temperature:g}, seed {result.seed}."
    )
    for stage in STAGES:
        out.print(f"  {stage} ({result.methods[stage]}): {result.given[stage]}")
    for note in result.notes:
        out.print(f"  Note: {note}")
    for title, parts in (("Scales", result.scales), ("Items", result.items)):
        if parts:
            out.print(_table(title, parts))
    grid = table("text of", "sentences", "mean", "95% interval", title="Sentiment, -1 to 1 (VADER)")
    for stage, one in result.sentiment.items():
        mean = "-" if one.mean is None else f"{one.mean:+.2f}"
        span = f"{one.interval.low:+.2f} to {one.interval.high:+.2f}" if one.interval else "-"
        grid.add_row(stage, str(one.sentences), mean, span)
    out.print(grid)
    if any(result.missing.values()):
        missing = ", ".join(f"{stage} {count}" for stage, count in result.missing.items())
        out.print(f"Missing answers: {missing}.")
    if result.left_out:
        out.print(f"Left out, since their answers are no amounts: {', '.join(result.left_out)}.")


def _table(title: str, parts: "tuple[Drifted, ...]") -> object:
    from evaluation.drift_report import interval_of, said

    grid = table(
        "", "attributes", "+ biography", "+ life", "shift by biography", "95% interval",
        "shift by life", "95% interval", "whole shift", "95% interval", title=title,
    )  # fmt: skip
    for one in parts:
        levels = ["-" if value is None else f"{value:.2f}" for value in one.levels.values()]
        shifts = [cell for shift in one.shifts for cell in (said(shift), interval_of(shift))]
        grid.add_row(one.id, *levels, *shifts)
    return grid
