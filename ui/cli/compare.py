"""``simulacra compare``: runs side by side."""

from typing import Annotated

import typer

from ui.cli.asking import OutOption, show_section
from ui.cli.common import JsonOption, SeedOption, example, open_workspace


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=example("simulacra compare 3f2a91c4 88b01d2e --out comparison"))(compare)


def compare(
    ctx: typer.Context,
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN RUN...", help="Ids, as `simulacra runs list` shows.")
    ],
    seed: SeedOption = 0,
    out: OutOption = None,
    json_: JsonOption = False,
) -> None:
    """Set two or more runs of the same items side by side, paired by person and replicate.

    The first run is what the others are held against: two models, two methods, or a run and its
    repetition. Levels, sameness of answers, distributions, and what an answer took, each with its
    interval.
    """
    from evaluation.comparison.runs import compare_runs
    from evaluation.comparison.section import section_of

    with open_workspace(ctx) as workspace:
        found = compare_runs(workspace, runs, seed=seed)
        people = sorted({one.id for run in runs for one in workspace.runs.spec(run).personas})
    show_section(
        section_of(found),
        found.model_dump(mode="json"),
        model=", ".join(dict.fromkeys(one.model for one in found.runs)),
        people=people,
        out=out,
        json_=json_,
    )
