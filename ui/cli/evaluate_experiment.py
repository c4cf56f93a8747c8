"""``simulacra evaluate experiment`` and ``conformity``: classic experiments on simulated people."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.errors import InputError
from ui.cli.asking import (
    ConcurrencyOption,
    MethodOption,
    OutOption,
    PeopleOption,
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
    table,
)
from ui.cli.run import ModeOption, WithoutOption

if TYPE_CHECKING:
    from evaluation.experiments.runs import Study


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "experiment",
        epilog=example("simulacra evaluate experiment framing --method profile --out framing"),
    )(experiment)
    app.command(
        "conformity",
        epilog=example("simulacra evaluate conformity --personas library --method profile"),
    )(conformity)


def experiment(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(help="A shipped experiment's name, or a YAML file.", show_default=False),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="Say which experiments there are, and ask nothing.")
    ] = False,
    personas: PeopleOption = "library",
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
    """Run an experiment on people: conditions, analysis, and the effect beside that of people.

    An experiment is a YAML file of stimuli and conditions that names its analysis; the shipped ones
    are models for your own. An interrupted one goes on where it stopped when the command is given
    again.
    """
    if list_:
        _list(json_)
        return
    if name is None:
        raise InputError("name an experiment or a file; --list says which experiments there are")
    _run(ctx, name, personas, model, method, mode, without, replicates, seed, temperature,
         concurrency, out, dry_run=dry_run, json_=json_)  # fmt: skip


def conformity(
    ctx: typer.Context,
    personas: PeopleOption = "library",
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
    """Whether people say what six others said before them, although it is plainly wrong.

    After Asch (1956): 18 comparisons of lengths, 12 of them with a group that errs, alone and after
    the group. The same as simulacra evaluate experiment conformity.
    """
    _run(ctx, "conformity", personas, model, method, mode, without, replicates, seed, temperature,
         concurrency, out, dry_run=dry_run, json_=json_)  # fmt: skip


def _run(
    ctx: typer.Context,
    name: str,
    personas: str,
    model: str | None,
    method: str,
    mode: str,
    without: str,
    replicates: int,
    seed: int,
    temperature: float | None,
    concurrency: int | None,
    out: Path | None,
    *,
    dry_run: bool,
    json_: bool,
) -> None:
    """Both commands."""
    from evaluation.experiments.files import find
    from evaluation.experiments.runs import Study
    from evaluation.experiments.section import section_of

    chosen = find(name)
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
        study = Study(workspace, chosen, asking)
        if dry_run:
            _say_size(study, json_)
            return
        try:
            result = finish(workspace, lambda: study.measure(tenths()))
        except KeyboardInterrupt:
            raise stopped() from None
        people = [workspace.personas.load(one).name for one in asking.people]
    show_section(
        section_of(result),
        result.model_dump(mode="json"),
        model=asking.model,
        people=people,
        out=out,
        json_=json_,
    )


def _say_size(study: "Study", json_: bool) -> None:
    """What would be asked."""
    size = study.size()
    if json_:
        print_json(size._asdict())
        return
    console().print(
        f"{size.interviews} interviews: {size.answers} answers, about {size.calls} model calls. "
        "Nothing was asked."
    )


def _list(json_: bool) -> None:
    """The shipped experiments."""
    from evaluation.experiments.files import find, shipped

    known = [find(one) for one in shipped()]
    if json_:
        print_json(
            [
                {
                    "name": one.name,
                    "title": one.title,
                    "question": one.question,
                    "analysis": one.analysis.kind,
                    "conditions": [condition.name for condition in one.conditions],
                    "stimuli": len(one.stimuli),
                }
                for one in known
            ]
        )
        return
    grid = table("name", "question", "conditions", "stimuli", "analysis")
    for one in known:
        conditions = ", ".join(condition.name for condition in one.conditions) or "orders"
        grid.add_row(one.name, one.question, conditions, str(len(one.stimuli)), one.analysis.kind)
    console().print(grid)
