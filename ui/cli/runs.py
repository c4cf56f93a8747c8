"""``simulacra runs`` and ``simulacra worker``: what was run, how far it came, going on."""

from typing import Annotated

import typer

from simulacra.domain.run import RunStatus
from simulacra.errors import InputError
from ui.cli.common import JsonOption, again, console, example, open_workspace, print_json, table

app = typer.Typer(help="Runs: list, show, resume, pause, cancel.", no_args_is_help=True)

RunId = Annotated[str, typer.Argument(help="The run's id, as `simulacra runs list` shows it.")]


def register(root: typer.Typer) -> None:
    """Add the command that stands beside the group."""
    root.command(epilog=example("simulacra worker 20261123-abc123"))(worker)


@app.command("list", epilog=example("simulacra runs list --json"))
def list_(ctx: typer.Context, json_: JsonOption = False) -> None:
    """All runs, newest first."""
    with open_workspace(ctx) as workspace:
        found = workspace.runs.list()
    if json_:
        print_json([one.model_dump(mode="json") for one in found])
        return
    if not found:
        console().print("No runs yet. Start one: simulacra run demo")
        return
    grid = table("id", "study", "status", "answers", "missing", "cost", "started")
    for one in found:
        grid.add_row(
            one.id,
            one.name,
            one.status.value,
            f"{one.done}/{one.cells}",
            str(one.missing),
            f"${one.cost:.4f}",
            f"{one.created:%Y-%m-%d %H:%M}",
        )
    console().print(grid)


@app.command(epilog=example("simulacra runs show 20261123-abc123 --follow"))
def show(
    ctx: typer.Context,
    run_id: RunId,
    follow: Annotated[
        bool, typer.Option("--follow", help="Watch it until it stops, then show it.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """One run: its plan, progress, cost, failures and who is at work on it."""
    from ui.cli.run_facts import facts_of, say_facts, watch

    with open_workspace(ctx) as workspace:
        if follow:
            watch(workspace.runs, run_id)
        facts = facts_of(workspace.runs, run_id)
    if json_:
        print_json(facts)
        return
    say_facts(facts)
    if facts["status"] == RunStatus.RUNNING:
        console().print(f"Help with: {again(ctx, f'worker {run_id}')}")
    elif facts["status"] not in (RunStatus.DONE, RunStatus.CANCELLED):
        console().print(f"Continue with: {again(ctx, f'runs resume {run_id}')}")


@app.command(
    epilog=example("simulacra runs resume 20261123-abc123"),
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def resume(ctx: typer.Context, run_id: RunId, json_: JsonOption = False) -> None:
    """Go on where a run stopped; answers that failed technically are asked again."""
    from ui.cli.conduct import conduct

    with open_workspace(ctx) as workspace:
        if ctx.args:
            way = workspace.runs.spec(run_id).way
            raise InputError(
                f"run {run_id} goes on as it was planned ({way}): leave out {' '.join(ctx.args)}, "
                "or plan another one with simulacra run"
            )
        if workspace.runs.summary(run_id).status is RunStatus.CANCELLED:
            raise InputError(f"run {run_id} was cancelled; start a new one with: simulacra run")
        summary = conduct(workspace, run_id, again(ctx, f"runs resume {run_id}"))
    if json_:
        print_json(summary.model_dump(mode="json"))
        return
    console().print(f"{summary.done} answers, {summary.missing} missing, ${summary.cost:.4f}.")
    print(run_id)


@app.command(epilog=example("simulacra runs pause 20261123-abc123"))
def pause(ctx: typer.Context, run_id: RunId, json_: JsonOption = False) -> None:
    """Have all processes at work on a run stop, once their answers under way have come."""
    with open_workspace(ctx) as workspace:
        summary = workspace.pause(run_id)
    if json_:
        print_json(summary.model_dump(mode="json"))
        return
    console().print(
        f"Paused {run_id}: {summary.done} of {summary.cells} answers kept so far. "
        f"Continue with: {again(ctx, f'runs resume {run_id}')}"
    )


@app.command(epilog=example("simulacra runs cancel 20261123-abc123"))
def cancel(ctx: typer.Context, run_id: RunId, json_: JsonOption = False) -> None:
    """Give a run up for good; the answers it has stay."""
    with open_workspace(ctx) as workspace:
        workspace.cancel(run_id)
        summary = workspace.runs.summary(run_id)
    if json_:
        print_json(summary.model_dump(mode="json"))
        return
    console().print(f"Cancelled {run_id}: {summary.done} of {summary.cells} answers kept.")


def worker(
    ctx: typer.Context,
    run_id: RunId,
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, help="Interviews at once here; without it, as many as the run's plan."),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Share a run: any number of processes, whenever they come. Starts it where nobody works."""
    from ui.cli.conduct import conduct

    with open_workspace(ctx) as workspace:
        command = again(ctx, f"worker {run_id}")
        summary = conduct(workspace, run_id, command, shared=True, concurrency=concurrency)
    if json_:
        print_json(summary.model_dump(mode="json"))
        return
    console().print(f"{summary.done} answers, {summary.missing} missing, ${summary.cost:.4f}.")
    print(run_id)
