"""``simulacra evaluate moods``: how people felt in the course of a run or a conversation."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.errors import InputError, UnknownName, WorkFailed
from ui.cli.common import JsonOption, console, example, open_workspace, print_json

if TYPE_CHECKING:
    from evaluation.moods import Course
    from simulacra.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("moods", epilog=example("simulacra evaluate moods 20261123-abc123 --out moods"))(
        moods
    )


def moods(
    ctx: typer.Context,
    which: Annotated[str, typer.Argument(metavar="RUN_OR_CONVERSATION", help="The id of either.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the files; made where absent.")],
    json_: JsonOption = False,
) -> None:
    """Draw how each respondent felt from question to question, and write it as a table.

    One SVG a respondent, and moods.csv: valence (-1 to 1), arousal (0 to 1), the feeling in words,
    and each named emotion (0 to 10) after every turn.
    """
    from evaluation.moods import write_moods

    with open_workspace(ctx) as workspace:
        try:
            files = write_moods(_courses(workspace, which), out)
        except OSError as error:
            raise WorkFailed(f"the files cannot be written to {out}: {error.strerror}") from None
    if not files:
        raise InputError(f"{which} holds no moods: nobody felt there (cognitive with emotion does)")
    if json_:
        print_json({"id": which, "files": [str(file) for file in files]})
        return
    for file in files:
        console().print(str(file), soft_wrap=True)


def _courses(workspace: "Workspace", which: str) -> "Iterator[Course]":
    """The course of each interview of a run, or that of a conversation."""
    try:
        workspace.runs.summary(which)
    except UnknownName:
        return _of_conversation(workspace, which)
    return _of_run(workspace, which)


def _of_run(workspace: "Workspace", run_id: str) -> "Iterator[Course]":
    from evaluation.moods import Course, of_interview

    for _, records in groupby(workspace.runs.records(run_id), key=lambda record: record[0].id):
        found = list(records)
        interview = found[0][0]
        moments = of_interview(cell for _, cell in found)
        yield Course(interview.id, workspace.personas.load(interview.persona), moments)


def _of_conversation(workspace: "Workspace", conversation_id: str) -> "Iterator[Course]":
    from evaluation.moods import Course, of_conversation

    try:
        about = workspace.conversations.get(conversation_id)
    except UnknownName:
        raise UnknownName(
            f"there is no run and no conversation {conversation_id!r}: see simulacra runs list and "
            "simulacra conversations list"
        ) from None
    turns = workspace.conversations.turns(conversation_id)
    moments = of_conversation((turn.text, turn.reply) for turn in turns)
    yield Course(about.id, workspace.personas.load(about.persona), moments)
