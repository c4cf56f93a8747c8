"""What the commands share: global options, the workspace, output, errors in one sentence."""

import asyncio
import getpass
import json
import os
import shlex
import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import ValidationError
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup
from typer.exceptions import TyperException

from simulacra.domain.base import Frozen
from simulacra.errors import InputError, SimulacraError
from simulacra.plain_text import control_in, one_line, without_control
from simulacra.settings import Settings

if TYPE_CHECKING:
    from simulacra.workspace import Workspace

T = TypeVar("T")

JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON document on stdout and nothing else.")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="embedded, openai:NAME, scripted:FILE, behavioural; else SIMULACRA_MODEL or embedded.",
        show_default=False,
    ),
]
MOST_SEED = 2**63 - 1
"""The largest seed that databases and model servers hold."""

SeedOption = Annotated[
    int,
    typer.Option("--seed", min=0, max=MOST_SEED, help="The same seed, the same answers."),
]
NameArgument = Annotated[
    str, typer.Argument(help="Name or id, as `simulacra persona list` shows them.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and do and ask nothing.")
]
AutoApproveOption = Annotated[
    bool, typer.Option("--auto-approve", help="Approve every stage, with a mark of its own.")
]


def _line(_: typer.Context, option: typer.CallbackParam, value: str | None) -> str | None:
    """An option's value, which has to be one line."""
    return None if value is None else one_line(value, f"--{option.name}")


ByOption = Annotated[
    str | None,
    typer.Option("--by", callback=_line, help="Who does this; without it, the user's name."),
]
ReasonOption = Annotated[
    str,
    typer.Option(
        "--reason", callback=_line, help="Why; needed against an open contradiction or a score."
    ),
]

_MANY_ROWS = 500
_TAKES_VALUE = ("--workspace", "--database-url")
_FLAGS = ("--debug",)


class Globals(Frozen):
    """The options that stand before every command."""

    workspace: Path | None = None
    database_url: str | None = None
    debug: bool = False


def hoisted(args: Sequence[str]) -> list[str]:
    """The arguments with the global options moved to the front, up to a ``--``."""
    front: list[str] = []
    rest: list[str] = []
    position = 0
    while position < len(args):
        one = args[position]
        if one == "--":
            rest += args[position:]
            break
        if one in _FLAGS or one.startswith(tuple(f"{name}=" for name in _TAKES_VALUE)):
            front.append(one)
        elif one in _TAKES_VALUE:
            front += args[position : position + 2]
            position += 1
        else:
            rest.append(one)
        position += 1
    return front + rest


class Root(TyperGroup):
    """The command group that turns every failure into one sentence and an exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Accept the global options after the command too; control characters nowhere."""
        for place, one in enumerate(args):
            if found := control_in(one):
                before = args[place - 1] if place else ""
                what = next((word for word in (one, before) if word.startswith("-")), "an argument")
                name = clean(what.partition("=")[0])
                say(f"Error: {name} has the control character {found} in it: leave it out")
                raise typer.Exit(2)
        return super().parse_args(ctx, hoisted(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; errors leave as a sentence on stderr."""
        try:
            return super().invoke(ctx)
        except (TyperException, typer.Exit, typer.Abort):
            raise
        except BrokenPipeError:  # whoever read our output, such as head, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except (Exception, KeyboardInterrupt) as error:
            debug = bool(getattr(ctx.obj, "debug", False))
            raise typer.Exit(_told(error, debug)) from None


def _told(error: BaseException, debug: bool) -> int:
    """Say what went wrong on stderr; the exit code."""
    if debug:
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, SimulacraError):
        say(f"Error: {error}")
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        say("Stopped.")
        return 1
    hint = "" if debug else " Run the command again with --debug to see where."
    say(f"Error: {type(error).__name__}: {error}.{hint}")
    return 1


def say(text: str) -> None:
    """A plain line on stderr."""
    print(clean(text), file=sys.stderr, flush=True)


def clean(text: str) -> str:
    """Text without the control characters by which it could steer a terminal."""
    return without_control(text)


class PlainConsole(Console):
    """Shows text as text: no markup, and nothing that steers the terminal."""

    def render_str(self, text: str, **options: Any) -> Text:
        """The text, cleaned."""
        return super().render_str(clean(text), **options)


def console() -> Console:
    """A console on stdout; in a pipe it is wide, so that no column is cut."""
    piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return PlainConsole(markup=False, highlight=False, emoji=False, width=160 if piped else None)


def table(*columns: str, **options: Any) -> Table:
    """A plain table; its first column is never cut, since it holds what commands take."""
    made = Table(box=SIMPLE_HEAD, title_justify="left", caption_justify="left", **options)
    for place, name in enumerate(columns):
        made.add_column(name, no_wrap=place == 0)
    return made


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows on stdout: a table, or plain columns where there are so many that drawing takes long."""
    if len(rows) <= _MANY_ROWS:
        grid = table(*columns)
        for row in rows:
            grid.add_row(*row)
        console().print(grid)
        return
    lines = [[clean(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, strict=True)
        print("  ".join(cell + " " * (width - cell_len(cell)) for cell, width in cells).rstrip())


def example(command: str) -> str:
    """The example at the end of a command's help, on a line of its own."""
    return f"\b\nExample:\n  {command}"


def error_console() -> Console:
    """A console on stderr, for progress."""
    return PlainConsole(stderr=True, markup=False, highlight=False, emoji=False)


def print_json(value: Any) -> None:
    """The one JSON document of a ``--json`` command."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def read_settings(options: Globals) -> Settings:
    """What the environment says, with the global options on top.

    Raises:
        InputError: a variable of the environment cannot be used; its value is not repeated.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InputError(f"the environment variable for {name}: {first['msg']}") from None
    if options.workspace is None:
        return settings
    return settings.model_copy(update={"workspace": options.workspace})


def options_of(ctx: typer.Context) -> Globals:
    """The global options of this call."""
    found = ctx.find_root().obj
    return found if isinstance(found, Globals) else Globals()


def open_workspace(ctx: typer.Context, path: Path | None = None) -> "Workspace":
    """The workspace of this call, or the one at ``path``, with the library characters in it."""
    from ui.library_seed import open_seeded

    options = options_of(ctx)
    settings = read_settings(options)
    if path is not None:
        settings = settings.model_copy(update={"workspace": path})
    return open_seeded(settings, options.database_url)


def finish(workspace: "Workspace", work: Callable[[], Awaitable[T]]) -> T:
    """Do asynchronous work and give the models back in the same event loop."""

    async def all_of_it() -> T:
        try:
            return await work()
        finally:
            await workspace.aclose()

    return asyncio.run(all_of_it())


def again(ctx: typer.Context, command: str) -> str:
    """A command of ours as the user would type it for the same workspace."""
    workspace = options_of(ctx).workspace
    place = f" --workspace {shlex.quote(str(workspace))}" if workspace else ""
    return f"simulacra{place} {command}"


def user_name() -> str:
    """Who sits at the terminal, as far as the system knows; "unknown" where it does not."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
