"""``simulacra evaluate all``: every evaluation of one person, in one report."""

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.asking import (
    ConcurrencyOption,
    MethodOption,
    OutOption,
    ReplicatesOption,
    TemperatureOption,
    asking_of,
    print_section,
    stopped,
    tenths,
)
from ui.cli.common import (
    JsonOption,
    ModelOption,
    NameArgument,
    SeedOption,
    example,
    finish,
    open_workspace,
    print_json,
    say,
)
from ui.cli.run import ModeOption, WithoutOption

if TYPE_CHECKING:
    from evaluation.sections import EvaluationReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "all",
        epilog=example("simulacra evaluate all inti-quispe --rater openai:NAME --out inti"),
    )(evaluate_all)


def evaluate_all(
    ctx: typer.Context,
    name: NameArgument,
    model: ModelOption = None,
    rater: Annotated[
        str,
        typer.Option(
            help="Models with commas that rate; without it, the one that plays (not valid).",
            show_default=False,
        ),
    ] = "",
    parts: Annotated[
        str,
        typer.Option(
            help="Parts with commas, such as self-report,traits; without it, all of them.",
            show_default=False,
        ),
    ] = "",
    scenarios: Annotated[
        int | None,
        typer.Option(
            help="How many of the 30 situations of the observer report.", show_default=False
        ),
    ] = None,
    method: MethodOption = "cognitive",
    mode: ModeOption = "full",
    without: WithoutOption = "",
    replicates: ReplicatesOption = 1,
    seed: SeedOption = 0,
    temperature: TemperatureOption = None,
    concurrency: ConcurrencyOption = None,
    out: OutOption = None,
    json_: JsonOption = False,
) -> None:
    """Make every evaluation of one person and put them into one report.

    Self report, observer report, personality by several methods, psychometrics, robustness, drift
    and conformity. An interrupted evaluation goes on where it stopped when the command is given
    again.
    """
    from evaluation.report.evaluation import write_evaluation
    from evaluation.whole import Whole, evaluate

    wanted = [one.strip() for one in parts.split(",") if one.strip()]
    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
        asking = asking_of(
            workspace, person.id, model=model, method=method, mode=mode, without=without,
            replicates=replicates, seed=seed, temperature=temperature, concurrency=concurrency,
        )  # fmt: skip
        raters = tuple(one.strip() for one in rater.split(",") if one.strip()) or (asking.model,)
        whole = Whole(workspace, person, asking, raters, scenarios)
        try:
            report = finish(
                workspace,
                lambda: evaluate(whole, wanted, on_part=_begun, on_progress=tenths()),
            )
        except KeyboardInterrupt:
            raise stopped() from None
    if out is not None:
        say(f"Report: {write_evaluation(report, out)}")
    if json_:
        print_json(_plain(report))
        return
    for section in report.sections:
        print_section(section)
    for part, why in report.skipped.items():
        say(f"Not made: {part}: {why}")


def _begun(part: str) -> None:
    say(f"{part} ...")


def _plain(report: "EvaluationReport") -> object:
    """The report without its drawings."""
    return report.model_dump(mode="json", exclude={"sections": {"__all__": {"drawings"}}})
