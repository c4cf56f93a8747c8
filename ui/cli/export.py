"""``simulacra export``: the answers of a run as files."""

from pathlib import Path
from typing import Annotated

import typer

from simulacra.errors import InputError
from ui.cli.common import JsonOption, console, example, open_workspace, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=example("simulacra export 20261123-abc123 --out files --formats csv,sav"))(
        export
    )


def export(
    ctx: typer.Context,
    run_id: Annotated[str, typer.Argument(help="The run's id.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the files; made where absent.")],
    formats: Annotated[
        str | None,
        typer.Option(
            help="csv,xlsx,sav,dta,parquet,psychds,scripts,codebook,ddi,methods,manifest; "
            "without it, all of them.",
            show_default=False,
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Write data, codebook, methods statement and manifest of a run."""
    chosen = [one.strip() for one in formats.split(",") if one.strip()] if formats else None
    if formats is not None and not chosen:
        raise InputError("--formats names no format; leave it out to get all of them")
    with open_workspace(ctx) as workspace:
        files = workspace.export(run_id, out, chosen)
    if json_:
        print_json({"run": run_id, "files": [str(file) for file in files]})
        return
    for file in files:
        console().print(str(file), soft_wrap=True)
