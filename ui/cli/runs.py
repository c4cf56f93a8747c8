"""``simulacra runs``: what was run, how far it came, going on and giving up."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.answer import Missing, MissingCode
from simulacra.domain.run import RunStatus
from simulacra.errors import InputError
from ui.cli.common import JsonOption, again, console, example, open_workspace, print_json, table

if TYPE_CHECKING:
    from simulacra.workspace import Workspace

app = typer.Typer(help="Runs: list, show, resume, cancel.", no_args_is_help=True)

RunId = Annotated[str, typer.Argument(help="The run's id, as `simulacra runs list` shows it.")]


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


@app.command(epilog=example("simulacra runs show 20261123-abc123"))
def show(ctx: typer.Context, run_id: RunId, json_: JsonOption = False) -> None:
    """One run: its plan, progress, cost and failures."""
    with open_workspace(ctx) as workspace:
        summary = workspace.runs.summary(run_id)
        spec = workspace.runs.spec(run_id)
        missing, failures = _missing(workspace, run_id)
        seconds = workspace.runs.seconds_by_stage(run_id)
        given_up = workspace.runs.abandoned(run_id)
    facts: dict[str, Any] = {
        **summary.model_dump(mode="json"),
        "instrument": spec.instrument.id,
        "items": len(spec.instrument.items),
        "personas": [f"{one.id}@{one.version}" for one in spec.personas],
        "method": spec.method,
        "mode": spec.mode if spec.method == "cognitive" else "",
        "without": list(spec.without),
        "model": spec.model,
        "replicates": spec.replicates,
        "learn": spec.learn,
        "after": spec.after or "",
        "date": (spec.day or summary.created.date()).isoformat(),
        "seed": spec.seed,
        "seconds": {stage: round(took, 3) for stage, took in seconds.items()},
        "calls_of_answers_given_up": len(given_up),
        "missing_reasons": missing,
        "failures": failures,
    }
    if json_:
        print_json(facts)
        return
    grid = table("", "", show_header=False)
    for key, value in facts.items():
        if value not in ("", [], {}):
            grid.add_row(key.replace("_", " "), _in_words(value))
    console().print(grid)
    if summary.status not in (RunStatus.DONE, RunStatus.CANCELLED):
        console().print(f"Continue with: {again(ctx, f'runs resume {run_id}')}")


def _missing(workspace: "Workspace", run_id: str) -> tuple[dict[str, int], dict[str, int]]:
    """How often each missing code stands, and each reason of a technical failure.

    Of a cell only the latest attempt counts; the most frequent come first, at most five reasons.
    """
    latest: dict[tuple[str, str], Missing | None] = {}
    for interview, cell in workspace.runs.records(run_id):
        response = cell.response
        latest[interview.id, cell.item_id] = response if isinstance(response, Missing) else None
    found = [one for one in latest.values() if one]
    codes = Counter(f"{one.code.value} {one.code.label}" for one in found)
    failures = Counter(one.detail for one in found if one.code is MissingCode.TECHNICAL)
    return dict(codes.most_common()), dict(failures.most_common(5))


def _in_words(value: Any) -> str:
    """A fact for people."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {count}" for key, count in value.items())
    return str(value)


@app.command(
    epilog=example("simulacra runs resume 20261123-abc123"),
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def resume(ctx: typer.Context, run_id: RunId, json_: JsonOption = False) -> None:
    """Go on where a run stopped; answers that failed technically are asked again."""
    from ui.cli.conduct import conduct

    with open_workspace(ctx) as workspace:
        if ctx.args:
            way = workspace.runs.spec(run_id).mechanism.label
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
