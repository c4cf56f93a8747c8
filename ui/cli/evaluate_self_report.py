"""``simulacra evaluate self-report``: how well people know themselves."""

from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.domain.answer import MissingCode
from simulacra.domain.run import METHODS, Mechanism
from simulacra.errors import InputError
from ui.cli.asking import (
    ConcurrencyOption,
    OutOption,
    ReplicatesOption,
    TemperatureOption,
    asking_of,
    show_section,
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
)

if TYPE_CHECKING:
    from evaluation.self_report.runs import SelfReportStudy


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "self-report",
        epilog=example("simulacra evaluate self-report library --replicates 3 --out report"),
    )(self_report)


def self_report(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(help="library, all, names with commas, or a pack.")],
    methods: Annotated[
        str, typer.Option(help="Methods with commas, such as cognitive:fused:without-memory.")
    ] = ",".join(METHODS),
    model: ModelOption = None,
    replicates: ReplicatesOption = 1,
    seed: SeedOption = 0,
    temperature: TemperatureOption = None,
    concurrency: ConcurrencyOption = None,
    dry_run: DryRunOption = False,
    out: OutOption = None,
    json_: JsonOption = False,
) -> None:
    """Ask people who they are and score the answers by their keys, 0 to 100.

    Questions that need the life story stand apart from those that the profile tells, and what
    guessing and the profile alone would earn stands beside every score. Several methods are set
    side by side, paired by question. An interrupted measurement goes on where it stopped when the
    command is given again.
    """
    from evaluation.self_report import pooled
    from evaluation.self_report.runs import SelfReportStudy
    from evaluation.self_report.section import section_of

    chosen = [Mechanism.named(one) for one in methods.split(",") if one.strip()]
    if not chosen:
        raise InputError(f"--methods names no method; choose from: {', '.join(METHODS)}")
    with open_workspace(ctx) as workspace:
        asking = asking_of(
            workspace,
            who,
            model=model,
            replicates=replicates,
            seed=seed,
            temperature=temperature,
            concurrency=concurrency,
        )
        study = SelfReportStudy(workspace, asking, chosen)
        if dry_run:
            _say_size(study, json_)
            return
        try:
            results = finish(workspace, lambda: study.measure(tenths()))
        except KeyboardInterrupt:
            raise stopped() from None
    whole = pooled(results)
    show_section(
        section_of(results),
        {"pooled": whole.to_json(), "people": [one.to_json() for one in results]},
        model=whole.model,
        people=whole.personas,
        out=out,
        json_=json_,
    )
    if failed := sum(one.missing.get(MissingCode.TECHNICAL, 0) for one in whole.methods):
        say(
            f"{failed} questions got no answer because the model failed; they count as wrong here, "
            "so these scores say nothing about the person. simulacra runs list names the runs."
        )
        raise typer.Exit(1)


def _say_size(study: "SelfReportStudy", json_: bool) -> None:
    """What would be asked."""
    size = study.size()
    if json_:
        print_json({"runs": list(study.specs), **size._asdict()})
        return
    console().print(
        f"{len(study.specs)} runs, {size.interviews} interviews: {size.cells} answers, about "
        f"{size.calls} model calls. Nothing was asked."
    )
