"""``simulacra evaluate psychometrics``: how the answers of a run behave as measurements."""

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.asking import OutOption, show_section
from ui.cli.common import JsonOption, SeedOption, example, open_workspace, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "psychometrics",
        epilog=example("simulacra evaluate psychometrics 20261123-abc123 --out psychometrics"),
    )(psychometrics)


def psychometrics(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN_ID", help="As simulacra runs list shows it.")],
    reference: Annotated[
        list[Path] | None,
        typer.Option(
            "--reference",
            help="People to set beside it: a CSV with a column an item, or a folder with "
            "respondents.csv and items.csv or items.json, keys.json. May be given again.",
            show_default=False,
        ),
    ] = None,
    seed: SeedOption = 0,
    out: OutOption = None,
    json_: JsonOption = False,
) -> None:
    """Measure how the answers of a run hang together, repeat, and lean whatever is asked.

    Per scale: alpha, omega, item-total correlations, halves keyed both ways, test-retest over
    replicates, factor models. Per respondent: acquiescence, extreme and middle answers, runs of one
    answer, entropy. Each beside people where a reference is given. Works on any run with scales,
    also before it is done.
    """
    from evaluation.psychometrics.runs import psychometrics_of
    from evaluation.psychometrics.section import section_of

    with open_workspace(ctx) as workspace:
        found = psychometrics_of(workspace, run, reference or (), seed=seed, on_progress=say)
        people = tuple(sorted({one.id for one in workspace.runs.spec(run).personas}))
    show_section(
        section_of(found),
        found.model_dump(mode="json"),
        model=found.model,
        people=people,
        out=out,
        json_=json_,
    )
