"""``simulacra evaluate traits``: personality by several methods, and whether it comes back."""

from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.errors import InputError
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
)
from ui.cli.run import ModeOption, WithoutOption, read_survey

if TYPE_CHECKING:
    from evaluation.personality.result import Method
    from evaluation.personality.runs import TraitsStudy


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "traits",
        epilog=example("simulacra evaluate traits library --method profile --out traits"),
    )(traits)


def traits(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(help="library, sample, all, names with commas, or a pack.")],
    instrument: Annotated[
        str, typer.Option(help="ipip_neo_120, a translation of it, mini_ipip, or a file.")
    ] = "ipip_neo_120",
    methods: Annotated[
        str, typer.Option(help="Ways to measure with commas.")
    ] = "self,interview,scenario,functions",
    rater: Annotated[
        str,
        typer.Option(
            help="Models with commas that rate the interviews; without it, the people's own.",
            show_default=False,
        ),
    ] = "",
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
    """Measure the Big Five and the eight functions in several ways and compare what comes out.

    Ways: self (a questionnaire), interview (open questions, rated by another model that sees only
    the answers), scenario (a choice in each of sixty situations), functions (agreement with
    sentences on the eight functions). The methods are held against each other and against the
    levels that the people were given. An interrupted evaluation goes on where it stopped when the
    command is given again.
    """
    from evaluation.personality.runs import TraitsStudy
    from evaluation.personality.section import section_of

    chosen = _methods(methods)
    survey, _ = read_survey(instrument)
    raters = [one.strip() for one in rater.split(",") if one.strip()]
    with open_workspace(ctx) as workspace:
        asking = asking_of(
            workspace, who, model=model, method=method, mode=mode, without=without,
            replicates=replicates, seed=seed, temperature=temperature, concurrency=concurrency,
        )  # fmt: skip
        study = TraitsStudy(workspace, survey, asking, chosen, raters)
        if dry_run:
            _say_size(study, json_)
            return
        try:
            result = finish(workspace, lambda: study.measure(tenths()))
        except KeyboardInterrupt:
            raise stopped() from None
    show_section(
        section_of(result),
        result.model_dump(mode="json"),
        model=result.model,
        people=tuple(result.people.values()),
        out=out,
        json_=json_,
    )


def _methods(text: str) -> "list[Method]":
    """The ways to measure that are named, in their own order."""
    from evaluation.personality.result import METHODS

    wanted = [one.strip() for one in text.split(",") if one.strip()]
    if unknown := [one for one in wanted if one not in METHODS]:
        raise InputError(
            f"--methods: there is no way {unknown[0]!r}; choose from: {', '.join(METHODS)}"
        )
    if not wanted:
        raise InputError(f"--methods names none; choose from: {', '.join(METHODS)}")
    return [one for one in METHODS if one in wanted]


def _say_size(study: "TraitsStudy", json_: bool) -> None:
    """What would be asked."""
    size, ratings = study.size(), study.ratings
    if json_:
        print_json({"runs": list(study.specs), **size._asdict(), "ratings": ratings})
        return
    console().print(
        f"{len(study.specs)} runs, {size.interviews} interviews: {size.cells} answers, about "
        f"{size.calls} model calls, and {ratings} calls of raters. Nothing was asked."
    )
