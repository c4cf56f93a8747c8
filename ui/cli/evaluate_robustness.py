"""``simulacra evaluate robustness``: whether answers hold when items are put another way."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.asking import (
    ConcurrencyOption,
    MethodOption,
    PeopleOption,
    ReplicatesOption,
    TemperatureOption,
    asking_of,
    stopped,
    tenths,
)
from ui.cli.common import (
    DryRunOption,
    JsonOption,
    ModelOption,
    SeedOption,
    console,
    example,
    finish,
    open_workspace,
    print_json,
    say,
    table,
)
from ui.cli.run import ModeOption, WithoutOption, read_survey

if TYPE_CHECKING:
    from evaluation.robustness.result import PerturbationResult, RobustnessResult
    from evaluation.robustness.runs import Study


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "robustness",
        epilog=example("simulacra evaluate robustness mini_ipip --method profile --out robust"),
    )(robustness)


def robustness(
    ctx: typer.Context,
    survey: Annotated[str, typer.Argument(help="A shipped instrument's name, or a file.")],
    personas: PeopleOption = "library",
    model: ModelOption = None,
    method: MethodOption = "cognitive",
    mode: ModeOption = "full",
    without: WithoutOption = "",
    perturbations: Annotated[
        str, typer.Option(help="Names with commas; without it, all of them.", show_default=False)
    ] = "",
    perturbations_file: Annotated[
        Path | None,
        typer.Option(help="YAML of perturbations in place of the shipped ones.", dir_okay=False),
    ] = None,
    wordings: Annotated[
        Path | None,
        typer.Option(help="YAML with paraphrase and negation: texts by item id.", dir_okay=False),
    ] = None,
    replicates: ReplicatesOption = 1,
    seed: SeedOption = 0,
    temperature: TemperatureOption = None,
    concurrency: ConcurrencyOption = None,
    dry_run: DryRunOption = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for robustness.html, .json and .csv.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Ask people the same items put other ways, and report which answers change.

    The items are asked in their own words, again as a retest with other seeds, and once for each
    perturbation: paraphrase, order of options and scales, labels, a distracting sentence, typing
    errors, negation, "don't know". An interrupted measurement goes on where it stopped when the
    command is given again.
    """
    from evaluation.robustness.base import Wordings
    from evaluation.robustness.perturbations import SHIPPED, chosen
    from evaluation.robustness.report import write_robustness
    from evaluation.robustness.runs import Study

    changes = chosen(perturbations, perturbations_file or SHIPPED)
    words = Wordings.read(wordings) if wordings else None
    instrument, _ = read_survey(survey)
    with open_workspace(ctx) as workspace:
        asking = asking_of(
            workspace,
            personas,
            model=model,
            method=method,
            mode=mode,
            without=without,
            replicates=replicates,
            seed=seed,
            temperature=temperature,
            concurrency=concurrency,
        )
        study = Study(workspace, instrument, changes, asking, words)
        if dry_run:
            _say_size(study, json_)
            return
        try:
            result = finish(workspace, lambda: study.measure(tenths()))
        except KeyboardInterrupt:
            raise stopped() from None
    if out is not None:
        say(f"Report: {write_robustness(result, out)}")
    if json_:
        print_json(result.model_dump(mode="json"))
        return
    _show(result)


def _say_size(study: "Study", json_: bool) -> None:
    """What would be asked."""
    size = study.size()
    if json_:
        print_json({"runs": list(study.specs), **size._asdict()})
        return
    console().print(
        f"{len(study.specs)} runs ({', '.join(study.specs)}), {size.interviews} interviews: "
        f"{size.cells} answers, about {size.calls} model calls. Nothing was asked."
    )


def _show(result: "RobustnessResult") -> None:
    """Tables for a terminal: all items together, then scales or items."""
    out = console()
    out.print(
        f"Robustness of answers to {result.title}: {result.people} people, {result.replicates} "
        f"replicates, {result.method} on {result.model}, temperature {result.temperature:g}, "
        f"seed {result.seed}; {result.calls} model calls, ${result.cost:.4f}."
    )
    for note in result.notes:
        out.print(f"  Note: {note}")
    out.print(_table(result.perturbations))
    for one in result.perturbations:
        for why, items in _reasons(one).items():
            which = ", ".join(items) if one.overall else f"any of {len(items)} items"
            out.print(f"{one.name} is not applied to {which}: {why}.")
    if result.left_out:
        out.print(f"Left out, since answers cannot be compared: {', '.join(result.left_out)}.")


def _reasons(one: "PerturbationResult") -> dict[str, list[str]]:
    """The items that a perturbation was not applied to, by the reason."""
    reasons: dict[str, list[str]] = {}
    for item, why in one.spared.items():
        reasons.setdefault(why, []).append(item)
    return reasons


def _table(perturbations: "tuple[PerturbationResult, ...]") -> object:
    from evaluation.robustness.report import interval_of, said, share

    grid = table(
        "perturbation", "of", "people", "changed", "retest", "beyond", "95% interval", "shift",
        "95% interval", "distance", "retest",
        caption="A star: the interval over people leaves out zero.",
    )  # fmt: skip
    for one in perturbations:
        parts = (one.overall, *(one.scales or one.items)) if one.overall else ()
        for part in parts:
            grid.add_row(
                one.name,
                part.id,
                str(part.people),
                share(part.changed),
                share(part.retest),
                said(part.beyond),
                interval_of(part.beyond),
                said(part.shift),
                interval_of(part.shift),
                share(part.distance),
                share(part.retest_distance),
            )
    return grid
