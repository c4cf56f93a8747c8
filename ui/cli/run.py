"""``simulacra run``: people answer an instrument."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.run import Mechanism, Method
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError, UnknownName
from ui.cli.common import (
    JsonOption,
    ModelOption,
    SeedOption,
    again,
    console,
    example,
    open_workspace,
    print_json,
    say,
)
from ui.cli.designs import balance_table, check_fields, chosen_people, design_of
from ui.cli.planned import say_plan

if TYPE_CHECKING:
    from simulacra.workspace import Workspace

ModeOption = Annotated[
    str, typer.Option("--mode", help="full (agents side by side) or fused (one call); cognitive.")
]
WithoutOption = Annotated[
    str,
    typer.Option(
        "--without",
        help="Agents to switch off, with commas: emotion, planning, memory; cognitive.",
        show_default=False,
    ),
]


def read_survey(survey: str) -> tuple[Instrument, str]:
    """A shipped instrument by name, or a file; with the study's name (the file's, no ending).

    What the reader could not map is said on stderr, never dropped in silence.
    """
    from evaluation.instruments import find_instrument
    from simulacra.survey.formats import read_instrument

    path = find_instrument(survey)
    instrument, report = read_instrument(path)
    for entry in report:
        say(f"Note: {entry.question}: {entry.what}: {entry.why}")
    return instrument, path.stem


def known_people(workspace: "Workspace", who: str) -> str:
    """WHO as the workspace knows it; people of a pack or folder are saved first."""
    try:
        workspace.personas.select(who)
    except UnknownName:
        if not Path(who).exists():
            raise
        from personas.formats.imports import import_persona

        return ",".join(workspace.personas.save(one).id for one in import_persona(Path(who)))
    return who


def checked_method(name: str) -> Method:
    """One of the four methods."""
    return Mechanism.chosen(name).method


def checked_way(method: str, mode: str, without: str) -> Mechanism:
    """A method with the mode and without the agents that were named, these with commas."""
    agents = [one.strip() for one in without.split(",") if one.strip()]
    return Mechanism.chosen(method, mode, agents)


def checked_name(name: str) -> str:
    """A study's name that can stand in a file name."""
    if not name.strip() or any(sign in name for sign in '/\\:*?"<>|\0') or name.startswith("."):
        raise InputError(f"the study name {name!r} cannot stand in a file name: choose another")
    return name


WAVE = 5_000
"""Interviews at once where they go in batches: each has one request in a wave."""


def suitable(workspace: "Workspace", model: str) -> int:
    """Interviews at once: no more than the model serves side by side.

    More would make interviews of a one-slot model push each other's prompts out of its cache.
    """
    return min(8, workspace.model(model).info.parallel)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=example("simulacra run mini_ipip --personas library --method profile --seed 7")
    )(run)


def run(
    ctx: typer.Context,
    survey: Annotated[str, typer.Argument(help="A shipped instrument's name, or a file.")],
    personas: Annotated[
        str, typer.Option(help="library, sample, all, names with commas, or a persona pack.")
    ] = "library",
    method: Annotated[str, typer.Option(help="blank, profile, retrieval or cognitive.")] = (
        "cognitive"
    ),
    mode: ModeOption = "full",
    without: WithoutOption = "",
    model: ModelOption = None,
    replicates: Annotated[int, typer.Option(min=1, help="Interviews with each person.")] = 1,
    seed: SeedOption = 0,
    temperature: Annotated[
        float | None, typer.Option(min=0.0, help="Without it, the model's own default.")
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, help="Interviews at once; without it, as many as suit the model."),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0.0, help="US dollars; the run pauses before more.")
    ] = None,
    max_calls: Annotated[
        int | None, typer.Option(min=1, help="Model calls; the run pauses before more.")
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens in and out; the run pauses before more.")
    ] = None,
    max_failures: Annotated[
        int | None,
        typer.Option(min=1, help="Technical failures in a row that pause the run; without it 20."),
    ] = None,
    batch: Annotated[
        bool,
        typer.Option("--batch", help="Ask openai:NAME by its Batch API: half price, within a day."),
    ] = False,
    learn: Annotated[
        bool, typer.Option("--learn", help="Respondents keep memories of it, for a later wave.")
    ] = False,
    after: Annotated[
        str | None,
        typer.Option(metavar="RUN_ID", help="Respondents remember this run, made with --learn."),
    ] = None,
    date: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day of the study in its people's memory; without it, today.",
        ),
    ] = None,
    design: Annotated[
        Path | None, typer.Option(metavar="FILE", help="YAML: conditions, within, quotas.")
    ] = None,
    factor: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=A,B", help="A factor (a field of the survey, or model)."),
    ] = None,
    within: Annotated[
        bool, typer.Option("--within", help="Everybody is asked under each condition.")
    ] = False,
    quota: Annotated[
        list[str] | None,
        typer.Option(metavar="ATTRIBUTE=VALUE:N", help="At most N people of this kind."),
    ] = None,
    hide_earlier: Annotated[
        bool, typer.Option("--hide-earlier", help="Respondents do not see earlier answers.")
    ] = False,
    elicit: Annotated[
        str, typer.Option(help="How closed items are asked: choice, logprobs, stated or draws:N.")
    ] = "choice",
    page: Annotated[
        bool, typer.Option("--page", help="Ask the items of a page together, in one request.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="Name of the study and its files.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked, and ask nothing.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Let people answer an instrument; the run's id is the last line printed."""
    way = checked_way(method, mode, without)
    instrument, stem = read_survey(survey)
    study = checked_name(name if name is not None else stem)
    plan_of_cells = design_of(design, factor or (), quota or (), within=within)
    check_fields(plan_of_cells, instrument)
    with open_workspace(ctx) as workspace:
        who = workspace.personas.select(known_people(workspace, personas))
        spec = model or plan_of_cells.first_model or workspace.settings.model
        choices: dict[str, Any] = {
            "name": study,
            **way.model_dump(),
            "model": spec,
            "replicates": replicates,
            "seed": seed,
            "temperature": temperature,
            "concurrency": concurrency or (WAVE if batch else suitable(workspace, spec)),
            "max_cost": max_cost,
            "max_calls": max_calls,
            "max_tokens": max_tokens,
            "max_failures": max_failures or workspace.settings.max_failures,
            "batch": batch,
            "learn": learn,
            "after": after,
            "day": date.date() if date is not None else None,
            "earlier_visible": not hide_earlier,
            "design": plan_of_cells,
            "elicit": elicit,
            "page": page,
        }
        people = chosen_people(workspace, who, plan_of_cells)
        planned = workspace.spec(instrument, people, **choices)
        if planned.chosen_only:
            ids = ", ".join(planned.chosen_only)
            say(f"Note: {ids}: asked by choice, since {elicit} is about one option of a few")
        if dry_run:
            foreseen = asyncio.run(workspace.forecast(planned))
            say_plan(planned, foreseen, balance_table(workspace, planned), json_)
            return
        run_id = workspace.plan(instrument, people, **choices)
        from ui.cli.conduct import conduct

        say(f"Run {run_id}")
        summary = conduct(workspace, run_id, again(ctx, f"runs resume {run_id}"))
        if json_:
            print_json(summary.model_dump(mode="json"))
            return
        console().print(
            f"{summary.done} answers, {summary.missing} missing, ${summary.cost:.4f}.\n"
            f"Files: {again(ctx, f'export {run_id} --out {study}')}"
        )
        print(run_id)
