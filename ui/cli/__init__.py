"""The command line: one file a command group."""

from pathlib import Path
from typing import Annotated

import typer

from ui.cli import (
    chat,
    compare,
    conversations,
    demo,
    doctor,
    evaluate,
    export,
    persona,
    persona_check,
    persona_drift,
    persona_edit,
    persona_learned,
    persona_questions,
    persona_remember,
    persona_review,
    persona_sample,
    persona_select,
    persona_write,
    replicate,
    run,
    runs,
    survey,
    web,
)
from ui.cli.common import Globals, Root

app = typer.Typer(
    cls=Root,
    name="simulacra",
    help="Characters with lives answer surveys; the answers leave as labelled files.",
    epilog="Start with: simulacra demo --out demo-study",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(
    ctx: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the database and the memory index "
            "[env: SIMULACRA_WORKSPACE; default: ./simulacra-data].",
            show_default=False,
        ),
    ] = None,
    database_url: Annotated[
        str | None,
        typer.Option(
            help="Another database than the workspace's own SQLite [env: SIMULACRA_DATABASE_URL].",
            show_default=False,
        ),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Characters with lives answer surveys; the answers leave as labelled files."""
    ctx.obj = Globals(workspace=workspace, database_url=database_url, debug=debug)


for _module in (demo, doctor, run, runs, export, replicate, compare, chat, web):
    _module.register(app)
for _module in (
    persona_sample,
    persona_select,
    persona_write,
    persona_review,
    persona_remember,
    persona_questions,
    persona_check,
    persona_edit,
    persona_drift,
    persona_learned,
):
    _module.register(persona.app)
for _name, _group in (
    ("persona", persona.app),
    ("survey", survey.app),
    ("runs", runs.app),
    ("conversations", conversations.app),
    ("evaluate", evaluate.app),
):
    app.add_typer(_group, name=_name)


def main() -> None:
    """The entry point of the ``simulacra`` command."""
    app()
