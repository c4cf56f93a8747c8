"""``simulacra replicate``: a study run again from its manifest, and what differs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.common import (
    JsonOption,
    ModelOption,
    again,
    console,
    example,
    open_workspace,
    print_json,
    say,
    table,
)

if TYPE_CHECKING:
    from evaluation.replication import AnswerChanges
    from simulacra.export.manifest import Key, Manifest
    from simulacra.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=example("simulacra replicate files/manifest.json --json"))(replicate)


def replicate(
    ctx: typer.Context,
    manifest: Annotated[Path, typer.Argument(help="The manifest.json of an export.")],
    model: ModelOption = None,
    json_: JsonOption = False,
) -> None:
    """Run a study again from its manifest; say what differs in the program and in the answers.

    Without --model the manifest's own model answers. The first answers are those of the run, where
    this workspace has it, else those of the long CSV beside the manifest.
    """
    from evaluation.replication import compare, differences, replica
    from simulacra.export.manifest import answers_of, read_manifest
    from ui.cli.conduct import conduct

    told = read_manifest(manifest)
    with open_workspace(ctx) as workspace:
        run_id = replica(workspace, told, model)
        say(f"Run {run_id}")
        conduct(workspace, run_id, again(ctx, f"replicate {manifest}"))
        differing = differences(workspace, told, run_id)
        then = _first_answers(workspace, manifest, told)
        now = answers_of(workspace.runs.records(run_id))
        items = workspace.runs.spec(run_id).instrument.answerable
    changes = None if then is None else compare(items, then, now)
    if json_:
        answers = None if changes is None else changes.model_dump(mode="json")
        facts = {"original": told.run_id, "run": run_id, "differences": differing}
        print_json({**facts, "answers": answers})
        return
    _show(differing, changes)
    print(run_id)


def _first_answers(
    workspace: "Workspace", path: Path, manifest: "Manifest"
) -> "dict[Key, str] | None":
    """What was answered the first time; None where that is nowhere to be found."""
    from simulacra.errors import UnknownName
    from simulacra.export.manifest import answers_of, recorded_answers

    try:
        return answers_of(workspace.runs.records(manifest.run_id))
    except UnknownName:
        recorded = recorded_answers(path, manifest)
    if recorded is None:
        say("Note: the first answers are not here; export the run with csv beside its manifest")
        return None
    if recorded.changed:
        say(f"Note: {recorded.name} has changed since it was exported")
    return recorded.answers


def _show(differing: dict[str, Any], changes: "AnswerChanges | None") -> None:
    """For people."""
    out = console()
    if not differing:
        out.print("Program, model, prompts, packages and people are the same.")
    for name, told in differing.items():
        pairs = {"": told} if "was" in told else told
        for inner, pair in pairs.items():
            out.print(f"{f'{name} {inner}'.strip()}: was {pair['was']}, is {pair['now']}")
    if changes is None:
        return
    grid = table("item", "kind", "compared", "equal", "distance", "mean then", "mean now")
    for one in changes.items:
        grid.add_row(
            one.item,
            one.kind,
            str(one.compared),
            _share(one.share_equal),
            _number(one.distance),
            _number(one.mean_then),
            _number(one.mean_now),
        )
    out.print(grid)
    alone = changes.only_then + changes.only_now
    out.print(
        f"{changes.equal} of {changes.compared} answers are equal ({_share(changes.share_equal)})"
        + (f"; {alone} have no counterpart." if alone else ".")
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}%"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
