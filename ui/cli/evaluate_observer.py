"""``simulacra evaluate observer``: raters judge people by what they say that they would do."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.asking import (
    ConcurrencyOption,
    MethodOption,
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
from ui.cli.run import ModeOption, WithoutOption

if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluation.observer.study import Gathered, Observation

_NOBODY = "none"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "observer",
        epilog=example(
            "simulacra evaluate observer marta-kowalczyk --raters openai:NAME --out observed"
        ),
    )(observer)


def observer(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(help="library, all, names with commas, or a pack.")],
    raters: Annotated[
        str | None,
        typer.Option(
            help="Models that rate, with commas, or none; without it, the one that plays.",
            show_default=False,
        ),
    ] = None,
    forms_out: Annotated[
        Path | None,
        typer.Option(help="Folder for forms (CSV and HTML) that people fill in.", file_okay=False),
    ] = None,
    forms_in: Annotated[
        list[Path] | None,
        typer.Option(help="A CSV that people filled in, or a folder of them; may come again."),
    ] = None,
    scenarios: Annotated[
        int | None,
        typer.Option(help="How many of the 30 situations; without it, all.", show_default=False),
    ] = None,
    model: ModelOption = None,
    method: MethodOption = "cognitive",
    mode: ModeOption = "full",
    without: WithoutOption = "",
    replicates: ReplicatesOption = 1,
    seed: SeedOption = 0,
    temperature: TemperatureOption = None,
    concurrency: ConcurrencyOption = None,
    dry_run: DryRunOption = False,
    out: OutOption = None,
    json_: JsonOption = False,
) -> None:
    """Ask people what they would do in open situations, and have others judge them by it.

    Raters who see only the answers describe the person; raters who have read the life judge whether
    that fits, and write the answers that they expect; the others judge how similar those are. A
    model that plays the people is no valid rater of them. People rate with forms: --forms-out
    writes them, --forms-in reads them. An interrupted measurement goes on where it stopped when the
    command is given again.
    """
    from evaluation.observer.finding import found
    from evaluation.observer.scenarios import first
    from evaluation.observer.section import section_of
    from evaluation.observer.study import ROLES, Observation
    from evaluation.raters.forms import read_forms, write_forms

    situations = first(scenarios)
    filled = read_forms(forms_in, ROLES) if forms_in else None
    with open_workspace(ctx) as workspace:
        asking = asking_of(
            workspace,
            who,
            model=model,
            method=method,
            mode=mode,
            without=without,
            replicates=replicates,
            seed=seed,
            temperature=temperature,
            concurrency=concurrency,
        )
        observation = Observation(
            workspace,
            situations,
            asking,
            _specs(raters, asking.model),
            forms=filled,
            keep_open=forms_out is not None,
        )
        if dry_run:
            _say_size(observation, json_)
            return
        try:
            got = finish(workspace, lambda: observation.gather(tenths(), _rated()))
        except KeyboardInterrupt:
            raise stopped() from None
        result = found(workspace, observation, got)
    if forms_out is not None:
        _say_forms(got, [path.name for path in write_forms(got.forms, forms_out)], forms_out)
    show_section(
        section_of(result),
        result.model_dump(mode="json"),
        model=result.model,
        people=[one.name for one in result.people],
        out=out,
        json_=json_,
    )


def _specs(raters: str | None, player: str) -> tuple[str, ...]:
    """The models that rate."""
    if raters is None:
        say(f"{player} also rates, which is not valid: name another model with --raters.")
        return (player,)
    named = tuple(one.strip() for one in raters.split(",") if one.strip())
    return () if named == (_NOBODY,) else named


def _rated() -> "Callable[[str, int, int], None]":
    """Says a line for each tenth of what raters do."""
    told: dict[str, int] = {}

    def heard(what: str, done: int, of: int) -> None:
        if 10 * done // of > told.get(what, -1):
            told[what] = 10 * done // of
            say(f"raters: {what} {done}/{of}")

    return heard


def _say_size(observation: "Observation", json_: bool) -> None:
    """What would be asked."""
    asked, rated = observation.size()
    if json_:
        print_json({**asked._asdict(), "rater_calls": rated})
        return
    console().print(
        f"{asked.interviews} interviews: {asked.cells} answers, about {asked.calls} model calls; "
        f"raters: about {rated} calls. Nothing was asked."
    )


def _say_forms(got: "Gathered", names: list[str], folder: Path) -> None:
    say(f"Forms of {got.measurement} in {folder}: {', '.join(names)}")
    say(
        "Give each rater the forms of one side only: describe and similarity, or expect and fit. "
        "Then read them: the same command with --forms-in FOLDER."
    )
